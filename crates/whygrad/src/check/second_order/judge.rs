//! The answers against the truth: which entries are right, in which precision, and whether the Hessian is symmetric.

use whygrad_engine::plan::Plan;
use whygrad_expr::op::{Function, Op, Zip};

use super::super::Answer as Flat;
use super::super::Precision;
use super::super::judge::{
    ByPlan, asked, chosen, component, is_doubtful, precision_note, precision_of, truths, verdict,
};
use super::super::{
    Asked, Component, LossStatus, Probe, Report, Role, Status, differences, guard, precision,
};
use super::truth::{Second, unit};
use super::{Question, What};

/// What was asked, what came, and what is to be said of it.
pub(super) struct Judged {
    pub(super) what: What,
    pub(super) report: Report,
    /// Answers and truth, the entries of a Hessian row by row.
    pub(super) asked: Vec<Asked>,
    pub(super) questions: Vec<Question>,
    /// By component of the report, the entries it stands for: one and, beside the diagonal, its twin.
    pub(super) entries: Vec<Vec<usize>>,
}

/// Compares the answers with the truth. The report says nothing of mistakes yet.
pub(super) fn judge(second: &Second<'_>, what: What, answers: Vec<(Question, Vec<Option<f64>>)>) -> Judged {
    let (questions, given): (Vec<Question>, Vec<Vec<Option<f64>>>) = answers.into_iter().unzip();
    let flat: Vec<(Probe, Flat)> = questions
        .iter()
        .zip(given)
        .map(|(q, gradient)| (q.probe.clone(), Flat { gradient, loss: None }))
        .collect();
    let is_same = |a: &Question, b: &Question| {
        a.probe.theta == b.probe.theta && a.probe.data == b.probe.data && a.vector == b.vector
    };
    let truths = truths(&questions, is_same, |q| second.truth(what, q));
    let singles = || self::truths(&questions, is_same, |q| second.in_single(what, q));
    let (mut precision, stored, singles) = precision_of(&flat, &truths, singles);
    if let (Precision::Double, Some(decimals)) = (precision, decimals(&flat)) {
        precision = Precision::Decimals(decimals);
    }
    let mut asked = asked(flat, truths, singles.as_deref(), precision, |_, _| 0.0);
    let mut notes: Vec<String> = Vec::new();
    notes.extend(guard::clear(&mut asked).map(|share| {
        format!(
            "Some entries are off by up to {share:.1e} of their value at every point, which is more than rounding and \
             less than a mistake of the derivation: differences of a gradient do that."
        )
    }));
    let names = second.names();
    let (mut components, entries) = components(what, &asked, &names);
    every_way(second, what, &questions, &asked, &mut components, &entries);
    notes.extend(precision_note(precision, stored));
    notes.extend(kink_note(second));
    notes.extend(asymmetric(what, &asked, &names).first().map(|&(i, j, at)| {
        let n = names.len();
        let value = |k: usize| asked[at].answer.gradient[k].unwrap_or(f64::NAN);
        format!(
            "H[{0},{1}] is not H[{1},{0}]: a Hessian is symmetric, and yours has {2:.6e} and {3:.6e} there.",
            names[i],
            names[j],
            value(i * n + j),
            value(j * n + i)
        )
    }));
    notes.extend(changed(&asked).then(|| {
        "The same question got another answer the second time: something is kept from one answer to the next."
            .to_owned()
    }));
    let verdict = verdict(&components);
    let probes = asked.iter().map(|a| a.probe.clone()).collect();
    let loss = LossStatus::NotGiven;
    let report =
        Report { verdict, components, mistakes: vec![], marks: vec![], loss, precision, notes, probes };
    Judged { what, report, asked, questions, entries }
}

/// The decimals the numbers were printed with, where they look so.
fn decimals(flat: &[(Probe, Flat)]) -> Option<usize> {
    let numbers = flat.iter().flat_map(|(_, a)| a.gradient.iter().flatten());
    precision::of_print(&numbers.copied().collect::<Vec<f64>>())
}

/// An entry and its twin once, with the numbers of the one that is wrong, else of the one that is given.
fn components(what: What, asked: &[Asked], names: &[String]) -> (Vec<Component>, Vec<Vec<usize>>) {
    let n = names.len();
    if what == What::Product {
        let all = names.iter().enumerate().map(|(k, name)| component(asked, name.clone(), k));
        return (all.collect(), (0..n).map(|k| vec![k]).collect());
    }
    let (mut found, mut entries) = (Vec::new(), Vec::new());
    for i in 0..n {
        for j in i..n {
            let name = || format!("{},{}", names[i], names[j]);
            let one = component(asked, name(), i * n + j);
            let twin = component(asked, name(), j * n + i);
            let rank = |c: &Component| match c.status {
                Status::Wrong => 0,
                Status::Right => 1,
                Status::Undecided => 2,
                Status::NotGiven => 3,
            };
            let twin_first = rank(&twin) < rank(&one);
            found.push(if twin_first { twin } else { one });
            let both = if twin_first { vec![j * n + i, i * n + j] } else { vec![i * n + j, j * n + i] };
            entries.push(if i == j { vec![i * n + j] } else { both });
        }
    }
    (found, entries)
}

/// Pairs of entries that should be one, with the first probe at which they are not.
pub(super) fn asymmetric(what: What, asked: &[Asked], names: &[String]) -> Vec<(usize, usize, usize)> {
    let n = names.len();
    let mut found = Vec::new();
    if what == What::Product {
        return found;
    }
    for (i, j) in (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))) {
        let (one, twin) = (i * n + j, j * n + i);
        let apart = |a: &Asked| {
            let (Some(x), Some(y)) = (a.answer.gradient[one], a.answer.gradient[twin]) else { return false };
            (x - y).abs() > a.tolerance[one] + a.tolerance[twin]
        };
        found.extend(asked.iter().position(apart).map(|at| (i, j, at)));
    }
    found
}

/// Whether a question that was put again got another answer.
fn changed(asked: &[Asked]) -> bool {
    let same = |a: &Asked, b: &Asked| a.probe.theta == b.probe.theta && a.probe.data == b.probe.data;
    let differs = |a: &Asked, b: &Asked| {
        let pairs = a.answer.gradient.iter().zip(&b.answer.gradient).zip(&a.tolerance);
        pairs.filter_map(|((x, y), t)| Some(((*x)? - (*y)?).abs() > 2.0 * t)).any(|apart| apart)
    };
    asked
        .iter()
        .filter(|a| a.probe.role == Role::Again)
        .any(|a| asked.iter().find(|b| same(a, b)).is_some_and(|b| differs(a, b)))
}

/// What holds where a model has a kink.
fn kink_note(second: &Second<'_>) -> Option<String> {
    let arena = &second.model.program.arena;
    let kinked =
        arena.reachable(&[second.model.program.loss]).into_iter().find_map(|term| match arena.op(term) {
            Op::Select(c, a, b) if a == c && arena.constant_of(b) == Some(0.0) => Some("relu"),
            Op::Select(..) => Some("a choice"),
            Op::Map(Function::Abs, _) => Some("abs"),
            Op::Zip(Zip::Max | Zip::Min, ..) => Some("max or min"),
            _ => None,
        })?;
    Some(format!(
        "{kinked} has a kink: what bends there alone counts as second derivative 0, as it is on both sides of it."
    ))
}

/// Fills in complex steps and differences of the gradient. Where both speak against the term, nothing is said.
fn every_way(
    second: &Second<'_>,
    what: What,
    questions: &[Question],
    asked: &[Asked],
    components: &mut [Component],
    entries: &[Vec<usize>],
) {
    let n = second.count();
    let mut gradients = Gradients::new(second);
    let mut steps: std::collections::HashMap<(usize, usize), Option<Vec<f64>>> =
        std::collections::HashMap::new();
    for k in chosen(components) {
        let c = &mut components[k];
        let (Some(a), Some(question)) = (asked.get(c.probe), questions.get(c.probe)) else { continue };
        let noise = a.truth.noise[entries[k][0]];
        if !c.derived.is_finite() || !noise.is_finite() {
            continue;
        }
        let (row, column) =
            if what == What::Hessian { (entries[k][0] / n, entries[k][0] % n) } else { (k, 0) };
        let vector = if what == What::Hessian { unit(n, column) } else { question.vector.clone() };
        c.difference = gradients.difference(&a.probe, &vector, row);
        if c.interval.is_some() {
            continue; // At a kink each way follows a convention of its own.
        }
        let step = steps.entry((c.probe, column)).or_insert_with(|| second.complex_step(&a.probe, &vector));
        c.complex_step = step.as_ref().and_then(|s| s.get(row).copied()).filter(|s| s.is_finite());
        if is_doubtful(c, noise) {
            c.status = Status::Undecided;
        }
    }
}

/// The gradient at many points, by the plan.
struct Gradients<'a> {
    second: &'a Second<'a>,
    points: ByPlan,
}

impl<'a> Gradients<'a> {
    fn new(second: &'a Second<'a>) -> Gradients<'a> {
        let mut program = second.model.program.clone();
        program.arena = second.arena.clone();
        let plan = Plan::compile(&program, &second.gradient);
        Gradients { second, points: ByPlan::new(plan) }
    }

    /// How entry `row` of the gradient changes along v, by central differences.
    fn difference(&mut self, probe: &Probe, vector: &[f64], row: usize) -> Option<(f64, f64)> {
        self.points.load(&probe.data);
        let parameters = &self.second.model.program.parameters;
        let own = parameters.iter().position(|p| (p.offset..p.offset + p.len()).contains(&row))?;
        let entry = row - parameters[own].offset;
        // Along a unit vector the step goes with the size of the parameter.
        let one = vector.iter().filter(|v| **v != 0.0).count() == 1;
        let here = vector.iter().position(|v| *v != 0.0).filter(|_| one).map_or(0.0, |k| probe.theta[k]);
        let f = |t: f64| {
            let theta: Vec<f64> = probe.theta.iter().zip(vector).map(|(&p, &v)| p + (t - here) * v).collect();
            self.points.entry(&theta, own, entry)
        };
        differences::central(f, here)
    }
}
