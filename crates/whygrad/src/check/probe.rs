//! Where a gradient is looked at: parameters, rows and a learning rate.

use super::Options;
use crate::data::Dataset;
use crate::model::Model;

/// Which values a source can be asked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Freedom {
    /// Any parameters, any rows.
    #[default]
    Any,
    /// Any parameters, any values, but as many rows as the given data has (one without data).
    FixedRows,
    /// Any parameters, the given rows only.
    FixedData,
}

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The given point and the given data.
    Given,
    /// Random parameters on the given data.
    RandomPoint,
    /// Random parameters and random rows.
    Random,
    /// Random parameters and one random row.
    SingleRow,
    /// An earlier probe at another learning rate.
    OtherRate,
    /// An earlier probe once more.
    Again,
}

/// One question to a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// What it is for.
    pub role: Role,
    /// Flat parameters.
    pub theta: Vec<f64>,
    /// The rows; one row without columns for a plain function.
    pub data: Dataset,
    /// The learning rate, of which only mistakes depend.
    pub learning_rate: f64,
}

/// The probes of a source that can be asked anything the options allow.
pub fn plan(model: &Model, options: &Options) -> Vec<Probe> {
    let _ = (model, options);
    vec![]
}
