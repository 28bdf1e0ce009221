//! Answers that are the changed parameters, with another mistake in the gradient they were changed by.

use super::lab::Lab;
use super::{SAME, Setting, attempt, explanation, own_rate};
use crate::check::mistake::update_returned;
use crate::check::{Asked, Mistake};
use crate::model::Model;

/// The mistakes, where the answers are w - gradient or w - rate * gradient of a gradient that can be explained.
pub(super) fn moved(model: &Model, asked: &[&Asked]) -> Option<Vec<Mistake>> {
    [true, false].into_iter().find_map(|with_rate| {
        let read: Vec<Asked> = asked.iter().map(|a| gradient_of(a, with_rate, own_rate(asked))).collect();
        let some: Vec<&Asked> = read.iter().collect();
        let setting = Setting { rate: own_rate(asked), same: SAME, budget: 1 };
        let found = attempt(model, &some, setting);
        if found.left > 0 {
            return None;
        }
        let mut lab = Lab::new(model, &some, None);
        let edit = update_returned::moved(&mut lab, with_rate);
        let mut mistakes = found.mistakes;
        let group = mistakes.iter().map(|m| m.group + 1).max().unwrap_or(0);
        let all = (0..model.program.parameter_count()).collect();
        mistakes.push(Mistake { group, ..explanation::one(&lab, edit, all) });
        Some(mistakes)
    })
}

/// The gradient behind changed parameters.
fn gradient_of(asked: &Asked, with_rate: bool, own_rate: Option<f64>) -> Asked {
    let rate = if with_rate { own_rate.unwrap_or(asked.probe.learning_rate) } else { 1.0 };
    let mut read = asked.clone();
    for k in 0..read.wrong.len() {
        let Some(given) = asked.answer.gradient[k] else { continue };
        let gradient = (asked.probe.theta[k] - given) / rate;
        // The difference of two numbers of the parameter's size has their rounding.
        read.tolerance[k] += 4.0 * f64::EPSILON * (asked.probe.theta[k].abs() + given.abs()) / rate;
        read.answer.gradient[k] = Some(gradient);
        let slack = read.tolerance[k].max(SAME * gradient.abs());
        read.wrong[k] = (gradient - asked.truth.value[k]).abs() > slack;
    }
    read
}
