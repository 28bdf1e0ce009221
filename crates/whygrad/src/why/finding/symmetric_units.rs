//! Units that are equal and stay equal.
//!
//! Two hidden units with the same weights in and out have the same derivatives, so that gradient descent moves them
//! alike for ever: a layer of such units can do no more than one of them (Rumelhart, Hinton & Williams, "Learning
//! internal representations by error propagation", 1986, section "breaking symmetry"). The same holds for two units of
//! opposite sign where the activation is odd, such as tanh, and in part for units that start nearly alike: the run goes
//! along the symmetric valley and may end on its plateau (Saad & Solla, "On-line learning in soft committee machines",
//! 1995). Units whose weights are all 0 are the extreme: they are equal to one another and to their mirror images.
//!
//! What to do: draw the starting values (`--init 'uniform(-1,1)'`); any difference between units is enough, a larger one is quicker.

mod alike;
mod reach;

use serde_json::json;

use super::Suspicion;
use crate::random::{Key, Seed, Source};
use crate::why::lab::Change;
use crate::why::longer::{until_solved, without_rules};
use crate::why::report::{Advice, Kind};
use crate::why::scene::{Scene, Unit};
use alike::{Class, How, classes};

const EXPLANATION: &str = "Hidden units with the same weights in and out have the same derivatives, so each step moves \
    them alike: together they are one unit, whatever their number. Where the activation is odd, as tanh is, units of \
    opposite sign are tied in the same way. Only different starting values part them. (Rumelhart, Hinton & Williams \
    1986, \"breaking symmetry\"; Saad & Solla 1995 on the plateau that nearly equal units stay on.)";

/// How many other starts are tried.
const DRAWS: u64 = 5;

/// And where units are but nearly alike, so that the share that helps decides.
const MANY: u64 = 9;

/// The width of these draws, as a share of the others'.
const NARROWER: f64 = 0.7;

/// A start that leaves no more than this share of the loss has clearly helped.
const CLEARLY: f64 = 0.3;

/// Up to so many units in one layer, any start between -1 and 1 will do.
const NARROW: usize = 8;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let Some((_, hidden)) = scene.layers().split_last() else { return vec![] };
    let found = classes(scene);
    if found.is_empty() {
        return vec![];
    }
    let units: usize = hidden.iter().map(Vec::len).sum();
    let copies: usize = found.iter().map(|c| c.members.len() - usize::from(!c.is_idle)).sum();
    let is_exact = found.iter().all(|c| c.how != How::Nearly);
    let mut summary = sentence(&found, units, copies);
    let reach =
        if is_exact && !finished.rose() && !finished.overflowed() { reach::reach(scene) } else { None };
    if let Some(reach) = &reach {
        summary.push_str(&reach.sentence(finished.loss));
    }
    let mut suspicion = evidence(&found, summary, (units, copies, is_exact));
    let longer = reach.as_ref().map(|r| (r.epochs, r.loss));
    if let Some(reach) = reach {
        suspicion = suspicion.with("reachable_loss", reach.loss);
        if let Some((loss, epoch)) = reach.plateau {
            suspicion = suspicion.with("plateau_loss", loss).with("plateau_left_at_epoch", epoch);
        }
    }
    suspicion.draws = true;
    // Equal units stay equal, and the run that went on shows that one of each kind does not reach the goal.
    suspicion.proved = is_exact && longer.is_some();
    let init =
        if hidden.len() == 1 && hidden[0].len() <= NARROW { "uniform(-1,1)" } else { "glorot_uniform" };
    suspicion.advice = Advice::flags("Start each unit from different values.", &["--init", init]);
    let words =
        if is_exact { "the equal units start from different values" } else { "the units start less alike" };
    // Differences as wide as a drawn start has them; and smaller ones, with which the net stays where its rate suits it.
    let draws = match (scene.is_small(), is_exact) {
        (true, true) => DRAWS,
        (true, false) => MANY,
        (false, _) => 2,
    };
    let tried = |size: f64| {
        let change = |draw| Change {
            words: words.into(),
            case: finished.case.from(parted(scene, &found, draw, size)),
        };
        let certainty = suspicion.certainty - if size < 1.0 { 0.01 } else { 0.0 };
        Suspicion { changes: (0..draws).map(change).collect(), certainty, ..suspicion.clone() }
    };
    if !is_exact {
        // From weights up to 1 most tiny nets get there; from wider ones fewer.
        let near = tried(NARROWER);
        return if parts(scene, &near.changes) { vec![near] } else { vec![] };
    }
    let mut ways = if scene.is_small() { vec![tried(1.0), tried(0.3)] } else { vec![tried(1.0)] };
    // A short run need not be long enough for different units either.
    if let Some((epochs, loss)) = longer.filter(|l| l.0 > finished.epochs) {
        let mut way = tried(1.0);
        way.certainty -= 0.005;
        for change in &mut way.changes {
            change.words = format!(
                "{words}, and up to {epochs} epochs (equal units are at a loss of {loss:.4} after as many)"
            );
            change.case = until_solved(&without_rules(&change.case).with(|o| o.epochs = epochs));
        }
        ways.push(way);
    }
    ways
}

/// Which units are alike, and how much.
fn evidence(found: &[Class], summary: String, (units, copies, is_exact): (usize, usize, bool)) -> Suspicion {
    let pairs = |c: &Class| {
        let first = c.members[0].0;
        c.members[1..].iter().map(|m| json!([c.layer, first, m.0])).collect::<Vec<_>>()
    };
    Suspicion::new(Kind::SymmetricUnits, if is_exact { 0.95 } else { 0.6 }, summary, EXPLANATION)
        .with("copies", copies)
        .with("units", units)
        .with("different_units", units - copies)
        .with("exact", is_exact)
        .with("opposite_signs", found.iter().any(|c| c.members.iter().any(|m| m.1 < 0.0)))
        .with("units_of_weight_0", found.iter().filter(|c| c.is_idle).map(|c| c.members.len()).sum::<usize>())
        .with("pairs", found.iter().flat_map(pairs).collect::<Vec<_>>())
        .with("largest_difference", found.iter().map(|c| c.apart).fold(0.0, f64::max))
}

/// Whether starts that are less alike help more often than not: any other start helps now and then.
fn parts(scene: &Scene<'_>, changes: &[Change]) -> bool {
    let before = scene.finished.loss;
    let made: Vec<_> = changes.iter().filter_map(|change| scene.tried(&change.case, 0.2)).collect();
    let helped = made.iter().filter(|after| after.is_solved() || after.loss < CLEARLY * before).count();
    made.is_empty() || 2 * helped >= made.len()
}

/// Whether hidden units are equal at both ends of the run but for rounding.
pub(super) fn has_equal_units(scene: &Scene<'_>) -> bool {
    classes(scene).iter().any(|class| class.how == How::Exactly)
}

/// What is equal, in one sentence.
fn sentence(found: &[Class], units: usize, copies: usize) -> String {
    let left = units - copies;
    if found.iter().all(|c| c.is_idle) && left == 0 {
        let who = match units {
            1 => "the hidden unit".to_owned(),
            2 => "both hidden units".to_owned(),
            n => format!("all {n} hidden units"),
        };
        return format!(
            "The weights into {who} are 0 and stay 0: what the net says does not depend on the inputs, and the \
             gradient of these weights is 0."
        );
    }
    let nearly = found.iter().any(|c| c.how == How::Nearly);
    let mirrored = found.iter().any(|c| c.members.iter().any(|m| m.1 < 0.0));
    let copy = match (nearly, mirrored) {
        (true, _) => ("nearly a copy", "nearly copies"),
        (false, false) => ("a copy", "copies"),
        (false, true) => ("a copy (with all signs turned)", "copies (some with all signs turned)"),
    };
    let verb = if copies == 1 { "is" } else { "are" };
    let noun = if copies == 1 { copy.0 } else { copy.1 };
    let whom = match (copies, units) {
        (1, 2) => "the other",
        (1, _) => "another",
        (c, u) if c + 1 == u => "the same one",
        _ => "others",
    };
    let stays = if copies == 1 { "stays" } else { "stay" };
    let left = match left {
        0 => "no unit that sees the inputs".to_owned(),
        1 => "no more than one different unit".to_owned(),
        n => format!("no more than {n} different units"),
    };
    format!("{copies} of {units} hidden units {verb} {noun} of {whom} and {stays} so: the net has {left}.")
}

fn parameters(unit: &Unit) -> impl Iterator<Item = usize> {
    unit.incoming.iter().chain(&unit.bias).chain(&unit.outgoing).copied()
}

/// The start with the weights of all equal units drawn around where they are.
fn parted(scene: &Scene<'_>, found: &[Class], draw: u64, size: f64) -> Vec<f64> {
    let mut stream = Key::from_seed(Seed(draw)).stream();
    let mut start = scene.finished.case.start.clone();
    for class in found {
        for &(k, _) in &class.members {
            let unit = &scene.layers()[class.layer][k];
            let width = unit.incoming.len() + unit.outgoing.len();
            // As wide as Glorot & Bengio (2010), equation 16, but no narrower than a small net needs.
            let least = if width <= NARROW { 1.0 } else { 0.0 };
            let limit = size * (6.0 / width.max(1) as f64).sqrt().max(least);
            for p in parameters(unit) {
                start[p] += stream.uniform(-limit, limit);
            }
        }
    }
    start
}

#[cfg(test)]
mod tests;
