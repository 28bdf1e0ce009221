//! One process for all programs of a language: files, driver, answers.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use whygrad_expr::emit::Language;

use super::programs::Case;

/// The command of a language, and what shows that it is there.
pub(crate) fn is_present(language: Language) -> bool {
    let (command, arguments): (&str, &[&str]) = match language {
        Language::Python => ("python3", &["--version"]),
        Language::NumPy => ("python3", &["-c", "import numpy"]),
        Language::R => ("Rscript", &["--version"]),
        Language::Julia => ("julia", &["--version"]),
        Language::Octave => ("octave", &["--version"]),
        Language::C => ("cc", &["--version"]),
        Language::Rust => ("rustc", &["--version"]),
        Language::JavaScript => ("node", &["--version"]),
    };
    Command::new(command).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// What a command prints.
fn run(folder: &Path, command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).current_dir(folder).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command} {arguments:?} failed:\n{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn list(values: &[f64]) -> String {
    values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(", ")
}

/// Rows in brackets.
fn rows(values: &[f64], count: usize, separator: &str, brackets: bool) -> String {
    let width = values.len() / count;
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let row = list(&values[row * width..(row + 1) * width]);
            if brackets { format!("[{row}]") } else { row }
        })
        .collect();
    rows.join(separator)
}

/// Writes the files, runs them, and gives the numbers of each case.
pub(crate) fn answers(
    language: Language,
    folder: &Path,
    sources: &[String],
    cases: &[Case],
) -> Vec<Vec<f64>> {
    for (index, source) in sources.iter().enumerate() {
        let file = format!("p{index}.{}", language.extension());
        std::fs::write(folder.join(file), source).unwrap();
    }
    let driver = driver(language, sources.len(), cases);
    let main = format!("main.{}", language.extension());
    std::fs::write(folder.join(&main), driver).unwrap();
    let text = match language {
        Language::Python | Language::NumPy => run(folder, "python3", &[&main]),
        Language::R => run(folder, "Rscript", &[&main]),
        Language::Julia => run(folder, "julia", &["--startup-file=no", &main]),
        Language::Octave => run(folder, "octave", &["--no-gui", "--norc", "--quiet", &main]),
        Language::JavaScript => run(folder, "node", &[&main]),
        Language::Rust => {
            run(folder, "rustc", &["--edition=2021", "-O", &main, "-o", "main"]);
            run(folder, "./main", &[])
        }
        Language::C => {
            let flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror"];
            let mut objects: Vec<String> = vec!["main.c".to_owned()];
            for index in 0..sources.len() {
                let (source, object) = (format!("p{index}.c"), format!("p{index}.o"));
                let loss = format!("-Dloss_and_gradient=loss{index}");
                let predict = format!("-Dpredict=predict{index}");
                run(folder, "cc", &[&flags[..], &["-c", &source, "-o", &object, &loss, &predict]].concat());
                objects.push(object);
            }
            let mut arguments: Vec<&str> = objects.iter().map(String::as_str).collect();
            arguments.extend(["-o", "main", "-lm"]);
            run(folder, "cc", &arguments);
            run(folder, "./main", &[])
        }
    };
    text.lines().map(|line| line.split_whitespace().map(number).collect()).collect()
}

/// A number as any of the languages prints it.
fn number(text: &str) -> f64 {
    match text.to_lowercase().trim_start_matches('-') {
        "inf" | "infinity" => {
            if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        "nan" | "na" => f64::NAN,
        _ => text.parse().unwrap_or_else(|_| panic!("'{text}' is no number")),
    }
}

fn driver(language: Language, programs: usize, cases: &[Case]) -> String {
    let mut text = match language {
        Language::Python => "import importlib\n".to_owned(),
        Language::NumPy => "import importlib\nimport numpy as np\n".to_owned(),
        Language::R | Language::Julia => String::new(),
        Language::Octave => "1;\n".to_owned(),
        Language::JavaScript => String::new(),
        Language::C => c_start(programs),
        Language::Rust => rust_start(programs),
    };
    for case in cases {
        text.push_str(&one(language, case));
    }
    if matches!(language, Language::C | Language::Rust) {
        text.push_str("}\n");
    }
    text
}

fn c_start(programs: usize) -> String {
    let mut text = "#include <stdio.h>\n#include <stddef.h>\n".to_owned();
    for index in 0..programs {
        writeln!(
            text,
            "double loss{index}(const double *, const double *, const double *, size_t, double *);\n\
             void predict{index}(const double *, const double *, size_t, double *);"
        )
        .unwrap();
    }
    text.push_str(
        "static void show(const double *v, size_t n) {\n\
         for (size_t i = 0; i < n; i++) printf(\"%.17g \", v[i]); }\nint main(void) {\n",
    );
    text
}

fn rust_start(programs: usize) -> String {
    let mut text = "#![deny(warnings)]\n".to_owned();
    for index in 0..programs {
        writeln!(text, "mod p{index};").unwrap();
    }
    text.push_str("fn show(v: &[f64]) { for x in v { print!(\"{x:?} \"); } }\nfn main() {\n");
    text
}

/// The lines that run one case and print its numbers in one line.
fn one(language: Language, case: &Case) -> String {
    let (p, n) = (case.program, case.rows);
    let (theta, inputs, targets) = (list(&case.theta), list(&case.inputs), list(&case.targets));
    let (input_rows, target_rows) = (rows(&case.inputs, n, ", ", true), rows(&case.targets, n, ", ", true));
    let (parameters, outputs) = (case.theta.len(), case.expected.len() - 1 - case.theta.len());
    match language {
        Language::Python => format!(
            "p = importlib.import_module('p{p}')\n\
             t, x, y = [{theta}], [{input_rows}], [{target_rows}]\n\
             loss, gradient = p.loss_and_gradient(t, x, y)\n\
             print(loss, *gradient, *[v for row in p.predict(t, x) for v in row])\n"
        ),
        Language::NumPy => format!(
            "p = importlib.import_module('p{p}')\n\
             t, x, y = np.array([{theta}]), np.array([{input_rows}]), np.array([{target_rows}])\n\
             loss, gradient = p.loss_and_gradient(t, x, y)\n\
             assert gradient.shape == ({parameters},)\n\
             print(float(loss), *gradient.tolist(), *p.predict(t, x).ravel().tolist())\n"
        ),
        Language::JavaScript => format!(
            "{{ const p = require('./p{p}.js');\n\
             const [t, x, y] = [[{theta}], [{input_rows}], [{target_rows}]];\n\
             const [loss, gradient] = p.loss_and_gradient(t, x, y);\n\
             console.log([loss, ...gradient, ...p.predict(t, x).flat()].join(' ')); }}\n"
        ),
        Language::C => format!(
            "{{ const double t[] = {{{theta}}}, x[] = {{{inputs}}}, y[] = {{{targets}}};\n\
             double g[{parameters}], o[{outputs}];\n\
             const double loss = loss{p}(t, x, y, {n}, g); predict{p}(t, x, {n}, o);\n\
             show(&loss, 1); show(g, {parameters}); show(o, {outputs}); printf(\"\\n\"); }}\n"
        ),
        Language::Rust => format!(
            "{{ let (t, x, y) = ([{theta}], [{inputs}], [{targets}]);\n\
             let (mut g, mut o) = ([0.5; {parameters}], [0.5; {outputs}]);\n\
             let loss = p{p}::loss_and_gradient(&t, &x, &y, {n}, &mut g); p{p}::predict(&t, &x, {n}, &mut o);\n\
             show(&[loss]); show(&g); show(&o); println!(); }}\n"
        ),
        Language::R => format!(
            "source('p{p}.R')\nt <- c({theta})\nx <- matrix(c({inputs}), {n}, byrow = TRUE)\n\
             y <- matrix(c({targets}), {n}, byrow = TRUE)\nr <- loss_and_gradient(t, x, y)\n\
             stopifnot(length(r$gradient) == {parameters})\n\
             cat(sprintf('%.17g', c(r$loss, r$gradient, as.vector(t(predict(t, x))))), '\\n')\n\
             rm(t)\n"
        ),
        Language::Octave => format!(
            "source('p{p}.m');\nt = [{theta}];\nx = [{}];\ny = [{}];\n\
             [l, g] = loss_and_gradient(t, x, y);\no = predict(t, x)';\n\
             assert(numel(g) == {parameters});\n\
             printf('%.17g ', [l, g(:)', o(:)']);\nprintf('\\n');\n",
            rows(&case.inputs, n, "; ", false),
            rows(&case.targets, n, "; ", false)
        ),
        Language::Julia => format!(
            "include(\"p{p}.jl\")\nt = Float64[{theta}]\nx = permutedims(reshape(Float64[{inputs}], :, {n}))\n\
             y = permutedims(reshape(Float64[{targets}], :, {n}))\n\
             l, g = loss_and_gradient(t, x, y)\n@assert length(g) == {parameters}\n\
             println(join([l; g; vec(permutedims(predict(t, x)))], ' '))\n"
        ),
    }
}
