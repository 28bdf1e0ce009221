//! Planes through the space of parameters, and where a point lies beside them.

use super::{dot, minus, norm};
use crate::model::Model;
use crate::random::{Key, Purpose, Seed, Source as _};
use crate::train::method::Eigen;

/// Why there is no such plane.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaneError {
    /// No parameter has this name.
    #[error("there is no parameter '{name}'; the model has {known}")]
    Unknown {
        /// What was said.
        name: String,
        /// What there is.
        known: String,
    },
    /// One parameter twice.
    #[error("'{0}' is named twice; a plane needs two different parameters")]
    Twice(String),
    /// The run never left its start.
    #[error(
        "the run never left its start, so that its path has no direction; take --plane random or name two parameters"
    )]
    NoWay,
    /// Runs that end at the same point.
    #[error("both runs end at the same parameters, so that no plane lies between them")]
    SameEnd,
    /// Runs of other models.
    #[error(
        "the other run has {found} parameters and this one {expected}; a plane lies between runs of one model"
    )]
    OtherModel {
        /// What this one has.
        expected: usize,
        /// What the other has.
        found: usize,
    },
}

/// One of the two axes of a [`Plane`].
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What runs along it, such as `w1` or `direction 1`.
    pub name: String,
    /// The way of one unit, an entry for each parameter.
    pub direction: Vec<f64>,
}

/// A point and one or two directions; with one it is a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The parameters at (0, 0).
    pub origin: Vec<f64>,
    /// To the right.
    pub x: Axis,
    /// Upwards; `None` for a line.
    pub y: Option<Axis>,
}

/// Where the places of a way lie in a plane and beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// The nearest point of the plane to each place.
    pub points: Vec<(f64, f64)>,
    /// How far each place is from that point.
    pub distance: Vec<f64>,
    /// The share of the way that lies in the plane: 1 less the squared distances over the squared distances from the
    /// end, each place weighted with the length of way beside it. 1 for a way that never leaves its end.
    pub held: f64,
}

impl Plane {
    /// The plane of two parameters by name, all others as they are in `theta`; the coordinates are the values themselves. With
    /// one name, the line of that parameter.
    pub fn of_parameters(model: &Model, theta: &[f64], names: &[String]) -> Result<Plane, PlaneError> {
        let entries = model.program.entry_names();
        let mut origin = theta.to_vec();
        let mut axis = |name: &String| {
            let found = entries.iter().position(|entry| entry == name);
            let at =
                found.ok_or_else(|| PlaneError::Unknown { name: name.clone(), known: listed(&entries) })?;
            let mut direction = vec![0.0; theta.len()];
            (direction[at], origin[at]) = (1.0, 0.0);
            Ok(Axis { name: name.clone(), direction })
        };
        let first = names.first().cloned().unwrap_or_default();
        let x = axis(&first)?;
        let y = names.get(1).map(axis).transpose()?;
        match y {
            Some(y) if y.name == x.name => Err(PlaneError::Twice(y.name)),
            y => Ok(Plane { origin, x, y }),
        }
    }

    /// The plane through the end of a way and along its two principal directions, as seen from that end (Li, Xu, Taylor,
    /// Studer & Goldstein, "Visualizing the loss landscape of neural nets", 2018, section 7); here each place is weighted with
    /// the length of way beside it, so that it does not matter how often a plateau was looked at. A way along a
    /// straight line gives a second direction at a right angle to it.
    pub fn of_path(path: &[Vec<f64>]) -> Result<Plane, PlaneError> {
        let end = path.last().filter(|end| !end.is_empty()).ok_or(PlaneError::NoWay)?;
        let weights = lengths(path);
        let steps: Vec<Vec<f64>> = path
            .iter()
            .zip(&weights)
            .map(|(place, weight)| minus(place, end).iter().map(|d| d * weight.sqrt()).collect())
            .filter(|step: &Vec<f64>| norm(step) > 0.0)
            .collect();
        let mut found = principal(&steps, end.len());
        if found.is_empty() {
            return Err(PlaneError::NoWay);
        }
        if found.len() < 2 {
            found.extend(beside(&found[0]));
        }
        // From the end, the way came from the left.
        let start = minus(&path[0], end);
        if dot(&start, &found[0]) > 0.0 {
            found[0].iter_mut().for_each(|d| *d = -*d);
        }
        let mut axes = found
            .into_iter()
            .zip(1..)
            .map(|(direction, k)| Axis { name: format!("direction {k}"), direction });
        let x = axes.next().ok_or(PlaneError::NoWay)?;
        Ok(Plane { origin: end.clone(), x, y: axes.next() })
    }

    /// Two random directions from `theta`, each unit's part as long as the unit's own weights and bias together (Li et
    /// al. 2018, section 4: filter-wise normalisation), so that a step of 1 is of the size of the net's weights at any scale.
    pub fn random(model: &Model, theta: &[f64], seed: u64) -> Plane {
        let units = units(model, theta.len());
        let mut stream = Key::from_seed(Seed(seed)).purpose(Purpose::Directions).stream();
        let mut axis = |name: &str| {
            let mut direction: Vec<f64> = theta.iter().map(|_| stream.normal(0.0, 1.0)).collect();
            for unit in &units {
                let part = |of: &[f64]| unit.iter().map(|&k| of[k] * of[k]).sum::<f64>().sqrt();
                let scale = part(theta) / part(&direction).max(f64::MIN_POSITIVE);
                for &k in unit {
                    direction[k] *= scale;
                }
            }
            // Parameters that are all 0 have no scale of their own.
            if norm(&direction) == 0.0 {
                direction = theta.iter().map(|_| stream.normal(0.0, 1.0)).collect();
            }
            Axis { name: name.into(), direction }
        };
        let x = axis("random direction 1");
        Plane { origin: theta.to_vec(), x, y: Some(axis("random direction 2")) }
    }

    /// The plane through the ends of two runs of one model and the start of the first: the first ends at (0, 0), the
    /// other at (1, 0).
    pub fn between(first: &[Vec<f64>], other: &[Vec<f64>]) -> Result<Plane, PlaneError> {
        let (Some(a), Some(b)) = (first.last(), other.last()) else { return Err(PlaneError::NoWay) };
        if a.len() != b.len() {
            return Err(PlaneError::OtherModel { expected: a.len(), found: b.len() });
        }
        let along = minus(b, a);
        let length = norm(&along);
        if length == 0.0 {
            return Err(PlaneError::SameEnd);
        }
        let ways = [minus(&first[0], a), minus(&other[0], a)];
        let across = ways.iter().map(|way| without(way, &along)).find(|way| norm(way) > 1e-9 * length);
        let across = across.or_else(|| beside(&along.iter().map(|d| d / length).collect::<Vec<_>>()));
        let scaled = |way: Vec<f64>| {
            let scale = length / norm(&way);
            way.iter().map(|d| d * scale).collect()
        };
        Ok(Plane {
            origin: a.clone(),
            x: Axis { name: "from this run to the other".into(), direction: along },
            y: across.map(|way| Axis { name: "towards the start".into(), direction: scaled(way) }),
        })
    }

    /// The parameters at a place of the plane.
    pub fn at(&self, x: f64, y: f64) -> Vec<f64> {
        let mut theta: Vec<f64> = self.origin.iter().zip(&self.x.direction).map(|(o, d)| o + x * d).collect();
        if let Some(axis) = &self.y {
            theta.iter_mut().zip(&axis.direction).for_each(|(t, d)| *t += y * d);
        }
        theta
    }

    /// The place of the plane that is nearest to these parameters, and how far it is.
    pub fn nearest(&self, theta: &[f64]) -> ((f64, f64), f64) {
        let apart = minus(theta, &self.origin);
        let (a, u) = (dot(&apart, &self.x.direction), &self.x.direction);
        let (x, y) = match &self.y {
            None => (a / dot(u, u), 0.0),
            Some(Axis { direction: v, .. }) => {
                let (b, uu, uv, vv) = (dot(&apart, v), dot(u, u), dot(u, v), dot(v, v));
                let whole = uu * vv - uv * uv;
                ((a * vv - b * uv) / whole, (b * uu - a * uv) / whole)
            }
        };
        ((x, y), norm(&minus(theta, &self.at(x, y))))
    }

    /// Where a way lies.
    pub fn project(&self, path: &[Vec<f64>]) -> Projection {
        let (points, distance): (Vec<_>, Vec<f64>) = path.iter().map(|theta| self.nearest(theta)).unzip();
        let points = without_rounding(points);
        let weights = lengths(path);
        let end = path.last().cloned().unwrap_or_default();
        let (mut beside, mut whole) = (0.0, 0.0);
        for ((place, distance), weight) in path.iter().zip(&distance).zip(&weights) {
            beside += weight * distance * distance;
            whole += weight * norm(&minus(place, &end)).powi(2);
        }
        let held = if whole > 0.0 { (1.0 - beside / whole).max(0.0) } else { 1.0 };
        Projection { points, distance, held }
    }
}

/// The names of the parameters, or the first of many.
fn listed(entries: &[String]) -> String {
    match entries.len() {
        0..=20 => entries.join(", "),
        many => format!("{}, .. ({many} in all)", entries[..20].join(", ")),
    }
}

/// Coordinates that are rounding beside the others are 0.
fn without_rounding(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let largest = points.iter().fold(0.0_f64, |most, point| most.max(point.0.abs()).max(point.1.abs()));
    let snapped = |value: f64| if value.abs() < 1e-12 * largest { 0.0 } else { value };
    points.into_iter().map(|(x, y)| (snapped(x), snapped(y))).collect()
}

/// Half the length of way on both sides of each place.
fn lengths(path: &[Vec<f64>]) -> Vec<f64> {
    let legs: Vec<f64> = path.windows(2).map(|pair| norm(&minus(&pair[1], &pair[0]))).collect();
    let leg = |k: Option<usize>| k.and_then(|k| legs.get(k)).copied().unwrap_or(0.0);
    (0..path.len()).map(|k| 0.5 * (leg(k.checked_sub(1)) + leg(Some(k)))).collect()
}

/// At most so many steps are compared with each other.
const MOST: usize = 120;

/// A direction that holds a smaller share of the squared lengths is rounding: the way is straight.
const STRAIGHT: f64 = 1e-11;

/// Up to two principal directions of vectors as they are, the first first, of length 1.
fn principal(steps: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
    let every = steps.len().div_ceil(MOST).max(1);
    let few: Vec<&Vec<f64>> = steps.iter().step_by(every).collect();
    let by_parameter = count <= few.len();
    let size = if by_parameter { count } else { few.len() };
    let entry = |i: usize, j: usize| {
        if by_parameter { steps.iter().map(|s| s[i] * s[j]).sum() } else { dot(few[i], few[j]) }
    };
    let matrix: Vec<f64> = (0..size * size).map(|k| entry(k / size, k % size)).collect();
    let largest = (0..size).map(|k| matrix[k * size + k]).fold(0.0, f64::max);
    if !(largest > 0.0 && matrix.iter().all(|m| m.is_finite())) {
        return vec![];
    }
    // Lengths as small or as large as they may be.
    let scaled: Vec<f64> = matrix.iter().map(|m| m / largest).collect();
    let eigen = Eigen::of(&scaled, size);
    let mut found: Vec<Vec<f64>> = Vec::new();
    for k in (0..size).rev().take(2).filter(|&k| eigen.values[k] > STRAIGHT) {
        let vector = eigen.vector(k);
        let mut direction = if by_parameter {
            vector.to_vec()
        } else {
            (0..count).map(|p| few.iter().zip(vector).map(|(s, v)| s[p] * v).sum()).collect()
        };
        if let Some(first) = found.first() {
            direction = without(&direction, first);
        }
        let length = norm(&direction);
        if length > 0.0 {
            found.push(direction.iter().map(|d| d / length).collect());
        }
    }
    found
}

/// The part of `a` at a right angle to `b`.
fn without(a: &[f64], b: &[f64]) -> Vec<f64> {
    let share = dot(a, b) / dot(b, b);
    a.iter().zip(b).map(|(a, b)| a - share * b).collect()
}

/// A direction of length 1 at a right angle to one of length 1; none where there is one parameter.
fn beside(direction: &[f64]) -> Option<Vec<f64>> {
    let least = (0..direction.len()).min_by(|&a, &b| direction[a].abs().total_cmp(&direction[b].abs()))?;
    let mut axis = vec![0.0; direction.len()];
    axis[least] = 1.0;
    let across = without(&axis, direction);
    let length = norm(&across);
    (direction.len() > 1 && length > 0.0).then(|| across.iter().map(|d| d / length).collect())
}

/// The parameters of each unit; all of them together where the model is no chain of layers.
fn units(model: &Model, count: usize) -> Vec<Vec<usize>> {
    let entries = model.program.entry_names();
    let at = |name: &String| entries.iter().position(|entry| entry == name);
    let Some(layers) = &model.layers else { return vec![(0..count).collect()] };
    let mut units = Vec::new();
    for (weights, biases) in layers.weights.iter().zip(&layers.biases) {
        for (unit, incoming) in weights.iter().enumerate() {
            let bias = biases.get(unit).and_then(Option::as_ref);
            units.push(incoming.iter().chain(bias).filter_map(at).collect());
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;

    fn model(text: &str) -> Model {
        Model::parse(text, &ModelOptions::default()).unwrap()
    }

    #[test]
    fn the_coordinates_of_a_plane_of_parameters_are_their_values() {
        let model = model("inputs x\ntarget y\ny_hat = sigmoid(w*x + b)\nloss = mse(y_hat, y)");
        let plane = Plane::of_parameters(&model, &[3.0, 4.0], &["b".into(), "w".into()]).unwrap();
        assert_eq!(plane.at(1.5, -2.0), [-2.0, 1.5]);
        assert_eq!(plane.nearest(&[3.0, 4.0]), ((4.0, 3.0), 0.0));
        let line = Plane::of_parameters(&model, &[3.0, 4.0], &["w".into()]).unwrap();
        assert_eq!((line.at(7.0, 99.0), line.nearest(&[1.0, 5.0])), (vec![7.0, 4.0], ((1.0, 0.0), 1.0)));
        let error = Plane::of_parameters(&model, &[3.0, 4.0], &["v".into()]).unwrap_err();
        assert_eq!(error.to_string(), "there is no parameter 'v'; the model has w, b");
        let error = Plane::of_parameters(&model, &[3.0, 4.0], &["w".into(), "w".into()]).unwrap_err();
        assert!(error.to_string().contains("twice"), "{error}");
    }

    #[test]
    fn a_flat_way_is_held_whole_by_its_plane_and_a_bent_one_in_part() {
        let flat: Vec<Vec<f64>> =
            (0..50).map(|k| f64::from(k) / 10.0).map(|t| vec![t, t * t, 1.0, 2.0 * t]).collect();
        let plane = Plane::of_path(&flat).unwrap();
        let there = plane.project(&flat);
        assert!(there.held > 1.0 - 1e-12 && there.distance.iter().all(|d| *d < 1e-6), "{there:?}");
        assert_eq!(there.points.last().copied(), Some((0.0, 0.0)));
        assert!(there.points[0].0 < 0.0, "the way comes from the left");
        let helix: Vec<Vec<f64>> = (0..400)
            .map(|k| f64::from(k) / 20.0)
            .map(|t| vec![libm::cos(t), libm::sin(t), 0.3 * t])
            .collect();
        let part = Plane::of_path(&helix).unwrap().project(&helix).held;
        assert!((0.9..0.99).contains(&part), "{part}");
    }

    #[test]
    fn the_share_that_is_held_does_not_depend_on_how_often_a_plateau_was_looked_at() {
        let way = |stay: usize| {
            let mut path: Vec<Vec<f64>> = (0..20).map(|k| vec![f64::from(k), 0.0, 0.0]).collect();
            path.extend(std::iter::repeat_n(vec![19.0, 0.0, 0.0], stay));
            path.extend((0..20).map(|k| vec![19.0, f64::from(k), 0.2 * f64::from(k)]));
            path.extend((0..5).map(|k| vec![19.0, 19.0, 4.0 + f64::from(k)]));
            Plane::of_path(&path).unwrap().project(&path).held
        };
        assert!((way(0) - way(1000)).abs() < 1e-12 && way(0) < 1.0);
    }

    #[test]
    fn a_straight_way_has_a_plane_too_and_one_that_stays_has_none() {
        let straight: Vec<Vec<f64>> = (0..9).map(|k| vec![f64::from(k), 2.0 * f64::from(k), 0.0]).collect();
        let plane = Plane::of_path(&straight).unwrap();
        assert!(dot(&plane.x.direction, &plane.y.as_ref().unwrap().direction).abs() < 1e-12);
        assert_eq!(Plane::of_path(&[vec![1.0, 2.0], vec![1.0, 2.0]]), Err(PlaneError::NoWay));
        let line = Plane::of_path(&[vec![1.0], vec![2.0]]).unwrap();
        assert_eq!(line.y, None);
    }

    #[test]
    fn principal_directions_are_the_same_by_parameters_and_by_steps() {
        let many: Vec<Vec<f64>> = (0..100)
            .map(|k| f64::from(k) / 10.0)
            .map(|t| vec![libm::cos(t), 3.0 * libm::sin(t), 0.1 * t, 0.0])
            .collect();
        let by_parameters = principal(&many, 4);
        // With more parameters than steps; what is added is always 0.
        let longer: Vec<Vec<f64>> = many.iter().map(|s| [s.clone(), vec![0.0; 200]].concat()).collect();
        for (a, b) in by_parameters.iter().zip(principal(&longer, 204)) {
            assert!((dot(a, &b[..4]).abs() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn random_directions_have_the_length_of_each_unit() {
        let model =
            model("inputs x[2]\ntarget y\nh = dense(x, 3, tanh)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)");
        let theta: Vec<f64> = (0..model.program.parameter_count()).map(|k| 0.1 + k as f64).collect();
        let plane = Plane::random(&model, &theta, 7);
        let units = units(&model, theta.len());
        assert_eq!(units.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3, 4]);
        for unit in units {
            let length = |of: &[f64]| unit.iter().map(|&k| of[k] * of[k]).sum::<f64>().sqrt();
            assert!((length(&plane.x.direction) / length(&theta) - 1.0).abs() < 1e-12);
        }
        assert_eq!(plane, Plane::random(&model, &theta, 7));
        assert_ne!(plane, Plane::random(&model, &theta, 8));
    }

    #[test]
    fn between_two_runs_lie_both_ends_and_a_start() {
        let (a, b) =
            (vec![vec![0.0, 0.0, 3.0], vec![1.0, 0.0, 0.0]], vec![vec![9.0, 9.0, 9.0], vec![5.0, 0.0, 0.0]]);
        let plane = Plane::between(&a, &b).unwrap();
        assert_eq!(plane.nearest(&a[1]), ((0.0, 0.0), 0.0));
        assert_eq!(plane.nearest(&b[1]), ((1.0, 0.0), 0.0));
        assert!(plane.nearest(&a[0]).1 < 1e-12);
        assert_eq!(Plane::between(&a, &a), Err(PlaneError::SameEnd));
    }
}
