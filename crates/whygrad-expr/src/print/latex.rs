//! LaTeX for math mode: `-\frac{2}{n}\sum(y-\hat{y})x_{1}`. Only amsmath is needed.
//!
//! No brace and no space that changes nothing: gradients of whole networks stand on one page.

use super::mark::{Group, Mark, Pen, Sign};
use super::names::{Accent, Glyph, glyph_of};
use super::view::Over;

/// What has been written so far.
#[derive(Default)]
pub(super) struct Latex {
    out: String,
    /// Where the exponents and indices that are being written start.
    raised: Vec<usize>,
    /// True after `\sigma`, which a letter would prolong.
    after_command: bool,
    /// True after a word, which needs a little space before a name.
    after_word: bool,
    /// True where two factors stand side by side.
    side_by_side: bool,
}

impl Latex {
    /// All that was written.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn push(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        let word = piece.starts_with("\\mathrm") || piece.starts_with("\\text");
        if std::mem::take(&mut self.side_by_side) && (word || self.after_word) {
            self.out.push_str("\\,");
        } else if self.after_command && piece.starts_with(|c: char| c.is_alphabetic()) {
            self.out.push(' ');
        }
        self.out.push_str(piece);
        self.after_word = word;
        self.after_command = ends_in_command(piece);
    }

    fn raise(&mut self, start: &str) {
        self.push(start);
        self.raised.push(self.out.len());
    }

    /// Closes an exponent or index; a single character needs no braces.
    fn lower(&mut self) {
        let start = self.raised.pop().unwrap_or_default();
        if self.out.len() == start + 1 && self.out.is_char_boundary(start) {
            self.out.remove(start - 1);
            self.after_command = false;
        } else {
            self.push("}");
        }
    }

    fn sign(&mut self, sign: Sign) {
        match sign {
            Sign::Plus => self.push("+"),
            Sign::Minus => self.push("-"),
            Sign::Times => self.side_by_side = true,
            Sign::Dot => self.push("\\cdot"),
            Sign::EntryByEntry => self.push("\\odot"),
            Sign::Greater => self.push(">"),
            Sign::Comma => self.push(","),
        }
    }
}

impl Pen for Latex {
    fn write(&mut self, mark: &Mark) {
        match mark {
            Mark::Number(value) => self.push(&number(*value)),
            Mark::Name(name) => self.push(&glyph(&glyph_of(name))),
            Mark::Index(position) => {
                let between = if position.iter().any(|&index| index > 9) { "," } else { "" };
                let indices: Vec<String> = position.iter().map(usize::to_string).collect();
                self.push(&indices.join(between));
            }
            Mark::Bold(name) => self.push(&format!("\\mathbf{{{name}}}")),
            Mark::Function(name) => self.push(&function(name)),
            Mark::Sum(Over::Everything) => self.push("\\sum"),
            Mark::Sum(Over::Rows) => self.push("\\sum_i"),
            Mark::Sum(Over::Outputs) => self.push("\\sum_k"),
            Mark::Sign(sign) => self.sign(*sign),
            Mark::Open(group) => match group {
                Group::Parentheses { tall } => self.push(if *tall { "\\left(" } else { "(" }),
                Group::Fraction => self.push("\\frac{"),
                Group::Root => self.push("\\sqrt{"),
                Group::Magnitude => self.push("\\left|"),
                Group::Cases => self.push("\\begin{cases}"),
                Group::Power | Group::Index | Group::Transposed | Group::OtherCase => {}
            },
            Mark::Next(group) => match group {
                Group::Fraction => self.push("}{"),
                Group::Power => self.raise("^{"),
                Group::Index => self.raise("_{"),
                Group::Cases => self.push("&"),
                Group::OtherCase => self.push("\\\\"),
                Group::Parentheses { .. } | Group::Root | Group::Magnitude | Group::Transposed => {}
            },
            Mark::Close(group) => match group {
                Group::Parentheses { tall } => self.push(if *tall { "\\right)" } else { ")" }),
                Group::Fraction | Group::Root => self.push("}"),
                Group::Power | Group::Index => self.lower(),
                Group::Magnitude => self.push("\\right|"),
                Group::Cases => self.push("&\\text{else}\\end{cases}"),
                Group::Transposed => self.push("^{\\top}"),
                Group::OtherCase => {}
            },
        }
    }
}

/// True where a letter written next would become part of a command.
fn ends_in_command(piece: &str) -> bool {
    piece
        .rsplit_once('\\')
        .is_some_and(|(_, tail)| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn number(value: f64) -> String {
    if value.is_nan() {
        return "\\mathrm{NaN}".to_owned();
    }
    if value.is_infinite() {
        return "\\infty".to_owned();
    }
    let digits = super::digits(value);
    match digits.split_once('e') {
        Some(("1", exponent)) => format!("10^{{{exponent}}}"),
        Some((mantissa, exponent)) => format!("{mantissa}\\cdot10^{{{exponent}}}"),
        None => digits,
    }
}

fn function(name: &str) -> String {
    match name {
        "exp" | "sin" | "cos" | "tanh" | "max" | "min" => format!("\\{name}"),
        "log" => "\\ln".to_owned(),
        "atan" => "\\arctan".to_owned(),
        "sigmoid" => "\\sigma".to_owned(),
        _ => format!("\\operatorname{{{name}}}"),
    }
}

/// A name: `w_{1}`, `\hat{y}`, `\delta_{\mathrm{hidden}}`.
pub(super) fn glyph(of: &Glyph) -> String {
    match of {
        Glyph::Letter(letter) if letter.is_ascii() => letter.to_string(),
        Glyph::Letter(letter) => format!("\\text{{{letter}}}"),
        Glyph::Greek(command, _) => format!("\\{command}"),
        Glyph::Word(word) if word.is_ascii() => format!("\\mathrm{{{}}}", escaped(word)),
        Glyph::Word(word) => format!("\\text{{{}}}", escaped(word)),
        Glyph::Digits(digits) => digits.clone(),
        Glyph::Accented(accent, base) => {
            let command = match accent {
                Accent::Hat => "hat",
                Accent::Bar => "bar",
                Accent::Tilde => "tilde",
            };
            format!("\\{command}{{{}}}", glyph(base))
        }
        Glyph::Subscripted(base, subscripts) => {
            let subscripts: Vec<String> = subscripts.iter().map(glyph).collect();
            format!("{}_{{{}}}", glyph(base), subscripts.join(","))
        }
    }
}

fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            '_' | '#' | '$' | '%' | '&' | '{' | '}' => out.extend(['\\', letter]),
            '\\' | '^' | '~' => {
                out.push_str("\\char");
                out.push_str(&u32::from(letter).to_string());
                out.push_str("{}");
            }
            ' ' => out.push_str("\\ "),
            other => out.push(other),
        }
    }
    out
}
