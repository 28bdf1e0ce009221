//! Parts of the sentences that pictures are told with.

use whygrad_plot::ticks::number;

/// A number of at most three digits.
pub(super) fn short(value: f64) -> String {
    number(format!("{value:.2e}").parse().unwrap_or(value))
}

/// A place of a picture.
pub(super) fn pair((x, y): (f64, f64)) -> String {
    format!("({}, {})", short(x), short(y))
}

/// Parts of a list: with `, ` and, before the last, ` and `.
pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Clauses of a sentence, the first so many of them.
pub(super) fn some(parts: &[String], most: usize, others: &str) -> String {
    let told = parts[..parts.len().min(most)].join("; ");
    if parts.len() > most { format!("{told}; and {} more {others}", parts.len() - most) } else { told }
}

/// With a capital where it begins with a word.
pub(super) fn begun(text: &str) -> String {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || "_.[(".contains(*c)).collect();
    let is_prose = word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
    match text.chars().next() {
        Some(first) if is_prose => first.to_uppercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_a_capital_but_names_stay_as_they_are() {
        assert_eq!(begun("hidden 1 runs"), "Hidden 1 runs");
        assert_eq!(begun("y_hat.W[0,0] runs"), "y_hat.W[0,0] runs");
        assert_eq!(begun("h1 runs"), "h1 runs");
    }

    #[test]
    fn many_clauses_are_counted() {
        let parts = ["a", "b", "c"].map(String::from);
        assert_eq!(some(&parts, 3, "layers"), "a; b; c");
        assert_eq!(some(&parts, 1, "layers"), "a; and 2 more layers");
        assert_eq!(listed(&parts), "a, b and c");
    }
}
