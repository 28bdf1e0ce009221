//! A network as SVG: layers as columns, weights as lines.

use super::frame::{self, EDGE, NOTE, SIZE};
use super::labels::{Labels, Line, Rect, written_number};
use super::{Anchor, Page, coordinate, fitted, text_width};
use crate::figure::{Link, Network};
use crate::net::{self, FEW, NODES};
use crate::palette::{self, Ground, Rgb, mix};
use crate::ticks::significant;
use crate::words;

/// The font size of weights and of the names of nodes.
const LABEL: f64 = 12.0;

/// The widest and the thinnest line.
const WIDEST: f64 = 5.0;
const THINNEST: f64 = 0.7;

/// Pixels from one node to the next.
const NEAREST: f64 = 24.0;
const FARTHEST: f64 = 92.0;

pub(super) fn draw(network: &Network, page: &mut Page) {
    let mut notes = words::notes(&network.notes, words::missing_links(network));
    let links = net::drawn(network, &mut notes);
    let notes = frame::note_lines(&notes, page.width);
    let header = frame::header(&network.title, page.width);
    let key = Key::new(network, &links, page);
    let most = network.layers.iter().map(slots).max().unwrap_or(1);
    let below = 14.0 + NOTE * notes.len() as f64 + 26.0;
    let top = header + key.height + 10.0;
    page.height += NOTE * notes.len().saturating_sub(1) as f64;
    let room = (page.height - top - below).max(40.0);
    let step = (room / most.max(1) as f64).clamp(NEAREST, FARTHEST);
    page.height += step * most as f64 - room;
    let plan = Plan::new(network, page, (top, step * most as f64), step);
    frame::draw_title(page, &network.title);
    key.draw(page, header);
    if network.layers.is_empty() {
        page.text((EDGE, top + 20.0), Anchor::Start, page.theme.faint, "There is nothing to draw.");
    }
    let largest = net::largest(links.iter().map(|link| link.weight));
    for link in &links {
        plan.draw_link(page, link, largest);
    }
    if net::few(network) {
        plan.draw_weights(page, &links);
    }
    plan.draw_nodes(page, network);
    frame::draw_notes(page, &notes);
}

/// Returns how many nodes a layer shows, and how many it does not.
fn shown(layer: &crate::NetworkLayer) -> (usize, usize) {
    let nodes = layer.nodes.len().min(NODES);
    (nodes, layer.more.saturating_add(layer.nodes.len() - nodes))
}

/// Returns how many steps high a layer is.
fn slots(layer: &crate::NetworkLayer) -> usize {
    let (nodes, more) = shown(layer);
    (nodes + usize::from(more > 0)).max(1)
}

/// Where the nodes are.
struct Plan {
    /// The middle of each node of each layer, and half its width.
    nodes: Vec<Vec<((f64, f64), f64)>>,
    radius: f64,
    /// The middles of the layers, the top of the first slot and the bottom of all.
    columns: Vec<f64>,
    step: f64,
    foot: f64,
}

impl Plan {
    fn new(network: &Network, page: &Page, (top, high): (f64, f64), step: f64) -> Self {
        let count = network.layers.len();
        let radius = (0.36 * step).clamp(7.0, 17.0);
        let widest = |index: usize| {
            let nodes = network.layers.get(index).map(|layer| &layer.nodes[..]).unwrap_or_default();
            let wide = nodes.iter().take(NODES).map(|node| text_width(&node.label, LABEL) / 2.0 + 7.0);
            wide.fold(radius, f64::max).min(0.3 * page.width / count.max(1) as f64).max(radius)
        };
        let (first, last) =
            (widest(0) + EDGE + 6.0, page.width - EDGE - 6.0 - widest(count.saturating_sub(1)));
        let columns: Vec<f64> = (0..count)
            .map(|index| match count {
                1 => page.width / 2.0,
                _ => first + (last - first) * index as f64 / (count - 1) as f64,
            })
            .collect();
        let nodes = network.layers.iter().enumerate().map(|(index, layer)| {
            // A layer of few nodes beside one of many spreads out.
            let step = (high / slots(layer) as f64).clamp(step, step.max(64.0));
            let from = top + (high - slots(layer) as f64 * step) / 2.0 + step / 2.0;
            (0..shown(layer).0)
                .map(|node| {
                    let wide = text_width(&layer.nodes[node].label, LABEL) / 2.0;
                    let half = if wide + 3.0 <= radius { radius } else { (wide + 6.0).min(widest(index)) };
                    ((columns[index], from + node as f64 * step), half)
                })
                .collect()
        });
        Plan { nodes: nodes.collect(), radius, step, foot: top + high, columns: columns.clone() }
    }

    /// Returns the ends of a link, at the edges of its nodes.
    fn ends(&self, link: &Link) -> Option<((f64, f64), (f64, f64))> {
        let (from, half_from) = *self.nodes.get(link.from.0)?.get(link.from.1)?;
        let (to, half_to) = *self.nodes.get(link.to.0)?.get(link.to.1)?;
        let side = (to.0 - from.0).signum();
        Some(((from.0 + side * half_from, from.1), (to.0 - side * half_to, to.1)))
    }

    fn draw_link(&self, page: &mut Page, link: &Link, largest: f64) {
        let Some((from, to)) = self.ends(link) else { return };
        let width = THINNEST + (WIDEST - THINNEST) * (link.weight.abs() / largest);
        line(page, from, to, link.weight, width);
    }

    /// Writes each weight on its line, where it meets the fewest others.
    fn draw_weights(&self, page: &mut Page, links: &[Link]) {
        let within = Rect { left: 2.0, top: 0.0, right: page.width - 2.0, bottom: page.height };
        let mut labels = Labels::new(within);
        for ((x, y), half) in self.nodes.iter().flatten() {
            let (left, right) = (x - half - 3.0, x + half + 3.0);
            labels.take(Rect { left, top: y - self.radius, right, bottom: y + self.radius }, 3.0);
        }
        let (lines, weights): (Vec<Line>, Vec<f64>) =
            links.iter().filter_map(|link| Some((self.ends(link)?, link.weight))).unzip();
        for (index, weight) in weights.iter().enumerate().rev() {
            let text = frame::minus(&significant(*weight, 3));
            let start = labels.on_line((&lines, index), &text, LABEL);
            let rect = Rect::of_text(start, &text, LABEL);
            // Without a ground of its own a number on a thick line looks struck out.
            page.ground(rect.wider(2.0));
            let size = format!(" font-size=\"{LABEL}\"");
            page.styled_text(start, Anchor::Start, page.theme.ink, &size, &text);
        }
    }

    fn draw_nodes(&self, page: &mut Page, network: &Network) {
        let largest = net::largest(net::biases(network).into_iter().map(|(_, bias)| bias));
        for (layer, places) in network.layers.iter().zip(&self.nodes) {
            for (node, (at, half)) in layer.nodes.iter().zip(places) {
                self.draw_node(page, *at, *half, node.bias.filter(|bias| bias.is_finite()), largest);
                let text = fitted(&node.label, LABEL, 2.0 * half - 4.0);
                let size = format!(" font-size=\"{LABEL}\"");
                page.styled_text((at.0, at.1 + 0.34 * LABEL), Anchor::Middle, page.theme.ink, &size, &text);
            }
        }
        for (index, layer) in network.layers.iter().enumerate() {
            let (faint, middle) = (page.theme.faint, self.columns[index]);
            let (_, more) = shown(layer);
            if more > 0 {
                let last =
                    self.nodes[index].last().map_or(self.foot - self.step / 2.0, |node| node.0.1 + self.step);
                let text = format!("… {more} more");
                page.text((held(page, middle, &text), last + 4.0), Anchor::Start, faint, &text);
            }
            let slot = page.width / network.layers.len() as f64 - 8.0;
            let text = fitted(&layer.name, SIZE, slot);
            page.text((held(page, middle, &text), self.foot + 17.0), Anchor::Start, faint, &text);
        }
    }

    /// Draws a node: its edge is as wide as its bias is large, in the colour of its sign.
    fn draw_node(&self, page: &mut Page, (x, y): (f64, f64), half: f64, bias: Option<f64>, largest: f64) {
        let (stroke, width, dash) = match bias {
            None => (page.theme.faint, 1.2, ""),
            Some(bias) => {
                let dash = if bias < 0.0 { " stroke-dasharray=\"4 2.5\"" } else { "" };
                (sign_colour(page, bias), 1.2 + (0.2 * self.radius).min(3.0) * (bias.abs() / largest), dash)
            }
        };
        let fill = mix(page.theme.paper, page.theme.faint, 0.06).hex();
        let style = format!("fill=\"{fill}\" stroke=\"{}\" stroke-width=\"{width:.1}\"{dash}", stroke.hex());
        // Beneath a dashed edge no line shall be seen.
        let radius = coordinate(self.radius);
        if half <= self.radius {
            page.add(&format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" {style}/>",
                coordinate(x),
                coordinate(y)
            ));
        } else {
            let [left, top] = [x - half, y - self.radius].map(coordinate);
            let [wide, high] = [2.0 * half, 2.0 * self.radius].map(coordinate);
            page.add(&format!(
                "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" rx=\"{radius}\" {style}/>"
            ));
        }
    }
}

/// Returns where a text begins whose middle is at a column, moved where it would leave the page.
fn held(page: &Page, middle: f64, text: &str) -> f64 {
    let wide = text_width(text, SIZE);
    (middle - wide / 2.0).min(page.width - 6.0 - wide).max(6.0)
}

/// Blue and solid for what is not negative, orange and dashed for what is.
fn line(page: &mut Page, from: (f64, f64), to: (f64, f64), weight: f64, width: f64) {
    let dash = if weight < 0.0 { " stroke-dasharray=\"7 4\"" } else { "" };
    page.line(from, to, sign_colour(page, weight), &format!(" stroke-width=\"{width:.1}\"{dash}"));
}

fn sign_colour(page: &Page, value: f64) -> Rgb {
    palette::series(usize::from(value < 0.0), if page.theme.dark { Ground::Dark } else { Ground::Light })
}

/// What the lines mean.
struct Key {
    /// A sample, by a weight and a width or a bias, and what it means.
    entries: Vec<(Sample, String, (f64, f64))>,
    height: f64,
}

#[derive(Clone, Copy)]
enum Sample {
    Line(f64, f64),
    Ring,
}

impl Key {
    fn new(network: &Network, links: &[Link], page: &Page) -> Self {
        let mut entries = Vec::new();
        let largest = links.last().map_or(0.0, |link| link.weight.abs());
        if links.iter().any(|link| link.weight >= 0.0) {
            entries.push((Sample::Line(1.0, 2.5), "positive".to_owned()));
        }
        if links.iter().any(|link| link.weight < 0.0) {
            entries.push((Sample::Line(-1.0, 2.5), "negative".to_owned()));
        }
        // Between the two the width grows evenly.
        if largest > 0.0 && links.len() > FEW {
            entries.push((Sample::Line(1.0, WIDEST), written_number(rounded(largest))));
            entries.push((
                Sample::Line(1.0, f64::midpoint(WIDEST, THINNEST)),
                written_number(rounded(largest / 2.0)),
            ));
        }
        if !net::biases(network).is_empty() {
            entries.push((Sample::Ring, "edge: bias".to_owned()));
        }
        let (mut left, mut top) = (0.0, 0.0);
        let entries = entries.into_iter().map(|(sample, text)| {
            let wide = 28.0 + text_width(&text, SIZE);
            if left > 0.0 && left + wide > page.width - 2.0 * EDGE {
                (left, top) = (0.0, top + 19.0);
            }
            let place = (left, top);
            left += wide + 16.0;
            (sample, text, place)
        });
        let entries: Vec<_> = entries.collect();
        let height = entries.last().map_or(0.0, |entry| entry.2.1 + 22.0);
        Key { entries, height }
    }

    fn draw(&self, page: &mut Page, header: f64) {
        for (sample, text, place) in &self.entries {
            let (x, y) = (EDGE + place.0, header + 8.0 + place.1);
            match sample {
                Sample::Line(weight, width) => line(page, (x, y), (x + 22.0, y), *weight, *width),
                Sample::Ring => {
                    let (stroke, x, y) = (sign_colour(page, 1.0).hex(), coordinate(x + 11.0), coordinate(y));
                    page.add(&format!(
                        "<circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"3\"/>"
                    ));
                }
            }
            page.text((x + 28.0, y + 4.0), Anchor::Start, page.theme.ink, text);
        }
    }
}

/// Returns a number with at most three digits.
fn rounded(value: f64) -> f64 {
    significant(value, 3).parse().unwrap_or(value)
}
