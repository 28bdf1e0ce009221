//! The simplification rules, as a table.
//!
//! A rule is an equality read from left to right. `?a` stands for any term, `#c` for any
//! number, `n` for the number of rows. A rule fires only where its condition is proved; the tests fire each at
//! random points.

/// When a rule may fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Both sides are equal wherever the left one is defined.
    Always,
    /// Each combination of two numbers on the right must be exact in f64, so that nothing is rounded.
    Exact,
    /// `?a` must be finite for all finite leaves: no division, logarithm, exponential or power in it.
    Finite,
    /// `?a` is not a number (two numbers are combined or left as they stand).
    NotNumber,
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it is called.
    pub name: &'static str,
    /// The left side.
    pub from: &'static str,
    /// The right side.
    pub to: &'static str,
    /// When it may fire.
    pub when: Condition,
}

const fn rule(name: &'static str, from: &'static str, to: &'static str, when: Condition) -> Rule {
    Rule { name, from, to, when }
}

use Condition::{Always, Exact, Finite, NotNumber};

/// All rules; the first one that matches fires.
pub const RULES: &[Rule] = &[
    // Sums.
    rule("add-zero", "(+ ?a 0)", "?a", Always),
    rule("zero-add", "(+ 0 ?a)", "?a", Always),
    rule("subtract-itself", "(+ ?a (neg ?a))", "(* 0 ?a)", Always),
    rule("add-itself", "(+ ?a ?a)", "(* 2 ?a)", Always),
    rule("add-multiple", "(+ ?a (* #c ?a))", "(* (+ 1 #c) ?a)", Exact),
    rule("add-multiples", "(+ (* #c ?a) (* #d ?a))", "(* (+ #c #d) ?a)", Exact),
    rule("collect-numbers", "(+ (+ ?a #c) #d)", "(+ ?a (+ #c #d))", Exact),
    // Products.
    rule("times-zero", "(* ?a 0)", "0", Finite),
    rule("zero-times", "(* 0 ?a)", "0", Finite),
    rule("times-one", "(* ?a 1)", "?a", Always),
    rule("one-times", "(* 1 ?a)", "?a", Always),
    rule("times-minus-one", "(* -1 ?a)", "(neg ?a)", Always),
    rule("minus-out-left", "(* (neg ?a) ?b)", "(neg (* ?a ?b))", Always),
    rule("minus-out-right", "(* ?a (neg ?b))", "(neg (* ?a ?b))", Always),
    rule("number-first", "(* ?a #c)", "(* #c ?a)", NotNumber),
    rule("join-numbers", "(* #c (* #d ?a))", "(* (* #c #d) ?a)", Exact),
    rule("join-numbers-deep", "(* #c (* (* #d ?a) ?b))", "(* (* (* #c #d) ?a) ?b)", Exact),
    rule("number-into-quotient", "(* #c (/ #d ?a))", "(/ (* #c #d) ?a)", Exact),
    rule("number-over", "(* #c (/ ?a ?b))", "(* (/ #c ?b) ?a)", NotNumber),
    rule("number-into-product", "(* #c (* (/ #d ?a) ?b))", "(* (/ (* #c #d) ?a) ?b)", Exact),
    rule("number-out", "(* ?a (* #c ?b))", "(* #c (* ?a ?b))", NotNumber),
    rule("rows-cancel", "(* n (/ #c n))", "#c", Always),
    rule("rows-cancel-2", "(* (/ #c n) n)", "#c", Always),
    rule("join-quotients", "(* (/ #c ?a) (/ #d ?b))", "(/ (* #c #d) (* ?a ?b))", Exact),
    rule("join-quotients-2", "(* (/ #c ?a) (* (/ #d ?b) ?e))", "(* (/ (* #c #d) (* ?a ?b)) ?e)", Exact),
    rule("quotient-first", "(* ?a (/ #c ?b))", "(* (/ #c ?b) ?a)", NotNumber),
    rule("quotient-out", "(* ?a (* (/ #c ?b) ?d))", "(* (/ #c ?b) (* ?a ?d))", NotNumber),
    rule("one-over-times", "(* (/ 1 ?a) ?b)", "(/ ?b ?a)", Always),
    // Quotients.
    rule("over-one", "(/ ?a 1)", "?a", Always),
    rule("minus-over", "(/ (neg ?a) ?b)", "(neg (/ ?a ?b))", Always),
    rule("over-minus", "(/ ?a (neg ?b))", "(neg (/ ?a ?b))", Always),
    rule("divide-number", "(/ (* #c ?a) #d)", "(* (/ #c #d) ?a)", Exact),
    rule("quotient-over-number", "(/ (/ #c ?a) #d)", "(/ (/ #c #d) ?a)", Exact),
    rule("half-of-quotient", "(/ #c (* #d ?a))", "(/ (/ #c #d) ?a)", Exact),
    // Powers.
    rule("power-one", "(^ ?a 1)", "?a", Always),
    rule("power-zero", "(^ ?a 0)", "1", Always),
    rule("square-of-minus", "(^ (neg ?a) 2)", "(^ ?a 2)", Always),
    // The stable forms: what is typed as on paper is computed without overflow.
    rule("exp-from-power", "(^ 2.718281828459045 ?a)", "(exp ?a)", NotNumber),
    rule("log-of-exp", "(log (exp ?a))", "?a", Always),
    rule("sigmoid-from-exp", "(/ 1 (+ 1 (exp ?a)))", "(sigmoid (neg ?a))", Always),
    rule("sigmoid-from-exp-2", "(/ 1 (+ (exp ?a) 1))", "(sigmoid (neg ?a))", Always),
    rule("sigmoid-from-ratio", "(/ (exp ?a) (+ 1 (exp ?a)))", "(sigmoid ?a)", Always),
    rule("sigmoid-from-ratio-2", "(/ (exp ?a) (+ (exp ?a) 1))", "(sigmoid ?a)", Always),
    // Also -1/(1 + e^a), which 1 - sigmoid becomes, and a/(1 + e^-a).
    rule("over-one-plus-exp", "(/ ?b (+ 1 (exp ?a)))", "(* ?b (sigmoid (neg ?a)))", Always),
    rule("over-one-plus-exp-2", "(/ ?b (+ (exp ?a) 1))", "(* ?b (sigmoid (neg ?a)))", Always),
    rule(
        "tanh-from-exp",
        "(/ (+ (exp ?a) (neg (exp (neg ?a)))) (+ (exp ?a) (exp (neg ?a))))",
        "(tanh ?a)",
        Always,
    ),
    rule("tanh-from-ratio", "(/ (+ (exp (* 2 ?a)) -1) (+ (exp (* 2 ?a)) 1))", "(tanh ?a)", Always),
    rule("tanh-from-ratio-2", "(/ (+ 1 (neg (exp (* -2 ?a)))) (+ 1 (exp (* -2 ?a))))", "(tanh ?a)", Always),
    rule("softplus-from-exp", "(log (+ 1 (exp ?a)))", "(softplus ?a)", Always),
    rule("softplus-from-exp-2", "(log (+ (exp ?a) 1))", "(softplus ?a)", Always),
    rule("log-of-sigmoid", "(log (sigmoid ?a))", "(neg (softplus (neg ?a)))", Always),
    rule("log-of-one-minus-sigmoid", "(log (+ 1 (neg (sigmoid ?a))))", "(neg (softplus ?a))", Always),
    // Cross-entropy of a sigmoid: the two halves of the slope are sigmoid minus target.
    rule(
        "logistic-delta",
        "(+ (neg (* (* ?g ?y) (sigmoid (neg ?z)))) (* (* ?g (+ 1 (neg ?y))) (sigmoid ?z)))",
        "(* ?g (+ (sigmoid ?z) (neg ?y)))",
        Always,
    ),
    rule(
        "logistic-delta-2",
        "(+ (* (* ?g (+ 1 (neg ?y))) (sigmoid ?z)) (neg (* (* ?g ?y) (sigmoid (neg ?z)))))",
        "(* ?g (+ (sigmoid ?z) (neg ?y)))",
        Always,
    ),
    rule(
        "logistic-delta-over",
        "(+ (neg (* (/ ?y ?n) (sigmoid (neg ?z)))) (* (/ (+ 1 (neg ?y)) ?n) (sigmoid ?z)))",
        "(/ (+ (sigmoid ?z) (neg ?y)) ?n)",
        Always,
    ),
    rule(
        "logistic-delta-over-2",
        "(+ (* (/ (+ 1 (neg ?y)) ?n) (sigmoid ?z)) (neg (* (/ ?y ?n) (sigmoid (neg ?z)))))",
        "(/ (+ (sigmoid ?z) (neg ?y)) ?n)",
        Always,
    ),
    rule(
        "logistic-delta-one",
        "(+ (neg (* ?y (sigmoid (neg ?z)))) (* (+ 1 (neg ?y)) (sigmoid ?z)))",
        "(+ (sigmoid ?z) (neg ?y))",
        Always,
    ),
    rule(
        "logistic-delta-one-2",
        "(+ (* (+ 1 (neg ?y)) (sigmoid ?z)) (neg (* ?y (sigmoid (neg ?z)))))",
        "(+ (sigmoid ?z) (neg ?y))",
        Always,
    ),
    // Kinks and choices.
    rule("relu-from-max", "(max ?a 0)", "(select ?a ?a 0)", Always),
    rule("relu-from-max-2", "(max 0 ?a)", "(select ?a ?a 0)", Always),
    rule("select-same", "(select ?c ?a ?a)", "?a", Always),
    rule("select-twice", "(select ?c (select ?c ?a ?b) ?d)", "(select ?c ?a ?d)", Always),
    rule("select-twice-else", "(select ?c ?a (select ?c ?b ?d))", "(select ?c ?a ?d)", Always),
    rule("abs-of-minus", "(abs (neg ?a))", "(abs ?a)", Always),
    // Matrices.
    rule("transpose-twice", "(transpose (transpose ?a))", "?a", Always),
];
