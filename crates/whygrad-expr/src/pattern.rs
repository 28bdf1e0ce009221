//! The sides of simplification rules, read from their text.

use std::sync::LazyLock;

use crate::op::{Function, Zip};
use crate::rules::{RULES, Rule};

/// A side of a rule.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Any(u8),
    AnyNumber(u8),
    Number(f64),
    RowCount,
    Map(Function, Box<Pattern>),
    Zip(Zip, Box<Pattern>, Box<Pattern>),
    Select(Box<Pattern>, Box<Pattern>, Box<Pattern>),
    Transpose(Box<Pattern>),
}

/// A rule with both sides read.
pub(crate) struct Compiled {
    pub(crate) rule: &'static Rule,
    pub(crate) from: Pattern,
    pub(crate) to: Pattern,
}

/// The table, read once.
pub(crate) static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let read = |text: &str| read_pattern(&mut tokens(text).into_iter());
    RULES
        .iter()
        .filter_map(|rule| Some(Compiled { rule, from: read(rule.from)?, to: read(rule.to)? }))
        .collect()
});

fn tokens(text: &str) -> Vec<String> {
    text.replace('(', " ( ").replace(')', " ) ").split_whitespace().map(str::to_owned).collect()
}

fn read_pattern(tokens: &mut impl Iterator<Item = String>) -> Option<Pattern> {
    let token = tokens.next()?;
    if let Some(name) = token.strip_prefix('?') {
        return Some(Pattern::Any(*name.as_bytes().first()?));
    }
    if let Some(name) = token.strip_prefix('#') {
        return Some(Pattern::AnyNumber(*name.as_bytes().first()?));
    }
    if token == "n" {
        return Some(Pattern::RowCount);
    }
    if token != "(" {
        return token.parse().ok().map(Pattern::Number);
    }
    let head = tokens.next()?;
    let mut argument = || read_pattern(tokens).map(Box::new);
    let zips = [Zip::Add, Zip::Mul, Zip::Div, Zip::Pow, Zip::Max, Zip::Min];
    let pattern = if let Some(&zip) = zips.iter().find(|z| z.name() == head) {
        Pattern::Zip(zip, argument()?, argument()?)
    } else if let Some(&function) = Function::ALL.iter().find(|f| f.name() == head) {
        Pattern::Map(function, argument()?)
    } else if head == "select" {
        Pattern::Select(argument()?, argument()?, argument()?)
    } else {
        Pattern::Transpose(argument()?)
    };
    tokens.next(); // the closing parenthesis
    Some(pattern)
}
