//! Round ticks and numbers without noise.
//!
//! A tick is a multiple of 1, 2 or 5 times a power of ten. It is built as a decimal and not by
//! adding steps, so the third tenth is 0.3 and not 0.30000000000000004.

/// A place on an axis that carries a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value at the tick.
    pub value: f64,
    /// The value as text, with as many digits as its neighbours need to differ.
    pub label: String,
    /// The exponent, where the ticks are powers of ten of which some are too small or too large to
    /// read as plain numbers.
    pub power: Option<i32>,
}

/// Returns round ticks within `low..=high`, at most `at_most` of them.
pub fn linear(low: f64, high: f64, at_most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) || at_most == 0 {
        return Vec::new();
    }
    let mut exponent = exponent_of(span / at_most as f64) - 1;
    loop {
        for digit in [1, 2, 5] {
            let step = decimal(digit, exponent);
            let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
            if step > 0.0 && last - first < at_most as f64 {
                return multiples(first as i64, last as i64, digit, exponent);
            }
        }
        exponent += 1;
    }
}

/// Returns ticks for a logarithmic axis over `low..=high` (both positive), at most `at_most`.
///
/// These are powers of ten where at least four lie in the range, else multiples of 1, 2 and 5 where there is room for
/// them, else the powers where there are two, else the ticks of a linear axis.
pub fn logarithmic(low: f64, high: f64, at_most: usize) -> Vec<Tick> {
    if !(low > 0.0 && high > low && high.is_finite()) || at_most == 0 {
        return Vec::new();
    }
    let first = (low.log10() - 1e-9).ceil() as i32;
    let last = (high.log10() + 1e-9).floor() as i32;
    let rounds = (first - 1..=last + 1).flat_map(|power| [1, 2, 5].map(|digit| decimal(digit, power)));
    let inside: Vec<f64> =
        rounds.filter(|value| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9)).collect();
    // Two or three powers alone leave most of the axis without a number.
    let is_bare = last > first && last - first < 3 && first >= -3 && last <= 5 && inside.len() <= at_most;
    if last > first && !is_bare {
        let stride = round_stride((last - first) / i32::try_from(at_most).unwrap_or(i32::MAX) + 1);
        let powers = (first..=last).filter(|power| power.rem_euclid(stride) == 0);
        let plain = first >= -3 && last <= 3;
        return powers.map(|power| tick(decimal(1, power), (!plain).then_some(power))).collect();
    }
    if (2..=at_most).contains(&inside.len()) {
        return inside.into_iter().map(|value| tick(value, None)).collect();
    }
    linear(low, high, at_most)
}

/// Returns a number of decades that is easy to count in, no fewer than asked for. There are at most 633 decades.
fn round_stride(least: i32) -> i32 {
    [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300].into_iter().find(|stride| *stride >= least).unwrap_or(least)
}

/// Writes a number for reading: four significant digits, no trailing zeros, `1e-6` for the small.
///
/// Whole numbers below ten million keep all their digits, because epochs are counted exactly.
///
/// ```
/// use whygrad_plot::ticks::number;
/// assert_eq!(number(0.1 + 0.2), "0.3");
/// assert_eq!(number(0.000_001), "1e-6");
/// assert_eq!(number(123_456.0), "123456");
/// ```
pub fn number(value: f64) -> String {
    significant(value, 4)
}

/// Writes a number as [`number`] does, with so many significant digits.
pub(crate) fn significant(value: f64, digits: u8) -> String {
    if value.is_nan() {
        return "not a number".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "infinity" } else { "-infinity" }.into();
    }
    if value == 0.0 {
        return "0".into();
    }
    if value.fract() == 0.0 && value.abs() < 1e7 {
        return format!("{value:.0}");
    }
    let scientific = format!("{value:.*e}", usize::from(digits.max(1) - 1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-3..6).contains(&exponent) {
        let decimals = (i32::from(digits) - 1 - exponent).max(0) as usize;
        return trimmed(&format!("{value:.decimals$}")).to_owned();
    }
    format!("{}e{exponent}", trimmed(mantissa))
}

/// Rounds a value to a round step no coarser than `resolution`, so that 39.87 epochs read as 40.
pub(crate) fn rounded(value: f64, resolution: f64) -> f64 {
    if !(resolution.is_finite() && value.is_finite()) || resolution < 1e-290 {
        return value;
    }
    let exponent = exponent_of(resolution);
    let digit = [5, 2].into_iter().find(|digit| decimal(*digit, exponent) <= resolution).unwrap_or(1);
    let count = (value / decimal(digit, exponent)).round();
    if count.abs() < 1e15 { decimal(count as i64 * digit, exponent) } else { value }
}

fn multiples(first: i64, last: i64, digit: i64, exponent: i32) -> Vec<Tick> {
    let values: Vec<f64> = (first..=last).map(|count| decimal(count * digit, exponent)).collect();
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let plain = largest < 1e6 && (exponent > -5 || largest >= 0.001);
    let label = |value: f64| {
        if value == 0.0 {
            return "0".to_owned();
        }
        if plain {
            return format!("{value:.*}", (-exponent).max(0) as usize);
        }
        let digits = (exponent_of(value.abs()) - exponent).max(0) as usize;
        let text = format!("{value:.digits$e}");
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{power}", trimmed(mantissa))
    };
    values.into_iter().map(|value| Tick { value, label: label(value), power: None }).collect()
}

fn tick(value: f64, power: Option<i32>) -> Tick {
    let label = match power {
        Some(power) if !(-3..6).contains(&power) => format!("1e{power}"),
        _ => number(value),
    };
    Tick { value, label, power }
}

/// Returns `digits * 10^exponent`, rounded once.
fn decimal(digits: i64, exponent: i32) -> f64 {
    format!("{digits}e{exponent}").parse().unwrap_or(0.0)
}

/// Returns the exponent of the power of ten just below a positive value.
fn exponent_of(value: f64) -> i32 {
    format!("{value:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// Cuts trailing zeros behind the point.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> String {
        ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn linear_ticks_are_round_and_free_of_noise() {
        assert_eq!(labels(&linear(0.0, 0.5, 6)), "0 0.1 0.2 0.3 0.4 0.5");
        assert_eq!(labels(&linear(-0.3, 1.1, 4)), "0 0.5 1.0");
        assert_eq!(labels(&linear(0.0, 1000.0, 6)), "0 200 400 600 800 1000");
        assert_eq!(labels(&linear(0.0, 2.1e-6, 5)), "0 5e-7 1e-6 1.5e-6 2e-6");
        assert_eq!(labels(&linear(0.0, 3e6, 4)), "0 1e6 2e6 3e6");
        assert_eq!(linear(0.0, 0.5, 6)[3].value, 0.3);
    }

    #[test]
    fn ticks_never_exceed_the_number_asked_for() {
        for at_most in 1..12 {
            for high in [1e-300, 3e-7, 0.99, 1.0, 7.3, 1e9, 1e300] {
                assert!(linear(-high / 3.0, high, at_most).len() <= at_most);
                assert!(logarithmic(high / 1e4, high, at_most).len() <= at_most);
            }
        }
    }

    #[test]
    fn logarithmic_ticks_are_powers_then_rounds_then_linear() {
        assert_eq!(labels(&logarithmic(3e-5, 2.0, 8)), "1e-4 0.001 0.01 0.1 1");
        assert_eq!(labels(&logarithmic(1e-9, 1.0, 4)), "1e-9 1e-6 0.001 1");
        assert_eq!(labels(&logarithmic(0.1, 10.0, 8)), "0.1 0.2 0.5 1 2 5 10");
        assert_eq!(labels(&logarithmic(0.1, 10.0, 6)), "0.1 1 10");
        assert_eq!(labels(&logarithmic(1.5, 9.0, 8)), "2 5");
        assert_eq!(labels(&logarithmic(2.2, 2.6, 5)), "2.2 2.3 2.4 2.5 2.6");
    }

    #[test]
    fn numbers_read_as_a_person_would_write_them() {
        let written: Vec<String> =
            [0.1 + 0.2, 0.00025, 0.999_99, -0.334_2, 1e6, 123_456.7, 1.5e9, 0.0, -2.0].map(number).into();
        assert_eq!(written, ["0.3", "2.5e-4", "1", "-0.3342", "1000000", "123457", "1.5e9", "0", "-2"]);
        assert_eq!(number(f64::NAN), "not a number");
    }

    #[test]
    fn places_are_rounded_to_what_the_eye_can_tell() {
        assert_eq!(rounded(39.87, 10.0), 40.0);
        assert_eq!(rounded(2.249, 0.042), 2.24);
        assert_eq!(rounded(903.0, 30.0), 900.0);
        assert_eq!(rounded(5.0, f64::NAN), 5.0);
    }
}
