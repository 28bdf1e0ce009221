//! The text notation: operators, statements, whole models.

use super::{check, check_document};

#[test]
fn operators_bind_as_on_paper() {
    check("x1*w1 + b", "(+ (* x1 w1) b)");
    check("a - b - c", "(- (- a b) c)");
    check("a / b * c", "(* (/ a b) c)");
    check("-x^2", "(- (^ x 2))");
    check("-x*y", "(* (- x) y)");
    check("2^-x", "(^ 2 (- x))");
    check("2^-x*y", "(* (^ 2 (- x)) y)");
    check("a^b^c", "(^ a (^ b c))");
    check("a**2 @ W", "(@ (^ a 2) W)");
    check("a*-b + +c", "(+ (* a (- b)) c)");
    check("x² + y⁻¹ + xⁿ + -x²", "(+ (+ (+ (^ x 2) (^ y (- 1))) (^ x n)) (- (^ x 2)))");
    check("w·x × y ⊙ z − 1 – 2", "(- (- (* (* (* w x) y) z) 1) 2)");
    check("|x - 1| + √y + Wᵀ", "(+ (+ (abs (- x 1)) (sqrt y)) (transpose W))");
}

#[test]
fn numbers_have_many_forms() {
    check("1 + .5 + 1e-3 + 1E+5 + 2.", "(+ (+ (+ (+ 1 0.5) 0.001) 100000) 2)");
    check("[0.35, -6, [1, 2]]", "[0.35 (- 6) [1 2]]");
}

#[test]
fn names_are_unicode() {
    check("ŷ + y\u{302} + σ(w₁·x₂) + θ_1 + π", "(+ (+ (+ (+ ŷ ŷ) (σ (* w₁ x₂))) θ_1) π)");
    check("x\u{302}_a", "x\u{302}_a");
}

#[test]
fn calls_indices_and_members_follow_a_name() {
    check("h'(z) + h''(z) + h′(z)", "(+ (+ (h' z) (h'' z)) (h' z))");
    check("dense(x, 2, sigmoid, bias=false)", "(dense x 2 sigmoid bias=false)");
    check("hidden.W[0,1] + sum(y_hat.W^2)", "(+ ([] (. hidden W) 0 1) (sum (^ (. y_hat W) 2)))");
    check("f()", "(f)");
}

#[test]
fn declarations_carry_shapes_values_and_domains() {
    check_document(
        "inputs x[2], z\ninput u\ntargets y1, y2\nparams w1 = 0.1, W[3,2], o in (0,1), v in (-inf, 2)\n\
         param k = -2*3 in (-10, 10)\nfixed b = [0.35, 0.6]",
        &[
            "(inputs x[2] z)",
            "(inputs u)",
            "(targets y1 y2)",
            "(params w1=0.1 W[3, 2] o in (0,1) v in (-inf,2))",
            "(params k=(* (- 2) 3) in (-10,10))",
            "(fixed b=[0.35 0.6])",
        ],
    );
}

#[test]
fn a_keyword_is_one_only_before_a_name() {
    check_document("input = 3\nloss = input*2", &["(= input 3)", "(= loss (* input 2))"]);
    check_document("target(z) = z^2", &["(= (target z) (^ z 2))"]);
    check_document("minimise x^4 - 3*x^3 + 2", &["(minimize (+ (- (^ x 4) (* 3 (^ x 3))) 2))"]);
    check_document(
        "minimize (x - 1)^2 + 100*(y - x^2)^2",
        &["(minimize (+ (^ (- x 1) 2) (* 100 (^ (- y (^ x 2)) 2))))"],
    );
}

#[test]
fn statements_end_at_lines_that_are_not_indented() {
    check_document(
        "a := 1; b = 2 # two\n\nc = a\n  # a remark\n  + b\n",
        &["(= a 1)", "(= b 2)", "(= c (+ a b))"],
    );
    check_document(
        "loss = mean(\n(y - a)^2\n)\nb = [1,\n2]",
        &["(= loss (mean (^ (- y a) 2)))", "(= b [1 2])"],
    );
    check_document("d = dense(x, 2,\nbias=false)\r\nc = 1\r\n", &["(= d (dense x 2 bias=false))", "(= c 1)"]);
    check_document("    a = 1\n    b = 2", &["(= a 1)", "(= b 2)"]);
    check_document("", &[]);
    check_document("# nothing\n\n", &[]);
}

#[test]
fn models_of_many_sorts() {
    check_document(
        "inputs  x1, x2\ntarget  y\nh(z) = 1 / (1 + exp(-z))\ny_hat = h(x1*w1 + x2*w3 + b1)*w5\n      + b3\n\
         loss = mean((y - y_hat)^2)",
        &[
            "(inputs x1 x2)",
            "(targets y)",
            "(= (h z) (/ 1 (+ 1 (exp (- z)))))",
            "(= y_hat (+ (* (h (+ (+ (* x1 w1) (* x2 w3)) b1)) w5) b3))",
            "(= loss (mean (^ (- y y_hat) 2)))",
        ],
    );
    check_document(
        "inputs x[3]\ntargets y[2]\nhidden = dense(x, 4, tanh)\nout = dense(hidden, 2, softmax)\n\
         loss = cross_entropy(out, y) + 0.01*l2(hidden.W, out.W)",
        &[
            "(inputs x[3])",
            "(targets y[2])",
            "(= hidden (dense x 4 tanh))",
            "(= out (dense hidden 2 softmax))",
            "(= loss (+ (cross_entropy out y) (* 0.01 (l2 (. hidden W) (. out W)))))",
        ],
    );
    check_document(
        "input u\ntarget t\nparams θ = 1\nλ = 0.1\nφ(s) = max(0, s) + λ·min(0, s)\nŷ = φ(θ·u)\nloss = half_sse(ŷ, t)",
        &[
            "(inputs u)",
            "(targets t)",
            "(params θ=1)",
            "(= λ 0.1)",
            "(= (φ s) (+ (max 0 s) (* λ (min 0 s))))",
            "(= ŷ (φ (* θ u)))",
            "(= loss (half_sse ŷ t))",
        ],
    );
}

#[test]
fn a_gradient_of_ones_own() {
    check_document(
        "dw1 = -2/n*sum((y-y_hat)*h'(x1*w1+x2*w3+b1)*w5*x1)\nh'(z) = h(z)*(1 - h(z))\ndb3 = -2*mean(y - y_hat)",
        &[
            "(= dw1 (* (/ (- 2) n) (sum (* (* (* (- y y_hat) (h' (+ (+ (* x1 w1) (* x2 w3)) b1))) w5) x1))))",
            "(= (h' z) (* (h z) (- 1 (h z))))",
            "(= db3 (* (- 2) (mean (- y y_hat))))",
        ],
    );
}
