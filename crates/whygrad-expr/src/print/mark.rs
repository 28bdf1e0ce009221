//! What stands on paper: names, numbers, signs and groups, from left to right.

use super::view::Over;

/// What holds other marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// ( ), which grow with what is tall.
    Parentheses {
        /// True around fractions and cases.
        tall: bool,
    },
    /// Numerator, then denominator.
    Fraction,
    /// Base, then exponent.
    Power,
    /// Base, then index.
    Index,
    /// √
    Root,
    /// | |
    Magnitude,
    /// The first value, then its condition.
    Cases,
    /// The other value of cases.
    OtherCase,
    /// What is turned: aᵀ
    Transposed,
}

/// A sign between or before things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// +
    Plus,
    /// -
    Minus,
    /// Nothing: names stand side by side.
    Times,
    /// ·
    Dot,
    /// ⊙, the product entry by entry
    EntryByEntry,
    /// >
    Greater,
    /// ,
    Comma,
}

/// What a pen writes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A number that is not negative.
    Number(f64),
    /// A name of the model.
    Name(String),
    /// The vector or matrix with this bold name: **1**, **e**, **E**.
    Bold(&'static str),
    /// The indices of an entry.
    Index(Vec<usize>),
    /// The name of a function, by its name in the model language.
    Function(&'static str),
    /// Σ
    Sum(Over),
    /// A sign.
    Sign(Sign),
    /// The start of a group.
    Open(Group),
    /// From the first to the second part of a group.
    Next(Group),
    /// The end of a group.
    Close(Group),
}

/// A notation that marks are written in.
pub(super) trait Pen {
    /// Writes the next mark.
    fn write(&mut self, mark: &Mark);
}
