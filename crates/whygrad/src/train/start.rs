//! Starting values: what the text gives, and an initialiser for the rest.

use crate::init::{self, InitError, Initialiser};
use crate::model::Model;
use crate::random::{Purpose, Source};

use super::options::{Options, RandomSource, Start};

/// Starting values that cannot be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StartError {
    /// The initialiser does not fit the model.
    #[error(transparent)]
    Init(#[from] InitError),
    /// A value outside its domain.
    #[error("'{name}' starts at {value}, outside its domain ({low}, {high}); give it a value inside")]
    Domain {
        /// The parameter.
        name: String,
        /// Its value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
}

/// The flat starting values. What the text gives a value keeps it, unless `initialiser` is said.
///
/// Without an initialiser the weights of layers are Glorot-uniform and their biases 0; a formula
/// that is no layered net is drawn from [-1, 1].
pub fn starting_values(
    model: &Model,
    initialiser: Option<Initialiser>,
    seed: u64,
    random: RandomSource,
) -> Result<Vec<f64>, StartError> {
    let options = Options { seed, random, ..Options::default() };
    drawn(model, initialiser, &options).map(|(values, _)| values)
}

/// The starting values of a run with these options: of its seed, or of a restart of the seed.
///
/// Restart k draws from `Key::from_seed(seed).purpose(Init).fold(k)`, so that it needs no other to be drawn.
pub fn starting_values_of(
    model: &Model,
    initialiser: Option<Initialiser>,
    options: &Options,
) -> Result<Vec<f64>, StartError> {
    drawn(model, initialiser, options).map(|(values, _)| values)
}

/// The stream that a run draws its order from. whygrad's own has a key apart; Python has one
/// stream for everything, which goes on after the starting values were drawn.
pub(super) fn order_stream(model: &Model, options: &Options) -> Box<dyn Source> {
    let plain = || options.random.stream(options.seed, Purpose::Shuffle, options.restart);
    if options.start == Start::Given || options.random != RandomSource::Python {
        return plain();
    }
    match drawn(model, options.start.initialiser(), options) {
        Ok((_, stream)) => stream,
        Err(_) => plain(),
    }
}

/// The stream that first step lengths are drawn from, where each parameter has its own.
pub(super) fn step_stream(options: &Options) -> Box<dyn Source> {
    options.random.stream(options.seed, Purpose::Steps, options.restart)
}

/// The starting values, and the stream after they were drawn.
fn drawn(
    model: &Model,
    initialiser: Option<Initialiser>,
    options: &Options,
) -> Result<(Vec<f64>, Box<dyn Source>), StartError> {
    let entries = model.entries();
    let layered = entries.iter().all(|e| e.role != init::Role::Free);
    let chosen = initialiser.unwrap_or(if layered {
        Initialiser::GlorotUniform
    } else {
        Initialiser::Uniform { low: -1.0, high: 1.0 }
    });
    let mut source = options.random.stream(options.seed, Purpose::Init, options.restart);
    let mut values = init::draw(&chosen, &entries, model.program.parameter_count(), source.as_mut())?;
    if initialiser.is_none() {
        for (value, given) in values.iter_mut().zip(model.start()) {
            *value = given.unwrap_or(*value);
        }
    }
    for (p, info) in model.program.parameters.iter().zip(&model.parameters) {
        let Some((low, high)) = info.domain else { continue };
        for k in 0..p.len() {
            let value = &mut values[p.offset + k];
            if *value > low && *value < high {
                continue;
            }
            if info.start.is_some() || !(low.is_finite() && high.is_finite()) {
                return Err(StartError::Domain { name: p.entry_name(k), value: *value, low, high });
            }
            *value = source.uniform(low, high);
        }
    }
    Ok((values, source))
}
