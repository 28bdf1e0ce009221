//! What a row of the table is: a configuration, and the figures it must come to.

use whygrad::init::Initialiser;
use whygrad::train::validation::EarlyStopping;
use whygrad::train::{FleetOptions, Options};

/// A published configuration with its figures.
#[derive(Clone, Debug)]
pub struct Row {
    /// What `--only` calls it.
    pub name: String,
    /// Where it was published.
    pub source: &'static str,
    /// The configuration in words.
    pub what: String,
    /// The same as the library takes it.
    pub work: Work,
    /// How many trials the re-run had; 1 where nothing is drawn.
    pub trials: u64,
    /// What is compared.
    pub figures: Vec<Figure>,
}

/// What is done with a model and its data.
#[derive(Clone, Debug)]
pub enum Work {
    /// One run from given values.
    Run(RunWork),
    /// Many restarts, each until it is solved or at its cap.
    Fleet(FleetWork),
    /// Runs that validation rows end.
    Validated(ValidatedWork),
    /// Runs whose largest curvature is watched.
    Edge(EdgeWork),
}

/// One run from given values.
#[derive(Clone, Debug)]
pub struct RunWork {
    /// The model.
    pub model: String,
    /// The rows.
    pub data: Data,
    /// Values in place of those that the model gives.
    pub start: Option<Vec<f64>>,
    /// The rest.
    pub options: Options,
}

/// Many restarts of one model.
#[derive(Clone, Debug)]
pub struct FleetWork {
    /// The model.
    pub model: String,
    /// The rows.
    pub data: Data,
    /// How each begins.
    pub initialiser: Initialiser,
    /// The rest; the epochs are the cap of an attempt.
    pub options: FleetOptions,
}

/// Runs that validation rows end, on rows to train on, to validate and to test.
#[derive(Clone, Debug)]
pub struct ValidatedWork {
    /// The file with all three.
    pub file: &'static str,
    /// How each begins.
    pub initialiser: Initialiser,
    /// When it ends.
    pub rules: EarlyStopping,
    /// The rest.
    pub options: Options,
}

/// Runs whose largest curvature is watched.
#[derive(Clone, Debug)]
pub struct EdgeWork {
    /// The model.
    pub model: String,
    /// The rows.
    pub data: Data,
    /// How each begins.
    pub initialiser: Initialiser,
    /// By how much more than that the values of a parameter are.
    pub gains: Vec<(&'static str, f64)>,
    /// Epochs between two looks, in the second half of the run.
    pub every: u64,
    /// The rest.
    pub options: Options,
}

/// The rows of a problem.
#[derive(Clone, Debug)]
pub enum Data {
    /// A built-in table.
    BuiltIn(&'static str),
    /// Inputs and targets, row by row.
    Rows(Vec<(Vec<f64>, Vec<f64>)>),
}

/// One number beside what was published.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is read.
    pub read: Read,
    /// As published.
    pub published: Option<f64>,
    /// As an independent re-run of the configuration has it.
    pub again: Option<f64>,
    /// How near ours must be.
    pub band: Band,
    /// Digits after the point, as shown.
    pub digits: usize,
}

/// How near a figure must be to the re-run's, or to the published one where there is no re-run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Band {
    /// So near.
    Near(f64),
    /// A mean: within 4 standard errors of the difference and the rounding of the printed figure. The deviation is that
    /// of the re-run, or ours where it is not known.
    Mean(Option<f64>),
    /// A percentage of all trials: the same with the deviation of a share.
    Share,
    /// Between two numbers.
    Between(f64, f64),
    /// Shown only.
    Shown,
}

/// The epoch at which a run ends, whichever it is.
pub const END: u64 = u64::MAX;

/// What is read from the work. An epoch is so many passes over the data after the start.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// The loss at an epoch.
    Loss(u64),
    /// The sum of (output - target)² over rows and outputs at an epoch.
    Squares(u64),
    /// The largest |output - target| at an epoch.
    LargestError(u64),
    /// The mean of |output - target| at an epoch.
    MeanError(u64),
    /// An output at an epoch: of a row, by number.
    Output(u64, usize, usize),
    /// A parameter at an epoch.
    Parameter(u64, &'static str),
    /// How far two parameters are apart at an epoch.
    Apart(u64, &'static str, &'static str),
    /// The length of the gradient at an epoch.
    Gradient(u64),
    /// An eigenvalue of the Hessian at an epoch, the largest first.
    Eigenvalue(u64, usize),
    /// The largest learning rate at which plain descent is stable: 2 over the largest eigenvalue.
    StableRate(u64),
    /// Epochs to the end of the run.
    Epochs,
    /// The first epoch in which the losses of its steps, each before the step, add up to less than this: what a
    /// program sees that sums the errors up while it trains.
    EpochsInPassing(f64),
    /// The mean of the epochs to a solution, with those of attempts that failed before it.
    MeanEpochs,
    /// Their sample deviation.
    SdEpochs,
    /// The fewest.
    LeastEpochs,
    /// The most.
    MostEpochs,
    /// Attempts that failed.
    Failed,
    /// The percentage of solved restarts.
    Solved,
    /// The squared error percentage of the training rows at the end.
    TrainingError,
    /// That of the validation rows at its minimum.
    ValidationError,
    /// That of the test rows in the same place.
    TestError,
    /// The percentage of test rows that winner-takes-all gets wrong there.
    TestClassification,
    /// Epochs of the run.
    TotalEpochs,
    /// Epochs to the minimum of the validation error.
    RelevantEpochs,
    /// The median over the second half of a run of (largest eigenvalue) x (learning rate) / 2.
    Sharpness,
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The number, a mean where there are several trials.
    pub value: f64,
    /// The sample deviation between the trials, where there are several.
    pub sd: Option<f64>,
    /// How many trials it is of.
    pub trials: u64,
}

impl Reading {
    /// A number that nothing random is in.
    pub fn exact(value: f64) -> Reading {
        Reading { value, sd: None, trials: 1 }
    }

    /// The mean of some trials.
    pub fn mean(values: &[f64]) -> Reading {
        let n = values.len() as f64;
        let value = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|v| (v - value).powi(2)).sum::<f64>();
        let sd = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
        Reading { value, sd, trials: values.len() as u64 }
    }
}

impl Figure {
    /// What ours is held against.
    pub fn reference(&self) -> Option<f64> {
        self.again.or(self.published)
    }

    /// How far ours may be from it on both sides; `None` where anything goes.
    pub fn tolerance(&self, reading: &Reading, trials_again: u64) -> Option<f64> {
        let four_errors = |sd: f64| {
            let rounding = 0.5 * 0.1_f64.powf(self.digits as f64);
            rounding + 4.0 * sd * (1.0 / reading.trials as f64 + 1.0 / trials_again as f64).sqrt()
        };
        match self.band {
            Band::Near(near) => Some(near),
            Band::Mean(sd) => Some(four_errors(sd.or(reading.sd)?)),
            Band::Share => {
                let p = self.reference()? / 100.0;
                Some(four_errors(100.0 * (p * (1.0 - p)).sqrt()))
            }
            Band::Between(low, high) => Some((high - low) / 2.0),
            Band::Shown => None,
        }
    }

    /// Whether ours is in its band.
    pub fn holds(&self, reading: &Reading, trials_again: u64) -> bool {
        match (self.band, self.reference()) {
            (Band::Shown, _) => true,
            (Band::Between(low, high), _) => reading.value >= low && reading.value <= high,
            (_, Some(reference)) => self
                .tolerance(reading, trials_again)
                .is_some_and(|tolerance| (reading.value - reference).abs() <= tolerance),
            (_, None) => false,
        }
    }
}
