//! Numbers as a learner reads them.

/// A number with three digits, as a person writes it: 5500, 0.125, 1.48e10; never 5500.0000 or 0.000e0.
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { "0".into() } else { x.to_string() };
    }
    let exponent = libm::floor(libm::log10(x.abs()));
    if !(-4.0..7.0).contains(&exponent) {
        return format!("{x:.2e}").replace(".00e", "e");
    }
    let decimals = (2.0 - exponent).max(0.0) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// `a`, `a and b`, `a, b and c`; of many names the first six.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= 6 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..6].join(", "), names.len() - 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_digits_than_a_person_writes() {
        let shown = [5500.0, 0.0, -0.999_968_8, 1.476e10, 1.0, 0.000_02, -0.0].map(number);
        assert_eq!(shown, ["5500", "0", "-1", "1.48e10", "1", "2e-5", "0"]);
    }

    #[test]
    fn of_many_names_the_first_six_are_said() {
        assert_eq!(listed(&["w1", "w2", "b"]), "w1, w2 and b");
        assert_eq!(listed(&["a"; 9]), "a, a, a, a, a, a and 3 more");
    }
}
