//! Wrong formulas are marked where they are wrong, with the line to write.

use serde_json::Value;
use whygrad::check::formulas::Formulas;
use whygrad::check::{ChangeKind, Mark, Options, Report, Status, check};
use whygrad::model::ModelOptions;

const NET: &str = "inputs x1, x2
target y
params w1, w2, w3, w4, w5, w6, b1, b2, b3
h(z) = 1/(1 + exp(-z))
h1 = h(x1*w1+x2*w3+b1)
h2 = h(x1*w2+x2*w4+b2)
yhat = h1*w5+h2*w6+b3
loss = sum((y-yhat)^2)/n
";

const LAYERS: &str = "inputs x[2]
target y
hidden = dense(x, 3, tanh)
y_hat = dense(hidden, 1)
loss = mse(y_hat, y)
";

fn report(model: &str, formulas: &str) -> Report {
    let (model, mut formulas) = Formulas::read(model, &ModelOptions::default(), formulas).unwrap();
    check(&model, &mut formulas, &Options::default()).unwrap()
}

/// The text with every line to write in its place.
fn corrected(text: &str, marks: &[Mark]) -> String {
    let mut lines: Vec<&Mark> = marks.iter().collect();
    lines.sort_by_key(|m| m.line.start);
    lines.dedup_by_key(|m| m.line);
    let mut result = text.to_owned();
    for mark in lines.iter().rev() {
        assert_eq!(&text[mark.line.start..mark.line.end], mark.written);
        result.replace_range(mark.line.start..mark.line.end, &mark.corrected);
    }
    result
}

/// Every wrong component has a line to write, and with these lines all is right.
fn marks(model: &str, formulas: &str) -> Vec<Mark> {
    let found = report(model, formulas);
    for (k, component) in found.components.iter().enumerate() {
        let marked = found.marks.iter().filter(|m| m.components.contains(&k)).count();
        assert_eq!(marked, usize::from(component.status == Status::Wrong), "{}", component.name);
    }
    let text = corrected(formulas, &found.marks);
    for component in report(model, &text).components {
        assert!(
            matches!(component.status, Status::Right | Status::NotGiven),
            "{} in\n{text}",
            component.name
        );
    }
    for change in found.marks.iter().flat_map(|m| &m.changes) {
        assert_eq!(&formulas[change.span.start..change.span.end], change.written);
        assert!(!change.label().is_empty());
    }
    found.marks
}

/// The first mark: what stands there and what to write there, for each change.
fn first(model: &str, formulas: &str) -> (Vec<(ChangeKind, String, String)>, String) {
    let marks = marks(model, formulas);
    let change = |c: &whygrad::check::Change| (c.kind, c.written.clone(), c.instead.clone());
    (marks[0].changes.iter().map(change).collect(), marks[0].corrected.clone())
}

#[track_caller]
fn is_changed(model: &str, formulas: &str, kind: ChangeKind, changes: &[(&str, &str)], line: &str) {
    let (found, corrected) = first(model, formulas);
    let wanted: Vec<_> = changes.iter().map(|c| (kind, c.0.to_owned(), c.1.to_owned())).collect();
    assert_eq!((found, corrected.as_str()), (wanted, line));
}

#[test]
fn every_wrong_formula_of_published_texts_gets_a_line_that_is_right() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/mistakes.json")).unwrap();
    for case in &cases {
        let (model, formulas) = (case["model"].as_str().unwrap(), case["formulas"].as_str().unwrap());
        let found = marks(model, formulas);
        assert_eq!(found.is_empty(), case["verdict"] == "right", "{}", case["id"]);
        // Nothing but formulas that are no derivative at all is written anew.
        for change in found.iter().flat_map(|m| &m.changes).filter(|c| c.kind == ChangeKind::Rewrite) {
            assert!(change.written.starts_with("0*"), "{}: {}", case["id"], change.written);
        }
    }
}

#[test]
fn a_wrong_name_is_marked() {
    is_changed(
        NET,
        "dw3 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x1)",
        ChangeKind::Replace,
        &[("x1", "x2")],
        "dw3 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x2)",
    );
}

#[test]
fn a_slope_of_the_activated_value_is_marked_at_its_argument() {
    is_changed(
        NET,
        "db1 = -2/n*sum((y-yhat)*h'(h(x1*w1+x2*w3+b1))*w5)",
        ChangeKind::Replace,
        &[("h(x1*w1+x2*w3+b1)", "x1*w1+x2*w3+b1")],
        "db1 = -2/n*sum((y-yhat)*h'(x1*w1+x2*w3+b1)*w5)",
    );
}

#[test]
fn a_name_written_twice_is_marked_twice() {
    is_changed(
        NET,
        "db1 = -2/n*sum((y-yhat)*h(x1*w1+x1*w3+b1)*(1-h(x1*w1+x1*w3+b1))*w5)",
        ChangeKind::Replace,
        &[("x1", "x2"), ("x1", "x2")],
        "db1 = -2/n*sum((y-yhat)*h(x1*w1+x2*w3+b1)*(1-h(x1*w1+x2*w3+b1))*w5)",
    );
}

#[test]
fn a_missing_factor_is_inserted_inside_the_sum() {
    is_changed(
        NET,
        "dw3 = -2/n*sum((y-yhat)*h1*(1-h1)*w5)",
        ChangeKind::Insert,
        &[("", "*x2")],
        "dw3 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x2)",
    );
    is_changed(
        NET,
        "db1 = 2*mean((yhat - y)*w5)",
        ChangeKind::Insert,
        &[("", "*h1*(1 - h1)")],
        "db1 = 2*mean((yhat - y)*w5*h1*(1 - h1))",
    );
}

#[test]
fn a_number_a_sign_and_a_divisor_are_corrected() {
    let line = "db3 = -2/n*sum((y-yhat))";
    is_changed(NET, "db3 = 2/n*sum((y-yhat))", ChangeKind::Flip, &[("", "-")], line);
    is_changed(NET, "db3 = -1/n*sum((y-yhat))", ChangeKind::Replace, &[("1", "2")], line);
    is_changed(NET, "db3 = -1/2*sum((y-yhat))", ChangeKind::Replace, &[("-1/2", "-2/n")], line);
    let sum = "db3 = -2*mean(y-yhat)";
    is_changed(NET, "db3 = -2/n*mean(y-yhat)", ChangeKind::Delete, &[("/n", "")], sum);
}

#[test]
fn what_stands_outside_the_sum_is_moved_inside() {
    is_changed(
        NET,
        "dw1 = -2/n*sum((y-yhat)*h1*(1-h1)*w5)*x1",
        ChangeKind::Move,
        &[("", "*x1"), ("*x1", "")],
        "dw1 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x1)",
    );
    is_changed(
        NET,
        "dw5 = 2*(yhat-y)*h1",
        ChangeKind::Insert,
        &[("", "mean("), ("", ")")],
        "dw5 = mean(2*(yhat-y)*h1)",
    );
}

#[test]
fn two_mistakes_in_one_line_are_both_marked() {
    let (changes, line) = first(NET, "dw1 = 1/n*sum((y-yhat)*h1*(1-h1)*w5*x2)");
    assert_eq!(changes.len(), 2);
    assert_eq!(line, "dw1 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x1)");
}

#[test]
fn a_line_of_the_persons_own_is_marked_once() {
    let text =
        "delta = (yhat - y)*h1*w5\ndw1 = 2*mean(delta*x1)\ndw3 = 2*mean(delta*x2)\ndb1 = 2*mean(delta)";
    let found = marks(NET, text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].components, [0, 2, 6]);
    assert_eq!(found[0].corrected, "delta = (yhat - y)*h1*w5*(1 - h1)");
    // Right for one derivative and wrong for another: the line itself stays.
    let text = "e = 2/n*(yhat - y)\ndb3 = sum(e)\ndw5 = sum(e)";
    let found = marks(NET, text);
    assert_eq!(found[0].corrected, "dw5 = sum(e*h1)");
}

#[test]
fn latex_stays_latex() {
    is_changed(
        NET,
        r"$$\frac{\partial L}{\partial w_3} = -\frac{1}{n}\sum_i (y_i-\hat{y}_i) h_1 (1-h_1) w_5 x_{2i}$$",
        ChangeKind::Replace,
        &[("{1}", "{2}")],
        r"$$\frac{\partial L}{\partial w_3} = -\frac{2}{n}\sum_i (y_i-\hat{y}_i) h_1 (1-h_1) w_5 x_{2i}$$",
    );
    let (_, line) = first(NET, r"\frac{\partial L}{\partial w_5} = -\frac{2}{n}\sum_i (y_i-\hat{y}_i)");
    assert_eq!(line, r"\frac{\partial L}{\partial w_5} = -\frac{2}{n}\sum_i (y_i-\hat{y}_i) h_{1}");
}

#[test]
fn partial_and_broken_lines_are_marked_where_they_stand() {
    let text =
        "# mine\ndb3 = 2/n*sum(yhat\n   - y)\ndw5 = mean(2*(yhat\n    - y)*h2); dw6 = mean(2*(yhat - y)*h1)";
    let found = marks(NET, text);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].changes[0].row, found[0].changes[0].column), (5, 10));
    assert_eq!(found[0].corrected, "dw5 = mean(2*(yhat\n    - y)*h1)");
    assert_eq!(found[1].corrected, "dw6 = mean(2*(yhat - y)*h2)");
}

#[test]
fn matrices_and_their_entries_are_marked() {
    let text = "e = 2/n*(y_hat - y)\ndhidden.b = [sum(e*y_hat.W[0,0]), sum(e*y_hat.W[0,1]*(1-hidden[1]^2)), sum(e*y_hat.W[0,2])]\n\
                dy_hat.W = sum_rows(outer(e, hidden^2))\ndhidden.W[0,1] = sum(e*y_hat.W[0,1]*(1-hidden[0]^2)*x[1])";
    let found = marks(LAYERS, text);
    let lines: Vec<&str> = found.iter().map(|m| m.corrected.as_str()).collect();
    assert!(lines.contains(&"dy_hat.W = sum_rows(outer(e, hidden))"), "{lines:?}");
    assert!(lines.contains(&"dhidden.W[0,1] = sum(e*y_hat.W[0,0]*(1-hidden[0]^2)*x[1])"), "{lines:?}");
    let whole = marks(LAYERS, "dhidden.W = sum_rows(outer(hidden, x))");
    assert_eq!(whole[0].changes[0].kind, ChangeKind::Rewrite);
}

#[test]
fn odd_formulas_get_a_line_too() {
    for line in [
        "0",
        "1/0",
        "b3",
        "n",
        "x1",
        "[1][0]",
        "log(0-1)",
        "0*b3",
        "b3/(b3-b3)",
        "sum(1)",
        "y",
        "h(h(h(b3)))",
    ] {
        let text = format!("db3 = {line}");
        let Ok((model, mut formulas)) = Formulas::read(NET, &ModelOptions::default(), &text) else {
            continue;
        };
        let found = check(&model, &mut formulas, &Options::default()).unwrap();
        assert_eq!(found.marks.len(), usize::from(found.components[8].status == Status::Wrong), "{line}");
    }
    let long = format!("db3 = {}", vec!["yhat"; 500].join(" + "));
    assert_eq!(marks(NET, &long).len(), 1);
    let deep = format!("db3 = {}yhat{}", "(-".repeat(30), ")".repeat(30));
    assert_eq!(marks(NET, &deep).len(), 1);
    let found = marks("minimize (w1-3)^2 + b^4", "dw1 = w1-3\ndb = 4*b^2");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].corrected, "dw1 = 2*(w1-3)");
}

#[test]
fn a_slip_anywhere_gets_a_line_that_is_right() {
    for right in [
        "dw3 = -2/n*sum((y-yhat)*h1*(1-h1)*w5*x2)",
        "e = 2/n*(yhat - y)\ndw4 = sum(e*w6*h'(x1*w2 + x2*w4 + b2)*x2)",
        r"\frac{\partial L}{\partial w_3} = -\frac{2}{n}\sum_i (y_i-\hat{y}_i) h_1 (1-h_1) w_5 x_{2i}",
    ] {
        assert_eq!(marks(NET, right).len(), 0);
        let places: Vec<usize> = right.char_indices().map(|(at, _)| at).collect();
        for (k, &at) in places.iter().enumerate() {
            let behind = &right[places.get(k + 1).copied().unwrap_or(right.len())..];
            for slip in ["", "2"] {
                let text = format!("{}{slip}{behind}", &right[..at]);
                if Formulas::read(NET, &ModelOptions::default(), &text).is_ok() {
                    marks(NET, &text);
                }
            }
        }
    }
}

#[test]
fn a_derivative_written_anew_can_be_read_in_either_notation() {
    for text in [
        "dw4 = 0",
        r"\frac{\partial L}{\partial w_4} = 0",
        "dw4 = exp(b3)*x1^7",
        "gradient = [0,0,0,0,0,0,0,0,0]",
    ] {
        assert_eq!(marks(NET, text)[0].changes[0].kind, ChangeKind::Rewrite);
    }
}
