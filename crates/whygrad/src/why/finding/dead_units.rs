//! Units that rest on every row.
//!
//! A relu has slope 0 wherever what goes into it is not positive. A unit for which that is so on every row gets no
//! derivative, so that nothing moves it again: it is dead (Lu, Shin, Su & Karniadakis, "Dying ReLU and initialization",
//! 2020). It may start so (all weights and biases negative), or one step that is too long carries it there. A unit with
//! pre-activation exactly 0 on a row stands on its kink, where the slope is 0 by convention; that alone is no harm.
//!
//! What to do: start with biases that are not negative and weights after He et al. (`--init he_uniform`), at a rate that does not
//! throw units across; or use an activation with a slope on both sides.

use serde_json::json;

use super::Suspicion;
use crate::random::{Key, Seed, Source};
use crate::why::lab::Change;
use crate::why::places::Place;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::rewrite::with_activation;
use crate::why::scene::Scene;
use crate::why::units::{Group, Values};

const EXPLANATION: &str = "A relu is 0, with slope 0, wherever what goes into it is not positive. A unit for which that is \
    so on every row gets no derivative and never moves again: it is dead. It may start so, or one step that is too long \
    carries it there. Starting values with a spread that suits relu (He et al. 2015), a leaky_relu, whose slope is \
    nowhere 0, or a smaller learning rate keep units alive. (Lu et al., \"Dying ReLU and initialization\", 2020.)";

/// How many other starts are tried.
const DRAWS: u64 = 6;
/// A draw that is dead again is drawn anew, so often.
const ATTEMPTS: usize = 30;
/// What the bias of a revived unit starts at.
const BIAS: f64 = 0.1;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let groups = scene.groups();
    if groups.iter().all(|g| !g.character.rests_below) || !finished.theta.iter().all(|t| t.is_finite()) {
        return vec![];
    }
    let end = scene.values_at(&finished.theta);
    let dead = resting(&groups, &end);
    if dead.is_empty() {
        return vec![];
    }
    let start = scene.values_at(&finished.case.start);
    let from_start = resting(&groups, &start);
    let death = Death {
        at_start: dead.iter().filter(|&d| from_start.contains(d)).count(),
        since: since(scene, &groups, &dead),
        by_step: was_a_step(scene) || (!scene.is_small() && was_beyond_the_bound(scene)),
        on_kink: on_kink(&groups, &dead, &[&start, &end]),
        dead,
    };
    suspicions(scene, &groups, &death)
}

/// What is known of the dead units.
struct Death {
    dead: Vec<Place>,
    at_start: usize,
    since: Option<u64>,
    /// The loss jumped in the first steps.
    by_step: bool,
    on_kink: usize,
}

/// The units that rest on every row.
fn resting(groups: &[Group], values: &[Values]) -> Vec<Place> {
    let mut found = Vec::new();
    for (g, (group, v)) in groups.iter().zip(values).enumerate().filter(|(_, (g, _))| g.character.rests_below)
    {
        let rests = |k: usize| v.slopes.iter().skip(k).step_by(group.units).all(|&s| s == 0.0);
        found.extend((0..group.units).filter(|&k| rests(k)).map(|k| (g, k)));
    }
    found
}

/// How many of these units have 0 going in on some row at both ends of the run.
fn on_kink(groups: &[Group], dead: &[Place], ends: &[&Vec<Values>]) -> usize {
    let stays = |&(g, k): &Place| {
        let z = |v: &Values| v.inputs.iter().skip(k).step_by(groups[g].units).copied().collect::<Vec<_>>();
        let rows = ends.iter().map(|v| z(&v[g])).collect::<Vec<_>>();
        (0..rows[0].len()).any(|r| rows.iter().all(|z| z[r] == 0.0))
    };
    dead.iter().filter(|p| stays(p)).count()
}

/// The epoch from which on all of them are dead, as far as the run was looked at.
fn since(scene: &Scene<'_>, groups: &[Group], dead: &[Place]) -> Option<u64> {
    if !scene.is_small() {
        return None;
    }
    let mut since = None;
    for (epoch, theta) in scene.path().iter().rev() {
        let resting = resting(groups, &scene.values_at(theta));
        if !dead.iter().all(|d| resting.contains(d)) {
            break;
        }
        since = Some(*epoch);
    }
    since
}

/// Whether the loss jumped up early in the run.
fn was_a_step(scene: &Scene<'_>) -> bool {
    let losses = &scene.finished.losses;
    let Some(&(_, first)) = losses.first() else { return false };
    losses.iter().take(40).any(|l| !l.1.is_finite() || l.1 > first + 0.5 * first.abs())
}

/// Whether the rate was too high at the start for what the loss bends there: of a large net it is not known when its units
/// died, and such steps kill them.
fn was_beyond_the_bound(scene: &Scene<'_>) -> bool {
    let speed = scene.speed();
    let limit = speed.bound.map(|bound| bound / scene.finished.case.options.learning_rate);
    limit.zip(speed.at_start()).is_some_and(|(limit, bend)| bend > limit)
}

/// The share of the units of the layer where most are dead.
fn worst_share(groups: &[Group], dead: &[Place]) -> f64 {
    let of_depth = |depth: usize| {
        let units: usize = groups.iter().filter(|g| g.depth == depth).map(|g| g.units).sum();
        let dead = dead.iter().filter(|d| groups[d.0].depth == depth).count();
        dead as f64 / units.max(1) as f64
    };
    groups.iter().map(|g| of_depth(g.depth)).fold(0.0, f64::max)
}

fn suspicions(scene: &Scene<'_>, groups: &[Group], death: &Death) -> Vec<Suspicion> {
    let finished = scene.finished;
    let share = worst_share(groups, &death.dead);
    let units: usize = groups.iter().filter(|g| g.character.rests_below).map(|g| g.units).sum();
    let count = death.dead.len();
    let by_step = death.at_start < count && death.by_step;
    let certainty = match share {
        // The rate that killed them is the cause behind it.
        _ if by_step && scene.is_small() => 0.6,
        _ if by_step => 0.5,
        1.0 => 0.93,
        // The units that are left still learn.
        share if finished.verdict() == Verdict::StillMoving => 0.3 + 0.2 * share,
        share => 0.4 + 0.4 * share,
    };
    let base = || {
        let mut names: Vec<String> = Vec::new();
        for &(g, k) in death.dead.iter().take(12) {
            let name = &groups[g].name;
            names.push(if groups[g].units == 1 { name.clone() } else { format!("{name}[{k}]") });
        }
        let mut suspicion =
            Suspicion::new(Kind::DeadUnits, certainty, sentence(death, count, units, share), EXPLANATION)
                .with("dead", count)
                .with("units", units)
                .with("names", json!(names))
                .with("dead_at_start", death.at_start)
                .with("largest_share_of_a_layer", share)
                .with("loss_jumped", death.by_step);
        // Where a whole layer rests, the derivatives of all that is below it are 0 on every row: no step changes that.
        suspicion.proved = share == 1.0 && !by_step;
        if let Some(since) = death.since {
            suspicion = suspicion.with("dead_since_epoch", since);
        }
        if death.on_kink > 0 {
            suspicion = suspicion.with("on_a_kink", death.on_kink);
        }
        suspicion
    };
    let mut all = Vec::new();
    if by_step {
        let mut slower = base();
        slower.changes = [4.0, 16.0, 64.0].map(|by| slower_by(scene, by)).to_vec();
        let rate = format!("{}", finished.case.options.learning_rate / 4.0);
        slower.advice = Advice::flags("Take smaller steps.", &["--lr", &rate]);
        all.push(slower);
    }
    let mut revived = base();
    revived.draws = true;
    let (from, words) = if death.at_start == count {
        (&finished.case.start, "the weights into the dead units are drawn anew, with a small positive bias")
    } else {
        (&finished.theta, "the run goes on from its end, with the weights into the dead units drawn anew")
    };
    revived.changes = (0..if scene.is_small() { DRAWS } else { 2 })
        .filter_map(|draw| revive(scene, groups, &death.dead, from, draw))
        .map(|start| Change { words: words.into(), case: finished.case.from(start) })
        .collect();
    revived.advice = Advice::flags("Start from values that suit relu.", &["--init", "he_uniform"]);
    if scene.layers().is_empty() {
        revived.advice = Advice::words("Start from other values, with positive biases.");
    }
    all.push(revived);
    all.extend(leaky(scene, base()));
    all
}

fn sentence(death: &Death, count: usize, units: usize, share: f64) -> String {
    let are = if count == 1 { "is" } else { "are" };
    let who = match (count, units) {
        (_, 1) => "The only".to_owned(),
        (2, 2) => "Both".to_owned(),
        (c, u) if c == u => format!("All {u}"),
        (c, u) => format!("{c} of {u}"),
    };
    let unit = if units == 1 { "relu unit" } else { "relu units" };
    let they = if count == 1 { "it gives 0, gets" } else { "they give 0, get" };
    let never = if count == 1 { "moves" } else { "move" };
    let when = if death.at_start == count {
        " from the start".to_owned()
    } else if death.by_step {
        let since = death.since.map_or_else(String::new, |s| format!(" (by epoch {s})"));
        format!(" since steps that were too long, in which the loss jumped{since}")
    } else {
        death.since.map_or_else(String::new, |s| format!(" since epoch {s} at the latest"))
    };
    let so = if share == 1.0 { ", so that nothing of the inputs comes through that layer" } else { "" };
    format!("{who} {unit} {are} dead{when}: on every row {they} no derivative, and never {never} again{so}.")
}

fn slower_by(scene: &Scene<'_>, by: f64) -> Change {
    let rate = scene.finished.case.options.learning_rate;
    let slower = rate / by;
    let words = format!("the learning rate {slower} in place of {rate}");
    Change { words, case: scene.finished.case.with(|o| o.learning_rate = slower) }
}

/// Other weights into the dead units, such that they are alive.
fn revive(scene: &Scene<'_>, groups: &[Group], dead: &[Place], from: &[f64], draw: u64) -> Option<Vec<f64>> {
    let places = scene.places();
    let mut stream = Key::from_seed(Seed(draw)).stream();
    let mut theta = from.to_vec();
    let mut any = false;
    for _ in 0..ATTEMPTS {
        let resting = if any { resting(groups, &scene.values_at(&theta)) } else { dead.to_vec() };
        let still: Vec<Place> = resting.into_iter().filter(|r| dead.contains(r)).collect();
        if still.is_empty() {
            break;
        }
        for (units, places) in scene.layers().iter().zip(places) {
            let resting = units.iter().zip(places).filter(|(_, p)| p.is_some_and(|p| still.contains(&p)));
            for (unit, _) in resting {
                any = true;
                let limit = (6.0 / unit.incoming.len().max(1) as f64).sqrt();
                for &p in &unit.incoming {
                    theta[p] = stream.uniform(-limit, limit);
                }
                if let Some(bias) = unit.bias {
                    theta[bias] = BIAS;
                }
                for &p in unit.outgoing.iter().filter(|&&p| from[p] == 0.0) {
                    theta[p] = stream.uniform(-limit, limit);
                }
            }
        }
        if !any || !scene.is_small() {
            break;
        }
    }
    any.then_some(theta)
}

/// The same start with units that cannot die.
fn leaky(scene: &Scene<'_>, mut base: Suspicion) -> Option<Suspicion> {
    let model = scene.model();
    let predictions = &model.program.predictions;
    let is_relu = |arena: &whygrad_expr::arena::Arena, term| {
        use whygrad_expr::op::Op;
        let rests = |c| arena.constant_of(c) == Some(0.0);
        !predictions.contains(&term) && matches!(arena.op(term), Op::Select(z, a, c) if z == a && rests(c))
    };
    let changed = with_activation(model, "leaky_relu", &is_relu)?;
    let words = "leaky_relu in place of relu, which is nowhere flat".into();
    let case = crate::why::Case { model: std::sync::Arc::new(changed), ..scene.finished.case.clone() };
    base.changes = vec![Change { words, case }];
    // A little behind a draw of relu's own: it is another net.
    base.certainty -= 0.02;
    base.advice = Advice::words("Use leaky_relu, whose slope is nowhere 0.");
    let text = &model.source;
    if text.contains("relu") && !text.contains("leaky_relu") && !text.contains("relu(") {
        base.advice.model = Some(text.replace("relu", "leaky_relu"));
    }
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, assert_cause, case_of, finished, model, rows, run, suspected};
    use super::*;
    use crate::random::Source;

    #[test]
    fn a_net_whose_relus_all_start_negative_says_a_constant() {
        // Both units have negative weights for positive inputs: a published question.
        let net = model(
            "inputs x[5]\ntarget y\nhidden = dense(x, 2, relu)\ny_hat = dense(hidden, 1)\nloss = sse(y_hat, y)",
        );
        let data = rows(&[(&[1.0, 2.0, 3.0, 4.0, 5.0], &[15.0]), (&[1.0, 2.0, 3.0, 4.0, 6.0], &[16.0])]);
        let mut case = case_of(net, data);
        case.start = vec![
            -0.31, -0.44, -0.19, -0.36, -0.22, -0.12, -0.27, -0.53, -0.08, -0.41, -0.15, -0.33, 0.8, -0.6,
            14.2,
        ];
        case.options.learning_rate = 0.001;
        let stuck = run(&case);
        let report = assert_cause(&stuck, Kind::DeadUnits);
        assert_eq!(report.findings[0].evidence["dead_at_start"], 2);
        assert_eq!(report.findings[0].evidence["dead_since_epoch"], 0);
    }

    #[test]
    fn relus_that_start_dead_are_the_cause() {
        for (net, rate) in [("2-4relu-1", 0.1), ("2-6relu-1sigmoid", 0.5), ("2-8relu-1tanh", 0.1)] {
            let stuck = finished(net, "xor", |case| {
                let mut stream = Key::from_seed(Seed(5)).stream();
                let hidden = case.model.layers.as_ref().map_or(0, |l| l.sizes[1]);
                for value in &mut case.start[..3 * hidden] {
                    *value = stream.uniform(-1.0, -0.1);
                }
                case.options.learning_rate = rate;
            });
            assert_cause(&stuck, Kind::DeadUnits);
        }
    }

    #[test]
    fn units_on_a_kink_in_a_solved_run_are_no_cause() {
        let solved = finished("2-32relu-1sigmoid", "xor", |case| {
            case.options.learning_rate = 1.5;
            case.options.epochs = 2000;
        });
        assert!(solved.is_solved());
        assert_eq!(answer(&solved).findings.len(), 1);
        assert_eq!(answer(&solved).findings[0].kind, Kind::Solved);
    }

    #[test]
    fn units_that_are_nowhere_flat_do_not_die() {
        let some = finished("2-3leaky_relu-1", "xor", |case| case.options.learning_rate = 0.01);
        assert_eq!(suspected(look, &some), []);
    }

    #[test]
    fn units_of_a_large_net_that_died_of_a_high_rate_are_not_the_first_cause() {
        let stuck = finished("2-64relu-64relu-1", "circles(n=400)", |case| {
            (case.options.learning_rate, case.options.epochs) = (5.0, 40);
        });
        assert!(stuck.case.data.rows * stuck.theta.len() > 1 << 20);
        let report = answer(&stuck);
        assert_eq!(report.findings[0].kind, Kind::LearningRateTooHigh, "{report:#?}");
        assert!(report.findings[0].confirmed);
    }
}
