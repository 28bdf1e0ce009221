//! Gradients that are checked: the three ways they come in, and every way a program can misbehave.

use super::{Output, command, file, run};

/// Two weights and a bias.
const MODEL: &str = "inputs x[2]\ntarget y\ny_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y)\n";

/// At w1 = 1, w2 = 2, b = 3, on the rows (1, 2) -> 4 and (0, 1) -> 1: the errors are 4 and 4, so that the mean of
/// 2*error*(x1, x2, 1) is (4, 12, 8).
const POINT: &str = r#"{"w1": 1, "w2": 2, "b": 3, "inputs": [[1, 2], [0, 1]], "targets": [[4], [1]]}"#;
const RIGHT: &str = "4 12 8";

/// The right gradient in Python, as far as the answer.
const PROGRAM: &str = "
import json, sys, time, os
def gradient(q):
    p = q['params']
    g = [0.0, 0.0, 0.0]
    for (x1, x2), (y,) in zip(q['inputs'], q['targets']):
        e = 2 * (p['w1'] * x1 + p['w2'] * x2 + p['b'] - y) / len(q['inputs'])
        g = [g[0] + e * x1, g[1] + e * x2, g[2] + e]
    return g
";

fn checked(arguments: &[&str]) -> Output {
    run(&[&["check", MODEL], arguments].concat())
}

/// Checks a Python program: the gradient above and the lines given.
fn program(name: &str, lines: &str, more: &[&str]) -> Output {
    let path = file(&format!("check-{name}.py"), format!("{PROGRAM}\n{lines}\n"));
    let command = format!("python3 '{path}'");
    checked(&[&["--program", &command, "--timeout", "10"], more].concat())
}

/// Checks a program of the shell.
fn shell(line: &str, seconds: &str) -> Output {
    checked(&["--program", line, "--timeout", seconds])
}

/// Answers each question with an expression of the question `q` and its number `k`.
fn answering(expression: &str) -> String {
    format!(
        "for k, line in enumerate(sys.stdin):\n    q = json.loads(line)\n    print({expression}, flush=True)"
    )
}

fn verdict(output: &Output) -> serde_json::Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{}{}", output.stdout, output.stderr))
}

#[test]
fn one_way_in_is_needed() {
    checked(&[]).refused(&[
        "which gradient?",
        "--formulas FILE",
        "--numbers FILE",
        "--program",
        "--template",
    ]);
    checked(&["--numbers", "a", "--program", "b"]).refused(&["--numbers and --program cannot go together"]);
    checked(&["--numbers", "-", "--at", "-"]).refused(&["standard input can be only one of the files"]);
    checked(&["--numbers", "nowhere.json"]).refused(&["cannot read nowhere.json"]);
    checked(&["--program", "true", "--fixed-data"]).refused(&["--fixed-data means the given rows", "--data"]);
    checked(&["--program", "true", "--timeout", "0"]).refused(&["a positive number"]);
    checked(&["--program", "true", "--data", "xor", "--at", &file("rows.json", POINT)])
        .refused(&["--at has rows and --data has rows"]);
}

#[test]
fn the_exit_status_is_the_verdict() {
    let at = file("check-point.json", POINT);
    let right = checked(&["--numbers", &file("right.txt", RIGHT), "--at", &at]);
    assert_eq!(right.code, 0, "{}{}", right.stdout, right.stderr);
    assert!(
        right.stdout.starts_with("Your gradient is right.")
            && right.stdout.contains("whygrad train ")
            && right.stdout.contains(" --why")
    );
    let wrong = checked(&["--numbers", &file("wrong.txt", "4 -12 8"), "--at", &at]);
    assert_eq!(wrong.code, 1, "{}{}", wrong.stdout, wrong.stderr);
    assert!(wrong.stdout.starts_with("1 of 3 components is wrong: w2\nRight: w1, b\n"), "{}", wrong.stdout);
    assert_eq!(checked(&["--numbers", &file("short.txt", "4 12"), "--at", &at]).code, 2);
}

#[test]
fn the_document_has_the_shape_of_the_contract() {
    let at = file("check-json.json", POINT);
    let numbers = file("wrong.json", r#"{"gradient": {"w1": 4, "w2": -12}, "loss": 16}"#);
    let document = verdict(&checked(&["--numbers", &numbers, "--at", &at, "--json"]));
    assert_eq!(document["verdict"], "wrong");
    let statuses: Vec<&str> =
        document["components"].as_array().unwrap().iter().map(|c| c["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["right", "wrong", "not given"]);
    let w2 = &document["components"][1];
    assert_eq!((&w2["name"], &w2["given"], &w2["true"]), (&"w2".into(), &(-12.0).into(), &12.0.into()));
    assert_eq!((&w2["relative_error"], &document["loss"]["status"]), (&2.0.into(), &"agrees".into()));
    for key in ["mistakes", "notes", "probes"] {
        assert!(document[key].is_array(), "{key}");
    }
    let nan = file("nan.json", "[NaN, 12, 8]");
    let document = verdict(&checked(&["--numbers", &nan, "--at", &at, "--json"]));
    assert_eq!(document["components"][0]["given"], serde_json::Value::Null);
}

#[test]
fn numbers_come_from_standard_input_too() {
    use std::io::Write as _;
    let at = file("check-stdin.json", POINT);
    let mut child = command("nowhere", &["check", MODEL, "--numbers", "-", "--at", &at]);
    let mut child =
        child.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"dw1 = 4\ndw2 = 12\ndb = 8\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn formulas_are_checked_and_their_faults_shown_in_their_lines() {
    let right = file(
        "right.formulas",
        "dw1 = mean(2*(y_hat - y)*x1)\ndw2 = mean(2*(y_hat - y)*x2)\ndb = mean(2*(y_hat - y))\n",
    );
    let output = checked(&["--formulas", &right]);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let wrong = file("wrong.formulas", "dw1 = mean(2*(y_hat - y)*x2)\n");
    assert_eq!(checked(&["--formulas", &wrong]).code, 1);
    let unread = file("unread.formulas", "dw1 = mean(2*(y_hat - yy)*x1)\n");
    checked(&["--formulas", &unread]).refused(&["unread.formulas:1:", "'yy'"]);
}

#[test]
fn a_program_that_answers_is_checked_at_all_sorts_of_points() {
    for (name, answer) in [
        ("list", "json.dumps({'gradient': gradient(q)})"),
        ("names", "json.dumps({'gradient': dict(zip(['w1', 'w2', 'b'], gradient(q))), 'loss': None})"),
    ] {
        let output = program(name, &answering(answer), &[]);
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{}", output.stdout);
    }
    let some = program("some", &answering("json.dumps({'gradient': {'w1': gradient(q)[0]}})"), &["--json"]);
    assert_eq!((some.code, verdict(&some)["components"][1]["status"].as_str()), (0, Some("not given")));
    let wrong = program(
        "wrong",
        &answering("json.dumps({'gradient': [-g for g in gradient(q)]})"),
        &["--data", "xor"],
    );
    assert_eq!(wrong.code, 1, "{}", wrong.stderr);
    let nan =
        program("nan", &answering("json.dumps({'gradient': [float('nan')] + gradient(q)[1:]})"), &["--json"]);
    assert_eq!((nan.code, verdict(&nan)["components"][0]["status"].as_str()), (1, Some("wrong")));
}

#[test]
fn prose_before_the_answer_is_passed_over_and_told() {
    let lines = "print('loading')\n".to_owned()
        + &answering("'step', k, '\\n', json.dumps({'gradient': gradient(q)})");
    let output = program("prose", &lines, &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        output.stderr.contains("lines of the program that are no JSON were passed over; the first: loading")
    );
}

#[test]
fn an_answer_that_is_held_back_comes_all_the_same() {
    let lines = answering("json.dumps({'gradient': gradient(q)})").replace(", flush=True", "");
    assert_eq!(program("held-back", &lines, &[]).code, 0);
}

#[test]
fn what_is_wrong_with_an_answer_is_told() {
    for (name, answer, said) in [
        ("short", "json.dumps({'gradient': [1, 2]})", "the gradient has 2 numbers, the model 3 parameters"),
        ("long", "json.dumps({'gradient': [1, 2, 3, 4]})", "give them in this order: w1, w2, b"),
        ("typo", "json.dumps({'gradient': {'w11': 1}})", "no parameter 'w11'"),
        ("text", "json.dumps({'gradient': ['1', '2', '3']})", "is a text where a number should be"),
        ("nested", "json.dumps({'gradient': {'w1': [[1, 2], [3, 4]]}})", "and should be one number"),
        ("none", "json.dumps({'grad': [1, 2, 3]})", "the program's answer has no \"gradient\", it has: grad"),
        ("echo", "line.strip()", "sent the question back"),
        (
            "dict",
            "{'gradient': [1, 2, 3]}",
            "JSON has double quotes; in Python write print(json.dumps(answer)",
        ),
        ("error", "json.dumps({'error': 'no rows'})", "the program says: \"no rows\""),
        (
            "twice",
            "json.dumps({'gradient': gradient(q)}) + '\\n' + json.dumps({'gradient': gradient(q)})",
            "answered twice",
        ),
        (
            "endless",
            "json.dumps({'gradient': gradient(q)}) + '\\na' * 20000",
            "wrote 10000 lines after its answer",
        ),
        ("chatter", "'a\\n' * 30", "wrote 20 lines and no answer"),
    ] {
        program(&format!("answer-{name}"), &answering(answer), &[]).refused(&[said, "(question"]);
    }
}

#[test]
fn a_program_that_ends_is_told_with_its_last_words() {
    program("dies", "raise ValueError('no weights today')", &[])
        .refused(&["ended with exit status 1 (question 1)", "ValueError: no weights today"]);
    let lines =
        "q = json.loads(sys.stdin.readline())\nprint(json.dumps({'gradient': gradient(q)}))\nsys.exit(3)";
    program("once", lines, &[]).refused(&["ended with exit status 3 (question 2)", "help:"]);
    program("killed", "os.kill(os.getpid(), 9)", &[]).refused(&["was ended by signal"]);
    shell("no-such-program-here", "10").refused(&[
        "was not found",
        "no-such-program-here",
        "python3 mine.py",
    ]);
    shell("exec 1>&-; sleep 100", "10").refused(&["closed its standard output"]);
}

#[test]
fn a_program_that_does_not_answer_is_given_up() {
    shell("sleep 1000", "0.3").refused(&["no answer within 0.3 s (question 1)", "--timeout"]);
    shell("cat >/dev/null; echo '{}'", "0.3").refused(&["it answered once its input was at its end"]);
    shell("cat /dev/zero", "60").refused(&["without the end of a line"]);
    shell("yes", "60").refused(&["wrote 20 lines and no answer", "its standard output: y"]);
    // A question of some megabytes, which nobody reads.
    let wide = run(&["check", "784-128-10", "--program", "sleep 1000", "--timeout", "0.5"]);
    wide.refused(&["no answer within 0.5 s"]);
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_program_too() {
    use std::io::BufRead as _;
    let said = file("check-interrupted", "");
    let line = format!("sleep 1000 & echo $! > '{said}'; wait");
    let arguments = ["check", MODEL, "--program", line.as_str()];
    let mut child = command("nowhere", &arguments).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let id = (0..500)
        .find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            std::fs::read_to_string(&said).ok().filter(|text| text.ends_with('\n'))
        })
        .expect("the program starts");
    let interrupted =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let words: Vec<String> =
        std::io::BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok).collect();
    assert!(words.iter().any(|line| line.contains("stopped by you")), "{words:?}");
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let state = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
        state.is_empty() || state.contains(" Z ")
    });
    assert!(gone, "the program lives");
}

#[test]
fn a_wrong_formula_is_shown_with_the_line_to_write() {
    let path = file(
        "check-marks.txt",
        "dw1 = 2*mean((y_hat - y)*x2)\ndw2 = 2*mean((y_hat - y))\ndb = mean(y_hat - y)\n",
    );
    let found = checked(&["--formulas", &path]);
    assert_eq!(found.code, 1, "{}", found.stderr);
    for said in [
        "check-marks.txt:1:26",
        "1 | dw1 = 2*mean((y_hat - y)*x2)",
        "^^ x2 stands where x1 belongs",
        "the factor x2 is missing here",
        "help: write",
        "dw1 = 2*mean((y_hat - y)*x1)",
        "dw2 = 2*mean((y_hat - y)*x2)",
        "db = 2*mean(y_hat - y)",
    ] {
        assert!(found.stdout.contains(said), "expected '{said}' in:\n{}", found.stdout);
    }
    assert!(!found.stdout.contains('\u{1b}'), "colour is for terminals");
    let json = verdict(&checked(&["--formulas", &path, "--json"]));
    assert_eq!(json["marks"][0]["components"][0], "w1");
    assert_eq!(json["marks"][0]["changes"][0]["column"], 26);
    let mistakes = json["mistakes"].as_array().expect("a list");
    assert!(mistakes.iter().any(|m| m["right"] == "db = 2*mean(y_hat - y)"), "{mistakes:?}");
}
