//! The slope is evaluated at the error instead of at the pre-activation.

use whygrad_expr::op::Function;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-of-gradient",
        kind: Kind::WrongActivationDerivative,
        title: "the slope is taken of the error that comes back",
        why: "The slope belongs to the forward pass: f'(z) with the z the unit had, then multiplied by the error that comes back.",
        source: "Rumelhart, Hinton and Williams 1986, equation 8",
    },
    finders: &[Finder::Slope(of_gradient)],
};

fn of_gradient(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let u = site.upstream;
    let (layer, f, z, _) = site.names(lab);
    let error = format!("dL/da_{layer}");
    let mut terms = Vec::new();
    if let Some(slope) = site.slope_at(lab, u) {
        terms.push((slope, format!("{f}'({error})"), 1.1));
        terms.push((lab.mul(u, slope), format!("{error} * {f}'({error})"), 1.2));
    }
    let rest = lab.one_minus(u);
    terms.push((lab.mul(u, rest), format!("{error}*(1 - {error})"), 1.4));
    let square = lab.square(u);
    terms.push((lab.one_minus(square), format!("1 - {error}^2"), 1.4));
    if f == "sigmoid" {
        let inner = lab.map(Function::Sigmoid, u);
        let rest = lab.one_minus(inner);
        terms.push((lab.map(Function::Sigmoid, rest), format!("sigmoid(1 - sigmoid({error}))"), 1.5));
    }
    for (tag, (term, written, price)) in terms.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what =
                format!("the slope of {f} in '{layer}' is taken of the error that comes back, not of {z}");
            let given = format!("delta_{layer} = {written}");
            EditText::new(
                Kind::WrongActivationDerivative,
                price,
                what,
                &given,
                &site.line(&format!("{f}'({z})")),
            )
        });
        found.push((term, edit));
    }
}
