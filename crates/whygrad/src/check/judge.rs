//! The answers of a source against the truth: which components are right, in which precision.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};

use super::precision::{self, Pair};
use super::truth::{Derived, Truth};
use super::{Answer, Asked, Component, Precision, Probe, Report, Status, Verdict};
use super::{differences, guard, kinks, loss};
use crate::data::Dataset;
use crate::model::Model;

/// Up to this many components, each is computed three ways; of more, those that are wrong and some others.
const ALL_WAYS: usize = 200;
/// So many wrong ones of a large net are computed three ways.
const WRONG_WAYS: usize = 20;
/// So many others.
const OTHER_WAYS: usize = 8;

/// Compares the answers with the truth at each probe. The report says nothing of mistakes yet; with it comes
/// what was asked, for the search.
pub fn judge(model: &Model, answers: Vec<(Probe, Answer)>) -> (Report, Vec<Asked>) {
    let derived = Derived::new(model);
    let is_same = |(a, _): &(Probe, Answer), (b, _): &(Probe, Answer)| a.theta == b.theta && a.data == b.data;
    let truths = truths(&answers, is_same, |(probe, _)| derived.truth(probe));
    let singles = || self::truths(&answers, is_same, |(probe, _)| derived.in_single(probe));
    let (precision, stored, singles) = precision_of(&answers, &truths, singles);
    let ends = |truth: &Truth, k: usize| rounding_of_ends(truth, k, singles.is_some());
    let mut asked = asked(answers, truths, singles.as_deref(), precision, ends);
    let loss_tolerance = |index: usize| {
        let noise = singles.as_ref().map_or(asked[index].truth.loss_noise, |s| s[index].loss_noise);
        noise + precision::rounding(precision, asked[index].answer.loss.unwrap_or(0.0))
    };
    let loss = loss::compare(model, &asked, loss_tolerance);
    let mut notes: Vec<String> = Vec::new();
    notes.extend(guard::clear(&mut asked).map(|share| {
        format!(
            "Some components are off by up to {share:.1e} of their value at every point, which is more than rounding and \
             less than a mistake of the derivation: a small number added to a divisor, or differences, do that."
        )
    }));
    let components = components(&derived, &asked, &mut notes);
    notes.extend(precision_note(precision, stored));
    notes.extend(kinks::note(&derived, &asked));
    notes.extend(not_finite_note(model, &asked));
    let verdict = verdict(&components);
    let probes = asked.iter().map(|a| a.probe.clone()).collect();
    (Report { verdict, components, mistakes: vec![], marks: vec![], loss, precision, notes, probes }, asked)
}

/// The truth at each question, computed once where it is asked again.
pub(super) fn truths<Q>(
    questions: &[Q],
    is_same: impl Fn(&Q, &Q) -> bool,
    truth: impl Fn(&Q) -> Truth,
) -> Vec<Truth> {
    let mut all: Vec<Truth> = Vec::with_capacity(questions.len());
    for (index, question) in questions.iter().enumerate() {
        let known = questions[..index].iter().position(|other| is_same(other, question));
        all.push(known.map_or_else(|| truth(question), |known| all[known].clone()));
    }
    all
}

/// Each answer beside its truth, by the rounding of the precision; in single precision `singles` has the truth. `ends`
/// is what rounding adds to the ends of what is accepted.
pub(super) fn asked(
    answers: Vec<(Probe, Answer)>,
    truths: Vec<Truth>,
    singles: Option<&[Truth]>,
    precision: Precision,
    ends: impl Fn(&Truth, usize) -> f64,
) -> Vec<Asked> {
    let mut asked = Vec::with_capacity(answers.len());
    for (index, ((probe, answer), mut truth)) in answers.into_iter().zip(truths).enumerate() {
        let mut tolerance = truth.noise.clone();
        if let Some(single) = singles.map(|s| &s[index]) {
            tolerance.clone_from(&single.noise);
            truth.lower.clone_from(&single.lower);
            truth.upper.clone_from(&single.upper);
        }
        let drowned = is_drowned(&truth, &tolerance);
        let mut wrong = vec![false; tolerance.len()];
        for (k, given) in answer.gradient.iter().enumerate().take(wrong.len()) {
            let Some(given) = *given else { continue };
            tolerance[k] += precision::rounding(precision, given) + ends(&truth, k);
            wrong[k] = is_wrong(given, &truth, tolerance[k], k) && (given.is_finite() || !drowned);
        }
        asked.push(Asked { probe, answer, truth, tolerance, wrong });
    }
    asked
}

/// What rounding may add to the ends of what is accepted at a kink: a derivative that is 0 by one convention has no
/// rounding of its own, and is a sum of products by the other.
fn rounding_of_ends(truth: &Truth, k: usize, single: bool) -> f64 {
    /// Operations that an end of the interval may have passed, a rounding each.
    const OPERATIONS: f64 = 64.0;
    let width = truth.upper[k] - truth.lower[k];
    let unit = if single { f64::from(f32::EPSILON) } else { f64::EPSILON };
    if width.is_finite() { OPERATIONS * unit * width } else { 0.0 }
}

/// How far a number lies outside the interval of what is accepted.
fn beyond(given: f64, truth: &Truth, k: usize) -> f64 {
    (truth.lower[k] - given).max(given - truth.upper[k]).max(0.0)
}

pub(super) fn is_wrong(given: f64, truth: &Truth, tolerance: f64, k: usize) -> bool {
    let judged = tolerance.is_finite() && truth.lower[k].is_finite() && truth.upper[k].is_finite();
    // `max` would pass over what is not a number.
    judged && (!given.is_finite() || beyond(given, truth, k) > tolerance)
}

/// True where rounding may be larger than the whole gradient. There a program may as well meet ∞ - ∞, and an answer
/// that is not a number is not held against it.
pub(super) fn is_drowned(truth: &Truth, tolerance: &[f64]) -> bool {
    let largest = |values: &[f64]| values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    largest(tolerance) > largest(&truth.value)
}

/// The precision; true with it where it is that of the computing alone, not of the numbers; the truths in it.
pub(super) fn precision_of(
    answers: &[(Probe, Answer)],
    doubles: &[Truth],
    singles: impl Fn() -> Vec<Truth>,
) -> (Precision, bool, Option<Vec<Truth>>) {
    let mut pairs = Vec::new();
    let mut places = Vec::new();
    for (index, ((_, answer), truth)) in answers.iter().zip(doubles).enumerate() {
        for (k, given) in answer.gradient.iter().enumerate().take(truth.value.len()) {
            let Some(given) = given.filter(|g| g.is_finite() && truth.noise[k].is_finite()) else { continue };
            let (value, noise) = (truth.value[k], truth.noise[k]);
            pairs.push(Pair { given, value, beyond: beyond(given, truth, k), noise });
            places.push((index, k));
        }
    }
    let gradient = pairs.len();
    for ((_, answer), truth) in answers.iter().zip(doubles) {
        let (value, noise) = (truth.loss, truth.loss_noise);
        let Some(given) = answer.loss.filter(|g| g.is_finite() && noise.is_finite()) else { continue };
        pairs.push(Pair { given, value, beyond: (given - value).abs(), noise });
    }
    let precision = precision::of_numbers(&pairs);
    // Only the gradient tells by its deviations how it was computed; the loss may be another one.
    pairs.truncate(gradient);
    match precision {
        Precision::Single => (precision, false, Some(singles())),
        Precision::Double if precision::is_hidden_single(&pairs, |_| true) => {
            let singles = singles();
            let explained = |pair: usize| {
                let (index, k) = places[pair];
                !is_wrong(pairs[pair].given, &singles[index], singles[index].noise[k], k)
            };
            if precision::is_hidden_single(&pairs, explained) {
                (Precision::Single, true, Some(singles))
            } else {
                (Precision::Double, false, None)
            }
        }
        _ => (precision, false, None),
    }
}

pub(super) fn precision_note(precision: Precision, stored: bool) -> Option<String> {
    match precision {
        Precision::Double => None,
        Precision::Single if stored => Some(
            "The numbers are off as those of a computation in single precision are (float32, 24 bits), though they \
             are written in double; they are judged by the rounding of single precision."
                .to_owned(),
        ),
        Precision::Single => Some(
            "The numbers are those of single precision (float32, 24 bits) and are judged by its rounding.".to_owned(),
        ),
        Precision::Decimals(count) => {
            Some(format!("The numbers have {count} decimals and are compared to so many."))
        }
        Precision::Digits(count) => Some(format!("The numbers have {count} digits and are compared to so many.")),
    }
}

/// A sentence about the first component that is not a number where it should be one.
fn not_finite_note(model: &Model, asked: &[Asked]) -> Option<String> {
    let is_lost = |a: &Asked, k: usize| {
        a.wrong[k] && a.answer.gradient.get(k).copied().flatten().is_some_and(|g| !g.is_finite())
    };
    let (index, k) = asked
        .iter()
        .enumerate()
        .find_map(|(index, a)| (0..a.wrong.len()).find(|&k| is_lost(a, k)).map(|k| (index, k)))?;
    let value = asked[index].truth.value[k];
    Some(format!("d{} is not a number at probe {index}, where it should be {value:e}.", name_of(model, k)))
}

/// The name of the component at an offset.
fn name_of(model: &Model, offset: usize) -> String {
    let parameters = &model.program.parameters;
    let found = parameters.iter().find(|p| (p.offset..p.offset + p.len()).contains(&offset));
    found.map_or_else(|| offset.to_string(), |p| p.entry_name(offset - p.offset))
}

fn components(derived: &Derived<'_>, asked: &[Asked], notes: &mut Vec<String>) -> Vec<Component> {
    let program = &derived.model.program;
    let mut components: Vec<Component> = program
        .parameters
        .iter()
        .flat_map(|p| (0..p.len()).map(|index| (p.entry_name(index), p.offset + index)))
        .map(|(name, k)| component(asked, name, k))
        .collect();
    let mut losses = Losses::new(derived.model);
    let doubtful = every_way(derived, asked, &mut components, &mut losses);
    if !doubtful.is_empty() {
        let names: Vec<&str> = doubtful.iter().take(5).map(|&k| components[k].name.as_str()).collect();
        notes.push(format!(
            "The derived gradient and the complex step disagree for {}: nothing is said of what they disagree about. \
             This is a fault of whygrad.",
            names.join(", ")
        ));
    }
    components
}

/// The status of one component, with the numbers of the probe that shows it.
pub(super) fn component(asked: &[Asked], name: String, k: usize) -> Component {
    let given_at = |index: &usize| asked[*index].answer.gradient.get(k).copied().flatten();
    let is_judged = |index: &usize| {
        let (a, given) = (&asked[*index], given_at(index));
        let truth = &a.truth;
        given.is_some()
            && a.tolerance[k].is_finite()
            && truth.lower[k].is_finite()
            && truth.upper[k].is_finite()
    };
    let all = || 0..asked.len();
    let wrong = all().find(|&index| asked[index].wrong[k]);
    let judged = all().find(is_judged);
    let status = match (wrong, judged, all().find(|i| given_at(i).is_some())) {
        (Some(_), ..) => Status::Wrong,
        (_, Some(_), _) => Status::Right,
        (.., Some(_)) => Status::Undecided,
        _ => Status::NotGiven,
    };
    let probe = wrong.or(judged).unwrap_or(0);
    let mut component = Component {
        name,
        status,
        probe,
        given: None,
        derived: f64::NAN,
        complex_step: None,
        difference: None,
        noise: f64::INFINITY,
        interval: None,
        relative_error: None,
    };
    let Some(a) = asked.get(probe) else { return component };
    let (value, given) = (a.truth.value[k], given_at(&probe));
    let (lower, upper) = (a.truth.lower[k], a.truth.upper[k]);
    component.given = given;
    component.derived = value;
    component.noise = a.tolerance[k];
    component.interval = (upper - lower > 2.0 * a.tolerance[k]).then_some((lower, upper));
    component.relative_error = given.filter(|g| g.is_finite()).map(|given| {
        let most = given.abs().max(value.abs());
        if most == 0.0 { 0.0 } else { (given - value).abs() / most }
    });
    component
}

/// Fills in complex steps and differences. Gives back the components of which the derived one is in doubt; they
/// become undecided.
fn every_way(
    derived: &Derived<'_>,
    asked: &[Asked],
    components: &mut [Component],
    losses: &mut Losses,
) -> Vec<usize> {
    let mut doubtful = Vec::new();
    for k in chosen(components) {
        let component = &mut components[k];
        let Some(a) = asked.get(component.probe) else { continue };
        let noise = a.truth.noise[k];
        if !component.derived.is_finite() || !noise.is_finite() {
            continue;
        }
        component.difference = losses.difference(&a.probe, k);
        if component.interval.is_some() {
            continue; // At a kink each way follows a convention of its own.
        }
        component.complex_step = derived.complex_step(&a.probe, k);
        if is_doubtful(component, noise) {
            component.status = Status::Undecided;
            doubtful.push(k);
        }
    }
    doubtful
}

/// Whether the complex step speaks against the derived value, and the difference not for it.
pub(super) fn is_doubtful(component: &Component, noise: f64) -> bool {
    let apart = |other: f64| (other - component.derived).abs();
    // The complex numbers lose digits of their own.
    let stepped =
        component.complex_step.is_some_and(|c| apart(c) > 64.0 * noise + 1e-9 * component.derived.abs());
    stepped && component.difference.is_none_or(|(d, error)| apart(d) > 10.0 * error + noise)
}

/// The components that are computed three ways.
pub(super) fn chosen(components: &[Component]) -> Vec<usize> {
    if components.len() <= ALL_WAYS {
        return (0..components.len()).collect();
    }
    let is_wrong = |k: &usize| components[*k].status == Status::Wrong;
    let (wrong, others): (Vec<usize>, Vec<usize>) = (0..components.len()).partition(is_wrong);
    let spread = others.len().div_ceil(OTHER_WAYS).max(1);
    let mut chosen: Vec<usize> = wrong.into_iter().take(WRONG_WAYS).collect();
    chosen.extend(others.into_iter().step_by(spread));
    chosen
}

pub(super) fn verdict(components: &[Component]) -> Verdict {
    let any = |status: Status| components.iter().any(|c| c.status == status);
    if any(Status::Wrong) {
        Verdict::Wrong
    } else if any(Status::Right) {
        Verdict::Right
    } else {
        Verdict::Undecided
    }
}

/// A plan at many points, which is faster than the oracle.
pub(super) struct ByPlan {
    plan: Plan,
    space: Workspace<f64>,
    loaded: Option<Dataset>,
}

impl ByPlan {
    pub(super) fn new(plan: Plan) -> ByPlan {
        let space = Workspace::new(&plan);
        ByPlan { plan, space, loaded: None }
    }

    /// Loads rows, unless they are there.
    pub(super) fn load(&mut self, data: &Dataset) {
        if self.loaded.as_ref() != Some(data) {
            let batch = Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows };
            self.space.load(&self.plan, &batch);
            self.loaded = Some(data.clone());
        }
    }

    /// One entry of a root of the plan.
    pub(super) fn entry(&mut self, theta: &[f64], root: usize, entry: usize) -> f64 {
        self.space.run(&self.plan, theta);
        self.space.output(&self.plan, root).0.get(entry).copied().unwrap_or(f64::NAN)
    }
}

/// The loss at many points.
struct Losses(ByPlan);

impl Losses {
    fn new(model: &Model) -> Losses {
        let plan = Plan::compile(&model.program, &[model.program.loss]);
        Losses(ByPlan::new(plan))
    }

    /// The derivative by parameter `k` by central differences.
    fn difference(&mut self, probe: &Probe, k: usize) -> Option<(f64, f64)> {
        self.0.load(&probe.data);
        let mut theta = probe.theta.clone();
        let here = *theta.get(k)?;
        let f = |t: f64| {
            theta[k] = t;
            self.0.entry(&theta, 0, 0)
        };
        differences::central(f, here)
    }
}
