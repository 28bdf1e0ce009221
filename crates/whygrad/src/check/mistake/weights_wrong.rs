//! Other values in the place of the next layer's weights.

use whygrad_expr::arena::Term;
use whygrad_expr::op::Op;
use whygrad_expr::shape::Dims;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::Stage;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, Variant, WeightSite};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "weights-wrong",
        kind: Kind::WrongVariable,
        title: "something else stands where the next layer's weights belong",
        why: "The error of a unit comes back over the weights that lead out of it, not over those that lead into it, and not over its activation.",
        source: "Rumelhart, Hinton and Williams 1986, equation 9",
    },
    finders: &[Finder::Weights(wrong)],
};

fn wrong(lab: &mut Lab<'_>, site: &WeightSite<'_>, found: &mut Vec<Variant>) {
    let mut terms: Vec<(Term, String, Kind, f64)> = Vec::new();
    other_weights(lab, site, &mut terms);
    values_for_weights(lab, site, &mut terms);
    let (layer, below) = site.names();
    for (tag, (term, written, kind, price)) in terms.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what = format!("{written} where the weights of '{layer}' send its error back to '{below}'");
            let (given, right) = (
                site.line(&format!("{written}, * delta_{layer}")),
                site.line(&format!("W_{layer}' * delta_{layer}")),
            );
            EditText::new(kind, price, what, &given, &right)
        });
        found.push((term, edit));
    }
}

/// The right matrix read wrongly, or another matrix.
fn other_weights(lab: &mut Lab<'_>, site: &WeightSite<'_>, terms: &mut Vec<(Term, String, Kind, f64)>) {
    let w = site.weights;
    let (k, m) = (lab.len(site.delta), lab.len(site.inner));
    if k == m && m > 1 {
        let term = lab.mat_vec(w, site.delta);
        terms.push((term, "W instead of its transpose".to_owned(), Kind::Transposed, 1.0));
    }
    let square = lab.square(w);
    let twice = lab.send_back(square, site.delta);
    terms.push((twice, "the squared weights".to_owned(), Kind::ExtraFactor, 1.2));
    let right = lab.send_back(w, site.delta);
    if m > 1 {
        for (shift, words) in [(1, "the next unit's weight"), (m - 1, "the weight of the unit before")] {
            let order: Vec<Option<usize>> = (0..m).map(|j| Some((j + shift) % m)).collect();
            terms.push((lab.gather(right, &order), words.to_owned(), Kind::WrongVariable, 1.3));
            if m == 2 {
                break;
            }
        }
        for (j, words) in [(0, "the first unit's weight"), (m - 1, "the last unit's weight")] {
            let order = vec![Some(j); m];
            terms.push((lab.gather(right, &order), words.to_owned(), Kind::WrongVariable, 1.4));
        }
    }
    if k > 1 {
        for (row, words) in [(0, "only the first unit's row of W"), (k - 1, "only the last unit's row of W")]
        {
            let order: Vec<Option<usize>> = (0..k).map(|i| (i == row).then_some(row)).collect();
            let delta = lab.gather(site.delta, &order);
            terms.push((lab.send_back(w, delta), words.to_owned(), Kind::WrongReduction, 1.4));
        }
    }
    columns_with_bias(lab, site, terms);
    for (_, other) in site.chain.affine().filter(|(k, _)| *k != site.stage) {
        let Some(v) = other.weights else { continue };
        let words = format!("the weights of '{}'", other.name);
        if lab.dims(v) == Dims::Matrix(k, m) {
            terms.push((lab.send_back(v, site.delta), words.clone(), Kind::WrongVariable, 1.2));
        }
        if lab.dims(v) == Dims::Matrix(m, k) && (k > 1 || m > 1) {
            terms.push((lab.mat_vec(v, site.delta), words, Kind::WrongVariable, 1.2));
        }
    }
}

/// [W | b] with another column taken out than the bias's.
fn columns_with_bias(lab: &mut Lab<'_>, site: &WeightSite<'_>, terms: &mut Vec<(Term, String, Kind, f64)>) {
    let (w, Some(bias)) = (site.weights, site.bias) else { return };
    let m = lab.len(site.inner);
    let right = lab.send_back(w, site.delta);
    let product = lab.mul(site.delta, bias);
    let over_bias = lab.sum_entries(product);
    for without in 0..m {
        let order: Vec<Option<usize>> =
            (0..m).map(|j| if j < without { Some(j) } else { Some(j + 1).filter(|j| *j < m) }).collect();
        let rest = lab.gather(right, &order);
        let last = lab.dims(right);
        let placed =
            if last.is_scalar() { over_bias } else { lab.arena.make(Op::Place(over_bias, m - 1, last)) };
        let words = format!("the weights with the bias, column {without} taken out instead of the bias's,");
        terms.push((lab.add(rest, placed), words, Kind::WrongVariable, 1.3));
        let first: Vec<Option<usize>> = (0..m).map(|j| j.checked_sub(1)).collect();
        if without == m - 1 && m > 1 {
            let rest = lab.gather(right, &first);
            let placed = lab.arena.make(Op::Place(over_bias, 0, last));
            let words = "the weights with the bias first, one column off,".to_owned();
            terms.push((lab.add(rest, placed), words, Kind::WrongVariable, 1.4));
        }
    }
}

/// Values that are no weights of a next layer.
fn values_for_weights(lab: &mut Lab<'_>, site: &WeightSite<'_>, terms: &mut Vec<(Term, String, Kind, f64)>) {
    let dims = lab.dims(site.inner);
    let sum = lab.sum_entries(site.delta);
    let mut push = |lab: &mut Lab<'_>, value: Term, words: String, price: f64| {
        if lab.dims(value).is_scalar() || lab.dims(value) == dims {
            let product = lab.mul(sum, value);
            terms.push((lab.fill(product, dims), words, Kind::WrongVariable, price));
        }
    };
    push(lab, site.inner, "the unit's own activation".into(), 1.2);
    let first = lab.pick(site.inner, 0);
    push(lab, first, "the first unit's activation".into(), 1.4);
    if site.stage < 2 {
        return;
    }
    let below = match &site.chain.stages[site.stage - 2] {
        Stage::Affine(below) => below,
        Stage::Activation(_) => return,
    };
    push(lab, below.output, "the unit's own pre-activation".into(), 1.3);
    if let Some(bias) = below.bias {
        push(lab, bias, "the unit's own bias".into(), 1.3);
    }
    if let Some(bias) = site.affine.bias {
        push(lab, bias, "the next layer's bias".into(), 1.4);
    }
    if let (Some(own), Some(input)) = (below.weights, below.input) {
        let columns = lab.len(input);
        for column in 0..columns.min(6) {
            let unit = lab.number(1.0);
            let place = if columns == 1 {
                unit
            } else {
                lab.arena.make(Op::Place(unit, column, Dims::Vector(columns)))
            };
            let value = lab.mat_vec(own, place);
            push(lab, value, format!("the unit's own weight from input {column}"), 1.2);
        }
        for column in 0..columns.min(6) {
            let value = lab.pick(input, column);
            push(lab, value, format!("input {column} of the layer before"), 1.5);
        }
    }
}
