//! What `odds` says of itself: pictures, sweeps that are stopped, documents, notes.

use std::fs;

use super::{command, empty, run, run_in, trained};

/// A quick fleet with these options.
fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["odds", "xor", "--restarts", "20", "--epochs", "400"], more].concat()
}

#[test]
fn a_picture_that_cannot_be_written_is_refused_before_the_work() {
    let folder = empty("said-pictures");
    run(&with(&["--plot", "no-such-folder/x.svg"])).refused(&["cannot write no-such-folder/x.svg"]);
    for name in ["x.gif", "-", "svg"] {
        run_in("said-pictures", &with(&["--plot", name])).refused(&["the endings are .svg"]);
    }
    let three = ["--sweep", "lr=1,2", "--sweep", "batch=1,2", "--sweep", "loss=mse,sse", "--plot", "x.svg"];
    run_in("said-pictures", &with(&three)).refused(&["a picture takes one or two sweeps"]);
    let none = run_in("said-pictures", &with(&["--target-loss", "-1", "--plot", "x.svg"]));
    assert!(
        none.stdout.starts_with("Solved 0 of 20") && none.stderr.contains("no net is solved"),
        "{}",
        none.stderr
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(run_in("said-pictures", &with(&["--plot", "x.svg"])).code, 0);
    assert!(fs::read_to_string(folder.join("x.svg")).unwrap().starts_with("<svg"));
}

#[test]
fn a_sweep_that_is_stopped_knows_something_of_every_setting() {
    empty("said-rounds");
    let sweep =
        ["odds", "xor", "--sweep", "lr=0.1:1:log5", "--restarts", "1e8", "--epochs", "300", "--budget", "3s"];
    let stopped = run_in("said-rounds", &[&sweep[..], &["--json", "--out", "rows.csv"]].concat()).json();
    assert_eq!(stopped["stopped"], "budget");
    let settings = stopped["settings"].as_array().unwrap();
    let restarts: Vec<u64> = settings.iter().map(|setting| setting["restarts"].as_u64().unwrap()).collect();
    assert!(restarts.iter().all(|count| *count >= 4), "{restarts:?}");
    assert!(stopped["best_setting"].is_string());
    // Rounds are read back in the order in which they were written.
    let resumed =
        run_in("said-rounds", &[&sweep[..], &["--json", "--out", "rows.csv", "--resume"]].concat()).json();
    assert!(resumed["restarts"].as_u64() >= stopped["restarts"].as_u64());
}

#[test]
fn each_setting_of_a_sweep_names_restarts_that_replay() {
    let document =
        run(&with(&["--sweep", "l2=0,0.001", "--sweep", "schedule=constant;cosine", "--json"])).json();
    let setting = &document["settings"][3];
    assert_eq!((&setting["l2"], &setting["schedule"]), (&0.001.into(), &"cosine(least=0, epochs=0)".into()));
    for ending in ["best", "slowest", "worst"].iter().filter_map(|kind| setting[kind].get(0)) {
        let typed = ending["replay"].as_str().unwrap();
        assert!(typed.contains("--schedule 'cosine(least=0, epochs=0)' --l2 0.001"), "{typed}");
        let typed = typed.replace("'cosine(least=0, epochs=0)'", "cosine");
        let alone = trained(&typed.split(' ').skip(2).collect::<Vec<_>>());
        assert_eq!(
            (&alone["loss"], &alone["stop"]["epoch"]),
            (&ending["loss"], &ending["epochs"]),
            "{typed}"
        );
    }
    assert!(
        document["options"].get("schedule").is_none() && document["options"]["gradient"].get("l2").is_none()
    );
    assert_eq!(document["options"]["seed"], 1);
    let text = run(&with(&["--sweep", "lr=0.5,1"])).stdout;
    assert!(text.contains("To replay:\n  fastest, ") && text.contains("whygrad train xor --lr "), "{text}");
}

#[test]
fn the_document_says_what_solved_meant_and_counts_each_epoch_once() {
    let plain = run(&with(&["--json"])).json();
    assert_eq!((&plain["solved_when"]["within"], &plain["early_stop"]), (&0.5.into(), &true.into()));
    let other =
        run(&with(&["--json", "--target-loss", "0.1", "--no-early-stop", "--schedule", "plateau"])).json();
    assert_eq!((&other["solved_when"]["target_loss"], &other["early_stop"]), (&0.1.into(), &false.into()));
    for document in [plain, other] {
        assert_eq!(document["net_epochs"], document["net_epochs_now"]);
        let number = |name: &str| document[name].as_f64().unwrap();
        let speed = number("net_epochs_now") / number("seconds");
        assert!((speed / number("net_epochs_per_second") - 1.0).abs() < 1e-9);
        assert!(number("net_epochs") <= 20.0 * 400.0);
    }
}

#[test]
fn combinations_that_cannot_be_trained_stay_empty() {
    let output = run(&with(&["--sweep", "optimiser=gd,lm", "--sweep", "batch=full,2"]));
    assert_eq!(output.code, 0);
    let said = "note: 1 of 4 combinations cannot be trained and stays empty, the first with optimiser lm, batch 2: \
                lm(damping=0.001) steps on all rows at once\n";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    assert!(
        output.stdout.lines().any(|line| line.trim_start().starts_with("lm 100 ") && line.ends_with(" -")),
        "{}",
        output.stdout
    );
    let mixed = run(&with(&["--sweep", "optimiser=adam,gd", "--sweep", "momentum=0.1,0.5", "--json"])).json();
    assert_eq!(
        (&mixed["settings"][1]["restarts"], &mixed["settings"][2]["restarts"]),
        (&0.into(), &20.into())
    );
    assert_eq!((&mixed["restarts"], &mixed["stopped"]), (&40.into(), &serde_json::Value::Null));
    run(&with(&["--sweep", "optimiser=lm,newton", "--sweep", "batch=1,2"]))
        .refused(&["steps on all rows at once"]);
}

#[test]
fn a_setting_that_is_said_twice_is_refused() {
    for (more, said) in [
        (
            &["--momentum", "0.5", "--optimiser", "momentum:0.9"][..],
            "a momentum of its own beside --momentum",
        ),
        (&["--momentum", "0.5", "--optimiser", "nesterov(0.8)"], "a momentum of its own beside --momentum"),
        (&["--weight-decay", "0.2", "--optimiser", "adamw(weight-decay=0.1)"], "a weight-decay of its own"),
        (&["--sweep", "momentum=0.1,0.2", "--optimiser", "momentum:0.9"], "a momentum of its own"),
        (&["--sweep", "l1=0,1", "--l1", "1"], "--l1 gives one value and --sweep l1=..."),
    ] {
        run(&with(more)).refused(&[said]);
    }
    for more in [
        &["--momentum", "0.5", "--optimiser", "nesterov"][..],
        &["--weight-decay", "0.2", "--optimiser", "adamw(0.8)"],
    ] {
        assert_eq!(run(&with(more)).code, 0);
    }
}

#[test]
fn other_names_of_the_learning_rate_are_understood() {
    let rate = |words: &[&str]| {
        run(&with(&[words, &["--json"]].concat())).json()["options"]["learning_rate"].clone()
    };
    for name in ["--rate", "--learning-rate", "--learning_rate", "--eta"] {
        assert_eq!(rate(&[name, "0.25"]), 0.25, "{name}");
    }
    assert_eq!(run(&with(&["--sweep", "rate=0.25,1", "--json"])).json()["settings"][0]["lr"], 0.25);
    run(&with(&["--target_loss", "1"])).refused(&["--target-loss"]);
    let right = run(&with(&["--until-right"]));
    assert!(right.code == 0 && right.stderr.contains("--until-right changes nothing"), "{}", right.stderr);
}

#[test]
fn what_can_never_be_is_said() {
    for verb in ["odds", "train"] {
        let output = run_in("said-never", &[verb, "xor", "--epochs", "3", "--target-loss", "-1"]);
        assert!(
            output.stderr.contains("mse is never below 0, so that --target-loss -1 is never met"),
            "{}",
            output.stderr
        );
    }
    run(&with(&["--optimiser", "rprop(smallest=10, largest=1)"])).refused(&["from smallest to largest"]);
    run(&["train", "xor", "--epochs", "1e30"]).refused(&["and at most 2^53"]);
    let nan = "inputs x\ntarget y\nparams w\ny_hat = w*log(-1 - x^2)\nloss = mse(y_hat, y)";
    let overflow = run_in("said-never", &["train", nan, "--data", "sine"]);
    assert!(
        overflow.stdout.contains("no finite loss") && !overflow.stdout.contains("--lr"),
        "{}",
        overflow.stdout
    );
    let swept = run(&[
        "odds",
        "2-2tanh-1",
        "--data",
        "xor",
        "--sweep",
        "hidden=1,2",
        "--restarts",
        "3",
        "--epochs",
        "9",
    ]);
    assert!(swept.stderr.starts_with("a net with hidden units as swept; 4 rows"), "{}", swept.stderr);
}

#[test]
fn a_table_with_more_restarts_than_asked_for_is_counted_whole_and_said() {
    empty("said-more");
    let table = |restarts, more: &[&str]| {
        let words = ["odds", "xor", "--epochs", "300", "--out", "rows.csv", "--restarts", restarts];
        run_in("said-more", &[&words[..], more].concat())
    };
    assert_eq!(table("30", &["-q"]).code, 0);
    let fewer = table("10", &["--resume"]);
    assert!(
        fewer.stderr.contains("note: the table has 30 restarts already; all are counted, not only 10"),
        "{}",
        fewer.stderr
    );
    let text = fs::read_to_string(super::folder("said-more").join("rows.csv")).unwrap();
    fs::write(super::folder("said-more").join("rows.csv"), text.replacen("\n2,", "\n3,", 1)).unwrap();
    table("30", &["--resume"]).refused(&["line 4: restart 3, expected 2; repair"]);
}

#[test]
fn a_table_made_before_methods_were_named_is_gone_on_with() {
    let folder = empty("said-earlier");
    let words = with(&["--optimiser", "lm", "--out", "rows.csv", "-q"]);
    assert_eq!(run_in("said-earlier", &words).code, 0);
    let beside = folder.join("rows.csv.options.json");
    let mut choices: serde_json::Value = serde_json::from_str(&fs::read_to_string(&beside).unwrap()).unwrap();
    assert_eq!(choices["options"]["optimiser"], "lm(damping=0.001)");
    choices["options"]["optimiser"] = "gradient-descent".into();
    choices["options"]["learning_rate"] = 0.5.into();
    fs::write(&beside, choices.to_string()).unwrap();
    let resumed = run_in("said-earlier", &[&words[..], &["--resume"]].concat());
    assert_eq!(resumed.code, 0, "{}", resumed.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named_and_columns_are_heard_of() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command("nowhere", &with(&[])).stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("cannot write to standard output: "), "{said}");
    let narrow = command("nowhere", &with(&[])).env("COLUMNS", "40").output().unwrap();
    let text = String::from_utf8(narrow.stdout).unwrap();
    let bars: Vec<&str> = text.lines().filter(|line| line.contains('█')).collect();
    assert!(!bars.is_empty() && bars.iter().all(|line| line.chars().count() <= 40), "{text}");
}
