//! Many restarts: rates, documents, tables that are gone on with, and restarts that replay.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::{command, empty, run, run_in, trained};

/// A quick fleet.
const XOR: [&str; 6] = ["odds", "xor", "--restarts", "30", "--epochs", "600"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&XOR[..], more].concat()
}

#[test]
fn the_document_has_these_fields() {
    let document = run(&with(&["--json"])).json();
    for key in [
        "restarts",
        "solved",
        "rate",
        "interval",
        "epochs_quantiles",
        "ends",
        "seconds",
        "net_epochs_per_second",
        "best",
        "slowest",
        "worst",
        "stopped",
    ] {
        assert!(document.get(key).is_some(), "{key}");
    }
    assert_eq!(document["restarts"], 30);
    let (solved, rate) = (document["solved"].as_u64().unwrap(), document["rate"].as_f64().unwrap());
    assert!(solved > 10 && rate == solved as f64 / 30.0);
    let ends = document["ends"].as_array().unwrap();
    assert_eq!(ends.iter().map(|end| end["count"].as_u64().unwrap()).sum::<u64>(), 30);
    assert!(ends.iter().all(|end| end["loss"].is_number() && end["reason"].is_string()));
    let median = document["epochs_quantiles"]["50"].as_u64().unwrap();
    assert!((1..=600).contains(&median));
    assert_eq!(run(&with(&["--json"])).stderr, "");
}

#[test]
fn each_restart_that_is_named_replays_with_its_command() {
    let short = ["odds", "xor", "--restarts", "30", "--epochs", "400"];
    let document =
        run(&[&short[..], &["--json", "--lr", "0.4", "--batch", "3", "--shuffle"]].concat()).json();
    for ending in ["best", "slowest", "worst"].map(|kind| &document[kind][0]) {
        let typed = ending["replay"].as_str().unwrap();
        let words: Vec<&str> = typed.split(' ').skip(2).collect();
        let alone = trained(&words);
        assert_eq!(alone["loss"], ending["loss"], "{typed}");
        assert_eq!(alone["stop"]["epoch"], ending["epochs"], "{typed}");
        assert_eq!(alone["restart"], ending["restart"]);
    }
}

/// Holds that what each restart named came to is what its command comes to, to the last bit.
fn assert_replays(document: &Value) {
    for ending in ["best", "slowest", "worst"].iter().filter_map(|kind| document[kind].get(0)) {
        let typed = ending["replay"].as_str().unwrap();
        let words = words(typed);
        let words: Vec<&str> = words.iter().skip(2).map(String::as_str).collect();
        let alone = trained(&words);
        assert_eq!(
            alone["loss"].as_f64().map(f64::to_bits),
            ending["loss"].as_f64().map(f64::to_bits),
            "{typed}"
        );
        assert_eq!(alone["stop"]["epoch"], ending["epochs"], "{typed}");
    }
}

/// The words of a command in which single quotes hold words together.
fn words(typed: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in typed.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

#[test]
fn restarts_replay_with_every_option_on_steps() {
    let short = ["odds", "xor", "--restarts", "20", "--epochs", "200", "--json", "--lr", "0.05"];
    let documents = [
        &[
            "--optimiser",
            "adam",
            "--schedule",
            "cosine",
            "--precision",
            "f32",
            "--portable",
            "--threads",
            "1",
        ][..],
        &["--optimiser", "adam(beta1=0.8)", "--l2", "1e-5", "--clip-norm", "0.5", "--precision", "f32"],
        &[
            "--momentum",
            "0.9",
            "--schedule",
            "step(every=50, factor=0.3)",
            "--weight-decay",
            "1e-4",
            "--shuffle",
        ],
        &[
            "--optimiser",
            "rprop-(initial=uniform(0.01, 0.2))",
            "--l1",
            "1e-5",
            "--clip-value",
            "2",
            "--portable",
        ],
        &[
            "--sigmoid-prime-offset",
            "0.1",
            "--error-margin",
            "0.1",
            "--batch",
            "1",
            "--optimiser",
            "quickprop",
        ],
        &["--optimiser", "lm", "--no-early-stop"],
    ]
    .map(|more| run(&[&short[..], more].concat()).json());
    documents.iter().for_each(assert_replays);
    assert_eq!(documents[0]["options"]["schedule"], "cosine(least=0, epochs=0)");
    let replay = documents[0]["worst"][0]["replay"].as_str().unwrap();
    for said in
        ["--optimiser adam --lr 0.05 --schedule 'cosine(least=0, epochs=0)'", "--precision f32 --portable"]
    {
        assert!(replay.contains(said), "{replay}");
    }
}

#[test]
fn the_rate_of_the_paper_is_the_same_in_a_replay() {
    let short = ["odds", "xor", "--restarts", "3", "--epochs", "50", "--json", "--optimiser"];
    let document = run(&[&short[..], &["nadam"]].concat()).json();
    assert_eq!(document["options"]["learning_rate"], 0.002);
    assert_replays(&document);
}

#[test]
fn adam_learns_xor_from_most_starts() {
    let document =
        run(&["odds", "xor", "--restarts", "200", "--optimiser", "adam", "--lr", "0.05", "--json"]).json();
    assert!(document["rate"].as_f64().unwrap() > 0.7, "{}", document["rate"]);
}

#[test]
fn optimisers_and_momentum_are_swept() {
    let short = ["odds", "xor", "--restarts", "20", "--epochs", "300"];
    let of = |more: &[&str]| run(&[&short[..], more, &["--json"]].concat()).json();
    let swept = of(&["--sweep", "optimiser=adam,rprop-,lm"]);
    for (index, name) in ["adam", "rprop-", "lm"].iter().enumerate() {
        let (setting, alone) = (&swept["settings"][index], of(&["--optimiser", name]));
        assert_eq!(setting["optimiser"], *name);
        assert_eq!((&setting["solved"], &setting["ends"]), (&alone["solved"], &alone["ends"]), "{name}");
    }
    assert_eq!(swept["best_setting"], "whygrad odds xor --optimiser lm --epochs 300 --seed 1 --restarts 20");
    let momentum = of(&["--sweep", "momentum=0:0.9:10"]);
    let alone = of(&["--momentum", "0.9"]);
    assert_eq!(momentum["settings"][9]["ends"], alone["ends"]);
    let both = of(&["--sweep", "momentum=0.5,0.9", "--sweep", "optimiser=momentum,nesterov"]);
    assert_eq!(both["settings"][2]["ends"], alone["ends"]);
    assert_eq!(both["settings"][3]["ends"], of(&["--optimiser", "nesterov"])["ends"]);
    let rates = of(&["--sweep", "optimiser=adam", "--sweep", "lr=0.05"]);
    assert_eq!(rates["settings"][0]["ends"], of(&["--optimiser", "adam", "--lr", "0.05"])["ends"]);
    for (more, said) in [
        (&["--sweep", "optimiser=adm"][..], "did you mean 'adam'?"),
        (&["--sweep", "optimiser=adam", "--sweep", "momentum=0,0.5"], "adam has no such momentum"),
        (&["--sweep", "optimiser=adam", "--optimiser", "lm"], "--optimiser gives one value and --sweep"),
        (&["--sweep", "momentum=0.1,0.2", "--momentum", "0.3"], "--momentum gives one value and --sweep"),
        (&["--sweep", "batch=1,2", "--batch", "3"], "--batch gives one value and --sweep"),
        (&["--optimiser", "lm", "--batch", "2"], "lm(damping=0.001) steps on all rows at once"),
    ] {
        run(&[&short[..], more].concat()).refused(&[said]);
    }
}

#[test]
fn threads_are_no_choice_of_a_table() {
    let folder = empty("odds-threads");
    let table = |more: &[&str]| run_in("odds-threads", &with(&[&["--out", "rows.csv", "-q"], more].concat()));
    assert_eq!(table(&["--threads", "1"]).code, 0);
    let rows = fs::read(folder.join("rows.csv")).unwrap();
    let resumed = table(&["--threads", "2", "--resume"]);
    assert_eq!(resumed.code, 0, "{}", resumed.stderr);
    assert_eq!(fs::read(folder.join("rows.csv")).unwrap(), rows);
}

#[test]
fn the_text_is_data_and_the_rest_is_prose() {
    let output = run(&XOR);
    assert!(
        output.stdout.starts_with("Solved ") && output.stdout.contains("of 30 restarts: "),
        "{}",
        output.stdout
    );
    for said in [
        "Epochs to the solution",
        "How nets end:",
        "whygrad train xor --epochs 600 --seed 1 --until-right --restart ",
    ] {
        assert!(output.stdout.contains(said), "{said}: {}", output.stdout);
    }
    assert!(
        output.stderr.contains("30 restarts; a net is solved when |output - target| < 0.5"),
        "{}",
        output.stderr
    );
    assert!(!output.stdout.contains('\u{1b}'));
    let quiet = run(&with(&["-q"]));
    assert!(quiet.stdout.starts_with("Solved ") && quiet.stdout.lines().count() == 1, "{}", quiet.stdout);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn the_rule_of_solving_is_a_choice() {
    let solved = |more: &[&str]| run(&with(&[more, &["--json"]].concat())).json()["solved"].as_u64().unwrap();
    assert!(solved(&["--within", "0.1"]) < solved(&[]));
    assert_eq!(solved(&["--target-loss", "10"]), 30);
    run(&with(&["--within", "0.4", "--target-loss", "0.1"])).refused(&["cannot be used with"]);
    let late = run(&with(&["--no-early-stop", "--json"])).json();
    assert_eq!(late["net_epochs"], 30 * 600);
    assert!(run(&with(&["--within", "0.4"])).stdout.contains("--within 0.4 --restart "));
}

#[test]
fn two_sweeps_make_a_map_and_a_picture() {
    let folder = empty("odds-map");
    let sweep = ["--sweep", "lr=0.5:5:log3", "--sweep", "init=uniform(-1,1);he"];
    let short = ["odds", "2-2tanh-1", "--data", "xor", "--restarts", "5", "--epochs", "100"];
    let output = run_in("odds-map", &[&short[..], &sweep, &["--svg", "map.svg"]].concat());
    assert!(output.stdout.starts_with("Solved nets in percent: learning rate down, initialiser across\n"));
    assert!(output.stdout.contains("Best: lr ") && output.stdout.contains("--init "), "{}", output.stdout);
    assert!(fs::read_to_string(folder.join("map.svg")).unwrap().contains(">learning rate<"));
    let document = run(&[&short[..], &sweep, &["--json"]].concat()).json();
    assert_eq!((&document["restarts"], &document["settings"].as_array().unwrap().len()), (&30.into(), &6));
    assert_eq!(document["settings"][1]["init"], "he_normal");
    assert_eq!(document["settings"][2]["lr"], 1.581);
    assert!(document.get("worst").is_none());
}

#[test]
fn a_setting_of_a_sweep_is_what_it_is_alone() {
    let swept = run(&with(&["--sweep", "batch=2,full", "--json"])).json();
    let alone = run(&with(&["--batch", "2", "--json"])).json();
    for key in ["restarts", "solved", "epochs_quantiles", "ends"] {
        assert_eq!(swept["settings"][0][key], alone[key], "{key}");
    }
    let hidden =
        ["odds", "2-9tanh-1", "--data", "xor", "--restarts", "3", "--epochs", "20", "--sweep", "hidden=1,3"];
    assert_eq!(run(&hidden).code, 0);
    let loss = [
        "odds",
        "2-2tanh-1",
        "--data",
        "xor",
        "--restarts",
        "3",
        "--epochs",
        "20",
        "--sweep",
        "loss=mse,half_mse",
    ];
    let ends = run(&[&loss[..], &["--json"]].concat()).json();
    assert_ne!(ends["settings"][0]["ends"], ends["settings"][1]["ends"]);
}

#[test]
fn slips_are_answered_with_what_to_write() {
    for (more, said) in [
        (&["--sweep", "learing-rate=1,2"][..], "is no setting that can be swept"),
        (&["--sweep", "lr=0.1:10:lgo20"], "should end in log and a number"),
        (&["--sweep", "lr=1,2", "--lr", "1"], "--lr gives one value and --sweep lr=... several"),
        (&["--sweep", "hidden=1,2"], "where the model is a net in one word"),
        (&["--init", "[1,2,3,4,5,6,7,8,9]"], "say how to draw them"),
        (&["--out", "table.txt"], "name the file .csv or .parquet"),
        (&["--resume"], "--out"),
        (&["--budget", "soon"], "expected a time such as 2s"),
        (&["--restarts", "0"], "and at most 2^53"),
        (&["--until", "never"], "solved"),
        (&["--until", "solved", "--sweep", "lr=1,2"], "cannot be used with"),
    ] {
        run(&[&["odds", "xor"], more].concat()).refused(&[said]);
    }
    run(&["odds", "minimize x^2"]).refused(&["plain function without data"]);
    run(&["odds", "inputs x\ntarget y\nloss = mean((w*x - y)^2)", "--data", "sine"])
        .refused(&["outputs and targets cannot be compared", "--target-loss"]);
    run(&["odds", "xors"]).refused(&["did you mean xor?"]);
}

#[test]
fn a_table_that_was_torn_goes_on_to_the_same_bytes() {
    let folder = empty("odds-resumed");
    let table = |name: &'static str, more: &[&str]| {
        run_in("odds-resumed", &with(&[&["--out", name, "--json"], more].concat()))
    };
    let whole = table("whole.csv", &[]).json();
    let expected = fs::read(folder.join("whole.csv")).unwrap();
    let choices = fs::read(folder.join("whole.csv.options.json")).unwrap();
    for length in [0, 20, 300, expected.len() - 5, expected.len()] {
        fs::write(folder.join("torn.csv"), &expected[..length]).unwrap();
        fs::write(folder.join("torn.csv.options.json"), &choices).unwrap();
        let mut resumed = table("torn.csv", &["--resume"]).json();
        assert_eq!(fs::read(folder.join("torn.csv")).unwrap(), expected, "after {length} bytes");
        for key in ["seconds", "net_epochs_per_second", "net_epochs_now"] {
            resumed[key] = whole[key].clone();
        }
        assert_eq!(resumed, whole, "after {length} bytes");
    }
    table("whole.csv", &[]).refused(&["exists already; go on with it by --resume"]);
    table("whole.csv", &["--resume", "--lr", "3"]).refused(&["learning_rate was 0.5 and is 3.0 now"]);
    table("whole.csv", &["--resume", "--within", "0.4"]).refused(&["within was 0.5 and is 0.4 now"]);
    assert_eq!(fs::read(folder.join("whole.csv")).unwrap(), expected);
}

#[test]
fn a_sweep_is_gone_on_with_in_the_middle_of_a_setting() {
    let folder = empty("odds-swept");
    let arguments = with(&["--sweep", "batch=1,full", "--sweep", "lr=0.5,1", "--out", "rows.csv", "-q"]);
    assert_eq!(run_in("odds-swept", &arguments).code, 0);
    let expected = fs::read_to_string(folder.join("rows.csv")).unwrap();
    assert!(expected.starts_with("restart,batch,lr,epochs,first_solved,loss,reason\n0,1,0.5,"));
    assert_eq!(expected.lines().count(), 1 + 4 * 30);
    let cut: String = expected.split_inclusive('\n').take(50).collect();
    fs::write(folder.join("rows.csv"), cut + "7,1,").unwrap();
    assert_eq!(run_in("odds-swept", &[&arguments[..], &["--resume"]].concat()).code, 0);
    assert_eq!(fs::read_to_string(folder.join("rows.csv")).unwrap(), expected);
    let broken = expected.replacen("\n2,1,0.5,", "\n3,1,0.5,", 1);
    fs::write(folder.join("rows.csv"), broken).unwrap();
    run_in("odds-swept", &[&arguments[..], &["--resume"]].concat())
        .refused(&["line 4", "restart 3, expected 2;"]);
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_table_is_written_whole() {
    let folder = empty("odds-parquet");
    assert_eq!(run_in("odds-parquet", &with(&["--out", "rows.parquet", "-q"])).code, 0);
    let bytes = fs::read(folder.join("rows.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    assert!(!folder.join("rows.parquet.part").exists());
    run_in("odds-parquet", &with(&["--out", "rows.parquet", "--resume"]))
        .refused(&["cannot be gone on with"]);
}

#[test]
fn the_first_solved_net_or_the_end_of_the_time_is_enough() {
    let until = ["odds", "xor", "--until", "solved", "--epochs", "600", "--json"];
    let once = run(&[&until[..], &["--threads", "1"]].concat()).json();
    assert_eq!((&once["solved"], &once["stopped"]), (&1.into(), &"solved".into()));
    assert_eq!(run(&until).json()["best"], once["best"]);
    assert_eq!((&once["rate"], &once["interval"]), (&Value::Null, &Value::Null));
    let text = run(&until[..6]).stdout;
    assert!(text.starts_with("Restart ") && text.contains("no rate follows"), "{text}");
    let never = ["odds", "xor", "--until", "solved", "--target-loss", "-1", "--budget", "300ms", "--json"];
    let spent = run(&never).json();
    assert_eq!((&spent["solved"], &spent["stopped"]), (&0.into(), &"budget".into()));
    assert!(spent["seconds"].as_f64().unwrap() >= 0.3);
}

#[test]
fn a_solved_net_is_found_at_once_however_many_epochs_others_have() {
    let found =
        run(&["odds", "xor", "--until", "solved", "--budget", "20s", "--epochs", "1e12", "--json"]).json();
    assert_eq!((&found["solved"], &found["stopped"]), (&1.into(), &"solved".into()));
    assert!(found["seconds"].as_f64().unwrap() < 5.0, "{}", found["seconds"]);
}

#[test]
fn nets_that_were_cut_off_are_told() {
    let arguments = ["odds", "xor", "--restarts", "100", "--epochs", "1e12", "--budget", "400ms"];
    let document = run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!((&document["restarts"], &document["stopped"]), (&0.into(), &"budget".into()));
    let number = |group: &str, name: &str| document[group][name].as_u64().unwrap();
    assert!(number("not_counted", "solved") > 50 && number("under_way", "epoch") > 1000);
    assert_eq!(number("not_counted", "ended") + number("under_way", "nets"), 100);
    let text = run(&arguments).stdout;
    assert!(text.contains("\nUnder way: ") && text.contains("\nNot counted: "), "{text}");
}

#[test]
fn the_time_ends_nets_whose_epochs_are_long() {
    let net = ["odds", "2-64tanh-64tanh-1sigmoid", "--data", "moons(n=20000, noise=0.1)", "--epochs", "1e9"];
    let spent = run(&[&net[..], &["--restarts", "5", "--budget", "200ms", "--json"]].concat()).json();
    assert_eq!((&spent["restarts"], &spent["stopped"]), (&0.into(), &"budget".into()));
    // An epoch takes its time where the machine is busy; 512 of them took 13 seconds and more.
    assert!(spent["seconds"].as_f64().unwrap() < 6.0, "{}", spent["seconds"]);
}

#[cfg(unix)]
#[test]
fn training_with_restarts_says_when_it_was_cut_off() {
    let interrupted = |more: &[&str]| {
        let arguments =
            [&["train", "xor", "--restarts", "1e9", "--epochs", "300", "--out", "none"], more].concat();
        let child =
            command("odds-best", &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(900));
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    empty("odds-best");
    let document: Value = serde_json::from_str(&interrupted(&["--json"]).0).unwrap();
    let restarts = &document["restarts"];
    assert_eq!((&restarts["asked"], &restarts["stopped"]), (&1_000_000_000.into(), &"interrupted".into()));
    assert!(document["restart"].as_u64() < restarts["ended"].as_u64());
    let said = interrupted(&[]).1;
    assert!(said.contains("interrupted after ") && said.contains(" of 1000000000 restarts"), "{said}");
    let whole = trained(&["xor", "--epochs", "9", "--restarts", "3"]);
    assert_eq!(whole["restarts"], serde_json::json!({"asked": 3, "ended": 3, "stopped": null}));
}

#[cfg(unix)]
#[test]
fn an_interrupted_fleet_gives_the_result_so_far() {
    let folder = empty("odds-interrupted");
    let interrupted = |more: &[&str]| {
        let arguments = [&["odds", "xor", "--restarts", "1e9", "--epochs", "600"], more].concat();
        let child = command("odds-interrupted", &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(900));
        let kill =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (document, said) = interrupted(&["--json", "--out", "rows.csv"]);
    assert_eq!(said, "");
    let document: Value = serde_json::from_str(&document).unwrap();
    let restarts = document["restarts"].as_u64().unwrap();
    assert_eq!(document["stopped"], "interrupted");
    assert!(restarts > 0);
    let rows = fs::read_to_string(folder.join("rows.csv")).unwrap();
    assert_eq!(rows.lines().count() as u64, restarts + 1);
    assert!(rows.ends_with('\n'));
    let (text, said) = interrupted(&[]);
    assert!(text.starts_with("Solved ") && said.contains("interrupted after "), "{said}");
}

#[test]
fn training_with_restarts_keeps_the_best() {
    let of = |more: &[&str]| trained(&[&["xor", "--epochs", "300"], more].concat());
    let best = of(&["--restarts", "6"]);
    let losses: Vec<f64> =
        (0..6).map(|k: u32| of(&["--restart", &k.to_string()])["loss"].as_f64().unwrap()).collect();
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(best["loss"].as_f64().unwrap(), lowest);
    assert_eq!(losses[best["restart"].as_u64().unwrap() as usize], lowest);
    run(&["train", "xor", "--restart", "1", "--restarts", "2"]).refused(&["cannot be used with"]);
    run(&["train", "xor", "--restart", "1", "--init", "[0,0,0,0,0,0,0,0,0]"]).refused(&["nothing to draw"]);
    assert_ne!(of(&["--restart", "0"])["start"], of(&[])["start"]);
}

#[test]
fn values_that_are_all_given_make_equal_restarts() {
    let given = "inputs x\ntarget y\nparams w = 0.1, b = 0.2\ny_hat = w*x + b\nloss = mse(y_hat, y)";
    let output = run(&["odds", given, "--data", "sine", "--restarts", "2", "--epochs", "3", "--lr", "0.01"]);
    assert!(output.stderr.contains("every restart begins with the same values"), "{}", output.stderr);
}
