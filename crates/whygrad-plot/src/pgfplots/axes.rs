//! Axes whose numbers TeX can compute with, and texts that it prints as they are.

use crate::axis::{Axis, unit};
use crate::ticks::Tick;

/// TeX keeps about five digits: an axis shorter than this share of its values would have no inside.
const SHORTEST: f64 = 1e-3;

/// Numbers whose decimal exponent is beyond this are left to nobody.
const FARTHEST: f64 = 60.0;

/// An axis as pgfplots sees it: with the figure's own numbers where TeX can hold them, else with places in 0..=1 and
/// ticks that carry the true numbers.
#[derive(Clone, Copy)]
pub(super) struct TexAxis<'a> {
    pub(super) axis: Axis<'a>,
    log: bool,
    by_place: bool,
}

impl<'a> TexAxis<'a> {
    /// An axis of the picture.
    pub(super) fn new(axis: Axis<'a>, log: bool) -> Self {
        let log = log && axis.names().is_empty();
        let (low, high) = (axis.value(0.0), axis.value(1.0));
        let size = low.abs().max(high.abs());
        let far = size.log10().abs() > FARTHEST || (log && low.log10() < -FARTHEST);
        let short = if log { axis.span() < 0.05 } else { axis.span() < SHORTEST * size };
        TexAxis { axis, log, by_place: far || short || !size.is_finite() }
    }

    /// An axis of colours, which pgfplots has linear only.
    pub(super) fn of_colours(axis: Axis<'a>, log: bool) -> Self {
        let plain = TexAxis::new(axis, false);
        TexAxis { by_place: plain.by_place || log, ..plain }
    }

    /// Returns the axis with places in 0..=1 as coordinates.
    pub(super) fn of_places(self) -> Self {
        TexAxis { by_place: true, ..self }
    }

    /// Returns how far the ends of a linear axis are apart in coordinates.
    pub(super) fn span(&self) -> f64 {
        if self.by_place { 1.0 } else { self.axis.span() }
    }

    /// Returns a value as a coordinate, or `None` for one that cannot be drawn.
    pub(super) fn coordinate(&self, value: f64) -> Option<String> {
        if self.by_place {
            return self.axis.place(value).map(number);
        }
        if !self.axis.names().is_empty() {
            return self.axis.place_within(value).map(|_| number(value));
        }
        unit(value, self.log).map(|_| number(value))
    }

    /// Returns a value as a coordinate if it lies on the axis.
    pub(super) fn coordinate_within(&self, value: f64) -> Option<String> {
        self.axis.place_within(value).and_then(|_| self.coordinate(value))
    }

    /// Returns a place in 0..=1 as a coordinate.
    pub(super) fn at(&self, place: f64) -> String {
        number(if self.by_place { place } else { self.axis.value(place) })
    }

    /// Returns whether equal steps are equal factors for pgfplots.
    pub(super) fn is_log(&self) -> bool {
        self.log && !self.by_place
    }

    /// Returns whether coordinates are the figure's own numbers.
    pub(super) fn is_plain(&self) -> bool {
        !self.by_place
    }

    /// Returns the settings of the axis with this letter: its ends, and the ticks of the other formats, but that pgfplots
    /// finds those of a logarithm.
    pub(super) fn settings(&self, letter: char, at_most: usize) -> String {
        let mut out = format!("{letter}min={}, {letter}max={},\n", self.at(0.0), self.at(1.0));
        if self.is_log() {
            out.extend([format!("{letter}mode=log,\n")]);
        } else {
            out.push_str(&self.ticks(letter, at_most));
        }
        out
    }

    /// Returns ticks that are written out.
    pub(super) fn ticks(&self, letter: char, at_most: usize) -> String {
        let mut ticks = self.axis.ticks(at_most);
        // Labels such as 1.000000005 need the room of several.
        let longest =
            |ticks: &[(f64, Tick)]| ticks.iter().map(|(_, tick)| tick.label.len()).max().unwrap_or(0);
        if letter == 'x' && self.by_place && longest(&ticks) > 6 {
            ticks = self.axis.ticks((6 * at_most / longest(&ticks)).max(1));
        }
        let places: Vec<String> =
            ticks.iter().filter_map(|(place, tick)| Some(self.written(*place, tick)?.0)).collect();
        let labels: Vec<String> =
            ticks.iter().filter_map(|(place, tick)| Some(self.written(*place, tick)?.1)).collect();
        format!(
            "{letter}tick={{{}}},\n{letter}ticklabels={{{}}},\nscaled {letter} ticks=false,\n",
            places.join(","),
            labels.join(",")
        )
    }

    fn written(&self, place: f64, tick: &Tick) -> Option<(String, String)> {
        let at = if self.by_place { number(place) } else { self.coordinate(tick.value)? };
        Some((at, format!("{{{}}}", label(tick))))
    }
}

/// Returns a tick's label: numbers as mathematics, names as text.
fn label(tick: &Tick) -> String {
    if let Some(power) = tick.power {
        return format!("$10^{{{power}}}$");
    }
    match tick.label.split_once('e') {
        _ if tick.label.parse::<f64>().is_err() => escaped(&tick.label),
        Some((mantissa, power)) => format!("${mantissa}\\cdot 10^{{{power}}}$"),
        None => format!("${}$", tick.label),
    }
}

/// Returns a finite number with the six digits that TeX can use.
pub(super) fn number(value: f64) -> String {
    // TeX has no number this small, and no axis of plain numbers is as short.
    let value = if value.abs() < 1e-90 { 0.0 } else { value };
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(0.0);
    if rounded != 0.0 && !(1e-4..1e6).contains(&rounded.abs()) {
        return format!("{rounded:e}");
    }
    format!("{rounded}")
}

/// Letters and signs with a name in LaTeX.
const NAMED: &[(char, &str)] = &[
    ('\\', "\\textbackslash{}"),
    ('^', "\\textasciicircum{}"),
    ('~', "\\textasciitilde{}"),
    ('<', "\\textless{}"),
    ('>', "\\textgreater{}"),
    ('|', "\\textbar{}"),
    ('"', "\\textquotedbl{}"),
    // A line break would take what is in brackets, or a star, for its own.
    ('[', "{[}"),
    ('*', "{*}"),
    ('`', "\\textasciigrave{}"),
    ('\'', "\\textquotesingle{}"),
    // Two hyphens would become a dash.
    ('-', "-{}"),
    ('−', "$-$"),
    ('–', "\\textendash{}"),
    ('—', "\\textemdash{}"),
    ('…', "\\dots{}"),
    ('·', "$\\cdot$"),
    ('×', "$\\times$"),
    ('±', "$\\pm$"),
    ('°', "$^{\\circ}$"),
    ('≤', "$\\le$"),
    ('≥', "$\\ge$"),
    ('≠', "$\\ne$"),
    ('≈', "$\\approx$"),
    ('→', "$\\to$"),
    ('∞', "$\\infty$"),
    ('∂', "$\\partial$"),
    ('∇', "$\\nabla$"),
    ('∈', "$\\in$"),
    ('√', "$\\surd$"),
    ('∑', "$\\sum$"),
    ('‖', "$\\|$"),
    ('α', "$\\alpha$"),
    ('β', "$\\beta$"),
    ('γ', "$\\gamma$"),
    ('δ', "$\\delta$"),
    ('ε', "$\\varepsilon$"),
    ('η', "$\\eta$"),
    ('θ', "$\\theta$"),
    ('λ', "$\\lambda$"),
    ('μ', "$\\mu$"),
    ('µ', "$\\mu$"),
    ('π', "$\\pi$"),
    ('ρ', "$\\rho$"),
    ('σ', "$\\sigma$"),
    ('τ', "$\\tau$"),
    ('φ', "$\\varphi$"),
    ('ω', "$\\omega$"),
    ('Δ', "$\\Delta$"),
    ('Σ', "$\\Sigma$"),
    ('Ω', "$\\Omega$"),
    ('ᵀ', "$^{\\mathsf{T}}$"),
];

const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉";

/// Returns a text that LaTeX prints as it is. A character that pdfLaTeX has no glyph for is left to `\glyph`, which the
/// document defines.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let digit = |digits: &str| digits.chars().position(|digit| digit == letter);
        if let Some((_, name)) = NAMED.iter().find(|(known, _)| *known == letter) {
            out.push_str(name);
        } else if let Some(digit) = digit(RAISED) {
            out.extend([format!("$^{{{digit}}}$")]);
        } else if let Some(digit) = digit(LOWERED) {
            out.extend([format!("$_{{{digit}}}$")]);
        } else {
            match letter {
                '⁻' => out.push_str("$^{-}$"),
                '{' | '}' | '$' | '&' | '#' | '%' | '_' => out.extend(['\\', letter]),
                _ if letter.is_control() || letter.is_whitespace() => out.push(' '),
                // What the encoding T1 has: Latin letters with accents.
                ' '..='~' | 'À'..='ž' => out.push(letter),
                _ => out.extend([format!("\\glyph{{{:X}}}", u32::from(letter))]),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_printed_as_it_is() {
        assert_eq!(escaped("50% of a_1 & {b}"), "50\\% of a\\_1 \\& \\{b\\}");
        assert_eq!(escaped("x⁴ − σ\n損"), "x$^{4}$ $-$ $\\sigma$ \\glyph{640D}");
        assert_eq!(escaped("\\end{document}"), "\\textbackslash{}end\\{document\\}");
    }

    #[test]
    fn numbers_beyond_what_tex_holds_become_places_with_true_ticks() {
        let axis =
            |low: f64, high: f64, log| TexAxis::new(Axis::over([low, high].into_iter(), log, 0.0), log);
        assert_eq!(axis(0.0, 2.0, false).coordinate(1.5), Some("1.5".into()));
        assert_eq!(axis(0.0, 1e300, false).coordinate(5e299), Some("0.5".into()));
        assert_eq!(axis(1.0, 1.0 + 1e-8, false).at(1.0), "1");
        assert_eq!(axis(1.0, 100.0, true).coordinate(0.0), None);
        assert!(axis(0.0, 1e300, false).settings('x', 3).contains("{$5\\cdot 10^{299}$}"));
    }
}
