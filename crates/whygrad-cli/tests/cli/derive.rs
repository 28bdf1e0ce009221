//! Derivations from the command line.

use super::{empty, run, run_in};

const MODELS: [&str; 6] = ["xor", "xor-on-paper", "and", "2-3tanh-2softmax", "encoder-8", "3-2relu-1"];

#[test]
fn every_format_of_every_model_has_something_to_say() {
    for model in MODELS {
        for format in ["text", "latex", "mathml", "html", "python", "c", "rust", "javascript"] {
            let out = run(&["derive", model, "--format", format]);
            assert_eq!(out.code, 0, "{model} {format}: {}", out.stderr);
            assert!(out.stdout.len() > 100, "{model} {format}: {}", out.stdout);
        }
    }
}

#[test]
fn steps_lead_to_the_parameter_that_is_named() {
    let out = run(&["derive", "xor-on-paper", "--steps", "w3"]);
    assert!(out.stdout.contains("from the loss to w3") && out.stdout.contains("dw3"), "{}", out.stdout);
    assert!(!out.stdout.contains("dw4"), "{}", out.stdout);
    run(&["derive", "xor", "--steps", "w99"]).refused(&["no parameter 'w99'; it has hidden.W, hidden.b"]);
    run(&["derive", "xor", "--steps", "hidden.W[9,9]"]).refused(&["no parameter 'hidden.W[9,9]'"]);
    assert_eq!(run(&["derive", "xor", "--steps", "hidden.W[0,1]"]).code, 0);
}

#[test]
fn hessians_are_written_for_small_nets() {
    let out = run(&["derive", "xor-on-paper", "--hessian"]);
    assert_eq!(out.stdout.matches("d2L/d").count(), 45, "{}", out.stdout);
    run(&["derive", "10-10-10", "--hessian"]).refused(&["a Hessian of 220 parameters"]);
    run(&["derive", "xor", "--hessian", "--format", "c"]).refused(&["--hessian is written as text"]);
}

#[test]
fn forms_of_a_net() {
    assert!(run(&["derive", "xor", "--form", "matrix"]).stdout.contains("hidden.W @ x"));
    assert_eq!(run(&["derive", "10-20sigmoid-5", "--form", "scalar"]).code, 0);
    run(&["derive", "inputs x\ntarget y\ny_hat = w*x^2\nloss = mse(y_hat,y)", "--form", "matrix"])
        .refused(&["no matrix form"]);
}

#[test]
fn a_derivation_goes_to_a_file() {
    let folder = empty("derive");
    let out = run_in("derive", &["derive", "xor", "--format", "latex", "-o", "g.tex"]);
    assert_eq!((out.code, out.stdout.as_str()), (0, ""));
    assert!(std::fs::read_to_string(folder.join("g.tex")).unwrap().contains("\\begin{document}"));
}
