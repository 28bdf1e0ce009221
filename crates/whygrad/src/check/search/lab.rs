//! Where hypotheses are built as terms and held against the numbers.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{Bindings, Memo};
use whygrad_expr::shape::{Dims, Shape};

use super::edit::{Edit, EditId, EditText};
use super::scale::Scale;
use crate::check::{Asked, Probe};
use crate::model::Model;

/// The terms of a model, and their values at every probe.
pub(crate) struct Lab<'a> {
    pub(crate) model: &'a Model,
    pub(crate) arena: Arena,
    /// The probes, those with few rows first: they refute fastest.
    pub(crate) asked: Vec<&'a Asked>,
    /// 1 in the first row, 0 in the others.
    pub(crate) first_row: Term,
    /// 1 in the last row, 0 in the others.
    pub(crate) last_row: Term,
    /// The learning rate of the probe.
    pub(crate) rate: Term,
    /// Relative differences up to this are none.
    pub(crate) same: f64,
    /// Each parameter's leaf, and one that is the parameter after a step by the gradient given.
    pub(crate) stepped: Vec<(Term, Term)>,
    /// The targets as one value, where they are as many as the outputs.
    pub(crate) target: Option<Term>,
    pub(crate) edits: Vec<Edit>,
    losses: HashMap<EditId, Vec<(Scale, EditId)>>,
    once: HashMap<(&'static str, Term), Option<Term>>,
    pairs: HashMap<Term, Option<(Term, Term)>>,
    known: HashMap<(&'static str, usize, u32), EditId>,
    memos: Vec<Memo>,
}

impl<'a> Lab<'a> {
    /// `rate_of` is the learning rate of a source that has its own and does not take the probe's.
    pub(crate) fn new(model: &'a Model, asked: &[&'a Asked], rate_of: Option<f64>) -> Lab<'a> {
        let mut arena = model.program.arena.clone();
        let mut variable = |name: &str, per_row: bool| {
            let symbol = Symbol {
                name: name.into(),
                kind: SymbolKind::Variable,
                shape: Shape { per_row, dims: Dims::Scalar },
                entries: vec![],
            };
            arena.symbol(symbol)
        };
        let ids = [variable("first", true), variable("last", true), variable("rate", false)];
        let leaves = ids.map(|id| arena.leaf(id));
        let mut asked = asked.to_vec();
        asked.sort_by_key(|a| a.probe.data.rows);
        let [first_row, last_row, rate] = leaves;
        let stepped = stepped_leaves(model, &mut arena);
        let memo = |a: &&Asked| {
            let step = rate_of.unwrap_or(a.probe.learning_rate);
            let mut bindings = bindings(model, &a.probe, ids, step);
            bind_stepped((model, &arena, &stepped), a, step, &mut bindings);
            Memo::new(bindings)
        };
        let memos = asked.iter().map(memo).collect();
        Lab {
            model,
            arena,
            asked,
            first_row,
            last_row,
            rate,
            same: 1e-9,
            stepped,
            target: None,
            edits: vec![],
            losses: HashMap::new(),
            once: HashMap::new(),
            pairs: HashMap::new(),
            known: HashMap::new(),
            memos,
        }
    }

    /// The factors with which another loss was met, each an edit of its own.
    pub(crate) fn scaled_losses(&self, loss: EditId) -> Vec<(Scale, EditId)> {
        self.losses.get(&loss).cloned().unwrap_or_default()
    }

    /// The edit of another loss with a factor.
    pub(crate) fn scaled_loss(&mut self, loss: EditId, scale: Scale) -> EditId {
        let id = EditId(self.edits.len() as u32);
        self.edits.push(self.edits[loss.0 as usize].clone());
        self.losses.entry(loss).or_default().push((scale, id));
        id
    }

    /// What is made of a term under a name, made once.
    pub(crate) fn once(
        &mut self,
        name: &'static str,
        term: Term,
        make: impl FnOnce(&mut Self) -> Option<Term>,
    ) -> Option<Term> {
        if let Some(known) = self.once.get(&(name, term)) {
            return *known;
        }
        let made = make(self);
        self.once.insert((name, term), made);
        made
    }

    /// The same for two terms that belong together.
    pub(crate) fn once_pair(
        &mut self,
        term: Term,
        make: impl FnOnce(&mut Self) -> Option<(Term, Term)>,
    ) -> Option<(Term, Term)> {
        if let Some(known) = self.pairs.get(&term) {
            return *known;
        }
        let made = make(self);
        self.pairs.insert(term, made);
        made
    }

    /// One entry of a term at a probe; not a number where a leaf has no value.
    pub(crate) fn entry(&mut self, probe: usize, term: Term, entry: usize) -> f64 {
        self.memos[probe].entry(&self.arena, term, entry).unwrap_or(f64::NAN)
    }

    /// The edit of a catalogue entry at a stage; `tag` tells several of an entry apart.
    pub(crate) fn edit(
        &mut self,
        entry: &'static str,
        stage: usize,
        tag: u32,
        text: impl FnOnce() -> EditText,
    ) -> EditId {
        if let Some(&known) = self.known.get(&(entry, stage, tag)) {
            return known;
        }
        let id = EditId(self.edits.len() as u32);
        self.edits.push(Edit { entry, text: text() });
        self.known.insert((entry, stage, tag), id);
        id
    }

    /// The name of a term in the derivation, or a description.
    pub(crate) fn name(&self, term: Term, otherwise: &str) -> String {
        self.model.naming.name_of(term).map_or_else(|| otherwise.to_owned(), str::to_owned)
    }

    /// A term in the notation of models, with names for some of its parts.
    pub(crate) fn written_with(&self, term: Term, shown: &[(Term, String)]) -> String {
        let mut names = whygrad_expr::print::Names::new();
        let own = self.model.naming.all();
        let all =
            own.iter().map(|n| (n.term, n.name.as_str())).chain(shown.iter().map(|s| (s.0, s.1.as_str())));
        for (part, name) in all.filter(|(part, _)| *part != term) {
            names.insert(part, name);
        }
        whygrad_expr::print::expression(&self.arena, term, &names, whygrad_expr::print::Notation::Text)
    }

    /// Whether two values for each row are the same but for one factor, at the probe with the most rows.
    pub(crate) fn are_proportional(&mut self, a: Term, b: Term) -> bool {
        let Some(last) = self.asked.len().checked_sub(1) else { return false };
        let mut values = |term: Term| self.memos[last].value(&self.arena, term).map(|v| v.data.clone());
        let (Ok(a), Ok(b)) = (values(a), values(b)) else { return false };
        let mut pairs = a.iter().zip(&b).filter(|(a, b)| **a != 0.0 || **b != 0.0);
        let Some((first, second)) = pairs.next() else { return true };
        let ratio = first / second;
        a.len() == b.len() && pairs.all(|(a, b)| (a - ratio * b).abs() <= 1e-9 * a.abs())
    }

    /// The name of a term, or the term written out.
    pub(crate) fn name_or_written(&self, term: Term) -> String {
        self.model.naming.name_of(term).map_or_else(|| self.written_with(term, &[]), str::to_owned)
    }

    /// The learned leaves.
    pub(crate) fn parameters(&self) -> Vec<SymbolId> {
        self.model.program.parameters.iter().map(|p| p.symbol).collect()
    }

    /// The derivatives of a number by some leaves.
    pub(crate) fn gradient(&mut self, number: Term, by: &[SymbolId]) -> Vec<Term> {
        derivative::gradient(&mut self.arena, number, by).by_symbol
    }
}

/// The values of all leaves at a probe.
fn bindings(model: &Model, probe: &Probe, [first, last, rate]: [SymbolId; 3], step: f64) -> Bindings<f64> {
    let (program, data) = (&model.program, &probe.data);
    let rows = data.rows.max(1);
    let mut bindings = Bindings::new(rows);
    for p in &program.parameters {
        bindings.bind(p.symbol, probe.theta[p.offset..p.offset + p.len()].to_vec());
    }
    for (symbols, values) in [(&program.inputs, &data.inputs), (&program.targets, &data.targets)] {
        let sizes: Vec<usize> =
            symbols.iter().map(|&id| program.arena.symbol_of(id).shape.dims.len()).collect();
        let (width, mut from) = (sizes.iter().sum::<usize>(), 0);
        for (&id, size) in symbols.iter().zip(sizes) {
            let row = |r: usize| values[r * width + from..r * width + from + size].iter().copied();
            bindings.bind(id, (0..data.rows).flat_map(row).collect());
            from += size;
        }
    }
    let only = |at: usize| (0..rows).map(|r| f64::from(u8::from(r == at))).collect();
    bindings.bind(first, only(0));
    bindings.bind(last, only(rows - 1));
    bindings.bind(rate, vec![step]);
    bindings
}

/// A leaf beside that of each parameter, in the order of the parameters.
fn stepped_leaves(model: &Model, arena: &mut Arena) -> Vec<(Term, Term)> {
    let mut stepped = Vec::new();
    for p in &model.program.parameters {
        let own = arena.leaf(p.symbol);
        let shape = arena.shape(own);
        let name = format!("{} after a step", p.name);
        let id = arena.symbol(Symbol { name, kind: SymbolKind::Variable, shape, entries: vec![] });
        stepped.push((own, arena.leaf(id)));
    }
    stepped
}

/// w - rate * (the derivative given), where all of it is given.
fn bind_stepped(
    lab: (&Model, &Arena, &[(Term, Term)]),
    asked: &Asked,
    rate: f64,
    bindings: &mut Bindings<f64>,
) {
    let (model, arena, stepped) = lab;
    for (p, (_, leaf)) in model.program.parameters.iter().zip(stepped) {
        let theta = &asked.probe.theta[p.offset..p.offset + p.len()];
        let given = asked.answer.gradient.get(p.offset..p.offset + p.len());
        let given = given.and_then(|given| given.iter().copied().collect::<Option<Vec<f64>>>());
        if let (Some(given), Op::Leaf(id)) = (given, arena.op(*leaf)) {
            bindings.bind(id, theta.iter().zip(given).map(|(w, g)| w - rate * g).collect());
        }
    }
}

/// Building terms; each caller has looked whether the shapes fit.
impl Lab<'_> {
    pub(crate) fn number(&mut self, value: f64) -> Term {
        self.arena.constant(value)
    }
    pub(crate) fn dims(&self, a: Term) -> Dims {
        self.arena.dims(a)
    }
    pub(crate) fn len(&self, a: Term) -> usize {
        self.arena.dims(a).len()
    }
    fn zip(&mut self, zip: Zip, a: Term, b: Term) -> Term {
        self.arena.make(Op::Zip(zip, a, b))
    }
    pub(crate) fn add(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Add, a, b)
    }
    pub(crate) fn sub(&mut self, a: Term, b: Term) -> Term {
        let minus = self.arena.neg(b);
        self.zip(Zip::Add, a, minus)
    }
    pub(crate) fn mul(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Mul, a, b)
    }
    pub(crate) fn div(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Div, a, b)
    }
    pub(crate) fn square(&mut self, a: Term) -> Term {
        self.zip(Zip::Mul, a, a)
    }
    pub(crate) fn one_minus(&mut self, a: Term) -> Term {
        let one = self.number(1.0);
        self.sub(one, a)
    }
    pub(crate) fn map(&mut self, function: Function, a: Term) -> Term {
        self.arena.map(function, a)
    }
    /// One number as every entry.
    pub(crate) fn fill(&mut self, a: Term, dims: Dims) -> Term {
        if self.dims(a) == dims { a } else { self.arena.make(Op::Fill(a, dims)) }
    }
    pub(crate) fn pick(&mut self, a: Term, entry: usize) -> Term {
        if self.dims(a).is_scalar() { a } else { self.arena.make(Op::Pick(a, entry)) }
    }
    pub(crate) fn sum_entries(&mut self, a: Term) -> Term {
        self.arena.sum_entries(a)
    }
    pub(crate) fn sum_rows(&mut self, a: Term) -> Term {
        self.arena.sum_rows(a)
    }
    pub(crate) fn row_count(&mut self) -> Term {
        self.arena.make(Op::RowCount)
    }
    pub(crate) fn transpose(&mut self, w: Term) -> Term {
        self.arena.make(Op::Transpose(w))
    }
    pub(crate) fn mat_vec(&mut self, w: Term, x: Term) -> Term {
        self.arena.make(Op::MatVec(w, x))
    }
    pub(crate) fn outer(&mut self, a: Term, b: Term) -> Term {
        self.arena.make(Op::Outer(a, b))
    }
    /// Σ over the rows of a bᵀ
    pub(crate) fn sum_outer(&mut self, a: Term, b: Term) -> Term {
        let outer = self.outer(a, b);
        self.sum_rows(outer)
    }
    /// Wᵀ δ
    pub(crate) fn send_back(&mut self, w: Term, delta: Term) -> Term {
        let turned = self.transpose(w);
        self.mat_vec(turned, delta)
    }
    /// The entries of a vector in another order; `None` for a 0.
    pub(crate) fn gather(&mut self, a: Term, order: &[Option<usize>]) -> Term {
        let dims = Dims::vector(order.len());
        let mut sum = self.number(0.0);
        for (k, from) in order.iter().enumerate() {
            let Some(from) = from else { continue };
            let entry = self.pick(a, *from);
            let placed = if dims.is_scalar() { entry } else { self.arena.make(Op::Place(entry, k, dims)) };
            sum = self.add(sum, placed);
        }
        self.fill(sum, dims)
    }
    /// Several numbers as one vector.
    pub(crate) fn stacked(&mut self, parts: &[Term]) -> Option<Term> {
        let dims = Dims::vector(parts.len());
        let mut sum = self.number(0.0);
        for (k, &part) in parts.iter().enumerate() {
            if !self.dims(part).is_scalar() {
                return None;
            }
            let placed = self.arena.make(Op::Place(part, k, dims));
            sum = self.add(sum, placed);
        }
        Some(sum)
    }
    /// A function written in a variable, of another term.
    pub(crate) fn of(&mut self, function: Term, variable: Term, a: Term) -> Option<Term> {
        self.arena.substitute(function, &HashMap::from([(variable, a)]))
    }
    /// A fresh leaf with a value for each row.
    pub(crate) fn variable(&mut self, name: &str, dims: Dims) -> (SymbolId, Term) {
        let shape = Shape { per_row: true, dims };
        let symbol = Symbol { name: name.into(), kind: SymbolKind::Variable, shape, entries: vec![] };
        let id = self.arena.symbol(symbol);
        (id, self.arena.leaf(id))
    }
    /// A fresh leaf of the shape of a term.
    pub(crate) fn variable_like(&mut self, name: &str, a: Term) -> (SymbolId, Term) {
        let shape = self.arena.shape(a);
        let symbol = Symbol { name: name.into(), kind: SymbolKind::Variable, shape, entries: vec![] };
        let id = self.arena.symbol(symbol);
        (id, self.arena.leaf(id))
    }
    /// A built-in activation of a term.
    pub(crate) fn activation(&mut self, name: &str, a: Term) -> Option<Term> {
        let built_in = whygrad_expr::functions::find(name)?;
        whygrad_expr::functions::apply(&mut self.arena, built_in, &[a]).ok()
    }
}
