use super::super::tests::{answer, assert_cause, case_of, finished, model, rows, run};
use crate::why::{Kind, Verdict};

#[test]
fn a_logarithm_of_nothing_at_the_start_is_the_cause() {
    let text = "inputs x\ntarget y\nparams w, b\ny_hat = w*x + b\nloss = mean(-y*log(y_hat) - (1 - y)*log(1 - y_hat))";
    let mut case = case_of(model(text), rows(&[(&[0.0], &[0.0]), (&[1.0], &[1.0])]));
    case.start = vec![1.0, 0.0];
    let broken = run(&case);
    let report = assert_cause(&broken, Kind::NotANumber);
    let first = &report.findings[0];
    assert_eq!(report.verdict, Verdict::Diverged);
    assert_eq!(first.evidence["operation"], "log", "{}", first.summary);
    assert_eq!(first.evidence["epoch"], 0);
}

#[test]
fn a_division_by_nothing_at_the_start_is_the_cause() {
    let text = "inputs x\ntarget y\nparams a, b\ny_hat = b*x/a\nloss = mean((y - y_hat)^2)";
    let mut case = case_of(model(text), rows(&[(&[1.0], &[1.0]), (&[2.0], &[2.0]), (&[3.0], &[3.0])]));
    case.start = vec![0.0, 0.5];
    case.options.learning_rate = 0.001;
    let report = answer(&run(&case));
    assert_eq!(report.findings[0].kind, Kind::NotANumber, "{report:#?}");
    assert_eq!(report.findings[0].evidence["operation"], "division");
}

#[test]
fn a_cross_entropy_written_out_meets_log_of_nothing_on_the_way() {
    // tanh scaled to 0..1 is no sigmoid in the eyes of the loss, and rounds to 1.
    let text = "inputs x[2]\ntarget y\nh = dense(x, 3, tanh)\no = dense(h, 1, tanh)\ny_hat = o/2 + 1/2\n\
        loss = mean(-y*log(y_hat) - (1 - y)*log(1 - y_hat))";
    let broken = finished(text, "xor", |case| {
        case.options.learning_rate = 60.0;
        case.options.epochs = 3000;
    });
    let report = answer(&broken);
    let found = report.findings.iter().find(|f| f.kind == Kind::NotANumber).unwrap();
    assert_eq!(found.evidence["operation"], "log", "{}", found.summary);
    assert!(found.evidence["epoch"].as_u64().unwrap() > 0);
}

#[test]
fn numbers_that_grew_are_a_symptom_of_the_rate() {
    let broken = finished("2-2sigmoid-1", "xor", |case| {
        case.options.learning_rate = 1e6;
        case.options.epochs = 3000;
    });
    let found = answer(&broken);
    assert!(found.findings.iter().all(|f| f.kind != Kind::NotANumber || !f.confirmed));
}
