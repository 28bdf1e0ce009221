//! LaTeX as it stands in questions, papers and notebooks about the XOR problem.

use super::{check, check_document};

#[test]
fn the_network_of_the_question() {
    check_document(
        r"$$\hat{y} = f(x_1, x_2; \boldsymbol{\theta}) = h(x_{1}w_1 + x_2w_3 + b_1)w_5 + h(x_{1}w_2 + x_2w_4 + b_2 )w_6 + b_3$$",
        &["(= y_hat (+ (+ (* (h (+ (+ (* x1 w1) (* x2 w3)) b1)) w5) \
           (* (h (+ (+ (* x1 w2) (* x2 w4)) b2)) w6)) b3))"],
    );
    check_document(
        r"$$h(x) = \frac{1}{1 + e^{-x}} \qquad L(\boldsymbol{\theta}) = \frac{1}{n}\sum_{i=1}^n(y_i - \hat{y}_i)^2$$",
        &["(= (h x) (/ 1 (+ 1 (exp (- x)))))", "(= L (* (/ 1 n) (sum (^ (- y y_hat) 2))))"],
    );
    check_document(
        r"where $$h'(x) = h(x)(1 - h(x))$$".trim_start_matches("where "),
        &["(= (h' x) (* (h x) (- 1 (h x))))"],
    );
}

#[test]
fn the_gradient_vector_of_the_question() {
    check_document(
        r"$$\nabla_{\theta}L(\boldsymbol{\theta}) = -\frac{2}{n}\sum_{i=1}^n(y_i - \hat{y}_i) \left( \begin{matrix} h'(x_{1i}w_1 + x_{2i}w_3 + b_1)w_5x_{1i}\\ h'(x_{1i}w_2 + x_{2i}w_4 + b_2)w_6x_{1i}\\ 1 \end{matrix} \right)$$",
        &["(= dtheta (* (- (/ 2 n)) (sum_rows (* (- y y_hat) \
           [(* (* (h' (+ (+ (* x1 w1) (* x2 w3)) b1)) w5) x1) \
           (* (* (h' (+ (+ (* x1 w2) (* x2 w4)) b2)) w6) x1) 1]))))"],
    );
    check_document(r"$$\frac{\partial \hat y}{\partial b_3}=1$$", &["(= dy_hat_db3 1)"]);
}

#[test]
fn the_sigmoid_of_the_paper() {
    check_document(
        r"$$\varphi_x = \frac{1}{1 + e^{-x}}; \quad \varphi(x) := \varphi_x$$",
        &["(= (varphi x) (/ 1 (+ 1 (exp (- x)))))"],
    );
    check_document(r"$$E = \frac{1}{2}(y - \hat{y})^2 \quad (1)$$", &["(= E (* (/ 1 2) (^ (- y y_hat) 2)))"]);
    check(r"$$\varphi_x(1 - \varphi_x).$$", "(* varphi_x (- 1 varphi_x))");
}

#[test]
fn the_network_of_the_paper() {
    check_document(
        r"$$\begin{aligned} \hat{y} &= \varphi(\text{net}_{\hat{y}}) \\ \text{net}_{\hat{y}} &= \varphi(\text{net}_1)w_1 + \varphi(\text{net}_2)w_2 \\ \text{net}_1 &= i_1w_{11} + i_2w_{21} \\ \text{net}_2 &= i_1w_{12} + i_2w_{22} \end{aligned}$$",
        &[
            "(= y_hat (varphi net_y_hat))",
            "(= net_y_hat (+ (* (varphi net1) w1) (* (varphi net2) w2)))",
            "(= net1 (+ (* i1 w11) (* i2 w21)))",
            "(= net2 (+ (* i1 w12) (* i2 w22)))",
        ],
    );
    check_document(
        r"$$\begin{aligned}\varphi(\text{net}_{\hat{y}}) &:= \varphi_{\hat{y}} \\ \varphi(\text{net}_1) &:= \varphi_1 \\ \varphi(\text{net}_2) &:= \varphi_2\end{aligned}$$",
        &["(= varphi_y_hat (varphi net_y_hat))", "(= varphi1 (varphi net1))", "(= varphi2 (varphi net2))"],
    );
}

#[test]
fn the_gradients_of_the_paper() {
    check_document(
        r"$$\begin{aligned}\Delta w_1 &= \alpha (y - \hat{y}) \varphi_{\hat{y}} (1 - \varphi_{\hat{y}}) \varphi_1 \\ \Delta w_2 &= \alpha (y - \hat{y}) \varphi_{\hat{y}} (1 - \varphi_{\hat{y}}) \varphi_2\end{aligned}$$",
        &[
            "(= Delta_w1 (* (* (* (* alpha (- y y_hat)) varphi_y_hat) (- 1 varphi_y_hat)) varphi1))",
            "(= Delta_w2 (* (* (* (* alpha (- y y_hat)) varphi_y_hat) (- 1 varphi_y_hat)) varphi2))",
        ],
    );
    check_document(
        r"$$\begin{aligned} \Delta w_{11} &= -\Delta w_{\hat{y}} \varphi_1(1 - \varphi_1) i_1 \\ \Delta w_{12} &= -\Delta w_{\hat{y}} \varphi_2(1 - \varphi_2) i_1 \end{aligned}$$",
        &[
            "(= Delta_w11 (* (* (* (- Delta_w_y_hat) varphi1) (- 1 varphi1)) i1))",
            "(= Delta_w12 (* (* (* (- Delta_w_y_hat) varphi2) (- 1 varphi2)) i1))",
        ],
    );
    check_document(
        r"$$\frac{\partial E}{\partial \hat{y}} = \frac{\partial}{\partial \hat{y}} \left( \frac{1}{2} (y - \hat{y})^2 \right) = -(y - \hat{y})$$",
        &["(= dy_hat (- (- y y_hat)))"],
    );
    check_document(
        r"$$\Delta w = -\alpha \frac{\partial E}{\partial w}; \quad \alpha \in (0, 1)$$",
        &["(= Delta_w (* (- alpha) dw))", "(params alpha in (0,1))"],
    );
    check_document(
        r"$$\frac{\partial w_{\hat{y}}}{\partial \text{net}_i} = \frac{\partial}{\partial \text{net}_i} (\varphi_i) = \varphi_i(1 - \varphi_i)$$",
        &["(= dw_y_hat_dnet (* varphi (- 1 varphi)))"],
    );
}

#[test]
fn the_models_of_the_notebook() {
    check_document(
        r"$$MSE(\mathbf{w}, \mathbf{b}, m, X, Y) = \frac{1}{N} \sum_{i=1}^N (y_i - m(\mathbf{w}, \mathbf{b}, x_i))^2$$",
        &["(= MSE (* (/ 1 n) (sum (^ (- y m) 2))))"],
    );
    check_document(
        "$m_1(\\mathbf{w}, b, x) = w_1x_1 + w_2x_2 + b$\n$s(x) = \\frac{1}{1+e^{-x}}$\n\
         $$m_2(\\mathbf{w}, b, x) = \\frac{1}{1 + e^{-m_1(\\mathbf{w}, b, x)}}$$",
        &[
            "(= m1 (+ (+ (* w1 x1) (* w2 x2)) b))",
            "(= (s x) (/ 1 (+ 1 (exp (- x)))))",
            "(= m2 (/ 1 (+ 1 (exp (- m1)))))",
        ],
    );
    check_document(
        r"$$\begin{aligned} \frac{\partial m_2(\mathbf{w}, b, x_i)}{\partial w} &= \frac{\partial s(m_1(\mathbf{w}, b, x_i))}{\partial \mathbf{w}, b} \\ &= s(m_1(\mathbf{w}, b, x_i))(1 - s(m_1(\mathbf{w}, b, x_i))) \end{aligned}$$",
        &["(= dm2_dw (* (s m1) (- 1 (s m1))))"],
    );
    check_document(r"$r(\mathbf{w}, b, x) = \max(0, m_1(\mathbf{w}, b, x))$", &["(= r (max 0 m1))"]);
    check_document(r"$r(x) = \max(0, x)$", &["(= (r x) (max 0 x))"]);
}

#[test]
fn the_polynomial_of_the_tutorial() {
    check_document("$f(x) = x^4 - 3x^3 + 2$", &["(= (f x) (+ (- (^ x 4) (* 3 (^ x 3))) 2))"]);
    check_document("$f'(x) = 4x^3 - 9x^2$", &["(= (f' x) (- (* 4 (^ x 3)) (* 9 (^ x 2))))"]);
    check_document("$f(x)=x^2, f'(x)=2x$", &["(= (f x) (^ x 2))", "(= (f' x) (* 2 x))"]);
    check_document("minimize $x^4 - 3x^3 + 2$", &["(minimize (+ (- (^ x 4) (* 3 (^ x 3))) 2))"]);
    check(r"$x - \alpha*f'(x)$", "(- x (* alpha (f' x)))");
}

#[test]
fn every_named_function_is_called_and_not_multiplied() {
    check(r"\mathrm{softsign}(x + 1) \cdot \operatorname{erf}(z)", "(* (softsign (+ x 1)) (erf z))");
    for built_in in crate::functions::BUILT_IN.iter().filter(|b| b.name.len() > 1) {
        let name = built_in.name;
        check(&format!(r"\mathrm{{{}}}(z)", name.replace('_', r"\_")), &format!("({name} z)"));
    }
}

#[test]
fn accents_and_subscripts_join_to_names() {
    check(r"\bar{x} + \tilde y + \hat\theta_1", "(+ (+ x_bar y_tilde) theta_hat1)");
    check(r"b_o w_{1,2} w_{ij} \mathbf{w}_1", "(* (* (* b_o w1_2) w_ij) w1)");
    check(r"x_{i1} + x_{i,1} + x_{1i} + y_i + \hat{y}_i", "(+ (+ (+ (+ x1 x1) x1) y) y_hat)");
    check(r"x_1^{(i)} W^{[2]} a^{(1)}", "(* (* x1 W2) a1)");
    check(r"\text{net}_1 + \mathrm{out}_{o1} + \operatorname{bias}", "(+ (+ net1 out_o1) bias)");
    check(r"MSE \cdot xy", "(* (* MSE x) y)");
}

#[test]
fn functions_need_no_parentheses() {
    check(r"\ln x + \tanh(z) + \exp(-x)", "(+ (+ (log x) (tanh z)) (exp (- x)))");
    check(
        r"-y\log \hat{y} - (1-y)\log(1-\hat{y})",
        "(- (* (- y) (log y_hat)) (* (- 1 y) (log (- 1 y_hat))))",
    );
    check(r"\sin^2 x + \ln 2x", "(+ (^ (sin x) 2) (log (* 2 x)))");
    check(r"\max\{0, z\} + \operatorname{ReLU}(z) + \tanh'(z)", "(+ (+ (max 0 z) (relu z)) (tanh' z))");
    check(r"e^{-x} + e", "(+ (exp (- x)) e)");
    check(r"\sigma(z)(1-\sigma(z))", "(* (sigma z) (- 1 (sigma z)))");
    check(r"$y_i(1 - y_i) + b(x)$", "(+ (* y (- 1 y)) (* b x))");
}

#[test]
fn fractions_roots_bars_and_transposes() {
    check(r"\frac12 x + \tfrac{a}{b} + \dfrac1{n}", "(+ (+ (* (/ 1 2) x) (/ a b)) (/ 1 n))");
    check(r"\sqrt{a} + \sqrt[3]{a}", "(+ (sqrt a) (^ a (/ 1 3)))");
    check(r"\left|x\right| + \lvert a b \rvert c", "(+ (abs x) (* (abs (* a b)) c))");
    check(r"\|w\|^2 + \lVert w\rVert_1 + \|w\|_2^{2}", "(+ (+ (sum (^ w 2)) (sum (abs w))) (sum (^ w 2)))");
    check(r"x^T w + W^\top x + x^{2}", "(+ (+ (* (transpose x) w) (* (transpose W) x)) (^ x 2))");
    check(r"\big[a + b\big]c \odot d \times 2", "(* (* (* (+ a b) c) d) 2)");
}

#[test]
fn a_sum_reaches_to_the_next_term() {
    check(r"\sum_i x_i w + b", "(+ (sum (* x w)) b)");
    check(r"-\sum_{i=1}^{N}\sum_{k=1}^{K} y_{ik}\log p_{ik}", "(- (sum (* y (log p))))");
    check_document(
        r"$J = \frac{1}{2m}\sum\limits_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$, $h_\theta(x) = \theta_0 + \theta_1x$",
        &["(= J (* (/ 1 (* 2 n)) (sum (^ (- (h_theta x) y) 2))))", "(= (h_theta x) (+ theta0 (* theta1 x)))"],
    );
}

#[test]
fn derivatives_on_the_left_are_names() {
    check_document(r"\frac{dL}{dw_1} = x", &["(= dw1 x)"]);
    check_document(r"\frac{\partial L(\boldsymbol{\theta})}{\partial w_{11}} = x", &["(= dw11 x)"]);
    check_document(r"\partial_{w_1} L = x", &["(= dw1 x)"]);
    check_document(r"\nabla_{b_o} L(\boldsymbol{\theta}) = x", &["(= db_o x)"]);
    check_document(r"\frac{\partial \mathcal{L}}{\partial w} &= 2x \\ &= 3x", &["(= dw (* 3 x))"]);
}

#[test]
fn text_and_latex_stand_in_one_file() {
    check_document(
        "inputs x_1, x_2\ntarget y\nparams w_1 = 0.1, w_2, alpha in (0, 1)\n\
         h(z) = 1/(1 + exp(-z))\n\\hat{y} = h(x_1w_1\n  + x_2w_2)\n\
         loss = \\frac{1}{n}\\sum_{i=1}^n (y_i - \\hat{y}_i)^2 + alpha w_1^2 % penalty\n",
        &[
            "(inputs x1 x2)",
            "(targets y)",
            "(params w1=0.1 w2 alpha in (0,1))",
            "(= (h z) (/ 1 (+ 1 (exp (- z)))))",
            "(= y_hat (h (+ (* x1 w1) (* x2 w2))))",
            "(= loss (+ (* (/ 1 n) (sum (^ (- y y_hat) 2))) (* alpha (^ w1 2))))",
        ],
    );
    check_document(
        "inputs $x_1$, $x_2$\n\\begin{equation}\n  a = x_1,\n\\end{equation}\n\\[\nb = 2a\n\\]\n",
        &["(inputs x1 x2)", "(= a x1)", "(= b (* 2 a))"],
    );
}

#[test]
fn a_loss_with_two_arguments_is_a_function_if_called() {
    check_document(
        r"L(a, b) = (a - b)^2 \qquad J = \frac1n\sum_i L(y_i, \hat{y}_i)",
        &["(= (L a b) (^ (- a b) 2))", "(= J (* (/ 1 n) (sum (L y y_hat))))"],
    );
    check_document(r"C(w_1, b) = w_1^{2} + b", &["(= C (+ (^ w1 2) b))"]);
}

#[test]
fn spaces_and_line_breaks_are_only_layout() {
    check(r"w_{1} + 2\,x\;y", "(+ w1 (* (* 2 x) y))");
    check_document(
        "$$\\begin{align*}\nL &= a \\\\\n  &+ b \\label{eq:one} \\\\[2pt]\nM &= c.\n\\end{align*}$$",
        &["(= L (+ a b))", "(= M c)"],
    );
    check_document("$a = 1$ $b = 2$; $c = 3$", &["(= a 1)", "(= b 2)", "(= c 3)"]);
    check_document(
        r"\sigma(z) = \frac{1}{1+e^{-z}} \qquad \hat y = \sigma(\mathbf{w}^\top\mathbf{x} + b)",
        &["(= (sigma z) (/ 1 (+ 1 (exp (- z)))))", "(= y_hat (sigma (+ (* (transpose w) x) b)))"],
    );
    check_document(
        r"L = -\frac{1}{N}\sum_{i=1}^{N}\left[y_i\log\hat{y}_i + (1-y_i)\log(1-\hat{y}_i)\right]",
        &["(= L (* (- (/ 1 n)) (sum (+ (* y (log y_hat)) (* (- 1 y) (log (- 1 y_hat)))))))"],
    );
}
