//! Mistakes: the code, the place, the words for it, and what to write instead.

use super::super::parse_document;

/// What is asserted of one error: code, underlined text, part of the label, part of the help.
type Expected<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Holds the errors of a document against a list, in the order of the text.
fn errors(input: &str, expected: &[Expected<'_>]) {
    let (_, diagnostics) = parse_document(input);
    let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let wanted: Vec<_> = expected.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes, wanted, "{input}\n{diagnostics:#?}");
    for (diagnostic, (_, place, label, help)) in diagnostics.iter().zip(expected) {
        let span = diagnostic.span.unwrap_or_default();
        assert_eq!(&input[span.start..span.end], *place, "{diagnostic:#?}");
        assert!(diagnostic.label.contains(label), "{diagnostic:#?}");
        assert!(diagnostic.help.as_deref().unwrap_or_default().contains(help), "{diagnostic:#?}");
    }
}

#[test]
fn a_product_needs_its_sign() {
    errors("y = 2x", &[("missing-operator", "2x", "expected an operator, found `x`", "write `2*x`")]);
    errors("y = (a)(b)", &[("missing-operator", ")(", "found `(`", "`)*(`")]);
    errors("y = a b + c", &[("missing-operator", "a b", "found `b`", "`a*b`")]);
}

#[test]
fn an_operator_needs_operands() {
    errors("y = a +", &[("missing-operand", "+", "found the end of the statement", "")]);
    errors("y = (a + )*b", &[("missing-operand", "+", "found `)`", "")]);
    errors("y = a + * b", &[("missing-operand", "*", "expected a number, a name or `(`", "")]);
    errors("y = f(a,)", &[("missing-operand", ")", "found `)`", "")]);
}

#[test]
fn parentheses_must_match() {
    errors("y = h(x1 + b", &[("unclosed-parenthesis", "(", "expected `)`, found the end", "add `)`")]);
    errors("y = (a + b]", &[("unclosed-parenthesis", "]", "expected `)`, found `]`", "")]);
    errors("W = [1, 2", &[("unclosed-bracket", "[", "expected `]`", "add `]`")]);
    errors("y = a + b)", &[("unexpected-closing", ")", "found `)`", "remove `)`")]);
    errors("y = |a + b", &[("unclosed-bar", "|", "expected `|`", "abs(z)")]);
}

#[test]
fn a_definition_has_one_equals_sign() {
    errors("y = a = b", &[("equals-in-expression", "=", "found `=`", "one `=`")]);
    errors("y == a", &[("double-equals", "==", "found `==`", "write `=`")]);
    errors("y =", &[("missing-value", "=", "expected a formula after this", "`y`")]);
    errors("= a", &[("missing-name", "=", "expected a name", "loss")]);
    errors("a + b = c", &[("bad-left-side", "a + b", "one name before `=`", "name = formula")]);
    errors("W[0] = 3", &[("bad-left-side", "W[0]", "expected", "params W")]);
    errors("h(z, z) = z", &[("repeated-argument", "z", "second", "")]);
    errors("x^2 + 1", &[("not-a-statement", "x^2 + 1", "name = ...", "minimize")]);
}

#[test]
fn keywords_are_followed_by_names() {
    errors("inputs", &[("keyword-without-names", "inputs", "expected a name after this", "inputs x1, x2")]);
    errors("target 3", &[("keyword-without-names", "target", "found `3`", "target y")]);
    errors("minimize", &[("keyword-without-names", "minimize", "expected a formula", "minimize x^2")]);
    errors("input: x1, x2", &[("unexpected-colon", "input:", "found `:`", "write `input`")]);
    errors("traget y", &[("misspelled-keyword", "traget", "expected a keyword", "did you mean `target`?")]);
    errors("parms w1 = 0.1", &[("misspelled-keyword", "parms", "", "did you mean `params`?")]);
    errors("parameters w1, w2", &[("misspelled-keyword", "parameters", "", "did you mean `params`?")]);
    errors("Imputs: x", &[("misspelled-keyword", "Imputs", "", "did you mean `inputs`?")]);
}

#[test]
fn each_entry_of_a_declaration_has_its_own_error() {
    errors("inputs x1 x2", &[("missing-comma", "x2", "expected `,`", "`x1, x2`")]);
    errors("inputs x1,", &[("missing-name", "", "expected a name", "")]);
    errors("inputs x = 3", &[("value-of-data", "x = 3", "only a name", "params x")]);
    errors(
        "params W[0], v[a], o in (1, 0), w = , k = 1 +",
        &[
            ("bad-shape", "0", "expected a whole number", "W[3,2]"),
            ("bad-shape", "a", "found `a`", "W[3,2]"),
            ("bad-domain", "(1, 0)", "no number", "smaller bound first"),
            ("missing-value", "=", "expected a value", "w = 0.1"),
            ("missing-operand", "+", "expected a number", ""),
        ],
    );
    errors("params o in 1", &[("bad-domain", "1", "open interval", "o in (0, 1)")]);
    errors("fixed b", &[("missing-value", "b", "expected `=`", "fixed b = 0.5")]);
}

#[test]
fn unknown_signs_are_named() {
    errors(
        "y = a § b + ¿",
        &[
            ("unknown-character", "§", "not part of the language", ""),
            ("unknown-character", "¿", "not part of the language", ""),
        ],
    );
    errors(
        "y = {a}",
        &[("unknown-character", "{", "", "parentheses"), ("unknown-character", "}", "", "parentheses")],
    );
    errors("y = 1e999", &[("number-out-of-range", "1e999", "larger", "")]);
    errors("y = h'", &[("prime-without-argument", "h'", "expected `(`", "h'(z)")]);
    errors("y = a.2", &[("missing-operator", "a.2", "found `.2`", "")]);
    errors("y = hidden.", &[("missing-member", ".", "expected a name", "hidden.W")]);
    errors("y = 0,5", &[("unexpected-token", ",", "found `,`", "0.5")]);
}

#[test]
fn every_error_of_a_file_is_reported_and_none_twice() {
    errors(
        "inputs x1, x2\ntraget y\nh(z) = 1 / (1 + exp(-z)\ny_hat = h(2x1) + \nloss = mean((y - y_hat)^2)\nb ==",
        &[
            ("misspelled-keyword", "traget", "", "target"),
            ("unclosed-parenthesis", "(", "opened here", "add `)`"),
            ("missing-operator", "2x1", "", "2*x1"),
            ("double-equals", "==", "", ""),
        ],
    );
    let (ast, _) = parse_document("inputs x\nloss = (x\nb = 3");
    assert_eq!(super::statements(&ast), ["(inputs x)", "(= b 3)"]);
}

#[test]
fn latex_has_errors_of_its_own() {
    errors(r"y = \foo{x}", &[("unknown-command", r"\foo", "not part", "")]);
    errors(r"y = \tahn(x)", &[("unknown-command", r"\tahn", "", r"`\tanh`")]);
    errors(r"y = a + \ldots + \frac{1}{2}", &[("ellipsis", r"\ldots", "dots", "every term")]);
    errors(r"y = \frac{a}{b", &[("unclosed-brace", "{", "expected `}`", "add `}`")]);
    errors(r"y = \sum_{j=1}^2 w_j x_j", &[("unsupported-sum", r"\sum_{j=1}^2", "", "write its terms out")]);
    errors(
        r"r'(z) = \begin{cases} 0 \\ 1 \end{cases}",
        &[
            ("unknown-environment", r"\begin{cases}", "", "max"),
            ("unknown-environment", r"\end{cases}", "", "max"),
        ],
    );
    errors(r"\mathbf{w}_{k+1} = 2", &[("bad-subscript", "_{k+1}", "", "w_{1}")]);
    errors(r"d = \varphi_1 \text{ or } \varphi_2", &[("bad-name", r"\text{ or }", "", "")]);
    errors(r"d = \frac{\partial}{\partial x} (x^2)", &[("unsupported-notation", r"\frac", "", "dw1")]);
    errors(r"d = \frac{d}{dW_j}C(W_j)", &[("unsupported-notation", r"\frac", "", "dw1")]);
    errors(r"(a_1 + b)_1 = \hat{c}", &[("stray-subscript", "_1", "", "")]);
}
