//! Mistakes of second derivatives, each as a term that is linear in the vector, as H v is.
//!
//! All of them are made by the one derivative: what a person holds fixed is a leaf while the second derivative is
//! taken, and gets its value afterwards.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::functions;
use whygrad_expr::op::Op;
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::simplify::Simplifier;

use super::super::mistake::Kind;
use super::super::search::lab::Lab;
use super::super::search::site::Cut;
use super::What;
use super::truth::Second;

/// What is said of a hypothesis.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) kind: Kind,
    pub(super) entry: &'static str,
    /// 1 for what many people do, more for the rare.
    pub(super) price: f64,
    pub(super) what: String,
    pub(super) why: &'static str,
    pub(super) given: String,
    pub(super) right: String,
}

/// What a person may have computed in the place of H v.
#[derive(Clone, Debug)]
pub(super) struct Hypothesis {
    pub(super) text: Text,
    /// By parameter, with its shape.
    pub(super) terms: Vec<Term>,
}

/// The model taken apart at its outputs.
pub(super) struct Parts<'a> {
    pub(super) second: Second<'a>,
    /// The outputs as one value.
    pub(super) prediction: Term,
    /// In the place of dL/d(outputs).
    pub(super) held: (SymbolId, Term),
    /// dL/d(outputs)
    pub(super) error: Term,
    /// Σ over rows of held · outputs, and its derivatives by the parameters.
    pub(super) pulled: (Term, Vec<Term>),
    /// The second derivatives of the part of the loss that does not pass the outputs.
    penalty: Vec<Term>,
}

impl<'a> Parts<'a> {
    /// `None` for a model without outputs, such as a plain function.
    pub(super) fn new(second: &Second<'a>) -> Option<Parts<'a>> {
        let mut second = second.clone();
        let prediction = one_value(&mut second.arena, &second.model.program.predictions)?;
        let mut lab = Lab::new(second.model, &[], None);
        lab.arena = std::mem::take(&mut second.arena);
        let cut = Cut::of(&mut lab, prediction)?;
        let error = cut.error(&mut lab, cut.loss, prediction)?;
        second.arena = lab.arena;
        let dims = second.arena.dims(prediction);
        let held = row_leaf(&mut second.arena, "held", dims);
        let sum = weighted(&mut second.arena, held.1, prediction);
        let slopes = second.slopes(sum);
        let bent = second.along(&cut.direct);
        let at_outputs = HashMap::from([(cut.variable, prediction)]);
        let penalty = replaced(&mut second.arena, &bent, &at_outputs)?;
        Some(Parts { second, prediction, held, error, pulled: (sum, slopes), penalty })
    }

    fn has_penalty(&self) -> bool {
        self.penalty.iter().any(|&t| !is_zero(&self.second.arena, t))
    }

    /// The outputs' second derivatives times the error: what is left of H where the error is held fixed.
    fn curved(&mut self) -> Option<Vec<Term>> {
        let bent = self.second.along(&self.pulled.1.clone());
        let by = HashMap::from([(self.held.1, self.error)]);
        replaced(&mut self.second.arena, &bent, &by)
    }

    /// Without the outputs' second derivatives, only with them, without the penalty's.
    pub(super) fn of_parts(&mut self) -> Vec<Hypothesis> {
        let Some(curved) = self.curved() else { return vec![] };
        let product = self.second.product.clone();
        let minus_curved = self.times(&curved, -1.0);
        let gauss_newton = self.plus(&product, &minus_curved);
        let mut found = vec![
            Hypothesis { text: gauss_newton_text(), terms: gauss_newton.clone() },
            Hypothesis { text: curvature_text(), terms: curved },
        ];
        if !self.has_penalty() {
            return found;
        }
        let penalty = self.penalty.clone();
        for (factor, kind, what, given) in [
            (-1.0, Kind::MissingFactor, "is left out", "d2E"),
            (-2.0, Kind::Sign, "has the wrong sign", "d2E - d2R"),
            (1.0, Kind::ConstantFactor, "is twice too large", "d2E + 2*d2R"),
            (-0.5, Kind::ConstantFactor, "is half of what it should be", "d2E + d2R/2"),
        ] {
            let moved = self.times(&penalty, factor);
            let terms = self.plus(&product, &moved);
            let text = Text {
                kind,
                entry: "second-penalty",
                price: 1.0,
                what: format!("the second derivative of the penalty {what}"),
                why: PENALTY_WHY,
                given: given.to_owned(),
                right: "d2E + d2R".to_owned(),
            };
            found.push(Hypothesis { text, terms });
        }
        let less = self.times(&penalty, -1.0);
        let bare = self.plus(&gauss_newton, &less);
        let mut text = gauss_newton_text();
        text.what.push_str("; that of the penalty is left out as well");
        text.price = 1.6;
        text.right.push_str(" + d2R");
        found.push(Hypothesis { text, terms: bare });
        found
    }

    /// Σ over rows of g gᵀ, with the gradient of each row.
    pub(super) fn fisher(&mut self) -> Option<Hypothesis> {
        let dot = self.second.dot(&self.pulled.1.clone());
        let along = derivative::gradient(&mut self.second.arena, dot, &[self.held.0]).by_symbol[0];
        let dims = self.second.arena.dims(self.prediction);
        let mut s = Simplifier::new(&mut self.second.arena);
        let product = s.mul(self.error, along);
        let each = s.arena.sum_entries(product);
        let each = s.fill(each, dims);
        let weighted = s.mul(self.error, each);
        let by = HashMap::from([(self.held.1, weighted)]);
        let terms = replaced(&mut self.second.arena, &self.pulled.1.clone(), &by)?;
        Some(Hypothesis { text: outer_text("of each row, summed over the rows", 1.1), terms })
    }

    /// The Hessians of other losses.
    pub(super) fn other_losses(&mut self) -> Vec<Hypothesis> {
        let targets: Vec<Term> =
            self.second.model.program.targets.clone().iter().map(|&id| self.second.arena.leaf(id)).collect();
        let Some(target) = one_value(&mut self.second.arena, &targets) else { return vec![] };
        if self.second.arena.dims(target) != self.second.arena.dims(self.prediction) {
            return vec![];
        }
        let mut found = Vec::new();
        for (name, shown) in [
            ("mse", "the squared error"),
            ("binary_cross_entropy", "binary cross-entropy"),
            ("cross_entropy", "cross-entropy"),
            ("binary_cross_entropy_from_logits", "binary cross-entropy of logits"),
            ("cross_entropy_from_logits", "cross-entropy of logits"),
        ] {
            let arena = &mut self.second.arena;
            let Some(built_in) = functions::find(name) else { continue };
            let Ok(loss) = functions::apply(arena, built_in, &[self.prediction, target]) else { continue };
            let loss = Simplifier::new(arena).simplify(loss);
            let slopes = self.second.slopes(loss);
            let bent = self.second.along(&slopes);
            let terms = self.plus(&bent, &self.penalty.clone());
            let own = &self.second.model.loss_text;
            let text = Text {
                kind: Kind::WrongLossDerivative,
                entry: "other-loss",
                price: 1.2,
                what: format!("this is the Hessian of {shown}, not of {own}"),
                why: "Each loss has second derivatives of its own, even where the gradients look alike.",
                given: format!("d2({name})"),
                right: "d2(loss)".to_owned(),
            };
            found.push(Hypothesis { text, terms });
        }
        found
    }

    pub(super) fn plus(&mut self, a: &[Term], b: &[Term]) -> Vec<Term> {
        let mut s = Simplifier::new(&mut self.second.arena);
        a.iter().zip(b).map(|(&a, &b)| s.add(a, b)).collect()
    }

    fn times(&mut self, a: &[Term], factor: f64) -> Vec<Term> {
        let factor = self.second.arena.constant(factor);
        let mut s = Simplifier::new(&mut self.second.arena);
        a.iter().map(|&a| s.mul(factor, a)).collect()
    }
}

/// What needs no outputs: the outer product of the gradient, and for a product the gradient itself.
pub(super) fn of_gradient(second: &mut Second<'_>, what: What) -> Vec<Hypothesis> {
    let gradient = second.gradient.clone();
    let dot = second.dot(&gradient);
    let mut s = Simplifier::new(&mut second.arena);
    let outer = gradient.iter().map(|&g| s.mul(dot, g)).collect();
    let mut found = vec![Hypothesis { text: outer_text("", 1.0), terms: outer }];
    if what == What::Product {
        let text = Text {
            kind: Kind::Other,
            entry: "gradient-for-product",
            price: 1.0,
            what: "this is the gradient, not the Hessian times the vector".to_owned(),
            why: "H*v is the derivative of the gradient along v: the gradient has to be differentiated once more.",
            given: "g".to_owned(),
            right: "d(g'*v)/dtheta".to_owned(),
        };
        found.push(Hypothesis { text, terms: gradient });
    }
    found
}

const PENALTY_WHY: &str =
    "The penalty has second derivatives of its own: lambda on the diagonal from (lambda/2) * w^2.";

fn gauss_newton_text() -> Text {
    let what = "this is the Gauss-Newton matrix, not the Hessian: the term with the second derivatives of the output \
                (the error times d2y_hat) is left out";
    Text {
        kind: Kind::MissingFactor,
        entry: "gauss-newton",
        price: 1.0,
        what: what.to_owned(),
        why: "The product rule gives two terms; the second one is 0 only where the errors are, or the model is linear.",
        given: "J' * (d2L/dy_hat2) * J".to_owned(),
        right: "J' * (d2L/dy_hat2) * J + sum(dL/dy_hat * d2y_hat)".to_owned(),
    }
}

fn curvature_text() -> Text {
    let what = "only the term with the second derivatives of the output is there; the product of the first \
                derivatives is left out";
    Text {
        kind: Kind::MissingFactor,
        entry: "residual-curvature-only",
        price: 1.1,
        what: what.to_owned(),
        why: "dL/dy_hat depends on the parameters as well: its own derivative gives J' * (d2L/dy_hat2) * J.",
        given: "sum(dL/dy_hat * d2y_hat)".to_owned(),
        right: "J' * (d2L/dy_hat2) * J + sum(dL/dy_hat * d2y_hat)".to_owned(),
    }
}

fn outer_text(of: &str, price: f64) -> Text {
    let of = if of.is_empty() { String::new() } else { format!(" {of}") };
    Text {
        kind: Kind::Other,
        entry: "outer-product",
        price,
        what: format!(
            "this is the outer product of the gradient with itself{of} (the empirical Fisher matrix), not the Hessian"
        ),
        why: "g*g' is near the Hessian only for a log-likelihood, in the mean over the model's own targets.",
        given: "g*g'".to_owned(),
        right: "dg/dtheta".to_owned(),
    }
}

/// Several numbers as one value.
fn one_value(arena: &mut Arena, parts: &[Term]) -> Option<Term> {
    if let [one] = *parts {
        return Some(one);
    }
    let dims = Dims::vector(parts.len());
    let mut sum = None;
    for (k, &part) in parts.iter().enumerate() {
        if !arena.dims(part).is_scalar() {
            return None;
        }
        let mut s = Simplifier::new(arena);
        let placed = s.build(Op::Place(part, k, dims));
        sum = Some(sum.map_or(placed, |sum| s.add(sum, placed)));
    }
    sum
}

/// A leaf with a value for each row.
pub(super) fn row_leaf(arena: &mut Arena, name: &str, dims: Dims) -> (SymbolId, Term) {
    let shape = Shape { per_row: true, dims };
    let id = arena.symbol(Symbol { name: name.into(), kind: SymbolKind::Variable, shape, entries: vec![] });
    (id, arena.leaf(id))
}

/// Σ over rows and entries of a·b
pub(super) fn weighted(arena: &mut Arena, a: Term, b: Term) -> Term {
    let product = Simplifier::new(arena).mul(a, b);
    let entries = arena.sum_entries(product);
    let sum = arena.sum_rows(entries);
    Simplifier::new(arena).simplify(sum)
}

pub(super) fn replaced(arena: &mut Arena, terms: &[Term], by: &HashMap<Term, Term>) -> Option<Vec<Term>> {
    terms.iter().map(|&t| arena.substitute(t, by)).collect()
}

fn is_zero(arena: &Arena, term: Term) -> bool {
    match arena.op(term) {
        Op::Fill(a, _) => arena.constant_of(a) == Some(0.0),
        _ => arena.constant_of(term) == Some(0.0),
    }
}
