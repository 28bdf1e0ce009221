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
use crate::why::speed::short;

/// Restarts of the given net that must all fail before it is called too small.
const RESTARTS: u64 = 12;

/// How many times longer they may learn: too few steps are another cause.
const LONGER: u64 = 6;

/// A net that gets there in so many times the epochs was merely ended early.
const SOON: u64 = 30;

/// With fewer starts nothing is said.
const FEWEST: u64 = 4;

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
            Some((solved, made)) if 4 * solved >= 3 * made => {
                format!(
                    "it can be had, but slowly: in {LONGER} times the epochs {solved} of {made} other starts get there"
                )
            }
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
        // In as many epochs as the run had, none does.
        let in_time = scene.many_others().solved > 0 || scene.many_others().made == 0;
        if !in_time || solved.is_none_or(|(solved, made)| 4 * solved < 3 * made) {
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
    runs(scene, &case, starts).map(|runs| (runs.solved, runs.made))
}

/// What runs from several starts came to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Runs {
    solved: u64,
    made: u64,
    /// The lowest loss of them all, and the middle one.
    lowest: f64,
    middle: f64,
}

fn runs(scene: &Scene<'_>, case: &Case, starts: u64) -> Option<Runs> {
    let (mut solved, mut losses) = (0, Vec::new());
    for seed in 1..=starts {
        let start = starting_values(&case.model, None, seed, RandomSource::Own).ok()?;
        let finished = scene.run(&case.from(start))?;
        solved += u64::from(finished.is_solved());
        losses.push(if finished.overflowed() { f64::INFINITY } else { finished.loss });
    }
    losses.sort_by(f64::total_cmp);
    let middle = losses.get(losses.len() / 2).copied()?;
    Some(Runs { solved, made: starts, lowest: losses[0], middle })
}

/// A wider net whose loss is this share of the lowest one of the given net is what was needed, even where it takes longer to
/// the goal.
const BETTER: f64 = 0.5;

/// Wider nets are tried with at most so many products of a parameter with a row, as a share of what a run may cost.
const WIDE_PART: f64 = 1.2;

/// Two, four or eight times the hidden units, where no other start of the given net solves it.
fn too_few(scene: &Scene<'_>, net: &Net) -> Option<Suspicion> {
    let case = &scene.finished.case;
    let hidden = hidden_units(net);
    let moves =
        scene.finished.verdict() == Verdict::StillMoving && scene.longer().is_none_or(|l| !l.is_solved());
    if hidden == 0 || hidden > 64 || !(moves || scene.finished.verdict() == Verdict::Stalled) {
        return None;
    }
    let measured = scene.finished.goal() == Goal::Fit;
    if measured && !has_pattern(&scene.finished.evaluation, &case.data) {
        return None;
    }
    // Whether it helps at all comes first: most often it does not, and nothing is to be said.
    let (wide, wider_runs) = wide_enough(scene, net, measured)?;
    let narrow = narrow(scene)?;
    let solves = 2 * wider_runs.solved >= wider_runs.made;
    if narrow.solved > 0 || (!solves && wider_runs.middle > BETTER * narrow.lowest) {
        return None;
    }
    let many = hidden_units(&wide);
    let made = narrow.made;
    let so_far = if solves {
        format!("none of {made} other starts solves it")
    } else {
        format!(
            "none of {made} other starts gets below a loss of {}, and {many} units come to {}",
            short(narrow.lowest),
            short(wider_runs.middle)
        )
    };
    let longest =
        if narrow.longer > 1 { format!(", in {} times the epochs", narrow.longer) } else { String::new() };
    let rates =
        if narrow.rates > 1 { format!(", at {} learning rates", narrow.rates) } else { String::new() };
    let summary = format!("{hidden} hidden units are too few: {so_far}{rates}{longest}.");
    let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.25, summary, EXPLANATION)
        .with("hidden_units", hidden)
        .with("restarts", made)
        .with("restarts_solved", 0)
        .with("lowest_loss_of_restarts", narrow.lowest)
        .with("loss_of_wider_net", wider_runs.middle);
    suspicion.draws = true;
    for draw in 1..=wider_runs.made {
        let Some(changed) = wide.case(case, false, draw) else { continue };
        suspicion
            .changes
            .push(Change { words: format!("{many} hidden units in place of {hidden}"), case: changed });
    }
    suspicion.advice = Advice {
        words: "Give the hidden layer more units.".into(),
        model: Some(wide.as_argument()),
        flags: wide.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]),
    };
    Some(suspicion)
}

/// The least of the wider nets that solves it, or else the one that comes furthest, and what its runs came to.
fn wide_enough(scene: &Scene<'_>, net: &Net, measured: bool) -> Option<(Net, Runs)> {
    let case = &scene.finished.case;
    let mut best: Option<(Net, Runs)> = None;
    for wide in [2, 4, 8].into_iter().map(|times| wider(net, times)) {
        // As many parameters as measured numbers learn these by heart, noise and all.
        if measured && parameters(&wide) >= case.data.targets.len() {
            continue;
        }
        let Some(first) = wide.case(case, false, 1) else { continue };
        let starts = affordable(scene, &first, WIDE, WIDE_PART);
        let Some(runs) = (starts >= 2).then(|| runs(scene, &first, starts)).flatten() else { break };
        let helps = 2 * runs.solved >= runs.made;
        if helps
            || (runs.middle < BETTER * scene.finished.loss
                && best.as_ref().is_none_or(|b| runs.middle < b.1.middle))
        {
            best = Some((wide, runs));
        }
        if helps {
            break;
        }
    }
    best
}

/// How many of so many runs fit into this share of what one may cost.
fn affordable(scene: &Scene<'_>, case: &Case, starts: u64, part: f64) -> u64 {
    starts.min((part * scene.limits.work_of_one / case.work().max(1.0)) as u64)
}

/// What the given net came to from other starts.
struct Narrow {
    solved: u64,
    made: u64,
    lowest: f64,
    /// At so many learning rates, in so many times the epochs.
    rates: usize,
    longer: u64,
}

/// The given net from other starts, at other rates and in more epochs as far as they can be had; `None` where there is no
/// time for a few of them.
fn narrow(scene: &Scene<'_>) -> Option<Narrow> {
    let case = &scene.finished.case;
    let fits = |longer: &u64| affordable(scene, &with_epochs(case, *longer), RESTARTS, PART) >= FEWEST;
    let longer = [LONGER, 2, 1].into_iter().find(fits)?;
    let mut narrow = Narrow { solved: 0, made: 0, lowest: f64::INFINITY, rates: 0, longer };
    for factor in [1.0, 0.1, 10.0] {
        let other = with_epochs(case, longer).with(|o| o.learning_rate *= factor);
        let starts = affordable(scene, &other, RESTARTS, PART);
        let Some(runs) = runs(scene, &other, starts) else { break };
        narrow.solved += runs.solved;
        narrow.made += runs.made;
        narrow.lowest = narrow.lowest.min(runs.lowest);
        narrow.rates += 1;
        if narrow.solved > 0 {
            break;
        }
    }
    (narrow.rates > 0).then_some(narrow)
}

fn with_epochs(case: &Case, times: u64) -> Case {
    case.with(|o| o.epochs = o.epochs.saturating_mul(times))
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
