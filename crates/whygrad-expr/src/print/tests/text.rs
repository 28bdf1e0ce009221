//! Text reads back to the term it was printed from, and has no parentheses to spare.

use proptest::prelude::*;

use super::*;
use crate::arena::SymbolId;
use crate::op::{Function, Op, Zip};
use crate::oracle::{Bindings, evaluate};

#[track_caller]
fn unchanged(texts: &[&str]) {
    for text in texts {
        check(Notation::Text, text, text);
    }
}

#[test]
fn the_grouping_is_kept() {
    unchanged(&["a + b - c", "a + (b + c)", "a - (b - c)", "(a + b)*c", "a*b/c", "a*(b/c)", "a/(b*c)"]);
    unchanged(&["a^b^c", "(a^b)^c", "c^(a*b)", "-a^b", "(-a)^b", "(-a)*b", "-a*b", "-(a + b)", "-b + a"]);
    unchanged(&["a*(-b)", "a - b*c", "a + (-b)*c", "a^(-b)", "1 - a", "(a + b)^2", "-(-a)*b"]);
    check(Notation::Text, "((a)*(b)) + ((c))", "a*b + c");
}

#[test]
fn the_leading_number_takes_the_minus() {
    unchanged(&["-2*a", "a*(-2)", "(-2)^a", "a^(-2)", "a - 2", "a - 2*b", "a - 2/n*b", "-2/n*a"]);
    unchanged(&["a*(-2/n*b)", "-2 + a", "-2^a", "max(-2, a)", "a/(-3)", "a - 1/b"]);
    check(Notation::Text, "a - (-2*b)", "a + 2*b");
}

#[test]
fn numbers_are_short_and_exact() {
    unchanged(&["0.1", "-0.1", "3", "1e-20", "1.5e300", "0.00001", "1000000", "0.30000000000000004", "0"]);
    check(Notation::Text, "3.0", "3");
    let mut desk = Desk::default();
    let infinite = desk.arena.constant(f64::NEG_INFINITY);
    assert_eq!(desk.print(infinite, Notation::Text), "-inf");
}

#[test]
fn composed_forms_have_their_names() {
    unchanged(&["relu(z)", "softmax(z)", "select(z, z, 0.01*z)", "max(a, b)", "min(a, b + c)"]);
    unchanged(&["sum(z)", "sum(y)", "sum(W)", "sum_rows(z)", "sum_outputs(z)", "logsumexp(z)"]);
    unchanged(&["tanh(a)^2", "sigmoid(a)*(1 - sigmoid(a))", "sqrt(a + b)", "exp(-a^2)", "log(a)"]);
    check(Notation::Text, "mse(z, x)", "sum((z - x)^2)/(3*n)");
    check(Notation::Text, "mean(y)", "sum(y)/n");
}

#[test]
fn matrices_have_their_products_and_entries() {
    unchanged(&["W @ x + b", "transpose(W) @ delta", "(W @ x)*x", "W @ (V @ x)", "-W @ x", "x - W @ x"]);
    unchanged(&["outer(delta, x)", "W[1,2]", "x[1]", "p2", "(x + x)[1]", "(W @ x)[0]", "(2*W) @ x"]);
    unchanged(&["place(a, 1, 2, 3, 3)", "place(a, 2, 3)", "fill(a, 3)", "fill(a, 2, 3)", "x/(W @ x)"]);
}

/// How to build a term from earlier ones: an operation and which ones.
type Step = (u8, usize, usize, usize);

/// Builds every step on what the earlier ones built; the depth of a term is at most 6. A raw
/// minus is one that did not move into the leading number: no text says it.
fn build(desk: &mut Desk, steps: &[Step], raw_minus: bool) -> Term {
    let words = ["a", "b", "c", "n", "0", "1", "2", "-2", "0.1", "-1e-20", "3.5"];
    let mut made: Vec<Term> = words.iter().map(|word| desk.read(word)).collect();
    let mut depth = vec![0; made.len()];
    for &(kind, i, j, k) in steps {
        // The later ones are the deeper ones.
        let pick = |index: usize| made.len() - 1 - index % made.len();
        let (i, j, k) = (pick(i), pick(j), pick(k));
        let (a, b, c) = (made[i], made[j], made[k]);
        let deep = 1 + depth[i].max(depth[j]).max(depth[k]);
        if deep > 6 {
            continue;
        }
        let zips = [Zip::Add, Zip::Mul, Zip::Div, Zip::Pow, Zip::Max, Zip::Min];
        made.push(match kind {
            0..=17 => desk.zip(zips[usize::from(kind) % 6], a, b),
            18 if raw_minus => desk.arena.make(Op::Map(Function::Neg, a)),
            18..=30 => desk.arena.map(Function::ALL[usize::from(kind) - 18], a),
            31..=34 => desk.arena.neg(a),
            35..=38 => desk.sub(a, b),
            39 => desk.arena.make(Op::Select(a, b, c)),
            _ => desk.call("relu", &[a]),
        });
        depth.push(deep);
    }
    made[made.len() - 1]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn text_reads_back_to_the_same_term(
        steps in prop::collection::vec((0u8..41, 0usize..60, 0usize..60, 0usize..60), 1..25),
        values in prop::array::uniform3(-2.0f64..2.0),
        raw_minus in any::<bool>(),
    ) {
        let mut desk = Desk::default();
        let term = build(&mut desk, &steps, raw_minus);
        let printed = desk.print(term, Notation::Text);
        let read = desk.read(&printed);
        prop_assert!(raw_minus || term == read, "{} reads as another term", printed);
        let mut bindings = Bindings::new(4);
        for (index, value) in values.iter().enumerate() {
            bindings.bind(SymbolId(u32::try_from(index).unwrap()), vec![*value]);
        }
        // Text has one zero, so that 1/-0 reads as 1/0: a raw minus is compared where nothing is infinite.
        let parts = desk.arena.reachable(&[term]);
        let parts = evaluate(&desk.arena, &parts, &bindings).unwrap();
        if raw_minus && parts.iter().any(|part| !part.data[0].is_finite()) {
            return Ok(());
        }
        let found = evaluate(&desk.arena, &[term, read], &bindings).unwrap();
        let (expected, found) = (found[0].data[0], found[1].data[0]);
        let close = (found - expected).abs() <= 1e-12 * (1.0 + expected.abs());
        prop_assert!(
            close || found == expected || (found.is_nan() && expected.is_nan()),
            "{} is {}, not {}", printed, expected, found
        );
    }
}
