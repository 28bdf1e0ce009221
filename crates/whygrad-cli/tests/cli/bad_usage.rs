//! Typing errors in verbs, flags and values.

use super::{file, run};

#[test]
fn a_verb_or_flag_with_a_typing_error_is_answered_with_the_nearest() {
    run(&["trian", "xor"]).refused(&["unrecognized subcommand 'trian'", "'train'"]);
    run(&["train", "xor", "--ephocs", "3"]).refused(&["'--ephocs'", "'--epochs'"]);
    run(&["train", "xr"]).refused(&["'xr' is no file and no built-in model; did you mean xor?"]);
    run(&["train", "xor", "--data", "xorr"]).refused(&["there is no built-in table 'xorr'; write xor"]);
}

#[test]
fn numbers_are_refused_with_what_was_expected() {
    for rate in ["0", "-1", "nan", "inf", "fast"] {
        run(&["train", "xor", "--lr", rate]).refused(&["--lr", "expected a positive number such as 0.1"]);
    }
    for epochs in ["-5", "1.5", "many", "1e30"] {
        run(&["train", "xor", "--epochs", epochs])
            .refused(&["--epochs", "expected a whole number from 0 on, such as 1000 or 1e6"]);
    }
    for limit in ["-1", "nan"] {
        run(&["train", "xor", "--tol", limit]).refused(&["--tol", "expected a number that is not negative"]);
        run(&["train", "xor", "--gradient-norm", limit]).refused(&["expected a number that is not negative"]);
    }
    run(&["train", "xor", "--target-loss", "nan"]).refused(&["expected a number such as 0.01"]);
    run(&["train", "xor", "--seed", "-1"]).refused(&["--seed", "expected a whole number"]);
    for batch in ["0", "-3", "all"] {
        run(&["train", "xor", "--batch", batch]).refused(&["expected `full` or a positive number of rows"]);
    }
}

#[test]
fn choices_are_listed() {
    run(&["train", "xor", "--precision", "f16"]).refused(&["expected f64 or f32"]);
    run(&["train", "xor", "--random", "pyton"]).refused(&["expected own or python"]);
    run(&["train", "xor", "--init", "orthogonal"])
        .refused(&["there is no initialiser 'orthogonal'", "he_normal"]);
    run(&["train", "xor", "--init", "uniform(1,-1)"]).refused(&["such as uniform(-1, 1)"]);
    run(&["train", "xor", "--loss", "msee"]).refused(&["there is no loss 'msee'", "did you mean mse?"]);
    run(&["derive", "xor", "--format", "word"]).refused(&["expected text, latex, mathml, html, python"]);
    run(&["derive", "xor", "--form", "round"]).refused(&["expected auto, scalar, matrix or both"]);
}

#[test]
fn folders_and_missing_files_are_called_so() {
    run(&["train", "/"]).refused(&["'/' is a folder, and none that a run was written to"]);
    run(&["train", "xor", "--data", "/"]).refused(&["'/' is a folder; name a CSV file in it"]);
    run(&["train", "xor", "--init", "/"]).refused(&["'/' is a folder"]);
    run(&["train", "nope.model"]).refused(&["there is no file 'nope.model'"]);
    run(&["train", "xor", "--data", "nope.csv"]).refused(&["there is no file 'nope.csv'"]);
    run(&["train", "xor", "--init", "nope.json"]).refused(&["there is no file 'nope.json'"]);
    run(&["train", "xor", "--gradient", "nope"]).refused(&["cannot read nope"]);
    run(&["derive", "xor", "-o", "/nope/x"]).refused(&["cannot write /nope/x"]);
    let latin = file("latin.model", b"inputs x\n# caf\xe9\n");
    run(&["train", &latin]).refused(&["is not UTF-8 text (byte 14); save it as UTF-8"]);
}

#[test]
fn a_net_in_one_word_is_checked() {
    run(&["derive", "0-2-1"]).refused(&["'0' in '0-2-1' does not start with a number of units, 1 or more"]);
    run(&["derive", "2-2foo-1"])
        .refused(&["'foo' in '2-2foo-1' is no activation; there are identity, sigmoid"]);
    run(&["derive", "100000-100000-1"]).refused(&["more than the 100000000 there may be"]);
}

#[test]
fn a_model_without_data_or_parameters_says_what_to_add() {
    run(&["train", "2-2-1"]).refused(&["add --data FILE.csv", "--data xor"]);
    run(&["eval", "xor"]).refused(&["the parameters are missing: add --init FILE"]);
    run(&["train", "minimize x^2"]).refused(&["whygrad minimize"]);
    run(&["minimize", "xor"]).refused(&[]);
}
