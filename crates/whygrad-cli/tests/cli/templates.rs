//! Programs to fill in: they run as they are written, and with the right lines they are right.
//!
//! A language that is not installed is left out, with a note.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use super::{folder, run, run_in};

/// Language, file, the command that shows whether it is there, and the command line.
const LANGUAGES: [(&str, &str, &str, &str); 6] = [
    ("python", "t.py", "python3", "python3 t.py"),
    ("javascript", "t.js", "node", "node t.js"),
    ("rust", "t.rs", "rustc", "rustc t.rs -o t.bin && ./t.bin"),
    ("r", "t.r", "Rscript", "Rscript t.r"),
    ("octave", "t.m", "octave", "octave --no-gui -q t.m"),
    ("julia", "t.jl", "julia", "julia t.jl"),
];

/// The net on paper: one statement a line, `E(..)` for the exponential.
const ON_PAPER: &[&str] = &[
    "let a1 = 1.0/(1.0 + E(-(x1*w1 + x2*w3 + b1)))",
    "let a2 = 1.0/(1.0 + E(-(x1*w2 + x2*w4 + b2)))",
    "let e = 2.0*(a1*w5 + a2*w6 + b3 - y)/N",
    "let d1 = e*w5*a1*(1.0 - a1)",
    "let d2 = e*w6*a2*(1.0 - a2)",
    "dw1 = dw1 + d1*x1",
    "dw2 = dw2 + d2*x1",
    "dw3 = dw3 + d1*x2",
    "dw4 = dw4 + d2*x2",
    "dw5 = dw5 + e*a1",
    "dw6 = dw6 + e*a2",
    "db1 = db1 + d1",
    "db2 = db2 + d2",
    "db3 = db3 + e",
];

/// A layer of three units and two inputs, and the sum of squares.
const LAYER: &str = "inputs x[2]\ntargets y[3]\nnet = dense(x, 3)\nloss = sse(net, y)\n";

fn on_paper(language: &str) -> Vec<String> {
    let (word, exp, count) = match language {
        "javascript" => ("const ", "Math.exp", "n"),
        "rust" => ("let ", "f64::exp", "n as f64"),
        "python" => ("", "__import__('math').exp", "n"),
        _ => ("", "exp", "n"),
    };
    let end = if ["python", "r", "julia"].contains(&language) { "" } else { ";" };
    let line = |line: &&str| {
        line.replace("let ", word).replace("E(", &format!("{exp}(")).replace("/N", &format!("/({count})"))
            + end
    };
    ON_PAPER.iter().map(line).collect()
}

fn layer(language: &str) -> Vec<String> {
    let text = match language {
        "python" => {
            "for i in range(3):\n    e = 2*(net_W[i][0]*x[0] + net_W[i][1]*x[1] + net_b[i] - y[i])\n    dnet_b[i] += e\n    \
             for j in range(2):\n        dnet_W[i][j] += e*x[j]"
        }
        "javascript" => {
            "for (let i = 0; i < 3; i++) {\n  const e = 2*(net_W[i][0]*x[0] + net_W[i][1]*x[1] + net_b[i] - y[i]);\n  \
             dnet_b[i] += e;\n  for (let j = 0; j < 2; j++) dnet_W[i][j] += e*x[j];\n}"
        }
        "rust" => {
            "for i in 0..3 {\n    let e = 2.0*(net_W[i][0]*x[0] + net_W[i][1]*x[1] + net_b[i] - y[i]);\n    dnet_b[i] += e;\n    \
             for j in 0..2 { dnet_W[i][j] += e*x[j]; }\n}"
        }
        "r" => {
            "e <- as.vector(2*(net_W %*% x + net_b - y))\ndnet_b <- dnet_b + e\ndnet_W <- dnet_W + outer(e, x)"
        }
        "octave" => "e = 2*(net_W*x + net_b - y);\ndnet_b += e;\ndnet_W += e*x';",
        _ => "e = 2*(net_W*x + net_b - y)\ndnet_b = dnet_b + e\ndnet_W = dnet_W + e*x'",
    };
    text.lines().map(str::to_owned).collect()
}

/// True where a command can be run.
fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

#[test]
fn a_template_runs_as_it_is_and_is_right_once_it_is_filled_in() {
    for (language, name, program, line) in LANGUAGES {
        if !is_there(program) {
            eprintln!("{program} is not there: its template is not run");
            continue;
        }
        for (number, (model, code)) in
            [("xor-on-paper", on_paper(language)), (LAYER, layer(language))].into_iter().enumerate()
        {
            let directory = format!("template-{language}-{number}");
            let written = run_in(&directory, &["check", model, "--template", language, "-o", name]);
            assert_eq!(written.code, 0, "{}", written.stderr);
            assert!(written.stderr.contains(&format!("written to {name}")), "{}", written.stderr);
            let check = ["check", model, "--program", line, "--timeout", "60"];
            let empty = run_in(&directory, &check);
            assert_eq!(empty.code, 1, "{language}: {}{}", empty.stdout, empty.stderr);
            assert!(empty.stdout.contains(" 9 components are wrong: "), "{language}: {}", empty.stdout);
            let path = folder(&directory).join(name);
            let mut text = String::new();
            for written in std::fs::read_to_string(&path).unwrap().lines() {
                let _ = writeln!(text, "{written}");
                if written.contains("WRITE HERE") {
                    let indent = &written[..written.len() - written.trim_start().len()];
                    for line in &code {
                        let _ = writeln!(text, "{indent}{line}");
                    }
                }
            }
            std::fs::write(&path, text).unwrap();
            let filled = run_in(&directory, &check);
            assert_eq!(filled.code, 0, "{language}: {}{}", filled.stdout, filled.stderr);
        }
    }
}

#[test]
fn a_template_goes_to_standard_output_and_has_the_names_of_the_model() {
    let text =
        run(&["check", "inputs x\ntarget y\ny_hat = λ*x + in\nloss = mse(y_hat, y)", "--template", "py"])
            .stdout;
    for line in [
        "    lambda_ = params[\"λ\"]\n",
        "    in_ = params[\"in\"]\n",
        "    dlambda_ = 0.0\n",
        "        #   y_hat = λ*x + in\n",
        "        x = inputs[row][0]\n",
        "    return {\"λ\": dlambda_, \"in\": din_}, loss\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    run(&["check", "xor", "--template", "pyton"])
        .refused(&["no template in 'pyton'; did you mean python?", "julia"]);
    run(&["check", "xor", "-o", "t.py"]).refused(&["--template"]);
}
