//! The checks, each in the words of its warning.

use whygrad_expr::op::Op;

use super::gradient;
use super::represent::{Impossible, impossible, mixture_in_words, point_in_words, shape_in_words};
use super::words::number;
use super::{Kind, Warning, losses, losses::LossOfOutputs, range, rates, rows, start, steps};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::{BatchSize, Options};

/// A target counts as out of reach from this share of the targets' spread on.
pub(super) const OUT_OF_REACH: f64 = 0.05;

/// Where outputs can lie, and what the loss does there.
pub(super) fn of_outputs(model: &Model, data: &Dataset, warnings: &mut Vec<Warning>) {
    let ranges = range::of_outputs(model, data);
    let outside = out_of_reach(model, data);
    warnings.extend(outside.as_ref().map(|o| o.warning(data)));
    let (low, high) =
        ranges.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), r| (l.min(r.low), h.max(r.high)));
    if let Some(loss) = LossOfOutputs::of(model) {
        let (low, high) =
            if model.logits.is_some() { (f64::NEG_INFINITY, f64::INFINITY) } else { (low, high) };
        if outside.is_none() {
            let bad = loss.unbounded(data, low, high);
            warnings.extend(bad.map(|bad| unbounded_in_words(&loss, data, &bad)));
            let gaps = loss.has_gaps(data, low, high);
            warnings.extend(gaps.then(|| {
                let summary = format!(
                    "An output {}, and the loss takes a logarithm that has no value in a part of that.",
                    lies(low, high)
                );
                Warning::new(Kind::OutputRange, summary, "Use a sigmoid output with a cross-entropy, or mse.")
            }));
            let constant =
                if shares_of_one(model) { None } else { loss.constant_that_is_best(data, low, high) };
            warnings.extend(constant.filter(|_| !gaps).map(constant_is_best));
        }
        if loss.penalties.iter().any(|&p| losses::rewards_size(model, data, p)) {
            let summary =
                "A penalty is subtracted from the loss, so that the loss falls for ever as the weights grow.";
            warnings.push(Warning::new(Kind::LossUnbounded, summary, "Add the penalty instead."));
        }
    }
    for reason in impossible(model, data) {
        let overlap = matches!(reason, Impossible::NotParted { .. }) && rows::overlap_alone(data);
        warnings.extend((!overlap).then(|| cannot(model, data, &reason)));
    }
}

/// Between which numbers an output lies, as what it does.
fn lies(low: f64, high: f64) -> String {
    match (low.is_finite(), high.is_finite()) {
        _ if low == high => format!("is always {}", number(low)),
        (true, true) => format!("lies between {} and {}", number(low), number(high)),
        (true, false) => format!("is never below {}", number(low)),
        (false, true) => format!("is never above {}", number(high)),
        (false, false) => "can be any number".to_owned(),
    }
}

/// Whether the outputs of a row have the sum 1.
fn shares_of_one(model: &Model) -> bool {
    let program = &model.program;
    program.predictions.iter().any(|&p| range::is_softmax(&program.arena, p)) || model.logits.is_some()
}

fn constant_is_best(output: f64) -> Warning {
    let summary = format!(
        "An output of {} has the least loss on every row, whatever its target: the loss says nothing against it.",
        number(output)
    );
    let fix = "Use binary_cross_entropy, which counts both targets, or a softmax over several outputs.";
    Warning::new(Kind::ConstantOutputIsBest, summary, fix).flags(&["--loss", "binary_cross_entropy"])
}

/// Targets that no output reaches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OutOfReach {
    /// What the outputs lie between.
    pub(crate) range: range::Range,
    /// The target farthest from that.
    pub(crate) target: f64,
    pub(crate) column: usize,
    /// Whether the outputs of a row have the sum 1, and its targets another.
    pub(crate) sum: Option<f64>,
    /// Whether the loss reads the outputs as logits of probabilities.
    pub(crate) are_logits: bool,
}

impl OutOfReach {
    pub(crate) fn in_words(&self, data: &Dataset) -> String {
        let (low, high) = (self.range.low, self.range.high);
        if let Some(sum) = self.sum {
            return format!(
                "The outputs of a softmax have the sum 1, the targets of a row have the sum {sum}."
            );
        }
        let name = data.target_names.get(self.column).map_or("y", String::as_str);
        let target = number(self.target);
        if self.are_logits {
            return format!(
                "The loss reads the output as the logit of a probability, between 0 and 1, and the target {name} has the value \
                 {target}: no parameters reach it."
            );
        }
        let lies = lies(low, high);
        format!("The output {lies}, and the target {name} has the value {target}: no parameters reach it.")
    }

    fn warning(&self, data: &Dataset) -> Warning {
        let warning = |fix: &str| Warning::new(Kind::OutputRange, self.in_words(data), fix);
        if self.are_logits {
            return warning("Use mse for measured numbers, or write the classes as 0 and 1.")
                .flags(&["--loss", "mse"]);
        }
        if self.range.low == self.range.high {
            return warning("Use a sigmoid output, or a softmax over one output a class.");
        }
        warning("Use a linear output, or bring the targets between the two numbers.")
    }
}

/// The target farthest out of the range of its output, where that is far enough to matter.
pub(crate) fn out_of_reach(model: &Model, data: &Dataset) -> Option<OutOfReach> {
    let ranges = range::of_outputs(model, data);
    let width = data.target_names.len();
    if ranges.len() != width || width == 0 {
        return None;
    }
    let spread = range::of_values(&data.targets);
    let least = OUT_OF_REACH * if spread.high > spread.low { spread.high - spread.low } else { 1.0 };
    let (mut worst, mut most) = (None, least);
    for (k, &target) in data.targets.iter().enumerate() {
        let distance = ranges[k % width].distance(target);
        if distance > most {
            most = distance;
            worst = Some(OutOfReach {
                range: ranges[k % width],
                target,
                column: k % width,
                sum: None,
                are_logits: model.logits.is_some(),
            });
        }
    }
    let program = &model.program;
    let softmax = program.predictions.iter().any(|&p| range::is_softmax(&program.arena, p));
    if worst.is_none() && (softmax || model.logits == Some(crate::model::Logits::Classes)) {
        let sums = (0..data.rows).map(|r| data.target_row(r).iter().sum::<f64>());
        let far = sums.max_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs()))?;
        let range = ranges[0];
        return ((far - 1.0).abs() > 0.1).then_some(OutOfReach {
            range,
            target: far,
            column: 0,
            sum: Some(far),
            are_logits: model.logits.is_some(),
        });
    }
    worst
}

fn unbounded_in_words(loss: &LossOfOutputs<'_>, data: &Dataset, bad: &losses::Unbounded) -> Warning {
    let known = loss.named_but_for_signs(data);
    let summary = unbounded_sentence(known.as_ref().map(|k| k.1), bad);
    let fix = match &known {
        Some((_, name)) => format!("Write a minus before it, or use the loss {name}."),
        None => "Look for a minus that is missing or stands in the wrong place.".to_owned(),
    };
    let warning = Warning::new(Kind::LossUnbounded, summary, fix);
    match known {
        Some((_, name)) => warning.flags(&["--loss", name]),
        None => warning,
    }
}

/// What is wrong with a loss that falls for ever.
pub(crate) fn unbounded_sentence(name: Option<&str>, bad: &losses::Unbounded) -> String {
    let which = if bad.all {
        "every row".to_owned()
    } else {
        format!("rows with the target {}", point_in_words(&bad.targets[0]).trim_matches(['(', ')']))
    };
    let reason = match (name, bad.all) {
        (Some(name), true) => format!(": it is {name} with the wrong sign"),
        (Some(name), false) => format!(": it is {name} with one term of the wrong sign"),
        (None, _) => String::new(),
    };
    format!("The loss of {which} falls below any bound as the output gets worse{reason}.")
}

fn cannot(model: &Model, data: &Dataset, reason: &Impossible) -> Warning {
    let summary = cannot_in_words(model, data, reason);
    let fix = match reason {
        Impossible::Fixed { .. } | Impossible::NotParted { through_origin: true, .. } => "Add biases.",
        Impossible::NotParted { .. } => "Add a hidden layer of several tanh or sigmoid units.",
    };
    Warning::new(Kind::CannotRepresent, summary, fix)
}

/// Why no parameters will do, with what proves it.
pub(crate) fn cannot_in_words(model: &Model, data: &Dataset, reason: &Impossible) -> String {
    match reason {
        Impossible::Fixed { row, column, output } => format!(
            "Without a bias the output at {} is {} whatever the weights are, and its target is {}.",
            point_in_words(data.input_row(*row)),
            number(*output),
            number(data.target_row(*row)[*column]),
        ),
        Impossible::NotParted { through_origin: true, .. } => {
            "Without a bias the output parts the rows by a plane through the origin, and none parts the two classes."
                .to_owned()
        }
        Impossible::NotParted { mixture, .. } if mixture.first.len() + mixture.second.len() > 8 => format!(
            "No parameters solve it: {}, so that the classes would have to be parted by a hyperplane, and the point {} is a \
             mixture of rows of both.",
            shape_in_words(model),
            shortened(&mixture.point),
        ),
        Impossible::NotParted { mixture, .. } => format!(
            "No parameters solve it: {}, so that the classes would have to be parted by a hyperplane, and the point {} lies in \
             both: {} = {}.",
            shape_in_words(model),
            shortened(&mixture.point),
            mixture_in_words(data, &mixture.first),
            mixture_in_words(data, &mixture.second),
        ),
    }
}

fn shortened(point: &[f64]) -> String {
    if point.len() <= 8 {
        return point_in_words(point);
    }
    format!("{}, ...)", point_in_words(&point[..8]).trim_end_matches(')'))
}

/// Rows and columns.
pub(super) fn of_data(model: &Model, data: &Dataset, warnings: &mut Vec<Warning>) {
    if data.rows == 1 {
        let summary = "There is one row alone: nothing in it says what should hold for others.";
        warnings.push(Warning::new(Kind::OneRow, summary, "Give more rows."));
    }
    if let Some(found) = rows::contradictions(data) {
        let (a, b) = found.pair;
        // Measured numbers may differ a little at the same place.
        let spread = rows::spreads(&data.targets, data.target_names.len());
        let variance = spread.iter().map(|s| s.deviation.powi(2)).sum::<f64>() / spread.len().max(1) as f64;
        if rows::distance_of_classes(data).is_some() || found.least_squares > OUT_OF_REACH * variance {
            let summary = format!(
                "Rows {} and {} have the same inputs {} and different targets: no output is right for both, and the mean of \
                 squares stays at {} or more.",
                a + 1,
                b + 1,
                shortened(data.input_row(a)),
                number(found.least_squares)
            );
            warnings.push(Warning::new(Kind::ContradictoryRows, summary, "Look which of the rows is right."));
        }
    }
    if let Some(scaling) = rows::unscaled(data) {
        warnings.push(Warning::new(
            Kind::UnscaledInputs,
            unscaled_in_words(data, &scaling),
            "Standardise the inputs.",
        ));
    }
    if data.rows > 1 {
        constant_columns(model, data, warnings);
    }
}

/// Which column is far from mean 0 and deviation 1, and what that costs.
pub(crate) fn unscaled_in_words(data: &Dataset, scaling: &rows::Scaling) -> String {
    let worst = scaling.inputs[scaling.worst];
    let name = &data.input_names[scaling.worst];
    if !scaling.condition.is_finite() {
        return format!(
            "The input {name} has the mean {} and the deviation {}: units are flat for such numbers, and squares \
             of them overflow.",
            number(worst.mean),
            number(worst.deviation)
        );
    }
    format!(
        "The input {name} has the mean {} and the deviation {}: the condition number of the inputs is {} in place of {} for \
         standardised ones, and descent needs the more steps the larger it is.",
        number(worst.mean),
        number(worst.deviation),
        number(scaling.condition),
        number(scaling.condition_scaled)
    )
}

fn constant_columns(model: &Model, data: &Dataset, warnings: &mut Vec<Warning>) {
    let flat =
        |values: &[f64], width: usize, k: usize| (1..data.rows).all(|r| values[r * width + k] == values[k]);
    let constant = |values: &[f64], names: &[String]| -> Vec<usize> {
        (0..names.len()).filter(|&k| flat(values, names.len(), k)).collect()
    };
    // A column of pictures may well be 0 everywhere, and one of ones may stand for a bias.
    let inputs = constant(&data.inputs, &data.input_names);
    if data.rows > 1 && inputs.len() == data.input_names.len() && !inputs.is_empty() {
        let summary = "All inputs have the same value in every row: the output is the same for all.";
        warnings.push(Warning::new(
            Kind::ConstantColumn,
            summary,
            "Look whether the right columns were taken.",
        ));
    }
    let targets = constant(&data.targets, &data.target_names);
    let has_bias =
        model.layers.as_ref().is_none_or(|l| l.biases.last().is_some_and(|b| b.iter().all(Option::is_some)));
    if let Some(&k) =
        targets.first().filter(|_| targets.len() == data.target_names.len() && has_bias && data.rows > 1)
        && !data.input_names.is_empty()
        && model.layers.is_some()
    {
        let summary = format!(
            "The target {} has the value {} in every row: a bias alone can learn that.",
            data.target_names[k], data.targets[k]
        );
        warnings.push(Warning::new(
            Kind::ConstantColumn,
            summary,
            "Look whether the right column was taken.",
        ));
    }
}

/// The rate, the batches and their order; parameters and columns without effect.
pub(super) fn of_options(model: &Model, data: &Dataset, options: &Options, warnings: &mut Vec<Warning>) {
    if let BatchSize::Rows(batch) = options.batch {
        if batch > data.rows {
            let summary =
                format!("A batch has {batch} rows, and there are {}: every batch is all of them.", data.rows);
            warnings.push(
                Warning::new(Kind::BatchTooLarge, summary, "Say that all rows make a batch.")
                    .flags(&["--batch", "full"]),
            );
        }
        let sorted = rows::sortedness(data);
        if batch * 2 <= data.rows && !options.shuffle && sorted > 0.6 && options.method.is_none() {
            let summary = format!(
                "The rows are sorted by their targets and come in that order, {batch} a batch: each batch undoes what the last \
                 ones did (the correlation of neighbours is {sorted:.2})."
            );
            let fix = "Take the rows in a new order in each epoch.";
            warnings.push(Warning::new(Kind::RowOrder, summary, fix).flags(&["--shuffle"]));
        }
    }
    let bound = rates::constant_curvature(model, data, options);
    if let Some(bound) = bound.filter(|b| options.learning_rate >= 2.0 / b.curvature * (1.0 - 1e-9)) {
        let rate = bound.curvature;
        let bends = number(rate);
        let what = if bound.parameter.is_empty() {
            format!("The largest second derivative of the loss is {bends} everywhere")
        } else {
            format!("The loss has the second derivative {bends} by {} everywhere", bound.parameter)
        };
        let most = 2.0 / rate;
        let limit = number(most);
        let summary = format!(
            "{what}: no minimum is stable at a learning rate from {limit} on, and it is {}.",
            options.learning_rate
        );
        let lower = number(0.3 * most);
        let fix = format!("Choose a learning rate well below {limit}.");
        warnings.push(Warning::new(Kind::LearningRateTooHigh, summary, fix).flags(&["--lr", &lower]));
    }
    // An output that is always the same depends on nothing: that is said already.
    if !range::of_outputs(model, data).iter().all(|range| range.low == range.high) {
        without_effect(model, warnings);
    }
}

fn without_effect(model: &Model, warnings: &mut Vec<Warning>) {
    let program = &model.program;
    let reached = program.arena.reachable(&[program.loss]);
    let used = |id| reached.iter().any(|&t| program.arena.op(t) == Op::Leaf(id));
    for (p, &slope) in program.parameters.iter().zip(&program.gradient) {
        if !used(p.symbol) || (!model.own_gradient && program.arena.constant_of(slope) == Some(0.0)) {
            let summary = format!("The loss does not depend on {}: it keeps its starting value.", p.name);
            warnings.push(Warning::new(
                Kind::ParameterWithoutEffect,
                summary,
                "Use it, or take it out of the model.",
            ));
        }
    }
    for group in model.inputs.iter().filter(|g| !used(g.symbol)) {
        let summary = format!("The column {} is an input and is not used.", group.name);
        warnings.push(Warning::new(
            Kind::ColumnWithoutEffect,
            summary,
            "Use it, or take it out of the model.",
        ));
    }
}

/// The share of units and rows that are flat from which a layer counts as saturated.
const SATURATED: f64 = 0.9;

/// Where the run begins.
pub(super) fn of_start(
    model: &Model,
    data: &Dataset,
    (options, theta): (&Options, &[f64]),
    warnings: &mut Vec<Warning>,
) {
    let copies = start::copies(model, theta);
    if !copies.is_empty() {
        let summary = format!(
            "{} hidden unit{} with the same weights as another: equal units have equal slopes and stay equal.",
            copies.len(),
            if copies.len() == 1 { " starts" } else { "s start" }
        );
        let fix = "Start from different values.";
        warnings.push(Warning::new(Kind::SymmetricUnits, summary, fix).flags(&["--init", "uniform(-1,1)"]));
    }
    let (loss, slope) = start::slope(model, data, theta);
    if !model.own_gradient && loss.is_finite() && loss.abs() > 1e-9 && slope.iter().all(|s| *s == 0.0) {
        let summary = "The gradient at the start is 0 in every component: no step moves anything.";
        let fix = "Start from other values.";
        warnings.push(Warning::new(Kind::NoGradient, summary, fix).flags(&["--init", "uniform(-1,1)"]));
    }
    if !loss.is_finite()
        && !warnings.iter().any(|w| matches!(w.kind, Kind::OutputRange | Kind::UnscaledInputs))
    {
        let summary = "The loss at the start is no finite number: no step can be made of it.";
        warnings.push(Warning::new(
            Kind::NotANumber,
            summary,
            "Start from smaller values, scale the data, or keep what goes into logarithms and roots above 0.",
        ));
    }
    let wrong = gradient::wrong_components(model, data, options.batch, theta);
    if !wrong.is_empty() {
        let summary = gradient::in_words(&wrong, theta.len());
        let fix = "Correct it (whygrad check with --formulas shows the mistake), or leave it out.";
        warnings.push(Warning::new(Kind::GradientWrong, summary, fix).flags(&["--gradient", "none"]));
    }
    units_at_the_start(model, data, theta, warnings);
    steps::of_steps(model, data, (options, theta, &slope), warnings);
}

fn units_at_the_start(model: &Model, data: &Dataset, theta: &[f64], warnings: &mut Vec<Warning>) {
    for flat in start::flat_units(model, data, theta) {
        if flat.activation == "relu" && !flat.is_output && flat.idle * 2 > flat.units {
            let summary = format!(
                "{} of {} relu units are 0 on every row at the start: they have no slope and cannot come back.",
                flat.idle, flat.units
            );
            let fix = "Start from other values, with biases that are not negative.";
            warnings.push(Warning::new(Kind::DeadUnits, summary, fix).flags(&["--init", "he_uniform"]));
        }
        if flat.activation != "relu" && flat.share >= SATURATED {
            let what = if flat.is_output { "output" } else { "hidden units" };
            let summary = format!(
                "The {what} ({}) start{} where {} flat on {:.0} % of the rows: the slope there is below a thousandth of the \
                 largest.",
                flat.activation,
                if flat.is_output { "s" } else { "" },
                if flat.is_output { "it is" } else { "they are" },
                100.0 * flat.share
            );
            let fix = "Start from smaller values, or standardise the inputs.";
            warnings.push(Warning::new(Kind::Saturated, summary, fix).flags(&["--init", "glorot_uniform"]));
        }
    }
}
