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
        &["(= dtheta (* (- (/ 2 n)) (sum (* (- y y_hat) \
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
    check_document("minimize $x^4 - 3x^3 + 2$", &["(minimize (+ (- (^ x 4) (* 3 (^ x 3))) 2))"]);
    check(r"$x - \alpha*f'(x)$", "(- x (* alpha (f' x)))");
    check_document(
        r"$$\delta_j^{l-1} = (\theta_2 * \delta_j^l) \odot (a^{l-1} \odot (1 - a^{l-1}))$$".trim_matches('!'),
        &[],
    );
}
