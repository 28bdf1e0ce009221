//! In which precision a source computes, or prints.

use super::Precision;

/// A derivative as given, beside what is true there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// As given, finite.
    pub(crate) given: f64,
    /// The derived one.
    pub(crate) value: f64,
    /// How far the given one lies outside what is accepted, in double precision.
    pub(crate) beyond: f64,
    /// The noise in double precision.
    pub(crate) noise: f64,
}

impl Pair {
    /// True where double precision does not explain the difference.
    fn is_off(&self) -> bool {
        self.beyond > self.noise
    }
}

/// What the numbers alone say. Where double precision explains them all there is no question.
pub(crate) fn of_numbers(pairs: &[Pair]) -> Precision {
    let off = pairs.iter().filter(|p| p.is_off()).count();
    if off == 0 {
        return Precision::Double;
    }
    if are_single(pairs) {
        return Precision::Single;
    }
    let fewer = |precision: Precision| {
        let still = pairs.iter().filter(|p| p.beyond > p.noise + rounding(precision, p.given)).count();
        // Rounding hides many small differences at once; a single one is a mistake that happens to be small.
        2 * still <= off && off > still
    };
    let written: Vec<(usize, usize)> =
        pairs.iter().filter(|p| p.given != 0.0).map(|p| digits(p.given)).collect();
    let decimals = written.iter().map(|w| w.0).max().unwrap_or(0);
    let significant = written.iter().map(|w| w.1).max().unwrap_or(0);
    if !(3..=MOST_DIGITS).contains(&significant) {
        return Precision::Double;
    }
    let candidates = [
        (decimals >= 3).then_some(Precision::Decimals(decimals)),
        alike(&written, significant).then_some(Precision::Digits(significant)),
    ];
    let given: Vec<f64> = pairs.iter().map(|p| p.given).collect();
    let printed = || of_print(&given).map(Precision::Decimals);
    candidates.into_iter().flatten().find(|&c| fewer(c)).or_else(printed).unwrap_or(Precision::Double)
}

/// How many decimals numbers were printed with, whether they are right or not: where most are wrong, their
/// deviations do not tell. Sums of halves, quarters and the like have few decimals unrounded.
pub(crate) fn of_print(numbers: &[f64]) -> Option<usize> {
    let numbers: Vec<f64> = numbers.iter().copied().filter(|g| g.is_finite() && *g != 0.0).collect();
    let is_dyadic = |g: &f64| g.to_bits().trailing_zeros() > 30;
    let most = numbers.iter().map(|&g| digits(g).0).max()?;
    let told = numbers.len() >= 3 && !numbers.iter().all(is_dyadic);
    (told && (3..=MOST_DIGITS).contains(&most)).then_some(most)
}

/// More digits than this are no rounding for the eye.
const MOST_DIGITS: usize = 9;

/// True where most numbers have as many digits; the last one is a 0, and not printed, once in ten.
fn alike(written: &[(usize, usize)], significant: usize) -> bool {
    let most = written.iter().filter(|w| w.1 + 1 >= significant).count();
    4 * most >= 3 * written.len()
}

/// What printing with so many digits may take away.
pub(crate) fn rounding(precision: Precision, given: f64) -> f64 {
    // A little more than half a digit, since the half itself is rounded.
    let half = |exponent: f64| 0.500_001 * 10f64.powf(exponent);
    match precision {
        Precision::Double | Precision::Single => 0.0,
        Precision::Decimals(decimals) => half(-(decimals as f64)),
        Precision::Digits(_) if given == 0.0 => 0.0,
        Precision::Digits(count) => half(given.abs().log10().floor() + 1.0 - count as f64),
    }
}

/// Digits after the decimal point, and digits that count, of the shortest form.
fn digits(value: f64) -> (usize, usize) {
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let significant = mantissa.chars().filter(char::is_ascii_digit).count();
    // 1.25e-3 has two digits after the point, and three more for the exponent.
    let after = significant.saturating_sub(1);
    let decimals = match exponent.strip_prefix('-') {
        Some(more) => after.saturating_add(more.parse().unwrap_or(0)),
        None => after.saturating_sub(exponent.parse().unwrap_or(0)),
    };
    (decimals, significant)
}

/// True where every number is one of single precision, by its bits or by its shortest digits, and enough
/// of them are long, so that it is no chance.
fn are_single(pairs: &[Pair]) -> bool {
    let by_bits = |p: &Pair| f64::from(p.given as f32) == p.given;
    let by_digits = |p: &Pair| (p.given as f32).to_string().parse() == Ok(p.given);
    if pairs.iter().all(by_bits) {
        // Quarters and the like have few bits in any precision.
        return pairs.iter().any(|p| p.given.to_bits().trailing_zeros() < 52 - 15);
    }
    // Any number of six digits is the shortest form of one in single precision.
    let long = pairs.iter().filter(|p| short(p.given) >= 7).count();
    pairs.iter().all(|p| by_bits(p) || by_digits(p)) && 2 * long > pairs.len()
}

/// The digits that count of the shortest form in single precision.
fn short(value: f64) -> usize {
    let text = format!("{:e}", (value as f32).abs());
    text.split('e').next().unwrap_or("").chars().filter(char::is_ascii_digit).count()
}

/// True where the differences are those of a computation in single precision whose results were
/// stored in double: nearly all numbers are off, none by more than single precision explains, and not all by the same
/// factor, which rounding does not do.
pub(crate) fn is_hidden_single(pairs: &[Pair], explained: impl Fn(usize) -> bool) -> bool {
    if !(0..pairs.len()).all(explained) {
        return false;
    }
    let counted: Vec<&Pair> =
        pairs.iter().filter(|p| p.value != 0.0 && p.noise < 1e-9 * p.value.abs()).collect();
    let off = counted.iter().filter(|p| p.is_off()).count();
    if off < 3 || 10 * off < 8 * counted.len() {
        return false;
    }
    let shares: Vec<f64> = counted.iter().map(|p| (p.given - p.value) / p.value).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let spread = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / shares.len() as f64;
    spread.sqrt() > 0.2 * mean.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(given: f64, value: f64) -> Pair {
        Pair { given, value, beyond: (given - value).abs(), noise: 1e-15 * value.abs() }
    }

    const TRUE: [f64; 4] = [0.123_456_789_012_3, -1.987_654_321_098, 0.033_333_333_333_1, 12.345_678_901_234];

    #[test]
    fn digits_are_counted_as_printed() {
        assert_eq!(digits(0.001_234), (6, 4));
        assert_eq!(digits(-12.5), (1, 3));
        assert_eq!(digits(1200.0), (0, 2));
    }

    #[test]
    fn what_double_explains_is_double() {
        assert_eq!(of_numbers(&TRUE.map(|t| pair(t, t))), Precision::Double);
    }

    #[test]
    fn numbers_of_single_precision_are_known_by_bits_and_by_digits() {
        assert_eq!(of_numbers(&TRUE.map(|t| pair(f64::from(t as f32), t))), Precision::Single);
        let printed = TRUE.map(|t| pair((t as f32).to_string().parse().unwrap(), t));
        assert_eq!(of_numbers(&printed), Precision::Single);
    }

    #[test]
    fn rounded_numbers_are_known_by_their_decimals_or_digits() {
        let fixed = TRUE.map(|t| pair(format!("{t:.4}").parse().unwrap(), t));
        assert_eq!(of_numbers(&fixed), Precision::Decimals(4));
        let digits = TRUE.map(|t| pair(format!("{t:.3e}").parse().unwrap(), t));
        assert_eq!(of_numbers(&digits), Precision::Digits(4));
    }

    #[test]
    fn a_wrong_number_among_rounded_ones_does_not_hide_the_rounding() {
        let mut fixed = TRUE.map(|t| pair(format!("{t:.4}").parse().unwrap(), t));
        fixed[1] = pair(1.9877, TRUE[1]);
        assert_eq!(of_numbers(&fixed), Precision::Decimals(4));
    }

    #[test]
    fn a_wrong_gradient_of_short_numbers_is_not_taken_for_a_rounded_one() {
        assert_eq!(of_numbers(&[pair(0.5, 0.498), pair(0.0, 0.3)]), Precision::Double);
        assert_eq!(of_numbers(&[pair(0.0, 0.498), pair(0.0, 0.3)]), Precision::Double);
        assert_eq!(of_numbers(&TRUE.map(|t| pair(2.0 * t, t))), Precision::Double);
    }

    #[test]
    fn rounded_numbers_that_are_all_wrong_are_known_by_their_looks() {
        let doubled = TRUE.map(|t| pair(format!("{:.4}", 2.0 * t).parse().unwrap(), t));
        assert_eq!(of_numbers(&doubled), Precision::Decimals(4));
        assert_eq!(of_print(&[0.5, 0.25, -0.125]), None);
    }

    #[test]
    fn a_constant_factor_is_no_rounding() {
        let same = TRUE.map(|t| pair(t * (1.0 + 1e-7), t));
        assert!(!is_hidden_single(&same, |_| true));
        let rounded = [1e-7, -6e-8, 3e-8, -1e-7];
        let scattered: Vec<Pair> = TRUE.iter().zip(rounded).map(|(t, r)| pair(t * (1.0 + r), *t)).collect();
        assert!(is_hidden_single(&scattered, |_| true));
        assert!(!is_hidden_single(&scattered, |k| k != 1));
    }
}
