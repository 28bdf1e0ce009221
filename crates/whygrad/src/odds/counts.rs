//! Counts of whole numbers in bounded memory, their quantiles and their histogram.

use std::collections::BTreeMap;

/// How many leading bits of a number are kept.
const BITS: u32 = 14;

/// How often each whole number came up: exact below 16,384, and to 1 part in 8,192 beyond.
///
/// Numbers that share their first 14 bits are counted together, under the least of them. There are at most 16,384
/// of these below 2^14, 128 kilobytes, and 8,192 for each further doubling, so that no number of entries takes more
/// than that: for numbers up to 100,000 about 40,000 counts, or one megabyte.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// How often 0, 1, 2, ... came up, as far as one did.
    small: Vec<u64>,
    /// The numbers of more bits.
    large: BTreeMap<u64, u64>,
    total: u64,
}

/// A bar of a histogram: the numbers from `from` up to, but without, `to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The least number.
    pub from: f64,
    /// The first number beyond.
    pub to: f64,
    /// How many there are.
    pub count: u64,
}

impl Counts {
    /// Counts a number.
    pub fn push(&mut self, number: u64) {
        self.total += 1;
        if number >> BITS > 0 {
            *self.large.entry(kept(number)).or_insert(0) += 1;
            return;
        }
        let place = number as usize;
        if self.small.len() <= place {
            self.small.resize(place + 1, 0);
        }
        self.small[place] += 1;
    }

    /// The numbers in order, each with how often it came up.
    fn all(&self) -> impl Iterator<Item = (u64, u64)> {
        let small = (0..).zip(self.small.iter().copied()).filter(|(_, count)| *count > 0);
        small.chain(self.large.iter().map(|(number, count)| (*number, *count)))
    }

    /// How many numbers were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The least number that at least this share of all does not exceed: an observed number, never a mean of two
    /// (definition 1 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996). `None` for no numbers.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let needed = (share * self.total as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        self.all().find_map(|(number, count)| {
            below += count;
            (below >= needed.min(self.total)).then_some(number)
        })
    }

    /// How far a quantile may be below the number that was counted, as a part of it: 0 as long as all are exact.
    pub fn error(&self) -> f64 {
        if self.large.is_empty() { 0.0 } else { 2_f64.powi(1 - BITS.cast_signed()) }
    }

    /// The histogram with round edges and at most `most` bars; edges grow by factors where the middle 90 % of the
    /// numbers span a factor of more than 20.
    pub fn histogram(&self, most: usize) -> Vec<Bin> {
        let ends = [0.0, 0.05, 0.95, 1.0].map(|share| self.quantile(share).map(|n| n as f64));
        let [Some(least), Some(low), Some(high), Some(greatest)] = ends else { return Vec::new() };
        let edges = if high > 20.0 * low.max(1.0) {
            factors(least.max(1.0), greatest, most.max(2))
        } else {
            steps(least, greatest, most.max(1))
        };
        let mut bins: Vec<Bin> =
            edges.windows(2).map(|pair| Bin { from: pair[0], to: pair[1], count: 0 }).collect();
        for (number, count) in self.all() {
            let place = bins.partition_point(|bin| bin.to <= number as f64);
            if let Some(bin) = bins.get_mut(place) {
                bin.count += count;
            }
        }
        bins
    }
}

/// The least number with the same first bits.
fn kept(number: u64) -> u64 {
    let lost = (u64::BITS - number.leading_zeros()).saturating_sub(BITS);
    (number >> lost) << lost
}

/// The round numbers: 1, 2 and 5 times a power of ten.
fn round() -> impl Iterator<Item = f64> {
    (0..19).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)))
}

/// Edges at equal steps.
fn steps(least: f64, greatest: f64, most: usize) -> Vec<f64> {
    let bars = |step: f64| (greatest / step).floor() - (least / step).floor() + 1.0;
    let step = round().find(|step| bars(*step) <= most as f64).unwrap_or(f64::MAX);
    let first = (least / step).floor();
    (0..=bars(step) as u64).map(|k| (first + k as f64) * step).collect()
}

/// Edges at 1, 2, 5, 10, ..., or at powers of ten where those are too many; zeros fall into the first bar.
fn factors(least: f64, greatest: f64, most: usize) -> Vec<f64> {
    let over = |stride: usize| -> Vec<f64> {
        let all: Vec<f64> = round().step_by(stride).collect();
        let first = all.partition_point(|edge| *edge <= least).saturating_sub(1);
        let last = all.partition_point(|edge| *edge <= greatest);
        all[first..=last.min(all.len() - 1)].to_vec()
    };
    let fine = over(1);
    if fine.len() <= most + 1 { fine } else { over(3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl IntoIterator<Item = u64>) -> Counts {
        let mut counts = Counts::default();
        numbers.into_iter().for_each(|n| counts.push(n));
        counts
    }

    /// By numpy 2: `np.quantile(np.arange(1, 21), q, method="inverted_cdf")`.
    #[test]
    fn quantiles_are_observed_numbers() {
        let counts = of((1..=20).rev());
        let found = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0].map(|q| counts.quantile(q));
        assert_eq!(found, [1, 1, 5, 10, 15, 19, 20].map(Some));
        assert_eq!(of([]).quantile(0.5), None);
        assert_eq!(of([7]).quantile(0.95), Some(7));
    }

    #[test]
    fn they_are_exact_below_sixteen_thousand_and_near_beyond() {
        for number in [0, 1, 4097, 16_383] {
            assert_eq!(of([number]).quantile(0.5), Some(number));
        }
        assert_eq!((of([16_383]).error(), of([16_383, 16_384]).error()), (0.0, 1.0 / 8192.0));
        for number in [16_385, 999_999, 1 << 50, u64::MAX] {
            let found = of([number]).quantile(0.5).unwrap();
            assert!(
                found <= number && (number - found) as f64 <= number as f64 / 8192.0,
                "{number}: {found}"
            );
        }
    }

    #[test]
    fn memory_does_not_grow_with_the_entries() {
        let counts = of((0..1_000_000).map(|k| (k * 7919) % 100_000));
        let kept = counts.small.len() + counts.large.len();
        assert!(kept <= 41_000, "{kept}");
        assert_eq!(counts.total(), 1_000_000);
    }

    #[test]
    fn a_histogram_counts_all_between_round_edges() {
        let bins = of(130..=980).histogram(10);
        assert_eq!((bins[0].from, bins[0].to, bins.len()), (100.0, 200.0, 9));
        assert_eq!(bins.iter().map(|b| b.count).sum::<u64>(), 851);
        let wide = of((0..1000).map(|k| k * k)).histogram(12);
        assert_eq!(wide.iter().map(|b| b.count).sum::<u64>(), 1000);
        assert!(wide.len() <= 12 && wide.iter().all(|b| b.to > b.from), "{wide:?}");
        assert_eq!(of([5, 5]).histogram(10), [Bin { from: 5.0, to: 6.0, count: 2 }]);
        assert!(of([]).histogram(10).is_empty());
    }
}
