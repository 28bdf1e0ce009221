//! The places of a run that `--watch` keeps.

use std::fmt::Write as _;

use whygrad::interop::run_folder;

/// The parameters of a run at some of its epochs.
pub(super) type Places = Vec<(u64, Vec<f64>)>;

/// At how many places of a run its parameters are kept, at least and at most.
const LEAST_AND_MOST: (usize, usize) = (3, 40);

/// How many numbers of a run are kept in all: to write more of a wide net takes as long as to train it.
const KEPT: usize = 400_000;

/// A path of more numbers than this is written in single precision, which is quicker and half as long.
const MANY: usize = 100_000;

/// At how many places a run of so many parameters is kept.
pub(super) fn places(parameters: usize) -> u64 {
    (KEPT / parameters.max(1)).clamp(LEAST_AND_MOST.0, LEAST_AND_MOST.1) as u64
}

/// The path of a run as a file: an epoch and its parameters in each line.
pub(super) fn file(path: &[(u64, Vec<f64>)]) -> Option<(&'static str, String)> {
    let is_long = path.iter().map(|(_, theta)| theta.len()).sum::<usize>() > MANY;
    let mut text = String::new();
    for (epoch, theta) in path {
        let _ = write!(text, "{epoch}");
        for value in theta {
            let short = *value as f32;
            let _ = if is_long && short.is_finite() {
                write!(text, ",{short}")
            } else {
                write!(text, ",{value}")
            };
        }
        text.push('\n');
    }
    (!path.is_empty()).then_some((run_folder::PATH, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_net_is_kept_exactly_and_a_wide_one_at_few_places_in_fewer_digits() {
        assert_eq!([9, 20_000, 101_770].map(places), [40, 20, 3]);
        let small = file(&[(0, vec![0.1, 1.0 / 3.0])]).unwrap().1;
        assert_eq!(small, "0,0.1,0.3333333333333333\n");
        let wide = file(&[(7, vec![1.0 / 3.0; 100_001])]).unwrap().1;
        assert!(wide.starts_with("7,0.33333334,0.33333334,"), "{}", &wide[..40]);
        assert_eq!(file(&[]), None);
    }
}
