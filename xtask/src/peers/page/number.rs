//! Numbers as the page has them.

/// Three digits and a unit: `29.4 M`, `14.0 k`, `83.0`, `1.30 µ`.
pub(super) fn short(number: f64) -> String {
    const UNITS: [(f64, &str); 7] =
        [(1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, ""), (1e-3, " m"), (1e-6, " µ"), (1e-9, " n")];
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    // What rounds to 1000 belongs to the next unit.
    let unit = UNITS.iter().find(|(size, _)| number.abs() >= size * 0.9995).unwrap_or(&UNITS[6]);
    let scaled = number / unit.0;
    let places = if scaled.abs() >= 99.95 { 0 } else { 1 + usize::from(scaled.abs() < 9.995) };
    format!("{scaled:.places$}{}", unit.1)
}

/// How many times as much: two places, fewer where it is large.
pub(super) fn ratio(number: f64) -> String {
    match number {
        n if n >= 99.5 => format!("{n:.0}"),
        n if n >= 9.95 => format!("{n:.1}"),
        n if n >= 0.0995 => format!("{n:.2}"),
        n => format!("{n:.4}"),
    }
}

/// A loss with seven digits.
pub(super) fn loss(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let places = (6.0 - number.abs().log10().floor()).clamp(0.0, 20.0) as usize;
    format!("{number:.places$}")
}

/// Memory in bytes, in units of 1,000.
pub(super) fn bytes(number: f64) -> String {
    let text = short(number);
    if text.ends_with(|c: char| c.is_ascii_digit()) { format!("{text} B") } else { format!("{text}B") }
}

/// A part as a percentage.
pub(super) fn percent(part: f64) -> String {
    format!("{} %", ratio(part * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        let shown = [29_412_345.0, 14_000.0, 999_600.0, 83.04, 1.0, 0.0123, 1.3e-6, 0.0].map(short);
        assert_eq!(shown, ["29.4 M", "14.0 k", "1.00 M", "83.0", "1.00", "12.3 m", "1.30 µ", "0"]);
    }

    #[test]
    fn losses_have_seven_digits_and_bytes_a_unit() {
        assert_eq!(
            [0.034523976224, 0.00014371636, 1.3015086, 0.0].map(loss),
            ["0.03452398", "0.0001437164", "1.301509", "0"]
        );
        assert_eq!([100.0, 4096.0].map(bytes), ["100 B", "4.10 kB"]);
    }

    #[test]
    fn ratios_have_as_many_places_as_they_need() {
        assert_eq!([2098.0, 12.34, 1.9, 0.5, 0.0123].map(ratio), ["2098", "12.3", "1.90", "0.50", "0.0123"]);
        assert_eq!(percent(0.16), "16.0 %");
    }
}
