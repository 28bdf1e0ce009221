//! A derivative by central differences, with an estimate of its error.

/// How many step lengths are tried, each half the one before.
const LEVELS: usize = 9;

/// The derivative of `f` at `t`, and the estimate of its error.
///
/// Central differences over shorter and shorter steps, extrapolated to step 0; of the table the entry that moves
/// least is taken (Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", 1982). To the estimate comes what the
/// rounding of `f` makes of the step that was used. `None` where `f` is not finite around `t`.
pub(crate) fn central(mut f: impl FnMut(f64) -> f64, t: f64) -> Option<(f64, f64)> {
    let mut step = 0.125 * t.abs().max(0.25);
    let mut previous: Vec<f64> = Vec::new();
    let mut best: Option<(f64, f64)> = None;
    for _ in 0..LEVELS {
        let (above, below) = (f(t + step), f(t - step));
        let slope = (above - below) / ((t + step) - (t - step));
        if !slope.is_finite() {
            previous.clear();
            step /= 2.0;
            continue;
        }
        let rounding = f64::EPSILON * above.abs().max(below.abs()) / step;
        let mut row = vec![slope];
        let mut factor = 4.0;
        for (k, last) in previous.iter().enumerate() {
            let better = (factor * row[k] - last) / (factor - 1.0);
            let moved = (better - row[k]).abs().max((better - last).abs());
            row.push(better);
            factor *= 4.0;
            let error = moved + rounding;
            if best.is_none_or(|(_, least)| error < least) {
                best = Some((better, error));
            }
        }
        previous = row;
        step /= 2.0;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_estimated_and_small() {
        for t in [-30.0f64, -1.0, 0.0, 0.3, 2.0, 9.0] {
            let (slope, error) = central(f64::tanh, t).unwrap();
            let exact = 1.0 - t.tanh() * t.tanh();
            assert!(
                (slope - exact).abs() <= 10.0 * error && error < 1e-9,
                "{t}: {slope} +- {error}, {exact}"
            );
        }
    }

    #[test]
    fn where_the_function_ends_there_is_no_difference() {
        assert_eq!(central(f64::ln, -1.0), None);
        let (slope, _) = central(f64::ln, 1e-2).unwrap();
        assert!((slope - 100.0).abs() < 1e-3, "{slope}");
    }
}
