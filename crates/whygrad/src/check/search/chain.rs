//! A model as a chain of stages: affine maps and activations, from its inputs to its outputs.
//!
//! Layers and written formulas become the same: a formula's weights are placed in a matrix, its units in a vector.
//! What is no such chain (a unit that skips a layer, a weight used twice) has none.

use std::collections::{BTreeSet, HashMap};

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::shape::{Dims, Shape};

use crate::model::{Model, pre_activation};

/// A layered model.
pub(crate) struct Chain {
    /// From the input to the output.
    pub(crate) stages: Vec<Stage>,
    /// The outputs as one value.
    pub(crate) prediction: Term,
}

/// One step of the forward pass.
pub(crate) enum Stage {
    Affine(Affine),
    Activation(Activation),
}

/// z = W a + b
pub(crate) struct Affine {
    /// `hidden`, or what the layer is.
    pub(crate) name: String,
    /// Units times inputs; entries that the formula does not have are 0. `None` for a layer of biases alone.
    pub(crate) weights: Option<Term>,
    /// As it stands in z, with its sign.
    pub(crate) bias: Option<Term>,
    /// a; the outputs of the stage before, or what the model computes of its inputs.
    pub(crate) input: Option<Term>,
    /// z
    pub(crate) output: Term,
    /// The flat offset of each weight, row by row.
    pub(crate) weight_offsets: Vec<Option<usize>>,
    /// The flat offsets of each unit's biases, and their signs in z; most units have one.
    pub(crate) bias_offsets: Vec<Vec<(usize, f64)>>,
}

impl Affine {
    /// Whether a parameter's entry is one of its weights or biases.
    pub(crate) fn holds(&self, offset: usize) -> bool {
        self.weight_offsets.contains(&Some(offset))
            || self.bias_offsets.iter().flatten().any(|b| b.0 == offset)
    }
}

/// a = f(z)
pub(crate) struct Activation {
    /// `sigmoid`, where it is a known one.
    pub(crate) name: String,
    /// z, the output of the stage before.
    pub(crate) input: Term,
    /// a
    pub(crate) output: Term,
    /// f over `variable`, entry by entry; over all entries for softmax.
    pub(crate) function: Term,
    /// f' over `variable`; `None` where each output depends on all entries.
    pub(crate) slope: Option<Term>,
    /// What `function` and `slope` are written in.
    pub(crate) variable: Term,
}

impl Chain {
    /// The stages of a model, or nothing where it is no chain. New terms go to `arena`.
    pub(crate) fn of(model: &Model, arena: &mut Arena) -> Option<Chain> {
        let mut reader = Reader { model, arena, learned: vec![] };
        reader.learned = reader.depends_on_parameters();
        let mut level = model.program.predictions.clone();
        let mut stages = Vec::new();
        let mut prediction = None;
        while level.iter().any(|&t| reader.is_learned(t)) {
            if stages.len() > 200 {
                return None;
            }
            let output = reader.vector(&level)?;
            prediction.get_or_insert(output);
            let (stage, below) = match reader.affine(&level, output) {
                Some((affine, below)) => (Stage::Affine(affine), below),
                None => reader.activation(&level, output).map(|(a, b)| (Stage::Activation(a), b))?,
            };
            stages.push(stage);
            level = below;
        }
        stages.reverse();
        let mut chain = Chain { stages, prediction: prediction? };
        chain.give_names(model);
        Some(chain)
    }

    /// The affine stages with their places.
    pub(crate) fn affine(&self) -> impl Iterator<Item = (usize, &Affine)> {
        self.stages.iter().enumerate().filter_map(|(k, s)| match s {
            Stage::Affine(a) => Some((k, a)),
            Stage::Activation(_) => None,
        })
    }

    /// The activations with their places.
    pub(crate) fn activations(&self) -> impl Iterator<Item = (usize, &Activation)> {
        self.stages.iter().enumerate().filter_map(|(k, s)| match s {
            Stage::Activation(a) => Some((k, a)),
            Stage::Affine(_) => None,
        })
    }

    /// The name of the layer that a stage belongs to.
    pub(crate) fn layer_name(&self, stage: usize) -> String {
        let own = self.affine().filter(|(k, _)| *k <= stage).last();
        own.map_or_else(|| "input".to_owned(), |(_, a)| a.name.clone())
    }

    fn give_names(&mut self, model: &Model) {
        let count = self.affine().count();
        let mut at = 0;
        for stage in &mut self.stages {
            let Stage::Affine(affine) = stage else { continue };
            at += 1;
            let dense = model.dense.iter().find(|d| d.pre_activation == affine.output);
            affine.name = match dense {
                Some(dense) => dense.name.clone(),
                None if at == count => "output".to_owned(),
                None if count == 2 => "hidden".to_owned(),
                None => format!("hidden{at}"),
            };
        }
    }
}

/// A weight in an addend: an entry of a parameter, or 1.
type Weight = Option<(Term, usize)>;

struct Reader<'a> {
    model: &'a Model,
    arena: &'a mut Arena,
    /// By term, whether it depends on a parameter.
    learned: Vec<bool>,
}

impl Reader<'_> {
    fn depends_on_parameters(&self) -> Vec<bool> {
        let mut learned = vec![false; self.arena.len()];
        for index in 0..learned.len() {
            let term = Term(index as u32);
            learned[index] = match self.arena.op(term) {
                Op::Leaf(id) => self.arena.symbol_of(id).kind == SymbolKind::Parameter,
                op => op.children().iter().any(|c| learned[c.0 as usize]),
            };
        }
        learned
    }

    fn is_learned(&self, term: Term) -> bool {
        self.learned.get(term.0 as usize).copied().unwrap_or(false)
    }

    /// Several numbers as one vector.
    fn vector(&mut self, lines: &[Term]) -> Option<Term> {
        if let [one] = lines {
            return Some(*one);
        }
        if lines.iter().any(|&t| !self.arena.dims(t).is_scalar()) {
            return None;
        }
        let dims = Dims::vector(lines.len());
        Some(self.placed(lines.iter().copied().enumerate(), dims))
    }

    fn placed(&mut self, entries: impl Iterator<Item = (usize, Term)>, dims: Dims) -> Term {
        let mut sum = None;
        for (k, entry) in entries {
            let placed = if dims.is_scalar() { entry } else { self.arena.make(Op::Place(entry, k, dims)) };
            sum = Some(match sum {
                Some(sum) => self.arena.make(Op::Zip(Zip::Add, sum, placed)),
                None => placed,
            });
        }
        sum.unwrap_or_else(|| self.arena.constant(0.0))
    }

    /// The entry of a parameter that a term is: the flat offset.
    fn entry(&self, term: Term) -> Option<usize> {
        let (leaf, k) = match self.arena.op(term) {
            Op::Pick(a, k) => (a, k),
            _ => (term, 0),
        };
        let Op::Leaf(id) = self.arena.op(leaf) else { return None };
        let parameter = self.model.program.parameters.iter().find(|p| p.symbol == id)?;
        (leaf != term || parameter.len() == 1).then_some(parameter.offset + k)
    }

    /// The addends of a sum with their signs.
    fn addends(&self, term: Term) -> Vec<(Term, f64)> {
        let (mut open, mut found) = (vec![(term, 1.0)], Vec::new());
        while let Some((t, sign)) = open.pop() {
            match self.arena.op(t) {
                Op::Zip(Zip::Add, a, b) => open.extend([(b, sign), (a, sign)]),
                Op::Map(Function::Neg, a) => open.push((a, -sign)),
                _ => found.push((t, sign)),
            }
        }
        found
    }

    fn affine(&mut self, lines: &[Term], output: Term) -> Option<(Affine, Vec<Term>)> {
        if let [line] = *lines
            && let Some(found) = self.matrix_layer(line)
        {
            return Some(found);
        }
        let units: Vec<Unit> = lines.iter().map(|&line| self.unit(line)).collect::<Option<_>>()?;
        let mut inner: Vec<Term> = Vec::new();
        for (term, ..) in units.iter().flat_map(|u| &u.weights) {
            if !inner.contains(term) {
                inner.push(*term);
            }
        }
        let hidden = inner.iter().filter(|&&t| self.is_learned(t)).count();
        let learns = units.iter().any(|u| !u.biases.is_empty() || u.weights.iter().any(|w| w.1.is_some()));
        if !learns || (hidden > 0 && hidden < inner.len()) {
            return None;
        }
        Some((self.assembled(&units, &inner, output)?, if hidden > 0 { inner } else { vec![] }))
    }

    /// W a + b of a layer written with a matrix.
    fn matrix_layer(&mut self, line: Term) -> Option<(Affine, Vec<Term>)> {
        let (mut product, mut biases, units) = (None, Vec::new(), self.arena.dims(line).len());
        for (term, sign) in self.addends(line) {
            match self.arena.op(term) {
                Op::MatVec(w, x) if product.is_none() && sign > 0.0 && self.is_learned(w) => {
                    product = Some((w, x));
                }
                Op::Leaf(id) if self.is_learned(term) => biases.push((term, id, sign)),
                _ if !self.is_learned(term) => {}
                _ => return None,
            }
        }
        let mut affine = Affine {
            name: String::new(),
            weights: None,
            bias: None,
            input: None,
            output: line,
            weight_offsets: vec![],
            bias_offsets: vec![vec![]; units],
        };
        if let Some((w, x)) = product {
            let Op::Leaf(id) = self.arena.op(w) else { return None };
            let (offset, len) = self.place(id)?;
            affine.weight_offsets = (offset..offset + len).map(Some).collect();
            (affine.weights, affine.input) = (Some(w), Some(x));
        } else if self.arena.dims(line).is_scalar() {
            return None; // a unit on its own, written out
        }
        for (term, id, sign) in biases {
            let (offset, len) = self.place(id)?;
            if len != units {
                return None;
            }
            for (k, unit) in affine.bias_offsets.iter_mut().enumerate() {
                unit.push((offset + k, sign));
            }
            affine.bias = Some(self.plus(affine.bias, term, sign));
        }
        let below = affine.input.filter(|&x| self.is_learned(x));
        (affine.weights.is_some() || affine.bias.is_some()).then(|| (affine, below.into_iter().collect()))
    }

    /// The offset and the length of a parameter.
    fn place(&self, id: SymbolId) -> Option<(usize, usize)> {
        self.model.program.parameters.iter().find(|p| p.symbol == id).map(|p| (p.offset, p.len()))
    }

    fn plus(&mut self, sum: Option<Term>, term: Term, sign: f64) -> Term {
        let term = if sign < 0.0 { self.arena.neg(term) } else { term };
        sum.map_or(term, |sum| self.arena.make(Op::Zip(Zip::Add, sum, term)))
    }

    /// The weights and the bias of a unit that is written out.
    fn unit(&mut self, line: Term) -> Option<Unit> {
        if !self.arena.dims(line).is_scalar() {
            return None;
        }
        let mut unit = Unit { weights: vec![], biases: vec![] };
        for (term, sign) in self.addends(line) {
            if !self.is_learned(term) {
                continue; // a constant in z takes no part in the derivative
            }
            if let Some(offset) = self.entry(term) {
                unit.biases.push((term, offset, sign));
                continue;
            }
            let (weight, inner) = self.weighted(term)?;
            let inner = if sign < 0.0 { self.arena.neg(inner) } else { inner };
            if unit.weights.iter().any(|w| w.0 == inner) {
                return None;
            }
            unit.weights.push((inner, weight));
        }
        Some(unit)
    }

    /// `w*a` apart: the one factor that is an entry of a parameter, and the rest.
    fn weighted(&mut self, term: Term) -> Option<(Weight, Term)> {
        let (mut open, mut weight, mut rest) = (vec![term], None, Vec::new());
        while let Some(t) = open.pop() {
            match self.arena.op(t) {
                Op::Zip(Zip::Mul, a, b) => open.extend([b, a]),
                _ => match self.entry(t) {
                    Some(offset) if weight.is_none() => weight = Some((t, offset)),
                    Some(_) => return None,
                    None => rest.push(t),
                },
            }
        }
        if weight.is_none() && rest.len() != 1 {
            return None;
        }
        // A sum that is multiplied by a weight is no unit; a sum alone would have been taken apart.
        if weight.is_none() && matches!(self.arena.op(rest[0]), Op::MatVec(..) | Op::Zip(..)) {
            return None;
        }
        let inner = rest.into_iter().reduce(|a, b| self.arena.make(Op::Zip(Zip::Mul, a, b)))?;
        Some((weight, inner))
    }

    fn assembled(&mut self, units: &[Unit], inner: &[Term], output: Term) -> Option<Affine> {
        let (rows, columns) = (units.len(), inner.len());
        let mut weight_offsets = vec![None; rows * columns];
        let (mut entries, mut biases, mut bias_offsets) = (Vec::new(), Vec::new(), vec![vec![]; rows]);
        for (row, unit) in units.iter().enumerate() {
            for (term, weight) in &unit.weights {
                let place = row * columns + inner.iter().position(|t| t == term)?;
                weight_offsets[place] = weight.map(|w| w.1);
                let entry = weight.map_or_else(|| self.arena.constant(1.0), |w| w.0);
                entries.push((place, entry));
            }
            let mut bias = None;
            for &(term, offset, sign) in &unit.biases {
                bias_offsets[row].push((offset, sign));
                bias = Some(self.plus(bias, term, sign));
            }
            biases.extend(bias.map(|bias| (row, bias)));
        }
        let has_weights = columns > 0;
        let weights = self.placed(entries.into_iter(), Dims::Matrix(rows.max(1), columns.max(1)));
        let bias = (!biases.is_empty()).then(|| self.placed(biases.into_iter(), Dims::vector(rows)));
        Some(Affine {
            name: String::new(),
            weights: has_weights.then_some(weights),
            bias,
            input: if has_weights { Some(self.vector(inner)?) } else { None },
            output,
            weight_offsets,
            bias_offsets,
        })
    }

    /// f(z), the same for every line; z and f apart.
    fn activation(&mut self, lines: &[Term], output: Term) -> Option<(Activation, Vec<Term>)> {
        let below: Vec<Term> = lines.iter().map(|&t| self.pre_activation(t)).collect::<Option<_>>()?;
        let dims = self.arena.dims(output);
        let line_dims = self.arena.dims(below[0]);
        if below.iter().zip(lines).any(|(&b, &t)| self.arena.dims(b) != self.arena.dims(t)) {
            return None;
        }
        let inner = self.variable(line_dims);
        let mut functions = Vec::new();
        for (&line, &z) in lines.iter().zip(&below) {
            functions.push(self.arena.substitute(line, &HashMap::from([(z, inner)]))?);
        }
        if functions.iter().any(|f| *f != functions[0]) {
            return None;
        }
        let variable = if line_dims == dims { inner } else { self.variable(dims) };
        let function = self.arena.substitute(functions[0], &HashMap::from([(inner, variable)]))?;
        let coupled = self.arena.reachable(&[function]).iter().any(|&t| {
            matches!(self.arena.op(t), Op::LogSumExp(_) | Op::SumEntries(_) | Op::Pick(..) | Op::SumRows(_))
        });
        let slope = if coupled { None } else { Some(slope_of(self.arena, function, variable)?) };
        let input = self.vector(&below)?;
        let name = name_of(self.arena, function, variable, coupled);
        Some((Activation { name, input, output, function, slope, variable }, below))
    }

    fn variable(&mut self, dims: Dims) -> Term {
        let symbol = Symbol {
            name: "v".into(),
            kind: SymbolKind::Variable,
            shape: Shape { per_row: true, dims },
            entries: vec![],
        };
        let id = self.arena.symbol(symbol);
        self.arena.leaf(id)
    }

    /// z of f(z): of a known activation, else the first term below that is affine in parameters, or is one.
    fn pre_activation(&mut self, term: Term) -> Option<Term> {
        if let Some(z) = pre_activation(self.arena, term) {
            return Some(z);
        }
        let nearest = self.dominator(term)?;
        let mut at = nearest;
        loop {
            if pre_activation(self.arena, at).is_some() || self.affine(&[at], at).is_some() {
                return Some(at);
            }
            match self.dominator(at) {
                Some(below) => at = below,
                None => return Some(nearest),
            }
        }
    }

    /// The nearest term that all parameters act through.
    fn dominator(&self, term: Term) -> Option<Term> {
        let learned = |t: Term| -> Vec<Term> {
            self.arena.op(t).children().iter().copied().filter(|&c| self.is_learned(c)).collect()
        };
        let mut front: BTreeSet<Term> = learned(term).into_iter().collect();
        while front.len() > 1 {
            let last = front.pop_last()?;
            let below = learned(last);
            if below.is_empty() {
                return None;
            }
            front.extend(below);
        }
        front.first().copied()
    }
}

struct Unit {
    weights: Vec<(Term, Weight)>,
    biases: Vec<(Term, usize, f64)>,
}

/// f' over the variable that f is written in, for a function that works entry by entry.
pub(crate) fn slope_of(arena: &mut Arena, function: Term, variable: Term) -> Option<Term> {
    let Op::Leaf(id) = arena.op(variable) else { return None };
    let entries = arena.sum_entries(function);
    let sum = arena.sum_rows(entries);
    derivative::gradient(arena, sum, &[id]).by_symbol.first().copied()
}

fn name_of(arena: &mut Arena, function: Term, variable: Term, coupled: bool) -> String {
    if coupled {
        return "softmax".to_owned();
    }
    let mut known = whygrad_expr::functions::activations();
    let found = known.find(|built_in| {
        let Ok(term) = whygrad_expr::functions::apply(arena, built_in, &[variable]) else { return false };
        whygrad_expr::simplify::Simplifier::new(arena).simplify(term) == function
    });
    found.map_or_else(|| "f".to_owned(), |b| b.name.to_owned())
}
