//! The right derivative of a loss that is written a little differently.

use std::collections::HashMap;

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::simplify::Simplifier;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "loss-term",
        kind: Kind::WrongLossDerivative,
        title: "the derivative of a loss that differs in one term",
        why: "The gradient has to be that of the loss which is made small, with every term, sign, root and square of it.",
        source: "linearity of the derivative",
    },
    finders: &[],
};

/// A loss with one thing changed.
pub(crate) struct Altered {
    pub(crate) loss: Term,
    pub(crate) edit: EditId,
}

/// The losses that differ from `loss` by one slip outside of what is predicted.
pub(crate) fn altered(
    lab: &mut Lab<'_>,
    loss: Term,
    predictions: &[Term],
    shown: &[(Term, String)],
) -> Vec<Altered> {
    let mut found = Vec::new();
    let inside = lab.arena.reachable(predictions);
    let mut order = lab.arena.reachable(&[loss]);
    order.retain(|term| inside.binary_search(term).is_err());
    without_roots(lab, loss, &order, &mut found);
    let mut tag = 10;
    for &term in &order {
        if found.len() > 60 {
            break;
        }
        match lab.arena.op(term) {
            Op::Zip(Zip::Add, a, b) => {
                for part in [a, b] {
                    if !is_error_part(lab, predictions, part) {
                        addend(lab, loss, (term, part), shown, tag, &mut found);
                    }
                    tag += 4;
                }
            }
            Op::Zip(Zip::Pow, base, exponent) if lab.arena.constant_of(exponent) == Some(2.0) => {
                let size = lab.map(Function::Abs, base);
                push(
                    lab,
                    loss,
                    (term, size),
                    tag,
                    (Kind::WrongLossDerivative, 1.4, "of a loss with |..| for the square"),
                    &mut found,
                );
                tag += 1;
            }
            Op::Map(Function::Log, a) => {
                push(
                    lab,
                    loss,
                    (term, a),
                    tag,
                    (Kind::WrongLossDerivative, 1.5, "of a loss without the logarithm"),
                    &mut found,
                );
                tag += 1;
            }
            _ => {}
        }
    }
    found
}

fn push(
    lab: &mut Lab<'_>,
    loss: Term,
    (term, by): (Term, Term),
    tag: u32,
    (kind, price, words): (Kind, f64, &str),
    found: &mut Vec<Altered>,
) {
    let Some(other) = lab.arena.substitute(loss, &HashMap::from([(term, by)])) else { return };
    let other = Simplifier::new(&mut lab.arena).simplify(other);
    let own = lab.model.loss_text.clone();
    let edit = lab.edit(ENTRY.page.name, usize::MAX, tag, || {
        EditText::new(
            kind,
            price,
            format!("this is the derivative {words}"),
            &format!("d({words})"),
            &format!("d({own})"),
        )
    });
    found.push(Altered { loss: other, edit });
}

/// Norms for squared norms: every root is left out.
fn without_roots(lab: &mut Lab<'_>, loss: Term, order: &[Term], found: &mut Vec<Altered>) {
    let mut current = loss;
    for &term in order.iter().rev() {
        let inside = match lab.arena.op(term) {
            Op::Map(Function::Sqrt, a) => Some(a),
            Op::Zip(Zip::Pow, a, b) if lab.arena.constant_of(b) == Some(0.5) => Some(a),
            _ => None,
        };
        if let Some(inside) = inside
            && let Some(next) = lab.arena.substitute(current, &HashMap::from([(term, inside)]))
        {
            current = next;
        }
    }
    if current != loss {
        let edit = lab.edit(ENTRY.page.name, usize::MAX, 0, || {
            let what = "this is the derivative of the squared norm, not of the norm: the root in the loss is left out".to_owned();
            EditText::new(Kind::WrongLossDerivative, 1.0, what, "d(norm^2)", "d(norm)")
        });
        found.push(Altered { loss: current, edit });
    }
}

/// A prediction or a target in a difference is no term of the loss; what can be wrong there is found as an error.
fn is_error_part(lab: &Lab<'_>, predictions: &[Term], part: Term) -> bool {
    let plain = match lab.arena.op(part) {
        Op::Map(Function::Neg, a) => a,
        _ => part,
    };
    let leaf = matches!(lab.arena.op(plain), Op::Leaf(_) | Op::Const(_) | Op::Pick(..));
    leaf || predictions.contains(&plain) || predictions.contains(&part)
}

/// A term of a sum with the other sign, or left out.
fn addend(
    lab: &mut Lab<'_>,
    loss: Term,
    (sum, part): (Term, Term),
    shown: &[(Term, String)],
    tag: u32,
    found: &mut Vec<Altered>,
) {
    let Op::Zip(Zip::Add, a, b) = lab.arena.op(sum) else { return };
    let other = if part == a { b } else { a };
    if lab.arena.constant_of(part).is_some() {
        return;
    }
    let minus = lab.arena.neg(part);
    let flipped = lab.add(other, minus);
    let zero = lab.number(0.0);
    let without = lab.add(other, zero);
    let words = lab.written_with(part, shown);
    let sign = format!("of a loss in which {words} has the other sign");
    push(lab, loss, (sum, flipped), tag, (Kind::Sign, 1.5, &sign), found);
    let left = format!("of a loss without the term {words}");
    push(lab, loss, (sum, without), tag + 1, (Kind::WrongLossDerivative, 1.3, &left), found);
}
