//! The left sides of second derivatives: `d2w1w2`, `d2L/dw1dw2`, `∂²L/∂w1²`, `H[0,1]`, `H[w1,w2]`, `H`, and LaTeX.

use whygrad_expr::program::Parameter;

/// What a left side stands for, by flat parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The second derivative by one and the other.
    Entry(usize, usize),
    /// All of them, row by row.
    Whole,
}

/// The losses that may stand in `d2L_dw1dw2`.
const LOSSES: &[&str] = &["loss", "Loss", "MSE", "mse", "cost", "L", "E", "J", "C", "f", "l"];
/// The names of all of it.
const WHOLE: &[&str] = &["H", "hessian", "Hessian", "hess", "∇²", "nabla²", "∇²L", "nabla²L", "H(L)"];

/// Whether a left side looks like a second derivative, whatever the parameters are.
pub(super) fn is_second(left: &str) -> bool {
    let plain = plain(left);
    let order = ["d²", "∂²", "d2", "∂2"].iter().find_map(|mark| plain.strip_prefix(mark));
    let indexed = plain.starts_with("H[") || plain.starts_with("H_") || plain.starts_with("hessian[");
    WHOLE.contains(&plain.as_str()) || indexed || order.is_some_and(|rest| !rest.is_empty())
}

/// What a left side stands for; `None` where a name in it is no parameter.
pub(super) fn read(left: &str, parameters: &[Parameter]) -> Option<Left> {
    let plain = plain(left);
    if WHOLE.contains(&plain.as_str()) {
        return Some(Left::Whole);
    }
    let names = Names::new(parameters);
    if let Some(rest) = plain.strip_prefix('H').or_else(|| plain.strip_prefix("hessian")) {
        return names.indexed(rest);
    }
    if let Some((above, below)) = plain.split_once('/') {
        let order = ["d²", "∂²", "d2", "∂2"].iter().any(|mark| above.starts_with(mark));
        return if order { names.below(below) } else { None };
    }
    let rest = ["d²", "∂²", "d2", "∂2"].iter().find_map(|mark| plain.strip_prefix(mark))?;
    let rest = rest.trim_start_matches('_');
    let without = LOSSES.iter().filter_map(|loss| rest.strip_prefix(loss));
    let readings = std::iter::once(rest).chain(without.map(|rest| rest.trim_start_matches('_')));
    readings.clone().find_map(|rest| names.pair(rest)).or_else(|| {
        let single = readings.into_iter().find_map(|rest| names.find(strip_mark(rest)));
        single.map(|k| Left::Entry(k, k))
    })
}

/// Entry `w1,w2` or `w1, w2`, as components of a Hessian are named.
pub(super) fn entry(name: &str, parameters: &[Parameter]) -> Option<Left> {
    let names = Names::new(parameters);
    let plain = plain(name);
    names.pair(&plain)
}

/// Without spaces and LaTeX's commands: `∂²L/∂w1∂w2`.
fn plain(left: &str) -> String {
    let mut text = left.trim().trim_matches('$').to_owned();
    while let Some(at) =
        ["\\frac", "\\dfrac", "\\tfrac"].iter().find_map(|f| text.find(f).map(|at| (at, f.len())))
    {
        let Some(quotient) = quotient(&text[at.0 + at.1..]) else { break };
        text = format!("{}{}", &text[..at.0], quotient);
    }
    for (from, to) in [
        ("\\partial", "∂"),
        ("\\mathrm{d}", "d"),
        ("\\mathrm", ""),
        ("\\nabla", "∇"),
        ("\\,", ""),
        ("\\;", ""),
        ("\\!", ""),
        ("\\left", ""),
        ("\\right", ""),
        ("\\", ""),
        ("^{2}", "²"),
        ("^2", "²"),
        ("**2", "²"),
        ("{", ""),
        ("}", ""),
        ("&", ""),
    ] {
        text = text.replace(from, to);
    }
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `{a}{b}` as `a/b`, with what follows.
fn quotient(text: &str) -> Option<String> {
    let (above, rest) = group(text)?;
    let (below, rest) = group(rest)?;
    Some(format!("{above}/{below}{rest}"))
}

/// What stands in the first braces, and what follows.
fn group(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_start().strip_prefix('{')?;
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth == 0 {
            return Some((&inside[..at], &inside[at + 1..]));
        }
    }
    None
}

/// Without a `d` or `∂` before it.
fn strip_mark(name: &str) -> &str {
    name.strip_prefix(['d', '∂']).unwrap_or(name)
}

/// The flat parameters by name.
struct Names {
    /// As written and without underscores and points.
    names: Vec<(String, String)>,
}

impl Names {
    fn new(parameters: &[Parameter]) -> Names {
        let entries = parameters.iter().flat_map(|p| (0..p.len()).map(|k| p.entry_name(k)));
        Names { names: entries.map(|name| (name.clone(), bare(&name))).collect() }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|n| n.0 == name);
        exact.or_else(|| {
            let bare = bare(name);
            let mut alike = self.names.iter().enumerate().filter(|(_, n)| n.1 == bare);
            alike.next().filter(|_| alike.next().is_none()).map(|(k, _)| k)
        })
    }

    /// `∂w1∂w2`, `∂w1²`, `(∂w1)²`
    fn below(&self, text: &str) -> Option<Left> {
        let text = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text);
        if let Some(base) = text.strip_suffix('²') {
            let base: String = base.chars().filter(|c| !matches!(c, '(' | ')')).collect();
            let k = self.find(strip_mark(&base)).or_else(|| self.find(&base))?;
            return Some(Left::Entry(k, k));
        }
        self.pair(text)
    }

    /// Two names, one after the other, with or without marks before them or a sign between them.
    fn pair(&self, text: &str) -> Option<Left> {
        if let Some(base) = text.strip_suffix('²') {
            let k = self.find(strip_mark(base)).or_else(|| self.find(base))?;
            return Some(Left::Entry(k, k));
        }
        // `w1` before `w11`: the first name as short as it can be would cut others in two, so marks decide first.
        for marked in [true, false] {
            for (at, c) in text.char_indices().skip(1) {
                let (one, other) = (&text[..at], &text[at..]);
                let one = one.trim_end_matches(['_', ',', '*', '·']);
                if marked != (matches!(c, 'd' | '∂' | ',')) {
                    continue;
                }
                let other = other.trim_start_matches(['_', ',', '*', '·']);
                let of = |name: &str, bare: bool| {
                    if bare { self.find(name) } else { self.find(name.strip_prefix(['d', '∂'])?) }
                };
                let first = of(one, false).or_else(|| of(one, true));
                let second = of(other, false).or_else(|| of(other, true));
                if let (Some(i), Some(j)) = (first, second) {
                    return Some(Left::Entry(i, j));
                }
            }
        }
        None
    }

    /// `[0,1]`, `[0][1]`, `[w1,w2]`, `_w1w2`, and `_12`, which begins with 1.
    fn indexed(&self, text: &str) -> Option<Left> {
        let count = self.names.len();
        let number = |text: &str| text.parse::<usize>().ok();
        if let Some(inside) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            if let Some(found) = self.pair(inside) {
                return Some(found);
            }
            let inside = inside.replace("][", ",");
            if let Some((i, j)) = inside.split_once(',').and_then(|(i, j)| Some((number(i)?, number(j)?))) {
                return (i < count && j < count).then_some(Left::Entry(i, j));
            }
            return self.pair(&inside);
        }
        let below = text.strip_prefix('_').unwrap_or(text);
        if let Some(found) = self.pair(below) {
            return Some(found);
        }
        let digits =
            below.split_once(',').or_else(|| (below.len() == 2).then(|| below.split_at_checked(1))?);
        let (i, j) =
            digits.and_then(|(i, j)| Some((number(i)?.checked_sub(1)?, number(j)?.checked_sub(1)?)))?;
        (i < count && j < count).then_some(Left::Entry(i, j))
    }
}

/// What `w_1`, `w₁` and `w1` have in common.
fn bare(name: &str) -> String {
    let digit = |c: char| "₀₁₂₃₄₅₆₇₈₉".chars().position(|low| low == c).map(|digit| b'0' + digit as u8);
    name.chars().filter(|c| !matches!(c, '_' | '.')).map(|c| digit(c).map_or(c, char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, ModelOptions};

    #[test]
    fn a_left_side_is_a_second_derivative_by_two_parameters_or_by_one_twice() {
        let text = "inputs x[2]\ntarget y\nhidden = dense(x, 2, tanh)\ny_hat = w1*hidden[0] + w2*hidden[1] + w12\nloss = mse(y_hat, y)\n";
        let model = Model::parse(text, &ModelOptions::default()).unwrap();
        let parameters = &model.program.parameters;
        let at = |name: &str| {
            let all = parameters.iter().flat_map(|p| (0..p.len()).map(|k| (p.entry_name(k), p.offset + k)));
            all.into_iter().find(|e| e.0 == name).unwrap().1
        };
        let (w1, w2) = (at("w1"), at("w2"));
        for left in [
            "d2w1w2",
            "d2L/dw1dw2",
            "d^2L/dw1dw2",
            "∂²L/∂w1∂w2",
            "d2w1_w2",
            "d2L_dw1_dw2",
            "d2_w1_w2",
            "H[w1,w2]",
            "H_w1w2",
            "d2w1dw2",
            "\\frac{\\partial^2 L}{\\partial w_1 \\partial w_2}",
            "H_{w_1 w_2}",
            "d2loss/dw1 dw2",
            "\\frac{d^2 L}{d w_1\\, d w_2}",
            "∂²w1∂w2",
        ] {
            assert!(is_second(left), "{left}");
            assert_eq!(read(left, parameters), Some(Left::Entry(w1, w2)), "{left}");
        }
        for left in [
            "d2L/dw1^2",
            "d2w1",
            "∂²L/∂w1²",
            "d2w1w1",
            "\\frac{\\partial^2 L}{\\partial w_1^2}",
            "d2L/dw1**2",
            "d2L/d(w1)^2",
        ] {
            assert_eq!(read(left, parameters), Some(Left::Entry(w1, w1)), "{left}");
        }
        assert_eq!(read("H[0,1]", parameters), Some(Left::Entry(0, 1)));
        assert_eq!(read("H_{12}", parameters), Some(Left::Entry(0, 1)));
        assert_eq!(read("H[0][1]", parameters), Some(Left::Entry(0, 1)));
        assert_eq!(read("d2L/dhidden.W[0,1]dw2", parameters), Some(Left::Entry(at("hidden.W[0,1]"), w2)));
        assert_eq!(read("d2w12", parameters), Some(Left::Entry(at("w12"), at("w12"))));
        assert_eq!(
            (read("H", parameters), read("\\nabla^2 L", parameters)),
            (Some(Left::Whole), Some(Left::Whole))
        );
        assert_eq!(read("d2L/dw1dw3", parameters), None);
        assert!(!is_second("dw1") && !is_second("e") && !is_second("Hidden"));
        assert_eq!(entry("w1, w2", parameters), Some(Left::Entry(w1, w2)));
    }
}
