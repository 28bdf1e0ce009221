use super::*;

/// Lines as they are recorded: a limit in two parts, a peer with another loss, one that disagrees, one that failed.
const RECORDED: &str = r#"{"facts":{"date":"2026-01-31","machine":"a processor, 2 cores","command":"cargo xtask peers","repeats":[3,0.25],"versions":[["numba","0.1"],["whygrad","0.1.0"]],"missing":[["fann","libfann is not installed"]]}}
{"workload":"W1","peer":"whygrad","dtype":"float64","threads":1,"metric":"epochs/s","reps":[15e6,16e6,14e6],"loss":0.0345}
{"workload":"W1","peer":"Numba, loop by hand","dtype":"float64","threads":1,"metric":"epochs/s","reps":[8e6,7e6,9e6],"loss":0.03450000001}
{"workload":"W1","peer":"scikit-learn","dtype":"float64","threads":1,"metric":"epochs/s","reps":[14000],"loss":0.0012,"other":"it has the cross-entropy"}
{"workload":"W1","peer":"wrong","dtype":"float64","threads":1,"metric":"epochs/s","reps":[9e4],"loss":0.04002}
{"workload":"W1","peer":"broken","dtype":"float64","threads":1,"metric":"epochs/s","error":"out of | memory"}
{"workload":"W1","peer":"by hand","dtype":"float64","threads":1,"metric":"epochs/s","reps":[29e6],"loss":0.0345,"limit":true}
{"workload":"W1","peer":"by hand","dtype":"float64","threads":1,"metric":"epochs/s","reps":[31e6],"loss":0.0345,"limit":true}
{"workload":"start","peer":"numpy","dtype":"float64","threads":1,"metric":"seconds","reps":[0.1,0.12]}
{"workload":"start","peer":"whygrad","dtype":"float64","threads":1,"metric":"seconds","reps":[0.004,0.005,0.006]}
{"workload":"growth-restarts","peer":"whygrad","dtype":"float64","threads":1,"metric":"seconds/epoch","reps":[1e-6,2e-6,3e-6],"size":1,"bytes":4096}
{"workload":"growth-restarts","peer":"whygrad","dtype":"float64","threads":1,"metric":"seconds/epoch","reps":[1e-2],"size":65536,"bytes":6553600}
"#;

const PAGE: &str = include_str!("tests/page.md");

#[test]
fn the_page_is_made_of_the_lines() {
    let page = page(&Measured::parse(RECORDED).unwrap());
    assert_eq!(page, PAGE, "the page now:\n{page}");
}

#[test]
fn a_loss_that_disagrees_is_an_error_and_one_that_says_why_is_none() {
    let measured = Measured::parse(RECORDED).unwrap();
    assert_eq!(disagreements(&measured), ["W1 float64: wrong has 0.04002, which differs by 16.0 %"]);
}

#[test]
fn a_loss_that_is_no_number_disagrees() {
    let line = |loss: f64| Line { loss: Some(loss), ..Line::default() };
    let lines = [line(0.5), line(f64::NAN), line(0.5)];
    let reference = reference(&lines.iter().collect::<Vec<_>>());
    assert_eq!(reference, Some(0.5));
    assert!(matches!(verdict(&lines[1], reference, 0.1), Verdict::Differs(..)));
    assert_eq!(verdict(&lines[0], reference, 0.0), Verdict::Agrees(0.5));
}

#[test]
fn a_curve_of_two_points_has_a_picture() {
    let pictures = pictures(&Measured::parse(RECORDED).unwrap());
    assert_eq!(pictures.len(), 1);
    assert_eq!(pictures[0].0, "growth-restarts.svg");
    assert!(pictures[0].1.starts_with("<svg") && pictures[0].1.contains("seconds/epoch over restarts"));
}

#[test]
fn a_page_of_nothing_has_no_tables() {
    let page = page(&Measured::default());
    assert!(!page.contains("## In short") && !page.contains("## W1"), "{page}");
}
