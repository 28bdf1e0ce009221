//! What a method asks of a model: the squares that make the loss, and the second derivatives.

use num_complex::Complex64;
use whygrad::data::Dataset;
use whygrad::train::method::{MethodKind, ModelObjective, Objective, Unfit};

use crate::case::{Case, STEP, case, largest, none_wrong};

/// How many models.
const MODELS: usize = 1500;

fn data(case: &Case) -> Option<Dataset> {
    let program = &case.model.program;
    let names = |width: usize| (0..width).map(|k| k.to_string()).collect();
    (!case.model.plain_function).then(|| Dataset {
        inputs: case.inputs.clone(),
        targets: case.targets.clone(),
        rows: case.rows,
        input_names: names(program.input_width()),
        target_names: names(program.target_width()),
    })
}

#[test]
fn where_there_are_residuals_their_squares_are_the_loss_and_their_slopes_the_gradient() {
    let (mut compared, mut refused, mut wrong, mut seed) = (0, 0, vec![], 80_000);
    while compared < MODELS && seed < 100_000 {
        seed += 1;
        let case = case(seed);
        if !case.is_finite() {
            continue;
        }
        let found = ModelObjective::new(&case.model, data(&case).as_ref(), MethodKind::LEVENBERG_MARQUARDT);
        match found {
            Ok(mut objective) => {
                compared += 1;
                if let Err(error) = squares(&case, &mut objective) {
                    wrong.push(format!("{error}\n{case}"));
                }
            }
            Err(Unfit::NotSquares) if is_a_mean_of_squares(&case) => {
                wrong.push(format!("not seen to be squares\n{case}"));
            }
            Err(_) => refused += 1,
        }
    }
    println!("{compared} sums of squares, {refused} that are none");
    none_wrong(&wrong);
    assert_eq!(compared, MODELS);
}

/// Whether the loss is one of the named ones, alone.
fn is_a_mean_of_squares(case: &Case) -> bool {
    let loss = &case.model.loss_text;
    ["mse(", "half_mse(", "sse(", "half_sse("].iter().any(|name| loss.starts_with(name))
        && !loss.contains('+')
}

fn squares(case: &Case, objective: &mut ModelObjective) -> Result<(), String> {
    let count = case.theta.len();
    let (mut residuals, mut jacobian) = (vec![], vec![]);
    objective.residuals(&case.theta, &mut residuals, &mut jacobian);
    if jacobian.len() != residuals.len() * count {
        return Err(format!("{} residuals, {} slopes", residuals.len(), jacobian.len()));
    }
    let (loss, gradient) = (case.loss(&case.theta), case.gradient(&case.theta));
    let sum: f64 = residuals.iter().map(|r| r * r).sum();
    if (sum - loss).abs() > 1e-12 * loss {
        return Err(format!("the squares add up to {sum:e}, the loss is {loss:e}"));
    }
    for (k, &g) in gradient.iter().enumerate() {
        let parts: Vec<f64> =
            residuals.iter().zip(jacobian.chunks(count)).map(|(r, row)| 2.0 * r * row[k]).collect();
        let (slope, size) = (parts.iter().sum::<f64>(), largest(&parts));
        if (slope - g).abs() > 1e-10 * (size + g.abs()) + 1e-14 * (1.0 + largest(&gradient)) {
            return Err(format!("slope {k} is {slope:e}, and {g:e} in the gradient"));
        }
    }
    Ok(())
}

#[test]
fn the_hessian_of_newton_is_the_complex_step_of_the_gradient() {
    let (mut compared, mut wrong, mut seed) = (0, vec![], 110_000);
    while compared < MODELS / 5 && seed < 120_000 {
        seed += 1;
        let case = case(seed);
        if case.theta.len() > 40 || !case.is_finite() || case.near_a_kink(1e-4) {
            continue;
        }
        let mut objective =
            ModelObjective::new(&case.model, data(&case).as_ref(), MethodKind::Newton).unwrap();
        let n = case.theta.len();
        let mut hessian = vec![0.0; n * n];
        objective.hessian(&case.theta, &mut hessian);
        let slope = largest(&case.gradient(&case.theta));
        if !(hessian.iter().all(|h| h.is_finite() && h.abs() < 1e8) && slope < 1e8) {
            continue;
        }
        compared += 1;
        let floor = 1e-12 * largest(&hessian) + 1e-14 * (1.0 + slope);
        let mut stepped: Vec<Complex64> = case.theta.iter().map(|&t| t.into()).collect();
        for j in 0..n {
            stepped[j].im = STEP;
            for (i, exact) in case.gradient(&stepped).iter().enumerate() {
                let (here, exact) = (hessian[j * n + i], exact.im / STEP);
                if (here - exact).abs() > 1e-9 * here.abs() + floor {
                    wrong.push(format!("{i},{j}: {here:e}, complex step {exact:e}\n{case}"));
                }
            }
            stepped[j].im = 0.0;
        }
    }
    none_wrong(&wrong);
    assert_eq!(compared, MODELS / 5);
}
