//! Names on paper.

use super::*;

#[test]
fn names_in_latex() {
    let cases = [
        ("w1", "w_{1}"),
        ("w11", "w_{11}"),
        ("y_hat", r"\hat{y}"),
        ("y_hat1", r"\hat{y}_{1}"),
        ("y_hat[1]", r"\hat{y}_{1}"),
        ("w1_hat", r"\hat{w}_{1}"),
        ("delta1", r"\delta_{1}"),
        ("delta_hidden", r"\delta_{\mathrm{hidden}}"),
        ("delta_out", r"\delta_{\mathrm{out}}"),
        ("delta_y_hat", r"\delta_{\hat{y}}"),
        ("delta_w1", r"\delta_{w_{1}}"),
        ("theta0", r"\theta_{0}"),
        ("hidden.W", r"W_{\mathrm{hidden}}"),
        ("hidden.W[0,1]", r"W_{\mathrm{hidden},01}"),
        ("hidden.W[0,12]", r"W_{\mathrm{hidden},0,12}"),
        ("hidden1.b", r"b_{\mathrm{hidden}_{1}}"),
        ("y_hat.b", r"b_{\hat{y}}"),
        ("z_hidden", r"z_{\mathrm{hidden}}"),
        ("x[1]", "x_{1}"),
        ("ŷ", r"\hat{y}"),
        ("ŷ₁", r"\hat{y}_{1}"),
        ("σ", r"\sigma"),
        ("θ₂", r"\theta_{2}"),
        ("w₁", "w_{1}"),
        ("TH", r"\mathrm{TH}"),
        ("learning_rate", r"\mathrm{learning\_rate}"),
        ("größe", r"\text{größe}"),
    ];
    for (from, to) in cases {
        assert_eq!(name(from, Notation::Latex), to, "{from}");
        assert_eq!(name(from, Notation::Text), from);
    }
}

#[test]
fn names_in_mathml() {
    let cases = [
        ("w1", "<msub><mi>w</mi><mn>1</mn></msub>"),
        ("y_hat", "<mover accent=\"true\"><mi>y</mi><mo>^</mo></mover>"),
        ("delta_out", "<msub><mi>δ</mi><mi mathvariant=\"normal\">out</mi></msub>"),
        (
            "hidden.W[0,1]",
            "<msub><mi>W</mi><mrow><mi mathvariant=\"normal\">hidden</mi><mo>,</mo><mn>01</mn></mrow></msub>",
        ),
        ("a<b", "<mi mathvariant=\"normal\">a&lt;b</mi>"),
    ];
    for (from, to) in cases {
        assert_eq!(name(from, Notation::MathMl), to, "{from}");
    }
}

#[test]
fn any_name_is_written() {
    for odd in ["", "_", "[", "]", "a]", "[0]", ".", "a.", "_hat", "a__b", "a_b_c_d_e_f", "5", "a b", "\\x^"]
    {
        for notation in [Notation::Text, Notation::Latex, Notation::MathMl] {
            name(odd, notation);
        }
    }
}
