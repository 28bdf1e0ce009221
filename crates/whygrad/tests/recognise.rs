//! Which formulas are seen to be plain layered nets, and how copied LaTeX is read.

use whygrad::data::Dataset;
use whygrad::model::{Model, ModelOptions};
use whygrad::train::evaluate;

fn read(text: &str) -> Model {
    match Model::parse(text, &ModelOptions::default()) {
        Ok(model) => model,
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn check(text: &str, described: &str) {
    assert_eq!(read(text).describe(), described, "{text}");
}

const HEAD: &str = "inputs x1, x2\ntarget y\nh(z) = 1/(1 + exp(-z))\n";

#[test]
fn formulas_with_every_weight() {
    check(
        &format!(
            "{HEAD}y_hat = h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3\nloss = mean((y - y_hat)^2)"
        ),
        "2-2-1, sigmoid, linear output, 9 parameters",
    );
    check(
        &format!("{HEAD}y_hat = h(w1*x1 + w2*x2)\nloss = mse(y_hat, y)"),
        "2-1, sigmoid output, 2 parameters",
    );
    check(
        &format!("{HEAD}y_hat = max(0, a*x1 + b*x2)*c + d\nloss = mse(y_hat, y)"),
        "2-1-1, relu, linear output, 4 parameters",
    );
}

#[test]
fn formulas_with_matrices() {
    let params = "inputs x[2]\ntarget y\nparams W1[3,2], b1[3], W2[1,3], b2\n";
    check(
        &format!("{params}y_hat = sigmoid(W2 @ tanh(W1 @ x + b1) + b2)\nloss = mse(y_hat, y)"),
        "2-3-1, tanh, sigmoid output, 13 parameters",
    );
    check(
        &format!("{params}$$\\hat{{y}} = W_2 \\tanh(W_1 x + b_1) + b_2$$\nloss = mse(y_hat, y)"),
        "2-3-1, tanh, linear output, 13 parameters",
    );
}

#[test]
fn shared_weights_and_products_are_formulas() {
    check(&format!("{HEAD}y_hat = h(w*x1 + w*x2)\nloss = mse(y_hat, y)"), "a formula with 1 parameter");
    check(&format!("{HEAD}y_hat = w1*x1*x2 + w2\nloss = mse(y_hat, y)"), "a formula with 2 parameters");
}

#[test]
fn a_tuple_of_parameters_gives_their_order() {
    let model = read(
        "$$\\boldsymbol{\\theta} = (b, w_2, w_1)$$\n$$\\hat{y} = w_1x_1 + w_2x_2 + b$$\n\
         $$L(\\boldsymbol{\\theta}) = \\frac{1}{n}\\sum_{i=1}^n(y_i - \\hat{y}_i)^2$$",
    );
    let names: Vec<&str> = model.program.parameters.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["b", "w2", "w1"]);
}

#[test]
fn what_carries_a_row_index_belongs_to_the_sum_before_it() {
    let open = "\\sum_{i=1}^n y_i\\ln p_i + (1 - y_i)\\ln(1 - p_i)";
    let closed = "\\sum_{i=1}^n \\left(y_i\\ln p_i + (1 - y_i)\\ln(1 - p_i)\\right)";
    let text = |sum: &str| format!("$$p = \\sigma(w x + b)$$\n$$J = -\\frac{{1}}{{n}}{sum}$$");
    let printed = |model: Model| whygrad::report::term_text(&model, model.program.loss);
    assert_eq!(printed(read(&text(open))), printed(read(&text(closed))));
    // A penalty has a sum of its own and stays outside.
    let penalty = format!("{closed} + \\lambda w^2");
    assert_eq!(read(&text(&penalty)).program.parameter_count(), 3);
}

#[test]
fn a_function_inside_the_loss_is_the_prediction() {
    let model = read("inputs x\ntarget y\nh(x) = sigmoid(a + b*x)\nC = mean((h(x) - y)^2)");
    assert_eq!(model.describe(), "1-1, sigmoid output, 2 parameters");
}

#[test]
fn a_name_for_any_numbered_line_is_the_last_one() {
    let model = read(
        "$m_1(\\mathbf{w}, b, x) = w_1x_1 + w_2x_2 + b$\n\
         $$m_2(\\mathbf{w}, b, x) = \\frac{1}{1 + e^{-m_1(\\mathbf{w}, b, x)}}$$\n\
         $$MSE(\\mathbf{w}, \\mathbf{b}, m, X, Y) = \\frac{1}{N}\\sum_{i=1}^N(y_i - m(\\mathbf{w}, \\mathbf{b}, x_i))^2$$",
    );
    assert_eq!(model.describe(), "2-1, sigmoid output, 3 parameters");
}

#[test]
fn a_loss_typeset_for_one_example_is_summed_over_the_rows() {
    let head = "inputs x\ntarget y\n$$\\hat{y} = w x$$\n";
    let one = read(&format!("{head}$$E = \\frac{{1}}{{2}}(y - \\hat{{y}})^2$$"));
    let sum = read(&format!("{head}$$E = \\sum_{{i=1}}^n \\frac{{1}}{{2}}(y_i - \\hat{{y}}_i)^2$$"));
    let data = Dataset {
        inputs: vec![1.0, 2.0, -0.5],
        targets: vec![0.3, -1.0, 2.0],
        rows: 3,
        input_names: vec!["x".into()],
        target_names: vec!["y".into()],
    };
    assert_eq!(evaluate(&one, &data, &[0.7]).loss, evaluate(&sum, &data, &[0.7]).loss);
    assert!(one.messages.iter().any(|m| m.code == "loss-of-one-row"));
    // In text the person says which: that is an error, with both ways out.
    let text = format!("{head}E = 1/2*(y - y_hat)^2");
    let error = Model::parse(&text, &ModelOptions::default()).unwrap_err();
    assert!(error.messages.iter().any(|m| m.code == "loss-not-a-number"));
}
