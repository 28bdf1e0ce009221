//! One net in every spelling of the language gives one loss.

use super::trained;

const AT: &str = r#"{"w1": 0.1, "w2": -0.2, "b": 0.3}"#;

fn loss(model: &str) -> f64 {
    trained(&[model, "--data", "xor", "--epochs", "2", "--init", AT])["loss"].as_f64().unwrap()
}

#[test]
fn formulas_of_one_neuron() {
    let expected = loss("inputs x1, x2\ntarget y\ny_hat = sigmoid(w1*x1 + w2*x2 + b)\nloss = mse(y_hat, y)");
    for model in [
        "inputs x[2]\ntarget y\nh(z) = 1/(1+exp(-z))\ny_hat = h(x1*w1 + x2*w2 + b)\nloss = mean((y - y_hat)^2)",
        "loss = mean((y − ŷ)²)\nŷ = σ(w1·x1 + w2·x2 + b)\ntarget y\ninputs x1, x2",
        "\\hat{y} = h(x_{1}w_1 + x_2w_2 + b)\nh(z) = \\frac{1}{1+e^{-z}}\n\
         L(\\boldsymbol{\\theta}) = \\frac{1}{n}\\sum_{i=1}^n (y_i - \\hat{y}_i)^2",
        "inputs x1, x2; target y; y_hat = sigmoid(w1*x1\n   + w2*x2 + b); E = sse(y_hat, y)/n",
        "inputs x1, x2\ntarget y\nz = w1*x1 + w2*x2 + b\nout = sigmoid(z)\nJ = 2*half_mse(out, y)",
    ] {
        let got = loss(model);
        assert!((got - expected).abs() < 1e-12, "{got} is not {expected}: {model}");
    }
}

#[test]
fn layers_and_matrices() {
    let at = "[0.1, -0.2, 0.3]";
    let loss = |model: &str| {
        trained(&[model, "--data", "xor", "--epochs", "2", "--init", at])["loss"].as_f64().unwrap()
    };
    let expected = loss("2-1sigmoid");
    for model in [
        "inputs x[2]\ntarget y\ny_hat = dense(x, 1, sigmoid)",
        "inputs x[2]\ntarget y\nf(z) = 1/(1+exp(-z))\ny_hat = dense(x, 1, f)\nC = mse(y_hat, y)",
        "inputs x[2]\ntarget y\nparams W[1,2], b[1]\ny_hat = sigmoid(W @ x + b)\nloss = mse(y_hat, y)",
        "inputs x[2]\ntarget y\nparams W[1,2]\ny_hat = sigmoid(W*x + c)\nloss = mse(y_hat, y)",
        "inputs x[2]\ntarget y\nnet = dense(x, 1, bias=false)\ny_hat = sigmoid(net + c)\nloss = mse(y_hat, y)",
        "inputs x[2]\ntarget y\ny_hat = dense(x, 1, sigmoid, bias=c)\nloss = mse(y_hat, y)",
    ] {
        let got = loss(model);
        assert!((got - expected).abs() < 1e-12, "{got} is not {expected}: {model}");
    }
}

#[test]
fn penalties_domains_slopes_and_several_targets() {
    trained(&[
        "inputs x[2]\ntarget y\nhidden = dense(x, 3, tanh)\ny_hat = dense(hidden, 1)\n\
         loss = half_sse(y_hat, y) + 0.01*l2(hidden.W) + 0.1*l1(y_hat.W) + 0.1*sum(hidden.W^2)",
        "--data",
        "xor",
        "--epochs",
        "2",
        "--lr",
        "0.1",
    ]);
    let run = trained(&[
        "inputs x[2]\ntarget y\nparams o = 0.5 in (0,1)\nfixed c = 2\nh(z) = tanh(z)\n\
         y_hat = h'(w*x1) + o*c*x2\nloss = mse(y_hat, y)",
        "--data",
        "xor",
        "--epochs",
        "1",
        "--lr",
        "0.01",
    ]);
    assert_eq!(run["theta"].as_array().unwrap().len(), 2);
    let run = trained(&[
        "inputs x1, x2\ntargets y1, y2\np1 = sigmoid(x1*w1)\np2 = sigmoid(x2*w2)\n\
         loss = mean((y1-p1)^2 + (y2-p2)^2)",
        "--data",
        "encoder-2",
        "--epochs",
        "2",
    ]);
    assert_eq!(run["predictions"][0].as_array().unwrap().len(), 2);
}

#[test]
fn the_prediction_is_what_the_loss_compares() {
    let model = "inputs x[2]\ntargets y[3]\no = dense(x, 3)\nloss = cross_entropy(softmax(o), y)";
    let run = trained(&[model, "--data", "blobs(classes=3)", "--epochs", "2"]);
    let sum: f64 = run["predictions"][0].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
}
