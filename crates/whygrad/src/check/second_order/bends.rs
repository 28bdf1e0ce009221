//! Second derivatives of activations that are wrong.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op};
use whygrad_expr::simplify::Simplifier;

use super::super::mistake::Kind;
use super::hypotheses::{Hypothesis, Parts, Text, replaced, row_leaf, weighted};
use super::truth::symbols;

impl Parts<'_> {
    /// Wrong second derivatives of activations.
    pub(super) fn activations(&mut self) -> Vec<Hypothesis> {
        let all = self.activation_terms();
        let outputs = self.second.model.program.predictions.clone();
        let (last, hidden): (Vec<Term>, Vec<Term>) = all.iter().partition(|t| outputs.contains(t));
        let several = !last.is_empty() && !hidden.is_empty();
        let mut groups = vec![(all, "")];
        if several {
            groups.extend([(hidden, " of the hidden units"), (last, " of the output")]);
        }
        let mut found = Vec::new();
        for (group, of) in groups.into_iter().filter(|g| !g.0.is_empty()) {
            for slope in Slope::ALL {
                let Some(terms) = self.with_slope(&group, slope) else { continue };
                let mut names: Vec<String> = group.iter().map(|&a| name_of(&self.second.arena, a)).collect();
                names.dedup();
                let name = if let [one] = &names[..] { one.clone() } else { "f".to_owned() };
                let of = if names.len() > 1 { " of all activations f" } else { of };
                found.push(Hypothesis { text: slope.text(&name, of, several && of.is_empty()), terms });
            }
        }
        found
    }

    /// The functions of one value among the outputs' terms that bend and depend on parameters.
    fn activation_terms(&self) -> Vec<Term> {
        let arena = &self.second.arena;
        let learned = symbols(self.second.model);
        let depends = |t: Term| {
            arena
                .reachable(&[t])
                .iter()
                .any(|&t| matches!(arena.op(t), Op::Leaf(id) if learned.contains(&id)))
        };
        let bends = |t: &Term| match arena.op(*t) {
            Op::Map(function, z) => {
                !matches!(function, Function::Neg | Function::Abs | Function::Sign) && depends(z)
            }
            _ => false,
        };
        arena.reachable(&[self.prediction]).into_iter().filter(bends).collect()
    }

    /// H v with another second derivative in the place of the activations' own: the part of H v that passes f'' is
    /// dL/da · dz/dv · f'', sent back from z.
    fn with_slope(&mut self, group: &[Term], slope: Slope) -> Option<Vec<Term>> {
        let adjoints = {
            let symbols = symbols(self.second.model);
            derivative::gradient(&mut self.second.arena, self.pulled.0, &symbols)
        };
        let mut sum = self.second.product.clone();
        for &a in group {
            let Op::Map(function, z) = self.second.arena.op(a) else { return None };
            let dims = self.second.arena.dims(z);
            let (id, c) = row_leaf(&mut self.second.arena, "c", dims);
            let number = weighted(&mut self.second.arena, c, z);
            let back = self.second.slopes(number);
            let dot = self.second.dot(&back);
            let along = derivative::gradient(&mut self.second.arena, dot, &[id]).by_symbol[0];
            let upstream = adjoints.adjoint(a)?;
            let by = HashMap::from([(self.held.1, self.error)]);
            let upstream = self.second.arena.substitute(upstream, &by)?;
            let change = slope.change(&mut self.second.arena, function, z)?;
            let mut s = Simplifier::new(&mut self.second.arena);
            let upstream = s.fill(upstream, dims);
            let passed = s.mul(upstream, along);
            let passed = s.mul(passed, change);
            let passed = s.fill(passed, dims);
            let moved = replaced(&mut self.second.arena, &back, &HashMap::from([(c, passed)]))?;
            sum = self.plus(&sum, &moved);
        }
        Some(sum)
    }
}

/// What stands in the place of f''.
#[derive(Clone, Copy)]
enum Slope {
    Missing,
    First,
    Minus,
    Half,
    Twice,
    WithoutFirst,
}

impl Slope {
    const ALL: [Slope; 6] =
        [Slope::Missing, Slope::First, Slope::Minus, Slope::Half, Slope::Twice, Slope::WithoutFirst];

    /// What is added to f''(z).
    fn change(self, arena: &mut Arena, function: Function, z: Term) -> Option<Term> {
        let dims = arena.dims(z);
        let (id, variable) = row_leaf(arena, "z", dims);
        let value = arena.map(function, variable);
        let slope = |arena: &mut Arena, term: Term| {
            let entries = arena.sum_entries(term);
            let sum = arena.sum_rows(entries);
            derivative::gradient(arena, sum, &[id]).by_symbol[0]
        };
        let first = slope(arena, value);
        let bent = slope(arena, first);
        let mut s = Simplifier::new(arena);
        let factor = |s: &mut Simplifier<'_>, by: f64| {
            let by = s.arena.constant(by);
            s.mul(by, bent)
        };
        let change = match self {
            Slope::Missing => factor(&mut s, -1.0),
            Slope::Minus => factor(&mut s, -2.0),
            Slope::Half => factor(&mut s, -0.5),
            Slope::Twice => bent,
            Slope::First | Slope::WithoutFirst => {
                let own = factor(&mut s, -1.0);
                let other = if matches!(self, Slope::First) { first } else { s.div(bent, first) };
                s.add(other, own)
            }
        };
        arena.substitute(change, &HashMap::from([(variable, z)]))
    }

    fn text(self, name: &str, of: &str, everywhere: bool) -> Text {
        let right = format!("{name}''(z)");
        let (kind, price, what, given) = match self {
            Slope::Missing => (
                Kind::MissingFactor,
                1.0,
                format!("the second derivative {right}{of} is left out"),
                "0".to_owned(),
            ),
            Slope::First => (
                Kind::WrongActivationDerivative,
                1.0,
                format!("the first derivative {name}'(z){of} stands in the place of the second"),
                format!("{name}'(z)"),
            ),
            Slope::Minus => (
                Kind::Sign,
                1.1,
                format!("the second derivative {right}{of} has the wrong sign"),
                format!("-{right}"),
            ),
            Slope::Half => (
                Kind::ConstantFactor,
                1.1,
                format!("the second derivative {right}{of} is half of what it should be"),
                format!("{right}/2"),
            ),
            Slope::Twice => (
                Kind::ConstantFactor,
                1.2,
                format!("the second derivative {right}{of} is twice too large"),
                format!("2*{right}"),
            ),
            Slope::WithoutFirst => (
                Kind::WrongActivationDerivative,
                1.2,
                format!("the factor {name}'(z) is missing in the second derivative {right}{of}"),
                format!("{right}/{name}'(z)"),
            ),
        };
        Text {
            kind,
            entry: "activation-curvature",
            price: if everywhere { price } else { price + 0.05 },
            what,
            why: "Where a first derivative f'(z) is differentiated once more, it gives f''(z) times dz.",
            given,
            right,
        }
    }
}

/// The name of an activation's function.
fn name_of(arena: &Arena, term: Term) -> String {
    match arena.op(term) {
        Op::Map(function, _) => function.name().to_owned(),
        _ => "f".to_owned(),
    }
}
