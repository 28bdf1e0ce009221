//! The model language: `-2/n*sum((y - y_hat)*x1)`.
//!
//! What is written reads back to the same term. Reading is: `+` and `-` bind loosest, then the
//! minus before a product, then `*`, `/` and `@` from the left, then `^` from the right.

use std::borrow::Cow;

use super::digits;
use super::view::{Over, Part, Reader, View, bracketed};
use crate::arena::Term;
use crate::shape::Dims;

/// Where a part stands, which decides whether it needs parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    /// Alone, or as an argument.
    Free,
    /// First in a sum: it may start with a minus.
    FirstSummand,
    /// After a plus or a minus.
    Summand,
    /// In a product, a quotient or a matrix product.
    Factor,
    /// Under an exponent.
    Base,
    /// Above a base.
    Exponent,
    /// Before an index.
    Indexed,
}

/// What is still to be written.
enum Piece {
    Text(Cow<'static, str>),
    Part(Part, Seat),
}

/// Writes the reader's term.
pub(super) fn write(reader: &Reader<'_>) -> String {
    let mut out = String::new();
    let mut waiting = vec![Piece::Part(Part::Whole(reader.root), Seat::Free)];
    while let Some(piece) = waiting.pop() {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Part(part, seat) => {
                let view = reader.view(part);
                let parentheses = needs_parentheses(&view, seat);
                let start = waiting.len();
                if parentheses {
                    waiting.push(text("("));
                }
                waiting.extend(pieces(view));
                if parentheses {
                    waiting.push(text(")"));
                }
                waiting[start..].reverse();
            }
        }
    }
    out
}

fn needs_parentheses(view: &View, seat: Seat) -> bool {
    let signed = match view {
        View::Number(value) => *value < 0.0,
        View::Product(product) => product.minus,
        View::Minus(_) => true,
        _ => false,
    };
    match (seat, view) {
        (Seat::Free, _) | (Seat::Indexed, View::Name(_)) => false,
        (Seat::Indexed, _) => true,
        (Seat::FirstSummand, View::Sum(_)) => true,
        (Seat::FirstSummand, _) => false,
        (_, View::Sum(_)) => true,
        (Seat::Summand, _) => signed,
        (_, View::Product(_) | View::MatrixProduct(..)) => true,
        (Seat::Base, View::Power(..)) => true,
        (Seat::Factor | Seat::Exponent | Seat::Base, _) => signed,
    }
}

/// What a view is written as, from left to right.
fn pieces(view: View) -> Vec<Piece> {
    match view {
        View::Number(value) => {
            vec![text(if value < 0.0 { "-" } else { "" }), Piece::Text(digits(value.abs()).into())]
        }
        View::Name(name) => vec![Piece::Text(name.into())],
        View::Sum(summands) => sum(summands),
        View::Minus(a) => vec![text("-"), whole(a, Seat::Summand)],
        View::Product(product) => {
            let sign = text(if product.minus { "-" } else { "" });
            let mut out = vec![sign, Piece::Part(product.first, Seat::Factor)];
            for (divides, factor) in product.rest {
                out.push(text(if divides { "/" } else { "*" }));
                out.push(whole(factor, Seat::Factor));
            }
            out
        }
        View::Power(a, b) => vec![whole(a, Seat::Base), text("^"), whole(b, Seat::Exponent)],
        View::Call(name, arguments) => call(name, &arguments, &[]),
        View::Choice(c, a, b) => call("select", &[c, a, b], &[]),
        View::MatrixProduct(w, x) => vec![whole(w, Seat::Factor), text(" @ "), whole(x, Seat::Factor)],
        View::Transpose(a) => call("transpose", &[a], &[]),
        View::Outer(a, b) => call("outer", &[a, b], &[]),
        View::Reduction(Over::Everything, a) => call("sum", &[a], &[]),
        View::Reduction(Over::Rows, a) => call("sum_rows", &[a], &[]),
        View::Reduction(Over::Outputs, a) => call("sum_outputs", &[a], &[]),
        View::Entry(a, position) => {
            vec![whole(a, Seat::Indexed), Piece::Text(bracketed(&position).into())]
        }
        View::Fill(a, dims) => call("fill", &[a], &sizes(dims)),
        View::Place(a, position, dims) => call("place", &[a], &[position, sizes(dims)].concat()),
    }
}

fn sum(summands: Vec<(bool, Part)>) -> Vec<Piece> {
    let mut out = Vec::with_capacity(2 * summands.len());
    for (minus, part) in summands {
        let (sign, seat) = match (out.is_empty(), minus) {
            (true, false) => ("", Seat::FirstSummand),
            (true, true) => ("-", Seat::Summand),
            (false, false) => (" + ", Seat::Summand),
            (false, true) => (" - ", Seat::Summand),
        };
        out.push(text(sign));
        out.push(Piece::Part(part, seat));
    }
    out
}

/// A call with terms first and whole numbers after them.
fn call(name: &'static str, terms: &[Term], numbers: &[usize]) -> Vec<Piece> {
    let mut out = vec![text(name)];
    let terms = terms.iter().map(|&term| whole(term, Seat::Free));
    let numbers = numbers.iter().map(|number| Piece::Text(number.to_string().into()));
    for (index, argument) in terms.chain(numbers).enumerate() {
        out.push(text(if index == 0 { "(" } else { ", " }));
        out.push(argument);
    }
    out.push(text(")"));
    out
}

fn sizes(dims: Dims) -> Vec<usize> {
    match dims {
        Dims::Scalar => vec![1],
        Dims::Vector(n) => vec![n],
        Dims::Matrix(rows, columns) => vec![rows, columns],
    }
}

fn text(text: &'static str) -> Piece {
    Piece::Text(text.into())
}

fn whole(term: Term, seat: Seat) -> Piece {
    Piece::Part(Part::Whole(term), seat)
}
