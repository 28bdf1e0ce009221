//! The words that begin a statement, and what is likely meant by a word that is almost one.

/// What a statement declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Inputs,
    Targets,
    Params,
    Fixed,
    Minimize,
}

const KEYWORDS: [(&str, Keyword); 9] = [
    ("inputs", Keyword::Inputs),
    ("input", Keyword::Inputs),
    ("target", Keyword::Targets),
    ("targets", Keyword::Targets),
    ("params", Keyword::Params),
    ("param", Keyword::Params),
    ("fixed", Keyword::Fixed),
    ("minimize", Keyword::Minimize),
    ("minimise", Keyword::Minimize),
];

/// Words of other programs, and the word of this language.
const COUSINS: [(&str, &str); 17] = [
    ("parameters", "params"),
    ("parameter", "params"),
    ("weights", "params"),
    ("weight", "params"),
    ("features", "inputs"),
    ("feature", "inputs"),
    ("variables", "inputs"),
    ("labels", "target"),
    ("label", "target"),
    ("output", "target"),
    ("outputs", "target"),
    ("const", "fixed"),
    ("constant", "fixed"),
    ("constants", "fixed"),
    ("objective", "minimize"),
    ("minimum", "minimize"),
    ("min", "minimize"),
];

/// The keyword of this spelling.
pub(super) fn find(word: &str) -> Option<Keyword> {
    KEYWORDS.iter().find(|(text, _)| *text == word).map(|(_, keyword)| *keyword)
}

/// The keyword that was probably meant by a word that is none.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    if let Some((_, text)) = COUSINS.iter().find(|(cousin, _)| *cousin == word) {
        return Some(text);
    }
    nearest(&word, KEYWORDS.iter().map(|(text, _)| *text))
}

/// The candidate at most two edits away, a short word allowing only one.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if !(3..=24).contains(&length) {
        return None;
    }
    let allowed = if length < 5 { 1 } else { 2 };
    candidates
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 4 * allowed)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
/// Optimal string alignment, after Damerau (1964).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (row, line) in table.iter_mut().enumerate() {
        line[0] = row;
    }
    table[0] = (0..=right.len()).collect();
    for row in 1..=left.len() {
        for column in 1..=right.len() {
            let differs = usize::from(left[row - 1] != right[column - 1]);
            let mut best = (table[row - 1][column] + 1)
                .min(table[row][column - 1] + 1)
                .min(table[row - 1][column - 1] + differs);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                best = best.min(table[row - 2][column - 2] + 1);
            }
            table[row][column] = best;
        }
    }
    table[left.len()][right.len()]
}
