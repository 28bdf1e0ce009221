//! Dots finer than characters: two by four to a cell, as braille.

use crate::palette::Rgb;

/// How long dashes and gaps are, in dots; a gap of nothing is a solid line.
pub(super) type Dash = (usize, usize);

/// Tells curves apart where there is no colour.
pub(super) const DASHES: [Dash; 3] = [(1, 0), (4, 3), (1, 2)];

/// The bit of each dot in its cell, by column and row. Source: Unicode, block 2800..28FF.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// A grid of dots. Row 0 is at the top.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    cells: Vec<(u8, Option<Rgb>)>,
}

impl Canvas {
    /// Returns an empty canvas of so many character cells.
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Canvas { columns, rows, cells: vec![(0, None); columns * rows] }
    }

    /// Returns the dot `(column, row)` for a place in 0..=1 to the right and upwards.
    pub(super) fn dot(&self, place: (f64, f64)) -> (i64, i64) {
        let across = place.0 * (self.columns * 2 - 1) as f64;
        let down = (1.0 - place.1) * (self.rows * 4 - 1) as f64;
        (across.round() as i64, down.round() as i64)
    }

    /// Draws straight lines from place to place.
    pub(super) fn stroke(&mut self, places: &[(f64, f64)], dash: Dash, colour: Option<Rgb>) {
        let mut walked = 0;
        let dots: Vec<(i64, i64)> = places.iter().map(|place| self.dot(*place)).collect();
        if let [only] = dots[..] {
            self.set(only, colour);
        }
        for ends in dots.windows(2) {
            let (across, down) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
            let steps = across.abs().max(down.abs());
            for step in 0..=steps {
                let share = step as f64 / steps.max(1) as f64;
                let along = |from: i64, by: i64| from + (share * by as f64).round() as i64;
                if (walked + step as usize) % (dash.0 + dash.1) < dash.0 {
                    self.set((along(ends[0].0, across), along(ends[0].1, down)), colour);
                }
            }
            walked += steps as usize;
        }
    }

    /// Returns the inked cells as `(column, row, braille, colour)`.
    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, usize, char, Option<Rgb>)> {
        let inked = self.cells.iter().enumerate().filter(|(_, cell)| cell.0 != 0);
        inked.map(|(index, (bits, colour))| {
            let glyph = char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' ');
            (index % self.columns, index / self.columns, glyph, *colour)
        })
    }

    fn set(&mut self, (across, down): (i64, i64), colour: Option<Rgb>) {
        let (Ok(across), Ok(down)) = (usize::try_from(across), usize::try_from(down)) else { return };
        if across / 2 < self.columns && down / 4 < self.rows {
            let cell = &mut self.cells[down / 4 * self.columns + across / 2];
            *cell = (cell.0 | BITS[across % 2][down % 4], colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_touches_the_dots_of_its_cells() {
        let mut canvas = Canvas::new(2, 1);
        canvas.stroke(&[(0.0, 0.0), (1.0, 1.0)], DASHES[0], None);
        let drawn: String = canvas.cells().map(|cell| cell.2).collect();
        assert_eq!(drawn, "⡠⠊");
    }
}
