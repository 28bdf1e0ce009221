//! The losses at which nets end: which of them are levels where many stand, and which are scattered.

use std::collections::BTreeMap;

use super::fraction::{level_nearby, simple_fraction};

/// Bits of the mantissa that a bin keeps: 1,024 bins for each doubling, 0.05 % to 0.1 % wide.
const MANTISSA: u32 = 10;

/// Sizes beyond these are counted at these; what is smaller is 0.
const LEAST: f64 = 1e-12;
const GREATEST: f64 = 1e12;

/// How many bins to each side count as the same place: about half a percent.
const NEAR: i64 = 5;

/// The core of a hill has at least one part in so many of its top's density.
const CORE: u64 = 5;

/// The most levels; the smaller ones are scattered.
const MOST: usize = 12;

/// Losses counted in bins of equal relative width.
///
/// A loss takes the bin of its sign, exponent and first 10 bits. There are at most 165,000 bins between -1e12 and
/// 1e12, however many losses are counted; the nets of a small problem fill some hundreds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    bins: BTreeMap<i64, Place>,
    total: u64,
    /// Neither a number nor infinite ones have a place.
    without: u64,
}

/// The losses of one bin, or of several.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    count: u64,
    sum: f64,
    low: f64,
    high: f64,
}

impl Place {
    const NOTHING: Place = Place { count: 0, sum: 0.0, low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn and(self, other: &Place) -> Place {
        Place {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
}

/// A loss at which many nets ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The loss where they stand closest.
    pub loss: f64,
    /// The least loss among them.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// How many they are.
    pub count: u64,
    /// The simple fraction that the loss is at.
    pub fraction: Option<(u32, u32)>,
    /// The level that it is on its way to, where it is at no simple fraction.
    pub near: Option<(u32, u32)>,
}

/// All levels, the fullest first, and what belongs to none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels {
    /// The levels.
    pub levels: Vec<Level>,
    /// The rest, with its median as its loss.
    pub scattered: Option<Level>,
}

impl Losses {
    /// Counts a loss.
    pub fn push(&mut self, loss: f64) {
        self.total += 1;
        if !loss.is_finite() {
            self.without += 1;
            return;
        }
        let one = Place { count: 1, sum: loss, low: loss, high: loss };
        self.bins.entry(bin(loss)).and_modify(|place| *place = place.and(&one)).or_insert(one);
    }

    /// How many losses were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The least loss that at least this share of the finite ones does not exceed, to 0.1 %.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        quantile(&self.bins.values().collect::<Vec<_>>(), share)
    }

    /// Finds the levels: the places where losses stand closer than around.
    ///
    /// Every bin is given the number of losses within about half a percent of it. Bins are taken from the fullest
    /// to the emptiest; each joins the hill beside it, and where two hills meet the lower one joins the higher,
    /// unless it stands out: by half its height and by five times the root of its count, which chance seldom
    /// exceeds (the persistence of Chazal et al., "Persistence-based clustering in Riemannian manifolds", 2013,
    /// on the line). The level is the core of a hill: the bins around its top with at least a fifth of its
    /// density. What lies on the slopes is scattered, and so are cores without half of their losses within one
    /// percent of the top, and those with less than a hundredth of all losses.
    pub fn levels(&self) -> Levels {
        let finite = self.total - self.without;
        let least = (finite / 100).max(if finite < 10 { 1 } else { 2 });
        let (mut levels, mut rest) = (Vec::new(), Vec::new());
        for hill in hills(&self.bins) {
            let of = |keys: &[i64]| -> Vec<(i64, &Place)> {
                keys.iter().filter_map(|key| Some((*key, self.bins.get(key)?))).collect()
            };
            rest.extend(of(&hill.slopes));
            let core = of(&hill.core);
            let found = level(&core, hill.top);
            if found.count >= least && 2 * around(&core, hill.top, 2 * NEAR).count >= found.count {
                levels.push((found, core));
            } else {
                rest.extend(core);
            }
        }
        levels.sort_by(|a, b| b.0.count.cmp(&a.0.count).then(a.0.loss.total_cmp(&b.0.loss)));
        for (_, bins) in levels.drain(MOST.min(levels.len())..) {
            rest.extend(bins);
        }
        rest.sort_by_key(|(key, _)| *key);
        let places: Vec<&Place> = rest.iter().map(|(_, place)| *place).collect();
        let scattered = quantile(&places, 0.5).map(|median| {
            let all = places.iter().fold(Place::NOTHING, |all, place| all.and(place));
            let (low, high, count) = (all.low, all.high, all.count);
            Level { loss: median, low, high, count, fraction: None, near: None }
        });
        Levels { levels: levels.into_iter().map(|(level, _)| level).collect(), scattered }
    }
}

/// The bin of a loss: equal bins are neighbours in value, and bins grow with the loss.
fn bin(loss: f64) -> i64 {
    let of = |size: f64| (size.to_bits() >> (f64::MANTISSA_DIGITS - 1 - MANTISSA)).cast_signed();
    let size = loss.abs();
    let place = if size < LEAST { 0 } else { of(size.min(GREATEST)) - of(LEAST) + 1 };
    if loss < 0.0 { -place } else { place }
}

/// The mean loss of the place that holds a share of all, which are in order.
fn quantile(places: &[&Place], share: f64) -> Option<f64> {
    let total: u64 = places.iter().map(|place| place.count).sum();
    let needed = ((share * total as f64).ceil() as u64).clamp(1, total.max(1));
    let mut below = 0;
    places.iter().find_map(|place| {
        below += place.count;
        (below >= needed).then_some(place.sum / place.count as f64)
    })
}

/// Bins around a top.
struct Hill {
    top: i64,
    /// Those next to the top with a fair part of its density.
    core: Vec<i64>,
    /// The others.
    slopes: Vec<i64>,
}

/// How many losses are near a bin.
fn density(bins: &BTreeMap<i64, Place>, key: i64) -> u64 {
    bins.range(key - NEAR..=key + NEAR).map(|(_, place)| place.count).sum()
}

fn hills(bins: &BTreeMap<i64, Place>) -> Vec<Hill> {
    let mut hills = Vec::new();
    let mut run: Vec<(i64, u64)> = Vec::new();
    for &key in bins.keys() {
        // Beyond this distance nothing lies between two bins that is near to either.
        if run.last().is_some_and(|last| key - last.0 > NEAR) {
            hills.extend(hills_of(&std::mem::take(&mut run)));
        }
        run.push((key, density(bins, key)));
    }
    hills.extend(hills_of(&run));
    hills
}

/// The hills of neighbouring bins, given with their density.
fn hills_of(run: &[(i64, u64)]) -> Vec<Hill> {
    let mut order: Vec<usize> = (0..run.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(run[index].1), index));
    // For each bin the index of its hill's top, once it was taken; a top may have joined another.
    let mut top: Vec<Option<usize>> = vec![None; run.len()];
    for index in order {
        let beside = [index.checked_sub(1), (index + 1 < run.len()).then_some(index + 1)];
        let tops: Vec<usize> = beside.into_iter().flatten().filter_map(|b| find(&top, b)).collect();
        match tops[..] {
            [] => top[index] = Some(index),
            [one] => top[index] = Some(one),
            [left, right, ..] => {
                let (high, low) = if run[left].1 >= run[right].1 { (left, right) } else { (right, left) };
                top[index] = Some(high);
                if !stands_out(run[low].1, run[index].1) {
                    top[low] = Some(high);
                }
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..run.len() {
        if let Some(top) = find(&top, index) {
            members.entry(top).or_default().push(index);
        }
    }
    members.into_iter().map(|(top, members)| hill(run, top, &members)).collect()
}

/// Parts the bins of a hill, which are neighbours in order, into core and slopes.
fn hill(run: &[(i64, u64)], top: usize, members: &[usize]) -> Hill {
    let dense = |index: usize| run[index].1.saturating_mul(CORE) >= run[top].1;
    let (first, last) = (members[0], members[members.len() - 1]);
    let from = (first..top).rev().take_while(|&i| dense(i)).last().unwrap_or(top);
    let to = (top + 1..=last).take_while(|&i| dense(i)).last().unwrap_or(top);
    let keys = |inside: bool| {
        members.iter().filter(|&&i| (from..=to).contains(&i) == inside).map(|&i| run[i].0).collect()
    };
    Hill { top: run[top].0, core: keys(true), slopes: keys(false) }
}

/// The top that a bin belongs to, by way of those that joined another.
fn find(top: &[Option<usize>], index: usize) -> Option<usize> {
    let mut at = index;
    loop {
        let next = top[at]?;
        if next == at {
            return Some(at);
        }
        at = next;
    }
}

/// Whether a top is more than an accident above the valley beside it.
fn stands_out(top: u64, valley: u64) -> bool {
    let (height, above) = (top as f64, (top - valley.min(top)) as f64);
    above >= 0.5 * height && above >= 5.0 * height.sqrt()
}

fn level(bins: &[(i64, &Place)], top: i64) -> Level {
    let all = bins.iter().fold(Place::NOTHING, |all, (_, place)| all.and(place));
    let closest = around(bins, top, NEAR);
    let loss = closest.sum / closest.count as f64;
    let fraction = simple_fraction(loss);
    let near = level_nearby(loss).filter(|_| fraction.is_none());
    Level { loss, low: all.low, high: all.high, count: all.count, fraction, near }
}

/// The losses at most so many bins away from a top.
fn around(bins: &[(i64, &Place)], top: i64, distance: i64) -> Place {
    let near = bins.iter().filter(|(key, _)| (key - top).abs() <= distance);
    near.fold(Place::NOTHING, |all, (_, place)| all.and(place))
}

#[cfg(test)]
mod tests;
