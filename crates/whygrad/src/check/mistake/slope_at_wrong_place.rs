//! The right slope, of the wrong argument.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-at-wrong-place",
        kind: Kind::WrongActivationDerivative,
        title: "the slope is taken at the wrong place",
        why: "f' belongs at the pre-activation z; a formula for f' in terms of the activation, such as a(1 - a), takes a, but f' itself does not.",
        source: "Rumelhart, Hinton and Williams 1986, equation 8",
    },
    finders: &[Finder::Slope(elsewhere)],
};

/// The slopes of other units are tried in layers of at most so many.
const MOST_UNITS: usize = 8;

fn elsewhere(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let a = site.activation;
    if a.slope.is_none() {
        return;
    }
    let dims = lab.dims(a.input);
    let (layer, f, z, own) = site.names(lab);
    // Where, what it is called, and what sort of mistake that is.
    let mut places = vec![(a.output, own, Kind::WrongActivationDerivative, 1.0)];
    for (stage, affine) in site.chain.affine() {
        let name = lab.name(affine.output, &format!("z_{}", affine.name));
        let sum = lab.sum_entries(affine.output);
        if affine.output != a.input {
            places.push((affine.output, name.clone(), Kind::WrongVariable, 1.3));
        } else if stage + 1 == site.stage {
            places.push((sum, format!("sum({name})"), Kind::WrongActivationDerivative, 1.6));
            let rows = lab.sum_rows(affine.output);
            places.push((rows, format!("{name} summed over the rows"), Kind::WrongActivationDerivative, 1.6));
        }
        if let Some(input) = affine.input {
            let name = lab.name(input, if stage == 0 { "x" } else { "a of the layer before" });
            places.push((input, name, Kind::WrongActivationDerivative, 1.3));
        }
    }
    for (_, other) in site.chain.activations() {
        if other.output != a.output {
            let name = lab.name(other.output, "the activation of another layer");
            places.push((other.output, name, Kind::WrongVariable, 1.5));
        }
    }
    let units = dims.len();
    if (2..=MOST_UNITS).contains(&units) {
        for unit in 0..units {
            let z = lab.pick(a.input, unit);
            places.push((z, format!("z of unit {unit}"), Kind::WrongVariable, 1.35));
        }
    }
    for (tag, (at, name, kind, price)) in places.into_iter().enumerate() {
        if !lab.dims(at).is_scalar() && lab.dims(at) != dims {
            continue;
        }
        let Some(slope) = site.slope_at(lab, at) else { continue };
        let term = lab.mul(site.upstream, slope);
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what = format!("the slope of '{layer}' is taken at {name} instead of {z}: {f}'({name})");
            let (given, right) = (site.line(&format!("{f}'({name})")), site.line(&format!("{f}'({z})")));
            EditText::new(kind, price, what, &given, &right)
        });
        found.push((term, edit));
    }
}
