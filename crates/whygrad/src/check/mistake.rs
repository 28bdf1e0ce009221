//! The catalogue of mistakes.

/// What sort of mistake it is, in the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A minus too many or too few.
    Sign,
    /// A constant factor.
    ConstantFactor,
    /// A factor of the chain rule is left out.
    MissingFactor,
    /// A factor stands there that does not belong.
    ExtraFactor,
    /// A variable in the place of another.
    WrongVariable,
    /// Right derivatives at each other's place.
    SwappedComponents,
    /// A bias without derivative, or a bias where none belongs.
    MissingBias,
    /// A matrix in the place of its transpose.
    Transposed,
    /// A value that was changed before it was used.
    StaleValue,
    /// A sum for a mean, over the wrong things, or over a part only.
    WrongReduction,
    /// The slope of an activation, wrong.
    WrongActivationDerivative,
    /// The derivative of another loss.
    WrongLossDerivative,
    /// What earlier calls left is still in it.
    AccumulationNotReset,
    /// Nothing that has a name here.
    Other,
}

impl Kind {
    /// The name in JSON: `wrong-variable`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Sign => "sign",
            Kind::ConstantFactor => "constant-factor",
            Kind::MissingFactor => "missing-factor",
            Kind::ExtraFactor => "extra-factor",
            Kind::WrongVariable => "wrong-variable",
            Kind::SwappedComponents => "swapped-components",
            Kind::MissingBias => "missing-bias",
            Kind::Transposed => "transposed",
            Kind::StaleValue => "stale-value",
            Kind::WrongReduction => "wrong-reduction",
            Kind::WrongActivationDerivative => "wrong-activation-derivative",
            Kind::WrongLossDerivative => "wrong-loss-derivative",
            Kind::AccumulationNotReset => "accumulation-not-reset",
            Kind::Other => "other",
        }
    }
}

pub(crate) mod accumulated;
pub(crate) mod bias_missing;
mod bias_wrong;
pub(crate) mod constant_factor;
mod error_wrong;
mod gradient_transposed;
mod input_missing;
mod input_wrong;
pub(crate) mod loss_term;
mod other_loss;
pub(crate) mod penalty;
pub(crate) mod rows_reduced;
pub(crate) mod sign;
mod slope_at_wrong_place;
mod slope_doubled;
mod slope_missing;
mod slope_mistyped;
mod slope_of_gradient;
mod slope_of_other_activation;
mod softmax_diagonal;
pub(crate) mod stale_value;
pub(crate) mod sum_for_mean;
pub(crate) mod swapped;
mod units_summed;
pub(crate) mod update_returned;
mod upstream_missing;
pub(crate) mod value_returned;
pub(crate) mod variable_inside;
mod weights_missing;
mod weights_wrong;

use super::search::site::Finder;

/// What a catalogue entry says of its mistake, whatever the model.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its name in reports and links.
    pub name: &'static str,
    /// Its kind in most cases.
    pub kind: Kind,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Why it is wrong, in one sentence.
    pub why: &'static str,
    /// Where the right formula is from.
    pub source: &'static str,
}

/// A mistake: what is said of it and how it is found.
pub(crate) struct Entry {
    pub(crate) page: Page,
    pub(crate) finders: &'static [Finder],
}

/// Every mistake there is a name for.
pub(crate) const CATALOGUE: &[&Entry] = &[
    &sign::ENTRY,
    &constant_factor::ENTRY,
    &sum_for_mean::ENTRY,
    &slope_missing::ENTRY,
    &slope_doubled::ENTRY,
    &slope_at_wrong_place::ENTRY,
    &slope_of_other_activation::ENTRY,
    &slope_mistyped::ENTRY,
    &slope_of_gradient::ENTRY,
    &upstream_missing::ENTRY,
    &softmax_diagonal::ENTRY,
    &error_wrong::ENTRY,
    &other_loss::ENTRY,
    &loss_term::ENTRY,
    &penalty::ENTRY,
    &weights_missing::ENTRY,
    &weights_wrong::ENTRY,
    &stale_value::ENTRY,
    &input_missing::ENTRY,
    &input_wrong::ENTRY,
    &gradient_transposed::ENTRY,
    &rows_reduced::ENTRY,
    &units_summed::ENTRY,
    &bias_missing::ENTRY,
    &bias_wrong::ENTRY,
    &value_returned::ENTRY,
    &swapped::ENTRY,
    &variable_inside::ENTRY,
    &update_returned::ENTRY,
    &accumulated::ENTRY,
];

/// The catalogue's pages, in its order.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    CATALOGUE.iter().map(|entry| &entry.page)
}
