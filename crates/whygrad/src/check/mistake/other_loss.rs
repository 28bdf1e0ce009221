//! The derivative of another loss than the one that is to be made small.

use whygrad_expr::functions;
use whygrad_expr::simplify::Simplifier;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{ErrorSite, Finder, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "other-loss",
        kind: Kind::WrongLossDerivative,
        title: "the derivative of another loss",
        why: "y_hat - y as the error of the output's pre-activation belongs to cross-entropy with sigmoid or softmax; the squared error has the output's slope as a further factor.",
        source: "Bishop 2006, section 5.3",
    },
    finders: &[Finder::Error(other)],
};

fn other(lab: &mut Lab<'_>, site: &ErrorSite<'_>, found: &mut Vec<Variant>) {
    let Some(y) = lab.target else { return };
    let o = site.cut.variable;
    // Losses that differ by a factor are one: the factor is found apart.
    for (tag, (name, shown, through)) in [
        ("sse", "the squared error", ""),
        ("binary_cross_entropy", "binary cross-entropy", ""),
        ("cross_entropy", "cross-entropy", ""),
        ("mae", "the absolute error", ""),
        ("binary_cross_entropy_from_logits", "binary cross-entropy of logits", ""),
        ("cross_entropy_from_logits", "cross-entropy of logits", ""),
        ("sse", "the squared error of the sigmoid of the output", "sigmoid"),
        ("sse", "the squared error of the softmax of the outputs", "softmax"),
    ]
    .into_iter()
    .enumerate()
    {
        let output = if through.is_empty() { Some(o) } else { lab.activation(through, o) };
        let (Some(built_in), Some(output)) = (functions::find(name), output) else { continue };
        let Ok(loss) = functions::apply(&mut lab.arena, built_in, &[output, y]) else { continue };
        let loss = Simplifier::new(&mut lab.arena).simplify(loss);
        let Some(error) = site.cut.error(lab, loss, site.chain.prediction) else { continue };
        // Of a loss that is a multiple of the model's, the factor is what is to be said.
        if lab.are_proportional(error, site.error) {
            continue;
        }
        let own = lab.model.loss_text.clone();
        let edit = lab.edit(ENTRY.page.name, site.stage(), tag as u32, || {
            let what = format!("this is the derivative of {shown}, not of {own}");
            EditText::new(
                Kind::WrongLossDerivative,
                1.0,
                what,
                &format!("d({name})/dy_hat"),
                "d(loss)/dy_hat",
            )
        });
        found.push((error, edit));
    }
}
