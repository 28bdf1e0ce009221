//! Hessians that are checked: the three ways they come in.

use super::{Output, file, run};

/// One weight. At w = 1 on the rows (1, 2) and (2, 1), the loss w -> mean((w x - y)^2) has the second derivative
/// mean(2 x^2) = 5.
const MODEL: &str = "inputs x\ntarget y\ny_hat = w*x\nloss = mse(y_hat, y)\n";
const POINT: &str = r#""params": {"w": 1}, "inputs": [[1], [2]], "targets": [[2], [1]]"#;

fn checked(arguments: &[&str]) -> Output {
    run(&[&["check", MODEL, "--second-order"], arguments].concat())
}

fn document(output: &Output) -> serde_json::Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}{}", output.stdout, output.stderr))
}

#[test]
fn formulas_of_one_weight() {
    let right = file("second-right.txt", "d2L/dw^2 = mean(2*x^2)\n");
    let output = checked(&["--formulas", &right]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("Your Hessian is right."), "{}", output.stdout);

    let half = file("second-half.txt", "d2w = mean(x^2)\n");
    let output = checked(&["--formulas", &half, "--json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    let found = document(&output);
    assert_eq!((&found["order"], &found["given"]), (&2.into(), &"hessian".into()));
    assert_eq!(found["components"][0]["name"], "w,w");
    assert_eq!(found["mistakes"][0]["kind"], "constant-factor");
}

#[test]
fn a_formula_that_cannot_be_read_is_shown_as_it_was_written() {
    let wrong = file("second-wrong.txt", "d2L/dwdv = mean(x^2)\n");
    checked(&["--formulas", &wrong]).refused(&["d2L/dwdv = mean(x^2)", "the parameters are w"]);
    let unknown = file("second-unknown.txt", "d2L/dw^2 = mean(q^2)\n");
    checked(&["--formulas", &unknown]).refused(&["d2L/dw^2 = mean(q^2)", "the model has no 'q'"]);
}

#[test]
fn numbers_at_a_point() {
    let right = file("second-right.json", format!("{{\"hessian\": [[5]], {POINT}}}"));
    let output = checked(&["--numbers", &right]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let product = file("second-product.json", format!("{{\"vector\": [2], \"product\": [-10], {POINT}}}"));
    let output = checked(&["--numbers", &product, "--json"]);
    assert_eq!((output.code, &document(&output)["given"]), (1, &"product".into()));
    assert_eq!(document(&output)["mistakes"][0]["kind"], "sign");
}

#[test]
fn a_program_gives_the_hessian_or_its_product_with_the_vector() {
    let program = |name: &str, answer: &str| {
        let text = format!(
            "import json, sys\nfor line in sys.stdin:\n    q = json.loads(line)\n    assert q['order'] == 2\n    \
             h = sum(2*x[0]**2 for x in q['inputs']) / len(q['inputs'])\n    print(json.dumps({answer}), flush=True)\n"
        );
        let path = file(&format!("second-{name}.py"), text);
        checked(&["--program", &format!("python3 '{path}'"), "--timeout", "10"])
    };
    let right = program("hessian", "{'hessian': [[h]]}");
    assert_eq!(right.code, 0, "{}{}", right.stdout, right.stderr);
    let by_name = program("by-name", "{'hessian': {'w': {'w': h}}}");
    assert_eq!(by_name.code, 0, "{}{}", by_name.stdout, by_name.stderr);
    let product = program("product", "{'product': [h*q['vector'][0]]}");
    assert_eq!(product.code, 0, "{}{}", product.stdout, product.stderr);
    let wrong = program("sum", "{'hessian': [[h*len(q['inputs'])]]}");
    assert_eq!(wrong.code, 1, "{}{}", wrong.stdout, wrong.stderr);
    assert!(wrong.stdout.contains("wrong-reduction"), "{}", wrong.stdout);
    program("gradient", "{'gradient': [h]}")
        .refused(&["there is no \"hessian\" and no \"product\", but: gradient"]);
}
