//! Where a gradient is looked at: parameters, rows and a learning rate.

mod columns;
mod points;
mod sides;

use super::Options;
use crate::data::Dataset;
use crate::model::Model;
use crate::random::{Key, Purpose};
use columns::Columns;
use points::Points;
use sides::{Kinks, Sides};

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

/// The rate where none is given.
pub(super) const LEARNING_RATE: f64 = 0.1;
/// What the rate is multiplied by to see whether an answer depends on it.
const OTHER_RATE: f64 = 2.5;
/// How many rows are drawn where there is no data.
const ROWS: usize = 4;
/// How much larger the parameters of one random probe are.
const LARGER: f64 = 2.0;

/// The probes of a source that can be asked anything the options allow.
///
/// The first one is the given point on the given data, the second the same again. The others are drawn by the
/// seed: each from a key of its own, so that one does not disturb the next. Up to two more
/// are there for the sides of kinks that the others do not see.
pub fn plan(model: &Model, options: &Options) -> Vec<Probe> {
    let mut planner = Planner::new(model, options);
    let given = planner.given();
    let n = given.data.rows;
    let mut probes = vec![given.clone(), again(&given)];
    let free = !model.plain_function && options.freedom != Freedom::FixedData;
    let points = match (model.plain_function, options.freedom) {
        (true, _) => 6,
        (_, Freedom::FixedData) => 5,
        _ => 2,
    };
    let fixed = (options.data.is_some() || model.plain_function).then_some(&given.data);
    for index in 0..points {
        // One of them has larger parameters: that curves and saturates otherwise.
        let scale = if !free && index + 1 == points { LARGER } else { 1.0 };
        probes.push(planner.random(Role::RandomPoint, fixed, n, scale));
    }
    let counts = match options.freedom {
        Freedom::Any => row_counts(model, n),
        Freedom::FixedRows | Freedom::FixedData => [n, n],
    };
    // A random probe, to be asked again and at another rate.
    let mut random = probes[2].clone();
    if free {
        random = planner.random(Role::Random, None, counts[0], 1.0);
        probes.extend([random.clone(), again(&random)]);
        probes.push(planner.random(Role::Random, None, counts[1], LARGER));
        if options.freedom == Freedom::Any {
            probes.extend((0..2).map(|_| planner.random(Role::SingleRow, None, 1, 1.0)));
        }
        planner.see_both_sides(&mut probes, Role::Random, None, counts[1]);
    } else {
        probes.push(again(&random));
        planner.see_both_sides(&mut probes, Role::RandomPoint, Some(&given.data), n);
    }
    let learning_rate = random.learning_rate * OTHER_RATE;
    probes.push(Probe { role: Role::OtherRate, learning_rate, ..random });
    probes.push(again(&given));
    probes
}

/// The same question once more.
fn again(probe: &Probe) -> Probe {
    Probe { role: Role::Again, ..probe.clone() }
}

/// Two numbers of rows, neither the given one nor the number of outputs, so that what is divided by which shows.
fn row_counts(model: &Model, given: usize) -> [usize; 2] {
    let outputs = model.program.target_width();
    let mut free = [3, 5, 4, 6, 7].into_iter().filter(|&count| count != given && count != outputs);
    [free.next().unwrap_or(3), free.next().unwrap_or(5)]
}

/// Draws probes, each from the next key.
struct Planner<'a> {
    model: &'a Model,
    options: &'a Options,
    columns: Columns,
    points: Points<'a>,
    kinks: Kinks<'a>,
    key: Key,
    drawn: u64,
}

/// Given rows times parameters, at most, where any rows may be asked.
const MOST_PRODUCTS: usize = 1_000_000;
/// So many given rows are kept however large the model is.
const FEWEST: usize = 5;

/// So many draws before the best one is taken as it is.
const DRAWS: u64 = 8;

/// How many probes at most are added for the sides of kinks.
const MORE: u64 = 2;
/// So many draws for each of them.
const SIDE_DRAWS: u64 = 15;
/// So much is computed for them at most, in rows times terms and parameters.
const MOST_LOOKS: usize = 10_000_000;
/// From this share of components that are told well on, a probe that sees everything is taken.
const FAIR: f64 = 0.5;
/// How much larger parameters are, and how much wider rows, one draw after the other.
const SCALES: [(f64, f64); 6] = [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0), (2.0, 2.0), (4.0, 1.0), (8.0, 2.0)];

impl<'a> Planner<'a> {
    fn new(model: &'a Model, options: &'a Options) -> Planner<'a> {
        let columns = Columns::of(model, options.data.as_ref());
        let points = Points::new(model, options.point.as_deref());
        let kinks = Kinks::of(model);
        Planner { model, options, columns, points, kinks, key: Key::from_seed(options.seed), drawn: 0 }
    }

    fn learning_rate(&self) -> f64 {
        self.options.learning_rate.unwrap_or(LEARNING_RATE)
    }

    /// The given point on the given data; what is not given is drawn.
    fn given(&mut self) -> Probe {
        let rows = if self.options.freedom == Freedom::FixedRows { 1 } else { ROWS };
        let data = match &self.options.data {
            Some(data) => Some(self.limited(data)),
            None if self.model.plain_function => Some(no_columns()),
            None => None,
        };
        let mut probe = self.random(Role::Given, data.as_ref(), rows, 1.0);
        let count = self.model.program.parameter_count();
        if let Some(point) = self.options.point.as_ref().filter(|p| p.len() == count) {
            probe.theta.clone_from(point);
        } else {
            for (value, start) in probe.theta.iter_mut().zip(self.model.start()) {
                *value = start.unwrap_or(*value);
            }
        }
        probe
    }

    /// The given rows, or the first of them where all would take long and tell nothing more.
    fn limited(&self, data: &Dataset) -> Dataset {
        let most = MOST_PRODUCTS / self.model.program.parameter_count().max(1);
        if self.options.freedom != Freedom::Any || data.rows <= most.max(FEWEST) {
            return data.clone();
        }
        data.select(&(0..most.max(FEWEST)).collect::<Vec<_>>())
    }

    /// A random point on the given rows, or on random ones. The best conditioned of a few draws: a point
    /// where units are dead or saturated, or the loss is not finite, says little.
    fn random(&mut self, role: Role, data: Option<&Dataset>, rows: usize, scale: f64) -> Probe {
        let key = self.key.fold(self.drawn);
        self.drawn += 1;
        let mut best: Option<(f64, Probe)> = None;
        for draw in 0..DRAWS {
            // Later draws are more careful: smaller parameters, inputs above 0.
            let scale = scale * 0.5f64.powi(draw as i32 / 2);
            let probe = self.draw(key.fold(draw), role, data.ok_or(rows), (scale, 1.0), draw % 4 == 3);
            let is_fit = scale <= 1.0 || self.kinks.is_tame(&probe);
            let quality = if is_fit { self.points.quality(&probe) } else { -1.0 };
            if best.as_ref().is_none_or(|(most, _)| quality > *most) {
                best = Some((quality, probe));
            }
            if quality >= points::GOOD {
                break;
            }
        }
        best.map_or_else(|| self.origin(role), |(_, probe)| probe)
    }

    /// A random point on these rows, or on so many random ones, so much larger and wider than usual.
    fn draw(
        &self,
        key: Key,
        role: Role,
        data: Result<&Dataset, usize>,
        (larger, wider): (f64, f64),
        positive: bool,
    ) -> Probe {
        let theta = self.points.draw(larger, &mut key.purpose(Purpose::Init).stream());
        let mut stream = key.purpose(Purpose::Data).stream();
        let data = match data {
            Ok(data) => data.clone(),
            Err(rows) if positive => self.columns.positive().wider(wider).draw(rows, &mut stream),
            Err(rows) => self.columns.wider(wider).draw(rows, &mut stream),
        };
        Probe { role, theta, data, learning_rate: self.learning_rate() }
    }

    /// Adds probes for the sides of kinks that none of the others sees. Units that are dead, or margins that are kept,
    /// are avoided elsewhere; a mask left out shows nowhere else.
    fn see_both_sides(&mut self, probes: &mut Vec<Probe>, role: Role, data: Option<&Dataset>, rows: usize) {
        let kinks = self.kinks.clone();
        if kinks.is_empty() {
            return;
        }
        let mut sides = Sides::default();
        probes.iter().filter(|p| p.role != Role::Again).for_each(|p| sides.join(&kinks.seen(p)));
        let few = data.map(|data| kinks.few(data));
        let products = kinks.products(few.as_ref().map_or(rows, |few| few.rows));
        let draws = SIDE_DRAWS.min((MOST_LOOKS / products) as u64 / MORE);
        for _ in 0..MORE {
            let key = self.key.fold(self.drawn);
            self.drawn += 1;
            let mut best: Option<((usize, f64), Probe)> = None;
            for draw in 0..draws {
                let missing = sides.missing();
                if missing == 0 || best.as_ref().is_some_and(|(of, _)| of.0 == missing && of.1 >= FAIR) {
                    break;
                }
                let scales = SCALES[draw as usize % SCALES.len()];
                let probe = self.draw(key.fold(draw), role, few.as_ref().ok_or(rows), scales, draw % 4 == 3);
                let gain = sides.gain(&kinks.seen(&probe));
                if gain == 0 || best.as_ref().is_some_and(|(of, _)| gain < of.0) {
                    continue;
                }
                let found = (gain, self.points.quality(&probe));
                // Below 0 the loss is not finite.
                let is_better = found.1 >= 0.0 && best.as_ref().is_none_or(|(of, _)| found > *of);
                if is_better && self.kinks.is_tame(&probe) {
                    best = Some((found, probe));
                }
            }
            let Some((_, probe)) = best else { return };
            sides.join(&kinks.seen(&probe));
            probes.push(Probe { data: data.cloned().unwrap_or(probe.data), ..probe });
        }
    }

    /// What stands where nothing was drawn.
    fn origin(&self, role: Role) -> Probe {
        let theta = vec![0.0; self.model.program.parameter_count()];
        Probe { role, theta, data: no_columns(), learning_rate: self.learning_rate() }
    }
}

/// One row without columns, for a plain function.
fn no_columns() -> Dataset {
    Dataset { inputs: vec![], targets: vec![], rows: 1, input_names: vec![], target_names: vec![] }
}

#[cfg(test)]
mod tests;
