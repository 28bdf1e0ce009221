//! A network on a terminal: a table of its weights, layer by layer, the largest first.

use super::Terminal;
use super::frame::{title_lines, wrapped};
use super::screen::{FAINT, Screen, width};
use crate::figure::{Link, Network};
use crate::net;
use crate::palette::{self, Ground, Rgb};
use crate::ticks::significant;
use crate::words;

/// The longest bar beside a weight, in characters.
const BAR: usize = 6;

pub(super) fn draw(network: &Network, terminal: Terminal, told: bool) -> Screen {
    let mut screen = Screen::new(terminal, 0);
    for line in title_lines(&network.title, terminal.columns) {
        let row = screen.add_row();
        screen.centred(terminal.columns / 2, row, &line, None);
    }
    for line in wrapped(&words::shape(network), terminal.columns) {
        let row = screen.add_row();
        screen.text(0, row, &line, FAINT);
    }
    let links = net::drawable(network);
    let layers: Vec<usize> =
        (0..network.layers.len()).filter(|layer| links.iter().any(|link| link.to.0 == *layer)).collect();
    let biases = net::biases(network);
    let notes: Vec<String> = words::notes(&network.notes, words::missing_links(network))
        .iter()
        .flat_map(|note| wrapped(note, terminal.columns))
        .collect();
    let notes = if told { Vec::new() } else { notes };
    let around = 2 + layers.len() + notes.len() + usize::from(!biases.is_empty());
    let room = terminal.rows.saturating_sub(around) / layers.len().max(1);
    let largest = net::largest(links.iter().map(|link| link.weight));
    for layer in layers {
        let mut into: Vec<Link> = links.iter().filter(|link| link.to.0 == layer).copied().collect();
        into.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        draw_layer(&mut screen, network, layer, &into, (largest, room.max(3)));
    }
    draw_biases(&mut screen, &biases, terminal);
    for note in notes {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    screen
}

/// Writes the weights into one layer in as many columns as have room, downwards and then to the right.
fn draw_layer(
    screen: &mut Screen,
    network: &Network,
    layer: usize,
    links: &[Link],
    (largest, room): (f64, usize),
) {
    let row = screen.add_row();
    let name = network.layers[layer].name.trim();
    let name = if name.is_empty() { String::new() } else { format!(", {name}") };
    let layers = network.layers.len();
    let which = match layer {
        _ if layer + 1 == layers => "the output".to_owned(),
        1 if layers == 3 => "the hidden layer".to_owned(),
        0 => "the input".to_owned(),
        _ => format!("hidden layer {layer}"),
    };
    screen.text(0, row, &format!("weights into {which}{name}"), None);
    let arrow = if screen.unicode() { "→" } else { "->" };
    let texts: Vec<(String, String)> = links
        .iter()
        .map(|link| {
            let ends = format!("{} {arrow} {}", net::name(network, link.from), net::name(network, link.to));
            (ends, significant(link.weight, 3))
        })
        .collect();
    let names = texts.iter().map(|text| width(&text.0)).max().unwrap_or(0);
    let numbers = texts.iter().map(|text| text.1.len()).max().unwrap_or(0);
    let wide = names + 1 + numbers + 1 + BAR + 3;
    let columns = ((screen.columns() + 1) / wide.max(1)).max(1);
    // The last line says how many are left out.
    let all = links.len() <= columns * room;
    let lines = if all { links.len().div_ceil(columns) } else { room.saturating_sub(1).max(1) };
    let shown = links.len().min(columns * lines);
    let first = screen.add_rows(lines);
    for (index, (ends, number)) in texts[..shown].iter().enumerate() {
        let (column, row) = (2 + index / lines * wide, first + index % lines);
        screen.text(column, row, ends, None);
        let end = column + names + 1 + numbers;
        screen.text(end - number.len(), row, number, None);
        draw_bar(screen, (end + 1, row), links[index].weight, largest);
    }
    if shown < links.len() {
        let row = screen.add_row();
        let more = words::counted(links.len() - shown, "smaller weight", "smaller weights");
        screen.text(2, row, &format!("and {more}"), FAINT);
    }
}

/// Draws a bar as long as the weight is large: full where it is positive, hollow where it is negative.
fn draw_bar(screen: &mut Screen, (column, row): (usize, usize), weight: f64, largest: f64) {
    let long = (weight.abs() / largest * BAR as f64).ceil().min(BAR as f64) as usize;
    let glyph = if weight >= 0.0 { screen.either('█', '#') } else { screen.either('░', '-') };
    for at in 0..long {
        screen.put(column + at, row, glyph, Some(sign_colour(weight)));
    }
}

fn sign_colour(weight: f64) -> Rgb {
    palette::series(usize::from(weight < 0.0), Ground::Unknown)
}

fn draw_biases(screen: &mut Screen, biases: &[(String, f64)], terminal: Terminal) {
    let told: Vec<String> =
        biases.iter().map(|(name, bias)| format!("{name} {}", significant(*bias, 3))).collect();
    if told.is_empty() {
        return;
    }
    let mut lines = vec!["biases:".to_owned()];
    let last = told.len() - 1;
    for (index, bias) in told.iter().enumerate() {
        let bias = if index == last { bias.clone() } else { format!("{bias},") };
        match lines.last_mut() {
            // A name and its number stay together.
            Some(line) if width(line) + 1 + width(&bias) <= terminal.columns => {
                line.push(' ');
                line.push_str(&bias);
            }
            _ => lines.push(bias),
        }
    }
    for (index, line) in lines.iter().enumerate().take(4) {
        let row = screen.add_row();
        let cut = index == 3 && lines.len() > 4;
        screen.text(0, row, &if cut { format!("{line} …") } else { line.clone() }, None);
    }
}
