//! The slope of an activation stands there twice.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::slope_of;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-doubled",
        kind: Kind::ExtraFactor,
        title: "the slope of an activation is multiplied in twice",
        why: "The error passes each activation once; a second factor makes the gradient too small where the unit saturates.",
        source: "Rumelhart, Hinton and Williams 1986, equation 8",
    },
    finders: &[Finder::Slope(doubled)],
};

fn doubled(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let Some(slope) = site.slope_at(lab, site.activation.input) else { return };
    let (layer, f, z, _) = site.names(lab);
    let twice = lab.square(slope);
    let term = lab.mul(site.upstream, twice);
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!("the factor {f}'({z}) of '{layer}' stands there twice");
        let given = site.line(&format!("{f}'({z}) * {f}'({z})"));
        EditText::new(Kind::ExtraFactor, 1.2, what, &given, &site.line(&format!("{f}'({z})")))
    });
    found.push((term, edit));
    second(lab, site, found);
}

/// f'' for f'.
fn second(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let a = site.activation;
    let Some(slope) = a.slope else { return };
    let second = lab.once("second", slope, |lab| slope_of(&mut lab.arena, slope, a.variable));
    let Some(second) = second.and_then(|second| lab.of(second, a.variable, a.input)) else { return };
    let (layer, f, z, _) = site.names(lab);
    let term = lab.mul(site.upstream, second);
    let edit = lab.edit("second-derivative", site.stage, 0, || {
        let what = format!("the second derivative {f}''({z}) of '{layer}' stands for the first");
        let given = site.line(&format!("{f}''({z})"));
        EditText::new(Kind::WrongActivationDerivative, 1.4, what, &given, &site.line(&format!("{f}'({z})")))
    });
    found.push((term, edit));
}
