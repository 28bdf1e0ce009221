//! Tiny nets: machine code, the interpreter, the oracle, and a net in company.

use whygrad::engine::lines::Lines;
use whygrad::engine::plan::Plan;
use whygrad::engine::real::Real;
use whygrad::engine::routine::{Form, Task};
use whygrad::engine::rule::Rule;
use whygrad::engine::scalar::Scalar;
use whygrad::engine::stepper::{Advance, Numbers, Stepper, natural_lanes};
use whygrad::engine::tape::Arithmetic;
use whygrad::engine::trainer::Trainer;
use whygrad::engine::vector::Level;
use whygrad::engine::workspace::{Batch, Hardware};
use whygrad::train::{GradientOptions, Optimiser, optimiser};

use crate::case::{Case, at_random_point, case, largest, none_wrong};
use crate::draw::Draw;
use crate::networks::Targets;

/// How many models.
const MODELS: u64 = 200;
/// How many steps each makes.
const STEPS: u64 = 3;

/// What is tried, one after the other, with the models.
const OPTIMISERS: [&str; 6] = ["gd", "momentum(0.9)", "adam", "rprop+", "quickprop", "nadam"];

fn rule(seed: u64) -> Rule {
    let optimiser: Optimiser = OPTIMISERS[seed as usize % OPTIMISERS.len()].parse().unwrap();
    let clip_norm = seed.is_multiple_of(5).then_some(0.3);
    optimiser.rule(&GradientOptions { clip_norm, ..GradientOptions::default() })
}

/// How a case is laid out and run.
#[derive(Clone, Copy, Debug)]
struct Layout {
    form: Form,
    lanes: usize,
    copies: usize,
    level: Level,
    fused: bool,
}

/// The loss before each step, and the parameters and what is remembered about them after the last, by net.
struct Trained<T> {
    losses: Vec<Vec<T>>,
    theta: Vec<Vec<T>>,
    memories: Vec<Vec<T>>,
}

/// Some steps of nets at `thetas`, as many as the layout has lanes for; `None` where the model is no
/// tape.
fn steps<T: Real + Scalar>(case: &Case, rule: &Rule, at: Layout, thetas: &[Vec<f64>]) -> Option<Trained<T>> {
    let single = T::default().fraction_bits() == 23;
    let program = &case.model.program;
    let task = Task {
        program,
        rule: Some(rule),
        watched: &[program.loss],
        until: None,
        freeze: false,
        rows: case.rows,
        form: at.form,
        lanes: at.lanes,
        arithmetic: Arithmetic { single, fused: at.fused },
    };
    let wide = if at.form == Form::Nets { at.lanes } else { 1 };
    let advance = Advance { rows: 0, shared: rule.shared.len(), watched: wide * at.copies };
    let stepper = Stepper::<T>::new(&task, advance, at.copies, at.level)?;
    let layout = stepper.layout();
    let real = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
    let mut rows = Vec::new();
    layout.lay_rows(&real(&case.inputs), &real(&case.targets), T::of(1.0), &mut rows);
    let mut cells = Lines::<T>::zeros(stepper.cells() * at.copies);
    let nets = wide * at.copies;
    let place = |net: usize, offset: usize| net / wide * stepper.cells() + offset + net % wide;
    for net in 0..nets {
        for (k, &value) in thetas[net % thetas.len()].iter().enumerate() {
            cells.as_mut_slice()[place(net, k * wide)] = T::of(value);
            for (m, memory) in rule.memories.iter().enumerate() {
                let offset = layout.memory_offset(m, k);
                cells.as_mut_slice()[place(net, offset)] = T::of(memory.start);
            }
        }
    }
    let shared: Vec<T> =
        (0..STEPS as usize * rule.shared.len()).map(|k| T::of(0.1 + 0.05 * k as f64)).collect();
    let mut watched = vec![T::of(0.0); STEPS as usize * nets];
    let mut numbers =
        Numbers { cells: cells.as_mut_slice(), rows: &rows, shared: &shared, watched: &mut watched };
    stepper.run(&mut numbers, STEPS);
    let losses = |net: usize| watched.chunks(nets).map(|step| step[net]).collect();
    let parameters = 0..case.theta.len();
    let theta = |net: usize| parameters.clone().map(|k| cells.as_slice()[place(net, k * wide)]).collect();
    let memories = |net: usize| {
        let all = (0..rule.memories.len()).flat_map(|m| parameters.clone().map(move |k| (m, k)));
        all.map(|(m, k)| cells.as_slice()[place(net, layout.memory_offset(m, k))]).collect()
    };
    Some(Trained {
        losses: (0..nets).map(losses).collect(),
        theta: (0..nets).map(theta).collect(),
        memories: (0..nets).map(memories).collect(),
    })
}

fn bits<T: Real>(trained: &Trained<T>, net: usize) -> Vec<u64> {
    let all = trained.losses[net].iter().chain(&trained.theta[net]).chain(&trained.memories[net]);
    // What is not a number has no bits to agree on.
    all.map(|x| if x.to_f64().is_nan() { u64::MAX } else { x.to_f64().to_bits() }).collect()
}

/// Every layout that must have the bits of the interpreter in one lane after the other.
fn layouts<T: Real + Scalar>() -> Vec<Layout> {
    let mut all = Vec::new();
    for level in [Level::Baseline, Level::Avx2, Level::Avx512] {
        let most = natural_lanes::<T>(level);
        for (lanes, copies) in [(most, 1), (4, 2)] {
            for fused in [true, false] {
                all.push(Layout { form: Form::Nets, lanes, copies, level, fused });
                all.push(Layout { form: Form::Rows, lanes, copies: 1, level, fused });
            }
        }
    }
    all
}

/// Every layout of every model against the interpreter's one of the same form.
fn machine_code_is_the_interpreter<T: Real + Scalar>() {
    let (mut wrong, mut compared) = (vec![], 0);
    for seed in 0..MODELS {
        let case = case(seed);
        let rule = rule(seed);
        let thetas = [case.theta.clone(), case.theta.iter().map(|t| 0.5 - t).collect()];
        let mut known: Vec<(Layout, Vec<u64>)> = Vec::new();
        for at in layouts::<T>() {
            let Some(trained) = steps::<T>(&case, &rule, at, &thetas) else { continue };
            let got = bits(&trained, 0);
            // Among nets the number of lanes has no say; among rows it is the order of the sum.
            let same = |other: &Layout| {
                other.form == at.form
                    && other.fused == at.fused
                    && (at.form == Form::Nets || other.lanes == at.lanes)
            };
            match known.iter().find(|(other, _)| same(other)) {
                None => known.push((at, got)),
                Some((other, expected)) => {
                    compared += 1;
                    if *expected != got {
                        wrong.push(format!("{at:?} is not {other:?}\n{got:?}\n{expected:?}\n{case}"));
                    }
                }
            }
        }
    }
    println!("{compared} layouts compared");
    none_wrong(&wrong);
    assert!(compared as u64 > 5 * MODELS);
}

#[test]
fn machine_code_has_the_bits_of_the_interpreter_in_f64() {
    machine_code_is_the_interpreter::<f64>();
}

#[test]
fn machine_code_has_the_bits_of_the_interpreter_in_f32() {
    machine_code_is_the_interpreter::<f32>();
}

#[test]
fn each_net_of_a_fleet_is_the_net_alone() {
    let (mut wrong, mut compared) = (vec![], 0);
    let lanes = natural_lanes::<f64>(Level::best());
    for seed in 0..MODELS {
        let case = case(seed);
        let rule = rule(seed);
        let fleet = Layout { form: Form::Nets, lanes, copies: 2, level: Level::best(), fused: true };
        let thetas: Vec<Vec<f64>> =
            (0..2 * lanes).map(|k| case.theta.iter().map(|t| t + 0.1 * k as f64).collect()).collect();
        let Some(together) = steps::<f64>(&case, &rule, fleet, &thetas) else { continue };
        let one = Layout { lanes: 4, copies: 1, level: Level::Baseline, ..fleet };
        for net in [0, 3, lanes, 2 * lanes - 1] {
            let Some(alone) = steps::<f64>(&case, &rule, one, &thetas[net..=net]) else { continue };
            compared += 1;
            if bits(&alone, 0) != bits(&together, net) {
                wrong.push(format!("net {net}\n{case}"));
            }
        }
    }
    none_wrong(&wrong);
    assert!(compared as u64 > 2 * MODELS);
}

/// A memory a little above the least normal number, of a derivative that is 0.
fn fades<T: Real + Scalar>(least: f64) {
    let text = "inputs x\ntargets y\nloss = mse(w*x, y) + 0*u";
    let case = at_random_point(1, text, Targets::Reals, &mut Draw::of(1));
    let program = &case.model.program;
    let u = program.parameters.iter().find(|p| p.name == "u").unwrap().offset;
    let mut rule = "momentum(0.9)".parse::<Optimiser>().unwrap().rule(&GradientOptions::default());
    rule.memories[0].start = 1.2 * least;
    for at in layouts::<T>() {
        let trained = steps::<T>(&case, &rule, at, std::slice::from_ref(&case.theta)).unwrap();
        assert_eq!(trained.memories[0][u].to_f64(), 0.0, "{at:?}");
    }
    let real = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
    let (inputs, targets) = (real(&case.inputs), real(&case.targets));
    let data = Batch { inputs: &inputs, targets: &targets, rows: case.rows };
    let plan = Plan::of_gradient(program);
    let mut wide = Trainer::new(&plan, &rule, &real(&case.theta), Hardware::best()).unwrap();
    for _ in 0..STEPS {
        wide.epoch(&plan, &data, case.rows, None, &mut |shared| shared.fill(0.1), &mut |_| true);
    }
    assert_eq!(wide.memory(0).unwrap()[u].to_f64(), 0.0);
}

#[test]
fn what_is_remembered_of_a_derivative_that_stays_0_becomes_0_however_it_is_run() {
    fades::<f64>(f64::MIN_POSITIVE);
    fades::<f32>(f64::from(f32::MIN_POSITIVE));
    let rule = "momentum(0.9)".parse::<Optimiser>().unwrap().rule(&GradientOptions::default());
    let mut oracle = optimiser::Stepper::new(&rule, 1);
    oracle.memories[0][0] = 1.2 * f64::MIN_POSITIVE;
    for _ in 0..STEPS {
        oracle.step(&mut [0.5], &[0.0], &[0.1]).unwrap();
    }
    assert_eq!(oracle.memories[0][0], 0.0);
}

#[test]
fn a_step_is_the_oracle_s_gradient() {
    let (mut wrong, mut compared) = (vec![], 0);
    let rule = "gd".parse::<Optimiser>().unwrap().rule(&GradientOptions::default());
    for seed in 0..MODELS {
        let case = case(seed);
        let expected = case.gradient(&case.theta);
        let size = largest(&expected) + 1.0;
        if !case.is_finite() || !expected.iter().all(|e| e.is_finite()) || size > 1e6 {
            continue;
        }
        for at in layouts::<f64>() {
            let Some(trained) = steps::<f64>(&case, &rule, at, std::slice::from_ref(&case.theta)) else {
                continue;
            };
            compared += 1;
            let loss = (trained.losses[0][0], case.loss(&case.theta));
            // The rate of the first step is 0.1; its parameters are those before the second loss.
            let close = (loss.0 - loss.1).abs() <= 1e-12 * (1.0 + loss.1.abs());
            let after: Vec<f64> = case.theta.iter().zip(&expected).map(|(t, g)| t - 0.1 * g).collect();
            let next = case.loss(&after);
            let moved = (trained.losses[0][1] - next).abs() <= 1e-9 * size * (1.0 + next.abs());
            if !close || (next.is_finite() && !moved && !case.near_a_kink(1e-6)) {
                wrong.push(format!("{at:?}: {loss:?}, then {} and {next}\n{case}", trained.losses[0][1]));
            }
        }
    }
    println!("{compared} steps compared");
    none_wrong(&wrong);
    assert!(compared as u64 > 5 * MODELS);
}
