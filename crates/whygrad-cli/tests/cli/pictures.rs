//! Pictures of runs: on the terminal, in words, in files.

use std::fs;

use super::{PICTURES, command, empty, folder, run_in, told};

/// A folder with a run of XOR that was solved, one from another start, and one that diverged.
fn runs(directory: &str) -> std::path::PathBuf {
    let folder = empty(directory);
    for (name, more) in [("a", ["--seed", "1"]), ("b", ["--seed", "5"]), ("d", ["--lr", "50"])] {
        let train = ["train", "xor", "--out", name, "-q"];
        assert_eq!(run_in(directory, &[&train[..], &more[..]].concat()).code, 0);
    }
    folder
}

#[test]
fn every_picture_is_drawn_in_every_format_and_told_in_words() {
    let folder = runs("pictures-all");
    for what in PICTURES {
        let files: Vec<String> = ["svg", "html", "csv", "tex"].map(|e| format!("{what}.{e}")).to_vec();
        let outs: Vec<&str> = files.iter().flat_map(|file| ["-o", file.as_str()]).collect();
        let output = run_in("pictures-all", &[&["plot", "a", what][..], &outs].concat());
        assert_eq!((output.code, output.stdout.as_str()), (0, ""), "{}", output.stderr);
        let begins = ["<svg", "<!doctype html>", "", "\\documentclass"];
        for (file, begin) in files.iter().zip(begins) {
            let text = fs::read_to_string(folder.join(file)).unwrap();
            assert!(text.starts_with(begin) && text.len() > 50, "{file}");
        }
        let words = told("pictures-all", &["plot", "a", what]);
        assert!(words.ends_with('.') && words.len() > 20, "{words}");
        let svg = fs::read_to_string(folder.join(&files[0])).unwrap();
        assert!(
            svg.contains("<title") && svg.contains("<desc"),
            "{what} tells nothing to those who cannot see it"
        );
        let shown = run_in("pictures-all", &["plot", "a", what]);
        assert!(shown.code == 0 && shown.stdout.lines().count() > 5, "{}", shown.stdout);
    }
}

#[test]
fn the_sentences_of_a_solved_run_say_what_happened() {
    runs("pictures-told");
    let said = |what: &str| told("pictures-told", &["plot", "a", what]);
    let loss = said("loss");
    assert!(
        loss.starts_with("Loss falls from 0.872 to 0.254 by epoch 40, is flat until 1400, falls to "),
        "{loss}"
    );
    assert!(loss.ends_with("The run is solved."), "{loss}");
    assert!(said("contour").contains("all 4 data points lie on the right side."));
    let network = said("network");
    assert!(network.starts_with("2 inputs, 2 hidden units (sigmoid), 1 output (linear)."), "{network}");
    let spectrum = said("spectrum");
    assert!(
        spectrum.contains("The largest stays below 2 / learning rate = 4: steps are stable all along."),
        "{spectrum}"
    );
    assert!(said("learning-rate").starts_with("Learning rate stays at 0.5"));
}

#[test]
fn several_runs_are_overlaid_under_their_names() {
    let folder = runs("pictures-several");
    assert_eq!(run_in("pictures-several", &["plot", "a", "b", "loss", "-o", "two.svg"]).code, 0);
    let svg = fs::read_to_string(folder.join("two.svg")).unwrap();
    assert!(svg.contains(">a<") && svg.contains(">b<"), "both runs have their name in the legend");
    run_in("pictures-several", &["plot", "a", "b", "contour"]).refused(&["contour is a picture of one run"]);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_to_write() {
    runs("pictures-refused");
    let refused = |arguments: &[&str], said: &[&str]| run_in("pictures-refused", arguments).refused(said);
    refused(&["plot", "a"], &["what shall be shown? write: whygrad plot a loss", "gradient-norm"]);
    refused(&["plot", "a", "los"], &["there is no picture 'los'; did you mean loss?"]);
    refused(&["plot", "loss"], &["of which run? write: whygrad plot runs/xor-1 loss"]);
    refused(&["plot", "nowhere", "loss"], &["'nowhere' is no folder of a run"]);
    refused(&["plot", "a", "loss", "-o", "x.gif"], &["no picture can be written as .gif", ".svg"]);
    refused(&["plot", "a", "loss", "-o", "none/x.svg"], &["there is no folder none"]);
    refused(&["plot", "a", "contour", "--axes", "x1,z"], &["there is no input 'z'; there are x1, x2"]);
    refused(&["plot", "a", "contour", "--output", "2"], &["there is no output '2'", "output 1"]);
    refused(
        &["plot", "a", "trajectory", "--parameters", "w9"],
        &["there is no parameter 'w9'", "hidden.W[0,0]"],
    );
    refused(&["landscape", "a", "--plane", "w1,w2"], &["there is no parameter 'w1'"]);
    refused(&["landscape", "a", "--plane", "hidden.b[0],hidden.b[0]"], &["named twice"]);
    refused(&["landscape", "a", "--with", "a"], &["both runs end at the same parameters"]);
    refused(&["landscape", "a", "--x", "3,1"], &["the first number has to be below the second"]);
    refused(&["report", "a", "-o", "x.pdf"], &["a page is written to a file that ends in .html"]);
}

#[test]
fn a_landscape_says_how_much_of_the_path_its_plane_holds() {
    runs("pictures-plane");
    let said =
        |more: &[&str]| told("pictures-plane", &[&["landscape", "a", "--points", "31"], more].concat());
    let path = said(&[]);
    assert!(
        path.contains("The plane holds 99.36 % of the path; at its farthest, at its start, it is 0.754 away"),
        "{path}"
    );
    let two = said(&["--plane", "hidden.W[0,0],hidden.W[0,1]"]);
    assert!(two.contains("The plane holds 29 % of the path"), "{two}");
    let random = said(&["--plane", "random", "--seed", "3"]);
    assert!(random.contains("% of the path"), "{random}");
    let between = said(&["--with", "b"]);
    assert!(
        between.contains("On the straight line between the two ends the loss rises to 0.682"),
        "{between}"
    );
    let diverges = told("pictures-plane", &["landscape", "d", "--points", "31"]);
    assert!(diverges.contains("The run diverges: its path is shown until epoch"), "{diverges}");
}

#[test]
fn a_function_of_one_variable_is_shown_with_its_derivative_and_the_steps() {
    empty("pictures-descent");
    let minimize = ["minimize", "x^4 - 3*x^3 + 2", "--start", "x=4", "--lr", "0.01", "--out", "m", "-q"];
    assert_eq!(run_in("pictures-descent", &minimize).code, 0);
    let words = told("pictures-descent", &["landscape", "m"]);
    assert!(
        words.contains("f(x) is lowest, -6.54, at 2.25") && words.contains("The derivative is 0 at 2.25"),
        "{words}"
    );
    run_in("pictures-descent", &["plot", "m", "contour"]).refused(&["the model has no inputs"]);
}

#[test]
fn two_losses_of_one_model_stand_side_by_side() {
    let folder = empty("pictures-losses");
    let text = "inputs x1, x2\ntarget y\ny_hat = sigmoid(w1*x1 + w2*x2)\nloss = mse(y_hat, y)\n";
    fs::write(folder.join("not.model"), text).unwrap();
    fs::write(folder.join("not.csv"), "x1,x2,y\n0,1,1\n1,1,0\n").unwrap();
    let words = told(
        "pictures-losses",
        &[
            "landscape",
            "not.model",
            "--data",
            "not.csv",
            "--loss",
            "mse,binary_cross_entropy",
            "--points",
            "31",
        ],
    );
    assert!(words.contains("With mse over w1 and w2, the loss runs from "), "{words}");
    assert!(words.contains("With binary_cross_entropy over w1 and w2, the loss runs from "), "{words}");
}

#[test]
fn training_draws_further_pictures_where_they_are_asked_for() {
    let folder = empty("pictures-train");
    let train =
        |more: &[&str]| run_in("pictures-train", &[&["train", "xor", "--epochs", "300"], more].concat());
    assert_eq!(train(&["--plot", "--out", "all", "-q"]).code, 0);
    for what in PICTURES {
        assert!(folder.join("all").join(format!("{what}.svg")).is_file(), "{what}");
    }
    let shown = train(&["--plot=network", "--out", "none"]);
    assert!(shown.stdout.contains("Weights after 300 epochs"), "{}", shown.stdout);
    train(&["--plot=netwrk", "--out", "none"])
        .refused(&["there is no picture 'netwrk'; did you mean network?"]);
}

#[test]
fn a_report_is_one_document_with_all_that_makes_the_run_again() {
    runs("pictures-report");
    let folder = folder("pictures-report");
    let output = run_in("pictures-report", &["report", "a"]);
    assert_eq!((output.code, output.stderr.trim()), (0, "Written to a.html."));
    let page = fs::read_to_string(folder.join("a.html")).unwrap();
    for part in ["Verdict", "Model", "Gradient", "Data", "Curves", "Output", "Landscape", "To make it again"]
    {
        assert!(page.contains(&format!("<h2>{part}</h2>")), "{part}");
    }
    assert!(
        page.contains("<math") && page.contains("whygrad train net.model --data xor"),
        "formulas and the command"
    );
    for outside in ["http://", "https://", "src=", "@import"] {
        let found = page.replace("http://www.w3.org/", "");
        assert!(!found.contains(outside), "the page asks for nothing: {outside}");
    }
    assert_eq!(run_in("pictures-report", &["report", "a", "-o", "a.tex", "-q"]).stderr, "");
    let text = fs::read_to_string(folder.join("a.tex")).unwrap();
    assert!(
        text.contains("\\begin{document}") && text.contains("\\end{document}") && text.contains("pgfplots")
    );
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_long_picture_and_leaves_the_file_that_was_there() {
    runs("pictures-interrupted");
    let folder = folder("pictures-interrupted");
    fs::write(folder.join("old.svg"), "old").unwrap();
    let arguments = ["landscape", "a", "--points", "2000", "-o", "old.svg"];
    let child = command("pictures-interrupted", &arguments)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let interrupted =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    // It was at it for more than a second, but a pipe sees no progress.
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(130), "error: interrupted; nothing was written\n")
    );
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read_to_string(folder.join("old.svg")).unwrap(), "old");
    assert!(!folder.join("old.svg.part").exists());
}
