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
