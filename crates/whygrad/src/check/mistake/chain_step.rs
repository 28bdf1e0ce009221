//! One use of the chain rule gone wrong, in a model of any form.

use whygrad_expr::arena::Term;
use whygrad_expr::derivative::{self, Step};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::simplify::Simplifier;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{Also, EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "chain-step",
        kind: Kind::MissingFactor,
        title: "one step of the chain rule is wrong",
        why: "Each operation on the way from the parameter to the loss gives one factor, and each way there gives one summand.",
        source: "the chain rule",
    },
    finders: &[],
};

/// How a step goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The summand is left out.
    Dropped,
    /// The factor is left out.
    LeftOut,
    /// The factor stands there twice.
    Doubled,
    /// The summand has the other sign.
    Negated,
    /// The function's value stands for its slope.
    Value,
    /// The slope is taken at the negative argument.
    Mirrored,
    /// The denominator is not squared.
    NotSquared,
}

impl Way {
    pub(crate) const ALL: [Way; 7] =
        [Way::LeftOut, Way::Dropped, Way::Doubled, Way::Negated, Way::Value, Way::Mirrored, Way::NotSquared];

    /// Whether the way makes a difference of its own at a step; `shared` where the child is reached in several ways.
    pub(crate) fn fits(self, lab: &Lab<'_>, step: Step, shared: bool) -> bool {
        let op = lab.arena.op(step.node);
        let is_function = matches!(op, Op::Map(f, _) if f != Function::Neg);
        let is_factor = is_function
            || matches!(
                op,
                Op::Zip(Zip::Mul | Zip::Div | Zip::Pow | Zip::Max | Zip::Min, ..) | Op::Select(..)
            );
        match self {
            Way::Dropped | Way::Negated => shared,
            Way::LeftOut => is_factor,
            Way::Doubled => is_factor && lab.arena.shape(step.node) == lab.arena.shape(step.child),
            Way::Value => is_function,
            Way::Mirrored => matches!(op, Op::Map(Function::Sigmoid | Function::Softplus | Function::Exp, _)),
            Way::NotSquared => matches!(op, Op::Zip(Zip::Div, _, b) if b == step.child),
        }
    }

    /// The contribution as the mistake has it.
    pub(crate) fn contribution(self, s: &mut Simplifier<'_>, adjoint: Term, step: Step) -> Term {
        let (from, to) = (s.arena.shape(step.node), s.arena.shape(step.child));
        let right = step.contribution;
        let value = match self {
            Way::Dropped => s.arena.constant(0.0),
            Way::LeftOut => derivative::reduce(s, adjoint, from, to),
            Way::Doubled => {
                let factor = s.div(right, adjoint);
                s.mul(right, factor)
            }
            Way::Negated => s.map(Function::Neg, right),
            Way::Value => s.mul(adjoint, step.node),
            Way::Mirrored => {
                let minus = s.map(Function::Neg, step.child);
                let slope = match s.arena.op(step.node) {
                    Op::Map(Function::Softplus, _) => s.map(Function::Sigmoid, minus),
                    Op::Map(function, _) => s.map(function, minus),
                    _ => minus,
                };
                s.mul(adjoint, slope)
            }
            Way::NotSquared => {
                let product = s.mul(adjoint, step.node);
                let minus = s.map(Function::Neg, product);
                derivative::reduce(s, minus, from, to)
            }
        };
        s.fill(value, to.dims)
    }
}

/// The edit of a way at the step of this number.
pub(crate) fn edit(lab: &mut Lab<'_>, number: usize, step: Step, way: Way) -> EditId {
    let (node, child) = (lab.written_with(step.node, &[]), lab.name_or_written(step.child));
    lab.edit(ENTRY.page.name, number, way as u32, || {
        let right = format!("d({node})/d({child})");
        let (kind, price, what, given) = match way {
            Way::LeftOut => (
                Kind::MissingFactor,
                1.2,
                format!("the derivative of {node} by {child} is left out: taken as 1"),
                "1".into(),
            ),
            Way::Dropped => (
                Kind::MissingFactor,
                1.3,
                format!("{child} acts on the loss in several ways, and that through {node} is left out"),
                "0".into(),
            ),
            Way::Doubled => (
                Kind::ExtraFactor,
                1.4,
                format!("the derivative of {node} by {child} stands there twice"),
                format!("{right}^2"),
            ),
            Way::Negated => (
                Kind::Sign,
                1.3,
                format!("the derivative of {node} by {child} has the wrong sign"),
                format!("-{right}"),
            ),
            Way::Value => (
                Kind::WrongActivationDerivative,
                1.4,
                format!("{node} itself stands where its derivative belongs"),
                node.clone(),
            ),
            Way::Mirrored => (
                Kind::WrongActivationDerivative,
                1.4,
                format!("the derivative of {node} is taken at the negative argument"),
                format!("{right} at -({child})"),
            ),
            Way::NotSquared => (
                Kind::MissingFactor,
                1.3,
                format!("in the quotient {node} the denominator is not squared"),
                "-a/b".into(),
            ),
        };
        let text = EditText::new(kind, price, what.clone(), &given, &right);
        let is_choice = way == Way::LeftOut && node.contains("select");
        let also = is_choice.then_some(Also {
            entry: "slope-of-the-identity",
            kind: Kind::WrongActivationDerivative,
            what,
        });
        EditText { also, ..text }
    })
}

/// The inner derivative of what is inside of a function is left out.
pub(crate) fn inner(lab: &mut Lab<'_>, number: usize, inside: Term) -> EditId {
    let inside = lab.written_with(inside, &[]);
    lab.edit(ENTRY.page.name, number, 100, || {
        let what = format!("the inner derivative of {inside} is left out: the chain stops there");
        EditText::new(Kind::MissingFactor, 1.3, what, "1", &format!("d({inside})/dw"))
    })
}

/// One variable in the place of another, all through a derivative.
pub(crate) fn exchanged(lab: &mut Lab<'_>, tag: u32, from: &str, to: &str) -> EditId {
    lab.edit("variable-in-derivative", 0, tag, || {
        let what = format!("{to} stands where {from} belongs");
        EditText::new(Kind::WrongVariable, 1.6, what, to, from)
    })
}
