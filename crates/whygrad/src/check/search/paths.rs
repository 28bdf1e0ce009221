//! The backward pass through a chain, with every edit of the catalogue at every place.

use std::collections::HashMap;

use whygrad_expr::arena::Term;

use super::chain::{Affine, Chain, Stage};
use super::edit::Path;
use super::lab::Lab;
use super::scale::Growth;
use super::site::{Cut, ErrorSite, Finder, GradientSite, SlopeSite, Variant, WeightSite};
use crate::check::mistake::{
    CATALOGUE, constant_factor, loss_term, rows_reduced, sign, stale_value, sum_for_mean, variable_inside,
};

/// More paths than this are not followed: nets are small, and time is too.
const MOST_PATHS: usize = 30_000;

/// What stands for the derivatives of a layer's parameters.
pub(crate) struct Block<'c> {
    pub(crate) stage: usize,
    pub(crate) affine: &'c Affine,
    /// dL/dz without an edit.
    pub(crate) delta: Option<Term>,
    /// Derivatives by the weights, each a matrix.
    pub(crate) weights: Vec<Path>,
    /// Derivatives by the biases, each a vector.
    pub(crate) biases: Vec<Path>,
}

/// Walks a chain from the loss to its inputs.
pub(crate) struct Walk<'c> {
    chain: &'c Chain,
    cut: &'c Cut,
    /// dL/da of the outputs.
    error: Term,
    /// False where the last layer's derivatives are right, so that the error they are made of is too.
    pub(crate) error_may_be_wrong: bool,
    /// The weights and biases of each stage after a step of descent, the ways it can be taken.
    updated: Vec<Vec<(Term, Term)>>,
}

impl<'c> Walk<'c> {
    pub(crate) fn new(lab: &mut Lab<'_>, chain: &'c Chain, cut: &'c Cut) -> Option<Walk<'c>> {
        let error = cut.error(lab, cut.loss, chain.prediction)?;
        let error = lab.fill(error, lab.dims(chain.prediction));
        let mut walk =
            Walk { chain, cut, error, error_may_be_wrong: true, updated: vec![vec![]; chain.stages.len()] };
        let mut updated = walk.updated.clone();
        let changed: HashMap<Term, Term> = lab.stepped.iter().copied().collect();
        walk.blocks(lab, 0, &mut |lab, block| updated[block.stage] = after_a_step(lab, &block, &changed))?;
        walk.updated = updated;
        Some(walk)
    }

    /// Every layer's derivatives with at most so many edits, from the last layer to the first; fewer edits first.
    pub(crate) fn blocks(
        &self,
        lab: &mut Lab<'_>,
        budget: usize,
        visit: &mut dyn FnMut(&mut Lab<'_>, Block<'c>),
    ) -> Option<()> {
        let mut front = self.errors(lab, budget);
        for (stage, what) in self.chain.stages.iter().enumerate().rev() {
            match what {
                Stage::Activation(_) => front = self.through_activation(lab, stage, &front, budget)?,
                Stage::Affine(affine) => {
                    let block = self.block(lab, stage, affine, &front, budget);
                    visit(lab, block);
                    if stage == 0 {
                        break;
                    }
                    front = self.through_weights(lab, stage, affine, &front, budget)?;
                }
            }
            front.sort_by_key(|p| p.edits.len());
            front.truncate(MOST_PATHS);
        }
        Some(())
    }

    fn errors(&self, lab: &mut Lab<'_>, budget: usize) -> Vec<Path> {
        let mut front = vec![Path::right(self.error)];
        if budget == 0 {
            return front;
        }
        let site = ErrorSite { chain: self.chain, cut: self.cut, error: self.error };
        let mut found: Vec<Variant> = Vec::new();
        for finder in finders().filter(|_| self.error_may_be_wrong) {
            if let Finder::Error(find) = finder {
                find(lab, &site, &mut found);
            }
        }
        let altered = if self.error_may_be_wrong {
            loss_term::altered(
                lab,
                self.cut.loss,
                &[self.cut.variable],
                &[(self.cut.variable, "y_hat".to_owned())],
            )
        } else {
            vec![]
        };
        for altered in altered {
            if let Some(error) = self.cut.error(lab, altered.loss, self.chain.prediction) {
                found.push((error, altered.edit));
            }
        }
        found.extend(self.scaled_errors(lab));
        let right = front[0].clone();
        let dims = lab.dims(self.chain.prediction);
        front.extend(found.into_iter().map(|(term, edit)| {
            let filled = lab.fill(term, dims);
            right.with(filled, edit)
        }));
        front
    }

    /// The error times the usual factors: what comes after may not be linear in it.
    fn scaled_errors(&self, lab: &mut Lab<'_>) -> Vec<Variant> {
        let n = lab.row_count();
        let (two, half, minus) = (lab.number(2.0), lab.number(0.5), lab.number(-1.0));
        let outputs = lab.model.program.target_width() as f64;
        let mut found = Vec::new();
        for (factor, edit) in [
            (two, constant_factor::edit(lab, 2.0)),
            (half, constant_factor::edit(lab, 0.5)),
            (minus, sign::edit(lab)),
            (n, sum_for_mean::edit(lab, Growth::Rows)),
        ] {
            found.push((lab.mul(self.error, factor), edit));
        }
        let edit = sum_for_mean::edit(lab, Growth::PerRows);
        found.push((lab.div(self.error, n), edit));
        for factor in [outputs, 1.0 / outputs] {
            if outputs > 2.0 {
                let (number, edit) = (lab.number(factor), constant_factor::edit(lab, factor));
                found.push((lab.mul(self.error, number), edit));
            }
        }
        found
    }

    fn through_activation(
        &self,
        lab: &mut Lab<'_>,
        stage: usize,
        front: &[Path],
        budget: usize,
    ) -> Option<Vec<Path>> {
        let Stage::Activation(activation) = &self.chain.stages[stage] else { return None };
        let dims = lab.dims(activation.input);
        let exchanged =
            if budget > 0 { variable_inside::exchanged(lab, self.chain, stage, activation) } else { vec![] };
        let mut next = Vec::new();
        for path in front {
            let site = SlopeSite { chain: self.chain, stage, activation, upstream: path.term };
            let passed = site.passed(lab)?;
            next.push(Path { term: lab.fill(passed, dims), edits: path.edits.clone() });
            if path.edits.len() >= budget {
                continue;
            }
            let mut found = Vec::new();
            for finder in finders() {
                if let Finder::Slope(find) = finder {
                    find(lab, &site, &mut found);
                }
            }
            for other in &exchanged {
                if let Some(slope) = site.slope_at(lab, other.pre_activation) {
                    found.push((lab.mul(path.term, slope), other.edit));
                }
            }
            for (term, edit) in distinct(lab, found) {
                if lab.dims(term).is_scalar() || lab.dims(term) == dims {
                    let filled = lab.fill(term, dims);
                    next.push(path.with(filled, edit));
                }
            }
            if next.len() > MOST_PATHS {
                break;
            }
        }
        Some(next)
    }

    fn through_weights(
        &self,
        lab: &mut Lab<'_>,
        stage: usize,
        affine: &Affine,
        front: &[Path],
        budget: usize,
    ) -> Option<Vec<Path>> {
        let (weights, inner) = (affine.weights?, affine.input?);
        let dims = lab.dims(inner);
        let mut next = Vec::new();
        for path in front {
            let right = lab.send_back(weights, path.term);
            next.push(Path { term: right, edits: path.edits.clone() });
            if path.edits.len() >= budget {
                continue;
            }
            let updated = &self.updated[stage];
            let bias = affine.bias;
            let delta = path.term;
            let site = WeightSite { chain: self.chain, stage, affine, weights, inner, delta, bias, updated };
            let mut found = variants(lab, &site);
            // What was updated too early may be read wrongly as well.
            for (index, &(weights, b)) in
                updated.iter().enumerate().filter(|_| path.edits.len() + 2 <= budget)
            {
                let stale = stale_value::edit(lab, &site, index);
                let bias = bias.map(|_| b);
                let site = WeightSite { weights, bias, updated: &[], chain: self.chain, ..site };
                for (term, edit) in variants(lab, &site) {
                    let filled = lab.fill(term, dims);
                    next.push(path.with(filled, stale).with(filled, edit));
                }
            }
            for (term, edit) in found.drain(..) {
                let filled = lab.fill(term, dims);
                next.push(path.with(filled, edit));
            }
            if next.len() > MOST_PATHS {
                break;
            }
        }
        Some(next)
    }

    fn block(
        &self,
        lab: &mut Lab<'_>,
        stage: usize,
        affine: &'c Affine,
        front: &[Path],
        budget: usize,
    ) -> Block<'c> {
        let mut block =
            Block { stage, affine, delta: front.first().map(|p| p.term), weights: vec![], biases: vec![] };
        let units = lab.len(affine.output);
        let inputs = affine.input.map_or(0, |x| lab.len(x));
        let below = stage.checked_sub(1).map(|k| &self.chain.stages[k]);
        let inside = match below {
            Some(Stage::Activation(a)) if budget > 0 => {
                let all = variable_inside::exchanged(lab, self.chain, stage - 1, a);
                let made = all
                    .into_iter()
                    .filter_map(|e| Some((lab.of(a.function, a.variable, e.pre_activation)?, e.edit)));
                made.collect()
            }
            _ => vec![],
        };
        let masked: Vec<Path> = front
            .iter()
            .filter(|path| path.edits.len() < budget)
            .flat_map(|path| rows_reduced::masked(lab, stage, &affine.name, path))
            .collect();
        for path in front.iter().chain(&masked) {
            let delta = lab.fill(path.term, lab.dims(affine.output));
            let site =
                GradientSite { chain: self.chain, stage, affine, delta, input: affine.input, units, inputs };
            if let Some(input) = affine.input {
                block.weights.push(Path { term: lab.sum_outer(delta, input), edits: path.edits.clone() });
            }
            if affine.bias.is_some() {
                block.biases.push(Path { term: lab.sum_rows(delta), edits: path.edits.clone() });
            }
            if path.edits.len() >= budget {
                continue;
            }
            let (mut weights, mut biases) = (Vec::new(), Vec::new());
            for finder in finders() {
                match finder {
                    Finder::WeightGradient(find) if affine.weights.is_some() => {
                        find(lab, &site, &mut weights);
                    }
                    Finder::BiasGradient(find) if affine.bias.is_some() => find(lab, &site, &mut biases),
                    _ => {}
                }
            }
            for &(input, edit) in &inside {
                weights.push((lab.sum_outer(delta, input), edit));
            }
            let weights = distinct(lab, weights);
            let biases = distinct(lab, biases);
            block.weights.extend(weights.into_iter().map(|(term, edit)| path.with(term, edit)));
            block.biases.extend(biases.into_iter().map(|(term, edit)| path.with(term, edit)));
            if block.weights.len() > MOST_PATHS {
                break;
            }
        }
        block
    }
}

/// Weights and bias after a step over all rows, and after each row's own step.
fn after_a_step(lab: &mut Lab<'_>, block: &Block<'_>, changed: &HashMap<Term, Term>) -> Vec<(Term, Term)> {
    let (Some(w), Some(delta)) = (block.affine.weights, block.delta) else { return vec![] };
    let (input, bias) = (block.affine.input.unwrap_or(delta), block.affine.bias.unwrap_or(delta));
    let mut ways = Vec::new();
    // By the numbers given, which is right whatever is wrong with them, and by the true gradient.
    if let (Some(w), Some(bias)) = (lab.arena.substitute(w, changed), lab.arena.substitute(bias, changed)) {
        ways.push((w, bias));
    }
    if let Some(gradient) = block.weights.first() {
        let over_rows = lab.sum_rows(delta);
        let (change, bias_change) = (lab.mul(lab.rate, gradient.term), lab.mul(lab.rate, over_rows));
        ways.push((lab.sub(w, change), lab.sub(bias, bias_change)));
    }
    let (n, own) = (lab.row_count(), lab.outer(delta, input));
    let times = (lab.mul(n, own), lab.mul(n, delta));
    for (step, bias_step) in [(own, delta), times] {
        let (change, bias_change) = (lab.mul(lab.rate, step), lab.mul(lab.rate, bias_step));
        ways.push((lab.sub(w, change), lab.sub(bias, bias_change)));
    }
    ways
}

fn variants(lab: &mut Lab<'_>, site: &WeightSite<'_>) -> Vec<Variant> {
    let mut found = Vec::new();
    for finder in finders() {
        if let Finder::Weights(find) = finder {
            find(lab, site, &mut found);
        }
    }
    found
}

/// Of the edits of one catalogue entry that make the same term, the cheapest.
fn distinct(lab: &Lab<'_>, mut found: Vec<Variant>) -> Vec<Variant> {
    let of = |v: &Variant| &lab.edits[v.1.0 as usize];
    found.sort_by(|a, b| of(a).text.price.total_cmp(&of(b).text.price));
    let mut seen = std::collections::HashSet::new();
    found.retain(|v| seen.insert((v.0, of(v).entry)));
    found
}

fn finders() -> impl Iterator<Item = &'static Finder> {
    CATALOGUE.iter().flat_map(|entry| entry.finders)
}
