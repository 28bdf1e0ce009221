//! The slope of an activation is left out of the chain.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{Also, EditText};
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
        let as_linear =
            format!("'{layer}' is differentiated as if it were linear: the slope of {f} is taken as 1");
        let also = Also { entry: AS_LINEAR, kind: Kind::WrongActivationDerivative, what: as_linear };
        EditText { also: Some(also), ..EditText::new(Kind::MissingFactor, 1.0, what, &given, &right) }
    });
    found.push((site.upstream, left_out));
}
