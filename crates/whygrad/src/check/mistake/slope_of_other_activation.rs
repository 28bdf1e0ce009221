//! The slope of another activation.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::slope_of;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-of-other-activation",
        kind: Kind::WrongActivationDerivative,
        title: "the slope of another activation",
        why: "Each activation has a slope of its own: sigmoid a(1 - a), tanh 1 - a^2, relu 1 where z > 0.",
        source: "the derivative of each function, by the chain rule",
    },
    finders: &[Finder::Slope(other)],
};

/// The first so many of the others are the ones that people mistake for each other.
const USUAL: usize = 3;

const OTHERS: &[&str] = &[
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "softsign",
    "sin",
    "gaussian",
    "hard_sigmoid",
    "hard_tanh",
];

fn other(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let a = site.activation;
    let (layer, f, z, _) = site.names(lab);
    for (tag, &name) in OTHERS.iter().enumerate().filter(|(_, name)| **name != f) {
        let Some(function) = lab.activation(name, a.variable) else { continue };
        // The arena knows the slope after the first time.
        let Some(slope) = lab.once(name, function, |lab| slope_of(&mut lab.arena, function, a.variable))
        else {
            continue;
        };
        let Some(slope) = lab.of(slope, a.variable, a.input) else { continue };
        let term = lab.mul(site.upstream, slope);
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what = format!("'{layer}' is {f}, but the slope is that of {name}");
            let (given, right) = (site.line(&format!("{name}'({z})")), site.line(&format!("{f}'({z})")));
            let price = if tag < USUAL { 1.2 } else { 1.5 };
            EditText::new(Kind::WrongActivationDerivative, price, what, &given, &right)
        });
        found.push((term, edit));
    }
}
