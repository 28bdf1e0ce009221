//! A simplified term is the same term, only shorter.

use whygrad::expr::oracle::evaluate;
use whygrad::expr::print::{Names, Notation, expression};
use whygrad::expr::simplify::Simplifier;

use crate::case::none_wrong;
use crate::draw::Draw;
use crate::terms;

/// How many terms.
const TERMS: u64 = 20_000;

#[test]
fn simplifying_keeps_the_value_and_the_dims() {
    let (mut wrong, mut finite) = (vec![], 0);
    for seed in 0..TERMS {
        let mut draw = Draw::of(seed);
        let (mut arena, leaves) = terms::leaves();
        let size = draw.between(1, 14);
        let raw = terms::random(&mut arena, &leaves, &mut draw, size);
        let simple = Simplifier::new(&mut arena).simplify(raw);
        let again = Simplifier::new(&mut arena).simplify(simple);
        let show = |term| expression(&arena, term, &Names::new(), Notation::Text);
        let mut fail = |what: String| {
            wrong.push(format!("seed {seed}: {what}\n  raw     {}\n  simple  {}", show(raw), show(simple)));
        };
        if arena.dims(raw) != arena.dims(simple) {
            fail(format!("{} became {}", arena.dims(raw), arena.dims(simple)));
            continue;
        }
        let rows = draw.between(1, 3);
        let (bindings, values) = terms::bindings(&arena, &mut draw, rows);
        let all = evaluate(&arena, &arena.reachable(&[raw]), &bindings).unwrap();
        if !all.iter().all(|v| v.data.iter().all(|x| x.is_finite())) {
            continue;
        }
        finite += 1;
        // Rounding may grow by what the term computes with on the way.
        let size = all.iter().flat_map(|v| &v.data).fold(1.0, |most: f64, x| most.max(x.abs()));
        for (term, what) in [(simple, "once"), (again, "twice")] {
            let pair = evaluate(&arena, &[raw, term], &bindings).unwrap();
            let len = arena.dims(raw).len();
            for (row, entry) in (0..rows).flat_map(|row| (0..len).map(move |entry| (row, entry))) {
                let (before, after) = (pair[0].at(row, entry), pair[1].at(row, entry));
                let close = (before - after).abs() <= 1e-11 * before.abs() + 1e-12 * size;
                if !close {
                    fail(format!("{before:e} became {after:e} simplified {what}, at {values:?}"));
                    break;
                }
            }
        }
    }
    println!("{TERMS} terms, {finite} finite");
    none_wrong(&wrong);
    assert!(2 * finite > TERMS);
}
