//! The catalogue: every mistake that can be planted, what it may be called, and where it fits.

use whygrad::check::Kind;
use whygrad::check::Kind::{
    AccumulationNotReset, ConstantFactor, ExtraFactor, MissingBias, MissingFactor, Other, StaleValue,
    SwappedComponents, Transposed, WrongActivationDerivative, WrongLossDerivative, WrongReduction,
    WrongVariable,
};

/// A constant factor that stands where none belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 2
    Two,
    /// 1/2
    Half,
    /// The number of rows.
    Rows,
    /// One over it.
    PerRow,
    /// The number of outputs.
    Outputs,
    /// One over it.
    PerOutput,
}

/// What went wrong.
#[allow(missing_docs, reason = "ENTRIES says of each what it is")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    SignEverywhere,
    SignOfError,
    SignOfLayer,
    SignSentBack,
    SignOfBiases,
    Factor(Scale),
    LayerFactor(Scale),
    BackFactor(Scale),
    SlopeMissing,
    SlopeDoubled,
    NextWeightMissing,
    NextWeightSquared,
    InputMissing,
    InputSquared,
    ErrorMissing,
    ErrorSquared,
    SlopeAtActivation,
    SlopeAtInput,
    SlopeAtNextSum,
    SlopeAtSumBelow,
    SlopeOfSigmoid,
    SlopeOfTanh,
    SlopeOfRelu,
    ValueForSlope,
    OneMinusA,
    OneMinusASquared,
    ATimesOneMinusA,
    OnePlusASquared,
    OneMinusAAllSquared,
    ZTimesOneMinusZ,
    OneMinusZSquared,
    SlopeOfUpstream,
    SlopeAtUpstream,
    SoftmaxDiagonal,
    OwnOutput,
    InputOfLayerBelow,
    NetInput,
    PreActivation,
    NeighbourInput,
    FirstInputForAll,
    WeightForInput,
    InputOfLastRow,
    BackUntransposed,
    BackOwnWeight,
    BackBias,
    BackNeighbour,
    BackLastUnit,
    NeighbourTarget,
    PreActivationInError,
    SwapInUnit,
    SwapUnits,
    RotateUnits,
    TransposedGradient,
    ColumnByColumn,
    BiasesFirst,
    BiasAndWeight,
    BiasZero,
    BiasesZero,
    BiasValue,
    BiasSummed,
    BiasTimesInput,
    SumForMean,
    MeanForSum,
    MeanTwice,
    MeanOverOutputsToo,
    SumOverOutputs,
    FirstRowOnly,
    LastRowOnly,
    LayerFirstRowOnly,
    LayerLastRowOnly,
    LayerSumForMean,
    LayerMeanForSum,
    BackMean,
    PenaltyMissing,
    PenaltySign,
    PenaltyDoubled,
    PenaltyHalved,
    PenaltySummed,
    PenaltyOnBiases,
    NextUpdatedFirst,
    BelowUpdatedFirst,
    Accumulated,
    Momentum,
    UpdateStep,
    StepAgainst,
    UpdatedParameters,
    OfSquaredError,
    OfAbsoluteError,
    OfCrossEntropy,
    SquaredWithSlope,
    NormSquared,
}

/// What a mistake is about; the two of a pair differ in this or in their layer.
#[allow(missing_docs, reason = "the names of the catalogue's parts")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Sign,
    Factor,
    Chain,
    Slope,
    Variable,
    Place,
    Bias,
    Reduction,
    Penalty,
    Time,
    Loss,
}

/// Where a mistake can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// In the whole gradient.
    Whole,
    /// In the gradient of one layer.
    Layer,
    /// In the error that one layer sends back.
    Back,
    /// In one layer's slope: for its own gradient, for the error it sends back, or both.
    Slope,
    /// At the output.
    Output,
}

/// One entry of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What went wrong.
    pub slip: Slip,
    /// In words.
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// Where it can stand.
    pub site: Site,
    /// What it may be called, the best name first.
    pub kinds: &'static [Kind],
}

const fn e(slip: Slip, name: &'static str, family: Family, site: Site, kinds: &'static [Kind]) -> Entry {
    Entry { slip, name, family, site, kinds }
}

// Any factor 2 is also the slope of a square left in or out; any factor n or k is also a reduction.
const TWO: &[Kind] = &[ConstantFactor, ExtraFactor];
const HALF: &[Kind] = &[ConstantFactor, MissingFactor];
const COUNT: &[Kind] = &[ConstantFactor, WrongReduction, ExtraFactor];
const SIGN: &[Kind] = &[Kind::Sign];
const SLOPE: &[Kind] = &[WrongActivationDerivative];
const SLOPE_AT: &[Kind] = &[WrongActivationDerivative, WrongVariable];
// With two classes softmax's diagonal is half of the whole.
const DIAGONAL: &[Kind] = &[WrongActivationDerivative, WrongLossDerivative, ConstantFactor];
const VARIABLE: &[Kind] = &[WrongVariable];
const PLACE: &[Kind] = &[SwappedComponents, WrongVariable];
const REDUCTION: &[Kind] = &[WrongReduction];
const COUNTED: &[Kind] = &[WrongReduction, ConstantFactor, ExtraFactor];

use Family as F;
use Site::{Back, Layer, Output, Slope, Whole};
use Slip as S;

/// The catalogue.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    e(S::SignEverywhere, "sign of everything", F::Sign, Whole, SIGN),
    e(S::SignOfError, "sign of the error, log-likelihood without minus", F::Sign, Output, &[Kind::Sign, WrongLossDerivative]),
    e(S::SignOfLayer, "sign of one layer", F::Sign, Layer, SIGN),
    e(S::SignSentBack, "sign of the error sent back", F::Sign, Back, SIGN),
    e(S::SignOfBiases, "sign of a layer's biases", F::Sign, Layer, SIGN),
    e(S::Factor(Scale::Two), "everything times 2", F::Factor, Whole, TWO),
    e(S::Factor(Scale::Half), "everything times 1/2", F::Factor, Whole, HALF),
    e(S::Factor(Scale::Rows), "everything times n", F::Factor, Whole, COUNT),
    e(S::Factor(Scale::PerRow), "everything times 1/n", F::Factor, Whole, COUNT),
    e(S::Factor(Scale::Outputs), "everything times the outputs", F::Factor, Whole, COUNT),
    e(S::Factor(Scale::PerOutput), "everything over the outputs", F::Factor, Whole, &[ConstantFactor, WrongReduction, ExtraFactor, MissingFactor]),
    e(S::LayerFactor(Scale::Two), "one layer times 2", F::Factor, Layer, TWO),
    e(S::LayerFactor(Scale::Half), "one layer times 1/2", F::Factor, Layer, HALF),
    e(S::LayerFactor(Scale::PerRow), "one layer times 1/n", F::Factor, Layer, &[ExtraFactor, ConstantFactor, WrongReduction]),
    e(S::BackFactor(Scale::Two), "error sent back times 2", F::Factor, Back, TWO),
    e(S::BackFactor(Scale::PerRow), "1/n again in the error sent back", F::Factor, Back, &[ExtraFactor, ConstantFactor, WrongReduction]),
    e(S::SlopeMissing, "slope missing", F::Chain, Slope, &[MissingFactor, WrongActivationDerivative]),
    e(S::SlopeDoubled, "slope doubled", F::Chain, Slope, &[ExtraFactor, WrongActivationDerivative]),
    e(S::NextWeightMissing, "next layer's weight left out", F::Chain, Back, &[MissingFactor, WrongVariable]),
    e(S::NextWeightSquared, "next layer's weight doubled", F::Chain, Back, &[ExtraFactor, WrongVariable]),
    e(S::InputMissing, "input left out", F::Chain, Layer, &[MissingFactor]),
    e(S::InputSquared, "input doubled", F::Chain, Layer, &[ExtraFactor, WrongVariable]),
    e(S::ErrorMissing, "error left out", F::Chain, Output, &[MissingFactor, WrongLossDerivative]),
    e(S::ErrorSquared, "error doubled", F::Chain, Output, &[ExtraFactor, WrongLossDerivative]),
    e(S::SlopeAtActivation, "f'(a) for f'(z)", F::Slope, Slope, SLOPE_AT),
    e(S::SlopeAtInput, "slope at the layer's input", F::Slope, Slope, SLOPE_AT),
    e(S::SlopeAtNextSum, "slope at the next layer's sum", F::Slope, Slope, SLOPE_AT),
    e(S::SlopeAtSumBelow, "slope at the sum of the layer below", F::Slope, Slope, SLOPE_AT),
    e(S::SlopeOfSigmoid, "sigmoid's slope for another", F::Slope, Slope, SLOPE),
    e(S::SlopeOfTanh, "tanh's slope for another", F::Slope, Slope, SLOPE),
    e(S::SlopeOfRelu, "relu's slope for another", F::Slope, Slope, SLOPE),
    e(S::ValueForSlope, "f for f'", F::Slope, Slope, SLOPE_AT),
    e(S::OneMinusA, "1 - a for the slope", F::Slope, Slope, &[WrongActivationDerivative, MissingFactor]),
    e(S::OneMinusASquared, "1 - a^2 for sigmoid", F::Slope, Slope, SLOPE),
    e(S::ATimesOneMinusA, "a(1 - a) for tanh", F::Slope, Slope, SLOPE),
    e(S::OnePlusASquared, "1 + a^2 for tanh", F::Slope, Slope, &[WrongActivationDerivative, Kind::Sign]),
    e(S::OneMinusAAllSquared, "(1 - a)^2 for the slope", F::Slope, Slope, SLOPE),
    e(S::ZTimesOneMinusZ, "z(1 - z) for sigmoid", F::Slope, Slope, SLOPE_AT),
    e(S::OneMinusZSquared, "1 - z^2 for tanh", F::Slope, Slope, SLOPE_AT),
    e(S::SlopeOfUpstream, "slope of the gradient, not multiplied", F::Slope, Slope, &[WrongActivationDerivative, WrongVariable, MissingFactor]),
    e(S::SlopeAtUpstream, "slope of the gradient, multiplied", F::Slope, Slope, SLOPE_AT),
    e(S::SoftmaxDiagonal, "softmax's diagonal only", F::Slope, Output, DIAGONAL),
    e(S::OwnOutput, "a layer's own output for its input", F::Variable, Layer, VARIABLE),
    e(S::InputOfLayerBelow, "input of the layer below", F::Variable, Layer, VARIABLE),
    e(S::NetInput, "x for the layer's input", F::Variable, Layer, VARIABLE),
    e(S::PreActivation, "z for a as input", F::Variable, Layer, VARIABLE),
    e(S::NeighbourInput, "the neighbour's column", F::Variable, Layer, &[WrongVariable, SwappedComponents]),
    e(S::FirstInputForAll, "the first input for all", F::Variable, Layer, VARIABLE),
    e(S::WeightForInput, "the weight for the signal", F::Variable, Layer, VARIABLE),
    e(S::InputOfLastRow, "the last row's input after the sum", F::Variable, Layer, &[WrongVariable, WrongReduction]),
    e(S::BackUntransposed, "W for W^T", F::Variable, Back, &[Transposed, WrongVariable]),
    e(S::BackOwnWeight, "own weight for the next layer's", F::Variable, Back, VARIABLE),
    e(S::BackBias, "bias for the next layer's weight", F::Variable, Back, VARIABLE),
    e(S::BackNeighbour, "the neighbour's weight", F::Variable, Back, VARIABLE),
    e(S::BackLastUnit, "error of the last unit only", F::Variable, Back, &[WrongVariable, WrongReduction]),
    e(S::NeighbourTarget, "the neighbour's target", F::Variable, Output, VARIABLE),
    e(S::PreActivationInError, "z for a in the error", F::Variable, Output, &[WrongVariable, WrongLossDerivative, MissingFactor]),
    e(S::SwapInUnit, "two weights of a unit swapped", F::Place, Layer, PLACE),
    e(S::SwapUnits, "two units swapped", F::Place, Layer, PLACE),
    e(S::RotateUnits, "units shifted by one", F::Place, Layer, PLACE),
    e(S::TransposedGradient, "gradient transposed, square", F::Place, Layer, &[Transposed, SwappedComponents]),
    e(S::ColumnByColumn, "gradient column by column", F::Place, Layer, &[Transposed, SwappedComponents]),
    e(S::BiasesFirst, "biases before weights", F::Place, Layer, &[SwappedComponents]),
    e(S::BiasAndWeight, "a bias and a weight swapped", F::Place, Layer, PLACE),
    e(S::BiasZero, "bias gradient zero in a layer", F::Bias, Layer, &[MissingBias]),
    e(S::BiasesZero, "all bias gradients zero", F::Bias, Whole, &[MissingBias]),
    e(S::BiasValue, "bias value for its gradient", F::Bias, Layer, &[WrongVariable, MissingBias]),
    e(S::BiasSummed, "bias gradient summed over the units", F::Bias, Layer, REDUCTION),
    e(S::BiasTimesInput, "bias gradient times the first input", F::Bias, Layer, &[ExtraFactor, WrongVariable]),
    e(S::SumForMean, "sum for mean", F::Reduction, Output, COUNTED),
    e(S::MeanForSum, "mean for sum", F::Reduction, Output, COUNTED),
    e(S::MeanTwice, "mean taken twice", F::Reduction, Output, COUNTED),
    e(S::MeanOverOutputsToo, "mean over the outputs as well", F::Reduction, Output, COUNTED),
    e(S::SumOverOutputs, "sum over the outputs for their mean", F::Reduction, Output, COUNTED),
    e(S::FirstRowOnly, "first row only", F::Reduction, Whole, REDUCTION),
    e(S::LastRowOnly, "last row only", F::Reduction, Whole, REDUCTION),
    e(S::LayerFirstRowOnly, "first row only in a layer", F::Reduction, Layer, REDUCTION),
    e(S::LayerLastRowOnly, "last row only in a layer", F::Reduction, Layer, REDUCTION),
    e(S::LayerSumForMean, "sum for mean in a layer", F::Reduction, Layer, COUNTED),
    e(S::LayerMeanForSum, "mean for sum in a layer", F::Reduction, Layer, COUNTED),
    e(S::BackMean, "mean over the units when sending back", F::Reduction, Back, COUNTED),
    e(S::PenaltyMissing, "penalty left out", F::Penalty, Whole, &[WrongLossDerivative, MissingFactor]),
    e(S::PenaltySign, "sign of the penalty", F::Penalty, Whole, SIGN),
    e(S::PenaltyDoubled, "penalty doubled", F::Penalty, Whole, TWO),
    e(S::PenaltyHalved, "penalty without its 2", F::Penalty, Whole, HALF),
    e(S::PenaltySummed, "penalty summed to one number", F::Penalty, Whole, REDUCTION),
    e(S::PenaltyOnBiases, "penalty on the biases too", F::Penalty, Whole, &[WrongLossDerivative, ExtraFactor, WrongVariable, MissingBias]),
    e(S::NextUpdatedFirst, "updated before the error is sent back", F::Time, Back, &[StaleValue]),
    e(S::BelowUpdatedFirst, "layers below updated first", F::Time, Layer, &[StaleValue]),
    e(S::Accumulated, "added up over calls", F::Time, Whole, &[AccumulationNotReset]),
    e(S::Momentum, "momentum mixed in", F::Time, Whole, &[AccumulationNotReset]),
    e(S::UpdateStep, "rate times gradient", F::Time, Whole, &[ExtraFactor, ConstantFactor]),
    e(S::StepAgainst, "minus rate times gradient", F::Time, Whole, &[ExtraFactor, ConstantFactor, Kind::Sign]),
    e(S::UpdatedParameters, "updated parameters", F::Time, Whole, &[Other, WrongVariable]),
    e(S::OfSquaredError, "squared error for another loss", F::Loss, Output, &[WrongLossDerivative, MissingFactor, ExtraFactor, WrongActivationDerivative]),
    e(S::OfAbsoluteError, "absolute error for the squared", F::Loss, Output, &[WrongLossDerivative, MissingFactor]),
    e(S::OfCrossEntropy, "cross-entropy for squared error", F::Loss, Output, &[WrongLossDerivative, MissingFactor, WrongActivationDerivative]),
    e(S::SquaredWithSlope, "squared error's delta for cross-entropy", F::Loss, Output, &[WrongLossDerivative, ExtraFactor, WrongActivationDerivative]),
    e(S::NormSquared, "norm not squared", F::Loss, Output, &[WrongLossDerivative]),
];
