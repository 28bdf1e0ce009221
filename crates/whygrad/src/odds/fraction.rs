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

/// What lies below the line of the levels that [`level_nearby`] knows.
const NEARBY: [u32; 7] = [2, 3, 4, 6, 8, 12, 16];

/// How far from its level a loss may be to stand nearby, as a part of the level.
const NEARBY_SHARE: f64 = 0.02;

/// The level 1/q that a loss is still on its way to, with q one of 2, 3, 4, 6, 8, 12 and 16: nets that give up some
/// of the rows of a logic table, and answer their mean, end at these. Up to 2 % away; to those that have arrived,
/// [`simple_fraction`] gives a name without a "near".
pub fn level_nearby(value: f64) -> Option<(u32, u32)> {
    let away = |q: u32| (value * f64::from(q) - 1.0).abs();
    NEARBY.into_iter().find(|q| away(*q) <= NEARBY_SHARE).map(|q| (1, q))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_on_their_way_to_a_level_are_told_which() {
        for (value, level) in [(0.126, (1, 8)), (0.1677, (1, 6)), (0.2482, (1, 4)), (0.5, (1, 2))] {
            assert_eq!(level_nearby(value), Some(level), "{value}");
        }
        for value in [0.128, 0.14, 0.2, 1.0, 0.0, -0.25, f64::NAN, f64::INFINITY] {
            assert_eq!(level_nearby(value), None, "{value}");
        }
    }

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
