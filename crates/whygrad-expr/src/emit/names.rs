//! Names that a language accepts and that clash with nothing.

use crate::arena::Term;
use crate::op::Op;
use crate::program::Program;

/// Which names a language allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameRules {
    /// Its keywords, its functions in use here, and the names the file itself defines.
    pub(super) reserved: &'static [&'static str],
    /// Whether variables are written in lower case by convention.
    pub(super) lower_case: bool,
}

/// What every file calls its own.
const TAKEN: &[&str] = &[
    "theta",
    "inputs",
    "targets",
    "gradient",
    "outputs",
    "n",
    "rows",
    "row",
    "i",
    "j",
    "k",
    "loss",
    "sum",
    "sigmoid",
    "softplus",
    "erf",
    "sign_of",
    "larger",
    "smaller",
    "choose",
    "log_sum_exp",
    "place",
    "predict",
    "loss_and_gradient",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "atan",
    "tanh",
    "abs",
    "max",
    "min",
    "pow",
    "sign",
    "outer_rows",
    "transpose_rows",
    "product_rows",
    "logarithm",
    "square_root",
    "sine",
    "cosine",
    "power",
];

/// The names of the leaves and the definitions of a program in one language.
#[derive(Clone, Debug)]
pub(super) struct Names {
    rules: NameRules,
    used: Vec<String>,
    symbols: Vec<String>,
    terms: Vec<Option<String>>,
    /// How many names with a number there are, for each start.
    counts: Vec<(&'static str, u32)>,
}

impl Names {
    /// Gives every leaf and every definition a name.
    pub(super) fn new(program: &Program, rules: NameRules) -> Names {
        let mut names = Names {
            rules,
            used: Vec::new(),
            symbols: Vec::new(),
            terms: vec![None; program.arena.len()],
            counts: Vec::new(),
        };
        for symbol in program.arena.symbols() {
            let name = names.fresh(&symbol.name);
            names.symbols.push(name);
        }
        if !matches!(program.arena.op(program.loss), Op::Leaf(_)) {
            names.terms[program.loss.0 as usize] = Some("loss".to_owned());
        }
        for named in &program.definitions {
            if names.terms[named.term.0 as usize].is_none() {
                let name = names.fresh(&named.name);
                names.terms[named.term.0 as usize] = Some(name);
            }
        }
        names
    }

    /// The name of a leaf.
    pub(super) fn symbol(&self, index: u32) -> String {
        self.symbols.get(index as usize).cloned().unwrap_or_default()
    }

    /// The name of a term that gets a variable.
    pub(super) fn term(&mut self, term: Term) -> String {
        self.numbered(term, "t")
    }

    /// The name of a term, with a number behind `start` where it has none yet.
    pub(super) fn numbered(&mut self, term: Term, start: &'static str) -> String {
        if let Some(name) = &self.terms[term.0 as usize] {
            return name.clone();
        }
        let name = self.temporary(start);
        self.terms[term.0 as usize] = Some(name.clone());
        name
    }

    /// A numbered name.
    pub(super) fn temporary(&mut self, start: &'static str) -> String {
        let count = if let Some((_, count)) = self.counts.iter_mut().find(|c| c.0 == start) {
            *count += 1;
            *count
        } else {
            self.counts.push((start, 1));
            1
        };
        self.fresh(&format!("{start}{count}"))
    }

    /// A name of its own after another one.
    pub(super) fn like(&mut self, wanted: &str) -> String {
        self.fresh(wanted)
    }

    /// A valid name like the one wanted that nothing else has.
    fn fresh(&mut self, wanted: &str) -> String {
        let mut base = valid(wanted);
        if self.rules.lower_case {
            base = base.to_lowercase();
        }
        let mut name = base.clone();
        let mut count = 1;
        while self.is_taken(&name) {
            count += 1;
            name = format!("{base}_{count}");
        }
        self.used.push(name.clone());
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        TAKEN.contains(&name)
            || self.rules.reserved.contains(&name)
            || self.used.iter().any(|used| used == name)
    }
}

/// Letters, digits and underscores, with a letter first.
fn valid(wanted: &str) -> String {
    let mut name = String::new();
    for letter in wanted.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' => name.push(letter),
            '\u{302}' => name.push_str("_hat"),
            '\'' => name.push_str("_prime"),
            '₀'..='₉' => name.extend(char::from_digit(letter as u32 - '₀' as u32, 10)),
            _ => match spelled(letter) {
                Some(text) => name.push_str(text),
                None => name.push('_'),
            },
        }
    }
    let name = name.trim_matches('_');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_owned() } else { format!("v{name}") }
}

/// Letters that stand in formulas, as words.
fn spelled(letter: char) -> Option<&'static str> {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    const CAPITAL: [&str; 25] = [
        "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa", "Lambda",
        "Mu", "Nu", "Xi", "Omicron", "Pi", "Rho", "Sigma", "Sigma", "Tau", "Upsilon", "Phi", "Chi", "Psi",
        "Omega",
    ];
    match letter {
        'ŷ' => Some("y_hat"),
        'Ŷ' => Some("Y_hat"),
        'α'..='ω' => GREEK.get(letter as usize - 'α' as usize).copied(),
        'Α'..='Ω' => CAPITAL.get(letter as usize - 'Α' as usize).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_valid_and_stay_readable() {
        let expected = [
            ("hidden.W", "hidden_W"),
            ("ŷ", "y_hat"),
            ("δ₁", "delta1"),
            ("y\u{302}", "y_hat"),
            ("2x", "v2x"),
            ("a1[0]", "a1_0"),
            ("w'", "w_prime"),
        ];
        for (wanted, name) in expected {
            assert_eq!(valid(wanted), name);
        }
    }
}
