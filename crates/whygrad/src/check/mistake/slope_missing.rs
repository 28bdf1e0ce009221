//! The slope of an activation is left out of the chain.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-missing",
        kind: Kind::MissingFactor,
        title: "the slope of an activation is left out",
        why: "The error passes the activation on its way back, and is multiplied by the activation's slope there.",
        source: "Rumelhart, Hinton and Williams 1986, equation 8",
    },
    finders: &[Finder::Slope(left_out)],
};

const AS_LINEAR: &str = "slope-of-the-identity";

fn left_out(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let (layer, f, z, _) = site.names(lab);
    let (given, right) = (site.line(""), site.line(&format!("{f}'({z})")));
    let left_out = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!("the factor {f}'({z}), the slope of {f} in '{layer}', is left out");
        EditText::new(Kind::MissingFactor, 1.0, what, &given, &right)
    });
    found.push((site.upstream, left_out));
    let as_linear = lab.edit(AS_LINEAR, site.stage, 0, || {
        let what =
            format!("'{layer}' is differentiated as if it were linear: the slope of {f} is taken as 1");
        EditText::new(Kind::WrongActivationDerivative, 1.2, what, &site.line("1"), &right)
    });
    found.push((site.upstream, as_linear));
}
