//! The assertion that a gradient is right, for tests.

use crate::check::{Verdict, closure};

/// Holds that a function computes the gradient of a model; see [`crate::assert_gradient!`], which calls it.
///
/// # Panics
/// Where the gradient is wrong or cannot be checked, with the report: that is what it is for.
#[track_caller]
pub fn assert_gradient(model: &str, gradient: impl FnMut(&[f64], &[Vec<f64>], &[Vec<f64>]) -> Vec<f64>) {
    match closure::checked(model, gradient) {
        Ok(report) if report.verdict == Verdict::Right => {}
        Ok(report) => panic!("{}", super::check_text(&report, "")),
        Err(trouble) => {
            let help = trouble.help.map_or_else(String::new, |help| format!("\nhelp: {help}"));
            panic!("the gradient cannot be checked: {}{help}", trouble.message)
        }
    }
}

/// Panics, with the report of the check, where a function does not compute the gradient of a model.
///
/// The model is a text, the name of a built-in one or a net in one word. The function takes the flat parameters, the
/// inputs and the targets, row by row, and gives the derivatives in the order of the parameters.
///
/// ```
/// whygrad::assert_gradient!("inputs x\ntarget y\nparams w\nloss = sum((w*x - y)^2)", |theta, inputs, targets| {
///     let slope = |(x, y): (&Vec<f64>, &Vec<f64>)| 2.0 * (theta[0] * x[0] - y[0]) * x[0];
///     vec![inputs.iter().zip(targets).map(slope).sum()]
/// });
/// ```
///
/// ```should_panic
/// // The inner derivative is left out.
/// whygrad::assert_gradient!("minimize (3*a + 1)^2", |theta, _, _| vec![2.0 * (3.0 * theta[0] + 1.0)]);
/// ```
#[macro_export]
macro_rules! assert_gradient {
    ($model:expr, $gradient:expr $(,)?) => {
        $crate::report::assert_gradient($model, $gradient)
    };
}
