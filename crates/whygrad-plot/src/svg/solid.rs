//! The box around a landscape: its place on the page, its walls, its axes.

use super::frame::{EDGE, SIZE, written};
use super::labels::{Labels, Rect};
use super::path::path;
use super::{Anchor, Page, fitted, text_width};
use crate::axis::Axis;
use crate::view::{Point, View};

/// How long the dash of a tick is.
const DASH: f64 = 5.0;

/// Where the box lies on the page.
pub(super) struct Solid {
    pub(super) view: View,
    /// Pixels for the length of the longer side.
    scale: f64,
    /// Where the middle of the box is.
    middle: (f64, f64),
}

impl Solid {
    /// Fits the box between a header and a footer, and makes the page lower where the box is flat.
    pub(super) fn new(page: &mut Page, view: View, (above, below): (f64, f64), values: Axis) -> Self {
        let corners = corners().map(|corner| view.at(corner));
        let fold = |of: fn(&(f64, f64)) -> f64| {
            let parts = || corners.iter().map(of);
            (parts().fold(f64::INFINITY, f64::min), parts().fold(f64::NEG_INFINITY, f64::max))
        };
        let (across, up) = (fold(|at| at.0), fold(|at| at.1));
        // Around the box there are ticks and names.
        let numbers =
            values.ticks(6).iter().map(|(_, tick)| text_width(&written(tick), SIZE)).fold(0.0, f64::max);
        let (around, under) = ((numbers + DASH + 14.0).clamp(58.0, 0.25 * page.width.max(232.0)), 44.0);
        let wide = (page.width - 2.0 * around).max(60.0);
        let high = (page.height - above - below - under - 30.0).max(60.0);
        let scale = (wide / (across.1 - across.0)).min(high / (up.1 - up.0));
        let spare = high - scale * (up.1 - up.0);
        page.height -= spare.max(0.0);
        let left = around + (wide - scale * (across.1 - across.0)) / 2.0;
        let top = above + 30.0;
        Solid { view, scale, middle: (left - scale * across.0, top + scale * up.1) }
    }

    /// Returns the point on the page for a point of the box.
    pub(super) fn at(&self, point: Point) -> (f64, f64) {
        let (across, up) = self.view.at(point);
        (self.middle.0 + self.scale * across, self.middle.1 - self.scale * up)
    }
}

fn corners() -> [Point; 8] {
    std::array::from_fn(|corner| {
        let bit = |which: usize| f64::from(u8::from(corner >> which & 1 == 1));
        (bit(0), bit(1), bit(2))
    })
}

/// Returns the side of the box that is farther, to the right and to the back.
fn far(view: &View) -> (f64, f64) {
    let (right, back) = view.farther();
    (f64::from(u8::from(right)), f64::from(u8::from(back)))
}

/// Draws the floor and the two walls at the back, with lines at the ticks.
pub(super) fn draw_box(page: &mut Page, solid: &Solid, (x, y, z): (Axis, Axis, Axis)) {
    let (far_x, far_y) = far(&solid.view);
    let faces: [[Point; 4]; 3] = [
        [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 0.0)],
        [(far_x, 0.0, 0.0), (far_x, 1.0, 0.0), (far_x, 1.0, 1.0), (far_x, 0.0, 1.0)],
        [(0.0, far_y, 0.0), (1.0, far_y, 0.0), (1.0, far_y, 1.0), (0.0, far_y, 1.0)],
    ];
    let outline: String =
        faces.iter().map(|face| path(face.iter().map(|point| solid.at(*point)), true)).collect();
    let mut lines = String::new();
    let mut line =
        |from: Point, to: Point| lines.push_str(&path([solid.at(from), solid.at(to)].into_iter(), false));
    for (place, _) in x.ticks(6) {
        line((place, 0.0, 0.0), (place, 1.0, 0.0));
        line((place, far_y, 0.0), (place, far_y, 1.0));
    }
    for (place, _) in y.ticks(6) {
        line((0.0, place, 0.0), (1.0, place, 0.0));
        line((far_x, place, 0.0), (far_x, place, 1.0));
    }
    for (place, _) in z.ticks(6) {
        line((far_x, 0.0, place), (far_x, 1.0, place));
        line((0.0, far_y, place), (1.0, far_y, place));
    }
    let (grid, faint) = (page.theme.grid.hex(), page.theme.faint.hex());
    page.add(&format!("<path d=\"{lines}\" fill=\"none\" stroke=\"{grid}\"/>"));
    page.add(&format!("<path d=\"{outline}\" fill=\"none\" stroke=\"{faint}\" stroke-opacity=\".55\"/>"));
}

/// One axis at an edge of the box.
struct Edge<'a> {
    axis: Axis<'a>,
    name: &'a str,
    from: (f64, f64),
    to: (f64, f64),
    /// Which way is out of the box on the page, of length 1.
    out: (f64, f64),
}

/// Draws the axes at the edges in front and at the left, with round ticks where their labels have room.
pub(super) fn draw_axes(
    page: &mut Page,
    solid: &Solid,
    (x, y, z): (Axis, Axis, Axis),
    names: (&str, &str, &str),
    labels: &mut Labels,
) {
    let (far_x, far_y) = far(&solid.view);
    let (near_x, near_y) = (1.0 - far_x, 1.0 - far_y);
    let middle = solid.at((0.5, 0.5, 0.0));
    let edge = |axis, name, from: Point, to: Point| {
        let (from, to) = (solid.at(from), solid.at(to));
        let along = (to.0 - from.0, to.1 - from.1);
        let length = along.0.hypot(along.1).max(1e-9);
        let upright = (-along.1 / length, along.0 / length);
        let half = (f64::midpoint(from.0, to.0) - middle.0, f64::midpoint(from.1, to.1) - middle.1);
        let side = (upright.0 * half.0 + upright.1 * half.1).signum();
        Edge { axis, name, from, to, out: (side * upright.0, side * upright.1) }
    };
    // The values stand at the outermost upright edge on the left; of two one behind the other, at the one behind.
    let uprights =
        [(near_x, far_y), (far_x, near_y), (far_x, far_y)].map(|(x, y)| (solid.at((x, y, 0.0)), (x, y)));
    let (_, left) = uprights.into_iter().fold(uprights[0], |kept, next| {
        let before = kept.0.0 - next.0.0;
        if before > 1.0 || (before > -1.0 && next.0.1 < kept.0.1) { next } else { kept }
    });
    let mut upwards = edge(z, names.2, (left.0, left.1, 0.0), (left.0, left.1, 1.0));
    upwards.out = (-1.0, 0.0);
    let edges = [
        edge(x, names.0, (0.0, near_y, 0.0), (1.0, near_y, 0.0)),
        edge(y, names.1, (near_x, 0.0, 0.0), (near_x, 1.0, 0.0)),
        upwards,
    ];
    let drawn: Vec<f64> = edges.iter().map(|edge| draw_ticks(page, edge, labels)).collect();
    for (edge, away) in edges[..2].iter().zip(drawn) {
        draw_name(page, edge, away, labels);
    }
    // The name of the values stands above their axis.
    let name = fitted(edges[2].name, SIZE, page.width - 2.0 * EDGE);
    if !name.is_empty() {
        let top = edges[2].to;
        let wide = text_width(&name, SIZE);
        let start = (top.0 - wide / 2.0).clamp(EDGE.min(page.width - EDGE - wide), page.width - EDGE - wide);
        labels.take(Rect::of_text((start, top.1 - 12.0), &name, SIZE), 1.0);
        page.text((start, top.1 - 12.0), Anchor::Start, page.theme.faint, &name);
    }
}

/// Draws as many ticks as have room, and returns how far their labels reach out.
fn draw_ticks(page: &mut Page, edge: &Edge, labels: &mut Labels) -> f64 {
    let (faint, along) = (page.theme.faint, (edge.to.0 - edge.from.0, edge.to.1 - edge.from.1));
    let length = along.0.hypot(along.1);
    page.line(edge.from, edge.to, faint, "");
    for piece in 0..=(length / 8.0) as usize {
        let share = (8.0 * piece as f64 / length).min(1.0);
        let at = (edge.from.0 + share * along.0, edge.from.1 + share * along.1);
        labels.take(Rect::around(at, 3.0), 1.0);
    }
    for at_most in (1..=((length / 13.0) as usize).min(8)).rev() {
        let ticks: Vec<((f64, f64), String, Rect)> = edge
            .axis
            .ticks(at_most)
            .iter()
            .map(|(place, tick)| {
                let at = (edge.from.0 + place * along.0, edge.from.1 + place * along.1);
                let text = written(tick);
                let start = outside(at, edge.out, &text, DASH + 4.0);
                (at, text.clone(), Rect::of_text(start, &text, SIZE))
            })
            .collect();
        let apart = ticks.windows(2).all(|pair| {
            let (a, b) = (pair[0].2, pair[1].2);
            a.right + 5.0 < b.left
                || b.right + 5.0 < a.left
                || a.bottom + 2.5 < b.top
                || b.bottom + 2.5 < a.top
        });
        if !apart
            || ticks.is_empty()
            || ticks.iter().any(|(_, _, rect)| labels.harm(&rect.wider(4.0)) > 0.0) && at_most > 1
        {
            continue;
        }
        let mut reach: f64 = 0.0;
        for (at, text, rect) in ticks {
            page.line(at, (at.0 + DASH * edge.out.0, at.1 + DASH * edge.out.1), faint, "");
            // Numbers of two axes that meet in a corner must not read as one.
            if labels.harm(&rect.wider(4.0)) <= 0.0 {
                labels.take(rect, 1.0);
                page.text(outside(at, edge.out, &text, DASH + 4.0), Anchor::Start, faint, &text);
                reach = reach
                    .max(DASH + 4.0 + text_width(&text, SIZE) * edge.out.0.abs() + SIZE * edge.out.1.abs());
            }
        }
        return reach;
    }
    DASH
}

/// Returns where a text begins that stands outside a point in a direction.
fn outside(at: (f64, f64), out: (f64, f64), text: &str, away: f64) -> (f64, f64) {
    let (wide, high) = (text_width(text, SIZE), 0.75 * SIZE);
    // The text's middle goes so far out that its rectangle just clears the point.
    let reach = away + (wide / 2.0 * out.0.abs()).max(0.0) + high / 2.0 * out.1.abs();
    (at.0 + reach * out.0 - wide / 2.0, at.1 + reach * out.1 + high / 2.0)
}

/// Writes the name of an axis outside its ticks, where nothing is in its way.
fn draw_name(page: &mut Page, edge: &Edge, away: f64, labels: &mut Labels) {
    let name = fitted(edge.name, SIZE, page.width - 2.0 * EDGE);
    if name.is_empty() {
        return;
    }
    let wide = text_width(&name, SIZE);
    let mut best: Option<(f64, (f64, f64))> = None;
    for further in [-30.0, -20.0, -12.0, -6.0, 0.0, 6.0, 12.0, 20.0, 30.0] {
        for share in [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9] {
            let at = (
                edge.from.0 + share * (edge.to.0 - edge.from.0),
                edge.from.1 + share * (edge.to.1 - edge.from.1),
            );
            let start = outside(at, edge.out, &name, away + further);
            let start =
                (start.0.clamp(EDGE.min(page.width - EDGE - wide), page.width - EDGE - wide), start.1);
            let harm = labels.harm(&Rect::of_text(start, &name, SIZE).wider(6.0))
                + 0.3 * (further + 36.0)
                + 4.0 * (share - 0.5_f64).abs();
            if best.is_none_or(|(least, _)| harm < least) {
                best = Some((harm, start));
            }
        }
    }
    if let Some((_, start)) = best {
        labels.take(Rect::of_text(start, &name, SIZE), 1.0);
        page.text(start, Anchor::Start, page.theme.faint, &name);
    }
}
