//! How sure a rate is.

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a rate after `solved` of `restarts`, both ends in [0, 1].
///
/// Wilson, "Probable inference, the law of succession, and statistical inference" (1927), without a correction for
/// continuity. With p = solved / restarts and z = 1.96 it is
/// (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n), and it stays honest where p is 0 or 1.
pub fn wilson(solved: u64, restarts: u64) -> (f64, f64) {
    if restarts == 0 {
        return (0.0, 1.0);
    }
    let n = restarts as f64;
    let p = solved as f64 / n;
    let square = Z * Z;
    let middle = p + square / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    let low = if solved == 0 { 0.0 } else { ((middle - half) / scale).max(0.0) };
    let high = if solved >= restarts { 1.0 } else { ((middle + half) / scale).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    #[test]
    fn the_intervals_are_those_of_newcombe() {
        for (solved, restarts, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = wilson(solved, restarts);
            assert!((found.0 - low).abs() < 5e-5 && (found.1 - high).abs() < 5e-5, "{found:?}");
        }
    }

    #[test]
    fn it_holds_the_rate_and_mirrors_it() {
        for restarts in [1, 7, 1_000_000] {
            for solved in [0, 1, restarts / 2, restarts] {
                let (low, high) = wilson(solved, restarts);
                let rate = solved as f64 / restarts as f64;
                assert!(0.0 <= low && low <= rate && rate <= high && high <= 1.0);
                let (other_low, other_high) = wilson(restarts - solved, restarts);
                assert!((low + other_high - 1.0).abs() < 1e-12 && (high + other_low - 1.0).abs() < 1e-12);
            }
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}
