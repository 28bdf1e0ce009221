//! This program's own part: from the text of a net to trained parameters, by the library as anyone calls it.
//!
//! Everything that the measurements need of the library's training stands in this file.

use anyhow::{Result, anyhow};
use whygrad::data::Dataset;
use whygrad::model::{Model, ModelOptions, one_word};
use whygrad::train::{BatchSize, Control, Losses, Optimiser, Options, Precision, train, train_from};

use super::work::Update;

/// A net with its data and how it is trained.
#[derive(Clone, Debug)]
pub struct Setting {
    model: Model,
    data: Dataset,
    options: Options,
    /// How many threads a fleet may use.
    pub threads: usize,
}

/// What a setting is made of.
#[derive(Clone, Debug)]
pub struct Said {
    /// The net in one word.
    pub net: String,
    /// The loss by name.
    pub loss: &'static str,
    /// Inputs, row by row.
    pub inputs: Vec<f64>,
    /// Targets, row by row.
    pub targets: Vec<f64>,
    /// The learning rate.
    pub rate: f64,
    /// How a step is made.
    pub update: Update,
    /// Rows of a batch; all where there is none.
    pub batch: Option<usize>,
    /// `float64` or `float32`.
    pub dtype: String,
    /// How many threads may be used.
    pub threads: usize,
}

impl Setting {
    /// Reads the net and gives it its data.
    ///
    /// # Errors
    /// Where it is no net, or what is asked for is not there.
    pub fn new(said: Said) -> Result<Setting> {
        let options = ModelOptions { loss: Some(said.loss.into()), ..ModelOptions::default() };
        let text = one_word::expand(&said.net)?;
        let model = Model::parse(&text, &options).map_err(|error| anyhow!("{error}"))?;
        let optimiser = match said.update {
            Update::GradientDescent => "gd",
            Update::Momentum => "momentum(0.9)",
            Update::Adam => "adam",
        };
        let optimiser: Optimiser = optimiser.parse().map_err(|error| anyhow!("{error}"))?;
        let (inputs, targets) = (model.program.input_width(), model.program.target_width());
        let names = |letter: &str, count: usize| (0..count).map(|k| format!("{letter}{k}")).collect();
        let data = Dataset {
            rows: said.inputs.len() / inputs.max(1),
            inputs: said.inputs,
            targets: said.targets,
            input_names: names("x", inputs),
            target_names: names("y", targets),
        };
        let options = Options {
            learning_rate: said.rate,
            optimiser,
            batch: said.batch.map_or(BatchSize::Full, BatchSize::Rows),
            losses: Losses::Running,
            precision: if said.dtype == "float64" { Precision::F64 } else { Precision::F32 },
            ..Options::default()
        };
        Ok(Setting { model, data, options, threads: said.threads })
    }

    /// How many parameters a net has.
    pub fn parameters(&self) -> usize {
        self.model.program.parameter_count()
    }

    /// Whether a step sees a part of the rows only.
    pub fn has_batches(&self) -> bool {
        self.options.batch != BatchSize::Full
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.data.rows
    }

    /// The same with only the first rows.
    #[must_use]
    pub fn with_rows(&self, rows: usize) -> Setting {
        let first: Vec<usize> = (0..rows.min(self.data.rows)).collect();
        Setting { data: self.data.select(&first), ..self.clone() }
    }

    /// Trains one net from each start and gives their parameters.
    ///
    /// # Errors
    /// Where the library cannot train so.
    pub fn train(&self, starts: &[Vec<f64>], epochs: u64) -> Result<Vec<Vec<f64>>> {
        let options = Options { epochs, threads: Some(self.threads), ..self.options.clone() };
        if let [start] = starts {
            let run = train(&self.model, Some(&self.data), start, &options, &mut |_| Control::Continue)?;
            return Ok(vec![run.theta]);
        }
        Ok(train_from(&self.model, &self.data, starts, &options)?)
    }

    /// The loss over all rows in float64, the mean of all nets.
    pub fn loss(&self, nets: &[Vec<f64>]) -> f64 {
        let options = Options { epochs: 0, precision: Precision::F64, ..self.options.clone() };
        let loss = |theta: &Vec<f64>| {
            train(&self.model, Some(&self.data), theta, &options, &mut |_| Control::Continue)
                .map_or(f64::NAN, |run| run.loss)
        };
        nets.iter().map(loss).sum::<f64>() / nets.len() as f64
    }
}
