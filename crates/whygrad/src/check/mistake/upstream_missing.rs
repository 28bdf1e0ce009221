//! The error that comes back is not multiplied in, or added instead.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "upstream-missing",
        kind: Kind::MissingFactor,
        title: "the error that comes back is left out",
        why: "The chain rule multiplies: the unit's own slope times the error that the later layers send back.",
        source: "Rumelhart, Hinton and Williams 1986, equation 8",
    },
    finders: &[Finder::Slope(left_out)],
};

fn left_out(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let Some(slope) = site.slope_at(lab, site.activation.input) else { return };
    let (layer, f, z, _) = site.names(lab);
    let right = site.line(&format!("{f}'({z})"));
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!("the error that comes back to '{layer}' is left out: only {f}'({z}) is there");
        EditText::new(Kind::MissingFactor, 1.2, what, &format!("delta_{layer} = {f}'({z})"), &right)
    });
    found.push((slope, edit));
    let sum = lab.add(site.upstream, slope);
    let edit = lab.edit(ENTRY.page.name, site.stage, 1, || {
        let what = format!("the slope of '{layer}' is added to the error instead of multiplied with it");
        let given = format!("delta_{layer} = dL/da_{layer} + {f}'({z})");
        EditText::new(Kind::Other, 1.6, what, &given, &right)
    });
    found.push((sum, edit));
}
