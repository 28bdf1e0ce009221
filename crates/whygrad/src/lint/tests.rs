//! What is warned of, and above all what is not.

use super::*;
use crate::data::bind::BindOptions;
use crate::data::builtin;
use crate::examples::EXAMPLES;
use crate::init::Initialiser;
use crate::model::ModelOptions;
use crate::random::{Key, Purpose, Seed};
use crate::train::{BatchSize, RandomSource, starting_values};

pub(super) fn model(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

pub(super) fn table(model: &Model, name: &str) -> Dataset {
    let table = builtin::table(name, Key::from_seed(Seed(1)).purpose(Purpose::Data)).unwrap();
    model.bind(&table, &BindOptions::default()).unwrap().0
}

pub(super) fn rows(model: &Model, rows: usize, inputs: &[f64], targets: &[f64]) -> Dataset {
    let names =
        |letter: &str, width: usize| (0..width).map(|k| format!("{letter}{}", k + 1)).collect::<Vec<_>>();
    Dataset {
        inputs: inputs.to_vec(),
        targets: targets.to_vec(),
        rows,
        input_names: names("x", model.program.input_width()),
        target_names: names("y", model.program.target_width()),
    }
}

pub(super) fn said(text: &str, data: &Dataset, options: &Options, init: Option<Initialiser>) -> Vec<Warning> {
    let model = model(text);
    let start = starting_values(&model, init, 3, RandomSource::Own).unwrap();
    lint(&model, data, options, &start)
}

pub(super) fn kinds(warnings: &[Warning]) -> Vec<Kind> {
    warnings.iter().map(|w| w.kind).collect()
}

pub(super) fn on_xor(text: &str) -> Vec<Warning> {
    said(text, &table(&model(text), "xor"), &Options { learning_rate: 0.3, ..Options::default() }, None)
}

#[test]
fn the_built_in_examples_are_fine() {
    for example in EXAMPLES {
        let model = model(example.text);
        let data = table(&model, example.data);
        let options =
            Options { learning_rate: example.learning_rate, epochs: example.epochs, ..Options::default() };
        for seed in 1..=3 {
            let start = starting_values(&model, None, seed, RandomSource::Own).unwrap();
            assert_eq!(lint(&model, &data, &options, &start), [], "{}", example.name);
        }
    }
}

pub(super) const HEAD: &str = "inputs x[2]\ntarget y\n";

#[test]
fn a_net_without_a_hidden_layer_cannot_learn_xor_and_can_learn_and() {
    for net in [
        "y_hat = dense(x, 1, sigmoid)\nloss = mse(y_hat, y)",
        "y_hat = dense(x, 1)\nloss = mse(y_hat, y)",
        "h = dense(x, 5)\ny_hat = dense(h, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)",
        "h = dense(x, 1, tanh)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)",
        "s(z) = z/(1 + abs(z))\ny_hat = s(w1*x[0] + w2*x[1] + b)/2 + 0.5\nloss = mean((y_hat - y)^2)",
        "z = dense(x, 1)\nloss = binary_cross_entropy_from_logits(z, y)",
    ] {
        let text = format!("{HEAD}{net}");
        let found = on_xor(&text);
        assert_eq!(kinds(&found), [Kind::CannotRepresent], "{text}: {found:#?}");
        let and = said(
            &text,
            &table(&model(&text), "and"),
            &Options { learning_rate: 0.1, ..Options::default() },
            None,
        );
        assert_eq!(and, [], "{text}");
    }
    let text = format!("{HEAD}y_hat = dense(x, 1, sigmoid)");
    assert!(on_xor(&text)[0].summary.contains("(0.5, 0.5)"), "{:?}", on_xor(&text));
}

#[test]
fn nets_that_can_learn_xor_are_not_called_unable() {
    for net in [
        "h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1, sigmoid)",
        "h = dense(x, 2, sigmoid, bias=false)\ny_hat = dense(h, 1, sigmoid, bias=false)",
        "h = dense(x, 2, tanh)\ny_hat = dense(h, 1)",
        "h = dense(x, 1, sin)\ny_hat = dense(h, 1)",
        "h = dense(x, 1, gaussian)\ny_hat = dense(h, 1)",
        "y_hat = w1*x[0] + w2*x[1] + w3*x[0]*x[1] + b",
        "y_hat = sigmoid(w*(x[0] - x[1])^2 + b)",
        "h = dense(x, 8, relu)\ny_hat = dense(h, 1)",
    ] {
        let found = on_xor(&format!("{HEAD}{net}\nloss = mse(y_hat, y)"));
        assert!(!kinds(&found).contains(&Kind::CannotRepresent), "{net}: {found:#?}");
    }
}

#[test]
fn an_output_that_the_origin_fixes_needs_a_bias() {
    for net in [
        "h = dense(x, 4, tanh, bias=false)\ny_hat = dense(h, 1, sigmoid, bias=false)",
        "y_hat = dense(x, 1, sigmoid, bias=false)",
    ] {
        let found = on_xor(&format!("{HEAD}{net}\nloss = mse(y_hat, y)"));
        assert!(found[0].summary.contains("Without a bias the output at (0, 0) is 0.5"), "{found:#?}");
    }
    // Without a row at the origin the plane still goes through it.
    let text = "inputs x\ntarget y\ny_hat = sigmoid(w*x)\nloss = mse(y_hat, y)";
    let apart = rows(&model(text), 2, &[1.0, 2.0], &[0.0, 1.0]);
    assert_eq!(kinds(&said(text, &apart, &Options::default(), None)), [Kind::CannotRepresent]);
    let across = rows(&model(text), 2, &[-1.0, 2.0], &[0.0, 1.0]);
    assert_eq!(said(text, &across, &Options::default(), None), []);
}

#[test]
fn targets_that_no_output_reaches_are_named() {
    let net = |output: &str| format!("{HEAD}h = dense(x, 3, tanh)\ny_hat = {output}\nloss = mse(y_hat, y)");
    for (output, targets, bad) in [
        ("dense(h, 1, sigmoid)", [-1.0, 1.0, 1.0, -1.0], true),
        ("dense(h, 1, tanh)", [-1.0, 1.0, 1.0, -1.0], false),
        ("dense(h, 1, tanh)", [0.0, 3.0, 3.0, 0.0], true),
        ("dense(h, 1, relu)", [-1.0, 1.0, 1.0, -1.0], true),
        ("dense(h, 1, softplus)", [0.0, 1.0, 1.0, 0.0], false),
        ("dense(h, 1, softmax)", [0.0, 1.0, 1.0, 0.0], true),
        ("2*sigmoid(dot(v, h)) - 1", [-1.0, 1.0, 1.0, -1.0], false),
        ("sigmoid(dot(v, h))", [0.0, 4.0, 4.0, 0.0], true),
        ("3*sigmoid(dot(v, h)) + c", [0.0, 4.0, 4.0, 0.0], false),
        ("dense(h, 1)", [0.0, 4.0, 4.0, 0.0], false),
    ] {
        let text = net(output)
            .replace("target y\n", "target y\nparams v[3]\n")
            .replace("params v[3]\n", if output.contains('v') { "params v[3]\n" } else { "" });
        let model = model(&text);
        let mut data = table(&model, "xor");
        data.targets = targets.to_vec();
        let options = Options { learning_rate: 0.05, ..Options::default() };
        let found = kinds(&said(&text, &data, &options, None));
        assert_eq!(found.contains(&Kind::OutputRange), bad, "{output}: {found:?}");
    }
}

#[test]
fn a_loss_that_falls_for_ever_is_told_from_those_that_do_not() {
    let net =
        |loss: &str| format!("{HEAD}h = dense(x, 3, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = {loss}");
    for (loss, bad) in [
        ("mean(y*log(y_hat) + (1 - y)*log(1 - y_hat))", true),
        ("mean(-y*log(y_hat) + (1 - y)*log(1 - y_hat))", true),
        ("-mean(y*log(y_hat) - (1 - y)*log(1 - y_hat))", true),
        ("-mean(y*log(y_hat) + (1 - y)*log(1 - y_hat))", false),
        ("binary_cross_entropy(y_hat, y)", false),
        ("mse(y_hat, y)", false),
        ("mae(y_hat, y)", false),
        ("mse(y_hat, y) - 0.01*l2(h.W)", true),
        ("mse(y_hat, y) + 0.01*l2(h.W)", false),
    ] {
        let found = on_xor(&net(loss));
        assert_eq!(kinds(&found).contains(&Kind::LossUnbounded), bad, "{loss}: {found:#?}");
        assert_eq!(found.is_empty(), !bad, "{loss}: {found:#?}");
    }
    let text = format!("{HEAD}h = dense(x, 3, tanh)\ny_hat = dense(h, 1)\nloss = -mean((y_hat - y)^2)");
    assert!(kinds(&on_xor(&text)).contains(&Kind::LossUnbounded));
    let text = format!("{HEAD}h = dense(x, 3, tanh)\nz = dense(h, 1)\nloss = mean(softplus(z) - y*z)");
    assert_eq!(on_xor(&text), []);
    let found = on_xor(&net("mean(-y*log(y_hat) + (1 - y)*log(1 - y_hat))"));
    assert_eq!(found[0].flags, ["--loss", "binary_cross_entropy"]);
}

#[test]
fn several_classes_are_fine_and_softmax_without_a_minus_is_not() {
    let net = |loss: &str| {
        format!(
            "inputs x[2]\ntargets y[3]\nh = dense(x, 6, tanh)\ny_hat = dense(h, 3, softmax)\nloss = {loss}"
        )
    };
    let model = model(&net("mse(y_hat, y)"));
    let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let data = rows(&model, 4, &inputs, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    for (loss, bad) in [
        ("cross_entropy(y_hat, y)", false),
        ("mean(-sum_outputs(y*log(y_hat)))", false),
        ("mean(sum_outputs(y*log(y_hat)))", true),
        ("mse(y_hat, y)", false),
    ] {
        let found = said(&net(loss), &data, &Options { learning_rate: 0.1, ..Options::default() }, None);
        assert_eq!(!found.is_empty(), bad, "{loss}: {found:#?}");
    }
    let mut two = data.clone();
    two.targets[1] = 1.0;
    let found =
        said(&net("mse(y_hat, y)"), &two, &Options { learning_rate: 0.1, ..Options::default() }, None);
    assert_eq!(kinds(&found), [Kind::OutputRange]);
    // Three classes without a hidden layer: rows 2 and 3 of a class beside two others on the corners of a square.
    let text = "inputs x[2]\ntargets y[3]\ny_hat = dense(x, 3, softmax)\nloss = cross_entropy(y_hat, y)";
    let xor = rows(&model, 4, &inputs, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(kinds(&said(text, &xor, &Options::default(), None)), [Kind::CannotRepresent]);
    let corner = rows(&model, 4, &inputs, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(said(text, &corner, &Options::default(), None), []);
}

#[test]
fn no_rate_from_1_on_has_a_stable_minimum_under_a_linear_output_with_mse() {
    let text = format!("{HEAD}h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)");
    let data = table(&model(&text), "xor");
    for (rate, bad) in [(0.5, false), (0.99, false), (1.0, true), (4.0, true)] {
        let found = said(&text, &data, &Options { learning_rate: rate, ..Options::default() }, None);
        assert_eq!(
            kinds(&found),
            if bad { vec![Kind::LearningRateTooHigh] } else { vec![] },
            "{rate}: {found:#?}"
        );
    }
    let text = format!("{HEAD}h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1)\nloss = sse(y_hat, y)");
    let found = said(&text, &data, &Options { learning_rate: 0.26, ..Options::default() }, None);
    assert!(found[0].summary.contains("second derivative 8"), "{found:#?}");
    // With a sigmoid output nothing is the same everywhere.
    let text = format!("{HEAD}h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)");
    assert_eq!(said(&text, &data, &Options { learning_rate: 20.0, ..Options::default() }, None), []);
    // A linear neuron: the whole Hessian.
    let text = format!("{HEAD}y_hat = dense(x, 1)\nloss = mse(y_hat, y)");
    let data = table(&model(&text), "and");
    for (rate, bad) in [(0.62, false), (0.63, true)] {
        let found = said(&text, &data, &Options { learning_rate: rate, ..Options::default() }, None);
        assert_eq!(
            kinds(&found),
            if bad { vec![Kind::LearningRateTooHigh] } else { vec![] },
            "{rate}: {found:#?}"
        );
    }
}

#[test]
fn bad_starts_are_seen() {
    let net = |hidden: &str| {
        format!("{HEAD}h = dense(x, 4, {hidden})\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)")
    };
    let at = |hidden: &str, init: &str| {
        let text = net(hidden);
        let data = table(&model(&text), "xor");
        kinds(&said(&text, &data, &Options::default(), Some(init.parse().unwrap())))
    };
    assert_eq!(at("tanh", "constant(0.1)"), [Kind::SymmetricUnits]);
    assert_eq!(at("tanh", "constant(0)"), [Kind::SymmetricUnits, Kind::NoGradient]);
    assert_eq!(at("relu", "uniform(-2,-1)"), [Kind::DeadUnits]);
    assert!(at("tanh", "uniform(20,40)").contains(&Kind::Saturated));
    assert_eq!(at("tanh", "uniform(-1,1)"), []);
}

#[test]
fn batches_rows_and_columns() {
    let text = format!("{HEAD}h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)");
    let xor = table(&model(&text), "xor");
    let options = Options { learning_rate: 0.1, ..Options::default() };
    let batch = |rows, shuffle| Options { batch: BatchSize::Rows(rows), shuffle, ..options.clone() };
    assert_eq!(kinds(&said(&text, &xor, &batch(8, false), None)), [Kind::BatchTooLarge]);
    assert_eq!(said(&text, &xor, &batch(1, false), None), []);
    let sorted = xor.select(&[0, 3, 0, 3, 0, 3, 1, 2, 1, 2, 1, 2]);
    assert_eq!(kinds(&said(&text, &sorted, &batch(2, false), None)), [Kind::RowOrder]);
    assert_eq!(said(&text, &sorted, &batch(2, true), None), []);
    assert_eq!(said(&text, &sorted, &options, None), []);
    assert!(kinds(&said(&text, &xor.select(&[1]), &options, None)).contains(&Kind::OneRow));
    let mut contrary = xor.select(&[0, 1, 2, 3, 3]);
    contrary.targets[4] = 1.0;
    assert_eq!(kinds(&said(&text, &contrary, &options, None)), [Kind::ContradictoryRows]);
    let mut far = xor.clone();
    far.inputs.iter_mut().for_each(|x| *x = 300.0 + 100.0 * *x);
    assert!(kinds(&said(&text, &far, &options, None)).contains(&Kind::UnscaledInputs));
    let unused = "inputs x1, x2\ntarget y\ny_hat = w*x1 + 0*v + b\nloss = mse(y_hat, y)";
    let found = kinds(&said(unused, &table(&model(unused), "and"), &options, None));
    assert!(
        found.contains(&Kind::ParameterWithoutEffect) && found.contains(&Kind::ColumnWithoutEffect),
        "{found:?}"
    );
}

#[test]
fn an_output_that_leaves_the_place_of_a_logarithm_is_named() {
    for (output, range) in
        [("tanh", "lies between -1 and 1"), ("identity", "can be any number"), ("relu", "is never below 0")]
    {
        let text = format!(
            "{HEAD}h = dense(x, 3, tanh)\ny_hat = dense(h, 1, {output})\nloss = binary_cross_entropy(y_hat, y)"
        );
        let found = on_xor(&text);
        assert_eq!(found[0].kind, Kind::OutputRange, "{output}: {found:#?}");
        assert!(found[0].summary.contains(range), "{found:#?}");
    }
    // A softmax of one's own stays between 0 and 1.
    let text = format!(
        "{HEAD}h = dense(x, 3, tanh)\nz1 = dense(h, 1)\nz2 = dense(h, 1)\ny_hat = exp(z1)/(exp(z1) + exp(z2))\n\
         loss = binary_cross_entropy(y_hat, y)"
    );
    assert_eq!(on_xor(&text), []);
}

#[test]
fn two_classes_through_one_hidden_unit_are_parted_by_one_hyperplane() {
    let text = "inputs x[2]\ntargets y[2]\nh = dense(x, 1, sigmoid)\ny_hat = dense(h, 2, softmax)\nloss = cross_entropy(y_hat, y)";
    let model = model(text);
    let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let xor = rows(&model, 4, &inputs, &[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
    assert_eq!(kinds(&said(text, &xor, &Options::default(), None)), [Kind::CannotRepresent]);
    let and = rows(&model, 4, &inputs, &[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(said(text, &and, &Options::default(), None), []);
}

#[test]
fn a_loss_bent_downwards_everywhere_is_not_blamed_on_the_rate() {
    let text = format!("{HEAD}y_hat = dense(x, 1)\nloss = -mse(y_hat, y)");
    assert!(!kinds(&on_xor(&text)).contains(&Kind::LearningRateTooHigh), "{:?}", on_xor(&text));
}
