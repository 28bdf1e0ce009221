//! Does the work of a row by the library, and reads its figures.

use anyhow::{Context, Result, bail};
use whygrad::data::bind::BindOptions;
use whygrad::data::{Dataset, builtin};
use whygrad::model::{Model, ModelOptions};
use whygrad::odds::{Series, Tally};
use whygrad::random::{Key, Seed};
use whygrad::train::measures::{absolute_errors, classification_error, squared_error_percentage};
use whygrad::train::method::{Curvature, MethodKind, ModelObjective, Objective};
use whygrad::train::optimiser::Stepper;
use whygrad::train::validation::train_validated;
use whygrad::train::{
    BatchSize, Control, FleetOptions, Options, Run, evaluate, starting_values, starting_values_of,
    train_fleet, train_watched,
};

use super::proben1;
use super::row::{Data, END, EdgeWork, FleetWork, Read, Reading, RunWork, ValidatedWork, Work};

/// What a person chose about the whole table.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Trials of a row where something is drawn.
    pub trials: u64,
    /// What is drawn from it.
    pub seed: u64,
}

/// Does the work and reads these figures from it.
pub(super) fn readings(work: &Work, reads: &[Read], scale: Scale) -> Result<Vec<Reading>> {
    match work {
        Work::Run(work) => run(work, reads),
        Work::Fleet(work) => fleet(work, reads, scale),
        Work::Validated(work) => validated(work, reads, scale),
        Work::Edge(work) => edge(work, reads, scale),
    }
}

fn model_of(text: &str) -> Result<Model> {
    Model::parse(text, &ModelOptions::default()).with_context(|| text.to_owned())
}

fn dataset(model: &Model, data: &Data) -> Result<Dataset> {
    match data {
        Data::BuiltIn(name) => {
            let table = builtin::table(name, Key::from_seed(Seed(1)))?;
            let bound = model.bind(&table, &BindOptions::default());
            Ok(bound.map_err(|mut errors| errors.remove(0))?.0)
        }
        Data::Rows(rows) => {
            let names = |width: usize, letter: char| (1..=width).map(|k| format!("{letter}{k}")).collect();
            let (inputs, targets) = rows.first().map_or((0, 0), |row| (row.0.len(), row.1.len()));
            Ok(Dataset {
                inputs: rows.iter().flat_map(|row| row.0.clone()).collect(),
                targets: rows.iter().flat_map(|row| row.1.clone()).collect(),
                rows: rows.len(),
                input_names: names(inputs, 'x'),
                target_names: names(targets, 'y'),
            })
        }
    }
}

fn other(read: &Read) -> anyhow::Error {
    anyhow::anyhow!("this work has no {read:?}")
}

/// A run, with what is to be read at some of its epochs.
fn run(work: &RunWork, reads: &[Read]) -> Result<Vec<Reading>> {
    let model = model_of(&work.model)?;
    let data = dataset(&model, &work.data)?;
    let start = match &work.start {
        Some(start) => start.clone(),
        None => starting_values(&model, None, work.options.seed, work.options.random)?,
    };
    let mut found = vec![None; reads.len()];
    let ended = train_watched(&model, Some(&data), &start, &work.options, 1, &mut |progress, theta| {
        for (found, read) in found.iter_mut().zip(reads) {
            if let Some(theta) = theta.filter(|_| epoch_of(read) == Some(progress.epoch)) {
                *found = at_point(&model, &data, theta, read);
            }
        }
        Control::Continue
    })?;
    let last = |read: &Read| match (read, epoch_of(read)) {
        (Read::Epochs, _) => Some(ended.epoch as f64),
        (Read::EpochsInPassing(limit), _) => in_passing(&model, &data, &start, &work.options, *limit),
        // The epoch that ends a run is shown to nobody.
        (_, Some(epoch)) if epoch == ended.epoch || epoch == END => {
            at_point(&model, &data, &ended.theta, read)
        }
        _ => None,
    };
    let value = |(read, found): (&Read, Option<f64>)| found.or_else(|| last(read)).ok_or_else(|| other(read));
    reads.iter().zip(found).map(|pair| value(pair).map(Reading::exact)).collect()
}

/// Steps by the optimiser's formulas, and sums the losses that it stepped from.
fn in_passing(model: &Model, data: &Dataset, start: &[f64], options: &Options, limit: f64) -> Option<f64> {
    let rows: Vec<usize> = (0..data.rows).collect();
    let size = match options.batch {
        BatchSize::Full => data.rows,
        BatchSize::Rows(size) => size,
    };
    let batches =
        rows.chunks(size).map(|rows| ModelObjective::new(model, Some(&data.select(rows)), MethodKind::Bfgs));
    let mut batches: Vec<ModelObjective> = batches.collect::<Result<_, _>>().ok()?;
    let rule = options.optimiser.rule(&options.gradient);
    let mut stepper = Stepper::new(&rule, start.len());
    let mut shared = options.optimiser.shared();
    let (mut theta, mut gradient) = (start.to_vec(), vec![0.0; start.len()]);
    for epoch in 1..=options.epochs {
        let mut sum = 0.0;
        for batch in &mut batches {
            sum += batch.loss_and_gradient(&theta, &mut gradient);
            let mut numbers = Vec::new();
            shared.next(options.learning_rate, &mut numbers);
            stepper.step(&mut theta, &gradient, &numbers).ok()?;
        }
        if sum < limit {
            return Some(epoch as f64);
        }
    }
    None
}

fn epoch_of(read: &Read) -> Option<u64> {
    match read {
        Read::Loss(epoch)
        | Read::Squares(epoch)
        | Read::LargestError(epoch)
        | Read::MeanError(epoch)
        | Read::Output(epoch, ..)
        | Read::Parameter(epoch, _)
        | Read::Apart(epoch, ..)
        | Read::Gradient(epoch)
        | Read::Eigenvalue(epoch, _)
        | Read::StableRate(epoch) => Some(*epoch),
        _ => None,
    }
}

fn at_point(model: &Model, data: &Dataset, theta: &[f64], read: &Read) -> Option<f64> {
    let outputs = || evaluate(model, data, theta).predictions;
    let numbers = data.targets.len() as f64;
    let eigenvalue = |k: usize| Curvature::new(model, Some(data)).eigenvalues(theta).into_iter().rev().nth(k);
    match *read {
        Read::Loss(_) => Some(evaluate(model, data, theta).loss),
        Read::Squares(_) => Some(squared_error_percentage(&outputs(), data, (0.0, 1.0))? * numbers / 100.0),
        Read::LargestError(_) => Some(absolute_errors(&outputs(), data)?.0),
        Read::MeanError(_) => Some(absolute_errors(&outputs(), data)?.1),
        Read::Output(_, row, k) => outputs().get(row)?.get(k).copied(),
        Read::Parameter(_, name) => parameter(model, theta, name),
        Read::Apart(_, one, two) => {
            Some((parameter(model, theta, one)? - parameter(model, theta, two)?).abs())
        }
        Read::Gradient(_) => {
            let mut objective = ModelObjective::new(model, Some(data), MethodKind::Bfgs).ok()?;
            let mut gradient = vec![0.0; theta.len()];
            objective.loss_and_gradient(theta, &mut gradient);
            Some(gradient.iter().map(|g| g * g).sum::<f64>().sqrt())
        }
        Read::Eigenvalue(_, k) => eigenvalue(k),
        Read::StableRate(_) => Some(2.0 / eigenvalue(0)?),
        _ => None,
    }
}

fn parameter(model: &Model, theta: &[f64], name: &str) -> Option<f64> {
    let mut entries = model
        .program
        .parameters
        .iter()
        .flat_map(|p| (0..p.len()).map(move |k| (p.entry_name(k), p.offset + k)));
    entries.find(|(entry, _)| entry == name).and_then(|(_, offset)| theta.get(offset).copied())
}

/// Restarts in a row. Where epochs are counted there are as many solutions as trials, else as many restarts.
fn fleet(work: &FleetWork, reads: &[Read], scale: Scale) -> Result<Vec<Reading>> {
    let model = model_of(&work.model)?;
    let data = dataset(&model, &work.data)?;
    let run = Options { seed: scale.seed, ..work.options.options.clone() };
    let options = FleetOptions { options: run, ..work.options.clone() };
    let counts_solutions = !reads.contains(&Read::Solved);
    let (mut series, mut tally) = (Series::default(), Tally::default());
    let mut next = 0;
    // Attempts that fail are made good for, as long as there is some hope.
    while next < 100 * scale.trials {
        let done = if counts_solutions { series.scores().len() as u64 } else { tally.restarts() };
        let missing = scale.trials.saturating_sub(done);
        if missing == 0 {
            break;
        }
        let restarts = next..next + missing;
        train_fleet(&model, &data, Some(work.initialiser), &options, restarts, &mut |endings, _| {
            for ending in endings {
                series.push(ending);
                tally.push(ending);
            }
            Control::Continue
        })?;
        next += missing;
    }
    let solved = Reading { value: 100.0 * tally.rate().unwrap_or(0.0), sd: None, trials: tally.restarts() };
    let summary = series.summary();
    let read = |read: &Read| {
        let of = |value: f64| Reading {
            value,
            sd: summary.map(|s| s.sd),
            trials: summary.map_or(0, |s| s.count as u64),
        };
        Ok(match (read, summary) {
            (Read::Solved, _) => solved,
            (Read::MeanEpochs, Some(s)) => of(s.mean),
            (Read::SdEpochs, Some(s)) => of(s.sd),
            (Read::LeastEpochs, Some(s)) => of(s.least as f64),
            (Read::MostEpochs, Some(s)) => of(s.most as f64),
            (Read::Failed, Some(s)) => of(s.failed as f64),
            (_, None) => bail!("no restart was solved"),
            _ => return Err(other(read)),
        })
    };
    reads.iter().map(read).collect()
}

/// Runs that validation rows end.
fn validated(work: &ValidatedWork, reads: &[Read], scale: Scale) -> Result<Vec<Reading>> {
    let problem = proben1::read(work.file)?;
    let model = model_of(&problem.linear_model())?;
    let mut values = vec![Vec::new(); reads.len()];
    for restart in 0..scale.trials {
        let options = Options { seed: scale.seed, restart: Some(restart), ..work.options.clone() };
        let start = starting_values_of(&model, Some(work.initialiser), &options)?;
        let parts = (&problem.training, &problem.validation);
        let found =
            train_validated(&model, parts, &start, &options, &work.rules, &mut |_| Control::Continue)?;
        let outputs = |data: &Dataset, theta: &[f64]| evaluate(&model, data, theta).predictions;
        let error =
            |data: &Dataset, theta: &[f64]| squared_error_percentage(&outputs(data, theta), data, (0.0, 1.0));
        for (values, read) in values.iter_mut().zip(reads) {
            let value = match read {
                Read::TrainingError => error(&problem.training, &found.run.theta),
                Read::ValidationError => error(&problem.validation, &found.best_theta),
                Read::TestError => error(&problem.test, &found.best_theta),
                Read::TestClassification => {
                    let outputs = outputs(&problem.test, &found.best_theta);
                    classification_error(&outputs, &problem.test).map(|share| 100.0 * share)
                }
                Read::TotalEpochs => Some(found.run.epoch as f64),
                Read::RelevantEpochs => Some(found.best_epoch as f64),
                _ => None,
            };
            values.push(value.ok_or_else(|| other(read))?);
        }
    }
    Ok(values.iter().map(|values| Reading::mean(values)).collect())
}

/// Runs whose largest curvature is watched.
fn edge(work: &EdgeWork, reads: &[Read], scale: Scale) -> Result<Vec<Reading>> {
    if let Some(read) = reads.iter().find(|read| **read != Read::Sharpness) {
        return Err(other(read));
    }
    let model = model_of(&work.model)?;
    let data = dataset(&model, &work.data)?;
    let mut medians = Vec::new();
    for restart in 0..scale.trials {
        let options = Options { seed: scale.seed, restart: Some(restart), ..work.options.clone() };
        let mut start = starting_values_of(&model, Some(work.initialiser), &options)?;
        for (name, gain) in &work.gains {
            let found = model.program.parameters.iter().find(|p| p.name == *name);
            let p = found.with_context(|| format!("no parameter {name}"))?;
            start[p.offset..p.offset + p.len()].iter_mut().for_each(|w| *w *= gain);
        }
        let (mut curvature, mut towards) = (Curvature::new(&model, Some(&data)), Vec::new());
        let mut seen = Vec::new();
        let run: Run =
            train_watched(&model, Some(&data), &start, &options, work.every, &mut |progress, theta| {
                if let Some(theta) = theta.filter(|_| 2 * progress.epoch >= progress.epochs) {
                    seen.extend(curvature.largest_eigenvalue(theta, &mut towards));
                }
                Control::Continue
            })?;
        anyhow::ensure!(run.epoch == options.epochs, "the run ended after {} epochs", run.epoch);
        seen.sort_unstable_by(f64::total_cmp);
        let middle = seen.get(seen.len() / 2).context("no look at the curvature")?;
        medians.push(middle * options.learning_rate / 2.0);
    }
    Ok(vec![Reading::mean(&medians); reads.len()])
}
