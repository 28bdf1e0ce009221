//! Curves over the epochs of a run.

use whygrad_plot::{Figure, Lines, Mark, Series, words};

use super::told::short;
use super::{Choices, Onlooker, PictureError, rows};
use crate::landscape::{Field, norm};
use crate::train::schedule::Rates;
use crate::train::{Optimiser, Run, evaluate};
use crate::why::{Finished, Spectrum};

/// The loss over the epochs; logarithmic where it falls by more than a factor of 100. `None` before
/// the first epoch.
pub fn loss_figure(run: &Run) -> Option<Figure> {
    if run.epoch == 0 {
        return None;
    }
    let points = run.history.points().into_iter().map(|(e, l)| (e as f64, l)).collect();
    Some(over_epochs(("Loss", "loss"), vec![Series::line("loss", points)], &Choices::default()).into())
}

/// The losses of runs.
pub(super) fn losses(runs: &[(String, &Finished)], choices: &Choices) -> Figure {
    let points = |run: &Finished| run.losses.iter().map(|(e, l)| (*e as f64, *l)).collect::<Vec<_>>();
    let series = named(runs, "loss", |run| Ok(points(run))).unwrap_or_default();
    let mut figure = over_epochs(("Loss", "loss"), series, choices);
    if let [(_, run)] = runs {
        figure.marks.extend(plateau_end(&points(run), figure.y_log));
        figure.notes.extend(run.is_solved().then(|| "The run is solved.".to_owned()));
        figure.notes.extend(overflow(run));
    }
    figure.into()
}

/// Says where the numbers of a run overflowed, if they did.
fn overflow(run: &Finished) -> Option<String> {
    let finite = |theta: &[f64]| theta.iter().all(|value| value.is_finite());
    let ended = run.overflowed() || !run.loss.is_finite() || !finite(&run.theta);
    let last = run.losses.iter().rev().find(|(_, loss)| loss.is_finite())?;
    ended.then(|| format!("The run diverged: after epoch {} its loss is no longer a finite number.", last.0))
}

/// A curve of each run, under its name where there are several.
fn named(
    runs: &[(String, &Finished)],
    what: &str,
    mut points: impl FnMut(&Finished) -> Result<Vec<(f64, f64)>, PictureError>,
) -> Result<Vec<Series>, PictureError> {
    let name = |name: &String| if runs.len() > 1 { name.clone() } else { what.to_owned() };
    runs.iter().map(|(run_name, run)| Ok(Series::line(name(run_name), points(run)?))).collect()
}

/// Curves over epochs, with logarithmic values where all are positive and they span more than a factor of 100.
fn over_epochs((title, label): (&str, &str), series: Vec<Series>, choices: &Choices) -> Lines {
    let values = || series.iter().flat_map(|s| &s.points).map(|p| p.1).filter(|v| v.is_finite());
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(0.0, f64::max);
    let last = series.iter().flat_map(|s| &s.points).map(|p| p.0).fold(0.0, f64::max);
    Lines {
        title: title.into(),
        x_label: "epoch".into(),
        y_label: label.into(),
        x_whole: true,
        // A run of no epoch or of one has an axis all the same.
        x_reach: (last <= 1.0).then_some((0.0, 1.0)),
        y_log: choices.log.unwrap_or(low > 0.0 && high > 100.0 * low),
        marks: choices.marks.iter().map(|(x, label)| Mark { x: *x, label: label.clone() }).collect(),
        series,
        ..Lines::default()
    }
}

/// A loss below this share of the first has arrived, and rests at the bottom.
const FLOOR: f64 = 1e-6;

/// Where the loss leaves its longest rest: a stretch that the words call flat, of a fifth of the run at least, after which
/// it falls by a tenth at least.
fn plateau_end(points: &[(f64, f64)], y_log: bool) -> Option<Mark> {
    let last = points.last().filter(|last| last.0 >= 10.0)?;
    let rests = words::rests(points, y_log).into_iter();
    // A rest at the end of the run is no plateau.
    let first = points.first().map_or(0.0, |point| point.1);
    let left = rests.filter(|(_, end)| last.1 < 0.9 * end.1 && end.0 < last.0 && end.1 > FLOOR * first);
    let longest = left.max_by(|a, b| (a.1.0 - a.0.0).total_cmp(&(b.1.0 - b.0.0)))?;
    let (start, end) = longest;
    (end.0 - start.0 >= last.0 / 5.0).then(|| Mark { x: end.0, label: "the plateau ends".into() })
}

/// The share of rows that are right.
pub(super) fn accuracy(
    runs: &[(String, &Finished)],
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let series = named(runs, "accuracy in percent", |run| {
        if run.evaluation.accuracy.is_none() {
            return Err(PictureError::Nothing(
                "the targets are no classes, so that no row is right or wrong; take loss".into(),
            ));
        }
        let of =
            |theta: &[f64]| evaluate(&run.case.model, &run.case.data, theta).accuracy.unwrap_or(f64::NAN);
        let places = onlooker.places(run, false)?;
        onlooker.at_each("accuracy along the run", &places, |p| (p.epoch as f64, 100.0 * of(&p.theta)))
    })?;
    let linear = Choices { log: Some(choices.log.unwrap_or(false)), ..choices.clone() };
    let figure = over_epochs(("Rows that are right", "percent"), series, &linear);
    Ok(Lines { y_reach: Some((0.0, 100.0)), ..figure }.into())
}

/// The length of the derived gradient on all rows.
pub(super) fn gradient_norm(
    runs: &[(String, &Finished)],
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let series = named(runs, "gradient norm", |run| {
        let mut field = Field::new(&run.case.model, rows(run));
        let places = onlooker.places(run, false)?;
        onlooker
            .at_each("gradient along the run", &places, |p| (p.epoch as f64, norm(&field.gradient(&p.theta))))
    })?;
    Ok(over_epochs(("Length of the gradient", "gradient norm"), series, choices).into())
}

/// The learning rate of the first step of each epoch.
pub(super) fn learning_rate(runs: &[(String, &Finished)], choices: &Choices) -> Result<Figure, PictureError> {
    let series = named(runs, "learning rate", rates)?;
    let linear = Choices { log: Some(choices.log.unwrap_or(false)), ..choices.clone() };
    Ok(over_epochs(("Learning rate", "learning rate"), series, &linear).into())
}

fn rates(run: &Finished) -> Result<Vec<(f64, f64)>, PictureError> {
    let options = &run.case.options;
    if options.method.is_some() {
        return Err(PictureError::Nothing(
            "this run's method chooses its own steps and has no learning rate".into(),
        ));
    }
    let steps = options.steps_per_epoch(run.case.data.rows);
    let mut rates = Rates::new(options.schedule, options.learning_rate, steps, options.epochs);
    let complete = run.losses.len() as u64 == run.epochs + 1;
    if rates.needs_losses() && !complete {
        return Err(PictureError::Nothing(
            "this schedule goes by the losses, of which the run did not keep all; train it with --history every".into(),
        ));
    }
    let mut points = Vec::new();
    let every = (run.epochs / 2000).max(1);
    for epoch in 0..run.epochs {
        if !rates.needs_losses() && !epoch.is_multiple_of(every) && epoch + 1 != run.epochs {
            continue;
        }
        points.push(((epoch + 1) as f64, rates.at(epoch * steps)));
        if rates.needs_losses() {
            rates.epoch_ended(run.losses[epoch as usize + 1].1);
        }
    }
    Ok(points)
}

/// The eigenvalues of the Hessian along a run. The onlooker is told how far they are, and ends it with
/// [`PictureError::Stopped`].
///
/// # Errors
/// A run that takes too long to be made again.
pub fn spectrum(run: &Finished, onlooker: &mut Onlooker<'_>) -> Result<Spectrum, PictureError> {
    let places = onlooker.places(run, false)?;
    let mut watch = |share| onlooker.see("eigenvalues of the Hessian", share);
    crate::why::spectrum(run, &places, &mut watch).ok_or(PictureError::Stopped)
}

/// A bound of so many times the largest eigenvalue is told and not drawn.
const FAR_ABOVE: f64 = 8.0;

/// The eigenvalues of the Hessian along the run, with the largest that is stable.
pub(super) fn eigenvalues(
    run: &Finished,
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let found = spectrum(run, onlooker)?;
    if found.places.is_empty() {
        return Err(PictureError::Nothing("no eigenvalue is finite along this run".into()));
    }
    let line = |of: fn(&crate::why::SpectrumPlace) -> f64| {
        found.places.iter().map(|p| (p.epoch as f64, of(p))).collect()
    };
    let all: Vec<(f64, f64)> = found
        .places
        .iter()
        .flat_map(|p| p.all.iter().flatten().map(|value| (p.epoch as f64, *value)))
        .collect();
    let mut series = vec![];
    if !all.is_empty() {
        // They lie between the curves of the largest and the smallest.
        series.push(Series::dots("all eigenvalues", all).silent());
    }
    series.push(Series::line("largest eigenvalue", line(|p| p.largest)));
    series.push(Series::line("smallest eigenvalue", line(|p| p.smallest)));
    let mut notes = Vec::new();
    if let Some((mut line, note)) = stable(run, &found) {
        notes.push(note);
        let largest = found.places.iter().map(|p| p.largest.abs().max(p.smallest.abs())).fold(0.0, f64::max);
        // Beside a bound far above them all eigenvalues would be one line.
        line.points.retain(|point| point.1 <= FAR_ABOVE * largest);
        if !line.points.is_empty() {
            series.push(line.silent());
        }
    }
    let figure = over_epochs(
        ("Eigenvalues of the Hessian", "eigenvalue"),
        series,
        &Choices { log: Some(choices.log.unwrap_or(false)), ..choices.clone() },
    );
    Ok(Lines { notes, ..figure }.into())
}

/// The largest eigenvalue at which a step is stable, at each place by its learning rate, and a sentence on the places above it.
fn stable(run: &Finished, found: &Spectrum) -> Option<(Series, String)> {
    let options = &run.case.options;
    let steps = options.steps_per_epoch(run.case.data.rows);
    let rates = Rates::new(options.schedule, options.learning_rate, steps, options.epochs);
    let bound = found.bound.filter(|_| !rates.needs_losses() && run.epochs > 0)?;
    let last = options.epochs.saturating_sub(1);
    let at = |epoch: u64| bound * options.learning_rate / rates.at(epoch.min(last) * steps);
    let places = || found.places.iter().filter(|p| at(p.epoch).is_finite());
    let plain = options.optimiser == Optimiser::GradientDescent;
    let name = if plain { "2 / learning rate" } else { "largest that is stable" };
    let told = match (rates.is_constant(), plain) {
        (true, true) => format!("{name} = {}", short(bound)),
        (true, false) => format!("{}, the {name}", short(bound)),
        (false, true) => format!("{name}, which the schedule changes"),
        (false, false) => format!("the {name}, which the schedule changes"),
    };
    let above = places().filter(|p| p.largest > at(p.epoch)).count();
    let note = match above {
        0 => format!("The largest stays below {told}: steps are stable all along."),
        _ => format!(
            "At {above} of {} places the largest is above {told}: steps overshoot there.",
            found.places.len()
        ),
    };
    Some((Series::line(name, places().map(|p| (p.epoch as f64, at(p.epoch))).collect()), note))
}
