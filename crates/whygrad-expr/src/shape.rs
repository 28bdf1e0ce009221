//! Shapes: one value per row or one for all rows, and what each value is made of.

use std::fmt;

/// The entries of one value.
///
/// A vector of length 1 is a number: [`Dims::vector`] makes no other. A matrix keeps its two
/// sizes even where one of them is 1, because a weight matrix has rows (units) and columns
/// (inputs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dims {
    /// One number.
    Scalar,
    /// A column of at least two numbers.
    Vector(usize),
    /// Rows times columns.
    Matrix(usize, usize),
}

impl Dims {
    /// A column of `n` numbers; one number where `n` is 1.
    pub fn vector(n: usize) -> Dims {
        if n == 1 { Dims::Scalar } else { Dims::Vector(n) }
    }

    /// The dims of a declaration such as `[3, 2]`; `None` beyond two indices or where one is 0.
    pub fn from_declared(shape: &[usize]) -> Option<Dims> {
        match *shape {
            [] => Some(Dims::Scalar),
            [n] if n > 0 => Some(Dims::vector(n)),
            [r, c] if r > 0 && c > 0 => Some(Dims::Matrix(r, c)),
            _ => None,
        }
    }

    /// How many numbers.
    pub fn len(self) -> usize {
        match self {
            Dims::Scalar => 1,
            Dims::Vector(n) => n,
            Dims::Matrix(r, c) => r * c,
        }
    }

    /// True for one number.
    pub fn is_scalar(self) -> bool {
        self == Dims::Scalar
    }

    /// The dims of two values combined entry by entry: equal ones, or one number with anything.
    pub fn broadcast(self, other: Dims) -> Option<Dims> {
        match (self, other) {
            (a, b) if a == b => Some(a),
            (Dims::Scalar, b) => Some(b),
            (a, Dims::Scalar) => Some(a),
            _ => None,
        }
    }
}

impl fmt::Display for Dims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dims::Scalar => write!(f, "a number"),
            Dims::Vector(n) => write!(f, "[{n}]"),
            Dims::Matrix(r, c) => write!(f, "[{r},{c}]"),
        }
    }
}

/// What a term stands for: `dims` numbers, for each row of the data or once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// True when each row of the data has its own value.
    pub per_row: bool,
    /// The entries of one value.
    pub dims: Dims,
}

impl Shape {
    /// One number for all rows.
    pub const NUMBER: Shape = Shape { per_row: false, dims: Dims::Scalar };

    /// A value that does not depend on the row.
    pub fn once(dims: Dims) -> Shape {
        Shape { per_row: false, dims }
    }
}
