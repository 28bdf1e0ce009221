//! Names for what a derivation shares: z before an activation, a after it, δ for dL/dz.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::{Named, Program};

use super::layer::DenseLayer;

/// The named terms of a model, in an order in which each needs only earlier ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Naming {
    /// From the inputs to the predictions and the loss.
    pub forward: Vec<Named>,
    /// δ and what else the gradient shares.
    pub backward: Vec<Named>,
}

impl Naming {
    /// All of them, forward first.
    pub fn all(&self) -> Vec<Named> {
        self.forward.iter().chain(&self.backward).cloned().collect()
    }

    /// The name of a term.
    pub fn name_of(&self, term: Term) -> Option<&str> {
        self.forward.iter().chain(&self.backward).find(|n| n.term == term).map(|n| n.name.as_str())
    }

    pub(crate) fn of(
        program: &Program,
        definitions: &[Named],
        dense: &[DenseLayer],
        adjoints: &[Option<Term>],
    ) -> Naming {
        let mut namer = Namer { program, names: HashMap::new(), taken: vec![] };
        namer.taken = program.arena.symbols().iter().map(|s| s.name.clone()).collect();
        namer.taken.extend(definitions.iter().map(|d| d.name.clone()));
        namer.own_lines(definitions);
        let slopes = namer.activations(dense);
        namer.prediction();
        namer.deltas(&slopes, adjoints);
        namer.shared();
        namer.split()
    }
}

struct Namer<'a> {
    program: &'a Program,
    names: HashMap<Term, String>,
    taken: Vec<String>,
}

impl Namer<'_> {
    fn arena(&self) -> &Arena {
        &self.program.arena
    }

    /// A leaf, a number or one entry of a leaf needs no name.
    fn is_atom(&self, term: Term) -> bool {
        match self.arena().op(term) {
            Op::Const(_) | Op::Leaf(_) | Op::RowCount => true,
            Op::Pick(a, _) | Op::Transpose(a) => matches!(self.arena().op(a), Op::Leaf(_)),
            Op::Map(Function::Neg, a) => matches!(self.arena().op(a), Op::Leaf(_) | Op::RowCount),
            _ => false,
        }
    }

    fn give(&mut self, term: Term, name: &str) -> bool {
        if self.is_atom(term) || self.names.contains_key(&term) {
            return false;
        }
        let mut free = name.to_owned();
        let mut count = 2;
        while self.taken.contains(&free) {
            free = format!("{name}_{count}");
            count += 1;
        }
        self.taken.push(free.clone());
        self.names.insert(term, free);
        true
    }

    /// What the person named keeps that name.
    fn own_lines(&mut self, definitions: &[Named]) {
        let reached = self.arena().reachable(&[self.program.loss]);
        for d in definitions {
            let used = reached.binary_search(&d.term).is_ok() || self.program.predictions.contains(&d.term);
            let per_row = self.arena().shape(d.term).per_row;
            if used && per_row && !self.is_atom(d.term) {
                self.names.entry(d.term).or_insert_with(|| d.name.clone());
            }
        }
    }

    /// z and a of every unit of the predictions; the pairs (z, name of its δ).
    fn activations(&mut self, dense: &[DenseLayer]) -> Vec<(Term, String)> {
        let mut found = Vec::new();
        for layer in dense {
            if layer.pre_activation != layer.output {
                self.give(layer.pre_activation, &format!("z_{}", layer.name));
            }
            found.push((layer.pre_activation, format!("delta_{}", layer.name)));
        }
        let mut count = 0;
        for term in self.arena().reachable(&self.program.predictions) {
            let Some(z) = pre_activation(self.arena(), term) else { continue };
            if self.is_atom(z) || found.iter().any(|f| f.0 == z) {
                continue;
            }
            let suffix = match self.names.get(&term) {
                Some(name) => format!("_{name}"),
                None if self.program.predictions.contains(&term) => "_out".to_owned(),
                None => {
                    count += 1;
                    count.to_string()
                }
            };
            self.give(z, &format!("z{suffix}"));
            self.give(term, &format!("a{suffix}"));
            found.push((z, format!("delta{suffix}")));
        }
        found
    }

    fn prediction(&mut self) {
        for (index, &term) in self.program.predictions.iter().enumerate() {
            let name = if index == 0 { "y_hat".to_owned() } else { format!("y_hat{}", index + 1) };
            if self.arena().shape(term).per_row {
                self.give(term, &name);
            }
        }
    }

    fn deltas(&mut self, slopes: &[(Term, String)], adjoints: &[Option<Term>]) {
        let of = |term: Term| adjoints.get(term.0 as usize).copied().flatten();
        for (z, name) in slopes {
            if let Some(delta) = of(*z) {
                self.give(delta, name);
            }
        }
        // A linear output has no z of its own: its δ is dL/d(prediction).
        for &prediction in &self.program.predictions {
            if pre_activation(self.arena(), prediction).is_some() {
                continue;
            }
            if let Some(delta) = of(prediction) {
                let name = self.names.get(&prediction).cloned().unwrap_or_else(|| "out".into());
                self.give(delta, &format!("delta_{name}"));
            }
        }
    }

    /// What the loss and the gradient use at least twice and is more than one operation.
    fn shared(&mut self) {
        let roots: Vec<Term> =
            std::iter::once(self.program.loss).chain(self.program.gradient.iter().copied()).collect();
        let reached = self.arena().reachable(&roots);
        let mut uses: HashMap<Term, usize> = HashMap::new();
        for &term in &reached {
            for child in self.arena().op(term).children() {
                *uses.entry(child).or_default() += 1;
            }
        }
        let mut count = 0;
        for &term in &reached {
            let often = uses.get(&term).copied().unwrap_or(0) >= 2;
            if often && !self.is_atom(term) && self.is_long(term) && !self.names.contains_key(&term) {
                count += 1;
                self.give(term, &format!("t{count}"));
            }
        }
    }

    /// More than one operation on names: `y - y_hat` is as short as a name for it.
    fn is_long(&self, term: Term) -> bool {
        let op = self.arena().op(term);
        if self.is_log_softmax(term) || self.is_share(term) {
            return false;
        }
        let simple = |c: Term| self.is_atom(c) || self.names.contains_key(&c);
        let minus = |c: Term| matches!(self.arena().op(c), Op::Map(Function::Neg, a) if simple(a));
        !op.children().iter().all(|&c| simple(c) || minus(c))
            || matches!(op, Op::Map(f, _) if f != Function::Neg)
    }

    /// `z - logsumexp(z)`: a name for it would hide the softmax.
    fn is_log_softmax(&self, term: Term) -> bool {
        let Op::Zip(Zip::Add, z, minus) = self.arena().op(term) else { return false };
        let Op::Map(Function::Neg, sum) = self.arena().op(minus) else { return false };
        self.arena().op(sum) == Op::LogSumExp(z)
    }

    /// `2/n*y` or `y/n`: as short as a name for it.
    fn is_share(&self, term: Term) -> bool {
        let short = |t: Term| self.is_atom(t) || self.names.contains_key(&t);
        match self.arena().op(term) {
            Op::Zip(Zip::Div, a, b) => short(a) && short(b),
            Op::Zip(Zip::Mul, share, b) => match self.arena().op(share) {
                Op::Zip(Zip::Div, c, n) => short(c) && short(n) && short(b),
                _ => false,
            },
            Op::SumEntries(a) => short(a),
            _ => false,
        }
    }

    fn split(self) -> Naming {
        let forward_roots: Vec<Term> =
            self.program.predictions.iter().copied().chain([self.program.loss]).collect();
        let forward = self.arena().reachable(&forward_roots);
        let roots: Vec<Term> =
            forward_roots.iter().copied().chain(self.program.gradient.iter().copied()).collect();
        let mut naming = Naming::default();
        for term in self.arena().reachable(&roots) {
            if let Some(name) = self.names.get(&term) {
                let named = Named { name: name.clone(), term };
                let list = if forward.binary_search(&term).is_ok() {
                    &mut naming.forward
                } else {
                    &mut naming.backward
                };
                list.push(named);
            }
        }
        naming
    }
}

/// z of an activation's term: `sigmoid(z)`, `relu(z)`, `softmax(z)`.
pub(crate) fn pre_activation(arena: &Arena, term: Term) -> Option<Term> {
    match arena.op(term) {
        Op::Map(Function::Exp, shifted) => match arena.op(shifted) {
            Op::Zip(Zip::Add, z, minus) => match arena.op(minus) {
                Op::Map(Function::Neg, sum) => (arena.op(sum) == Op::LogSumExp(z)).then_some(z),
                _ => None,
            },
            _ => None,
        },
        Op::Map(
            Function::Sigmoid | Function::Tanh | Function::Sin | Function::Softplus | Function::Erf,
            z,
        ) => Some(z),
        Op::Select(z, a, _) if z == a => Some(z),
        _ => None,
    }
}
