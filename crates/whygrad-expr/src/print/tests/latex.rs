//! LaTeX is what one would write by hand, and short.

use super::*;
use crate::arena::SymbolId;
use crate::op::Op;

#[track_caller]
fn latex(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        check(Notation::Latex, text, expected);
    }
}

#[test]
fn products_stand_side_by_side_and_quotients_are_fractions() {
    latex(&[
        ("a*b/c", r"\frac{ab}{c}"),
        ("a/b/c", r"\frac{a}{bc}"),
        ("a/b*c", r"\frac{a}{b}c"),
        ("a/b*c/d", r"\frac{a}{b}\frac{c}{d}"),
        ("(a + b)/(c - d)", r"\frac{a+b}{c-d}"),
        ("a*(b*c)", "abc"),
        ("a + (b + c)", "a+b+c"),
        ("a - (b + c)", "a-(b+c)"),
        ("a + (-b + c)", "a+(-b+c)"),
        ("a*(b + c)", "a(b+c)"),
        ("a*(a + b/c)", r"a\left(a+\frac{b}{c}\right)"),
        ("a - 2/n*b", r"a-\frac{2}{n}b"),
        ("sigma*a", r"\sigma a"),
        ("sigma*theta1", r"\sigma\theta_{1}"),
        ("rate*TH", r"\mathrm{rate}\,\mathrm{TH}"),
        ("1 - a1", "1-a_{1}"),
    ]);
}

#[test]
fn a_dot_keeps_numbers_apart() {
    latex(&[
        ("2*a", "2a"),
        ("a*2", r"a\cdot2"),
        ("a*(-2)", r"a\cdot(-2)"),
        ("2*3", r"2\cdot3"),
        ("2*(3*a)", r"2\cdot3a"),
        ("2*(1/3)", r"2\cdot\frac{1}{3}"),
        ("3e-7*a", r"3\cdot10^{-7}a"),
        ("1e-20", "10^{-20}"),
        ("a*2^b", r"a\cdot2^b"),
    ]);
}

#[test]
fn exponents_have_no_brace_to_spare() {
    latex(&[
        ("a^2", "a^2"),
        ("a^(-2)*b", "a^{-2}b"),
        ("w1^2", "w_{1}^2"),
        ("(a^b)^c", "(a^b)^c"),
        ("a^sigma", r"a^{\sigma}"),
        ("(a/b)^2", r"\left(\frac{a}{b}\right)^2"),
        ("tanh(a)^2", r"\tanh(a)^2"),
        ("exp(a)^2", "(e^a)^2"),
    ]);
}

#[test]
fn functions_have_their_signs() {
    latex(&[
        ("exp(-a^2)", "e^{-a^2}"),
        ("exp(a/b)", r"\exp\left(\frac{a}{b}\right)"),
        ("exp(a + b + c + d + f + g + h)", r"\exp(a+b+c+d+f+g+h)"),
        ("log(a)", r"\ln(a)"),
        ("tanh(a)", r"\tanh(a)"),
        ("sigmoid(a)*(1 - sigmoid(a))", r"\sigma(a)(1-\sigma(a))"),
        ("sqrt(a + b)", r"\sqrt{a+b}"),
        ("abs(a - b)", r"\left|a-b\right|"),
        ("relu(a)", r"\operatorname{relu}(a)"),
        ("max(a, b)", r"\max(a,b)"),
        ("softmax(z)", r"\operatorname{softmax}(z)"),
        ("select(c, a, b)", r"\begin{cases}a&c>0\\b&\text{else}\end{cases}"),
        ("step(a)*b", r"\left(\begin{cases}1&a>0\\0&\text{else}\end{cases}\right)b"),
    ]);
}

#[test]
fn numbers_stand_before_a_sum() {
    latex(&[
        ("sum(-2/n*(y - y_hat)*x1)", r"-\frac{2}{n}\sum(y-\hat{y})x_{1}"),
        ("a + sum(-2/n*(y - y_hat)*x1)", r"a-\frac{2}{n}\sum(y-\hat{y})x_{1}"),
        ("a*sum(-2/n*y)", r"a\left(-\frac{2}{n}\sum y\right)"),
        ("sum(2*y)", r"2\sum y"),
        ("sum(2/n*(y + x1))", r"\frac{2}{n}\sum(y+x_{1})"),
        ("sum(2/y)", r"\sum\frac{2}{y}"),
        ("sum(-z)", r"-\sum z"),
        ("sum(y)*b", r"(\sum y)b"),
        ("sum(y) + b", r"\sum y+b"),
        ("mse(z, x)", r"\frac{\sum(z-x)^2}{3n}"),
        ("sum_rows(z)", r"\sum_iz"),
        ("sum_outputs(z)", r"\sum_kz"),
    ]);
}

#[test]
fn matrices_stand_side_by_side() {
    latex(&[
        ("x*z", r"x\odot z"),
        ("a*x*z", r"ax\odot z"),
        ("W @ x + b", "Wx+b"),
        ("W @ (V @ x)", "WVx"),
        ("transpose(W) @ delta", r"W^{\top}\delta"),
        ("transpose(W + V) @ delta", r"(W+V)^{\top}\delta"),
        ("outer(delta, x)", r"\delta x^{\top}"),
        ("W @ (x*z)", r"W(x\odot z)"),
        ("W @ (a*z)", "Waz"),
        ("(W @ x)*(1 - x)", r"Wx\odot(1-x)"),
        ("(W @ x)[1]", "(Wx)_1"),
        ("W[0,1]", "W_{01}"),
        ("p2", "p_{2}"),
        ("fill(a, 3)", r"a\mathbf{1}"),
        ("place(a, 1, 2, 3, 3)", r"a\mathbf{E}_{12}"),
        ("place(a, 1, 3)", r"a\mathbf{e}_1"),
    ]);
}

/// The gradient of a net of four layers, part by part, stays below a page.
#[test]
fn gradients_of_deep_nets_are_short() {
    let mut desk = Desk::default();
    let mut a = desk.leaf("x");
    let mut weights = vec![];
    for layer in 1..=4 {
        let (w, b) = (desk.matrix(&format!("W{layer}")), desk.vector(&format!("b{layer}")));
        let product = desk.arena.make(Op::MatVec(w, a));
        let z = desk.add(product, b);
        a = desk.call("tanh", &[z]);
        weights.extend([w, b]);
    }
    let target = desk.leaf("v");
    let loss = desk.call("mse", &[a, target]);
    let symbols: Vec<SymbolId> = weights.iter().map(|&w| desk.symbol(w)).collect();
    let gradient = crate::derivative::gradient(&mut desk.arena, loss, &symbols);
    for (layer, name) in ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"].iter().enumerate() {
        let term = gradient.by_symbol[layer];
        let (whole, text) = (desk.print(term, Notation::Latex), desk.print(term, Notation::Text));
        assert!(whole.len() < 3000, "{name}: {} characters: {whole}", whole.len());
        assert!(whole.len() < 2 * text.len(), "{name}: {whole}");
    }
}
