//! What the columns of the data hold, and random rows of the same sort.

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};

use crate::data::Dataset;
use crate::model::{ColumnGroup, Model};
use crate::random::{Source, Stream};

/// What one column holds, or several together.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// One of two numbers.
    Two(f64, f64),
    /// In so many columns one 1, in the others 0.
    OneHot(usize),
    /// So many numbers above 0 that add up to 1.
    Shares(usize),
    /// Any numbers, with mean and standard deviation.
    Reals(f64, f64),
    /// Numbers between two bounds.
    Between(f64, f64),
}

/// The kinds of the columns of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    inputs: Vec<Kind>,
    targets: Vec<Kind>,
    input_names: Vec<String>,
    target_names: Vec<String>,
}

impl Columns {
    /// As in the given data; without any, what the model's loss can take.
    ///
    /// Inputs of 0 and 1 become numbers between -1.5 and 1.5: where x is 0 or 1, x·x is x, and whole families of
    /// mistakes cannot be seen. Targets of 0 and 1 stay so, since cross-entropies are made for them.
    pub(super) fn of(model: &Model, given: Option<&Dataset>) -> Columns {
        let program = &model.program;
        let (input_width, target_width) = (program.input_width(), program.target_width());
        let Some(data) = given.filter(|d| d.rows > 0) else {
            let names = |groups: &[ColumnGroup]| -> Vec<String> {
                groups.iter().flat_map(|g| (0..g.size).map(|_| g.name.clone())).collect()
            };
            return Columns {
                inputs: vec![Kind::Reals(0.0, 1.0); input_width],
                targets: targets_of(model),
                input_names: names(&model.inputs),
                target_names: names(&model.targets),
            };
        };
        let column = |values: &[f64], width: usize, index: usize| -> Vec<f64> {
            values.iter().skip(index).step_by(width.max(1)).copied().collect()
        };
        let inputs = (0..input_width).map(|index| input_kind(&column(&data.inputs, input_width, index)));
        let mut targets = Vec::new();
        let mut from = 0;
        let sizes: Vec<usize> = model.targets.iter().map(|g| g.size).collect();
        // Several targets of one column each may be one choice among all of them.
        let sizes = if sizes.iter().all(|&s| s == 1) && rows_kind(data, 0, target_width).is_some() {
            vec![target_width]
        } else {
            sizes
        };
        for size in sizes {
            if let Some(kind) = rows_kind(data, from, size) {
                targets.push(kind);
            } else {
                targets.extend(
                    (from..from + size).map(|index| target_kind(&column(&data.targets, target_width, index))),
                );
            }
            from += size;
        }
        Columns {
            inputs: inputs.collect(),
            targets,
            input_names: data.input_names.clone(),
            target_names: data.target_names.clone(),
        }
    }

    /// The same with every input above 0, for models that take its logarithm or root.
    pub(super) fn positive(&self) -> Columns {
        let positive = |kind: &Kind| match *kind {
            Kind::Reals(mean, spread) => Kind::Between(0.1 * spread, mean.abs() + spread),
            Kind::Between(_, high) => Kind::Between(0.1 * high.abs(), high.abs()),
            ref other => other.clone(),
        };
        Columns { inputs: self.inputs.iter().map(positive).collect(), ..self.clone() }
    }

    /// The same with numbers `factor` times as far apart.
    pub(super) fn wider(&self, factor: f64) -> Columns {
        let wider = |kind: &Kind| match *kind {
            Kind::Reals(mean, spread) => Kind::Reals(mean, factor * spread),
            Kind::Between(low, high) => Kind::Between(factor * low, factor * high),
            ref other => other.clone(),
        };
        let (inputs, targets) = (&self.inputs, &self.targets);
        let (inputs, targets) = (inputs.iter().map(wider).collect(), targets.iter().map(wider).collect());
        Columns { inputs, targets, ..self.clone() }
    }

    /// Random rows.
    pub(super) fn draw(&self, rows: usize, stream: &mut Stream) -> Dataset {
        Dataset {
            inputs: draw_rows(&self.inputs, rows, stream),
            targets: draw_rows(&self.targets, rows, stream),
            rows,
            input_names: self.input_names.clone(),
            target_names: self.target_names.clone(),
        }
    }
}

fn draw_rows(kinds: &[Kind], rows: usize, stream: &mut Stream) -> Vec<f64> {
    let columns: Vec<Vec<f64>> = kinds.iter().map(|kind| draw_kind(kind, rows, stream)).collect();
    let mut drawn = Vec::new();
    for row in 0..rows {
        for column in &columns {
            let width = column.len() / rows;
            drawn.extend_from_slice(&column[row * width..(row + 1) * width]);
        }
    }
    drawn
}

/// The columns of one kind, row by row.
fn draw_kind(kind: &Kind, rows: usize, stream: &mut Stream) -> Vec<f64> {
    match *kind {
        Kind::Two(a, b) => {
            choices(2, rows, stream).iter().map(|&choice| if choice == 0 { a } else { b }).collect()
        }
        Kind::OneHot(count) => choices(count, rows, stream)
            .iter()
            .flat_map(|&choice| (0..count).map(move |k| if k == choice { 1.0 } else { 0.0 }))
            .collect(),
        Kind::Shares(count) => {
            let mut drawn: Vec<f64> = (0..rows * count).map(|_| stream.uniform(0.1, 1.0)).collect();
            for row in drawn.chunks_mut(count) {
                let whole: f64 = row.iter().sum();
                for part in row {
                    *part /= whole;
                }
            }
            drawn
        }
        Kind::Reals(mean, spread) => (0..rows).map(|_| stream.normal(mean, spread)).collect(),
        Kind::Between(low, high) => (0..rows).map(|_| stream.uniform(low, high)).collect(),
    }
}

/// A choice a row, not the same one in all rows.
fn choices(count: usize, rows: usize, stream: &mut Stream) -> Vec<usize> {
    let mut chosen: Vec<usize> = (0..rows).map(|_| stream.below(count as u64) as usize).collect();
    if rows > 1 && chosen.iter().all(|&choice| choice == chosen[0]) {
        let row = stream.below(rows as u64) as usize;
        chosen[row] = (chosen[row] + 1) % count;
    }
    chosen
}

/// True where a column holds two numbers and nothing else.
fn two(values: &[f64]) -> Option<(f64, f64)> {
    let (low, high) = bounds(values);
    let known =
        [(0.0, 1.0), (-1.0, 1.0)].into_iter().find(|&(a, b)| values.iter().all(|&v| v == a || v == b));
    // A single value of 1 may be any number; 0 and 1 both, or -1 and 1, is a choice.
    known.filter(|_| low < high || values.len() == 1)
}

fn input_kind(values: &[f64]) -> Kind {
    match two(values) {
        Some((0.0, 1.0)) => Kind::Between(-1.5, 1.5),
        _ => reals(values),
    }
}

fn target_kind(values: &[f64]) -> Kind {
    two(values).map_or_else(|| reals(values), |(a, b)| Kind::Two(a, b))
}

fn bounds(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

fn reals(values: &[f64]) -> Kind {
    let finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let count = finite.len().max(1) as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let spread = (finite.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    // Of a constant column the size says what the scale is.
    let spread = if spread > 1e-9 * mean.abs() { spread } else { mean.abs() };
    if spread > 0.0 { Kind::Reals(mean, spread) } else { Kind::Reals(0.0, 1.0) }
}

/// What the targets `from..from + size` hold as rows: a choice, or shares of 1.
fn rows_kind(data: &Dataset, from: usize, size: usize) -> Option<Kind> {
    if size < 2 {
        return None;
    }
    let width = data.target_names.len();
    let rows = || data.targets.chunks(width.max(1)).map(|row| row.iter().skip(from).take(size));
    let whole = |mut row: std::iter::Take<std::iter::Skip<std::slice::Iter<'_, f64>>>| {
        row.clone().all(|&v| v >= 0.0) && (row.by_ref().sum::<f64>() - 1.0).abs() < 1e-6
    };
    if !rows().all(whole) {
        return None;
    }
    let choice = rows().flatten().all(|&v| v == 0.0 || v == 1.0);
    Some(if choice { Kind::OneHot(size) } else { Kind::Shares(size) })
}

/// What the targets of a model without data may hold, by its loss.
fn targets_of(model: &Model) -> Vec<Kind> {
    let width = model.program.target_width();
    let arena = &model.program.arena;
    let is_softmax = model.written_predictions.iter().any(|&p| {
        let order = arena.reachable(&[p]);
        arena.dims(p).len() > 1 && order.iter().any(|&t| matches!(arena.op(t), Op::LogSumExp(_)))
    });
    if width > 1 && (model.class_index || is_softmax) {
        return vec![Kind::OneHot(width)];
    }
    if has_margin(model) {
        return vec![Kind::Two(-1.0, 1.0); width];
    }
    let is_entropy = arena.reachable(&[model.written_loss]).iter().any(|&term| {
        let entropy = |a: Term| depends_on_parameters(model, a);
        match arena.op(term) {
            // A logarithm of what is predicted: the targets are probabilities.
            Op::Map(Function::Log, a) => entropy(a),
            Op::Map(Function::Softplus, a) => model.logits.is_some() && entropy(a),
            _ => false,
        }
    });
    let kind = if is_entropy || model.logits.is_some() { Kind::Two(0.0, 1.0) } else { Kind::Reals(0.0, 1.0) };
    vec![kind; width]
}

/// True where targets are only factors of what is learned, and that within a function that has a side for each
/// sign: `max(0, 1 - y*s)`, `log(1 + exp(-y*s))`. A cross-entropy has such factors too, but outside of a logarithm.
fn has_margin(model: &Model) -> bool {
    let program = &model.program;
    let arena = &program.arena;
    let order = arena.reachable(&[model.written_loss]);
    let (mut target, mut learned, mut factor) =
        (vec![false; arena.len()], vec![false; arena.len()], vec![false; arena.len()]);
    let mut products = 0;
    for &term in &order {
        let (op, index) = (arena.op(term), term.0 as usize);
        let any = |of: &[bool]| op.children().iter().any(|c| of[c.0 as usize]);
        (target[index], learned[index]) = match op {
            Op::Leaf(id) => {
                (program.targets.contains(&id), program.parameters.iter().any(|p| p.symbol == id))
            }
            _ => (any(&target), any(&learned)),
        };
        factor[index] = match op {
            Op::Leaf(_) => target[index],
            Op::Map(Function::Neg, a) | Op::Pick(a, _) => factor[a.0 as usize],
            Op::Zip(Zip::Mul, a, b) => {
                let fixed = |t: Term| !target[t.0 as usize] && !learned[t.0 as usize];
                (factor[a.0 as usize] && fixed(b)) || (factor[b.0 as usize] && fixed(a))
            }
            _ => false,
        };
        if factor[index] || !any(&factor) {
            continue;
        }
        let is_product = matches!(op, Op::Zip(Zip::Mul, a, b) if learned[a.0 as usize] != learned[b.0 as usize]
            && target[a.0 as usize] != target[b.0 as usize]);
        if !is_product {
            return false;
        }
        products += 1;
    }
    products > 0 && !reaches_outside(model, &target)
}

/// True where one of `terms` is found from the loss without passing a function that bends.
fn reaches_outside(model: &Model, targets: &[bool]) -> bool {
    let arena = &model.program.arena;
    let bends = |op: Op| match op {
        Op::Select(..) | Op::Zip(Zip::Max | Zip::Min, ..) => true,
        Op::Map(function, _) => {
            matches!(function, Function::Log | Function::Exp | Function::Softplus | Function::Sigmoid)
        }
        _ => false,
    };
    let mut outside = vec![false; arena.len()];
    outside[model.written_loss.0 as usize] = true;
    for &term in arena.reachable(&[model.written_loss]).iter().rev() {
        let (op, index) = (arena.op(term), term.0 as usize);
        if !outside[index] || bends(op) {
            continue;
        }
        if matches!(op, Op::Leaf(_)) && targets[index] {
            return true;
        }
        op.children().iter().for_each(|c| outside[c.0 as usize] = true);
    }
    false
}

fn depends_on_parameters(model: &Model, term: Term) -> bool {
    let program = &model.program;
    let leaves = program.arena.reachable(&[term]);
    leaves.iter().any(|&t| match program.arena.op(t) {
        Op::Leaf(id) => program.parameters.iter().any(|p| p.symbol == id),
        _ => false,
    })
}
