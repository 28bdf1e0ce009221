//! Simple fractions that a loss lies near: the loss of a net that gives up some of the rows.

/// The largest denominator that is tried, but for 16.
const LARGEST: u32 = 12;

/// The fraction that a value lies near, as numerator and denominator: at most 12, or 16, below the line.
///
/// A value is near p/q where it is at most 0.02/q² away and at most a quarter of a percent. About one value of
/// twenty is near one by chance; with a fixed distance for every q it would be one of four.
pub fn simple_fraction(value: f64) -> Option<(u32, u32)> {
    if !(0.01..=4.0).contains(&value) {
        return None;
    }
    (1..=LARGEST).chain([16]).find_map(|q| {
        let p = (value * f64::from(q)).round();
        let away = (value - p / f64::from(q)).abs();
        let limit = (0.02 / f64::from(q * q)).min(0.0025 * value);
        (p >= 1.0 && away <= limit).then_some((p as u32, q))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_logic_tables_are_named() {
        for (value, fraction) in [
            (0.125, (1, 8)),
            (0.1251, (1, 8)),
            (0.166_71, (1, 6)),
            (0.25, (1, 4)),
            (0.1875, (3, 16)),
            (1.0, (1, 1)),
        ] {
            assert_eq!(simple_fraction(value), Some(fraction), "{value}");
        }
        for value in [0.1263, 0.2, 0.23, 0.0, 1e-9, f64::NAN, 100.0] {
            let expected = (value == 0.2).then_some((1, 5));
            assert_eq!(simple_fraction(value), expected, "{value}");
        }
    }

    #[test]
    fn few_values_are_near_a_fraction_by_chance() {
        let near = (0..10_000).filter(|k| simple_fraction(0.05 + f64::from(*k) * 5e-5).is_some()).count();
        assert!(near < 800, "{near} of 10000");
    }
}
