//! The units of a net with a nonlinear activation: what goes in, what comes out, and the slope there.

use std::collections::HashMap;

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Symbol, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::program::Program;
use whygrad_expr::shape::Dims;

use super::activation::Character;
use crate::data::Dataset;
use crate::model::{Model, pre_activation};

/// Units that stand side by side: a dense layer, or one unit of a formula.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// What the model calls it, or its number.
    pub(crate) name: String,
    /// How many activations lie below it, at most.
    pub(crate) depth: usize,
    /// True where it is a prediction.
    pub(crate) is_output: bool,
    /// How many units.
    pub(crate) units: usize,
    /// What its activation does.
    pub(crate) character: Character,
}

/// What the units of a group do on each row, `[row * units + unit]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// What goes into the activation.
    pub(crate) inputs: Vec<f64>,
    /// What comes out.
    pub(crate) outputs: Vec<f64>,
    /// The derivative of the activation there.
    pub(crate) slopes: Vec<f64>,
}

/// The units of a model, ready to be computed on its data.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    /// In the order of their depth.
    pub(crate) groups: Vec<Group>,
    plan: Plan,
    space: Workspace<f64>,
    rows: usize,
}

impl Units {
    pub(crate) fn of(model: &Model, data: &Dataset) -> Units {
        let mut program = model.program.clone();
        let mut groups = Vec::new();
        let mut roots = Vec::new();
        for (term, depth) in activations(&program) {
            let Some(z) = pre_activation(&program.arena, term) else { continue };
            let Some((slope, character)) = slope(&mut program, term, z) else { continue };
            groups.push(Group {
                name: name_of(model, term, groups.len()),
                depth,
                is_output: program.predictions.contains(&term),
                units: program.arena.dims(z).len(),
                character,
            });
            roots.extend([z, term, slope]);
        }
        let plan = Plan::compile(&program, &roots);
        let mut space = Workspace::new(&plan);
        space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
        Units { groups, plan, space, rows: data.rows }
    }

    /// What each group does at these parameters, in the order of the groups.
    pub(crate) fn at(&mut self, theta: &[f64]) -> Vec<Values> {
        self.space.run(&self.plan, theta);
        let part = |root: usize, units: usize| -> Vec<f64> {
            let (values, buffer) = self.space.output(&self.plan, root);
            let len = self.rows * units;
            if buffer.per_row && buffer.len == units {
                return values[..len].to_vec();
            }
            // One number for all rows, or for all units.
            let at =
                |k: usize| if buffer.per_row { (k / units) * buffer.len } else { k % units % buffer.len };
            (0..len).map(|k| values[at(k)]).collect()
        };
        let values = self.groups.iter().enumerate().map(|(g, group)| Values {
            inputs: part(3 * g, group.units),
            outputs: part(3 * g + 1, group.units),
            slopes: part(3 * g + 2, group.units),
        });
        values.collect()
    }
}

/// The activations that predictions and loss depend on, each with how many lie below it, those below first.
fn activations(program: &Program) -> Vec<(Term, usize)> {
    let arena = &program.arena;
    let mut roots = program.predictions.clone();
    roots.push(program.loss);
    let mut depths: HashMap<Term, usize> = HashMap::new();
    let mut found = Vec::new();
    let below_predictions = arena.reachable(&program.predictions);
    for term in arena.reachable(&roots) {
        let below =
            arena.op(term).children().iter().filter_map(|c| depths.get(c)).copied().max().unwrap_or(0);
        let is_one = arena.shape(term).per_row
            && pre_activation(arena, term).is_some_and(|z| arena.shape(z).per_row)
            && below_predictions.contains(&term);
        if is_one {
            found.push((term, below));
        }
        depths.insert(term, below + usize::from(is_one));
    }
    found.sort_by_key(|f| f.1);
    found
}

/// The derivative of an activation by what goes into it, as a term; and what it does.
fn slope(program: &mut Program, activation: Term, z: Term) -> Option<(Term, Character)> {
    let arena = &mut program.arena;
    let kind = SymbolKind::Variable;
    let stand_in = arena.symbol(Symbol { name: "z".into(), kind, shape: arena.shape(z), entries: vec![] });
    let leaf = arena.leaf(stand_in);
    let of_leaf = arena.substitute(activation, &HashMap::from([(z, leaf)]))?;
    if arena.dims(of_leaf) != arena.dims(z) || matches!(arena.dims(z), Dims::Matrix(..)) {
        return None;
    }
    let entries = arena.sum_entries(of_leaf);
    let sum = arena.sum_rows(entries);
    let slope = *derivative::gradient(arena, sum, &[stand_in]).by_symbol.first()?;
    let character = Character::of(arena, of_leaf, slope, stand_in).unwrap_or_default();
    Some((arena.substitute(slope, &HashMap::from([(leaf, z)]))?, character))
}

fn name_of(model: &Model, term: Term, index: usize) -> String {
    let dense = model.dense.iter().find(|d| d.output == term).map(|d| d.name.clone());
    let defined = || model.definitions.iter().find(|d| d.term == term).map(|d| d.name.clone());
    let named = || model.naming.name_of(term).map(str::to_owned);
    dense.or_else(defined).or_else(named).unwrap_or_else(|| format!("unit {}", index + 1))
}
