//! What a model file says, before it means anything.
//!
//! Expressions live in one arena and a child always has a smaller index than its parent, so
//! every pass is a loop, and a sum of ten thousand terms is as good as a sum of two.

/// A range of bytes in the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as the model knows it: LaTeX's `\hat{y}_i` is `y_hat`.
    pub text: String,
    /// Where it was written.
    pub span: Span,
}

/// Index of an expression in its [`Ast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub usize);

/// One expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it was written.
    pub span: Span,
}

/// The operators between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`, entry by entry; a matrix times a vector is their product
    Mul,
    /// `a / b`
    Div,
    /// `a ^ b`
    Pow,
    /// `a @ b`, the matrix product
    MatMul,
}

/// An argument of a call: `bias=false` has a keyword, `x` has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// `bias` in `bias=false`.
    pub keyword: Option<Name>,
    /// The value.
    pub value: ExprId,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `0.5`, `1e-3`
    Number(f64),
    /// `w1`, `ŷ`; also `true` and `false`
    Name(String),
    /// `-a`
    Neg(ExprId),
    /// `a + b`
    Binary(BinaryOp, ExprId, ExprId),
    /// `h(z)`, `h'(z)` (one prime), `dense(x, 2, sigmoid, bias=false)`
    Call {
        /// The function's name.
        function: Name,
        /// How many primes: 1 in `h'(z)`.
        primes: usize,
        /// The arguments in order.
        arguments: Vec<Argument>,
    },
    /// `W[0,1]`
    Index(ExprId, Vec<ExprId>),
    /// `hidden.W`
    Member(ExprId, Name),
    /// `[0.35, 0.6]`, `[[1, 2], [3, 4]]`
    List(Vec<ExprId>),
}

/// `x` or `x[2]` in `inputs x[2]`, and each entry of `params`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The declared name.
    pub name: Name,
    /// `[3, 2]` of `W[3,2]`; empty for a single number.
    pub shape: Vec<usize>,
    /// `0.1` in `w1 = 0.1`.
    pub value: Option<ExprId>,
    /// `(0, 1)` in `o in (0,1)`: the open interval the parameter lives in. A bound may be left
    /// out of the numbers by writing `inf` or `-inf`.
    pub domain: Option<(f64, f64)>,
    /// All of it.
    pub span: Span,
}

/// One line of a model file.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `inputs x1, x2` (or `input x`)
    Inputs(Vec<Declaration>),
    /// `target y` (or `targets y1, y2`)
    Targets(Vec<Declaration>),
    /// `params w1, W[3,2]`
    Params(Vec<Declaration>),
    /// `fixed b = [0.35, 0.6]`
    Fixed(Vec<Declaration>),
    /// `y_hat = ...`
    Define(Name, ExprId),
    /// `h(z) = ...`
    Function {
        /// `h`
        name: Name,
        /// `z`
        arguments: Vec<Name>,
        /// What it is equal to.
        body: ExprId,
    },
    /// `minimize x^4 - 3*x^3 + 2`
    Minimize(ExprId),
}

/// A parsed text: statements in order, and the arena of their expressions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ast {
    /// Every expression; a child stands before its parent.
    pub expressions: Vec<Expr>,
    /// The statements in the order of the text.
    pub statements: Vec<Statement>,
}

impl Ast {
    /// Appends an expression.
    pub fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.expressions.push(Expr { kind, span });
        ExprId(self.expressions.len() - 1)
    }

    /// The expression of an index.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.expressions[id.0]
    }
}
