//! Points where the gradient is 0, and how the loss bends there.

use super::field::Field;
use super::{dot, minus, norm};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::Control;
use crate::train::method::Curvature;

/// Up to so many parameters a point is polished.
const MOST: usize = 60;

/// Steps at most.
const STEPS: usize = 80;

/// A gradient of this length beside the largest eigenvalue is 0.
const ZERO: f64 = 1e-9;

/// Near a saddle whose lowest direction is nearly flat it falls so far only slowly.
const NEARLY: f64 = 1e-7;

/// An eigenvalue of this size beside the largest is 0.
const FLAT: f64 = 1e-7;

/// What a stationary point is, by the eigenvalues of the Hessian there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All are positive.
    Minimum,
    /// All are negative.
    Maximum,
    /// Some are positive and some negative.
    Saddle,
    /// Some are 0, as far as can be told, and no two have different signs.
    Flat,
}

/// A point where the gradient is 0.
#[derive(Clone, Debug)]
pub struct Stationary {
    /// The parameters.
    pub theta: Vec<f64>,
    /// The loss there.
    pub loss: f64,
    /// The length of what is left of the gradient.
    pub gradient_norm: f64,
    /// How far it is from where it was looked for.
    pub moved: f64,
    /// Eigenvalues of the Hessian with their vectors, the least first.
    pub pairs: Vec<(f64, Vec<f64>)>,
}

impl Stationary {
    /// The stationary point that belongs to a place: close by, with nearly its loss. `watch` is told now and then which share
    /// of the steps is done at most; where it says [`Control::Stop`], nothing was found.
    pub fn near(
        from: &[f64],
        field: &mut Field,
        curvature: &mut Curvature,
        watch: &mut dyn FnMut(f64) -> Control,
    ) -> Option<Stationary> {
        let found = Stationary::downhill(from, field, curvature, watch)?;
        let before = field.loss(from);
        let same = (found.loss - before).abs() <= 0.03 * before.abs().max(1e-12);
        (same && found.moved <= 0.5 * norm(from).max(1.0)).then_some(found)
    }

    /// Gauss-Newton steps on the length of the gradient, with the exact Hessian and damping (Levenberg 1944): they go to
    /// saddles and minima alike. `None` where they find no stationary point, or the net has too many parameters.
    fn downhill(
        from: &[f64],
        field: &mut Field,
        curvature: &mut Curvature,
        watch: &mut dyn FnMut(f64) -> Control,
    ) -> Option<Stationary> {
        if from.is_empty() || from.len() > MOST || !from.iter().all(|t| t.is_finite()) {
            return None;
        }
        let mut theta = from.to_vec();
        let mut gradient = field.gradient(&theta);
        let mut damping = 1e-4;
        let mut pairs = eigenpairs(curvature, &theta)?;
        for step in 0..STEPS {
            if watch(step as f64 / STEPS as f64) == Control::Stop {
                return None;
            }
            let largest = largest(&pairs);
            if norm(&gradient) <= 0.01 * ZERO * largest {
                break;
            }
            let next = (0..14).find_map(|_| {
                let next = stepped(&theta, &gradient, &pairs, damping * largest * largest);
                let slope = field.gradient(&next);
                if norm(&slope) < norm(&gradient) {
                    damping *= 0.1;
                    return Some((next, slope));
                }
                damping *= 10.0;
                None
            });
            let Some(next) = next else { break };
            (theta, gradient) = next;
            pairs = eigenpairs(curvature, &theta)?;
        }
        let (moved, length) = (norm(&minus(&theta, from)), norm(&gradient));
        if length > NEARLY * largest(&pairs) {
            return None;
        }
        // Of one parameter there is no larger eigenvalue beside which this one could be 0: it is, where it changes its
        // sign close by.
        if let ([at], [pair]) = (&theta[..], &mut pairs[..]) {
            let close = 1e-4 * (1.0 + at.abs());
            let mut bend = |at: f64| curvature.eigenpairs(&[at]).first().map_or(0.0, |pair| pair.0);
            if bend(at - close) * bend(at + close) <= 0.0 {
                pair.0 = 0.0;
            }
        }
        let loss = field.loss(&theta);
        loss.is_finite().then_some(Stationary { theta, loss, gradient_norm: length, moved, pairs })
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        let highest = self.pairs.last().map_or(0.0, |p| p.0);
        if self.is_minimum() {
            Kind::Minimum
        } else if highest < -FLAT * self.largest() {
            Kind::Maximum
        } else if self.is_saddle() && highest > FLAT * self.largest() {
            Kind::Saddle
        } else {
            Kind::Flat
        }
    }

    /// How many eigenvalues are 0, as far as can be told.
    pub fn flat_directions(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.0.abs() <= FLAT * self.largest()).count()
    }

    /// The size of the largest eigenvalue.
    pub fn largest(&self) -> f64 {
        largest(&self.pairs)
    }

    /// The least eigenvalue.
    pub fn smallest(&self) -> f64 {
        self.pairs.first().map_or(0.0, |p| p.0)
    }

    /// Bent upwards in every direction, so clearly that the point is a minimum and no flat place.
    pub fn is_minimum(&self) -> bool {
        let zero = self.gradient_norm <= ZERO * self.largest();
        zero && self.smallest() > FLAT * self.largest() && self.gradient_norm <= 1e-6 * self.smallest()
    }

    /// Bent downwards in some direction, more than what is left of the gradient could hide.
    pub fn is_saddle(&self) -> bool {
        self.smallest() < -FLAT * self.largest() && self.gradient_norm <= -0.1 * self.smallest()
    }
}

fn eigenpairs(curvature: &mut Curvature, theta: &[f64]) -> Option<Vec<(f64, Vec<f64>)>> {
    let pairs = curvature.eigenpairs(theta);
    pairs.iter().all(|p| p.0.is_finite()).then_some(pairs).filter(|p| largest(p) > 1e-12)
}

fn largest(pairs: &[(f64, Vec<f64>)]) -> f64 {
    pairs.iter().map(|p| p.0.abs()).fold(0.0, f64::max)
}

/// theta - (H² + damping)⁻¹ H g
fn stepped(theta: &[f64], gradient: &[f64], pairs: &[(f64, Vec<f64>)], damping: f64) -> Vec<f64> {
    let mut next = theta.to_vec();
    for (value, vector) in pairs {
        let slope = dot(vector, gradient);
        let share = value * slope / (value * value + damping);
        if share.is_finite() {
            next.iter_mut().zip(vector).for_each(|(n, v)| *n -= share * v);
        }
    }
    next
}

/// The stationary points near the places of a way where the slope is least, and, where there are no more parameters than
/// two, near those of a rectangle; each once. `watch` is told which share of the work is done; where it says
/// [`Control::Stop`], the points found so far are all.
pub fn stationary_points(
    (model, data): (&Model, Option<&Dataset>),
    path: &[Vec<f64>],
    around: Option<((f64, f64), (f64, f64))>,
    watch: &mut dyn FnMut(f64) -> Control,
) -> Vec<Stationary> {
    if model.program.parameter_count() > MOST {
        return vec![];
    }
    let (mut field, mut curvature) = (Field::new(model, data), Curvature::new(model, data));
    let mut slopes = Vec::with_capacity(path.len());
    for theta in path {
        if watch(0.0) == Control::Stop {
            return vec![];
        }
        slopes.push(norm(&field.gradient(theta)));
    }
    let at = |k: usize| slopes.get(k).copied().unwrap_or(f64::INFINITY);
    let rest = |k: &usize| at(*k) <= k.checked_sub(1).map_or(f64::INFINITY, at) && at(*k) <= at(k + 1);
    let mut from: Vec<Vec<f64>> = (0..path.len()).filter(rest).map(|k| path[k].clone()).collect();
    // The end first, and then where it was flattest.
    from.reverse();
    from.truncate(most_places(model, data));
    let of_path = from.len();
    if let Some((x, y)) = around.filter(|_| model.program.parameter_count() <= 2) {
        let place = |(low, high): (f64, f64), k: usize| low + (high - low) * (k as f64 + 0.5) / SIDE as f64;
        let one = model.program.parameter_count() == 1;
        let grid = (0..SIDE * SIDE).map(|k| (place(x, k % SIDE), place(y, k / SIDE)));
        from.extend(
            grid.take(if one { SIDE } else { SIDE * SIDE })
                .map(|(x, y)| if one { vec![x] } else { vec![x, y] }),
        );
    }
    let mut found: Vec<Stationary> = Vec::new();
    let all = from.len() as f64;
    for (k, place) in from.into_iter().enumerate() {
        let watch = &mut |share: f64| watch((k as f64 + share) / all);
        let close = k < of_path;
        let find = if close { Stationary::near } else { Stationary::downhill };
        let Some(point) = find(&place, &mut field, &mut curvature, watch) else { continue };
        let known = |other: &Stationary| {
            norm(&minus(&other.theta, &point.theta)) <= 1e-4 * (1.0 + norm(&point.theta))
        };
        if !found.iter().any(known) {
            found.push(point);
        }
    }
    found
}

/// Places of a way from which a stationary point is looked for, at most.
const MOST_PLACES: usize = 12;

/// Products of a parameter with a row in a search from all places that are waited for: some seconds.
const WAITED: f64 = 3e9;

/// From how many places of a way one looks: with many rows from its end alone.
fn most_places(model: &Model, data: Option<&Dataset>) -> usize {
    let (rows, count) = (data.map_or(1, |data| data.rows), model.program.parameter_count());
    // A Hessian has as many products with vectors as parameters, each some four times the loss.
    let one = 4.0 * (STEPS * rows.max(1) * count * count) as f64;
    ((WAITED / one.max(1.0)) as usize).clamp(1, MOST_PLACES)
}

/// Places to each side of a rectangle from which one is looked for.
const SIDE: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;

    fn kinds(text: &str, around: ((f64, f64), (f64, f64))) -> Vec<(Kind, Vec<f64>)> {
        let model = Model::parse(text, &ModelOptions::default()).unwrap();
        let found = stationary_points((&model, None), &[], Some(around), &mut |_| Control::Continue);
        let rounded = |theta: &[f64]| theta.iter().map(|t| (t * 1e3).round() / 1e3 + 0.0).collect();
        let mut kinds: Vec<_> = found.iter().map(|p| (p.kind(), rounded(&p.theta))).collect();
        kinds.sort_by(|a: &(Kind, Vec<f64>), b| a.1.partial_cmp(&b.1).unwrap());
        kinds
    }

    #[test]
    fn the_search_tells_how_far_it_is_and_ends_where_it_is_told_to() {
        let model = Model::parse("minimize x^3 - 3*x + y^2", &ModelOptions::default()).unwrap();
        let around = Some(((-2.0, 2.0), (-2.0, 2.0)));
        let mut told = Vec::new();
        let mut search = |last: f64| {
            stationary_points((&model, None), &[vec![0.5, 0.5]], around, &mut |share| {
                told.push(share);
                if share < last { Control::Continue } else { Control::Stop }
            })
            .len()
        };
        assert_eq!((search(2.0), search(0.0)), (2, 0));
        assert!(told[..told.len() - 1].is_sorted() && told.iter().all(|share| (0.0..=1.0).contains(share)));
    }

    #[test]
    fn minima_saddles_and_maxima_of_a_function_are_found_and_told_apart() {
        // x^3 - 3x + y^2: a minimum at (1, 0), a saddle at (-1, 0).
        let found = kinds("minimize x^3 - 3*x + y^2", ((-2.0, 2.0), (-2.0, 2.0)));
        assert_eq!(found, [(Kind::Saddle, vec![-1.0, 0.0]), (Kind::Minimum, vec![1.0, 0.0])]);
        // Flat at 0, the minimum at 9/4.
        let found = kinds("minimize x^4 - 3*x^3 + 2", ((-2.0, 4.0), (0.0, 0.0)));
        assert_eq!(found, [(Kind::Flat, vec![0.0]), (Kind::Minimum, vec![2.25])]);
        let found = kinds("minimize x^3 - 3*x", ((-3.0, 3.0), (0.0, 0.0)));
        assert_eq!(found, [(Kind::Maximum, vec![-1.0]), (Kind::Minimum, vec![1.0])]);
    }
}
