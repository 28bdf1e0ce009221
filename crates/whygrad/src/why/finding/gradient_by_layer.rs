//! Gradients that vanish or explode on their way through the layers.
//!
//! The derivative of a lower layer is a product with one factor for each layer above: its weights times its slopes. Where
//! these factors are below 1 the product shrinks from layer to layer (a sigmoid's slope is at most 1/4), and the first
//! layers stand still while the last one learns; where they are above 1 it grows until steps are of no use (Bengio,
//! Simard & Frasconi 1994; Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks",
//! 2010; Pascanu, Mikolov & Bengio 2013 on clipping).
//!
//! What to do: against vanishing tanh or relu, fewer layers, starting values that keep the size (`--init glorot_uniform`); against
//! exploding smaller starting values or a clipped gradient (`--clip-norm 1`).

use std::sync::Arc;

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Function, Op};

use super::Suspicion;
use crate::init::{Initialiser, draw};
use crate::lint::words::number;
use crate::model::Model;
use crate::random::{Key, Seed};
use crate::why::Case;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::rewrite::with_activation;
use crate::why::scene::Scene;

const VANISHING: &str = "The derivative of a lower layer has one factor for each layer above it, its weights times its \
    slopes. A sigmoid's slope is at most 1/4, so that in a deep net of sigmoids the product shrinks from layer to layer \
    and the first layers hardly move. tanh and relu, whose slopes reach 1, and starting values after Glorot & Bengio \
    (2010) or He et al. (2015) keep it at its size.";
const EXPLODING: &str = "The derivative of a lower layer has one factor for each layer above it, its weights times its \
    slopes. Where these are above 1 the product grows from layer to layer, and a step of it leads far away. Smaller \
    starting weights (Glorot & Bengio 2010) or a limit on the length of the gradient (Pascanu et al. 2013) help.";

/// A first layer whose derivatives are this much smaller than the last one's gets next to nothing.
const VANISHED: f64 = 1e-4;
/// At this ratio it is suspected.
const SMALL: f64 = 2e-2;
/// A ratio, or a size, from which on gradients explode.
const EXPLODED: f64 = 1e4;
/// The size of a derivative that is suspected where the inputs are of ordinary size.
const LARGE: f64 = 300.0;
/// Inputs up to here are of ordinary size; larger ones make derivatives large by themselves.
const ORDINARY: f64 = 10.0;
/// What a gradient is clipped to.
const CLIP: f64 = 1.0;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    // With one hidden layer there is no product of layers; what is small there is saturated or dead.
    if scene.layers().len() < 3 {
        return vec![];
    }
    let start = sizes(scene, &finished.case.start);
    let (Some(&first), Some(&last)) = (start.first(), start.last()) else { return vec![] };
    if !start.iter().all(|s| s.is_finite()) || first == 0.0 || last == 0.0 {
        return vec![];
    }
    let ratio = first / last;
    let largest = start.iter().copied().fold(0.0, f64::max);
    if ratio < SMALL {
        return vanishing(scene, &start, ratio);
    }
    let is_ordinary = finished.case.data.inputs.iter().all(|x| x.abs() <= ORDINARY);
    if ratio > EXPLODED || largest > EXPLODED || (is_ordinary && largest > LARGE) {
        return vec![exploding(scene, &start, ratio)];
    }
    vec![]
}

/// The root of the mean square of the derivatives by the weights of each layer.
fn sizes(scene: &Scene<'_>, theta: &[f64]) -> Vec<f64> {
    let gradient = scene.gradient_at(theta);
    let of = |units: &Vec<crate::why::scene::Unit>| {
        let weights: Vec<f64> = units.iter().flat_map(|u| &u.incoming).map(|&p| gradient[p]).collect();
        (weights.iter().map(|g| g * g).sum::<f64>() / weights.len().max(1) as f64).sqrt()
    };
    scene.layers().iter().map(of).collect()
}

fn vanishing(scene: &Scene<'_>, start: &[f64], ratio: f64) -> Vec<Suspicion> {
    let finished = scene.finished;
    let layers = start.len();
    let summary = format!(
        "The gradient vanishes on its way through {layers} layers: at the start a weight of the first one gets {} of \
         what a weight of the last one gets, so that the first layers hardly move.",
        parts(ratio)
    );
    let certainty = match ratio {
        r if r < VANISHED => 0.88,
        r if r < 0.1 * SMALL => 0.65,
        _ => 0.45,
    };
    let base = || {
        Suspicion::new(Kind::VanishingGradient, certainty, summary.clone(), VANISHING)
            .with("gradient_per_weight_by_layer", start.to_vec())
            .with("gradient_per_weight_by_layer_at_end", sizes(scene, &finished.theta))
            .with("first_over_last", ratio)
            .with("layers", layers)
    };
    let mut suspicion = base();
    let model = scene.model();
    let is_hidden_sigmoid = |arena: &Arena, term: Term| {
        let is_output = model.program.predictions.contains(&term);
        !is_output && matches!(arena.op(term), Op::Map(Function::Sigmoid, _))
    };
    let tanh = with_activation(model, "tanh", &is_hidden_sigmoid).map(Arc::new);
    if let Some(tanh) = &tanh {
        let case = Case { model: tanh.clone(), ..finished.case.clone() };
        let words = "tanh in place of sigmoid in the hidden layers, from the same start".into();
        suspicion.changes.push(Change { words, case });
    }
    for seed in 1..=2 {
        if let Some(start) = drawn(model, Initialiser::GlorotUniform, 1.0, seed) {
            let model = tanh.clone().unwrap_or_else(|| finished.case.model.clone());
            let words = if tanh.is_some() {
                "tanh in place of sigmoid in the hidden layers, from values after Glorot and Bengio"
            } else {
                "starting values after Glorot and Bengio"
            };
            let case = Case { model, start, ..finished.case.clone() };
            suspicion.changes.push(Change { words: words.into(), case });
        }
    }
    suspicion.advice = advice(model, tanh.is_some());
    let mut all = vec![suspicion];
    if tanh.is_some() {
        // The same net: weights that make up for slopes of at most 1/4.
        let mut wider = base();
        wider.certainty -= 0.01;
        wider.changes = (1..=2)
            .filter_map(|seed| drawn(model, Initialiser::GlorotUniform, 4.0, seed))
            .map(|start| Change {
                words: "starting weights four times those of Glorot and Bengio, as suits a sigmoid".into(),
                case: finished.case.from(start),
            })
            .collect();
        wider.advice = advice(model, true);
        all.push(wider);
    }
    all
}

fn exploding(scene: &Scene<'_>, start: &[f64], ratio: f64) -> Suspicion {
    let finished = scene.finished;
    let largest = start.iter().copied().fold(0.0, f64::max);
    let summary = if ratio > EXPLODED {
        format!(
            "The gradient explodes on its way through {} layers: at the start a weight of the first one gets {} \
             times what a weight of the last one gets.",
            start.len(),
            number(ratio)
        )
    } else {
        format!(
            "The gradient explodes on its way through {} layers: at the start a derivative is as large as {}.",
            start.len(),
            number(largest)
        )
    };
    let mut suspicion = Suspicion::new(Kind::ExplodingGradient, 0.94, summary, EXPLODING)
        .with("gradient_per_weight_by_layer", start.to_vec())
        .with("first_over_last", ratio)
        .with("layers", start.len());
    let clipped = finished.case.with(|o| o.gradient.clip_norm = Some(CLIP));
    suspicion
        .changes
        .push(Change { words: format!("the gradient clipped to a length of {CLIP}"), case: clipped });
    for seed in 1..=2 {
        if let Some(start) = drawn(scene.model(), Initialiser::GlorotUniform, 1.0, seed) {
            let words = "starting values after Glorot and Bengio".into();
            suspicion.changes.push(Change { words, case: finished.case.from(start) });
        }
    }
    suspicion.advice =
        Advice::flags("Start from smaller weights, or clip the gradient.", &["--init", "glorot_uniform"]);
    suspicion
}

/// Drawn starting values, times a factor.
fn drawn(model: &Model, initialiser: Initialiser, factor: f64, seed: u64) -> Option<Vec<f64>> {
    let mut stream = Key::from_seed(Seed(seed)).stream();
    let mut values =
        draw(&initialiser, &model.entries(), model.program.parameter_count(), &mut stream).ok()?;
    for value in &mut values {
        *value *= factor;
    }
    Some(values)
}

/// "a 1/20,000th part" in words a learner reads: "0.005 %".
fn parts(ratio: f64) -> String {
    let percent = 100.0 * ratio;
    if percent >= 0.001 { format!("{percent:.3} %") } else { format!("{ratio:.0e} times") }
}

/// The same net with tanh, where its text says sigmoid in layers; else in words.
fn advice(model: &Model, sigmoids: bool) -> Advice {
    if !sigmoids {
        return Advice::flags("Start from values that suit the layers.", &["--init", "glorot_uniform"]);
    }
    let hidden = model.dense.len().saturating_sub(1);
    let is_hidden = |line: &str| {
        let name = line.split('=').next().unwrap_or("").trim();
        line.contains("dense(") && model.dense[..hidden].iter().any(|d| d.name == name)
    };
    let lines = model.source.lines();
    let changed: Vec<String> =
        lines.map(|l| if is_hidden(l) { l.replace("sigmoid", "tanh") } else { l.to_owned() }).collect();
    let text = changed.join("\n");
    let mut advice = Advice::words("Use tanh or relu in the hidden layers, or fewer layers.");
    if text != model.source.lines().collect::<Vec<_>>().join("\n") {
        advice.model = Some(text);
        advice.flags = vec!["--init".into(), "glorot_uniform".into()];
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, finished, suspected};
    use super::*;

    #[test]
    fn in_a_deep_net_of_sigmoids_the_first_layers_stand_still() {
        for net in [
            "2-4sigmoid-4sigmoid-4sigmoid-4sigmoid-4sigmoid-1sigmoid",
            "2-5sigmoid-5sigmoid-5sigmoid-5sigmoid-1",
        ] {
            let stuck = finished(net, "xor", |case| {
                case.options.learning_rate = 0.3;
                case.options.epochs = 5000;
            });
            let report = answer(&stuck);
            assert_eq!(report.findings[0].kind, Kind::VanishingGradient, "{report:#?}");
            assert!(report.findings[0].confirmed, "{report:#?}");
        }
    }

    #[test]
    fn large_weights_in_many_layers_make_gradients_explode() {
        let stuck = finished("2-6relu-6relu-6relu-6relu-6relu-1", "xor", |case| {
            case.start = case.start.iter().map(|w| 6.0 * w).collect();
            case.options.learning_rate = 0.01;
        });
        let report = answer(&stuck);
        assert_eq!(report.findings[0].kind, Kind::ExplodingGradient, "{report:#?}");
        assert!(report.findings[0].confirmed, "{report:#?}");
    }

    #[test]
    fn a_flat_net_is_not_suspected() {
        let some = finished("2-4sigmoid-1sigmoid", "xor", |case| case.options.epochs = 50);
        assert_eq!(suspected(look, &some), []);
        let some = finished("2-4tanh-4tanh-1", "xor", |case| case.options.epochs = 5);
        assert_eq!(suspected(look, &some), []);
    }
}
