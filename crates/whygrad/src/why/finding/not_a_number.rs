//! The first number that is not finite.
//!
//! log(0), a division by 0, the root of a negative number, or e^z of a large z. Where one of these stands in the loss it
//! is met by whoever trains well: log(1 - p) needs p below 1, and a sigmoid rounds to 1 from z = 37 on. Losses written
//! for logits avoid it (the log-sum-exp trick; Goodfellow, Bengio & Courville, "Deep Learning", 2016, sections 4.1 and
//! 6.2.2). Where numbers merely grew until they overflowed, this is how the run ended, and the rate may be why.
//!
//! What to do: use the loss that takes logits (`--loss binary_cross_entropy_from_logits`), and keep divisors and roots away from 0.

mod place;

use std::sync::Arc;

use whygrad_expr::op::{Function, Op, Zip};

use super::Suspicion;
use crate::lint::words::number;
use crate::model::{Model, ModelOptions};
use crate::random::{Key, Seed, Source};
use crate::train::evaluate;
use crate::why::Case;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::rewrite::replaced;
use crate::why::scene::Scene;
use place::{Operation, Place, first};

const EXPLANATION: &str = "One operation gave infinity or \"not a number\", and every number made of it is lost. log(0) and \
    a division by 0 come from formulas that are right on paper but meet the ends of what floating-point numbers can \
    say: a sigmoid is exactly 1 from z = 37 on. Losses that take the logits, such as \
    binary_cross_entropy_from_logits, never compute log(0). (Goodfellow, Bengio & Courville 2016, section 4.1.)";

/// What is kept away from 0 in the experiment.
const GUARD: f64 = 1e-12;
/// How much smaller the rate is with which it is seen whether the rate is to blame.
const SLOWER: f64 = 10.0;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    if !finished.overflowed() {
        return vec![];
    }
    let Some(place) = first(scene) else { return vec![] };
    let grew = place.operation == Operation::Grew;
    let at_start = place.epoch == 0;
    let avoided = !at_start && is_avoided_by_rate(scene);
    let certainty = if grew { 0.3 } else { 0.94 };
    let base = || {
        let mut found = Suspicion::new(Kind::NotANumber, certainty, sentence(&place), EXPLANATION)
            .with("epoch", place.epoch)
            .with("operation", place.operation.name())
            .with("term", place.term.clone())
            .with("smaller_rate_avoids_it", avoided);
        if let Some(row) = place.row {
            found = found.with("row", row + 1);
        }
        if let Some((text, value)) = &place.operand {
            found = found.with("operand", text.clone());
            found = found.with("operand_value", *value);
        }
        found.is_symptom = avoided || (grew && !at_start);
        found.advice = advice(&place);
        found
    };
    let mut found = base();
    found.changes = changes(scene, &place);
    if let Some((name, _)) = stable(scene).filter(|_| place.operation == Operation::Log) {
        found.advice = Advice::flags("Use the loss that never computes log(0).", &["--loss", name]);
    }
    vec![found]
}

/// Whether the same run with a smaller rate reaches its goal: then the rate is the cause.
fn is_avoided_by_rate(scene: &Scene<'_>) -> bool {
    let case = &scene.finished.case;
    if case.work() > scene.limits.work_of_one {
        return false;
    }
    let slower = case.with(|o| o.learning_rate /= SLOWER);
    scene.run(&slower).is_some_and(|t| t.is_solved())
}

fn sentence(place: &Place) -> String {
    let row = place.row.map_or_else(String::new, |r| format!(" in row {}", r + 1));
    let when = if place.epoch == 0 { "at the start".into() } else { format!("in epoch {}", place.epoch) };
    let operand = place.operand.as_ref().map_or_else(String::new, |(text, value)| {
        let before = if place.epoch == 0 { "is" } else { "was just before" };
        format!(" ({text} {before} {})", number(*value))
    });
    let what = match place.operation {
        Operation::Log => "the logarithm of a number that is not above 0",
        Operation::Division => "a division by 0",
        Operation::Root => "the root of a negative number",
        Operation::Power => "a power of 0 or of a negative number",
        Operation::Exponential => "e^z of a z above 709",
        Operation::Grew => "a number that grew too large",
    };
    format!("The first number that is not finite arises {when}{row}: {} is {what}{operand}.", place.term)
}

fn advice(place: &Place) -> Advice {
    Advice::words(match place.operation {
        Operation::Log => "Use a loss that takes logits, or keep what goes into the logarithm above 0.",
        Operation::Division => "Keep the divisor away from 0, or start where it is not 0.",
        Operation::Root => "Keep what goes into the root at 0 or above.",
        Operation::Power => "Keep the base of the power above 0.",
        Operation::Exponential => "Write it with sigmoid, softmax or logsumexp, which do not overflow.",
        Operation::Grew => "Start from smaller values, scale the data, or take smaller steps.",
    })
}

fn changes(scene: &Scene<'_>, place: &Place) -> Vec<Change> {
    let case = &scene.finished.case;
    let with =
        |model: Model, words: String| Change { words, case: Case { model: Arc::new(model), ..case.clone() } };
    let mut all = Vec::new();
    if place.operation == Operation::Log
        && let Some((name, model)) = stable(scene)
    {
        all.push(with(model, format!("{name} in place of the loss as written")));
    }
    if let Some(model) = guarded(scene.model()) {
        all.push(with(model, format!("logarithms, roots and divisors kept at {GUARD} or above")));
    }
    if place.epoch == 0 {
        all.extend((1..=3).map(|draw| {
            let mut stream = Key::from_seed(Seed(draw)).stream();
            let start = case.start.iter().map(|_| stream.uniform(-0.5, 0.5)).collect();
            Change { words: "a start between -0.5 and 0.5".into(), case: case.from(start) }
        }));
    }
    all
}

/// A loss for the same outputs that never computes log(0), with its name; `None` where the model has none.
fn stable(scene: &Scene<'_>) -> Option<(&'static str, Model)> {
    let model = scene.model();
    let [prediction] = *model.program.predictions else { return None };
    if model.own_gradient || model.plain_function {
        return None;
    }
    let one = model.program.target_width() == 1;
    let arena = &model.program.arena;
    let is_probability = match arena.op(prediction) {
        Op::Map(Function::Sigmoid, _) => true,
        Op::Map(Function::Exp, _) => !one,
        _ => false,
    };
    // Outputs between 0 and 1 that are not made by sigmoid or softmax are no logits.
    let outputs = evaluate(model, &scene.finished.case.data, &scene.finished.case.start).predictions;
    if !is_probability && outputs.iter().flatten().all(|o| *o > 0.0 && *o < 1.0) {
        return None;
    }
    let name = match (one, is_probability) {
        (true, true) => "binary_cross_entropy",
        (true, false) => "binary_cross_entropy_from_logits",
        (false, true) => "cross_entropy",
        (false, false) => "cross_entropy_from_logits",
    };
    let options = ModelOptions { loss: Some(name.into()), gradient: None };
    let stable = Model::parse(&model.source, &options).ok()?;
    let same = stable.program.parameter_count() == model.program.parameter_count();
    same.then_some((name, stable))
}

/// The same loss with what stands in logarithms and roots, and below divisions, kept above 0.
fn guarded(model: &Model) -> Option<Model> {
    replaced(model, &|arena, term| {
        let least = arena.constant(GUARD);
        match arena.op(term) {
            Op::Map(f @ (Function::Log | Function::Sqrt), a) => {
                let above = arena.zip(Zip::Max, a, least).ok()?;
                (above != a).then(|| arena.map(f, above))
            }
            Op::Zip(Zip::Div, a, b) if arena.constant_of(b).is_none() && arena.op(b) != Op::RowCount => {
                // The sign stays: b where it is above 0, else what is below it.
                let below = arena.constant(-GUARD);
                let (up, down) = (arena.zip(Zip::Max, b, least).ok()?, arena.zip(Zip::Min, b, below).ok()?);
                let away = arena.try_make(Op::Select(b, up, down)).ok()?;
                arena.zip(Zip::Div, a, away).ok()
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests;
