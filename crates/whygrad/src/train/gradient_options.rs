//! What is done to a derivative before an optimiser makes a step of it.

use serde::{Deserialize, Serialize};

use super::optimiser::Recipe;
use super::settings::{Range, SettingError};

/// Options on the gradient. In a step they act in this order: clipping by norm, clipping by value, penalties, decay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradientOptions {
    /// Where the Euclidean norm of the whole gradient of the loss is above this, the gradient is scaled down to it.
    pub clip_norm: Option<f64>,
    /// Each derivative is held between minus this and this.
    pub clip_value: Option<f64>,
    /// Adds l1 Σ|w| to the loss: l1·sign(w) to each derivative.
    pub l1: f64,
    /// Adds l2 Σw² to the loss: 2·l2·w to each derivative.
    pub l2: f64,
    /// Adds λ w to each derivative; `AdamW` takes rate·λ·w off the parameter instead, in place of its own decay. Fahlman's
    /// decay of Quickprop is this one.
    pub weight_decay: Option<f64>,
}

impl GradientOptions {
    /// Whether the numbers are in their ranges.
    pub fn check(&self) -> Result<(), SettingError> {
        let given = [("clip-norm", self.clip_norm), ("clip-value", self.clip_value)];
        for (name, value) in given {
            value.map_or(Ok(()), |value| Range::Above.check(name, value))?;
        }
        Range::NotNegative.check("l1", self.l1)?;
        Range::NotNegative.check("l2", self.l2)?;
        self.weight_decay.map_or(Ok(()), |value| Range::NotNegative.check("weight-decay", value))
    }

    /// Puts the formulas of these options before those of an optimiser.
    pub(super) fn prepend_to(&self, recipe: &mut Recipe, decoupled: bool) {
        let decay = self.weight_decay.filter(|decay| *decay != 0.0 && !decoupled);
        let lines = [
            (self.clip_norm, "clip_norm", "g = select(norm - clip_norm, clip_norm/norm*g, g)"),
            (self.clip_value, "clip_value", "g = max(-clip_value, min(g, clip_value))"),
            (Some(self.l1).filter(|l1| *l1 != 0.0), "l1", "g = g + l1*sign(w)"),
            (Some(self.l2).filter(|l2| *l2 != 0.0), "l2", "g = g + 2*l2*w"),
            (decay, "weight_decay", "g = g + weight_decay*w"),
        ];
        let mut formulas = Vec::new();
        for (value, name, line) in lines {
            if let Some(value) = value {
                recipe.constants.push((name, value));
                formulas.push(line);
            }
        }
        formulas.append(&mut recipe.formulas);
        recipe.formulas = formulas;
    }
}
