//! What terms look like, and that text means what it says.

use proptest::prelude::*;

use super::{Names, Notation, expression, name};
use crate::arena::{Arena, Symbol, SymbolKind, Term};
use crate::functions::{apply, find};
use crate::op::{Function, Op, Zip};
use crate::oracle::{Bindings, evaluate};
use crate::shape::{Dims, Shape};

mod reading;

/// An arena with a tiny language for building terms.
#[derive(Default)]
struct Desk {
    arena: Arena,
    names: Names,
}

impl Desk {
    fn leaf(&mut self, name: &str, per_row: bool, dims: Dims, entries: &[&str]) -> Term {
        let known = self.arena.symbols().iter().position(|s| s.name == name);
        let id = match known {
            Some(at) => crate::arena::SymbolId(u32::try_from(at).unwrap()),
            None => self.arena.symbol(Symbol {
                name: name.into(),
                kind: SymbolKind::Parameter,
                shape: Shape { per_row, dims },
                entries: entries.iter().map(|&e| e.to_owned()).collect(),
            }),
        };
        self.arena.leaf(id)
    }
    /// A number for all rows.
    fn n(&mut self, name: &str) -> Term {
        self.leaf(name, false, Dims::Scalar, &[])
    }
    /// A number for each row.
    fn row(&mut self, name: &str) -> Term {
        self.leaf(name, true, Dims::Scalar, &[])
    }
    /// Three numbers for each row.
    fn v(&mut self, name: &str) -> Term {
        self.leaf(name, true, Dims::Vector(3), &[])
    }
    /// A matrix of 3 rows and 3 columns.
    fn m(&mut self, name: &str) -> Term {
        self.leaf(name, false, Dims::Matrix(3, 3), &[])
    }
    fn c(&mut self, value: f64) -> Term {
        self.arena.constant(value)
    }
    fn rows(&mut self) -> Term {
        self.arena.make(Op::RowCount)
    }
    fn zip(&mut self, zip: Zip, a: Term, b: Term) -> Term {
        self.arena.make(Op::Zip(zip, a, b))
    }
    fn add(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Add, a, b)
    }
    fn sub(&mut self, a: Term, b: Term) -> Term {
        let minus = self.arena.neg(b);
        self.add(a, minus)
    }
    fn mul(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Mul, a, b)
    }
    fn div(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Div, a, b)
    }
    fn pow(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Pow, a, b)
    }
    fn f(&mut self, name: &str, arguments: &[Term]) -> Term {
        apply(&mut self.arena, find(name).unwrap(), arguments).unwrap()
    }
    /// -2/n*e
    fn slope(&mut self, e: Term) -> Term {
        let (two, n) = (self.c(-2.0), self.rows());
        let quotient = self.div(two, n);
        self.mul(quotient, e)
    }
}

#[track_caller]
fn check(notation: Notation, build: impl FnOnce(&mut Desk) -> Term, expected: &str) {
    let mut desk = Desk::default();
    let term = build(&mut desk);
    assert_eq!(expression(&desk.arena, term, &desk.names, notation), expected);
}

#[track_caller]
fn text(build: impl FnOnce(&mut Desk) -> Term, expected: &str) {
    check(Notation::Text, build, expected);
}

#[track_caller]
fn latex(build: impl FnOnce(&mut Desk) -> Term, expected: &str) {
    check(Notation::Latex, build, expected);
}

#[track_caller]
fn mathml(build: impl FnOnce(&mut Desk) -> Term, expected: &str) {
    check(Notation::MathMl, build, expected);
}

/// Builds over the leaves a, b and c.
fn abc(build: impl FnOnce(&mut Desk, Term, Term, Term) -> Term) -> impl FnOnce(&mut Desk) -> Term {
    move |d| {
        let (a, b, c) = (d.n("a"), d.n("b"), d.n("c"));
        build(d, a, b, c)
    }
}

#[test]
fn text_keeps_the_grouping_with_the_fewest_parentheses() {
    text(
        abc(|d, a, b, c| {
            let s = d.add(a, b);
            d.sub(s, c)
        }),
        "a + b - c",
    );
    text(
        abc(|d, a, b, c| {
            let s = d.add(b, c);
            d.add(a, s)
        }),
        "a + (b + c)",
    );
    text(
        abc(|d, a, b, c| {
            let s = d.sub(b, c);
            d.sub(a, s)
        }),
        "a - (b - c)",
    );
    text(
        abc(|d, a, b, c| {
            let s = d.add(a, b);
            d.mul(s, c)
        }),
        "(a + b)*c",
    );
    text(
        abc(|d, a, b, c| {
            let p = d.mul(a, b);
            d.div(p, c)
        }),
        "a*b/c",
    );
    text(
        abc(|d, a, b, c| {
            let p = d.div(b, c);
            d.mul(a, p)
        }),
        "a*(b/c)",
    );
    text(
        abc(|d, a, b, c| {
            let p = d.pow(b, c);
            d.pow(a, p)
        }),
        "a^b^c",
    );
    text(
        abc(|d, a, b, c| {
            let p = d.pow(a, b);
            d.pow(p, c)
        }),
        "(a^b)^c",
    );
    text(
        abc(|d, a, b, c| {
            let p = d.mul(a, b);
            d.pow(c, p)
        }),
        "c^(a*b)",
    );
    text(
        abc(|d, a, b, _| {
            let p = d.pow(a, b);
            d.arena.neg(p)
        }),
        "-a^b",
    );
    text(
        abc(|d, a, b, _| {
            let m = d.arena.neg(a);
            d.pow(m, b)
        }),
        "(-a)^b",
    );
    text(
        abc(|d, a, b, _| {
            let m = d.arena.neg(a);
            d.mul(m, b)
        }),
        "(-a)*b",
    );
    text(
        abc(|d, a, b, _| {
            let p = d.mul(a, b);
            d.arena.neg(p)
        }),
        "-a*b",
    );
    text(
        abc(|d, a, b, _| {
            let s = d.add(a, b);
            d.arena.neg(s)
        }),
        "-(a + b)",
    );
    text(
        abc(|d, a, b, _| {
            let m = d.arena.neg(b);
            d.add(m, a)
        }),
        "-b + a",
    );
}

#[test]
fn text_pulls_a_minus_out_of_the_leading_number() {
    text(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.mul(n, a)
        }),
        "-2*a",
    );
    text(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.mul(a, n)
        }),
        "a*(-2)",
    );
    text(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.pow(n, a)
        }),
        "(-2)^a",
    );
    text(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.pow(a, n)
        }),
        "a^(-2)",
    );
    text(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.add(a, n)
        }),
        "a - 2",
    );
    text(
        abc(|d, a, b, _| {
            let n = d.c(-2.0);
            let p = d.mul(n, b);
            d.add(a, p)
        }),
        "a - 2*b",
    );
    text(
        abc(|d, a, b, _| {
            let p = d.slope(b);
            d.add(a, p)
        }),
        "a - 2/n*b",
    );
    text(abc(|d, a, _, _| d.slope(a)), "-2/n*a");
    text(
        abc(|d, a, b, _| {
            let p = d.slope(b);
            d.mul(a, p)
        }),
        "a*(-2/n*b)",
    );
    text(|d| d.c(-0.1), "-0.1");
    text(|d| d.c(1e-20), "1e-20");
    text(|d| d.c(3.0), "3");
    text(|d| d.c(1.5e300), "1.5e300");
}

#[test]
fn text_names_composed_forms() {
    text(
        |d| {
            let z = d.v("z");
            d.f("relu", &[z])
        },
        "relu(z)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.f("softmax", &[z])
        },
        "softmax(z)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.f("leaky_relu", &[z])
        },
        "select(z, z, 0.01*z)",
    );
    text(
        |d| {
            let (a, b) = (d.n("a"), d.n("b"));
            d.f("max", &[a, b])
        },
        "max(a, b)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.f("sum", &[z])
        },
        "sum(z)",
    );
    text(
        |d| {
            let z = d.row("z");
            d.f("sum", &[z])
        },
        "sum(z)",
    );
    text(
        |d| {
            let z = d.m("W");
            d.f("sum", &[z])
        },
        "sum(W)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.arena.sum_rows(z)
        },
        "sum_rows(z)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.f("sum_outputs", &[z])
        },
        "sum_outputs(z)",
    );
    text(
        |d| {
            let z = d.v("z");
            d.f("logsumexp", &[z])
        },
        "logsumexp(z)",
    );
    text(
        |d| {
            let (y, t) = (d.v("y"), d.v("t"));
            d.f("mse", &[y, t])
        },
        "sum((y - t)^2)/(3*n)",
    );
}

#[test]
fn text_writes_matrices() {
    let layer = |d: &mut Desk| {
        let (w, x, b) = (d.m("W"), d.v("x"), d.v("b"));
        let z = d.arena.make(Op::MatVec(w, x));
        d.add(z, b)
    };
    text(layer, "W @ x + b");
    text(
        |d| {
            let (w, x) = (d.m("W"), d.v("x"));
            let t = d.arena.make(Op::Transpose(w));
            d.arena.make(Op::MatVec(t, x))
        },
        "transpose(W) @ x",
    );
    text(
        |d| {
            let (w, x) = (d.m("W"), d.v("x"));
            let p = d.arena.make(Op::MatVec(w, x));
            d.mul(p, x)
        },
        "(W @ x)*x",
    );
    text(
        |d| {
            let (a, x) = (d.v("a"), d.v("x"));
            d.arena.make(Op::Outer(a, x))
        },
        "outer(a, x)",
    );
    text(
        |d| {
            let w = d.m("W");
            d.arena.make(Op::Pick(w, 5))
        },
        "W[1,2]",
    );
    text(
        |d| {
            let x = d.v("x");
            d.arena.make(Op::Pick(x, 1))
        },
        "x[1]",
    );
    text(
        |d| {
            let x = d.leaf("x", true, Dims::Vector(2), &["x1", "x2"]);
            d.arena.make(Op::Pick(x, 1))
        },
        "x2",
    );
    text(
        |d| {
            let x = d.v("x");
            let s = d.add(x, x);
            d.arena.make(Op::Pick(s, 1))
        },
        "(x + x)[1]",
    );
    text(
        |d| {
            let a = d.n("a");
            d.arena.make(Op::Place(a, 5, Dims::Matrix(3, 3)))
        },
        "place(a, 1, 2, 3, 3)",
    );
    text(
        |d| {
            let a = d.n("a");
            d.arena.make(Op::Fill(a, Dims::Vector(3)))
        },
        "fill(a, 3)",
    );
}

#[test]
fn parts_print_as_their_names_and_the_root_is_written_out() {
    let build = |d: &mut Desk| {
        let (a, b) = (d.n("a"), d.n("b"));
        let part = d.slope(a);
        let root = d.sub(b, part);
        d.names.insert(part, "delta_out");
        d.names.insert(root, "root");
        root
    };
    text(build, "b + 2/n*a");
    let build = |d: &mut Desk| {
        let (a, b) = (d.n("a"), d.n("b"));
        let part = d.slope(a);
        let root = d.add(b, part);
        d.names.insert(part, "delta_out");
        d.names.insert(root, "root");
        root
    };
    text(build, "b + delta_out");
    latex(build, "b+\\delta_{\\mathrm{out}}");
}

#[test]
fn names_in_latex() {
    let check = |from: &str, to: &str| assert_eq!(name(from, Notation::Latex), to, "{from}");
    check("w1", "w_{1}");
    check("w11", "w_{11}");
    check("y_hat", "\\hat{y}");
    check("y_hat1", "\\hat{y}_{1}");
    check("y_hat[1]", "\\hat{y}_{1}");
    check("w1_hat", "\\hat{w}_{1}");
    check("delta1", "\\delta_{1}");
    check("delta_hidden", "\\delta_{\\mathrm{hidden}}");
    check("delta_out", "\\delta_{\\mathrm{out}}");
    check("delta_w1", "\\delta_{w_{1}}");
    check("theta0", "\\theta_{0}");
    check("hidden.W", "W_{\\mathrm{hidden}}");
    check("hidden.W[0,1]", "W_{\\mathrm{hidden},01}");
    check("hidden.W[0,12]", "W_{\\mathrm{hidden},0,12}");
    check("y_hat.b", "b_{\\hat{y}}");
    check("z_hidden", "z_{\\mathrm{hidden}}");
    check("x[1]", "x_{1}");
    check("ŷ", "\\hat{y}");
    check("ŷ₁", "\\hat{y}_{1}");
    check("σ", "\\sigma");
    check("θ₂", "\\theta_{2}");
    check("w₁", "w_{1}");
    check("TH", "\\mathrm{TH}");
    check("learning_rate", "\\mathrm{learning\\_rate}");
    check("hidden1.b", "b_{\\mathrm{hidden}_{1}}");
    check("größe", "\\text{größe}");
    assert_eq!(name("hidden.W", Notation::Text), "hidden.W");
}

#[test]
fn names_in_mathml() {
    let check = |from: &str, to: &str| assert_eq!(name(from, Notation::MathMl), to, "{from}");
    check("w1", "<msub><mi>w</mi><mn>1</mn></msub>");
    check("y_hat", "<mover accent=\"true\"><mi>y</mi><mo>^</mo></mover>");
    check("delta_out", "<msub><mi>δ</mi><mi mathvariant=\"normal\">out</mi></msub>");
    check(
        "hidden.W[0,1]",
        "<msub><mi>W</mi><mrow><mi mathvariant=\"normal\">hidden</mi><mo>,</mo><mn>01</mn></mrow></msub>",
    );
    check("a<b", "<mi mathvariant=\"normal\">a&lt;b</mi>");
}

#[test]
fn latex_of_scalars() {
    latex(
        abc(|d, a, b, c| {
            let p = d.mul(a, b);
            d.div(p, c)
        }),
        "\\frac{ab}{c}",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.div(a, b);
            d.div(p, c)
        }),
        "\\frac{a}{bc}",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.div(a, b);
            d.mul(p, c)
        }),
        "\\frac{a}{b}c",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.mul(b, c);
            d.mul(a, p)
        }),
        "abc",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.add(b, c);
            d.add(a, p)
        }),
        "a+b+c",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.add(b, c);
            d.sub(a, p)
        }),
        "a-(b+c)",
    );
    latex(
        abc(|d, a, b, c| {
            let p = d.add(b, c);
            d.mul(a, p)
        }),
        "a(b+c)",
    );
    latex(
        abc(|d, a, b, c| {
            let q = d.div(b, c);
            let p = d.add(a, q);
            d.mul(a, p)
        }),
        "a\\left(a+\\frac{b}{c}\\right)",
    );
    latex(
        abc(|d, a, _, _| {
            let n = d.c(2.0);
            d.mul(a, n)
        }),
        "a\\cdot2",
    );
    latex(
        abc(|d, a, _, _| {
            let n = d.c(-2.0);
            d.mul(a, n)
        }),
        "a\\cdot(-2)",
    );
    latex(
        abc(|d, a, _, _| {
            let n = d.c(2.0);
            d.pow(a, n)
        }),
        "a^2",
    );
    latex(
        abc(|d, a, b, _| {
            let n = d.c(-2.0);
            let p = d.pow(a, n);
            d.mul(p, b)
        }),
        "a^{-2}b",
    );
    latex(
        |d| {
            let (a, b) = (d.n("sigma"), d.n("x"));
            d.mul(a, b)
        },
        "\\sigma x",
    );
    latex(
        |d| {
            let (a, b) = (d.n("rate"), d.n("TH"));
            d.mul(a, b)
        },
        "\\mathrm{rate}\\,\\mathrm{TH}",
    );
    latex(
        |d| {
            let a = d.c(3e-7);
            let b = d.n("x");
            d.mul(a, b)
        },
        "3\\cdot10^{-7}x",
    );
    latex(
        |d| {
            let a = d.n("a1");
            let one = d.c(1.0);
            d.sub(one, a)
        },
        "1-a_{1}",
    );
}

#[test]
fn latex_of_functions() {
    let of = |f: &'static str| abc(move |d, a, _, _| d.f(f, &[a]));
    latex(of("exp"), "e^a");
    latex(of("log"), "\\ln(a)");
    latex(of("tanh"), "\\tanh(a)");
    latex(of("sigmoid"), "\\sigma(a)");
    latex(of("sqrt"), "\\sqrt{a}");
    latex(of("abs"), "\\left|a\\right|");
    latex(of("relu"), "\\operatorname{relu}(a)");
    latex(of("step"), "\\begin{cases}1&a>0\\\\0&\\text{else}\\end{cases}");
    latex(of("gaussian"), "e^{-a^2}");
    latex(
        abc(|d, a, b, _| {
            let q = d.div(a, b);
            d.f("exp", &[q])
        }),
        "\\exp\\left(\\frac{a}{b}\\right)",
    );
    latex(
        abc(|d, a, _, _| {
            let t = d.f("tanh", &[a]);
            let two = d.c(2.0);
            d.pow(t, two)
        }),
        "\\tanh(a)^2",
    );
    latex(
        abc(|d, a, _, _| {
            let t = d.f("exp", &[a]);
            let two = d.c(2.0);
            d.pow(t, two)
        }),
        "(e^a)^2",
    );
    latex(
        abc(|d, a, b, _| {
            let t = d.f("step", &[a]);
            d.mul(t, b)
        }),
        "\\left(\\begin{cases}1&a>0\\\\0&\\text{else}\\end{cases}\\right)b",
    );
}

#[test]
fn latex_of_sums_and_matrices() {
    let gradient = |d: &mut Desk| {
        let (y, y_hat, x) = (d.row("y"), d.row("y_hat"), d.row("x1"));
        let e = d.sub(y, y_hat);
        let p = d.slope(e);
        let p = d.mul(p, x);
        d.f("sum", &[p])
    };
    latex(gradient, "-\\frac{2}{n}\\sum(y-\\hat{y})x_{1}");
    text(gradient, "sum(-2/n*(y - y_hat)*x1)");
    latex(
        |d| {
            let a = d.n("a");
            let g = gradient(d);
            d.add(a, g)
        },
        "a-\\frac{2}{n}\\sum(y-\\hat{y})x_{1}",
    );
    latex(
        |d| {
            let a = d.n("a");
            let g = gradient(d);
            d.mul(a, g)
        },
        "a\\left(-\\frac{2}{n}\\sum(y-\\hat{y})x_{1}\\right)",
    );
    latex(
        |d| {
            let y = d.row("y");
            let s = d.f("sum", &[y]);
            let b = d.n("b");
            d.mul(s, b)
        },
        "(\\sum y)b",
    );
    latex(
        |d| {
            let y = d.v("y");
            let s = d.arena.neg(y);
            d.f("sum", &[s])
        },
        "-\\sum y",
    );
    latex(
        |d| {
            let (y, t) = (d.v("y"), d.v("t"));
            d.f("mse", &[y, t])
        },
        "\\frac{\\sum(y-t)^2}{3n}",
    );
    latex(
        |d| {
            let y = d.v("y");
            d.arena.sum_rows(y)
        },
        "\\sum_iy",
    );
    latex(
        |d| {
            let y = d.v("y");
            d.f("sum_outputs", &[y])
        },
        "\\sum_ky",
    );
    latex(
        |d| {
            let (a, b) = (d.v("a"), d.v("b"));
            d.mul(a, b)
        },
        "a\\odot b",
    );
    latex(
        |d| {
            let (w, x, b) = (d.m("W"), d.v("x"), d.v("b"));
            let z = d.arena.make(Op::MatVec(w, x));
            d.add(z, b)
        },
        "Wx+b",
    );
    latex(
        |d| {
            let (w, x) = (d.m("W"), d.v("delta"));
            let t = d.arena.make(Op::Transpose(w));
            d.arena.make(Op::MatVec(t, x))
        },
        "W^{\\top}\\delta",
    );
    latex(
        |d| {
            let (a, x) = (d.v("delta"), d.v("x"));
            d.arena.make(Op::Outer(a, x))
        },
        "\\delta x^{\\top}",
    );
    latex(
        |d| {
            let (w, a, b) = (d.m("W"), d.v("a"), d.v("b"));
            let p = d.mul(a, b);
            d.arena.make(Op::MatVec(w, p))
        },
        "W(a\\odot b)",
    );
    latex(
        |d| {
            let (w, a) = (d.m("W"), d.v("a"));
            let p = d.arena.make(Op::MatVec(w, a));
            d.arena.make(Op::Pick(p, 1))
        },
        "(Wa)_1",
    );
    latex(
        |d| {
            let a = d.n("a");
            d.arena.make(Op::Fill(a, Dims::Vector(3)))
        },
        "a\\mathbf{1}",
    );
    latex(
        |d| {
            let a = d.n("a");
            d.arena.make(Op::Place(a, 5, Dims::Matrix(3, 3)))
        },
        "a\\mathbf{E}_{12}",
    );
}

#[test]
fn mathml_of_terms() {
    mathml(
        abc(|d, a, b, c| {
            let p = d.mul(a, b);
            d.div(p, c)
        }),
        "<mfrac><mrow><mi>a</mi><mo>&#x2062;</mo><mi>b</mi></mrow><mi>c</mi></mfrac>",
    );
    mathml(
        abc(|d, a, _, _| {
            let two = d.c(2.0);
            d.pow(a, two)
        }),
        "<msup><mi>a</mi><mn>2</mn></msup>",
    );
    mathml(
        abc(|d, a, _, _| d.f("tanh", &[a])),
        "<mrow><mi mathvariant=\"normal\">tanh</mi><mo>&#x2061;</mo><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow></mrow>",
    );
    mathml(abc(|d, a, _, _| d.f("sqrt", &[a])), "<msqrt><mi>a</mi></msqrt>");
    mathml(abc(|d, a, b, _| d.sub(a, b)), "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>");
    mathml(
        abc(|d, a, _, _| d.f("step", &[a])),
        "<mrow><mo>{</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mrow><mi>a</mi><mo>&gt;</mo><mn>0</mn></mrow></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></mrow>",
    );
    mathml(
        |d| {
            let (w, x) = (d.m("W"), d.v("x"));
            let t = d.arena.make(Op::Transpose(w));
            d.arena.make(Op::MatVec(t, x))
        },
        "<mrow><msup><mi>W</mi><mo>⊤</mo></msup><mo>&#x2062;</mo><mi>x</mi></mrow>",
    );
    mathml(
        |d| d.c(-3e-7),
        "<mrow><mo>−</mo><mn>3</mn><mo>⋅</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>7</mn></mrow></msup></mrow>",
    );
}

#[test]
fn long_and_deep_terms_print_in_linear_time() {
    let mut desk = Desk::default();
    let a = desk.n("a");
    let (mut left, mut right, mut nested) = (a, a, a);
    for index in 0..20_000 {
        left = if index % 2 == 0 { desk.add(left, a) } else { desk.mul(left, a) };
        right = desk.add(a, right);
        nested = desk.f("tanh", &[nested]);
    }
    for term in [left, right, nested] {
        for notation in [Notation::Text, Notation::Latex, Notation::MathMl] {
            assert!(expression(&desk.arena, term, &desk.names, notation).len() > 20_000);
        }
    }
}
