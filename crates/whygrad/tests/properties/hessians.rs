//! The gradient's gradient.

use num_complex::Complex64;
use whygrad::expr::arena::{SymbolId, Term};
use whygrad::expr::derivative;
use whygrad::expr::op::Op;
use whygrad::expr::simplify::Simplifier;

use crate::case::{Case, STEP, case, largest, none_wrong};

/// How many Hessians.
const MODELS: usize = 300;

#[test]
fn hessians_are_symmetric_and_the_slopes_of_the_gradient() {
    let (mut compared, mut zero, mut wrong, mut seed) = (0, 0, vec![], 50_000);
    while compared < MODELS && seed < 60_000 {
        seed += 1;
        let mut case = case(seed);
        if case.theta.len() > 16 || !case.is_finite() || case.near_a_kink(1e-4) {
            continue;
        }
        let hessian = hessian(&mut case);
        let gradient = case.gradient(&case.theta);
        let finite = hessian.iter().flatten().chain(&gradient).all(|h| h.is_finite() && h.abs() < 1e8);
        if !finite {
            continue;
        }
        compared += 1;
        zero += usize::from(hessian.iter().flatten().all(|h| h.abs() < 1e-12));
        if let Err(error) = check(&case, &hessian, largest(&gradient)) {
            wrong.push(format!("{error}\n{case}"));
        }
    }
    println!("{compared} Hessians, {zero} of them zero");
    none_wrong(&wrong);
    assert!(compared == MODELS && 5 * zero <= compared);
}

/// The rows of the Hessian, each the derived gradient of one entry of the derived gradient.
fn hessian(case: &mut Case) -> Vec<Vec<f64>> {
    let program = &mut case.model.program;
    let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
    let mut rows: Vec<Vec<Term>> = Vec::new();
    for (p, &term) in program.parameters.iter().zip(&program.gradient) {
        for k in 0..p.len() {
            let entry = program.arena.make(Op::Pick(term, k));
            let entry = Simplifier::new(&mut program.arena).simplify(entry);
            rows.push(derivative::gradient(&mut program.arena, entry, &symbols).by_symbol);
        }
    }
    let values = |row: Vec<Term>| case.values(&row, &case.theta).into_iter().flat_map(|v| v.data);
    rows.into_iter().map(|row| values(row).collect()).collect()
}

fn check(case: &Case, hessian: &[Vec<f64>], slope: f64) -> Result<(), String> {
    let size = hessian.iter().map(|row| largest(row)).fold(0.0, f64::max);
    let floor = 1e-12 * size + 1e-14 * (1.0 + slope);
    let mut stepped: Vec<Complex64> = case.theta.iter().map(|&t| t.into()).collect();
    for j in 0..hessian.len() {
        stepped[j].im = STEP;
        let exact = case.gradient(&stepped);
        stepped[j].im = 0.0;
        let (near, far) = (differences(case, j, 1e-6), differences(case, j, 2e-6));
        for (i, row) in hessian.iter().enumerate() {
            let (here, turned, exact) = (row[j], hessian[j][i], exact[i].im / STEP);
            let close = |other: f64| (here - other).abs() <= 1e-9 * here.abs() + floor;
            let coarse = 10.0 * ((near[i] - far[i]).abs() + 1e-9 * (1.0 + slope)) + 1e-7 * size;
            if !close(turned) {
                return Err(format!("entry {i},{j} is {here:e}, entry {j},{i} is {turned:e}"));
            }
            if !close(exact) || (here - near[i]).abs() > coarse {
                let near = near[i];
                return Err(format!("{i},{j}: {here:e}, complex step {exact:e}, differences {near:e}"));
            }
        }
    }
    Ok(())
}

/// How the gradient changes with parameter `j`, by central differences.
fn differences(case: &Case, j: usize, step: f64) -> Vec<f64> {
    let at = |step: f64| {
        let mut theta = case.theta.clone();
        theta[j] += step;
        case.gradient(&theta)
    };
    at(step).iter().zip(at(-step)).map(|(up, down)| (up - down) / (2.0 * step)).collect()
}
