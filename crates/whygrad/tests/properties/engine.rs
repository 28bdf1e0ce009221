//! The plan that runs, against the oracle that defines.

use whygrad::engine::plan::Plan;
use whygrad::engine::real::Real;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::expr::arena::Term;

use crate::case::{Case, case, largest, none_wrong};

/// How many models.
const MODELS: u64 = 2_500;
/// Loss and gradient of one net.
fn one_net<T: Real>(case: &Case, plan: &Plan, theta: &[f64]) -> Vec<T> {
    outputs(case, plan, &theta.iter().map(|&t| T::of(t)).collect::<Vec<_>>())
}

/// The numbers of every root, for roots that all rows share.
fn outputs<T: Real>(case: &Case, plan: &Plan, theta: &[T]) -> Vec<T> {
    let convert = |data: &[f64]| data.iter().map(|&x| T::of(x)).collect::<Vec<_>>();
    let (inputs, targets) = (convert(&case.inputs), convert(&case.targets));
    let mut space = Workspace::<T>::new(plan);
    space.load(plan, &Batch { inputs: &inputs, targets: &targets, rows: case.rows });
    space.run(plan, theta);
    let mut out = Vec::new();
    for root in 0..=case.model.program.gradient.len() {
        let from = out.len();
        let len = space.output(plan, root).1.len;
        out.resize(from + len, T::of(0.0));
        space.copy_output(plan, root, &mut out[from..]);
    }
    out
}

/// Loss and gradient as the oracle has them.
fn oracle(case: &Case, theta: &[f64]) -> Vec<f64> {
    let mut all = vec![case.loss(theta)];
    all.extend(case.gradient(theta));
    all
}

/// Equal to `relative`, or as close as rounding in numbers of size `size` allows.
fn close(a: f64, b: f64, relative: f64, size: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= relative * (b.abs() + 1e-2 * size)
}

#[test]
fn the_plan_in_f64_is_the_oracle() {
    let (mut wrong, mut same_bits) = (vec![], 0);
    for seed in 0..MODELS {
        let case = case(seed);
        let plan = Plan::of_gradient(&case.model.program);
        let expected = oracle(&case, &case.theta);
        let got: Vec<f64> = one_net(&case, &plan, &case.theta);
        same_bits += usize::from(got == expected);
        let size = largest(&expected) + 1.0;
        if let Some(k) = (0..got.len()).find(|&k| !close(got[k], expected[k], 1e-13, size)) {
            wrong.push(format!("number {k}: plan {:e}, oracle {:e}\n{case}", got[k], expected[k]));
        }
    }
    println!("{MODELS} plans, {same_bits} bit for bit the oracle");
    none_wrong(&wrong);
}

#[test]
fn single_precision_is_close() {
    let (mut wrong, mut compared) = (vec![], 0);
    for seed in 0..MODELS {
        let case = case(seed);
        if !case.is_finite() || case.near_a_kink(1e-4) {
            continue;
        }
        let expected = oracle(&case, &case.theta);
        if largest(&expected) > 1e4 || !expected.iter().all(|e| e.is_finite()) {
            continue;
        }
        compared += 1;
        let plan = Plan::of_gradient(&case.model.program);
        let got: Vec<f32> = one_net(&case, &plan, &case.theta);
        let size = largest(&expected) + 1.0;
        let far = (0..got.len()).find(|&k| !close(f64::from(got[k]), expected[k], 2e-3, size));
        if let Some(k) = far {
            wrong.push(format!("number {k}: f32 {:e}, oracle {:e}\n{case}", got[k], expected[k]));
        }
    }
    println!("{compared} models compared in f32");
    none_wrong(&wrong);
    assert!(compared as u64 * 4 > MODELS * 3);
}

#[test]
fn predictions_of_the_plan_are_those_of_the_oracle() {
    let (mut wrong, mut compared) = (vec![], 0);
    for seed in 0..MODELS {
        let case = case(seed);
        let roots: Vec<Term> = case.model.program.predictions.clone();
        let plan = Plan::compile(&case.model.program, &roots);
        let mut space = Workspace::<f64>::new(&plan);
        // Predictions need no targets.
        space.load(&plan, &Batch { inputs: &case.inputs, targets: &[], rows: case.rows });
        space.run(&plan, &case.theta);
        for (root, value) in case.values(&roots, &case.theta).iter().enumerate() {
            compared += 1;
            let (got, buffer) = space.output(&plan, root);
            let size = largest(&value.data);
            let same = got.len() == value.data.len()
                && buffer.per_row == value.shape.per_row
                && got.iter().zip(&value.data).all(|(&a, &b)| close(a, b, 1e-13, size));
            if !same {
                wrong.push(format!("prediction {root}: plan {got:?}, oracle {:?}\n{case}", value.data));
            }
        }
    }
    println!("{compared} predictions compared");
    none_wrong(&wrong);
    assert!(compared as u64 * 2 > MODELS);
}

#[test]
fn gradients_of_sums_over_two_batches_add_up() {
    let (mut wrong, mut compared) = (vec![], 0);
    for seed in 0..10 * MODELS {
        let case = case(seed);
        let source = &case.model.source;
        let sums = ["sse(", "half_sse("].iter().any(|s| source.contains(&format!("loss = {s}")));
        if !sums || source.contains(" + 0.0") || case.rows < 2 {
            continue;
        }
        compared += 1;
        let plan = Plan::of_gradient(&case.model.program);
        let width = (case.model.program.input_width(), case.model.program.target_width());
        let mut space = Workspace::<f64>::new(&plan);
        let mut on = |from: usize, to: usize| {
            let inputs = &case.inputs[from * width.0..to * width.0];
            let targets = &case.targets[from * width.1..to * width.1];
            space.load(&plan, &Batch { inputs, targets, rows: to - from });
            space.run(&plan, &case.theta);
            let roots = 0..=case.model.program.gradient.len();
            roots.flat_map(|root| space.output(&plan, root).0.to_vec()).collect::<Vec<f64>>()
        };
        // The same workspace takes batches of different lengths.
        let (first, second, all) = (on(0, 1), on(1, case.rows), on(0, case.rows));
        let size = largest(&all);
        let adds_up = (0..all.len()).all(|k| close(first[k] + second[k], all[k], 1e-12, size));
        if !adds_up {
            wrong.push(format!("{first:?} + {second:?} is not {all:?}\n{case}"));
        }
    }
    println!("{compared} models in two batches");
    none_wrong(&wrong);
    assert!(compared > 100);
}
