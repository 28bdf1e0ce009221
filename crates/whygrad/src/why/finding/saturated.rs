//! Units on the flat ends of their activation.
//!
//! Where a sigmoid or tanh is nearly at one of its ends, its slope is next to 0, and so is every derivative that goes
//! through it. Large starting weights or large inputs put units there (`LeCun`, Bottou, Orr & Müller, "Efficient
//! `BackProp`", 1998, section 4.6; Glorot & Bengio 2010). Units that got there only in the course of the run show how
//! it ended, not why.
//!
//! What to do: start from smaller weights (`--init glorot_uniform`), and standardise inputs that are large.

use super::Suspicion;
use crate::lint::words::number;
use crate::why::activation::FLAT;
use crate::why::lab::Change;
use crate::why::places::Place;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;
use crate::why::units::{Group, Values};

const EXPLANATION: &str = "Near the ends of a sigmoid or tanh its slope is next to 0, and with it every derivative that \
    goes through the unit: the error may be large, but no step comes of it. Starting weights that are small for the \
    number of inputs (Glorot & Bengio 2010), and inputs of about size 1 (LeCun et al. 1998), keep what goes into a \
    unit between -2 and 2, where it is steep.";

/// A unit is saturated where its slope is next to none on this share of the rows.
const ROWS: f64 = 0.75;
/// It matters where this share of a layer is.
const LAYER: f64 = 0.5;
/// What the pre-activations of the units are scaled to.
const SIZES: [f64; 3] = [1.0, 0.5, 2.0];

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let groups = scene.groups();
    let is_finite = finished.theta.iter().chain(&finished.case.start).all(|t| t.is_finite());
    if !is_finite || groups.iter().all(|g| !g.character.levels_off) {
        return vec![];
    }
    let values = scene.values_at(&finished.case.start);
    let start = saturated(scene, &groups, &values, &finished.case.start);
    if start.share >= LAYER {
        return vec![at_start(scene, &groups, &values, &start)];
    }
    let end = saturated(scene, &groups, &scene.values_at(&finished.theta), &finished.theta);
    if end.share < LAYER || finished.overflowed() {
        return vec![];
    }
    let summary = format!(
        "{} at the end: the slope there is below 1 % of the largest, so that {} hardly {} any more.",
        end.who(&groups),
        if end.units.len() == 1 { "it" } else { "they" },
        if end.units.len() == 1 { "moves" } else { "move" },
    );
    let mut symptom = Suspicion::new(Kind::Saturated, 0.2, summary, EXPLANATION)
        .with("saturated_at_end", end.units.len())
        .with("saturated_at_start", start.units.len())
        .with("mean_slope_share", end.slope);
    symptom.is_symptom = true;
    symptom.advice =
        Advice::words("Look for what drove them there: a large rate, or targets at the very ends.");
    vec![symptom]
}

/// The saturated units at one point.
struct Saturated {
    units: Vec<Place>,
    /// Of the layer where most are, the share of them.
    share: f64,
    /// Their mean slope as a share of the largest.
    slope: f64,
}

impl Saturated {
    fn who(&self, groups: &[Group]) -> String {
        let count = self.units.len();
        let outputs = self.units.iter().filter(|u| groups[u.0].is_output).count();
        let total: usize = groups.iter().filter(|g| g.character.levels_off).map(|g| g.units).sum();
        match (count, outputs) {
            (1, 1) if total == 1 => "The output unit is saturated".into(),
            (1, 1) => "The output unit is saturated on every wrong row".into(),
            (1, _) => format!("1 of {total} units is saturated"),
            _ if count == total => format!("All {total} units are saturated"),
            _ => format!("{count} of {total} units are saturated"),
        }
    }
}

fn saturated(scene: &Scene<'_>, groups: &[Group], values: &[Values], theta: &[f64]) -> Saturated {
    let data = &scene.finished.case.data;
    let is_wrong = |row: usize, k: usize, group: &Group, v: &Values| {
        let target = data.target_row(row).get(k).copied();
        target.is_none_or(|t| (v.outputs[row * group.units + k] - t).abs() > 0.5)
    };
    let mut found = Saturated { units: vec![], share: 0.0, slope: 0.0 };
    let mut slopes = Vec::new();
    for (g, (group, v)) in groups.iter().zip(values).enumerate().filter(|(_, (g, _))| g.character.levels_off)
    {
        for k in 0..group.units {
            let rows: Vec<usize> =
                (0..data.rows).filter(|&r| !group.is_output || is_wrong(r, k, group, v)).collect();
            let share = |r: usize| v.slopes[r * group.units + k].abs() / group.character.steepest;
            let flat = rows.iter().filter(|&&r| share(r) < FLAT).count();
            if !rows.is_empty() && flat as f64 >= ROWS * rows.len() as f64 {
                slopes.extend(rows.iter().map(|&r| share(r)));
                found.units.push((g, k));
            }
        }
    }
    // The slope of an output may cancel with the loss, as it does in a cross-entropy: then it holds nothing up.
    let outputs_hold = || {
        let gradient = scene.gradient_at(theta);
        gradient.iter().map(|g| g.abs()).fold(0.0, f64::max) < 0.1 * FLAT * scene.finished.loss.abs().max(0.1)
    };
    if found.units.iter().any(|u| groups[u.0].is_output) && !outputs_hold() {
        found.units.retain(|u| !groups[u.0].is_output);
    }
    let share = |depth: usize| {
        let of = |g: &Group| g.depth == depth && g.character.levels_off;
        let units: usize = groups.iter().filter(|g| of(g)).map(|g| g.units).sum();
        found.units.iter().filter(|u| of(&groups[u.0])).count() as f64 / units.max(1) as f64
    };
    found.share = groups.iter().map(|g| share(g.depth)).fold(0.0, f64::max);
    found.slope = slopes.iter().sum::<f64>() / slopes.len().max(1) as f64;
    found
}

/// Saturated from the start: the cause, if a smaller start helps.
fn at_start(scene: &Scene<'_>, groups: &[Group], values: &[Values], found: &Saturated) -> Suspicion {
    let finished = scene.finished;
    let start = &finished.case.start;
    let inputs = finished.case.data.inputs.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let weights = start.iter().map(|w| w.abs()).fold(0.0, f64::max);
    let size = |&(g, k): &Place| {
        let z = values[g].inputs.iter().skip(k).step_by(groups[g].units);
        (z.clone().map(|z| z * z).sum::<f64>() / z.count().max(1) as f64).sqrt()
    };
    let largest = found.units.iter().map(size).fold(0.0, f64::max);
    let reason = if inputs > 10.0 && inputs > weights {
        format!("inputs are as large as {}", number(inputs))
    } else {
        format!("starting weights are as large as {}", number(weights))
    };
    let it = if found.units.len() == 1 { "it" } else { "them" };
    let summary = format!(
        "{} from the start, because {reason}: the slope there is below 1 % of the largest, and hardly any derivative \
         gets through {it}.",
        found.who(groups)
    );
    let mut suspicion = Suspicion::new(Kind::Saturated, 0.55 + 0.35 * found.share, summary, EXPLANATION)
        .with("saturated_at_start", found.units.len())
        .with("largest_share_of_a_layer", found.share)
        .with("mean_slope_share", found.slope)
        .with("largest_pre_activation", largest)
        .with("largest_input", inputs)
        .with("largest_weight", weights);
    let shrunk = |to: f64| {
        let mut smaller = start.clone();
        let mut any = false;
        for (units, places) in scene.layers().iter().zip(scene.places()) {
            for (unit, place) in units.iter().zip(places) {
                let Some(place) = place.filter(|p| found.units.contains(p)) else { continue };
                let by = to / size(&place).max(to);
                any = true;
                for &p in unit.incoming.iter().chain(&unit.bias) {
                    smaller[p] *= by;
                }
            }
        }
        if !any {
            for w in &mut smaller {
                *w *= to / largest.max(to);
            }
        }
        smaller
    };
    let words = |to: f64| {
        format!("the weights into the saturated units scaled down, to pre-activations of about {to}")
    };
    suspicion.changes =
        SIZES.iter().map(|&to| Change { words: words(to), case: finished.case.from(shrunk(to)) }).collect();
    if weights > 2.0 {
        let all = |to: f64| start.iter().map(|w| w * to / weights).collect();
        suspicion.changes.extend([1.0, 2.0].map(|to| Change {
            words: format!("the whole start scaled down, to weights of at most {to}"),
            case: finished.case.from(all(to)),
        }));
    }
    suspicion.advice = if inputs > 10.0 && inputs > weights {
        Advice::words("Scale the inputs to about size 1, or start from weights that are as much smaller.")
    } else if scene.layers().is_empty() {
        Advice::flags("Start from smaller weights.", &["--init", "uniform(-0.5,0.5)"])
    } else {
        Advice::flags("Start from smaller weights.", &["--init", "glorot_uniform"])
    };
    suspicion
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, assert_cause, case_of, finished, model, rows, run, suspected};
    use super::*;

    #[test]
    fn a_sum_of_fifty_leaves_a_sigmoid_no_slope() {
        let net = model(
            "inputs x\ntarget y\nparams w\ns(z) = 1/(1 + exp(-z))\ny_hat = s(w*x)\nloss = sse(y_hat, y)",
        );
        let mut case = case_of(net, rows(&[(&[62.5], &[0.0])]));
        case.start = vec![0.8];
        assert_cause(&run(&case), Kind::Saturated);
    }

    #[test]
    fn large_starting_weights_saturate_the_hidden_units() {
        for (net, rate) in [("2-3sigmoid-1sigmoid", 1.0), ("2-4tanh-1", 0.05), ("2-4sigmoid-1", 0.2)] {
            let stuck = finished(net, "xor", |case| {
                let hidden = case.model.layers.as_ref().map_or(0, |l| l.sizes[1]);
                for value in &mut case.start[..3 * hidden] {
                    *value = 25.0 + 10.0 * *value;
                }
            });
            let stuck = run(&stuck.case.with(|o| {
                o.learning_rate = rate;
                o.epochs = 20_000;
            }));
            let report = answer(&stuck);
            let first = &report.findings[0];
            assert_eq!((first.kind, first.confirmed), (Kind::Saturated, true), "{report:#?}");
        }
    }

    #[test]
    fn an_ordinary_start_is_not_saturated() {
        let some = finished("2-2sigmoid-1", "xor", |case| {
            case.options.learning_rate = 0.3;
            case.options.epochs = 100;
        });
        assert_eq!(suspected(look, &some), []);
    }
}
