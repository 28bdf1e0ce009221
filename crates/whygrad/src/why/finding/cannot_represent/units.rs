//! Nets without biases, and nets with too few units: what they can give is not decided by a certificate, so that a run with
//! what is missing has to show it.

use super::super::Suspicion;
use super::{EXPLANATION, NO_BIAS};
use crate::random::{Key, Seed, Source};
use crate::train::{RandomSource, starting_values};
use crate::why::finished::Case;
use crate::why::goal::Goal;
use crate::why::lab::Change;
use crate::why::longer::{Longer, until_solved};
use crate::why::noise::has_pattern;
use crate::why::remade::Net;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;

/// Restarts of the given net that must all fail before it is called too small.
const RESTARTS: u64 = 12;

/// How many times longer they may learn: too few steps are another cause.
const LONGER: u64 = 6;

/// A net that gets there in so many times the epochs was merely ended early.
const SOON: u64 = 30;

/// Draws of a change.
const DRAWS: u64 = 5;

/// Draws of a wider net.
const WIDE: u64 = 4;

/// The part of a run's limit that restarts may cost.
const PART: f64 = 0.3;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    // A gradient of one's own belongs to the net as it is.
    let Some(net) = Net::of(&case.model, &case.data).filter(|_| !case.model.own_gradient) else {
        return vec![];
    };
    let mut found = Vec::new();
    if net.biases.iter().any(|b| !b) {
        // What the same net learns in some more epochs is not beyond it.
        let soon =
            |longer: &Longer| longer.is_solved() && longer.finished.epochs <= SOON * scene.finished.epochs;
        // Nor what it learns from other starts of the same sort.
        if scene.longer().is_some_and(soon) || scene.many_others().first_solved.is_some() {
            return found;
        }
        let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.6, String::new(), NO_BIAS);
        let solved = restarts(scene, &scene.finished.case, RESTARTS, 1);
        let so_far = match solved {
            Some((0, made)) => format!("none of {made} other starts solves it either"),
            Some((solved, made)) => {
                format!("it can be had, but only {solved} of {made} other starts get there")
            }
            None => "it may still be had, with large weights".into(),
        };
        suspicion.summary = format!(
            "The net has no bias in {}: {so_far}.",
            if net.biases.iter().any(|b| *b) { "a layer" } else { "any layer" }
        );
        if let Some((solved, made)) = solved {
            suspicion = suspicion.with("restarts_solved", solved).with("restarts", made);
        }
        // Where most starts get there, biases are not what this one lacks.
        if solved.is_some_and(|(solved, made)| 2 * solved >= made) {
            suspicion.certainty = 0.45;
        }
        if solved.is_none_or(|(solved, made)| 4 * solved < 3 * made) {
            add_biases(scene, &mut suspicion);
            found.push(suspicion);
        }
        return found;
    }
    found.extend(too_few(scene, &net));
    found
}

/// Whether no unit of the net has a bias.
pub(in super::super) fn lacks_biases(scene: &Scene<'_>) -> bool {
    scene.model().layers.as_ref().is_some_and(|l| l.biases.iter().flatten().all(Option::is_none))
}

/// How many of some starts with biases solve it, and how many were made.
pub(in super::super) fn with_biases(scene: &Scene<'_>) -> Option<(usize, usize)> {
    let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.0, String::new(), NO_BIAS);
    add_biases(scene, &mut suspicion);
    let runs = suspicion.changes.iter().filter_map(|c| scene.tried(&until_solved(&c.case), PART));
    let solved: Vec<bool> = runs.map(|run| run.is_solved()).collect();
    (!solved.is_empty()).then(|| (solved.iter().filter(|s| **s).count(), solved.len()))
}

/// The runs with biases: first with the weights as they are, then, since restarts are what it is held against, with others.
pub(super) fn add_biases(scene: &Scene<'_>, suspicion: &mut Suspicion) {
    suspicion.advice = Advice::words("Give each layer biases.");
    let case = &scene.finished.case;
    let Some(net) = Net::of(&case.model, &case.data) else { return };
    let with = Net { biases: vec![true; net.biases.len()], ..net };
    suspicion.draws = true;
    for draw in 1..=DRAWS {
        let Some(mut changed) = with.case(case, draw == 1, draw) else { continue };
        let mut stream = Key::from_seed(Seed(draw)).stream();
        for (p, info) in changed.model.program.parameters.iter().zip(&changed.model.parameters) {
            if matches!(info.role, crate::model::Role::Bias { .. }) {
                changed.start[p.offset..p.offset + p.len()]
                    .iter_mut()
                    .for_each(|b| *b = stream.uniform(-1.0, 1.0));
            }
        }
        suspicion.changes.push(Change { words: "the same net with biases".into(), case: changed });
    }
    suspicion.advice.model = Some(with.as_argument());
    suspicion.advice.flags =
        with.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]);
}

/// How many of some starts solve a case, and how many were made.
fn restarts(scene: &Scene<'_>, case: &Case, starts: u64, longer: u64) -> Option<(u64, u64)> {
    let case = case.with(|o| o.epochs = o.epochs.saturating_mul(longer));
    if case.work() * starts as f64 > PART * scene.limits.work_of_one {
        return None;
    }
    let mut solved = 0;
    for seed in 1..=starts {
        let start = starting_values(&case.model, None, seed, RandomSource::Own).ok()?;
        let finished = scene.run(&case.from(start))?;
        solved += u64::from(finished.is_solved());
    }
    Some((solved, starts))
}

/// Two or four times the hidden units, where no other start of the given net solves it.
fn too_few(scene: &Scene<'_>, net: &Net) -> Option<Suspicion> {
    let case = &scene.finished.case;
    let hidden = hidden_units(net);
    if hidden == 0 || hidden > 64 || scene.finished.verdict() != Verdict::Stalled {
        return None;
    }
    let measured = scene.finished.goal() == Goal::Fit;
    if measured && !has_pattern(&scene.finished.evaluation, &case.data) {
        return None;
    }
    // Whether it helps at all comes first: most often it does not, and nothing is to be said.
    let wide = [2, 4].into_iter().map(|times| wider(net, times)).find(|wide| {
        // As many parameters as measured numbers learn these by heart, noise and all.
        if measured && parameters(wide) >= case.data.targets.len() {
            return false;
        }
        let tried = wide.case(case, false, 1).and_then(|wide| restarts(scene, &wide, WIDE, 1));
        tried.is_some_and(|(helped, of)| 2 * helped >= of)
    })?;
    let mut made = 0;
    for factor in [1.0, 0.1, 10.0] {
        let other = case.with(|o| o.learning_rate *= factor);
        let (solved, starts) = restarts(scene, &other, RESTARTS, LONGER)?;
        made += starts;
        if solved > 0 {
            return None;
        }
    }
    let summary = format!(
        "{hidden} hidden units are too few: none of {made} other starts solves it, at three learning rates and in \
         {LONGER} times the epochs."
    );
    let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.25, summary, EXPLANATION)
        .with("hidden_units", hidden)
        .with("restarts", made)
        .with("restarts_solved", 0);
    suspicion.draws = true;
    for draw in 1..=WIDE {
        let Some(changed) = wide.case(case, false, draw) else { continue };
        suspicion.changes.push(Change {
            words: format!("{} hidden units in place of {hidden}", hidden_units(&wide)),
            case: changed,
        });
    }
    suspicion.advice = Advice {
        words: "Give the hidden layer more units.".into(),
        model: Some(wide.as_argument()),
        flags: wide.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]),
    };
    Some(suspicion)
}

fn hidden_units(net: &Net) -> usize {
    net.sizes[1..net.sizes.len() - 1].iter().sum()
}

fn parameters(net: &Net) -> usize {
    let layer = |k: usize| net.sizes[k + 1] * (net.sizes[k] + usize::from(net.biases[k]));
    (0..net.biases.len()).map(layer).sum()
}

/// The net with so many times the hidden units.
fn wider(net: &Net, times: usize) -> Net {
    let mut wide = net.clone();
    let last = wide.sizes.len() - 1;
    wide.sizes[1..last].iter_mut().for_each(|s| *s *= times);
    wide
}
