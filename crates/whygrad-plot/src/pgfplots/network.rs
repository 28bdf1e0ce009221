//! A network as a tikz picture: nodes in columns, connections with the size of a weight as width and its sign as colour
//! and dashing, and the weights themselves where they are few.

use super::axes::escaped;
use super::{PER_CENTIMETRE, Size, dashes, tikzpicture};
use crate::figure::{Link, Network, NetworkLayer, NetworkNode};
use crate::net::{self, FEW, NODES};
use crate::svg::labels::{Labels, Line, Rect, minus, written_number};
use crate::ticks::significant;
use crate::words;

/// The widest and the thinnest line, in points.
const WIDEST: f64 = 3.6;
const THINNEST: f64 = 0.5;

/// The size of the weights in pixels: that of a footnote.
const LABEL: f64 = 10.0;

/// The width of a letter of a label, in centimetres.
const LETTER: f64 = 0.19;

pub(super) fn draw(network: &Network, size: Size) -> String {
    let plan = Plan::new(network, size);
    let mut notes = words::notes(&network.notes, words::missing_links(network));
    let links = net::drawn(network, &mut notes);
    let most = net::largest(links.iter().map(|link| link.weight));
    let mut out = String::new();
    for link in &links {
        let Some((from, to)) = plan.ends(link) else { continue };
        let width = THINNEST + (WIDEST - THINNEST) * link.weight.abs() / most;
        out.extend([format!(
            "\\draw[{}, line width={width:.2}pt] ({:.2},{:.2}) -- ({:.2},{:.2});\n",
            sign_style(link.weight),
            from.0,
            from.1,
            to.0,
            to.1
        )]);
    }
    if net::few(network) {
        plan.draw_weights(&mut out, &links);
    }
    let largest_bias = net::largest(net::biases(network).into_iter().map(|(_, bias)| bias));
    for (layer, places) in network.layers.iter().zip(&plan.nodes) {
        for (node, place) in layer.nodes.iter().zip(places) {
            plan.draw_node(&mut out, node, *place, largest_bias);
        }
    }
    plan.draw_names(&mut out, network);
    draw_legend(&mut out, network, &links, most);
    if !network.title.trim().is_empty() {
        out.extend([format!(
            "\\node[anchor=south, align=center, text width={:.2}cm] at (current bounding box.north) {{{}}};\n",
            size.width,
            escaped(&network.title)
        )]);
    }
    tikzpicture(&out, &notes, size)
}

/// Where the nodes are, in centimetres.
struct Plan {
    /// The middle of each node of each layer, and half its width.
    nodes: Vec<Vec<((f64, f64), f64)>>,
    radius: f64,
    /// From one layer to the next.
    step: f64,
    /// The lower end of all layers.
    foot: f64,
}

impl Plan {
    fn new(network: &Network, size: Size) -> Self {
        let shown = |layer: &NetworkLayer| layer.nodes.len().min(NODES);
        let tallest = network.layers.iter().map(shown).max().unwrap_or(0).max(1);
        let apart = ((size.height - 2.0) / tallest as f64).clamp(0.5, 2.1);
        let high = apart * tallest as f64;
        let radius = (apart * 0.34).min(0.42);
        let step = ((size.width - 2.0) / (network.layers.len().max(2) - 1) as f64).clamp(1.5, 5.5);
        let nodes = network.layers.iter().enumerate().map(|(index, layer)| {
            // A layer of few nodes beside one of many spreads out.
            let count = shown(layer);
            let apart = (high / count.max(1) as f64).clamp(apart, apart.max(1.7));
            let place = |node: usize| {
                let down = (node as f64 - (count as f64 - 1.0) / 2.0) * apart;
                let wide = layer.nodes[node].label.chars().count() as f64 * LETTER / 2.0 + 0.12;
                ((index as f64 * step, -down), wide.min(0.4 * step).max(radius))
            };
            (0..count).map(place).collect()
        });
        Plan { nodes: nodes.collect(), radius, step, foot: -high / 2.0 }
    }

    /// Returns the ends of a link, at the edges of its nodes.
    fn ends(&self, link: &Link) -> Option<((f64, f64), (f64, f64))> {
        let (from, half_from) = *self.nodes.get(link.from.0)?.get(link.from.1)?;
        let (to, half_to) = *self.nodes.get(link.to.0)?.get(link.to.1)?;
        let side = (to.0 - from.0).signum();
        Some(((from.0 + side * half_from, from.1), (to.0 - side * half_to, to.1)))
    }

    /// Writes each weight on its line, where it meets the fewest others.
    fn draw_weights(&self, out: &mut String, links: &[Link]) {
        let far = f64::from(f32::MAX);
        let mut labels = Labels::new(Rect { left: -far, top: -far, right: far, bottom: far });
        // Down the page, in pixels.
        let seen = |(x, y): (f64, f64)| (x * PER_CENTIMETRE, -y * PER_CENTIMETRE);
        let radius = self.radius * PER_CENTIMETRE;
        for (at, half) in self.nodes.iter().flatten() {
            let ((x, y), half) = (seen(*at), half * PER_CENTIMETRE + 14.0);
            labels.take(Rect { left: x - half, top: y - radius, right: x + half, bottom: y + radius }, 3.0);
        }
        let ends = |link: &Link| self.ends(link).map(|(from, to)| ((seen(from), seen(to)), link.weight));
        let (lines, weights): (Vec<Line>, Vec<f64>) = links.iter().filter_map(ends).unzip();
        for (index, weight) in weights.iter().enumerate().rev() {
            let text = minus(&significant(*weight, 3));
            let start = labels.on_line((&lines, index), &text, LABEL);
            let rect = Rect::of_text(start, &text, LABEL);
            out.extend([format!(
                "\\node[anchor=base, font=\\footnotesize, fill=white, inner sep=1.2pt] at ({:.2},{:.2}) {{{}}};\n",
                f64::midpoint(rect.left, rect.right) / PER_CENTIMETRE,
                -start.1 / PER_CENTIMETRE,
                escaped(&text)
            )]);
        }
    }

    /// Draws a node with its name in it: round, or as wide as the name. Its edge tells the bias.
    fn draw_node(&self, out: &mut String, node: &NetworkNode, place: ((f64, f64), f64), largest: f64) {
        let ((x, y), half) = place;
        let edge = match node.bias.filter(|bias| bias.is_finite()) {
            None => "draw=gray, line width=0.8pt".to_owned(),
            Some(bias) => {
                let dash = if bias < 0.0 { dashes("4 2.5") } else { "solid".into() };
                let width = 0.8 + 2.2 * bias.abs() / largest;
                format!("draw={}, {dash}, line width={width:.2}pt", sign_colour(bias))
            }
        };
        out.extend([format!(
            "\\node[{edge}, fill=gray!6, rounded corners={:.2}cm, minimum width={:.2}cm, minimum height={:.2}cm, \
             inner sep=0pt, font=\\small] at ({x:.2},{y:.2}) {{{}}};\n",
            self.radius * 0.999,
            2.0 * half,
            2.0 * self.radius,
            escaped(&node.label)
        )]);
    }

    /// Writes below each layer what it is, and how many nodes it has that are not drawn.
    fn draw_names(&self, out: &mut String, network: &Network) {
        for (index, layer) in network.layers.iter().enumerate() {
            let left_out = layer.more.saturating_add(layer.nodes.len().saturating_sub(NODES));
            let more = if left_out > 0 { format!("{left_out} more") } else { String::new() };
            let below: Vec<String> =
                [more, escaped(layer.name.trim())].into_iter().filter(|line| !line.is_empty()).collect();
            if !below.is_empty() {
                out.extend([format!(
                    "\\node[anchor=north, align=center, font=\\small] at ({:.2},{:.2}) {{{}}};\n",
                    index as f64 * self.step,
                    self.foot - 0.05,
                    below.join("\\\\ ")
                )]);
            }
        }
    }
}

/// Writes above the picture what lines and edges mean.
fn draw_legend(out: &mut String, network: &Network, links: &[Link], most: f64) {
    let mut entries = Vec::new();
    let line = |style: &str, width: f64, text: &str| {
        format!(
            "\\tikz[baseline=-0.6ex]{{\\draw[{style}, line width={width:.2}pt] (0,0) -- (0.75,0);}} {text}"
        )
    };
    let middle = f64::midpoint(THINNEST, WIDEST);
    if links.iter().any(|link| link.weight >= 0.0) {
        entries.push(line(&sign_style(1.0), middle, "positive"));
    }
    if links.iter().any(|link| link.weight < 0.0) {
        entries.push(line(&sign_style(-1.0), middle, "negative"));
    }
    // Between the two the width grows evenly.
    if links.len() > FEW {
        let number = |value: f64| {
            let rounded = significant(value, 3).parse().unwrap_or(value);
            escaped(&written_number(rounded))
        };
        entries.push(line(&sign_style(1.0), WIDEST, &number(most)));
        entries.push(line(&sign_style(1.0), middle, &number(most / 2.0)));
    }
    if !net::biases(network).is_empty() {
        let ring = format!(
            "\\tikz[baseline=-0.6ex]{{\\draw[{}, line width=2pt] (0,0) circle[radius=0.14];}}",
            sign_colour(1.0)
        );
        entries.push(format!("{ring} edge: bias"));
    }
    if !entries.is_empty() {
        out.extend([format!(
            "\\node[anchor=south, align=center, font=\\small, inner ysep=6pt] at (current bounding box.north) {{{}}};\n",
            entries.join("\\quad ")
        )]);
    }
}

/// Returns the colour and the dashes of a sign.
fn sign_style(value: f64) -> String {
    let dash = if value < 0.0 { dashes("7 4") } else { "solid".into() };
    format!("{}, {dash}", sign_colour(value))
}

fn sign_colour(value: f64) -> String {
    super::colour(usize::from(value < 0.0))
}
