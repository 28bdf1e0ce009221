//! The pictures of a run, as figure data.

mod curves;
mod hidden;
mod landscape;
mod line;
mod network;
mod outputs;
mod told;
mod trajectory;
mod weights;

use std::fmt;
use std::str::FromStr;

use whygrad_plot::Figure;

use super::Onlooker;
use crate::data::nearest;
use crate::landscape::PlaneError;
use crate::train::TrainError;
use crate::why::Finished;

pub use curves::{loss_figure, spectrum};
pub use landscape::{
    LandscapeChoices, PlaneKind, landscape, path_figure, side_by_side, takes_long, usual_side,
};
pub use outputs::{Eye, surface_figure};

/// What there is to see of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The loss over the epochs.
    Loss,
    /// The share of rows that are right, over the epochs.
    Accuracy,
    /// The length of the gradient, over the epochs.
    GradientNorm,
    /// The learning rate, over the epochs.
    LearningRate,
    /// How far each layer goes in an epoch beside its own size.
    Updates,
    /// How many weights have which value, over the epochs.
    Weights,
    /// The output over two inputs, as a landscape.
    Surface,
    /// The output over two inputs, from above.
    Contour,
    /// What each hidden unit does, and where the rows lie in the space of the hidden units.
    Hidden,
    /// The parameters over the epochs, and in pairs.
    Trajectory,
    /// The eigenvalues of the Hessian, over the epochs.
    Spectrum,
    /// The net with its weights.
    Network,
}

impl What {
    /// All of them with their names, and what they show in a few words.
    pub const ALL: [(What, &'static str, &'static str); 12] = [
        (What::Loss, "loss", "the loss over the epochs; of several runs in one picture"),
        (What::Accuracy, "accuracy", "the share of rows that are right, over the epochs"),
        (What::GradientNorm, "gradient-norm", "the length of the gradient, over the epochs"),
        (What::LearningRate, "learning-rate", "the learning rate, over the epochs"),
        (What::Updates, "updates", "how far each layer goes in an epoch, beside its own size"),
        (What::Weights, "weights", "how many weights of a layer have which value, over the epochs"),
        (What::Surface, "surface", "the output over two inputs, as a landscape"),
        (
            What::Contour,
            "contour",
            "the output over two inputs, with the data and the line of each hidden unit",
        ),
        (
            What::Hidden,
            "hidden",
            "what each hidden unit does, and where the rows move in the space of the hidden units",
        ),
        (What::Trajectory, "trajectory", "the parameters over the epochs, and in pairs"),
        (
            What::Spectrum,
            "spectrum",
            "the eigenvalues of the Hessian over the epochs, with the largest that is stable",
        ),
        (What::Network, "network", "the net with its weights as width and their sign as colour"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        What::ALL.iter().find(|what| what.0 == self).map_or("", |what| what.1)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for What {
    type Err = PictureError;

    fn from_str(text: &str) -> Result<What, PictureError> {
        let names = What::ALL.map(|what| what.1);
        let found = What::ALL.iter().find(|what| what.1 == text.trim().to_ascii_lowercase());
        found.map(|what| what.0).ok_or_else(|| PictureError::UnknownPicture {
            name: text.to_owned(),
            hint: nearest(text, &names).map(|name| format!("; did you mean {name}?")).unwrap_or_default(),
        })
    }
}

/// Why there is no such picture.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PictureError {
    /// No picture has this name.
    #[error("there is no picture '{name}'{hint}\nthere are {}", What::ALL.map(|what| what.1).join(", "))]
    UnknownPicture {
        /// What was said.
        name: String,
        /// What it looks like.
        hint: String,
    },
    /// What the picture shows is not there.
    #[error("{0}")]
    Nothing(String),
    /// No input or parameter has this name.
    #[error("there is no {kind} '{name}'; there {}", if known.contains(',') || known.starts_with("outputs") { format!("are {known}") } else { format!("is {known}") })]
    UnknownName {
        /// What it should name.
        kind: &'static str,
        /// What was said.
        name: String,
        /// What there is.
        known: String,
    },
    /// A plane that does not exist.
    #[error(transparent)]
    Plane(#[from] PlaneError),
    /// The run cannot be made again.
    #[error("the run cannot be made again for its path: {0}")]
    Again(#[from] TrainError),
    /// Who looked on said stop.
    #[error("interrupted; nothing was written")]
    Stopped,
}

/// What a person chooses of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    /// Logarithmic or linear values; by their range where nothing is said.
    pub log: Option<bool>,
    /// The two inputs that run along the axes; the first two where nothing is said.
    pub inputs: Vec<String>,
    /// Values at which other inputs are held; their mean where nothing is said.
    pub held: Vec<(String, f64)>,
    /// Which output, from 0; all where nothing is said.
    pub output: Option<usize>,
    /// The parameters to show; those that move most where nothing is said.
    pub parameters: Vec<String>,
    /// From where a landscape is seen.
    pub from: Eye,
    /// Epochs to mark, with a word each.
    pub marks: Vec<(f64, String)>,
}

/// The picture of a run; of several runs with their names where it is a curve over the epochs. The onlooker is told how far
/// it is, and ends it with [`PictureError::Stopped`].
///
/// # Errors
/// A picture that this run does not have, with what to do.
pub fn picture(
    runs: &[(String, &Finished)],
    what: What,
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let curve = matches!(what, What::Loss | What::Accuracy | What::GradientNorm | What::LearningRate);
    let Some((_, run)) = runs.first() else { return Err(PictureError::Nothing("there is no run".into())) };
    if runs.len() > 1 && !curve {
        return Err(PictureError::Nothing(format!(
            "{what} is a picture of one run; loss, accuracy, gradient-norm and learning-rate show several"
        )));
    }
    match what {
        What::Loss => Ok(curves::losses(runs, choices)),
        What::Accuracy => curves::accuracy(runs, choices, onlooker),
        What::GradientNorm => curves::gradient_norm(runs, choices, onlooker),
        What::LearningRate => curves::learning_rate(runs, choices),
        What::Updates => weights::updates(run, choices, onlooker),
        What::Weights => weights::histogram(run, onlooker),
        What::Surface => outputs::surface(run, choices),
        What::Contour => outputs::contour(run, choices),
        What::Hidden => hidden::hidden(run, choices, onlooker),
        What::Trajectory => trajectory::trajectory(run, choices, onlooker),
        What::Spectrum => curves::eigenvalues(run, choices, onlooker),
        What::Network => network::network(run),
    }
}

/// The rows that the model is trained on; `None` for a function without data.
fn rows(run: &Finished) -> Option<&crate::data::Dataset> {
    (!run.case.model.plain_function).then_some(&*run.case.data)
}

/// From the least to the greatest value, with a share of the distance on both sides.
fn range(values: impl Iterator<Item = f64>, share: f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    let margin = if high > low { share * (high - low) } else { 1.0 };
    (low - margin, high + margin)
}

/// How far apart the least and the greatest of the finite values are.
fn spread(values: impl Iterator<Item = f64>) -> f64 {
    let ends = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let (low, high) = values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    (high - low).max(0.0)
}

/// Step `k` of `steps` from one end of a range to the other.
fn between((low, high): (f64, f64), k: usize, steps: usize) -> f64 {
    low + (high - low) * k as f64 / steps as f64
}
