//! The gradient of a bias with a factor it does not have.

use whygrad_expr::arena::Term;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::Stage;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "bias-factor",
        kind: Kind::ExtraFactor,
        title: "the gradient of the bias has a factor that is not there",
        why: "A bias is added to z without a factor, so that its derivative is the sum of the errors alone.",
        source: "the derivative of z = W a + b by b",
    },
    finders: &[Finder::BiasGradient(factor)],
};

fn factor(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let dims = lab.dims(site.delta);
    let mut values: Vec<(Term, String, Kind, f64)> = Vec::new();
    if let Some(input) = site.input {
        for j in 0..site.inputs.min(8) {
            let kind = if j == 0 { Kind::ExtraFactor } else { Kind::WrongVariable };
            values.push((lab.pick(input, j), format!("input {j} of the layer"), kind, 1.2));
        }
        values.push((lab.sum_entries(input), "the sum of the layer's inputs".into(), Kind::ExtraFactor, 1.3));
        values.push((input, "the layer's input".into(), Kind::ExtraFactor, 1.3));
    }
    if let Some(bias) = site.affine.bias {
        // The parameter, which a threshold has with a minus in z.
        let subtracted = site.affine.bias_offsets.iter().flatten().all(|(_, sign)| *sign < 0.0);
        let value = if subtracted { lab.arena.neg(bias) } else { bias };
        values.push((value, "the bias itself".into(), Kind::MissingBias, 1.1));
    }
    if let Some(Stage::Activation(a)) = site.chain.stages.get(site.stage + 1) {
        values.push((a.output, "the unit's activation".into(), Kind::ExtraFactor, 1.3));
    }
    values.push((site.affine.output, "the unit's pre-activation".into(), Kind::ExtraFactor, 1.4));
    values.push((site.chain.prediction, "the output of the net".into(), Kind::ExtraFactor, 1.4));
    let layer = &site.affine.name;
    for (tag, (value, words, kind, price)) in values.into_iter().enumerate() {
        if !lab.dims(value).is_scalar() && lab.dims(value) != dims {
            continue;
        }
        let product = lab.mul(site.delta, value);
        let term = lab.sum_rows(product);
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what =
                format!("the bias gradient of '{layer}' has the factor {words}, which belongs to a weight");
            let given = site.bias_line(&format!("sum over rows of delta_{layer} * {words}"));
            EditText::new(kind, price, what, &given, &site.right_bias())
        });
        found.push((term, edit));
    }
}
