//! How a step is made: optimisers, methods, schedules, and what is done to the gradient.

use serde_json::{Value, json};

use super::{empty, run, run_in, trained};

fn xor<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["xor"], more].concat()
}

fn refused(more: &[&str], said: &[&str]) {
    run(&[&["train", "xor", "--out", "none"], more].concat()).refused(said);
}

#[test]
fn each_option_stands_in_the_options_of_the_run() {
    for (option, value, at, shown) in [
        ("--optimiser", "adam", "/optimiser", json!("adam(beta1=0.9, beta2=0.999, eps=1e-8)")),
        ("--optimizer", "momentum:0.5", "/optimiser", json!("momentum(momentum=0.5)")),
        ("--opt", "nag(0.8)", "/optimiser", json!("nesterov(momentum=0.8)")),
        ("--opt", "lbfgs(memory=5)", "/method", json!("lbfgs(memory=5)")),
        ("--momentum", "0.9", "/optimiser", json!("momentum(momentum=0.9)")),
        ("--schedule", "step:5,0.5", "/schedule", json!("step(every=5, factor=0.5)")),
        ("--weight-decay", "1e-4", "/gradient/weight-decay", json!(1e-4)),
        ("--l1", "0.01", "/gradient/l1", json!(0.01)),
        ("--l2", "0.02", "/gradient/l2", json!(0.02)),
        ("--clip-norm", "0.1", "/gradient/clip-norm", json!(0.1)),
        ("--clip-value", "0.03", "/gradient/clip-value", json!(0.03)),
        ("--sigmoid-prime-offset", "0.1", "/backward/sigmoid-prime-offset", json!(0.1)),
        ("--error-margin", "0.2", "/backward/error-margin", json!(0.2)),
        ("--threads", "1", "/threads", json!(1)),
    ] {
        let run = trained(&xor(&["--epochs", "20", option, value]));
        assert_eq!(run["options"].pointer(at), Some(&shown), "{option}");
        let plain = trained(&xor(&["--epochs", "20"]));
        assert_eq!(run["theta"] == plain["theta"], option == "--threads", "{option} changes what comes out");
    }
    let both = trained(&xor(&["--epochs", "1", "--opt", "nesterov", "--momentum", "0.3"]));
    assert_eq!(both["options"]["optimiser"], "nesterov(momentum=0.3)");
}

#[test]
fn minimize_takes_the_same_options() {
    let of = |more: &[&str]| {
        let valley = ["minimize", "(1 - a)^2 + 100*(b - a^2)^2", "--start", "a=-1,b=2", "--json"];
        run(&[&valley[..], more].concat()).json()
    };
    for method in ["lbfgs", "bfgs", "cg", "scg", "lm", "newton"] {
        let run = of(&["--optimiser", method, "--epochs", "500"]);
        assert!(run["loss"].as_f64().unwrap() < 1e-9, "{method}: {}", run["loss"]);
    }
    let adam = of(&["--optimiser", "adam", "--epochs", "5"]);
    assert_eq!(adam["options"]["learning_rate"], 0.001);
    assert_eq!(of(&["--lr", "0.001", "--epochs", "5"])["options"]["learning_rate"], 0.001);
    assert_eq!(of(&["--momentum", "0.5", "--epochs", "0"])["options"]["learning_rate"], 0.01);
}

#[test]
fn a_slip_is_answered_out_of_optimisers_and_methods() {
    refused(&["--optimiser", "adm"], &["no optimiser 'adm'; did you mean 'adam'?", "quickprop, lbfgs"]);
    refused(&["--optimizer", "lbfg"], &["no optimiser 'lbfg'; did you mean 'lbfgs'?"]);
    refused(&["--opt", "lion"], &["there are gradient-descent, momentum, nesterov"]);
    refused(&["--optimiser", "adam(beta3=0.9)"], &["has no setting 'beta3'; did you mean 'beta1'?"]);
    refused(
        &["--optimiser", "adam(lr=0.1)"],
        &["the learning rate is no setting of adam; write it as --lr RATE"],
    );
    refused(&["--optimiser", "momentum:2"], &["a number from 0 up to, but not, 1, but '2' was given"]);
    refused(&["--optimiser", "adam("], &["does not close its brackets"]);
    refused(&["--optimser", "adam"], &["'--optimser'", "'--optimiser'"]);
    refused(&["--schedule", "cosin"], &["no schedule 'cosin'; did you mean 'cosine'?"]);
    refused(&["--schedule", "step(evry=3)"], &["did you mean 'every'?"]);
}

#[test]
fn numbers_out_of_range_are_refused() {
    refused(&["--momentum", "1"], &["--momentum", "expected a number from 0 to below 1"]);
    for option in ["--weight-decay", "--l1", "--l2", "--sigmoid-prime-offset", "--error-margin"] {
        refused(&[option, "-0.1"], &[option, "expected a number that is not negative"]);
    }
    for option in ["--clip-norm", "--clip-value"] {
        refused(&[option, "0"], &[option, "expected a positive number"]);
    }
    refused(&["--threads", "0"], &["--threads", "expected a whole number from 1 on"]);
}

#[test]
fn what_does_not_go_together_is_refused() {
    refused(
        &["--optimiser", "lm", "--batch", "2"],
        &["lm(damping=0.001) steps on all rows at once; leave out --batch"],
    );
    refused(&["--optimiser", "newton", "--shuffle"], &["leave out --shuffle"]);
    for (option, value) in [("precision", "f32"), ("schedule", "cosine"), ("l2", "0.1"), ("clip-norm", "1")] {
        let said = format!("in double precision; leave out --{option}\n");
        refused(&["--optimiser", "bfgs", &format!("--{option}"), value], &[&said]);
    }
    refused(
        &["--optimiser", "adam", "--momentum", "0.9"],
        &["adam has no such momentum; leave out --momentum"],
    );
}

#[test]
fn levenberg_marquardt_learns_xor_in_a_few_epochs() {
    let run = trained(&xor(&["--optimiser", "lm", "--epochs", "100", "--target-loss", "1e-10"]));
    assert_eq!(run["stop"]["reason"], "target-loss", "{}", run["stop"]);
}

#[test]
fn the_line_before_a_run_says_what_makes_the_steps() {
    let said = |more: &[&str]| {
        let output = run(&[&["train", "xor", "--out", "none", "--epochs", "2"], more].concat());
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stderr
    };
    for (more, expected) in [
        (&[][..], "; gradient descent, learning rate 0.5, full batch, seed 1\n"),
        (&["--opt", "adam"], "eps=1e-8), learning rate 0.001 as in its paper, full batch"),
        (&["--opt", "adam", "--lr", "0.1"], "eps=1e-8), learning rate 0.1, full batch"),
        (&["--opt", "lm"], "; lm(damping=0.001), full batch"),
        (&["--opt", "rprop-"], "largest=50), full batch"),
        (&["--schedule", "cosine"], "learning rate 0.5, schedule cosine(least=0, epochs=0), full batch"),
        (&["--l2", "0.1", "--clip-norm", "2"], "gradient clipped to length 2, l2 0.1, full batch"),
        (
            &["--batch", "2", "--shuffle", "--precision", "f32", "--portable"],
            "batches of 2, shuffled, f32, portable, seed",
        ),
    ] {
        let said = said(more);
        assert!(said.contains(expected), "expected '{expected}' in {said}");
        assert!(!said.contains("note: "), "{said}");
    }
}

#[test]
fn a_learning_rate_without_a_use_is_noted_and_not_refused() {
    let note =
        |more: &[&str]| run(&[&["train", "xor", "--out", "none", "--epochs", "2"], more].concat()).stderr;
    let lm = note(&["--opt", "lm", "--lr", "2"]);
    assert!(lm.starts_with("note: the learning rate changes nothing here: lm finds"), "{lm}");
    let rprop = note(&["--opt", "rprop-", "--lr", "2", "--schedule", "cosine"]);
    assert!(
        rprop.starts_with("note: learning rate and schedule change nothing here: rprop- finds"),
        "{rprop}"
    );
    assert_eq!(note(&["--opt", "lm", "--lr", "2", "-q"]), "");
    let odds = [
        "odds",
        "xor",
        "--restarts",
        "2",
        "--sweep",
        "optimiser=adam,rprop-",
        "--epochs",
        "2",
        "--lr",
        "0.1",
    ];
    assert_eq!(run(&odds).stderr.matches("note: the learning rate changes nothing here: rprop-").count(), 1);
}

#[test]
fn a_portable_run_has_these_bits() {
    let run = trained(&xor(&["--portable", "--epochs", "200", "--optimiser", "adam", "--lr", "0.05"]));
    assert_eq!(run["loss"].as_f64().unwrap().to_bits(), PORTABLE, "{}", run["loss"]);
}

/// The loss of [`a_portable_run_has_these_bits`].
const PORTABLE: u64 = 4_591_115_698_354_950_920;

#[test]
fn the_options_of_a_run_folder_say_how_it_was_trained() {
    let folder = empty("steps-folder");
    let more =
        ["--out", "here", "--json", "--epochs", "9", "--opt", "adam", "--schedule", "cosine", "--l1", "0.1"];
    let document = run_in("steps-folder", &[&["train", "xor"], &more[..]].concat()).json();
    let text = std::fs::read_to_string(folder.join("here/options.json")).unwrap();
    let options: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["options"], options);
    assert_eq!((&options["data"], &options["gradient"]["l1"]), (&"xor".into(), &0.1.into()));
}

#[test]
fn a_run_folder_from_before_these_options_is_trained_on() {
    let folder = empty("steps-old");
    assert_eq!(run_in("steps-old", &["train", "xor", "--out", "old", "--epochs", "3", "-q"]).code, 0);
    let file = folder.join("old/options.json");
    let mut options: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    for key in ["method", "schedule", "gradient", "backward", "portable", "threads", "restart"] {
        options.as_object_mut().unwrap().remove(key);
    }
    std::fs::write(&file, options.to_string()).unwrap();
    let again = run_in("steps-old", &["train", "old", "--out", "none", "--epochs", "3", "--json"]).json();
    assert_eq!(again["loss"], trained(&xor(&["--epochs", "3"]))["loss"]);
    assert_eq!(run_in("steps-old", &["eval", "old"]).code, 0);
}

#[test]
fn the_best_of_several_restarts_is_trained_with_the_same_options() {
    let more = [
        "--epochs",
        "60",
        "--optimiser",
        "adam",
        "--lr",
        "0.1",
        "--schedule",
        "cosine",
        "--precision",
        "f32",
    ];
    let best = trained(&[&["xor", "--restarts", "8"], &more[..]].concat());
    let losses: Vec<f64> = (0..8)
        .map(|k| {
            trained(&[&["xor", "--restart", &k.to_string()], &more[..]].concat())["loss"].as_f64().unwrap()
        })
        .collect();
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(best["loss"].as_f64(), Some(least), "{losses:?}");
}

#[test]
fn the_settings_of_all_are_listed_with_the_examples() {
    let listed = run(&["examples"]).stdout;
    for line in [
        "  adam(beta1=0.9, beta2=0.999, eps=1e-8)\n",
        "  lbfgs(memory=10)\n",
        "  cosine(least=0, epochs=0)\n",
    ] {
        assert!(listed.contains(line), "{line}");
    }
    assert!(run(&["completions", "bash"]).stdout.contains("--optimiser"));
}
