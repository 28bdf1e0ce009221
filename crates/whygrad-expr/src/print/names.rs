//! Names: which terms have one, and what a name is made of.

use std::collections::HashMap;

use crate::arena::Term;

/// The names of terms. A printer looks a term up here before it writes it out.
#[derive(Clone, Debug, Default)]
pub struct Names {
    of: HashMap<Term, String>,
}

impl Names {
    /// No names.
    pub fn new() -> Names {
        Names::default()
    }

    /// Gives a term a name, in place of the one it may have had.
    pub fn insert(&mut self, term: Term, name: &str) {
        self.of.insert(term, name.to_owned());
    }

    /// The name of a term.
    pub fn get(&self, term: Term) -> Option<&str> {
        self.of.get(&term).map(String::as_str)
    }
}

/// What a name looks like on paper.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Glyph {
    /// One letter.
    Letter(char),
    /// A Greek letter: its LaTeX command without the backslash, and itself.
    Greek(&'static str, char),
    /// Upright letters.
    Word(String),
    /// A number or an index.
    Digits(String),
    /// An accent over a letter.
    Accented(Accent, Box<Glyph>),
    /// Subscripts, with commas between them.
    Subscripted(Box<Glyph>, Vec<Glyph>),
}

/// What stands over a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accent {
    /// ŷ
    Hat,
    /// ȳ
    Bar,
    /// ỹ
    Tilde,
}

/// An accent: how it is spelled, alone over a letter, and together with letters.
const ACCENTS: [(Accent, &str, char, &str); 3] = [
    (Accent::Hat, "hat", '\u{302}', "âaĉcêeĝgĥhîiĵjôoŝsûuŵwŷyẑz"),
    (Accent::Bar, "bar", '\u{304}', "āaēeīiōoūuȳy"),
    (Accent::Tilde, "tilde", '\u{303}', "ãañnõoỹy"),
];

const GREEK: [(&str, char); 34] = [
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("upsilon", 'υ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Upsilon", 'Υ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
];

/// What a name is made of: `hidden.W[0,1]` is W with the subscripts `hidden` and `01`.
pub(super) fn glyph_of(name: &str) -> Glyph {
    let spelled = spelled_out(name);
    let (stem, position) = split_index(&spelled);
    let mut glyph = match stem.rsplit_once('.') {
        Some((owner, member)) if !owner.is_empty() && !member.is_empty() => {
            with_subscripts(simple(member), vec![simple(owner)])
        }
        _ => simple(stem),
    };
    if !position.is_empty() {
        glyph = with_subscripts(glyph, position);
    }
    glyph
}

/// The name in plain letters: `ŵ₁` is `w_hat1`. A word keeps its accents.
fn spelled_out(name: &str) -> String {
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let is_letter = |other: Option<&char>| other.is_some_and(|c| c.is_alphabetic());
        let alone = !is_letter(letters.get(at + 1)) && !is_letter(letters[..at].last());
        let accent = ACCENTS.iter().find_map(|(_, spelling, mark, pairs)| {
            let mut pairs = pairs.chars();
            while let (Some(whole), Some(plain)) = (pairs.next(), pairs.next()) {
                if whole == letter && alone {
                    return Some(format!("{plain}_{spelling}"));
                }
            }
            (*mark == letter).then(|| format!("_{spelling}"))
        });
        match (accent, letter) {
            (Some(accent), _) => out.push_str(&accent),
            (None, '₀'..='₉') => {
                out.extend(char::from_digit(u32::from(letter) - u32::from('₀'), 10));
            }
            (None, 'ᵢ') => out.push_str("_i"),
            (None, 'ⱼ') => out.push_str("_j"),
            (None, 'ₖ') => out.push_str("_k"),
            (None, 'ₙ') => out.push_str("_n"),
            (None, other) => out.push(other),
        }
    }
    out
}

/// `W[0,1]` as `W` and `01`; with a comma where an index has two digits.
fn split_index(name: &str) -> (&str, Vec<Glyph>) {
    let Some((stem, inside)) = name.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) else {
        return (name, vec![]);
    };
    let indices: Vec<&str> = inside.split(',').map(str::trim).collect();
    let is_number = |index: &&str| !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit());
    if stem.is_empty() || !indices.iter().all(is_number) {
        return (name, vec![]);
    }
    if indices.iter().all(|index| index.len() == 1) {
        return (stem, vec![Glyph::Digits(indices.concat())]);
    }
    (stem, indices.into_iter().map(|index| Glyph::Digits(index.to_owned())).collect())
}

/// A name without owner and index: `delta_hidden`, `y_hat`, `w11`.
fn simple(name: &str) -> Glyph {
    // A name with many underscores is a word, not a tower of subscripts.
    let Some((stem, rest)) = name.split_once('_').filter(|_| name.matches('_').count() <= 3) else {
        return letter_with_digits(name);
    };
    if stem.is_empty() || rest.is_empty() {
        return Glyph::Word(name.to_owned());
    }
    let base = letter_with_digits(stem);
    for (accent, spelling, ..) in ACCENTS {
        let Some(after) = rest.strip_prefix(spelling) else { continue };
        if after.is_empty() || after.starts_with(|c: char| c == '_' || c.is_ascii_digit()) {
            let accented = with_accent(accent, base);
            let subscript = after.trim_matches('_');
            return match subscript {
                "" => accented,
                _ => with_subscripts(accented, vec![simple(subscript)]),
            };
        }
    }
    let number = rest.bytes().all(|b| b.is_ascii_digit());
    if matches!(base, Glyph::Word(_)) && !number {
        return Glyph::Word(name.to_owned());
    }
    with_subscripts(base, vec![simple(rest)])
}

/// `w11`, `theta0`, `hidden2`, `7`.
fn letter_with_digits(name: &str) -> Glyph {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.is_empty() {
        return Glyph::Digits(name.to_owned());
    }
    let mut letters = stem.chars();
    let base = match (letters.next(), letters.next()) {
        (Some(only), None) => match GREEK.iter().find(|(_, letter)| *letter == only) {
            Some(&(command, letter)) => Glyph::Greek(command, letter),
            None if only.is_alphabetic() => Glyph::Letter(only),
            None => Glyph::Word(stem.to_owned()),
        },
        _ => match GREEK.iter().find(|(command, _)| *command == stem) {
            Some(&(command, letter)) => Glyph::Greek(command, letter),
            None => Glyph::Word(stem.to_owned()),
        },
    };
    match &name[stem.len()..] {
        "" => base,
        digits => with_subscripts(base, vec![Glyph::Digits(digits.to_owned())]),
    }
}

/// The accent goes over the letter, not over its subscripts.
fn with_accent(accent: Accent, base: Glyph) -> Glyph {
    match base {
        Glyph::Subscripted(letter, subscripts) => {
            Glyph::Subscripted(Box::new(with_accent(accent, *letter)), subscripts)
        }
        letter => Glyph::Accented(accent, Box::new(letter)),
    }
}

fn with_subscripts(base: Glyph, mut more: Vec<Glyph>) -> Glyph {
    match base {
        Glyph::Subscripted(letter, mut subscripts) => {
            subscripts.append(&mut more);
            Glyph::Subscripted(letter, subscripts)
        }
        letter => Glyph::Subscripted(Box::new(letter), more),
    }
}
