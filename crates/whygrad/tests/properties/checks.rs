//! Right gradients are right in every precision, and small mistakes are found.

use whygrad::check::probe::plan;
use whygrad::check::truth::judge;
use whygrad::check::{Answer, LossStatus, Options, Precision, Probe, Report, Status, Verdict};
use whygrad::engine::plan::Plan;
use whygrad::engine::real::Real;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::expr::derivative;
use whygrad::expr::program::Program;
use whygrad::model::{Model, ModelOptions};
use whygrad::random::Seed;

use crate::case::{case, none_wrong, read};

/// What a program that computes with a plan in numbers of type `T` answers.
fn answer<T: Real>(program: &Program, probe: &Probe) -> Answer {
    let numbers = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
    let plan = Plan::of_gradient(program);
    let mut space = Workspace::new(&plan);
    let (inputs, targets) = (numbers(&probe.data.inputs), numbers(&probe.data.targets));
    space.load(&plan, &Batch { inputs: &inputs, targets: &targets, rows: probe.data.rows });
    space.run(&plan, &numbers(&probe.theta));
    let roots = 0..=program.gradient.len();
    let mut all: Vec<f64> =
        roots.flat_map(|r| space.output(&plan, r).0.iter().map(|v| v.to_f64()).collect::<Vec<_>>()).collect();
    let loss = all.remove(0);
    Answer { gradient: all.into_iter().map(Some).collect(), loss: Some(loss) }
}

/// The program whose loss is written as in the text, as a person would compute it.
fn as_written(model: &Model) -> Program {
    let mut program = model.program.clone();
    let symbols: Vec<_> = program.parameters.iter().map(|p| p.symbol).collect();
    program.loss = model.written_loss;
    program.gradient = derivative::gradient(&mut program.arena, program.loss, &symbols).by_symbol;
    program
}

/// How many random models; each is asked at some ten probes.
const MODELS: u64 = 500;

fn checked(model: &Model, seed: u64, mut answer: impl FnMut(&Probe) -> Answer) -> Report {
    let probes = plan(model, &Options { seed: Seed(seed), ..Options::default() });
    judge(model, probes.into_iter().map(|p| (p.clone(), answer(&p))).collect()).0
}

/// What is wrong about the report of a right gradient.
fn complaint(model: &Model, report: &Report, precision: &[Precision]) -> Option<String> {
    let wrong: Vec<_> = report.components.iter().filter(|c| c.status != Status::Right).collect();
    let fine = report.verdict == Verdict::Right
        && wrong.is_empty()
        && precision.contains(&report.precision)
        && !matches!(&report.loss, LossStatus::Differs(what) if what.contains("model"));
    (!fine).then(|| {
        format!("{}\n{:?} {:?} {:?} {wrong:?}", model.source, report.verdict, report.precision, report.loss)
    })
}

/// The formula as simplified and as written, in double and in single precision.
#[test]
fn a_right_gradient_is_right_in_double_and_in_single_precision() {
    let mut wrong = Vec::new();
    for seed in 0..MODELS {
        let model = case(seed).model;
        for program in [&model.program, &as_written(&model)] {
            let double = checked(&model, seed, |probe| answer::<f64>(program, probe));
            wrong.extend(complaint(&model, &double, &[Precision::Double]));
            // What is exact in single precision, such as a gradient of 1, is exact in double.
            let single = checked(&model, seed, |probe| answer::<f32>(program, probe));
            wrong.extend(complaint(&model, &single, &[Precision::Single, Precision::Double]));
        }
    }
    none_wrong(&wrong);
}

#[test]
fn one_component_off_by_a_thousandth_is_found() {
    let (mut missed, mut compared) = (Vec::new(), 0);
    for seed in 0..MODELS {
        let model = case(seed).model;
        let k = seed as usize % model.program.parameter_count();
        let exact = checked(&model, seed, |probe| answer::<f64>(&model.program, probe));
        // A component that is 0 everywhere, or lost in rounding, cannot be off by a factor.
        let clear = |r: &Report| r.components[k].derived.abs() > 1e4 * r.components[k].noise;
        if !clear(&exact) {
            continue;
        }
        compared += 1;
        let report = checked(&model, seed, |probe| {
            let mut answer = answer::<f64>(&model.program, probe);
            answer.gradient[k] = answer.gradient[k].map(|g| g * (1.0 + 1e-3));
            answer
        });
        let found: Vec<usize> = (0..report.components.len())
            .filter(|&other| report.components[other].status == Status::Wrong)
            .collect();
        if report.verdict != Verdict::Wrong || found != [k] {
            missed.push(format!("{}\ncomponent {k}: {found:?} {:?}", model.source, report.precision));
        }
    }
    println!("{compared} of {MODELS} models compared");
    none_wrong(&missed);
    assert!(5 * compared > 3 * MODELS, "only {compared} compared");
}

const NET: &str =
    "inputs x[2]\ntarget y\nh = dense(x, 3, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)";

#[test]
fn a_gradient_off_by_a_millionth_everywhere_is_no_mistake_of_a_derivation_nor_single_precision() {
    let model = read(NET);
    let report = checked(&model, 1, |probe| {
        let answer = answer::<f64>(&model.program, probe);
        Answer { gradient: answer.gradient.iter().map(|g| g.map(|g| g * (1.0 + 1e-6))).collect(), ..answer }
    });
    assert_eq!((report.verdict, report.precision), (Verdict::Right, Precision::Double));
    assert!(report.notes.iter().any(|n| n.contains("more than rounding")), "{:?}", report.notes);
}

#[test]
fn single_precision_is_recognised_though_the_numbers_are_stored_in_double() {
    let model = read(NET);
    let report = checked(&model, 1, |probe| {
        let single = answer::<f32>(&model.program, probe).gradient;
        let double = answer::<f64>(&model.program, probe).gradient;
        // Half of it is computed in double precision, and the 24 bits cannot be seen any more.
        let gradient =
            single.iter().zip(&double).map(|(s, d)| Some((s.as_ref()? + d.as_ref()?) / 2.0)).collect();
        Answer { gradient, loss: None }
    });
    assert_eq!((report.verdict, report.precision), (Verdict::Right, Precision::Single));
    assert!(report.notes.iter().any(|n| n.contains("written in double")), "{:?}", report.notes);
}

#[test]
fn printed_digits_are_compared_to_what_they_say() {
    let model = read(NET);
    let printed = |off: f64| {
        checked(&model, 1, |probe| {
            let answer = answer::<f64>(&model.program, probe);
            let print = |g: &Option<f64>| g.and_then(|g| format!("{:.5}", g + off).parse().ok());
            Answer { gradient: answer.gradient.iter().map(print).collect(), loss: None }
        })
    };
    assert_eq!((printed(0.0).verdict, printed(0.0).precision), (Verdict::Right, Precision::Decimals(5)));
    assert_eq!(printed(2e-5).verdict, Verdict::Wrong);
}

#[test]
fn a_partial_answer_is_judged_by_what_is_there_and_nothing_by_nothing() {
    let model = read(NET);
    let partly = checked(&model, 1, |probe| {
        let mut answer = answer::<f64>(&model.program, probe);
        answer.gradient[1..].fill(None);
        answer
    });
    assert_eq!(partly.verdict, Verdict::Right);
    assert_eq!(partly.components[0].status, Status::Right);
    assert!(partly.components[1..].iter().all(|c| c.status == Status::NotGiven));
    assert_eq!(checked(&model, 1, |_| Answer::default()).verdict, Verdict::Undecided);
}

#[test]
fn what_is_not_a_number_is_wrong_where_there_is_one() {
    let model = read(NET);
    let report = checked(&model, 1, |probe| {
        let mut answer = answer::<f64>(&model.program, probe);
        answer.gradient[2] = Some(f64::NAN);
        answer
    });
    assert_eq!((report.verdict, report.components[2].status), (Verdict::Wrong, Status::Wrong));
    assert!(report.notes[0].starts_with("dh.W[1,0] is not a number at probe 0"), "{:?}", report.notes);
}

/// At the point 0 every unit of the hidden layer lies on its kink in every row.
#[test]
fn at_a_kink_any_slope_between_the_sides_is_right_and_the_convention_is_named() {
    let text = "inputs x[2]\ntarget y\nh = dense(x, 2, relu)\ny_hat = dense(h, 1)\nloss = half_sse(y_hat, y)";
    let model = read(text);
    let data = plan(&model, &Options::default()).swap_remove(0).data;
    let point = vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.7, -0.4, 0.1];
    let probe = Probe { theta: point.clone(), data, ..plan(&model, &Options::default()).swap_remove(0) };
    // dL/db of unit 0 with slope s at the kink: s times the sum over the rows of (y_hat - y) w.
    let with_slope = |slope: f64| {
        let mut answer = answer::<f64>(&model.program, &probe);
        for row in 0..probe.data.rows {
            let error = 0.1 - probe.data.target_row(row)[0];
            for (unit, weight) in [0.7, -0.4].into_iter().enumerate() {
                let delta = slope * error * weight;
                let mut add =
                    |k: usize, value: f64| answer.gradient[k] = answer.gradient[k].map(|g| g + value);
                add(2 * unit, delta * probe.data.input_row(row)[0]);
                add(2 * unit + 1, delta * probe.data.input_row(row)[1]);
                add(4 + unit, delta);
            }
        }
        judge(&model, vec![(probe.clone(), answer)]).0
    };
    for (slope, says) in [(0.0, "slope 0 there, as"), (1.0, "slope 1 there"), (0.5, "slope 0.5 there")] {
        let report = with_slope(slope);
        assert_eq!(report.verdict, Verdict::Right, "{slope}: {:?}", report.components);
        assert!(report.notes.iter().any(|n| n.contains("relu") && n.contains(says)), "{:?}", report.notes);
    }
    assert_eq!(with_slope(1.5).verdict, Verdict::Wrong);
    assert_eq!(with_slope(-0.5).verdict, Verdict::Wrong);
}

/// sigmoid(50) is 1 in double precision, so 1 - sigmoid(50) is 0, though 2e-22 is true.
#[test]
fn a_saturated_slope_of_0_is_right() {
    let model = read("inputs x\ntarget y\nparams w\ny_hat = 1/(1 + exp(-w*x))\nloss = sse(y_hat, y)");
    let mut probe = plan(&model, &Options::default()).swap_remove(0);
    probe.theta = vec![0.8];
    (probe.data.inputs, probe.data.targets, probe.data.rows) = (vec![62.5], vec![0.0], 1);
    let zero = Answer { gradient: vec![Some(0.0)], loss: Some(1.0) };
    let report = judge(&model, vec![(probe, zero)]).0;
    assert_eq!((report.verdict, &report.loss), (Verdict::Right, &LossStatus::Agrees));
    let exact = report.components[0].complex_step.unwrap();
    assert!(exact > 1e-20 && exact < 1e-19, "{exact}");
}

/// A gradient of one's own is what is checked, never what it is checked against.
#[test]
fn the_truth_is_derived_whatever_gradient_the_model_was_given() {
    let text = "params a\nminimize a^2";
    let options = ModelOptions { gradient: Some("da = 3*a".into()), ..ModelOptions::default() };
    let model = Model::parse(text, &options).unwrap();
    assert!(model.own_gradient);
    let report = checked(&model, 1, |probe| answer::<f64>(&model.program, probe));
    assert_eq!(report.verdict, Verdict::Wrong);
    let right = |probe: &Probe| Answer { gradient: vec![Some(2.0 * probe.theta[0])], loss: None };
    assert_eq!(checked(&model, 1, right).verdict, Verdict::Right);
}
