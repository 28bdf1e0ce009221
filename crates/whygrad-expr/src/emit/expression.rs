//! Pieces of text that know how tightly they bind.

use std::collections::BTreeSet;

/// How tightly the outermost operator of a piece binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `c ? a : b`
    Choice,
    /// `a + b`
    Sum,
    /// `a * b`, `a / b`, and `-a`, which may lead a product.
    Product,
    /// `a ^ b`, `W'`
    Power,
    /// A name, a number, a call.
    Atom,
}

/// An expression as text.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) text: String,
    pub(super) level: Level,
}

impl Expr {
    pub(super) fn new(text: String, level: Level) -> Expr {
        Expr { text, level }
    }

    /// A name, a number without a minus, a call.
    pub(super) fn atom(text: impl Into<String>) -> Expr {
        Expr::new(text.into(), Level::Atom)
    }

    /// A number, which binds like a product where it has a minus.
    pub(super) fn number(text: String) -> Expr {
        let level = if text.starts_with('-') { Level::Product } else { Level::Atom };
        Expr::new(text, level)
    }

    /// The text, in parentheses where it binds less tightly than asked.
    pub(super) fn at_least(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }

    /// What follows a leading minus.
    fn negated(&self) -> Option<&str> {
        if self.level == Level::Product { self.text.strip_prefix('-') } else { None }
    }
}

/// `-a`
pub(super) fn minus(a: &Expr) -> Expr {
    match a.negated() {
        Some(rest) => Expr::new(rest.to_owned(), Level::Product),
        None => Expr::new(format!("-{}", a.at_least(Level::Product)), Level::Product),
    }
}

/// `a + b`, written with a minus where one of them has one; `dot` goes before the operator.
pub(super) fn sum(dot: &str, a: &Expr, b: &Expr) -> Expr {
    let (left, sign, right) = match (a.negated(), b.negated()) {
        (_, Some(rest)) => (a.at_least(Level::Sum), '-', rest.to_owned()),
        (Some(rest), None) => (b.at_least(Level::Sum), '-', rest.to_owned()),
        (None, None) => (a.at_least(Level::Sum), '+', b.at_least(Level::Product)),
    };
    Expr::new(format!("{left} {dot}{sign} {right}"), Level::Sum)
}

/// `a * b` or `a / b` with the operator given.
pub(super) fn product(operator: &str, a: &Expr, b: &Expr) -> Expr {
    let text = format!("{} {operator} {}", a.at_least(Level::Product), b.at_least(Level::Power));
    Expr::new(text, Level::Product)
}

/// `name(a, b)`
pub(super) fn call(name: &str, arguments: &[Expr]) -> Expr {
    let list: Vec<&str> = arguments.iter().map(|a| a.text.as_str()).collect();
    Expr::atom(format!("{name}({})", list.join(", ")))
}

/// The shortest text that reads back as the same number, with a point: `2.0`.
pub(super) fn float(value: f64) -> String {
    format!("{value:?}")
}

/// The same, without a point where the number has no fraction: `2`.
pub(super) fn plain(value: f64) -> String {
    let text = float(value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A function that a file defines only where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    Exp,
    Log,
    Sqrt,
    Sin,
    Cos,
    Divide,
    Power,
    Sigmoid,
    Softplus,
    Erf,
    Sign,
    Larger,
    Smaller,
    Choose,
    Sum,
    LogSumExp,
    Place,
    OuterRows,
    TransposeRows,
    ProductRows,
}

/// The functions a file has to define, in the order they stand in it.
pub(super) type Helpers = BTreeSet<Helper>;

/// Lines with an indentation.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Adds a line and indents what follows.
    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// Ends an indentation, with a closing line where the language has one.
    pub(super) fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        if !line.is_empty() {
            self.line(line);
        }
    }

    /// Adds a list: in one line, or in one line an item where it is long. `pause` ends a line.
    pub(super) fn list(&mut self, (start, end): (&str, &str), items: &[String], pause: &str) {
        let separator = pause.split_whitespace().next().unwrap_or_default();
        let line = format!("{start}{}{end}", items.join(&format!("{separator} ")));
        if line.len() <= 88 {
            self.line(&line);
            return;
        }
        let (broken, last) = (pause.contains("..."), items.len().saturating_sub(1));
        self.open(&format!("{start}{}", if broken { "..." } else { "" }));
        for (index, item) in items.iter().enumerate() {
            match (index == last, broken) {
                (true, true) => self.line(&format!("{item} ...")),
                (true, false) => self.line(item),
                (false, _) => self.line(&format!("{item}{pause}")),
            }
        }
        self.close(end);
    }

    /// An empty one with the same indentation.
    pub(super) fn same_depth(&self) -> Writer {
        Writer { text: String::new(), depth: self.depth }
    }

    /// All lines.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
