//! A table of values in pgfplots.

use super::axes::{TexAxis, escaped};
use super::{Size, coordinates, frame, tikzpicture};
use crate::figure::Cells;
use crate::palette::{Rgb, ink_on, sequence};
use crate::words;

/// The most columns and rows; of more, every second, third .. is left.
const MOST: usize = 61;

/// More cells than these have no numbers in them.
const WRITTEN: usize = 150;

pub(super) fn draw(cells: &Cells, size: Size) -> String {
    let (columns, rows) = (cells.columns.len(), cells.rows.len());
    let (right, up) = (columns.div_ceil(MOST).max(1), rows.div_ceil(MOST).max(1));
    let mut notes: Vec<String> = words::empty_cells(cells).into_iter().collect();
    if right > 1 || up > 1 {
        notes.push(format!("Drawn is one column of {right} and one row of {up}."));
    }
    let axes = cells.axes();
    let (x, y) = (TexAxis::new(axes.0, false), TexAxis::new(axes.1, false));
    let values = TexAxis::of_colours(cells.value_axis(), false);
    // The colour bar takes the room of some columns.
    let mut out = String::from("\\begin{axis}[\n");
    out.push_str(&frame(
        Size { width: size.width - 1.5, ..size },
        &cells.title,
        &cells.x_label,
        &cells.y_label,
    ));
    out.push_str(&x.settings('x', (size.width / 0.7) as usize));
    out.push_str(&y.settings('y', (size.height / 0.5) as usize));
    let letters: usize = cells.columns.iter().map(|name| name.chars().count() + 2).sum();
    if letters as f64 * 0.2 > size.width - 4.0 {
        out.push_str("x tick label style={rotate=40, anchor=north east},\n");
    }
    out.push_str(&super::map::colour_bar(values, size, ""));
    out.push_str("enlargelimits=false, axis on top, tick align=outside, tick pos=left,\n]\n");
    let shown: Vec<(usize, usize)> =
        cells.places().filter(|(column, row)| column % right == 0 && row % up == 0).collect();
    // The matrix of pgfplots knows no holes: each cell with a value is a rectangle of its own.
    for &(column, row) in &shown {
        let place = cells.value(column, row).and_then(|value| values.axis.place(value));
        let Some(Rgb(red, green, blue)) = place.map(sequence) else { continue };
        let half = (right as f64 / 2.0, up as f64 / 2.0);
        let (left, bottom) = (column as f64 - 0.5, row as f64 - 0.5);
        out.extend([format!(
            "\\fill[fill={{rgb,255:red,{red};green,{green};blue,{blue}}}] (axis cs:{left},{bottom}) rectangle \
             (axis cs:{},{});\n",
            left + 2.0 * half.0,
            bottom + 2.0 * half.1
        )]);
    }
    if columns * rows <= WRITTEN {
        for &(column, row) in &shown {
            let ground = cells.value(column, row).and_then(|value| values.axis.place(value)).map(sequence);
            let ink = match ground.map(ink_on) {
                Some(Rgb(255, ..)) => "white",
                Some(_) => "black",
                None => "gray",
            };
            let text = escaped(&cells.text(column, row, 2));
            out.extend([format!(
                "\\node[text={ink}, font=\\small] at (axis cs:{column},{row}) {{{text}}};\n"
            )]);
        }
    }
    // What carries the range of the colours.
    let ends = [0.0, 1.0].map(|place| format!("(0,0) [{}]", values.at(place)));
    out.extend([format!(
        "\\addplot[scatter, only marks, mark=none, point meta=explicit] coordinates {};\n",
        coordinates(&ends)
    )]);
    out.push_str("\\end{axis}\n");
    tikzpicture(&out, &notes, size)
}
