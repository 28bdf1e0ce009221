//! A mistake at its place in a net: where it fits, and what it may be called there.

use std::fmt;

use whygrad::check::Kind;

use super::activation::Activation;
use super::draw::Draw;
use super::loss::Loss;
use super::net::Net;
use super::slip::{Entry, Family, Scale, Site, Slip};

/// Which use of a layer's delta a wrong slope is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In both.
    Both,
    /// In the layer's own gradient.
    Own,
    /// In the error that it sends back.
    Back,
}

/// A mistake at its place.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// What it is.
    pub entry: &'static Entry,
    /// Its layer; `None` for the whole gradient.
    pub layer: Option<usize>,
    /// Which use of the slope.
    pub reach: Reach,
    /// True where it stands in the output layer.
    pub at_output: bool,
}

impl Mistake {
    /// An entry at a random place of a net, where it fits one.
    pub fn place(entry: &'static Entry, net: &Net, draw: &mut Draw) -> Option<Mistake> {
        let places = Mistake::places(entry, net);
        // Layers are drawn evenly, and a slope's two uses together as often as apart.
        let layers: Vec<Mistake> = places.iter().filter(|m| m.reach == Reach::Both).copied().collect();
        let drawn = if layers.is_empty() { return None } else { draw.one(&layers) };
        let uses: Vec<Mistake> = places.into_iter().filter(|m| m.layer == drawn.layer).collect();
        Some(if draw.chance(0.5) { drawn } else { draw.one(&uses) })
    }

    /// An entry at every place of a net that it fits.
    pub fn places(entry: &'static Entry, net: &Net) -> Vec<Mistake> {
        let last = net.last();
        let layers = match entry.site {
            Site::Whole => {
                let mistake = Mistake { entry, layer: None, reach: Reach::Both, at_output: false };
                return if fits(entry.slip, net, 0) { vec![mistake] } else { vec![] };
            }
            Site::Output => last..=last,
            Site::Layer | Site::Slope => 0..=last,
            Site::Back => 1..=last,
        };
        let mut places = Vec::new();
        for layer in layers.filter(|l| fits(entry.slip, net, *l)) {
            let reaches: &[Reach] = match entry.site {
                Site::Slope if layer > 0 => &[Reach::Both, Reach::Own, Reach::Back],
                _ => &[Reach::Both],
            };
            let place = |reach: &Reach| Mistake {
                entry,
                layer: Some(layer),
                reach: *reach,
                at_output: layer == last,
            };
            places.extend(reaches.iter().map(place));
        }
        places
    }

    /// What it may be called, the best name first.
    pub fn accepted(&self) -> Vec<Kind> {
        let mut kinds = self.entry.kinds.to_vec();
        // The delta of the output without its slope is that of another loss.
        if self.at_output && matches!(self.entry.slip, Slip::SlopeMissing | Slip::SlopeDoubled) {
            kinds.push(Kind::WrongLossDerivative);
        }
        kinds
    }

    /// True where the two make a pair: about different things or in different layers.
    pub fn goes_with(&self, other: &Mistake) -> bool {
        let (a, b) = (self.entry, other.entry);
        a.slip != b.slip && (a.family != b.family || (self.layer != other.layer && a.family != Family::Time))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry.name)?;
        if let Some(layer) = self.layer {
            write!(f, ", layer {layer}")?;
        }
        match self.reach {
            Reach::Both => Ok(()),
            Reach::Own => f.write_str(", in its own gradient"),
            Reach::Back => f.write_str(", in the error sent back"),
        }
    }
}

/// True where a mistake makes sense in a layer of a net. Whether it changes the numbers is tried later.
fn fits(slip: Slip, net: &Net, layer: usize) -> bool {
    let here = &net.layers[layer];
    let below = layer.checked_sub(1).map(|l| &net.layers[l]);
    let next = net.layers.get(layer + 1);
    let f = here.activation;
    let softmax = f == Activation::Softmax;
    let curved = !softmax && f != Activation::Identity;
    let square = here.units == here.inputs;
    match slip {
        Slip::SlopeMissing => f != Activation::Identity,
        Slip::SlopeDoubled | Slip::SlopeAtActivation | Slip::ValueForSlope => curved,
        Slip::SlopeOfUpstream | Slip::SlopeAtUpstream => curved,
        Slip::SlopeAtInput => curved && square,
        Slip::SlopeAtNextSum => curved && next.is_some_and(|n| n.units == here.units),
        Slip::SlopeAtSumBelow => curved && below.is_some_and(|b| b.units == here.units),
        Slip::SlopeOfSigmoid | Slip::SlopeOfTanh | Slip::SlopeOfRelu => curved,
        Slip::OneMinusA | Slip::OneMinusAAllSquared => sigmoid_or_tanh(f),
        Slip::OneMinusASquared | Slip::ZTimesOneMinusZ => f == Activation::Sigmoid,
        Slip::ATimesOneMinusA | Slip::OnePlusASquared | Slip::OneMinusZSquared => f == Activation::Tanh,
        Slip::SoftmaxDiagonal => softmax,
        Slip::OwnOutput => square || here.units == 1,
        Slip::InputOfLayerBelow => below.is_some_and(|b| b.inputs == here.inputs),
        Slip::NetInput => layer > 1 && net.inputs() == here.inputs,
        Slip::PreActivation => below.is_some_and(|b| b.activation != Activation::Identity),
        Slip::NeighbourInput | Slip::FirstInputForAll | Slip::SwapInUnit => here.inputs > 1,
        Slip::BackUntransposed => square && here.units > 1,
        Slip::BackOwnWeight => below.is_some_and(|b| b.inputs == here.units),
        Slip::BackBias => !here.biases.is_empty(),
        Slip::BackNeighbour => here.inputs > 1,
        Slip::BackLastUnit | Slip::BackMean | Slip::SwapUnits => here.units > 1,
        Slip::RotateUnits => here.units > 2,
        Slip::TransposedGradient => square && here.units > 1,
        Slip::ColumnByColumn => !square && here.units > 1 && here.inputs > 1,
        Slip::BiasSummed => here.biases.len() > 1,
        Slip::SignOfBiases | Slip::BiasesFirst | Slip::BiasAndWeight => !here.biases.is_empty(),
        Slip::BiasZero | Slip::BiasValue | Slip::BiasTimesInput => !here.biases.is_empty(),
        Slip::BiasesZero => net.layers.iter().any(|l| !l.biases.is_empty()),
        _ => fits_whole(slip, net),
    }
}

fn sigmoid_or_tanh(f: Activation) -> bool {
    matches!(f, Activation::Sigmoid | Activation::Tanh)
}

/// What goes by the loss, the outputs and the penalty.
fn fits_whole(slip: Slip, net: &Net) -> bool {
    let several = net.outputs() > 1;
    let (loss, penalty) = (net.loss, net.penalty != 0.0);
    let output = net.layers[net.last()].activation;
    let is_entropy = matches!(
        loss,
        Loss::BinaryCrossEntropy | Loss::BinaryFromLogits | Loss::CrossEntropy | Loss::FromLogits
    );
    match slip {
        Slip::Factor(Scale::Outputs | Scale::PerOutput) | Slip::NeighbourTarget => several,
        Slip::SumForMean | Slip::MeanTwice | Slip::LayerSumForMean => loss.is_mean(),
        Slip::MeanForSum | Slip::LayerMeanForSum => !loss.is_mean() && loss != Loss::Norm,
        Slip::MeanOverOutputsToo => several && !loss.is_mean_over_outputs() && loss != Loss::Norm,
        Slip::SumOverOutputs => several && loss.is_mean_over_outputs(),
        Slip::PenaltyMissing | Slip::PenaltySign | Slip::PenaltyDoubled => penalty,
        Slip::PenaltyHalved | Slip::PenaltySummed => penalty,
        Slip::PenaltyOnBiases => penalty && net.layers.iter().any(|l| !l.biases.is_empty()),
        Slip::ErrorMissing | Slip::ErrorSquared => loss.is_square(),
        Slip::PreActivationInError => loss.is_square() && output != Activation::Identity,
        Slip::OfSquaredError => is_entropy || matches!(loss, Loss::Mae | Loss::Huber),
        Slip::OfAbsoluteError => loss.is_square(),
        Slip::OfCrossEntropy => {
            loss.is_square() && matches!(output, Activation::Sigmoid | Activation::Softmax)
        }
        Slip::SquaredWithSlope => is_entropy,
        Slip::NormSquared => loss == Loss::Norm,
        _ => true,
    }
}
