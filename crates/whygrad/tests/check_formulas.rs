//! Gradients as formulas: each way to write them, and the mistakes of published texts.

use serde_json::Value;
use whygrad::check::{Formulas, Probe, Role, Source};
use whygrad::data::Dataset;
use whygrad::expr::oracle::{Bindings, evaluate};
use whygrad::model::{Model, ModelOptions};

/// A published 2-2-1 net.
const NET: &str = "\
inputs x1, x2
target y
params w1, w2, w3, w4, w5, w6, b1, b2, b3
h(z) = 1/(1 + exp(-z))
h1 = h(x1*w1 + x2*w3 + b1)
h2 = h(x1*w2 + x2*w4 + b2)
y_hat = h1*w5 + h2*w6 + b3
loss = mean((y - y_hat)^2)
";

/// Its nine derivatives, in order.
const RIGHT: [&str; 9] = [
    "-2/n*sum((y - y_hat)*h1*(1 - h1)*w5*x1)",
    "-2/n*sum((y - y_hat)*h'(x1*w2 + x2*w4 + b2)*w6*x1)",
    "-2*mean((y - y_hat)*h1*(1 - h1)*w5*x2)",
    "-2/n*sum((y - y_hat)*h2*(1 - h2)*w6*x2)",
    "-2/n*sum((y - y_hat)*h1)",
    "-2/n*sum((y - y_hat)*h2)",
    "-2/n*sum((y - y_hat)*h1*(1 - h1)*w5)",
    "-2/n*sum((y - y_hat)*h2*(1 - h2)*w6)",
    "-2/n*sum(y - y_hat)",
];
const NAMES: [&str; 9] = ["w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3"];

/// A net with matrices.
const LAYERS: &str = "\
inputs x[2]
target y
hidden = dense(x, 3, tanh)
y_hat = dense(hidden, 1)
loss = mean((y_hat - y)^2)
";

fn read(model: &str, formulas: &str) -> (Model, Formulas) {
    match Formulas::read(model, &ModelOptions::default(), formulas) {
        Ok(read) => read,
        Err(error) => panic!("{:#?}\n{formulas}", error.by_text()),
    }
}

/// Four rows that are no corners, so that x*x is not x.
fn probe(model: &Model) -> Probe {
    let numbers =
        |count: usize, by: f64| -> Vec<f64> { (0..count).map(|k| ((k as f64 + 1.0) * by).sin()).collect() };
    let names = |count: usize| vec![String::new(); count];
    let (inputs, targets) = (model.program.input_width(), model.program.target_width());
    let data = Dataset {
        inputs: numbers(4 * inputs, 1.7),
        targets: numbers(4 * targets, 2.3),
        rows: 4,
        input_names: names(inputs),
        target_names: names(targets),
    };
    let theta = numbers(model.program.parameter_count(), 0.9);
    Probe { role: Role::Random, theta, data, learning_rate: 0.1 }
}

fn answer(model: &str, formulas: &str) -> Vec<Option<f64>> {
    let (model, mut formulas) = read(model, formulas);
    formulas.ask(&probe(&model)).unwrap().gradient
}

/// The derived gradient at the same probe.
fn derived(model: &str) -> Vec<f64> {
    let model = Model::parse(model, &ModelOptions::default()).unwrap();
    derived_at(&model, &probe(&model))
}

/// Of a model whose columns are numbers, or all in one vector.
fn derived_at(model: &Model, probe: &Probe) -> Vec<f64> {
    let program = &model.program;
    let mut bindings = Bindings::new(probe.data.rows);
    for p in &program.parameters {
        bindings.bind(p.symbol, probe.theta[p.offset..p.offset + p.len()].to_vec());
    }
    for (columns, values) in [(&program.inputs, &probe.data.inputs), (&program.targets, &probe.data.targets)]
    {
        for (k, &column) in columns.iter().enumerate() {
            bindings.bind(column, values.iter().skip(k).step_by(columns.len()).copied().collect());
        }
    }
    let values = evaluate(&program.arena, &program.gradient, &bindings).unwrap();
    values.into_iter().flat_map(|v| v.data).collect()
}

#[track_caller]
fn agree(found: &[Option<f64>], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        let found = found.unwrap_or_else(|| panic!("component {k} is not given"));
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{k}: {found} for {expected}");
    }
}

#[track_caller]
fn refused(model: &str, formulas: &str, said: &[&str]) {
    let Err(error) = Formulas::read(model, &ModelOptions::default(), formulas) else {
        panic!("read: {formulas}");
    };
    let ((_, of_model), of_formulas) = error.by_text();
    let (text, messages) = of_formulas.expect("a text of the formulas");
    assert_eq!(text, formulas);
    assert!(of_model.iter().all(|m| !m.is_error()), "{of_model:#?}");
    let shown: Vec<String> = messages
        .iter()
        .map(|m| {
            let place = m.span.and_then(|s| text.get(s.start..s.end)).unwrap_or("nowhere");
            format!("{} [{place}] {} ({}) {}", m.code, m.message, m.label, m.help.as_deref().unwrap_or(""))
        })
        .collect();
    let shown = shown.join("\n");
    for text in said {
        assert!(shown.contains(text), "'{text}' is not in:\n{shown}");
    }
}

#[test]
fn a_derivative_has_many_names() {
    let expected = derived(NET);
    let spellings: [&dyn Fn(&str) -> String; 16] = [
        &|p| format!("d{p}"),
        &|p| format!("dL/d{p}"),
        &|p| format!("∂L/∂{p}"),
        &|p| format!("∂ loss / ∂ {p}"),
        &|p| format!("dE/d{p}"),
        &|p| format!("dL_d{p}"),
        &|p| format!("dloss_d{p}"),
        &|p| format!("grad_{p}"),
        &|p| format!("d_{p}"),
        &|p| format!("{p}.grad"),
        &|p| format!("∇{p}"),
        &|p| p.to_owned(),
        &|p| format!("{}_{}", &p[..1], &p[1..]),
        &|p| format!("\\frac{{\\partial L}}{{\\partial {}_{{{}}}}}", &p[..1], &p[1..]),
        &|p| format!("\\frac{{dL}}{{d{}_{}}}", &p[..1], &p[1..]),
        &|p| format!("\\nabla_{{{}_{}}} L", &p[..1], &p[1..]),
    ];
    for spelling in spellings {
        let lines: Vec<String> = NAMES
            .iter()
            .zip(RIGHT)
            .map(|(name, formula)| format!("{} = {formula}", spelling(name)))
            .collect();
        // In LaTeX a letter and digits are a name, and h_1 is h1.
        agree(&answer(NET, &lines.join("\n")), &expected);
    }
}

#[test]
fn latex_is_read_as_it_is_typeset() {
    let formulas = r"
$$\frac{\partial L}{\partial w_5} = -\frac{2}{n}\sum_{i=1}^{n}(y_i - \hat{y}_i) h_{1}$$
\begin{align}
\frac{\partial L}{\partial w_6} &= -\frac{2}{N}\sum_{i=1}^{N}(y_i - \hat{y}_i) h_2 \\
\frac{\partial L}{\partial b_3} &= -\frac{2}{N}\sum_{i=1}^{N}(y_i - \hat{y}_i)
\end{align}";
    let (found, expected) = (answer(NET, formulas), derived(NET));
    agree(&[found[4], found[5], found[8]], &[expected[4], expected[5], expected[8]]);
    assert_eq!(found.iter().flatten().count(), 3);
}

#[test]
fn a_column_has_all_derivatives() {
    let expected = derived(NET);
    agree(&answer(NET, &format!("gradient = [{}]", RIGHT.join(",\n"))), &expected);
    agree(&answer(NET, &format!("∇_θ L = [{}]", RIGHT.join(",\n"))), &expected);
    let column = r"\nabla_\theta L = -\frac{2}{n}\sum_{i=1}^n (y_i - \hat{y}_i) \begin{pmatrix}
        h_1(1 - h_1)w_5x_{1i} \\ h_2(1 - h_2)w_6x_{1i} \\ h_1(1 - h_1)w_5x_{2i} \\ h_2(1 - h_2)w_6x_{2i} \\
        h_1 \\ h_2 \\ h_1(1 - h_1)w_5 \\ h_2(1 - h_2)w_6 \\ 1 \end{pmatrix}";
    agree(&answer(NET, column), &expected);
}

#[test]
fn formulas_without_names_are_in_the_order_of_the_parameters() {
    let expected = derived(NET);
    agree(&answer(NET, &RIGHT.join("\n")), &expected);
    agree(&answer(NET, &format!("# mine\n\n{}\n", RIGHT.join("\n\n"))), &expected);
    agree(&answer(NET, &format!("[{}]", RIGHT.join(", "))), &expected);
    let own = format!("e = y - y_hat\n{}", RIGHT.join("\n").replace("(y - y_hat)", "(e)"));
    agree(&answer(NET, &own), &expected);
    refused(
        NET,
        &RIGHT[..7].join("\n"),
        &["gradient-order [-2/n*sum((y - y_hat)*h1*(1 - h1)*w5)]", "expected 9", "w1, w2, w3", "found 7"],
    );
    refused(NET, "dw1 = 1\nsum(x1)\n", &["gradient-order [sum(x1)]", "some have none"]);
}

#[test]
fn a_chain_of_quotients_may_be_written_line_by_line() {
    let expected = derived(NET);
    let formulas = "\
∂L/∂y_hat = 2*(y_hat - y)/n
dh1/dz1 = h1*(1 - h1)
∂L/∂z1 = ∂L/∂y_hat * w5 * dh1/dz1
∂L/∂w₁ = sum(∂L/∂z1 * x1)
∂L/∂b1 = sum(∂L/∂z1)
∂L/∂b3 = sum(∂L/∂y_hat)
w3 = ∂L/∂b3*0
";
    let found = answer(NET, formulas);
    agree(&[found[0], found[6], found[8]], &[expected[0], expected[6], expected[8]]);
    assert_eq!(found[2], Some(0.0));
    let (_, formulas) = read(NET, formulas);
    assert_eq!(formulas.written(6), Some("sum(∂L/∂z1)"));
    let parts: Vec<&str> = formulas.parts(6).iter().map(|(s, _)| &formulas.text[s.start..s.end]).collect();
    for part in ["∂L/∂z1", "∂L/∂y_hat * w5 * dh1/dz1", "dh1/dz1", "h1*(1 - h1)", "(y_hat - y)"] {
        assert!(parts.contains(&part), "{part} is not in {parts:?}");
    }
    refused(NET, "∂L/∂z1 = h1\n∂L/∂w1 = sum(∂L/∂z2)", &["unknown-component [∂L/∂z1]"]);
}

#[test]
fn what_is_left_out_is_not_given() {
    let expected = derived(NET);
    let found = answer(NET, &format!("dw5 = {}\ndb3 = 0", RIGHT[4]));
    assert_eq!((found[0], found[8], found.len()), (None, Some(0.0), 9));
    agree(&found[4..5], &expected[4..5]);
}

#[test]
fn matrices_are_given_whole_or_by_entries() {
    let expected = derived(LAYERS);
    let whole = "\
e = 2*(y_hat - y)/n
delta = (transpose(y_hat.W) @ e)*(1 - hidden^2)
dhidden.W = sum_rows(outer(delta, x))
dhidden.b = sum_rows(delta)
dy_hat.W = sum_rows(outer(e, hidden))
dL/dy_hat.b = sum(e)
";
    agree(&answer(LAYERS, whole), &expected);
    let loose =
        whole.replace("sum_rows(outer(delta, x))", "sum(delta * transpose(x))").replace("sum_rows", "sum");
    let (_, formulas) = read(LAYERS, &loose);
    let codes: Vec<&str> = formulas.warnings.iter().map(|w| w.code).collect();
    assert_eq!(codes, ["sum-over-rows"; 3]);
    agree(&answer(LAYERS, &loose), &expected);
    agree(
        &answer(
            LAYERS,
            &whole
                .replace("2*(y_hat - y)/n", "2*(y_hat - y)")
                .replace("sum_rows", "mean")
                .replace("sum(e)", "mean(e)"),
        ),
        &expected,
    );
    let columns = "inputs x[2]\ntarget y\nparams W[3,2], v[3]\na = tanh(W @ x)\ny_hat = v @ a\nloss = mean((y_hat - y)^2)";
    let latex = r"
\delta = \frac{2}{n} (\hat{y} - y) v (1 - a^2)
\frac{\partial L}{\partial W} = \sum_{i=1}^{n} \delta_i x_i^\top
\frac{\partial L}{\partial v} = \frac{2}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i) a_i";
    agree(&answer(columns, latex), &derived(columns));
    let entry = "e = 2*(y_hat - y)/n\n∂L/∂hidden.W[1][0] = sum(e*y_hat.W[0,1]*(1 - hidden[1]^2)*x[0])\n\
                 hidden_b[2] = sum(e*y_hat.W[0,2]*(1 - tanh(z_hidden)[2]^2))";
    let found = answer(LAYERS, entry);
    agree(&[found[2], found[8]], &[expected[2], expected[8]]);
    assert_eq!(found.iter().flatten().count(), 2);
    refused(
        LAYERS,
        "dhidden.W = y_hat.W",
        &["shape [dhidden.W]", "the parameter is [3,2]", "dhidden.W[0,0]"],
    );
    refused(LAYERS, "dhidden.W[3,0] = 1", &["unknown-component [dhidden.W[3,0]]", "to dhidden.W[2,1]"]);
    refused(LAYERS, "dy_hat.b = hidden.b", &["shape", "the parameter is one number"]);
}

#[test]
fn a_value_for_each_row_is_that_of_the_last_row_with_a_warning() {
    let formulas = "dw1 = -2/n*sum((y - y_hat)*h1*(1 - h1)*w5)*x1\ndw5 = (y_hat - y)*h1\n";
    let (model, mut formulas) = read(NET, formulas);
    let mut probe = probe(&model);
    let given = formulas.ask(&probe).unwrap().gradient;
    let without = answer(NET, "dw1 = -2/n*sum((y - y_hat)*h1*(1 - h1)*w5)")[0].unwrap();
    assert_eq!(given[0], Some(without * probe.data.input_row(3)[0]));
    probe.data = probe.data.select(&[3]);
    assert_eq!(formulas.ask(&probe).unwrap().gradient[4], given[4]);
    let said: Vec<(&str, &str)> = formulas
        .warnings
        .iter()
        .map(|w| (w.code, w.span.map_or("", |s| &formulas.text[s.start..s.end])))
        .collect();
    assert_eq!(said, [("outside-the-sum", "x1"), ("no-sum", "(y_hat - y)*h1")]);
    assert!(formulas.warnings[0].message.contains("x1 stands outside the sum"));
}

#[test]
fn the_parts_of_a_formula_know_their_places() {
    let formulas = "∂L/∂w1 = 1\ne = y_hat - y  # the error\n∂L/∂b3 = 2/N*sum(e)\n";
    let (model, formulas) = read(NET, formulas);
    assert_eq!(formulas.written(8), Some("2/N*sum(e)"));
    assert_eq!(formulas.written(0), Some("1"));
    assert_eq!(formulas.component(1), None);
    let parts: Vec<&str> = formulas.parts(8).iter().map(|(s, _)| &formulas.text[s.start..s.end]).collect();
    for part in ["2/N*sum(e)", "2/N", "N", "sum(e)", "e", "y_hat - y", "y_hat", "y"] {
        assert!(parts.contains(&part), "{part} is not in {parts:?}");
    }
    let term = |text: &str| {
        formulas.parts(8).iter().find(|(s, _)| &formulas.text[s.start..s.end] == text).map(|p| p.1)
    };
    assert_eq!(term("e"), term("y_hat - y"));
    assert_eq!(term("2/N*sum(e)"), formulas.component(8).map(|c| c.term));
    assert_eq!(term("y_hat").map(|t| model.program.arena.shape(t).per_row), Some(true));
    assert_eq!((formulas.definitions.len(), formulas.definitions[0].name.as_str()), (1, "e"));
}

#[test]
fn the_model_is_the_model_without_formulas() {
    let (model, formulas) = read(NET, "dw1 = 3*h1\nh1 = h(b2)\ndw2 = sum(yhat - q)\nq = ŷ");
    let alone = Model::parse(NET, &ModelOptions::default()).unwrap();
    assert!(!model.own_gradient);
    assert_eq!(model.program.parameters, alone.program.parameters);
    let names = |model: &Model| model.naming.all().into_iter().map(|n| n.name).collect::<Vec<_>>();
    assert_eq!((names(&model), &model.messages), (names(&alone), &alone.messages));
    assert_eq!((model.definitions.len(), model.steps.len()), (alone.definitions.len(), alone.steps.len()));
    assert_eq!(formulas.definitions.len(), 2);
}

#[test]
fn a_loss_beside_the_derivatives_is_an_answer_too() {
    let (model, mut formulas) = read(NET, "loss = 1/2*mean((y - y_hat)^2)\ndb3 = mean(y_hat - y)");
    let probe = probe(&model);
    let half = formulas.ask(&probe).unwrap().loss.unwrap();
    let (_, mut formulas) = read(NET, "L = sum((y - y_hat)^2)\ndb3 = 0");
    assert!((formulas.ask(&probe).unwrap().loss.unwrap() / half - 8.0).abs() < 1e-12);
    let (_, mut formulas) = read(NET, "db3 = 0");
    assert_eq!(formulas.ask(&probe).unwrap().loss, None);
}

#[test]
fn faults_are_shown_in_the_persons_words() {
    refused(NET, "dq = 3\n", &["unknown-component [dq]"]);
    refused(NET, "∂L/∂w7 = 3\n", &["unknown-component [∂L/∂w7]", "no parameter 'w7'", "did you mean dw"]);
    refused(NET, "∂L/∂w1 = sum(x3*x1)\n", &["unknown-name [x3]", "did you mean w3?"]);
    refused(NET, "∂L/∂w1 = sum(x1\n∂L/∂w2 = 3\n", &["[(]"]);
    refused(NET, "∂L/∂w1 =\n", &["∂L/∂w1"]);
    refused(NET, "dw1 = g(x1)\n", &["unknown-function [g]"]);
    refused(NET, "dw1 = 3\ndL/dw1 = 4\n", &["name-taken [dL/dw1]", "'dw1' is defined twice"]);
    refused(NET, "", &["gradient-incomplete", "there is no derivative", "dw1 = ..."]);
    refused(NET, "e = x1\nf = e", &["gradient-incomplete [f]"]);
    refused(NET, "dw2 = 1\n∂L/∂w1 = 2*(1, 2)", &["the `(` of line 2, column 12 is not closed"]);
    refused(NET, "e = 3\ne = 4\ndw1 = e", &["name-taken [e]"]);
    refused(NET, "e = f + 1\nf = e\ndw1 = e", &["circular"]);
    refused(NET, "params q\ndw1 = q", &["declaration-in-gradient"]);
    refused(NET, "gradient = [1, 2, 3]", &["gradient-order", "expected 9", "found 3"]);
    refused(NET, "q = dense(x1, 2)\ndw1 = sum(q)", &["a gradient makes no layers"]);
    let (_, formulas) = read(NET, "dw1 = 3\nunused = 4");
    assert_eq!((formulas.warnings.len(), formulas.warnings[0].code), (1, "not-used"));
}

#[test]
fn faults_of_the_model_are_shown_in_the_model() {
    let error = Formulas::read("y_hat = w*)", &ModelOptions::default(), "dw = 1").unwrap_err();
    let ((_, messages), _) = error.by_text();
    assert!(messages.iter().any(whygrad::expr::diagnostic::Diagnostic::is_error));
}

#[test]
fn the_wrong_formulas_of_published_texts_give_their_numbers() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/mistakes.json")).unwrap();
    let numbers =
        |v: &Value| -> Vec<f64> { v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect() };
    let rows = |v: &Value| -> Vec<Vec<f64>> { v.as_array().unwrap().iter().map(numbers).collect() };
    assert_eq!(cases.len(), 33);
    for case in &cases {
        let (text, lines) = (case["model"].as_str().unwrap(), case["formulas"].as_str().unwrap());
        let (inputs, targets) = (rows(&case["inputs"]), rows(&case["targets"]));
        let data = Dataset {
            rows: inputs.len(),
            input_names: vec![String::new(); inputs[0].len()],
            target_names: vec![String::new(); targets[0].len()],
            inputs: inputs.concat(),
            targets: targets.concat(),
        };
        let probe = Probe { role: Role::Given, theta: numbers(&case["theta"]), data, learning_rate: 0.1 };
        let named: Vec<&str> = lines.lines().map(|line| &line[1..]).collect();
        for lines in [lines, &named.join("\n")] {
            let (_, mut formulas) = read(text, lines);
            let found = formulas.ask(&probe).unwrap().gradient;
            agree(&found, &numbers(&case["given"]));
        }
        let (model, _) = read(text, lines);
        let derived = derived_at(&model, &probe);
        let derived: Vec<Option<f64>> = derived.into_iter().map(Some).collect();
        agree(&derived, &numbers(&case["true"]));
    }
}

#[test]
fn any_text_is_read_or_refused() {
    let texts = [
        "dL/dw1 = -2/n*sum((y - y_hat)*h1)*x1; ∂L/∂b3 = 0\ne = y_hat - ŷ\nw2 = e[0]",
        "sum(x1)\n[1, 2]\n$$\\sum_{i=1}^n x_{1i}$$",
        "∇_θ L = [1, (2), h'(3)]\n\\frac{\\partial L}{\\partial w_1} = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}",
        "dhidden.W[0][1] = sum(delta)\ndhidden.W = outer(x, [1, 2, 3]) # x\n\n  + 1\ndhidden.b = sum([1, x[0], 2])",
    ];
    for text in texts {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for (k, &at) in places.iter().enumerate() {
            let behind = &text[places.get(k + 1).copied().unwrap_or(text.len())..];
            for changed in [
                text[..at].to_owned(),
                text[at..].to_owned(),
                format!("{}{behind}", &text[..at]),
                format!("{}={}", &text[..at], &text[at..]),
                format!("{}\n{}", &text[..at], &text[at..]),
                format!("{}([{}", &text[..at], &text[at..]),
            ] {
                for model in [NET, LAYERS, "minimize w1^2 + b"] {
                    match Formulas::read(model, &ModelOptions::default(), &changed) {
                        Ok((model, mut formulas)) => {
                            formulas.ask(&probe(&model)).unwrap();
                            for w in &formulas.warnings {
                                assert!(
                                    w.span.is_none_or(|s| changed.get(s.start..s.end).is_some()),
                                    "{w:?}"
                                );
                            }
                        }
                        Err(error) => assert!(error.by_text().1.is_some()),
                    }
                }
            }
        }
    }
}
