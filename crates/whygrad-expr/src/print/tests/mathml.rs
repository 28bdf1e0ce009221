//! MathML has the right structure and no row around a single element.

use super::*;

#[track_caller]
fn mathml(text: &str, expected: &str) {
    check(Notation::MathMl, text, expected);
}

#[test]
fn fractions_powers_and_roots() {
    mathml("a*b/c", "<mfrac><mrow><mi>a</mi><mo>&#x2062;</mo><mi>b</mi></mrow><mi>c</mi></mfrac>");
    mathml("a^2", "<msup><mi>a</mi><mn>2</mn></msup>");
    mathml("sqrt(a)", "<msqrt><mi>a</mi></msqrt>");
    mathml("a - b", "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>");
    mathml(
        "-3e-7",
        "<mrow><mo>−</mo><mn>3</mn><mo>⋅</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>7</mn></mrow></msup></mrow>",
    );
}

#[test]
fn functions_are_applied() {
    mathml(
        "tanh(a)",
        "<mrow><mi mathvariant=\"normal\">tanh</mi><mo>&#x2061;</mo>\
         <mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow></mrow>",
    );
    mathml(
        "step(a)",
        "<mrow><mo>{</mo><mtable><mtr><mtd><mn>1</mn></mtd>\
         <mtd><mrow><mi>a</mi><mo>&gt;</mo><mn>0</mn></mrow></mtd></mtr>\
         <mtr><mtd><mn>0</mn></mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></mrow>",
    );
}

#[test]
fn matrices_and_entries() {
    mathml(
        "transpose(W) @ delta",
        "<mrow><msup><mi>W</mi><mo>⊤</mo></msup><mo>&#x2062;</mo><mi>δ</mi></mrow>",
    );
    mathml("x*z", "<mrow><mi>x</mi><mo>⊙</mo><mi>z</mi></mrow>");
    mathml("W[0,1]", "<msub><mi>W</mi><mn>01</mn></msub>");
    mathml("sum_rows(z)", "<mrow><munder><mo>∑</mo><mi>i</mi></munder><mi>z</mi></mrow>");
}

/// Every element that is opened is closed, in order.
#[test]
fn elements_are_nested() {
    let texts = [
        "sum(-2/n*(y - y_hat)*x1)",
        "select(a/b, sqrt(a), abs(b)^(a/b))*c",
        "outer(delta, x)*(W @ x)[1]",
        "place(a, 1, 2, 3, 3)",
        "a/b*c/d^(-2e-9)",
    ];
    for text in texts {
        let mut desk = Desk::default();
        let term = desk.read(text);
        let printed = desk.print(term, Notation::MathMl);
        let mut open = vec![];
        for tag in printed.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{printed}"),
                None => open.push(tag.split(' ').next().unwrap()),
            }
        }
        assert!(open.is_empty(), "{printed}");
    }
}
