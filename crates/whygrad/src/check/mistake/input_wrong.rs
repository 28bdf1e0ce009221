//! Another value in the place of a weight's input.

use whygrad_expr::arena::Term;
use whygrad_expr::op::Op;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::Stage;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "input-wrong",
        kind: Kind::WrongVariable,
        title: "another value stands where the weight's input belongs",
        why: "The derivative by a weight is the error of the unit it leads to times the value it multiplies, which is the activation of the layer before.",
        source: "Rumelhart, Hinton and Williams 1986, equation 7",
    },
    finders: &[Finder::WeightGradient(wrong)],
};

/// Larger layers are not looked at input by input.
const MOST_INPUTS: usize = 16;

struct Found {
    term: Term,
    words: String,
    kind: Kind,
    price: f64,
}

fn wrong(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let Some(input) = site.input else { return };
    let mut all = Vec::new();
    for (value, words, price) in candidates(lab, site, input) {
        let dims = lab.dims(value);
        let fits = dims == lab.dims(input) || dims.is_scalar();
        if fits && value != input {
            let filled = lab.fill(value, lab.dims(input));
            let term = lab.sum_outer(site.delta, filled);
            all.push(Found { term, words, kind: Kind::WrongVariable, price });
        }
    }
    own_output_by_unit(lab, site, input, &mut all);
    columns(lab, site, input, &mut all);
    powers(lab, site, input, &mut all);
    with_bias(lab, site, input, &mut all);
    let layer = &site.affine.name;
    for (tag, f) in all.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what = format!(
                "{} stands where {}, the input of the weight, belongs in '{layer}'",
                f.words,
                site.input_name()
            );
            let given = site.weight_line(&format!("sum over rows of delta_{layer} * ({})'", f.words));
            EditText::new(f.kind, f.price, what, &given, &site.right())
        });
        found.push((f.term, edit));
    }
}

/// Every value of the forward pass, with what it is to this layer.
fn candidates(lab: &mut Lab<'_>, site: &GradientSite<'_>, input: Term) -> Vec<(Term, String, f64)> {
    let mut list = Vec::new();
    for (stage, other) in site.chain.stages.iter().enumerate() {
        let layer = site.chain.layer_name(stage);
        match other {
            Stage::Affine(a) => {
                let price = if stage + 2 == site.stage { 1.0 } else { 1.3 };
                let words = format!("the pre-activation of '{layer}'");
                list.push((a.output, lab.name(a.output, &words), price));
                if let Some(x) = a.input.filter(|_| stage == 0) {
                    list.push((x, "the input of the net".to_owned(), 1.1));
                }
            }
            Stage::Activation(a) => {
                let price = if stage == site.stage + 1 { 1.0 } else { 1.2 };
                list.push((a.output, format!("the activation of '{layer}'"), price));
            }
        }
    }
    list.push((site.chain.prediction, "the output of the net".to_owned(), 1.1));
    if let Some(y) = lab.target {
        list.push((y, "the target".to_owned(), 1.4));
        let error = lab.sub(site.chain.prediction, y);
        list.push((error, "the error".to_owned(), 1.4));
    }
    if let Some(Stage::Activation(a)) = site.stage.checked_sub(1).map(|k| &site.chain.stages[k])
        && let Some(slope) = a.slope
        && let Some(slope) = lab.of(slope, a.variable, a.input)
    {
        list.push((slope, "the slope of the layer before".to_owned(), 1.4));
        let product = lab.mul(slope, input);
        list.push((product, "the activation times its slope".to_owned(), 1.3));
    }
    list
}

/// Each unit's own output as the input of all its weights; the error of the layer before times the own output.
fn own_output_by_unit(lab: &mut Lab<'_>, site: &GradientSite<'_>, input: Term, all: &mut Vec<Found>) {
    let one = lab.number(1.0);
    let ones = lab.fill(one, lab.dims(input));
    let after = match site.chain.stages.get(site.stage + 1) {
        Some(Stage::Activation(a)) => a.output,
        _ => site.affine.output,
    };
    for (value, words, price) in [
        (after, "the unit's own activation", 1.0),
        (site.affine.output, "the unit's own pre-activation", 1.2),
    ] {
        let product = lab.mul(site.delta, value);
        let term = lab.sum_outer(product, ones);
        all.push(Found { term, words: words.to_owned(), kind: Kind::WrongVariable, price });
    }
    if let (Some(Stage::Activation(below)), Some(w)) =
        (site.stage.checked_sub(1).map(|k| &site.chain.stages[k]), site.affine.weights)
        && let Some(slope) = below.slope
        && let Some(slope) = lab.of(slope, below.variable, below.input)
    {
        let back = lab.send_back(w, site.delta);
        let delta = lab.mul(back, slope);
        let term = lab.sum_outer(after, delta);
        let words = "the error of the layer before times the own activation, instead of the own error times"
            .to_owned();
        all.push(Found { term, words, kind: Kind::WrongVariable, price: 1.3 });
    }
}

/// The right input, but another of its entries.
fn columns(lab: &mut Lab<'_>, site: &GradientSite<'_>, input: Term, all: &mut Vec<Found>) {
    let m = site.inputs;
    if !(2..=MOST_INPUTS).contains(&m) {
        return;
    }
    let mut push = |lab: &mut Lab<'_>, order: Vec<Option<usize>>, words: &str, price: f64| {
        let turned = lab.gather(input, &order);
        let term = lab.sum_outer(site.delta, turned);
        all.push(Found { term, words: words.to_owned(), kind: Kind::WrongVariable, price });
    };
    push(lab, (0..m).map(|j| Some((j + 1) % m)).collect(), "the next input", 1.2);
    if m > 2 {
        push(lab, (0..m).map(|j| Some((j + m - 1) % m)).collect(), "the input before", 1.2);
        push(lab, (0..m).rev().map(Some).collect(), "the inputs in reverse order", 1.4);
    }
    for j in 0..m.min(8) {
        push(lab, vec![Some(j); m], &format!("input {j} for all"), 1.2);
    }
}

fn powers(lab: &mut Lab<'_>, site: &GradientSite<'_>, input: Term, all: &mut Vec<Found>) {
    let square = lab.square(input);
    let twice = lab.sum_outer(site.delta, square);
    all.push(Found { term: twice, words: "the squared input".into(), kind: Kind::ExtraFactor, price: 1.3 });
    if let Some(w) = site.affine.weights {
        let right = lab.sum_outer(site.delta, input);
        let term = lab.mul(w, right);
        all.push(Found {
            term,
            words: "the input times the weight itself".into(),
            kind: Kind::ExtraFactor,
            price: 1.3,
        });
        let (one, zero) = (lab.number(1.0), site.delta);
        let ones = lab.fill(one, lab.dims(input));
        let plain = lab.sum_outer(zero, ones);
        let term = lab.mul(w, plain);
        all.push(Found { term, words: "the weight itself".into(), kind: Kind::WrongVariable, price: 1.2 });
    }
}

/// a + b instead of a, from a misplaced parenthesis.
fn with_bias(lab: &mut Lab<'_>, site: &GradientSite<'_>, input: Term, all: &mut Vec<Found>) {
    let Some(bias) = site.affine.bias else { return };
    let one = lab.number(1.0);
    let ones = lab.fill(one, lab.dims(input));
    let right = lab.sum_outer(site.delta, input);
    let scaled = lab.mul(site.delta, bias);
    let extra = lab.sum_outer(scaled, ones);
    let term = lab.arena.make(Op::Zip(whygrad_expr::op::Zip::Add, right, extra));
    all.push(Found { term, words: "the input plus the bias".into(), kind: Kind::MissingBias, price: 1.2 });
}
