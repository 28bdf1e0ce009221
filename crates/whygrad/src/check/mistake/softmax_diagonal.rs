//! Softmax differentiated as if each output had only its own score, or over the wrong axis.

use whygrad_expr::op::Function;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "softmax-diagonal",
        kind: Kind::WrongActivationDerivative,
        title: "softmax differentiated as if each output had only its own score",
        why: "Each score acts on every output of a softmax: dp_j/dz_k = p_j((1 if j = k) - p_k), so that all errors take part.",
        source: "Bridle 1990, equation 12",
    },
    finders: &[Finder::Slope(diagonal), Finder::Slope(over_rows)],
};

fn diagonal(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    if site.activation.slope.is_some() {
        return;
    }
    let p = site.activation.output;
    let rest = lab.one_minus(p);
    let slope = lab.mul(p, rest);
    let term = lab.mul(site.upstream, slope);
    let layer = site.chain.layer_name(site.stage);
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!("only the diagonal p(1 - p) of the softmax of '{layer}' is there; the influence on the other outputs is missing");
        EditText::new(Kind::WrongActivationDerivative, 1.0, what, &site.line("p*(1 - p)"), &site.line("(the whole Jacobian of softmax)"))
    });
    found.push((term, edit));
}

/// The sum below the fraction runs down the rows instead of along the outputs.
fn over_rows(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let (Some(y), None) = (lab.target, site.activation.slope) else { return };
    if site.stage + 1 != site.chain.stages.len() {
        return;
    }
    let Some(delta) = site.passed(lab) else { return };
    let exp = lab.map(Function::Exp, site.activation.input);
    let sum = lab.sum_rows(exp);
    let p = lab.div(exp, sum);
    let wrong = lab.sub(p, y);
    let right = lab.sub(site.activation.output, y);
    let share = lab.div(wrong, right);
    let term = lab.mul(delta, share);
    let edit = lab.edit("softmax-over-rows", site.stage, 0, || {
        let what = "softmax divides by the sum over the rows instead of the sum over the outputs of each row"
            .to_owned();
        EditText::new(
            Kind::WrongReduction,
            1.3,
            what,
            "p = exp(z)/sum_rows(exp(z))",
            "p = exp(z)/sum_outputs(exp(z))",
        )
    });
    found.push((term, edit));
}
