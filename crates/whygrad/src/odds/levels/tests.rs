//! Levels are found among noise, and noise is no level.

use super::*;
use crate::random::{Key, Seed, Source, Stream};

fn stream(seed: u64) -> Stream {
    Key::from_seed(Seed(seed)).stream()
}

fn of(losses: impl IntoIterator<Item = f64>) -> Losses {
    let mut all = Losses::default();
    losses.into_iter().for_each(|loss| all.push(loss));
    all
}

/// Nets that have nearly arrived at a level: above it by a share that most have nearly closed.
fn arriving(level: f64, count: usize, from: &mut Stream) -> Vec<f64> {
    (0..count).map(|_| level * (1.0 + 0.001 * (-from.uniform(0.0, 1.0).ln()))).collect()
}

#[test]
fn an_eighth_a_sixth_and_a_quarter_are_told_apart_in_noise() {
    for seed in 0..20 {
        let mut from = stream(seed);
        let mut losses = arriving(0.125, 600, &mut from);
        losses.extend(arriving(1.0 / 6.0, 250, &mut from));
        losses.extend(arriving(0.25, 100, &mut from));
        losses.extend((0..50).map(|_| from.uniform(0.05, 0.3)));
        let found = of(losses).levels();
        let fractions: Vec<_> = found.levels.iter().take(3).map(|l| l.fraction).collect();
        assert_eq!(fractions, [Some((1, 8)), Some((1, 6)), Some((1, 4))], "seed {seed}: {found:?}");
        assert_eq!(found.levels.len(), 3, "seed {seed}: {found:?}");
        let scattered = found.scattered.unwrap();
        assert!((20..=55).contains(&scattered.count), "{scattered:?}");
        assert!((found.levels[0].loss / 0.125 - 1.0).abs() < 0.003);
        let all: u64 = found.levels.iter().map(|l| l.count).sum::<u64>() + scattered.count;
        assert_eq!(all, 1000);
    }
}

#[test]
fn an_even_spread_is_no_level() {
    for seed in 0..20 {
        let mut from = stream(seed);
        let found = of((0..2000).map(|_| from.uniform(0.1, 0.3))).levels();
        let scattered = found.scattered.as_ref().unwrap();
        assert!(scattered.count >= 1700, "seed {seed}: {found:?}");
        assert!((scattered.loss - 0.2).abs() < 0.03 && scattered.high / scattered.low > 2.8, "{scattered:?}");
    }
}

#[test]
fn a_level_on_a_bridge_of_scattered_nets_does_not_swallow_them() {
    let mut from = stream(3);
    let mut losses = arriving(0.125, 3000, &mut from);
    losses.extend((0..300).map(|_| from.uniform(0.12, 0.18)));
    let found = of(losses).levels();
    assert_eq!((found.levels.len(), found.levels[0].fraction), (1, Some((1, 8))), "{found:?}");
    assert!(found.levels[0].high < 0.131 && found.scattered.unwrap().count > 200);
}

#[test]
fn a_few_nets_are_levels_of_their_own() {
    let found = of([0.125, 0.1251, 0.25]).levels();
    assert_eq!(found.levels.iter().map(|l| l.count).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(found.scattered, None);
    assert_eq!(of([]).levels(), Levels::default());
}

#[test]
fn losses_of_any_sign_and_size_have_a_place() {
    let found = of([-2.0, -2.0, 0.0, 1e-300, 1e300, 1e308, f64::NAN, f64::INFINITY]);
    let levels = found.levels().levels;
    assert_eq!(levels.iter().map(|l| l.count).sum::<u64>(), 6);
    assert_eq!(levels[0].loss, -2.0);
    assert_eq!((found.total(), found.without), (8, 2));
    let keys = [-1e9, -1.0, -1e-6, 0.0, 1e-6, 1.0, 1.001, 1e9].map(bin);
    assert!(keys.is_sorted(), "{keys:?}");
}

#[test]
fn the_median_is_near_the_true_one() {
    let found = of((1..=1001).map(|k| f64::from(k) * 0.001));
    assert!((found.quantile(0.5).unwrap() / 0.501 - 1.0).abs() < 1e-3);
}

#[test]
fn memory_does_not_grow_with_the_losses() {
    let mut from = stream(1);
    let found = of((0..500_000).map(|_| from.uniform(-40.0, 40.0).exp()));
    assert!(found.bins.len() <= 83_000, "{}", found.bins.len());
}
