//! Printed text is read by a tiny evaluator, which must find what the oracle finds.

use super::*;

/// Reads and evaluates text with the precedences of the model language.
struct Text<'a> {
    rest: &'a str,
    values: [f64; 3],
    rows: f64,
}

impl Text<'_> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(token).map(|rest| self.rest = rest).is_some()
    }

    fn sum(&mut self) -> f64 {
        let mut total = self.signed();
        loop {
            if self.eat("+") {
                total += self.product();
            } else if self.eat("-") {
                total -= self.product();
            } else {
                return total;
            }
        }
    }

    fn signed(&mut self) -> f64 {
        if self.eat("-") { -self.product() } else { self.product() }
    }

    fn product(&mut self) -> f64 {
        let mut total = self.power();
        loop {
            if self.eat("*") {
                total *= self.power();
            } else if self.eat("/") {
                total /= self.power();
            } else {
                return total;
            }
        }
    }

    fn power(&mut self) -> f64 {
        let base = self.atom();
        if self.eat("^") { base.powf(self.power()) } else { base }
    }

    fn atom(&mut self) -> f64 {
        if self.eat("(") {
            let inner = self.sum();
            assert!(self.eat(")"), "a parenthesis is missing before {}", self.rest);
            return inner;
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number();
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        match name {
            "a" => self.values[0],
            "b" => self.values[1],
            "c" => self.values[2],
            "n" => self.rows,
            function => self.call(function),
        }
    }

    fn number(&mut self) -> f64 {
        let is_part = |at: usize, c: char| {
            c.is_ascii_digit() || c == '.' || c == 'e' || (c == '-' && self.rest[..at].ends_with('e'))
        };
        let end = self.rest.char_indices().find(|&(at, c)| !is_part(at, c));
        let end = end.map_or(self.rest.len(), |(at, _)| at);
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse().unwrap()
    }

    fn call(&mut self, name: &str) -> f64 {
        assert!(self.eat("("), "{name} is called, not followed by {}", self.rest);
        let mut a = vec![self.sum()];
        while self.eat(",") {
            a.push(self.sum());
        }
        assert!(self.eat(")"), "a parenthesis is missing before {}", self.rest);
        let oracle = |f: Function| crate::oracle::apply(f, a[0]);
        match name {
            "select" => {
                if a[0] > 0.0 {
                    a[1]
                } else {
                    a[2]
                }
            }
            "relu" => {
                if a[0] > 0.0 {
                    a[0]
                } else {
                    0.0
                }
            }
            "max" => crate::oracle::combine(Zip::Max, a[0], a[1]),
            "min" => crate::oracle::combine(Zip::Min, a[0], a[1]),
            other => oracle(*Function::ALL.iter().find(|f| f.name() == other).unwrap()),
        }
    }
}

/// How to build a term from earlier ones: an operation and which ones.
type Step = (u8, usize, usize, usize);

/// Builds every step on what the earlier ones built; the depth of a term is at most 6.
fn build(desk: &mut Desk, steps: &[Step]) -> Term {
    let mut made = vec![desk.n("a"), desk.n("b"), desk.n("c"), desk.rows()];
    for value in [0.0, 1.0, 2.0, -2.0, 0.1, -1e-20, 3.5] {
        let constant = desk.c(value);
        made.push(constant);
    }
    let mut depth = vec![0; made.len()];
    for &(kind, i, j, k) in steps {
        let pick = |index: usize| index % made.len();
        let (i, j, k) = (pick(i), pick(j), pick(k));
        let (a, b, c) = (made[i], made[j], made[k]);
        let deep = 1 + depth[i].max(depth[j]).max(depth[k]);
        if deep > 6 {
            continue;
        }
        let zips = [Zip::Add, Zip::Mul, Zip::Div, Zip::Pow, Zip::Max, Zip::Min];
        made.push(match kind {
            0..=17 => desk.zip(zips[usize::from(kind) % 6], a, b),
            18..=30 => desk.arena.make(Op::Map(Function::ALL[usize::from(kind) - 18], a)),
            31..=34 => desk.arena.neg(a),
            35..=38 => desk.sub(a, b),
            39 => desk.arena.make(Op::Select(a, b, c)),
            _ => desk.f("relu", &[a]),
        });
        depth.push(deep);
    }
    made[made.len() - 1]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn text_means_what_the_term_means(
        steps in prop::collection::vec((0u8..41, 0usize..60, 0usize..60, 0usize..60), 1..25),
        values in prop::array::uniform3(-2.0f64..2.0),
    ) {
        let mut desk = Desk::default();
        let term = build(&mut desk, &steps);
        let mut bindings = Bindings::new(4);
        for (index, value) in values.iter().enumerate() {
            bindings.bind(crate::arena::SymbolId(u32::try_from(index).unwrap()), vec![*value]);
        }
        let expected = evaluate(&desk.arena, &[term], &bindings).unwrap()[0].data[0];
        let printed = expression(&desk.arena, term, &desk.names, Notation::Text);
        let mut text = Text { rest: &printed, values, rows: 4.0 };
        let found = text.sum();
        prop_assert_eq!(text.rest.trim(), "", "all of it is read");
        let close = (found - expected).abs() <= 1e-12 * (1.0 + expected.abs());
        prop_assert!(
            close || found == expected || (found.is_nan() && expected.is_nan()),
            "{} is {}, not {}", printed, expected, found
        );
    }
}
