//! The parameters of a run over its epochs, and in pairs.

use whygrad_plot::{Figure, Lines, Panels, Series, words};

use super::told::some;
use super::{Choices, Onlooker, PictureError};
use crate::landscape::Place;
use crate::why::Finished;

/// Parameters that are drawn where none are named.
const MOST: usize = 10;

/// Pairs that are drawn where none are named.
const PAIRS: usize = 3;

/// Values over epochs, and the ways of pairs: of the parameters named, else of those that go farthest.
pub(super) fn trajectory(
    run: &Finished,
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let entries = run.case.model.program.entry_names();
    let places = onlooker.places(run, false)?;
    let mut chosen = Vec::new();
    for name in &choices.parameters {
        let at = entries.iter().position(|entry| entry == name);
        chosen.push(at.ok_or_else(|| PictureError::UnknownName {
            kind: "parameter",
            name: name.clone(),
            known: if entries.len() > 20 {
                format!("{}, ..", entries[..20].join(", "))
            } else {
                entries.join(", ")
            },
        })?);
    }
    let by_way = farthest(&places, entries.len());
    let mut notes = Vec::new();
    if chosen.is_empty() {
        chosen = by_way.iter().take(MOST).copied().collect();
        if entries.len() > MOST {
            notes.push(format!("Shown are the {MOST} of {} parameters that go farthest.", entries.len()));
        }
    }
    let pairs: Vec<(usize, usize)> = if choices.parameters.is_empty() {
        by_way.chunks_exact(2).take(PAIRS).map(|pair| (pair[0], pair[1])).collect()
    } else {
        chosen.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    chosen.sort_unstable();
    let over = Lines {
        title: "Parameters over the epochs".into(),
        x_label: "epoch".into(),
        y_label: "value".into(),
        x_whole: true,
        x_reach: (run.epochs <= 1).then_some((0.0, 1.0)),
        series: chosen
            .iter()
            .map(|&k| {
                Series::line(
                    entries[k].clone(),
                    places.iter().map(|p| (p.epoch as f64, p.theta[k])).collect(),
                )
            })
            .collect(),
        notes,
        ..Lines::default()
    };
    let mut figures = vec![Figure::from(over)];
    figures.extend(pairs.iter().map(|&pair| Figure::from(way(&places, &entries, pair))));
    if figures.len() == 1 {
        return Ok(figures.remove(0));
    }
    let summary = [words::sentences(&figures[0]), told_pairs(&places, &entries, &pairs)].concat();
    Ok(Panels { title: "Trajectory".into(), figures, columns: 2, summary, ..Panels::default() }.into())
}

/// Says which pairs are drawn, and how direct the way of each is.
fn told_pairs(places: &[Place], entries: &[String], pairs: &[(usize, usize)]) -> Vec<String> {
    let told = pairs.iter().map(|&(x, y)| {
        let points: Vec<(f64, f64)> = places.iter().map(|p| (p.theta[x], p.theta[y])).collect();
        let between = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
        let way: f64 = points.windows(2).map(|pair| between(pair[0], pair[1])).sum();
        let straight = points.first().zip(points.last()).map_or(0.0, |(a, b)| between(*a, *b));
        let direct = match way / straight {
            _ if way <= 0.0 => ", which stays where it is".to_owned(),
            times if times < 1.05 => ", on a nearly straight way".to_owned(),
            times if times < 100.0 => format!(", on a way {times:.1} times as long as the straight line"),
            _ => ", on a way that ends nearly where it began".to_owned(),
        };
        format!("{} with {}{direct}", entries[x], entries[y])
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        vec![]
    } else {
        vec![format!("Drawn in pairs are {}.", some(&told, PAIRS, "pairs"))]
    }
}

/// The way of two parameters, with its start and its end.
fn way(places: &[Place], entries: &[String], (x, y): (usize, usize)) -> Lines {
    let points: Vec<(f64, f64)> = places.iter().map(|p| (p.theta[x], p.theta[y])).collect();
    let end =
        |name: &str, point: Option<&(f64, f64)>| Series::dots(name, point.copied().into_iter().collect());
    let (first, last) = (end("start", points.first()), end("end", points.last()));
    Lines {
        title: format!("{} and {}", entries[x], entries[y]),
        x_label: entries[x].clone(),
        y_label: entries[y].clone(),
        series: vec![Series::line("path", points), first, last],
        ..Lines::default()
    }
}

/// The parameters by how far apart the values are that they take, those with the most first.
fn farthest(places: &[Place], count: usize) -> Vec<usize> {
    let way = |k: usize| super::spread(places.iter().map(|p| p.theta[k]));
    let mut ways: Vec<(f64, usize)> = (0..count).map(|k| (way(k), k)).collect();
    ways.sort_by(|a, b| b.0.total_cmp(&a.0));
    ways.into_iter().map(|(_, k)| k).collect()
}
