//! Colours that stay apart for colour-blind eyes and in grey.

/// Red, green and blue, 0 to 255 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// Viridis at nine even places, from dark violet to yellow. Its lightness grows evenly.
/// Source: van der Walt and Smith, 2015, as shipped with matplotlib.
const VIRIDIS: [Rgb; 9] = [
    Rgb(68, 1, 84),
    Rgb(71, 44, 122),
    Rgb(59, 81, 139),
    Rgb(44, 113, 142),
    Rgb(33, 144, 141),
    Rgb(39, 173, 129),
    Rgb(92, 200, 99),
    Rgb(170, 220, 50),
    Rgb(253, 231, 37),
];

/// How many colours of series there are.
pub(crate) const SERIES: usize = 8;

/// Series colours after Okabe and Ito, 2008: for light paper, for dark paper, and a middle tone
/// for a terminal whose background is unknown.
const LIGHT: [Rgb; SERIES] = [
    Rgb(0, 101, 163),
    Rgb(201, 84, 0),
    Rgb(0, 132, 97),
    Rgb(170, 74, 133),
    Rgb(122, 98, 0),
    Rgb(44, 140, 196),
    Rgb(96, 96, 96),
    Rgb(140, 28, 40),
];
const DARK: [Rgb; SERIES] = [
    Rgb(98, 181, 240),
    Rgb(255, 160, 72),
    Rgb(61, 201, 153),
    Rgb(226, 148, 198),
    Rgb(240, 228, 100),
    Rgb(160, 175, 255),
    Rgb(190, 190, 190),
    Rgb(255, 120, 110),
];
const MIDDLE: [Rgb; SERIES] = [
    Rgb(46, 139, 216),
    Rgb(224, 116, 26),
    Rgb(31, 163, 122),
    Rgb(201, 99, 165),
    Rgb(168, 142, 16),
    Rgb(120, 128, 230),
    Rgb(140, 140, 140),
    Rgb(196, 72, 72),
];

/// The ground on which a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Light,
    Dark,
    Unknown,
}

/// Returns the colour of the series with this index.
pub(crate) fn series(index: usize, ground: Ground) -> Rgb {
    let colours = match ground {
        Ground::Light => LIGHT,
        Ground::Dark => DARK,
        Ground::Unknown => MIDDLE,
    };
    colours[index % colours.len()]
}

/// Returns the colour for a place in 0..=1 of a sequence from low to high.
pub(crate) fn sequence(place: f64) -> Rgb {
    let position = place.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let index = (position as usize).min(VIRIDIS.len() - 2);
    mix(VIRIDIS[index], VIRIDIS[index + 1], position - index as f64)
}

/// Returns the colour that lies the given share of the way from one to the other.
pub(crate) fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let channel = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    Rgb(channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

/// Returns black or white, whichever has the greater contrast on the colour.
pub(crate) fn ink_on(ground: Rgb) -> Rgb {
    let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
    if contrast(ground, black) >= contrast(ground, white) { black } else { white }
}

/// Returns the contrast of two colours, from 1 to 21. Source: Web Content Accessibility Guidelines 2.1, which ask for
/// at least 4.5 between a text and its ground.
fn contrast(first: Rgb, second: Rgb) -> f64 {
    let (first, second) = (luminance(first), luminance(second));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

fn luminance(Rgb(red, green, blue): Rgb) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

impl Rgb {
    /// Writes the colour as `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_be_read_on_every_colour_of_the_sequence() {
        for step in 0..=1000 {
            let ground = sequence(f64::from(step) / 1000.0);
            assert!(contrast(ground, ink_on(ground)) >= 4.5, "{ground:?}");
        }
    }
}
