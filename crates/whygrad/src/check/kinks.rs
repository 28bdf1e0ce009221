//! Where a row lies on a kink: which function has it, and which slope the person takes there.

use whygrad_expr::arena::Term;
use whygrad_expr::number::Scalar;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::Value;

use super::Asked;
use super::noise::{DOUBLE, Noisy};
use super::truth::Derived;

/// A sentence about the kinks at the first probe where they leave a derivative open.
pub(super) fn note(derived: &Derived<'_>, asked: &[Asked]) -> Option<String> {
    let is_open = |a: &&Asked| open(a).next().is_some();
    let first = asked.iter().find(is_open)?;
    let (function, rows) = kink(derived, first)?;
    let place = match rows.as_slice() {
        [] => "The given point lies".to_owned(),
        [row] => format!("Row {row} lies"),
        [one, two] => format!("Rows {one} and {two} lie"),
        rows => format!("{} rows lie", rows.len()),
    };
    let share = share(derived, first);
    let convention = match (function, share) {
        ("relu", Some(share)) if share.abs() < 1e-9 => "you take slope 0 there, as whygrad does".to_owned(),
        ("relu", Some(share)) => format!("you take slope {} there, whygrad 0", short(share)),
        ("relu", None) => "whygrad takes slope 0 there".to_owned(),
        (_, Some(share)) if share.abs() < 1e-9 => "you take the slope there that whygrad takes".to_owned(),
        ("max" | "min", _) => "whygrad gives each side half of the slope there, you do not".to_owned(),
        (_, _) => "you take another slope there than whygrad".to_owned(),
    };
    Some(format!(
        "{place} on the kink of {function}: {convention}; every slope between the two sides is right."
    ))
}

/// At most three decimals, and none that are 0.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The components that a convention moves by more than rounding does.
fn open(asked: &Asked) -> impl Iterator<Item = usize> {
    let truth = &asked.truth;
    (0..truth.value.len()).filter(|&k| {
        let width = truth.upper[k] - truth.lower[k];
        width.is_finite() && asked.tolerance[k].is_finite() && width > 2.0 * asked.tolerance[k]
    })
}

/// How far the person goes from whygrad's convention (0) to the other one (1), where that is the same in all components.
fn share(derived: &Derived<'_>, asked: &Asked) -> Option<f64> {
    let other = derived.other_side(&asked.probe)?;
    let mut shares = open(asked).filter_map(|k| {
        let (value, given) = (asked.truth.value[k], asked.answer.gradient.get(k).copied().flatten()?);
        let way = other.get(k)? - value;
        (way.abs() > 2.0 * asked.tolerance[k]).then(|| (given - value) / way)
    });
    let first = shares.next()?;
    shares.all(|share| (share - first).abs() < 1e-6).then_some(first)
}

/// The function with a kink at a probe and the rows on it.
fn kink(derived: &Derived<'_>, asked: &Asked) -> Option<(&'static str, Vec<usize>)> {
    let (arena, loss) = (&derived.arena, derived.model.program.loss);
    let order = arena.reachable(&[loss]);
    let theta: Vec<Noisy<DOUBLE>> = asked.probe.theta.iter().map(|&t| Scalar::real(t)).collect();
    let values = derived.values(&order, &asked.probe, &theta)?;
    let of = |term: Term| order.binary_search(&term).ok().map(|index| &values[index]);
    order.iter().find_map(|&term| {
        let (name, differences) = match arena.op(term) {
            Op::Select(c, a, b) if a == c && arena.constant_of(b) == Some(0.0) => ("relu", of(c)?.clone()),
            Op::Select(c, ..) => ("a choice", of(c)?.clone()),
            Op::Map(Function::Abs, a) => ("abs", of(a)?.clone()),
            Op::Zip(Zip::Max, a, b) => ("max", difference(of(a)?, of(b)?, asked.probe.data.rows)),
            Op::Zip(Zip::Min, a, b) => ("min", difference(of(a)?, of(b)?, asked.probe.data.rows)),
            _ => return None,
        };
        let tied: Vec<usize> =
            (0..differences.data.len()).filter(|&i| differences.data[i].is_tied()).collect();
        if tied.is_empty() {
            return None;
        }
        let len = differences.shape.dims.len().max(1);
        let mut rows: Vec<usize> = tied.iter().map(|i| i / len).collect();
        rows.dedup();
        Some((name, if differences.shape.per_row { rows } else { vec![] }))
    })
}

/// a - b, row by row.
fn difference(a: &Value<Noisy<DOUBLE>>, b: &Value<Noisy<DOUBLE>>, rows: usize) -> Value<Noisy<DOUBLE>> {
    let mut shape = if a.shape.dims.len() < b.shape.dims.len() { b.shape } else { a.shape };
    shape.per_row = a.shape.per_row || b.shape.per_row;
    let rows = if shape.per_row { rows } else { 1 };
    let entries = (0..rows).flat_map(|row| (0..shape.dims.len()).map(move |entry| (row, entry)));
    let data = entries.map(|(row, entry)| a.at(row, entry) + -b.at(row, entry)).collect();
    Value { shape, data }
}
