//! The same tally as a document, a text and a figure.

use super::text::{four, grouped, known, percent};
use super::*;
use crate::train::Reason;

pub(super) fn tally(solved: u64, stuck: u64, lost: u64) -> Tally {
    let mut tally = Tally::default();
    for k in 0..solved + stuck + lost {
        let (reason, loss, epochs) = match k {
            k if k < solved => (Reason::Solved, 0.01, 200 + 10 * k),
            k if k < solved + stuck => (Reason::Epochs, 0.125, 10_000),
            _ => (Reason::Overflow, 7.0, 3),
        };
        let first_solved = (reason == Reason::Solved).then_some(epochs);
        tally.push(&Ending { restart: k, epochs, first_solved, loss, reason });
    }
    tally
}

fn replay(restart: u64) -> String {
    format!("whygrad train xor --restart {restart}")
}

#[test]
fn the_document_has_the_fields_that_programs_rely_on() {
    let document = odds_json(&tally(80, 15, 5), Taken { seconds: 2.0, net_epochs: 1000 }, &replay);
    assert_eq!(
        (&document["restarts"], &document["solved"], &document["rate"]),
        (&json!(100), &json!(80), &json!(0.8))
    );
    let interval: Vec<f64> = serde_json::from_value(document["interval"].clone()).unwrap();
    assert!(interval[0] > 0.7 && interval[1] < 0.9);
    assert_eq!(document["epochs_quantiles"], json!({"5": 230, "25": 390, "50": 590, "75": 790, "95": 950}));
    assert_eq!(document["ends"][1]["loss"], json!(0.125));
    assert_eq!(document["ends"][1]["fraction"], json!("1/8"));
    assert_eq!(document["ends"][1]["count"], json!(15));
    assert_eq!(
        document["ends"][2],
        json!({
            "loss": null, "count": 5, "reason": "overflow", "fraction": null, "near": null, "from": null, "to": null,
            "scattered": false
        })
    );
    assert_eq!((&document["seconds"], &document["net_epochs_per_second"]), (&json!(2.0), &json!(500.0)));
    assert_eq!((&document["net_epochs"], &document["net_epochs_now"]), (&json!(197_615), &json!(1000)));
    assert_eq!(document["worst"][0]["replay"], json!("whygrad train xor --restart 95"));
    let nothing = odds_json(&Tally::default(), Taken::default(), &replay);
    assert_eq!((&nothing["rate"], &nothing["epochs_quantiles"]["50"]), (&Value::Null, &Value::Null));
}

#[test]
fn the_text_says_the_rate_the_epochs_the_ends_and_what_to_type() {
    let text = odds_text(&tally(80, 15, 5), Screen { columns: 60, unicode: false }, &replay);
    for said in [
        "Solved 80 of 100 restarts: 80.0 %,\n95 % interval 71.1 % to 86.7 %.\n",
        "  5 %  25 %  50 %  75 %  95 %\n  230   390   590   790   950\n",
        "  200 to 299  10  ####",
        "    15.0 %  15  all epochs done at loss 0.1250 (1/8)",
        "     5.0 %   5  overflow",
        "  fastest, 200 epochs:\n    whygrad train xor --restart 0\n",
        "  worst, overflow:\n    whygrad train xor --restart 95\n",
    ] {
        assert!(text.contains(said), "expected '{said}' in:\n{text}");
    }
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 60), "{text}");
    assert!(
        odds_text(&Tally::default(), Screen { columns: 60, unicode: true }, &replay)
            .starts_with("No restart")
    );
}

#[test]
fn a_loss_on_its_way_to_a_level_is_told_as_near_it() {
    let mut tally = Tally::default();
    for restart in 0..10 {
        let (epochs, loss, reason) = (4000, 0.126, Reason::Epochs);
        tally.push(&Ending { restart, epochs, first_solved: None, loss, reason });
    }
    let text = odds_text(&tally, Screen { columns: 80, unicode: false }, &replay);
    assert!(text.contains("all epochs done at loss 0.1260 (near 1/8)"), "{text}");
    let document = odds_json(&tally, Taken::default(), &replay);
    assert_eq!(
        (&document["ends"][0]["near"], &document["ends"][0]["fraction"]),
        (&json!("1/8"), &Value::Null)
    );
}

#[test]
fn few_nets_make_few_bars() {
    let bars = |epochs: &[u64]| {
        let mut tally = Tally::default();
        for (restart, &epochs) in (0..).zip(epochs) {
            let (first_solved, loss, reason) = (Some(epochs), 0.1, Reason::Solved);
            tally.push(&Ending { restart, epochs, first_solved, loss, reason });
        }
        let text = odds_text(&tally, Screen { columns: 80, unicode: false }, &replay);
        text.lines()
            .filter(|line| line.ends_with('#') || line.ends_with("  0"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(bars(&[4, 14]).len(), 3);
    assert!(bars(&[4, 5])[0].starts_with("  4  1  ###"), "{:?}", bars(&[4, 5]));
    assert!(bars(&(200..300).collect::<Vec<_>>()).len() > 5);
}

#[test]
fn a_narrow_screen_gets_a_narrow_text() {
    let text = odds_text(&tally(80, 15, 5), Screen { columns: 30, unicode: true }, &replay);
    let bars = text.lines().filter(|line| line.contains('█'));
    assert!(bars.clone().count() > 3 && bars.clone().all(|line| line.chars().count() <= 30), "{text}");
}

pub(super) fn swept(texts: &[&str]) -> (Vec<Sweep>, Vec<(Vec<sweep::Value>, Tally)>) {
    let sweeps: Vec<Sweep> = texts.iter().map(|text| text.parse().unwrap()).collect();
    let settings = sweep::combinations(&sweeps).unwrap();
    let tallies = settings.into_iter().enumerate().map(|(k, values)| (values, tally(10 * k as u64, 10, 0)));
    let tallies = tallies.collect();
    (sweeps, tallies)
}

#[test]
fn two_settings_make_a_map_that_is_broken_where_the_screen_ends() {
    let (sweeps, settings) = swept(&["init=he;uniform(-1,1)", "lr=0.1:10:log3"]);
    let screen = Screen { columns: 80, unicode: false };
    let text = settings_text(&sweeps, &settings, screen, &|_, text| text.to_owned());
    assert_eq!(
        text,
        "Solved nets in percent: initialiser down, learning rate across\n          init   0.1     1    10\n\
         \x20    he_normal     0    50    67\nuniform(-1, 1)    75    80    83\n"
    );
    let narrow =
        settings_text(&sweeps, &settings, Screen { columns: 28, unicode: true }, &|_, t| t.to_owned());
    assert_eq!(narrow.lines().count(), 1 + 3 + 3);
    assert!(narrow.lines().skip(1).all(|line| line.chars().count() <= 28), "{narrow}");
}

#[test]
fn one_setting_makes_a_list_with_intervals() {
    let (sweeps, mut settings) = swept(&["lr=0.1,1"]);
    settings.push((vec![sweep::Value::LearningRate(9.0)], Tally::default()));
    let screen = Screen { columns: 80, unicode: false };
    let text = settings_text(&sweeps, &settings, screen, &|rate, text| format!("<{rate}{text}>"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], " lr  solved  95 % interval  median epochs  restarts  otherwise");
    assert_eq!(lines[2], "  1  <0.550.0 %>   29.9 to 70.1            240        20  loss 0.1250 (1/8)");
    assert_eq!(lines[3], "  9       -              -              -         0  -");
}

#[test]
fn the_document_of_a_sweep_has_its_settings_in_order() {
    let (sweeps, settings) = swept(&["batch=1,full", "lr=0.5,1"]);
    let replayed = |values: &[sweep::Value], restart: u64| format!("{} {} {restart}", values[0], values[1]);
    let document = settings_json(&sweeps, &settings, &replayed);
    assert_eq!((&document[0]["batch"], &document[0]["lr"]), (&json!(1), &json!(0.5)));
    assert_eq!((&document[3]["batch"], &document[3]["lr"]), (&json!("full"), &json!(1)));
    assert_eq!((&document[1]["rate"], &document[1]["restarts"]), (&json!(0.5), &json!(20)));
    assert_eq!(document[1]["worst"][0]["replay"], json!("1 1 10"));
    assert_eq!((&document[0]["best"], &document[3]["best"][0]["replay"]), (&json!([]), &json!("full 1 0")));
}

#[test]
fn numbers_are_short_and_tell_themselves_from_their_limits() {
    assert_eq!([0, 7, 999, 1000, 1_234_567].map(grouped), ["0", "7", "999", "1,000", "1,234,567"]);
    assert_eq!(
        [0.0, 0.5, 1.0, 0.999_999, 0.0001].map(percent),
        ["0.0", "50.0", "100.0", "99.9999", "0.0100"]
    );
    assert_eq!(
        [16_383, 16_385, 35_732, 35_735, 99_996].map(known),
        ["16,383", "16,390", "35,730", "35,740", "100,000"]
    );
    assert_eq!(
        [0.0, 0.125, 1.0 / 6.0, 1.5, 12.5, 1e-5].map(four),
        ["0", "0.1250", "0.1667", "1.500", "12.50", "1.000e-5"]
    );
}
