//! A gradient as a function of Rust, for the tests of a crate that computes one.

use super::{Answer, Options, Probe, Report, Source, Trouble, check};
use crate::data::{bind::BindOptions, builtin};
use crate::examples;
use crate::model::{Model, ModelOptions, one_word};
use crate::random::{Key, Purpose};

/// A function as a source: from a probe to its answer.
#[derive(Clone, Copy, Debug)]
pub struct FnSource<F>(pub F);

impl<F: FnMut(&Probe) -> Answer> Source for FnSource<F> {
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        Ok((self.0)(probe))
    }
}

/// Checks a function that takes the flat parameters, the inputs and the targets, row by row, and gives the
/// derivatives in the order of the parameters. The model is a text, the name of a built-in one, which brings its
/// data, or a net in one word. [`crate::assert_gradient!`] does the same in a test.
///
/// ```
/// use whygrad::check::{Verdict, closure};
///
/// let line = "inputs x\ntarget y\nparams w\nloss = mean((w*x - y)^2)";
/// let report = closure::checked(line, |theta, inputs, targets| {
///     let slope = |(x, y): (&Vec<f64>, &Vec<f64>)| 2.0 * (theta[0] * x[0] - y[0]) * x[0];
///     vec![inputs.iter().zip(targets).map(slope).sum::<f64>() / inputs.len() as f64]
/// })?;
/// assert_eq!(report.verdict, Verdict::Right);
/// # Ok::<(), whygrad::check::Trouble>(())
/// ```
///
/// # Errors
/// Where the model cannot be read, or the function gives another number of derivatives.
pub fn checked(
    model: &str,
    mut gradient: impl FnMut(&[f64], &[Vec<f64>], &[Vec<f64>]) -> Vec<f64>,
) -> Result<Report, Trouble> {
    let (model, options) = found(model)?;
    let expected = model.program.parameter_count();
    let mut other = None;
    let mut source = FnSource(|probe: &Probe| {
        let rows = |values: &[f64], width: usize| -> Vec<Vec<f64>> {
            let row = |r: usize| values.get(r * width..(r + 1) * width).unwrap_or_default().to_vec();
            (0..probe.data.rows).map(row).collect()
        };
        let inputs = rows(&probe.data.inputs, model.program.input_width());
        let targets = rows(&probe.data.targets, model.program.target_width());
        let mut values = gradient(&probe.theta, &inputs, &targets);
        if values.len() != expected {
            other = Some(values.len());
            values.resize(expected, f64::NAN);
        }
        Answer { gradient: values.into_iter().map(Some).collect(), loss: None }
    });
    let report = check(&model, &mut source, &options)?;
    match other {
        None => Ok(report),
        Some(got) => {
            let message = format!("the function gives {got} numbers, the model has {expected} parameters");
            let names = super::components::entries(&model.program.parameters);
            Err(Trouble::new(message, format!("give them in this order: {names}")))
        }
    }
}

/// The model, and the data of a built-in one.
fn found(name: &str) -> Result<(Model, Options), Trouble> {
    let options = Options::default();
    let read = |text: &str| {
        let no_model =
            |e: crate::model::ModelError| Trouble { message: format!("no model: {e}"), help: None };
        Model::parse(text, &ModelOptions::default()).map_err(no_model)
    };
    let Some(example) = examples::find(name) else {
        let text = if one_word::looks_like_net(name) { one_word::expand(name).ok() } else { None };
        return Ok((read(text.as_deref().unwrap_or(name))?, options));
    };
    let model = read(example.text)?;
    let key = Key::from_seed(options.seed).purpose(Purpose::Data);
    let bound = builtin::table(example.data, key)
        .map_err(|e| vec![e])
        .and_then(|table| model.bind(&table, &BindOptions::default()));
    let (data, _) = bound.map_err(|errors| Trouble {
        message: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        help: None,
    })?;
    Ok((model, Options { data: Some(data), ..options }))
}
