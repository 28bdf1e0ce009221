//! What is drawn over colours: data points, ways, and places with a name.

use super::labels::{Labels, Rect};
use super::path::path;
use super::{Page, coordinate};
use crate::axis::Axis;
use crate::figure::SpotKind;
use crate::palette::{Rgb, sequence};
use crate::surface::Dot;

/// The font size of labels over colours.
pub(super) const LABEL: f64 = 12.0;

/// A way with at most so many steps has a dot at each.
pub(crate) const FEW: usize = 60;

/// A way is drawn with about so many points at most.
pub(super) const MOST: usize = 4000;

/// How many grades of paleness there are.
const GRADES: f64 = 5.0;

/// The colours of ways, and their dashes, which tell them apart in grey.
pub(crate) const WAYS: [(Rgb, &str); 4] = [
    (Rgb(17, 17, 17), ""),
    (Rgb(196, 54, 0), "10 3"),
    (Rgb(176, 20, 130), "10 3 2 3"),
    (Rgb(0, 70, 150), "4 3"),
];

const WHITE: Rgb = Rgb(255, 255, 255);

/// A point of a way on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) at: (f64, f64),
    /// The share of the greatest distance from the plane.
    pub(super) distance: f64,
    /// Whether something lies before it.
    pub(super) hidden: bool,
    pub(super) is_step: bool,
}

/// Draws a way: the farther from the plane, the paler and thinner; what is hidden is dotted.
pub(super) fn draw_way(page: &mut Page, strokes: &[Vec<Seen>], index: usize) {
    let mut runs: Vec<((usize, bool), String)> = Vec::new();
    for stroke in strokes {
        let grade = |seen: &Seen| ((seen.distance * GRADES).round() as usize, seen.hidden);
        let mut from = 0;
        while from + 1 < stroke.len() {
            let now = grade(&stroke[from]);
            let same = stroke[from + 1..].iter().position(|seen| grade(seen) != now);
            let to = same.map_or(stroke.len() - 1, |more| from + 1 + more);
            let curve = path(stroke[from..=to].iter().map(|seen| seen.at), false);
            match runs.iter_mut().find(|(grade, _)| *grade == now) {
                Some((_, curves)) => curves.push_str(&curve),
                None => runs.push((now, curve)),
            }
            from = to;
        }
    }
    // The palest first, so that what lies in the plane lies on top.
    runs.sort_by_key(|((grade, hidden), _)| (!hidden, std::cmp::Reverse(*grade)));
    let (colour, dash) = WAYS[index % WAYS.len()];
    let dashed = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
    // All edges lie below all lines, so that no edge cuts through a line.
    for is_edge in [true, false] {
        for ((grade, hidden), curve) in &runs {
            let share = *grade as f64 / GRADES;
            let width = 2.4 - 1.4 * share;
            let opacity = |most: f64| format!(" stroke-opacity=\"{:.2}\"", most * (1.0 - 0.62 * share));
            match (hidden, is_edge) {
                (true, true) => add_dotted(page, curve, colour),
                (true, false) => {}
                (false, true) => add_curve(page, curve, WHITE, width + 2.6, &opacity(0.85)),
                (false, false) => add_curve(page, curve, colour, width, &(opacity(1.0) + &dashed)),
            }
        }
    }
    draw_steps(page, strokes, colour);
}

/// Draws a dot at each step where they are few, or where nothing else would be seen.
fn draw_steps(page: &mut Page, strokes: &[Vec<Seen>], colour: Rgb) {
    let steps = strokes.iter().flatten().filter(|seen| seen.is_step).count();
    let single = |stroke: &&Vec<Seen>| steps <= FEW || stroke.len() == 1;
    for seen in strokes.iter().filter(single).flatten().filter(|seen| seen.is_step) {
        let radius = 2.6 - 0.9 * seen.distance;
        let opacity = if seen.hidden { 0.3 } else { 1.0 - 0.5 * seen.distance };
        let style = if opacity < 1.0 { format!(" opacity=\"{opacity:.2}\"") } else { String::new() };
        page.add(&circle(seen.at, radius, colour, WHITE, 0.8, &style));
    }
}

/// Draws a line that parts the plane.
pub(super) fn draw_border(page: &mut Page, strokes: &[Vec<Seen>]) {
    for hidden in [true, false] {
        let curve: String = strokes
            .iter()
            .flat_map(|stroke| stroke.windows(2))
            .filter(|ends| ends[0].hidden == hidden)
            .map(|ends| path(ends.iter().map(|seen| seen.at), false))
            .collect();
        if hidden {
            add_dotted(page, &curve, WAYS[0].0);
        } else {
            add_curve(page, &curve, WHITE, 3.4, " stroke-opacity=\".75\"");
            add_curve(page, &curve, WAYS[0].0, 1.6, " stroke-dasharray=\"7 4\"");
        }
    }
}

/// Draws what is hidden as faint dots, which show on dark and on light.
fn add_dotted(page: &mut Page, curve: &str, colour: Rgb) {
    let dots = " stroke-dasharray=\"0 6\" stroke-linecap=\"round\"";
    add_curve(page, curve, WHITE, 3.2, &format!("{dots} stroke-opacity=\".55\""));
    add_curve(page, curve, colour, 1.8, &format!("{dots} stroke-opacity=\".6\""));
}

fn add_curve(page: &mut Page, curve: &str, colour: Rgb, width: f64, style: &str) {
    if !curve.is_empty() {
        page.add(&format!(
            "<path d=\"{curve}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width:.1}\" \
             stroke-linejoin=\"round\"{style}/>",
            colour.hex()
        ));
    }
}

/// Takes the places along a way, so that labels avoid it.
pub(super) fn take_way(labels: &mut Labels, strokes: &[Vec<Seen>]) {
    let count: usize = strokes.iter().map(Vec::len).sum();
    for stroke in strokes {
        for ends in stroke.windows(2).step_by(count / 300 + 1) {
            let across = (ends[1].at.0 - ends[0].at.0).hypot(ends[1].at.1 - ends[0].at.1);
            let pieces = ((across / 12.0) as usize).clamp(1, 40);
            for piece in 0..pieces {
                let share = piece as f64 / pieces as f64;
                let along = |from: f64, to: f64| from + share * (to - from);
                let at = (along(ends[0].at.0, ends[1].at.0), along(ends[0].at.1, ends[1].at.1));
                labels.take(Rect::around(at, 2.0), 0.8);
            }
        }
    }
}

/// Data points at one place: black or white with a contrasting edge, so that they show on every colour; half and half
/// where both kinds lie there, and smaller beside the drawn plane.
pub(super) fn dot(at: (f64, f64), dot: &Dot, values: Axis) -> String {
    let (black, white) = (Rgb(17, 17, 17), WHITE);
    let (radius, width) = if dot.small { (3.4, 1.2) } else { (5.0, 1.6) };
    if let Some(place) = dot.value.and_then(|value| values.place(value)) {
        return circle(at, radius + 0.8, white, black, 1.0, "")
            + "\n"
            + &circle(at, radius - 0.6, sequence(place), black, 0.6, "");
    }
    match (dot.upper, dot.lower) {
        (true, false) => circle(at, radius, black, white, width, ""),
        (_, true) if !dot.upper => circle(at, radius, white, black, width, ""),
        _ => {
            let [x, top, high] = [at.0, at.1 - radius, 2.0 * radius].map(coordinate);
            let half = format!(
                "<path d=\"M{x} {top}a{r} {r} 0 0 0 0 {high}z\" fill=\"#111111\"/>",
                r = coordinate(radius)
            );
            circle(at, radius, white, black, width, "") + "\n" + &half
        }
    }
}

/// A sample of data points for a legend.
pub(super) fn dot_sample(at: (f64, f64), (upper, lower): (bool, bool), small: bool) -> String {
    dot(at, &Dot { at, upper, lower, small, value: None }, Axis::over([0.0, 1.0].into_iter(), false, 0.0))
}

/// A sample of a data point in the colour of its target.
pub(super) fn dot_of_value(at: (f64, f64)) -> String {
    let dot_at = Dot { at, upper: true, lower: false, small: false, value: Some(1.0) };
    dot(at, &dot_at, Axis::over([0.0, 1.0].into_iter(), false, 0.0))
}

/// The shape of a place with a name.
pub(super) fn shape(kind: SpotKind, at: (f64, f64)) -> String {
    let (black, white) = (Rgb(17, 17, 17), WHITE);
    let corners = |corners: &[(f64, f64)]| {
        let outline = path(corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)), true);
        format!(
            "<path d=\"{outline}\" fill=\"#111111\" stroke=\"#ffffff\" stroke-width=\"1.8\" \
             stroke-linejoin=\"round\" paint-order=\"stroke\"/>"
        )
    };
    match kind {
        SpotKind::Plain => circle(at, 4.0, black, white, 1.6, ""),
        SpotKind::Start => {
            circle(at, 6.6, white, white, 1.8, "") + "\n" + &circle(at, 5.6, white, black, 2.4, "")
        }
        SpotKind::End => {
            circle(at, 6.8, black, white, 1.6, "")
                + "\n"
                + &circle(at, 4.4, white, white, 0.4, "")
                + "\n"
                + &circle(at, 2.8, black, black, 0.4, "")
        }
        SpotKind::Minimum => corners(&[(-6.5, -5.0), (6.5, -5.0), (0.0, 6.5)]),
        SpotKind::Maximum => corners(&[(-6.5, 5.0), (6.5, 5.0), (0.0, -6.5)]),
        SpotKind::Saddle => corners(&[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)]),
        SpotKind::Flat => corners(&[(-5.2, -5.2), (5.2, -5.2), (5.2, 5.2), (-5.2, 5.2)]),
    }
}

/// Draws a sample of a border for a legend.
pub(super) fn draw_border_sample(page: &mut Page, (x, y): (f64, f64)) {
    let seen = |across: f64| Seen { at: (x + across, y), distance: 0.0, hidden: false, is_step: false };
    draw_border(page, &[vec![seen(-9.0), seen(9.0)]]);
}

/// Draws a sample of a way for a legend; a faded one from dark to pale.
pub(super) fn draw_way_sample(page: &mut Page, (x, y): (f64, f64), index: usize, faded: bool) {
    let seen =
        |across: f64, distance: f64| Seen { at: (x + across, y), distance, hidden: false, is_step: false };
    let stroke = if faded {
        vec![seen(-9.0, 0.0), seen(-3.0, 0.6), seen(3.0, 1.0), seen(9.0, 1.0)]
    } else {
        vec![seen(-9.0, 0.0), seen(9.0, 0.0)]
    };
    draw_way(page, &[stroke], index);
}

fn circle((x, y): (f64, f64), radius: f64, fill: Rgb, edge: Rgb, width: f64, style: &str) -> String {
    let (x, y, radius, width) = (coordinate(x), coordinate(y), coordinate(radius), coordinate(width));
    let (fill, edge) = (fill.hex(), edge.hex());
    format!(
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"{width}\"{style}/>"
    )
}
