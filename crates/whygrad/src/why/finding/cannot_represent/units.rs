//! Nets without biases, and nets with too few units: what they can give is not decided by a certificate, so that a run with
//! what is missing has to show it.

use super::super::Suspicion;
use super::{EXPLANATION, NO_BIAS};
use crate::random::{Key, Seed, Source};
use crate::train::{RandomSource, starting_values};
use crate::why::lab::{Change, Lab};
use crate::why::remade::Net;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;

/// Restarts of the given net that must all fail before it is called too small.
const RESTARTS: u64 = 12;

/// Draws of a change.
const DRAWS: u64 = 5;

/// The part of a run's limit that restarts may cost together.
const PART: f64 = 0.3;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.trial.case;
    let Some(net) = Net::of(&case.model, &case.data) else { return vec![] };
    let mut found = Vec::new();
    if net.biases.iter().any(|b| !b) {
        let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.6, String::new(), NO_BIAS);
        let solved = restarts(scene);
        let so_far = match solved {
            Some((0, made)) => format!("none of {made} other starts solves it either"),
            Some((solved, made)) => format!("it can be had, but only {solved} of {made} other starts get there"),
            None => "it may still be had, with large weights".into(),
        };
        suspicion.summary =
            format!("The net has no bias in {}: {so_far}.", if net.biases.iter().any(|b| *b) { "a layer" } else { "any layer" });
        if let Some((solved, made)) = solved {
            suspicion = suspicion.with("restarts_solved", solved).with("restarts", made);
        }
        // Where most starts get there, biases are not what this one lacks.
        if solved.is_none_or(|(solved, made)| 2 * solved < made) {
            add_biases(scene, &mut suspicion);
            found.push(suspicion);
        }
        return found;
    }
    found.extend(too_few(scene, &net));
    found
}

/// The runs with biases: the weights as they are, the biases drawn.
pub(super) fn add_biases(scene: &Scene<'_>, suspicion: &mut Suspicion) {
    suspicion.advice = Advice::words("Give each layer biases.");
    let case = &scene.trial.case;
    let Some(net) = Net::of(&case.model, &case.data) else { return };
    let with = Net { biases: vec![true; net.biases.len()], ..net };
    suspicion.draws = true;
    for draw in 1..=DRAWS {
        let Some(mut changed) = with.case(case, true, draw) else { continue };
        let mut stream = Key::from_seed(Seed(draw)).stream();
        for (p, info) in changed.model.program.parameters.iter().zip(&changed.model.parameters) {
            if matches!(info.role, crate::model::Role::Bias { .. }) {
                changed.start[p.offset..p.offset + p.len()].iter_mut().for_each(|b| *b = stream.uniform(-1.0, 1.0));
            }
        }
        suspicion.changes.push(Change { words: "the same net with biases".into(), case: changed });
    }
    suspicion.advice.model = Some(with.as_argument());
    suspicion.advice.flags =
        with.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]);
}

/// How many other starts of the same net are solved, and how many were made; `None` where that would take too long.
fn restarts(scene: &Scene<'_>) -> Option<(u64, u64)> {
    let case = &scene.trial.case;
    let one = case.work();
    if one * RESTARTS as f64 > PART * scene.limits.work_of_one {
        return None;
    }
    let (mut solved, mut made) = (0, 0);
    for seed in 1..=RESTARTS {
        let start = starting_values(&case.model, None, seed, RandomSource::Own).ok()?;
        let trial = case.from(start).run(&mut |_| crate::train::Control::Continue).ok()?;
        solved += u64::from(trial.is_solved());
        made += 1;
    }
    Some((solved, made))
}

/// Twice the hidden units, where no other start of the given net solves it.
fn too_few(scene: &Scene<'_>, net: &Net) -> Option<Suspicion> {
    let case = &scene.trial.case;
    let hidden: usize = net.sizes[1..net.sizes.len() - 1].iter().sum();
    if hidden == 0 || hidden > 64 || scene.trial.verdict() != Verdict::Stalled {
        return None;
    }
    let (solved, made) = restarts(scene)?;
    if solved > 0 {
        return None;
    }
    let mut wide = net.clone();
    let last = wide.sizes.len() - 1;
    wide.sizes[1..last].iter_mut().for_each(|s| *s *= 2);
    let summary = format!("{hidden} hidden units are too few: none of {made} other starts solves it either.");
    let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.4, summary, EXPLANATION)
        .with("hidden_units", hidden)
        .with("restarts", made)
        .with("restarts_solved", solved);
    suspicion.draws = true;
    for draw in 1..=4 {
        let Some(changed) = wide.case(case, false, draw) else { continue };
        if changed.options.epochs > Lab::most_epochs(&scene.limits, &changed) {
            return None;
        }
        suspicion.changes.push(Change { words: format!("{} hidden units in place of {hidden}", 2 * hidden), case: changed });
    }
    suspicion.advice = Advice {
        words: "Give the hidden layer more units.".into(),
        model: Some(wide.as_argument()),
        flags: wide.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]),
    };
    Some(suspicion)
}
