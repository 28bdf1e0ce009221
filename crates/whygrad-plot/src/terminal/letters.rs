//! Where curves carry the letters that tell them apart: as dashes they would be too many.

use std::collections::{BTreeMap, BTreeSet};

/// A character of the picture, as its column and its row.
pub(super) type At = (usize, usize);

/// A curve has about one letter for so many columns.
const APART: usize = 16;

/// A place that several curves share is as bad as one so many columns away.
const SHARED: usize = 8;

/// Returns the letter of a curve.
pub(super) fn letter(curve: usize) -> char {
    ('a'..='z').chain('A'..='Z').cycle().nth(curve % 52).unwrap_or('?')
}

/// Finds the places of the letters on a picture of so many columns, from the characters that each curve runs through.
///
/// Each curve has its letters at columns of its own, and the first of them where no other curve is, if there is such a
/// place. Of curves that run together, each still has its turn.
pub(super) fn places(curves: &[BTreeSet<At>], width: usize) -> Vec<(usize, At)> {
    let mut shared: BTreeMap<At, usize> = BTreeMap::new();
    curves.iter().flatten().for_each(|at| *shared.entry(*at).or_default() += 1);
    let rounds = (width / APART).clamp(1, 6);
    let mut places: Vec<(usize, At)> = Vec::new();
    for round in 0..rounds {
        for (curve, cells) in curves.iter().enumerate() {
            let target = (width * (round * curves.len() + curve) + width / 2) / (rounds * curves.len());
            let others = |at: &At| shared.get(at).map_or(0, |count| count - 1);
            let alone = round == 0 && cells.iter().any(|at| others(at) == 0);
            let free = |at: &At| {
                let beside = |(_, other): &(usize, At)| other.1 == at.1 && other.0.abs_diff(at.0) <= 1;
                !places.iter().any(beside) && (!alone || others(at) == 0)
            };
            let harm = |at: &At| at.0.abs_diff(target) + SHARED * others(at).min(2);
            let best = cells.iter().filter(|at| free(at)).min_by_key(|at| harm(at));
            // Far from its turn, a letter would only crowd those of others.
            if let Some(at) = best.filter(|at| round == 0 || at.0.abs_diff(target) <= width / rounds) {
                places.push((curve, *at));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_is_alone_somewhere_has_its_first_letter_there() {
        let row = |row: usize, columns: std::ops::Range<usize>| columns.map(move |column| (column, row));
        let first: BTreeSet<At> = row(2, 0..40).collect();
        let second: BTreeSet<At> = row(2, 0..36).chain(row(3, 36..40)).collect();
        let places = places(&[first, second], 40);
        assert_eq!(places.iter().find(|place| place.0 == 1).map(|place| place.1), Some((36, 3)));
    }

    #[test]
    fn curves_that_run_together_take_turns() {
        let curve: BTreeSet<At> = (0..60).map(|column| (column, 0)).collect();
        let mut places = places(&vec![curve; 3], 60);
        places.sort_by_key(|place| place.1);
        let order: String = places.iter().map(|place| letter(place.0)).collect();
        assert_eq!(order, "abcabcabc");
    }
}
