//! The loss over a plane through the parameters, with the path of the run and how far it is from the plane.

use whygrad_plot::{Figure, Map, MapPath, Panels, Spot, SpotKind, words};

use super::told::short;
use super::{Eye, Onlooker, PictureError, range, rows};
use crate::data::Dataset;
use crate::landscape::{
    Field, Grid, Kind, Plane, Projection, Stationary, norm, rise_between, stationary_points,
};
use crate::lint::losses::LossOfOutputs;
use crate::model::Model;
use crate::train::Run;
use crate::why::Finished;

/// Which plane.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaneKind {
    /// Of two parameters by name, or the line of one.
    Parameters(Vec<String>),
    /// Through the run's end along the two principal directions of its path.
    Path,
    /// Through the run's end along two random directions, drawn with this seed.
    Random(u64),
}

/// What a person chooses of a landscape.
#[derive(Clone, Debug, PartialEq)]
pub struct LandscapeChoices {
    /// Which plane; between two runs it is theirs.
    pub plane: PlaneKind,
    /// From where to where to the right; by the path where nothing is said.
    pub x: Option<(f64, f64)>,
    /// From where to where upwards.
    pub y: Option<(f64, f64)>,
    /// Samples to each side.
    pub side: usize,
    /// Logarithmic or linear values; where nothing is said linear heights, and colours by their range.
    pub log: Option<bool>,
    /// As a landscape seen from the side.
    pub three_dimensional: bool,
    /// From where it is seen then.
    pub from: Eye,
}

impl Default for LandscapeChoices {
    fn default() -> Self {
        LandscapeChoices {
            plane: PlaneKind::Path,
            x: None,
            y: None,
            side: 101,
            log: None,
            three_dimensional: false,
            from: Eye::default(),
        }
    }
}

/// Products of a parameter with a row in all looks at the loss that take some seconds.
const WAITED: f64 = 4e9;

/// How many samples there are to each side where nothing is said: fewer for large nets and many rows.
pub fn usual_side(run: &Finished) -> usize {
    ((WAITED / products(run)).sqrt() as usize).clamp(21, 101)
}

/// Whether a landscape with so many samples to each side takes more than some seconds.
pub fn takes_long(run: &Finished, side: usize) -> bool {
    (side * side) as f64 * products(run) > WAITED
}

/// Products of a parameter with a row in one look at the loss.
fn products(run: &Finished) -> f64 {
    (run.case.data.rows * run.theta.len()).max(1) as f64
}

/// How far to each side without a path.
const REACH: f64 = 10.0;

/// An axis that is shorter than this share of the other is as long as the other.
const FLATTEST: f64 = 1e-6;

/// Share of the path's extent that is shown on both sides of it.
const MARGIN: f64 = 0.25;

/// A way with its name, and what has to be said of it.
pub(super) struct Way {
    pub(super) name: String,
    pub(super) thetas: Vec<Vec<f64>>,
    /// The epochs done at each place; empty where each is a step.
    epochs: Vec<u64>,
    note: Option<String>,
}

/// A path whose loss is beyond so many times its first size is shown no further: the rest of the picture would be a point.
const FAR: f64 = 1e3;

impl Way {
    /// The path of a run, as long as its loss is of the size of its first.
    fn of(
        name: &str,
        run: &Finished,
        field: &mut Field,
        onlooker: &mut Onlooker<'_>,
    ) -> Result<Way, PictureError> {
        let places = onlooker.places(run, false)?;
        let sizes = onlooker.at_each(ALONG, &places, |place| field.loss(&place.theta).abs())?;
        let first = sizes.first().copied().unwrap_or_default().max(f64::MIN_POSITIVE);
        let near = sizes.iter().take_while(|size| **size <= FAR * first).count();
        // Its first step belongs to it, however far it goes.
        let finite = places.iter().take_while(|place| place.theta.iter().all(|t| t.is_finite())).count();
        let kept = near.max(2).min(finite);
        let note = (kept < places.len()).then(|| {
            format!(
                "The run diverges: its {name} is shown until epoch {}, after which its loss is more than {FAR} times its first.",
                places[kept.saturating_sub(1)].epoch
            )
        });
        let epochs = places.iter().take(kept).map(|place| place.epoch).collect();
        let thetas = places.iter().take(kept).map(|place| place.theta.clone()).collect();
        Ok(Way { name: name.to_owned(), thetas, epochs, note })
    }
}

/// What an onlooker is told.
const ALONG: &str = "loss along the path";
pub(super) const OVER: &str = "loss over the plane";

/// The loss of a model over a plane with the path of the run; with another run, over the plane between the two. The model is
/// the run's own, or it with another loss. The onlooker is told how far it is, and ends it with [`PictureError::Stopped`].
///
/// # Errors
/// A plane that does not exist, with what to do.
pub fn landscape(
    (run, model): (&Finished, &Model),
    other: Option<(&str, &Finished)>,
    choices: &LandscapeChoices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let mut field = Field::new(&run.case.model, rows(run));
    let mut ways = vec![Way::of("path", run, &mut field, onlooker)?];
    let plane = match (other, &choices.plane) {
        (Some((name, other)), _) => {
            // Parameters of another model stand for other things, however many there are.
            let names = |run: &Finished| run.case.model.program.entry_names();
            if run.theta.len() == other.theta.len() && names(run) != names(other) {
                return Err(PictureError::Nothing(format!(
                    "{name} is a run of another model; a plane lies between runs of one model"
                )));
            }
            ways.push(Way::of(&format!("path of {name}"), other, &mut field, onlooker)?);
            Plane::between(&ways[0].thetas, &ways[1].thetas)?
        }
        (None, PlaneKind::Parameters(names)) => Plane::of_parameters(model, end(run, &ways[0]), names)?,
        // Of one parameter there is one line.
        (None, _) if run.theta.len() == 1 => {
            Plane::of_parameters(model, end(run, &ways[0]), &model.program.entry_names())?
        }
        (None, PlaneKind::Path) => Plane::of_path(&ways[0].thetas)?,
        (None, PlaneKind::Random(seed)) => Plane::random(model, end(run, &ways[0]), *seed),
    };
    let scene = Scene { model, data: rows(run), plane, ways };
    if scene.plane.y.is_none() {
        return scene.line(choices, onlooker);
    }
    let map = scene.map(choices, onlooker)?;
    Ok(if choices.three_dimensional {
        choices.from.on(map).into()
    } else {
        Map { contours: true, ..map }.into()
    })
}

/// Where a run ends: of one that diverges, where its way is last shown.
fn end<'r>(run: &'r Finished, way: &'r Way) -> &'r [f64] {
    way.thetas.last().filter(|_| way.note.is_some()).unwrap_or(&run.theta)
}

/// The path of a descent: on the curve of a function of one variable, on the map of one of two.
pub fn path_figure(model: &Model, run: &Run) -> Option<Figure> {
    let path = &run.path;
    let names = model.program.entry_names();
    let plane = Plane::of_parameters(model, path.last()?, &names).ok().filter(|_| names.len() <= 2)?;
    let ways = vec![Way { name: "path".into(), thetas: path.clone(), epochs: vec![], note: None }];
    let scene = Scene { model, data: None, plane, ways };
    let choices =
        LandscapeChoices { side: super::outputs::SIDE, log: Some(false), ..LandscapeChoices::default() };
    let nobody = &mut Onlooker::nobody();
    if scene.plane.y.is_none() {
        return Some(scene.curve(&choices, nobody).ok()?.0.into());
    }
    let title = format!("Descent on f({}, {})", names[0], names[1]);
    Some(Map { title, notes: vec![], ..scene.map(&choices, nobody).ok()? }.into())
}

/// A plane and what is drawn on it.
pub(super) struct Scene<'a> {
    pub(super) model: &'a Model,
    pub(super) data: Option<&'a Dataset>,
    pub(super) plane: Plane,
    pub(super) ways: Vec<Way>,
}

impl Scene<'_> {
    /// From where to where, and the ways in the plane.
    pub(super) fn extent(&self, choices: &LandscapeChoices) -> ((f64, f64), (f64, f64), Vec<Projection>) {
        let projected: Vec<Projection> =
            self.ways.iter().map(|way| self.plane.project(&way.thetas)).collect();
        let points = || projected.iter().flat_map(|p| &p.points);
        let single = self.ways.iter().all(|way| way.thetas.len() < 2);
        let random = self.plane.x.name.starts_with("random");
        let of = |value: fn(&(f64, f64)) -> f64| match (single, random) {
            (_, true) => (-1.0, 1.0),
            (true, _) => (-REACH, REACH),
            _ => range(points().map(value), MARGIN),
        };
        let (x, y) = (of(|p| p.0), of(|p| p.1));
        // A way along one axis has no extent across it.
        let wide = |own: (f64, f64), other: (f64, f64)| {
            let (middle, half) = (f64::midpoint(own.0, own.1), 0.5 * (other.1 - other.0));
            if own.1 - own.0 < FLATTEST * 2.0 * half { (middle - half, middle + half) } else { own }
        };
        (choices.x.unwrap_or_else(|| wide(x, y)), choices.y.unwrap_or_else(|| wide(y, x)), projected)
    }

    fn map(&self, choices: &LandscapeChoices, onlooker: &mut Onlooker<'_>) -> Result<Map, PictureError> {
        let (x, y, projected) = self.extent(choices);
        let mut field = Field::new(self.model, self.data);
        let ends = (x, y, choices.side);
        let grid = Grid::sample(&mut field, &self.plane, ends, &mut |share| onlooker.see(OVER, share));
        let grid = grid.ok_or(PictureError::Stopped)?;
        let label = |axis: Option<&crate::landscape::Axis>| axis.map(|a| a.name.clone()).unwrap_or_default();
        let mut notes = Vec::new();
        let mut paths = Vec::new();
        let mut spots = Vec::new();
        for (way, there) in self.ways.iter().zip(&projected).filter(|(way, _)| way.thetas.len() > 1) {
            paths.push(self.path(&mut field, way, there, onlooker)?);
            notes.extend(way.note.clone());
            let ends = [
                (there.points.first(), SpotKind::Start, "start"),
                (there.points.last(), SpotKind::End, "end"),
            ];
            spots.extend(ends.into_iter().filter_map(|(at, kind, word)| {
                let run = way.name.strip_prefix("path").unwrap_or_default();
                let label = format!("{word}{run}");
                at.map(|&(x, y)| Spot { x, y, kind, label, ..Spot::default() })
            }));
        }
        if let [first, other] = self.ways.as_slice()
            && let (Some(a), Some(b)) = (first.thetas.last(), other.thetas.last())
        {
            let watch = &mut |share| onlooker.see("loss between the two ends", share);
            let rise = rise_between(&mut field, (a, b), watch).ok_or(PictureError::Stopped)?;
            notes.push(barrier(rise));
        }
        let stationary = self.stationary(&mut field, (x, y), onlooker)?;
        // Beside two runs there is no room for two names at one place.
        let is_named = |end: &Spot| {
            let apart = |spot: &Spot| (spot.x - end.x).abs() + (spot.y - end.y).abs() + spot.distance;
            stationary.iter().any(|spot| apart(spot) < 1e-3)
        };
        if self.ways.len() > 1 {
            spots.retain(|spot| spot.kind != SpotKind::End || !is_named(spot));
        }
        spots.extend(stationary);
        let word = if self.data.is_some() { "Loss" } else { "Value" };
        Ok(Map {
            title: match self.ways.len() {
                2 => format!("{word} between the two runs"),
                _ => format!("{word} over {} and {}", self.plane.x.name, label(self.plane.y.as_ref())),
            },
            x_label: self.plane.x.name.clone(),
            y_label: label(self.plane.y.as_ref()),
            x,
            y,
            columns: grid.columns,
            rows: grid.rows,
            values: grid.losses.clone(),
            value_label: if self.data.is_some() { "loss".into() } else { "f".into() },
            value_log: choices.log.unwrap_or(!choices.three_dimensional && falls_far(&grid.losses)),
            paths,
            spots,
            notes,
            ..Map::default()
        })
    }

    fn path(
        &self,
        field: &mut Field,
        way: &Way,
        there: &Projection,
        onlooker: &mut Onlooker<'_>,
    ) -> Result<MapPath, PictureError> {
        let distance = if there.held > 1.0 - 1e-9 { vec![] } else { there.distance.clone() };
        // A plane of all parameters there are holds everything.
        let held = (self.model.program.parameter_count() > 2).then_some(there.held);
        let mut values = Vec::with_capacity(way.thetas.len());
        for (k, theta) in way.thetas.iter().enumerate() {
            onlooker.ask(ALONG, k as f64 / way.thetas.len() as f64)?;
            values.push(field.loss(theta));
        }
        let (name, points, epochs) = (way.name.clone(), there.points.clone(), way.epochs.clone());
        Ok(MapPath { name, points, distance, held, values, epochs, ..MapPath::default() })
    }

    /// The stationary points of the loss near the path that lie within the picture.
    pub(super) fn stationary(
        &self,
        field: &mut Field,
        (x, y): ((f64, f64), (f64, f64)),
        onlooker: &mut Onlooker<'_>,
    ) -> Result<Vec<Spot>, PictureError> {
        let whole = self.model.program.parameter_count() <= 2;
        let mut found: Vec<Stationary> = Vec::new();
        for (k, way) in self.ways.iter().enumerate() {
            let around = (whole && k == 0).then_some((x, y));
            let watch = &mut |share| onlooker.see("stationary points", share);
            let points = stationary_points((self.model, self.data), &way.thetas, around, watch);
            for point in onlooker.unless_stopped(points)? {
                let apart = |other: &Stationary| {
                    let away = other.theta.iter().zip(&point.theta).map(|(a, b)| a - b).collect::<Vec<f64>>();
                    norm(&away) > 1e-4 * (1.0 + norm(&point.theta))
                };
                if found.iter().all(apart) {
                    found.push(point);
                }
            }
        }
        let nothing = self.next_to_nothing(field);
        let mut spots = Vec::new();
        for point in found {
            let (at, distance) = self.plane.nearest(&point.theta);
            let inside = (x.0..=x.1).contains(&at.0) && (y.0..=y.1).contains(&at.1);
            if inside {
                let (kind, word, detail) = named(&point, nothing);
                let value = if self.data.is_some() { "loss" } else { "f" };
                spots.push(Spot {
                    x: at.0,
                    y: at.1,
                    kind,
                    label: format!("{word}, {value} {}", short(point.loss)),
                    value: Some(point.loss),
                    detail,
                    distance: if distance > 1e-6 { distance } else { 0.0 },
                });
            }
        }
        Ok(spots)
    }

    /// A loss that is 0 as far as can be told, where no loss is below 0: a trillionth of that at the start. `None` where the
    /// loss is not known to have such a bound.
    fn next_to_nothing(&self, field: &mut Field) -> Option<f64> {
        let loss = LossOfOutputs::of(self.model)?;
        let is_bounded = loss.penalties.is_empty() && loss.named(self.data?).is_some();
        let start = self.ways.first()?.thetas.first()?;
        is_bounded.then(|| 1e-12 * field.loss(start))
    }
}

/// Whether a twentieth of the values is positive and a hundred times smaller than the largest: of fewer, logarithmic colours
/// would show the bottom of a valley and nothing of the rest.
fn falls_far(values: &[f64]) -> bool {
    let mut values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let (lowest, low, highest) = (values.first(), values.get(values.len() / 20), values.last());
    lowest.is_some_and(|lowest| *lowest > 0.0)
        && low.zip(highest).is_some_and(|(low, high)| *high > 100.0 * low)
}

/// Landscapes of several losses side by side, a sentence each.
pub fn side_by_side(figures: Vec<Figure>) -> Figure {
    let told = |figure: &Figure| {
        let sentences = words::sentences(figure);
        let told =
            sentences.iter().map(|sentence| sentence.trim_end_matches('.').replacen("The ", "the ", 1));
        let told = told.collect::<Vec<_>>().join("; ");
        match figure.title().split_once(": ") {
            Some((loss, over)) => format!("With {loss} over {over}, {told}."),
            None => format!("{}: {told}.", figure.title()),
        }
    };
    let summary = figures.iter().map(told).collect();
    Panels { title: "Losses side by side".into(), figures, columns: 2, summary, ..Panels::default() }.into()
}

fn barrier(rise: f64) -> String {
    if rise <= 1e-9 {
        return "On the straight line between the two ends the loss never rises above the higher end.".into();
    }
    format!(
        "On the straight line between the two ends the loss rises to {} above the higher end.",
        short(rise)
    )
}

/// What a stationary point is, the word for it, and how many directions are flat. A flat place whose loss is `nothing` at most
/// is a minimum, for no loss is below 0.
fn named(point: &Stationary, nothing: Option<f64>) -> (SpotKind, String, String) {
    let flat = point.flat_directions();
    let detail = match flat {
        0 => String::new(),
        _ => format!("flat in {flat} of {} directions", point.theta.len()),
    };
    let is_least = nothing.is_some_and(|nothing| (0.0..=nothing).contains(&point.loss));
    let kind = match point.kind() {
        Kind::Flat if is_least && point.smallest() >= -1e-7 * point.largest() => SpotKind::Minimum,
        Kind::Minimum => SpotKind::Minimum,
        Kind::Maximum => SpotKind::Maximum,
        Kind::Saddle => SpotKind::Saddle,
        Kind::Flat => SpotKind::Flat,
    };
    match kind {
        SpotKind::Minimum => (kind, "minimum".into(), detail),
        SpotKind::Flat => (kind, detail.clone(), detail),
        SpotKind::Maximum => (kind, "maximum".into(), String::new()),
        _ => (kind, "saddle".into(), String::new()),
    }
}
