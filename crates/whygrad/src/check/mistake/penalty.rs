//! The derivative of a penalty on the parameters, wrong.

use std::collections::{BTreeSet, HashMap};

use whygrad_expr::arena::Term;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::Chain;
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::rest::RestPart;
use crate::check::search::site::is_zero;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "penalty",
        kind: Kind::WrongLossDerivative,
        title: "the derivative of the penalty is wrong",
        why: "Each parameter gets the derivative of its own term of the penalty: lambda * w from (lambda/2) * w^2, added to that of the error.",
        source: "Krogh and Hertz 1992, equation 2",
    },
    finders: &[],
};

/// The ways in which the direct part of the gradient can be wrong; the right one first.
pub(crate) fn parts(lab: &mut Lab<'_>, chain: &Chain, direct: &[Term]) -> Vec<RestPart> {
    let parameters = lab.model.program.parameters.clone();
    let own: HashMap<usize, (Term, usize)> = parameters
        .iter()
        .zip(direct)
        .filter(|(_, term)| !is_zero(lab, **term))
        .flat_map(|(p, &term)| (0..p.len()).map(move |k| (p.offset + k, (term, k))))
        .collect();
    let right = RestPart { edits: vec![], of: own.clone(), factor: 1.0 };
    if own.is_empty() {
        return vec![right];
    }
    let mut parts = vec![right];
    for (tag, (factor, kind, what, given)) in [
        (0.0, Kind::MissingFactor, "the derivative of the penalty is left out", "0"),
        (
            -1.0,
            Kind::Sign,
            "the derivative of the penalty has the wrong sign: it is subtracted instead of added",
            "-dR/dw",
        ),
        (2.0, Kind::ConstantFactor, "the derivative of the penalty is twice too large", "2 * dR/dw"),
        (
            0.5,
            Kind::ConstantFactor,
            "the derivative of the penalty is half of what it should be",
            "dR/dw / 2",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let edit = lab.edit(ENTRY.page.name, usize::MAX, tag as u32, || {
            EditText::new(kind, 1.0, what.to_owned(), given, "dR/dw")
        });
        parts.push(RestPart { edits: vec![edit], of: own.clone(), factor });
    }
    let n = lab.row_count();
    for (tag, times) in [(10, true), (11, false)] {
        let scaled = own
            .iter()
            .map(|(&offset, &(term, k))| {
                (offset, (if times { lab.mul(term, n) } else { lab.div(term, n) }, k))
            })
            .collect();
        let edit = lab.edit(ENTRY.page.name, usize::MAX, tag, || {
            let what = if times { "n times too large" } else { "n times too small" };
            let what = format!("the derivative of the penalty is {what}: the mean over the rows and the penalty are two terms");
            EditText::new(Kind::WrongReduction, 1.1, what, "n", "dR/dw")
        });
        parts.push(RestPart { edits: vec![edit], of: scaled, factor: 1.0 });
    }
    let everything: BTreeSet<usize> = own.keys().copied().collect();
    let layers: Vec<BTreeSet<usize>> =
        chain.affine().map(|(_, a)| a.weight_offsets.iter().flatten().copied().collect()).collect();
    parts.push(summed(lab, &own, &[everything], 12));
    parts.push(summed(lab, &own, &layers, 14));
    parts.extend(on_others(lab, direct, &own));
    parts
}

/// Every component gets the sum over its group.
fn summed(
    lab: &mut Lab<'_>,
    own: &HashMap<usize, (Term, usize)>,
    groups: &[BTreeSet<usize>],
    tag: u32,
) -> RestPart {
    let mut of = HashMap::new();
    for group in groups {
        let mut sum = lab.number(0.0);
        let mut whole = BTreeSet::new();
        for (term, entry) in group.iter().filter_map(|offset| own.get(offset)) {
            // A parameter that is in the group as a whole is added as a whole.
            let together = group.len() > 64;
            let value = if together { lab.sum_entries(*term) } else { lab.pick(*term, *entry) };
            if !together || whole.insert(*term) {
                sum = lab.add(sum, value);
            }
        }
        of.extend(group.iter().filter(|offset| own.contains_key(offset)).map(|&offset| (offset, (sum, 0))));
    }
    let edit = lab.edit(ENTRY.page.name, usize::MAX, tag, || {
        let what = "the derivative of the penalty is summed over the parameters: each gets the sum instead of its own term";
        EditText::new(Kind::WrongReduction, 1.0, what.to_owned(), "sum(dR/dw)", "dR/dw")
    });
    RestPart { edits: vec![edit], of, factor: 1.0 }
}

/// Parameters that the penalty does not have, most often the biases, get one too.
fn on_others(lab: &mut Lab<'_>, direct: &[Term], own: &HashMap<usize, (Term, usize)>) -> Option<RestPart> {
    let parameters = lab.model.program.parameters.clone();
    let (p, term) = parameters.iter().zip(direct).find(|(_, t)| !is_zero(lab, **t))?;
    let leaf = lab.arena.leaf(p.symbol);
    let (top, bottom) = (lab.pick(*term, 0), lab.pick(leaf, 0));
    let share = lab.div(top, bottom);
    let mut of = own.clone();
    for other in parameters.iter().filter(|other| !own.contains_key(&other.offset)) {
        let leaf = lab.arena.leaf(other.symbol);
        let term = lab.mul(share, leaf);
        of.extend((0..other.len()).map(|k| (other.offset + k, (term, k))));
    }
    let edit = lab.edit(ENTRY.page.name, usize::MAX, 13, || {
        let what = "the penalty is applied to the biases too, which the loss does not penalise".to_owned();
        EditText::new(Kind::ExtraFactor, 1.0, what, "dL/db + lambda*b", "dL/db")
    });
    Some(RestPart { edits: vec![edit], of, factor: 1.0 })
}
