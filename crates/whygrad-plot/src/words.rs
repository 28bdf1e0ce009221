//! A figure in plain sentences: for screen readers, for logs, and for whoever prefers to read.

mod cells;
mod curves;
mod gaps;
mod lines;
mod map;
mod named;
mod network;
mod phases;
mod spots;
mod ways;

use crate::axis::seen;
use crate::figure::{Figure, Lines, Panels, Series};
use crate::ticks::significant;

/// Describes a figure in two or three plain sentences; what could not be drawn is named in one more.
///
/// For a curve: how it runs, where it ends, and its extremes where these are not told with that; for three and more: where
/// each begins and ends, and how far it went besides. For a map: its lowest and highest value and where they are, the
/// share above the level, and which data points lie on the right side; how each way runs over it, the places with a
/// name, and how much of a way the plane holds. For words below the axis and for cells: the values by name, or the best
/// and the worst of many. For a network: its shape and its weights, or the largest of many. For several figures: their
/// summary, or else each in turn.
pub fn describe(figure: &Figure) -> String {
    sentences(figure).join(" ")
}

/// Returns the sentences of [`describe`] one by one.
pub fn sentences(figure: &Figure) -> Vec<String> {
    told(figure, true)
}

/// Returns the stretches that the words of a curve call flat, each from its first to its last point.
pub fn rests(points: &[(f64, f64)], y_log: bool) -> Vec<((f64, f64), (f64, f64))> {
    lines::rests(points, y_log)
}

/// Tells a figure; what a title says is left out where it has been said.
fn told(figure: &Figure, titled: bool) -> Vec<String> {
    match figure {
        Figure::Lines(lines) => lines::describe(lines, titled),
        Figure::Map(map) => map::describe(map),
        Figure::Cells(cells) => cells::describe(cells),
        Figure::Surface(surface) => map::describe(&surface.map),
        Figure::Network(network) => network::describe(network),
        Figure::Panels(panels) => describe_panels(panels),
    }
}

/// Names a figure in a few words: its title, or else what it has on its axes.
pub(crate) fn heading(figure: &Figure) -> String {
    let (x, y) = match figure {
        _ if !figure.title().trim().is_empty() => return figure.title().to_owned(),
        Figure::Lines(lines) => (&lines.x_label, &lines.y_label),
        Figure::Map(map) => (&map.x_label, &map.y_label),
        Figure::Cells(cells) => (&cells.x_label, &cells.y_label),
        Figure::Surface(surface) => (&surface.map.x_label, &surface.map.y_label),
        Figure::Network(_) => return "Network".to_owned(),
        Figure::Panels(_) => return "Pictures".to_owned(),
    };
    match (x.trim(), y.trim()) {
        ("", "") => "Picture".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (x, y) => format!("{y} over {x}"),
    }
}

pub(crate) use cells::missing as empty_cells;
pub(crate) use gaps::{lacking, omitted};
pub(crate) use map::notes as map_notes;
pub(crate) use network::{missing as missing_links, shape};

/// Tells the figures together, or else in turn, each after its number and its title.
fn describe_panels(panels: &Panels) -> Vec<String> {
    let mut sentences: Vec<String> = sentences_of(&panels.notes).collect();
    if panels.figures.is_empty() {
        sentences.push("There is nothing to draw.".into());
    }
    if panels.summary.iter().any(|sentence| !sentence.trim().is_empty()) {
        sentences.extend(sentences_of(&panels.summary));
        sentences.extend(gaps::of_all(&panels.figures));
        return sentences;
    }
    let count = panels.figures.len();
    for (index, figure) in panels.figures.iter().enumerate() {
        let told = told(figure, false).join(" ");
        sentences.push(format!("Picture {} of {count}, {}: {told}", index + 1, heading(figure)));
    }
    sentences
}

/// Returns notes as sentences, each with an end.
fn sentences_of(notes: &[String]) -> impl Iterator<Item = String> + '_ {
    notes
        .iter()
        .map(|note| note.trim())
        .filter(|note| !note.is_empty())
        .map(|note| if note.ends_with(['.', '!', '?']) { note.to_owned() } else { format!("{note}.") })
}

fn drawable<'a>(lines: &'a Lines, series: &'a Series) -> impl Iterator<Item = (f64, f64)> + 'a {
    seen(lines, series).map(|(point, _)| point)
}

/// Returns a place with the name of its axis: `epoch 40`, `x = 2.5`, or the number alone.
fn place_name(label: &str, value: f64) -> String {
    let is_word = label.chars().count() > 1 && label.chars().all(|c| c.is_alphabetic() || c == ' ');
    match label {
        "" => number(value),
        _ if is_word => format!("{label} {}", number(value)),
        _ => format!("{label} = {}", number(value)),
    }
}

/// Returns a name fit to begin a sentence. A formula such as `f(x)` keeps its small letter.
fn subject(name: &str) -> String {
    let is_prose = name.chars().count() > 1 && name.chars().all(|c| c.is_alphabetic() || c == ' ');
    match name.chars().next() {
        None => "The curve".into(),
        Some(first) if is_prose => first.to_uppercase().chain(name.chars().skip(1)).collect(),
        Some(_) => name.to_owned(),
    }
}

fn pair_of((x, y): (f64, f64)) -> String {
    format!("({}, {})", number(x), number(y))
}

/// Writes a number for a sentence, where three digits are enough.
fn number(value: f64) -> String {
    significant(value, 3)
}

pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Joins parts of a list: with `, ` and, before the last, ` and `.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns a share in percent: in whole ones, or as near to 0 and to 100 as it can be told.
fn percent(share: f64) -> String {
    match 100.0 * share {
        part if part > 0.0 && part < 1.0 => "less than 1 %".to_owned(),
        part if part > 99.0 && part < 100.0 => format!("{:.2} %", part.min(99.99)),
        part => format!("{part:.0} %"),
    }
}

/// Returns a sentence as a part of another: without its end, and its first article small.
fn clause(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    match ["The ", "All ", "From ", "In ", "There "].iter().find(|word| sentence.starts_with(**word)) {
        Some(word) => word.to_lowercase() + &sentence[word.len()..],
        None => sentence.to_owned(),
    }
}

/// Returns the notes of a figure and what could not be drawn.
pub(crate) fn notes(notes: &[String], missing: Option<String>) -> Vec<String> {
    notes.iter().filter(|note| !note.trim().is_empty()).cloned().chain(missing).collect()
}
