//! The name that a person probably meant.

/// The candidate that differs least from the word, where it differs by no more than a third of its letters
/// (or by one of two); of several the first. A difference of case alone counts as none.
pub fn nearest<'a, S: AsRef<str>>(word: &str, candidates: &'a [S]) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    candidates
        .iter()
        .map(|candidate| {
            let letters: Vec<char> = candidate.as_ref().to_lowercase().chars().collect();
            let allowed = (word.len().max(letters.len()) / 3).max(1);
            let allowed = allowed.min(letters.len().saturating_sub(1));
            (edit_distance(&word, &letters), allowed, candidate.as_ref())
        })
        .filter(|(distance, allowed, _)| distance <= allowed)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate)
}

/// The least number of letters to insert, delete or replace (Levenshtein, 1966) or of neighbours to
/// swap (Damerau, 1964), row by row of the table of distances between beginnings.
fn edit_distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    let mut above = row.clone();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = row[j] + usize::from(a != b);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                least = least.min(above[j - 1] + 1);
            }
            next.push(least);
        }
        above = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["xor", "circles", "moons", "x1", "x2"];
        assert_eq!(nearest("xorr", &names), Some("xor"));
        assert_eq!(nearest("MOON", &names), Some("moons"));
        assert_eq!(nearest("X2", &names), Some("x2"));
        assert_eq!(nearest("petal_width", &names), None);
        assert_eq!(nearest("z", &["y"]), None);
    }

    #[test]
    fn the_distance_counts_insertions_deletions_and_replacements() {
        let distance = |from: &str, to: &str| {
            edit_distance(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>())
        };
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!((distance("", "abc"), distance("abc", "")), (3, 3));
    }
}
