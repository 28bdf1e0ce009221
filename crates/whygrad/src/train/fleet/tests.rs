//! A fleet ends as its nets end alone.

use super::*;
use crate::data::{bind::BindOptions, builtin};
use crate::model::ModelOptions;
use crate::random::{Key, Seed};
use crate::train::{BatchSize, RandomSource, StopRules, evaluate};

const NET: &str = "\
inputs x[2]
target y
hidden = dense(x, 2, sigmoid)
y_hat = dense(hidden, 1)
loss = mse(y_hat, y)";

fn xor() -> (Model, Dataset) {
    let model = Model::parse(NET, &ModelOptions::default()).unwrap();
    let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    (model, data)
}

fn options(epochs: u64) -> FleetOptions {
    FleetOptions {
        options: Options { epochs, seed: 7, ..Options::default() },
        solved: Solved::Within(0.5),
        early_stop: true,
        threads: Some(2),
        portable: false,
    }
}

fn endings(options: &FleetOptions, restarts: Range<u64>) -> Vec<Ending> {
    let (model, data) = xor();
    let mut all = Vec::new();
    let each = &mut |endings: &[Ending], _: &FleetProgress| {
        all.extend_from_slice(endings);
        Control::Continue
    };
    train_fleet(&model, &data, None, options, restarts, each).unwrap();
    all
}

#[test]
fn endings_come_in_order_on_any_number_of_threads() {
    let one = endings(&FleetOptions { threads: Some(1), ..options(400) }, 3..43);
    assert_eq!(one.iter().map(|e| e.restart).collect::<Vec<_>>(), (3..43).collect::<Vec<_>>());
    assert_eq!(one, endings(&FleetOptions { threads: Some(3), ..options(400) }, 3..43));
    let reasons: Vec<Reason> = one.iter().map(|e| e.reason).collect();
    assert!(reasons.contains(&Reason::Solved) && reasons.contains(&Reason::Epochs), "{reasons:?}");
}

#[test]
fn a_restart_replays_alone() {
    let (model, data) = xor();
    let mut fleet = options(400);
    fleet.options.batch = BatchSize::Rows(3);
    fleet.options.shuffle = true;
    for random in [RandomSource::Own, RandomSource::Python] {
        fleet.options.random = random;
        fleet.options.start = crate::train::Start::Model;
        for ending in endings(&fleet, 10..18) {
            let mut own = Options { restart: Some(ending.restart), ..fleet.options.clone() };
            own.stop = StopRules { all_right: true, ..StopRules::default() };
            let start = starting_values_of(&model, None, &own).unwrap();
            let run = train(&model, Some(&data), &start, &own, &mut |_| Control::Continue).unwrap();
            assert_eq!((run.epoch, run.loss), (ending.epochs, ending.loss), "restart {}", ending.restart);
            assert_eq!(run.stop == StopReason::AllRight, ending.reason == Reason::Solved);
        }
    }
}

#[test]
fn pythons_restart_is_the_next_seed() {
    let (model, _) = xor();
    let of = |seed, restart| {
        let options = Options { seed, restart, random: RandomSource::Python, ..Options::default() };
        starting_values_of(&model, None, &options).unwrap()
    };
    assert_eq!(of(5, Some(2)), of(7, None));
}

#[test]
fn without_early_stop_all_run_to_their_end_and_the_first_time_is_kept() {
    let early = endings(&options(400), 0..20);
    let late = endings(&FleetOptions { early_stop: false, ..options(400) }, 0..20);
    assert!(late.iter().all(|e| e.epochs == 400));
    let first = |all: &[Ending]| all.iter().map(|e| e.first_solved).collect::<Vec<_>>();
    assert_eq!(first(&early), first(&late));
    assert!(early.iter().all(|e| e.first_solved == (e.reason == Reason::Solved).then_some(e.epochs)));
}

#[test]
fn a_loss_or_a_narrower_band_can_be_the_rule() {
    let by_loss = endings(&FleetOptions { solved: Solved::TargetLoss(0.1), ..options(1000) }, 0..10);
    assert!(by_loss.iter().all(|e| (e.reason == Reason::Solved) == (e.loss <= 0.1)));
    let wide = endings(&options(1000), 0..10);
    let narrow = endings(&FleetOptions { solved: Solved::Within(0.3), ..options(1000) }, 0..10);
    assert!(wide.iter().zip(&narrow).all(|(w, n)| w.epochs <= n.epochs));
    assert!(wide != narrow);
}

#[test]
fn overflow_is_an_ending() {
    let mut wild = options(200);
    wild.options.learning_rate = 1e6;
    let (model, data) = xor();
    let all = endings(&wild, 0..6);
    assert!(all.iter().any(|e| e.reason == Reason::Overflow), "{all:?}");
    for ending in all {
        let own = Options { restart: Some(ending.restart), ..wild.options.clone() };
        let start = starting_values_of(&model, None, &own).unwrap();
        let run = train(&model, Some(&data), &start, &own, &mut |_| Control::Continue).unwrap();
        assert!(ending.loss.is_finite() || !evaluate(&model, &data, &run.theta).loss.is_finite());
    }
}

#[test]
fn stopping_keeps_a_beginning_without_gaps() {
    let (model, data) = xor();
    let mut all = Vec::new();
    let mut last = FleetProgress::default();
    let each = &mut |endings: &[Ending], progress: &FleetProgress| {
        all.extend_from_slice(endings);
        last = *progress;
        if all.len() >= 5 { Control::Stop } else { Control::Continue }
    };
    train_fleet(&model, &data, None, &options(300), 0..1_000_000, each).unwrap();
    assert_eq!(all.iter().map(|e| e.restart).collect::<Vec<_>>(), (0..all.len() as u64).collect::<Vec<_>>());
    assert_eq!((last.ended, last.restarts), (all.len() as u64, 1_000_000));
    assert!((5..10_000).contains(&all.len()));
}

#[test]
fn a_model_without_outputs_needs_a_loss_as_its_rule() {
    let text = "inputs x\ntarget y\nloss = mean((w*x - y)^2)";
    let model = Model::parse(text, &ModelOptions::default()).unwrap();
    let table = builtin::table("sine", Key::from_seed(Seed(1))).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    let each = &mut |_: &[Ending], _: &FleetProgress| Control::Continue;
    let told = train_fleet(&model, &data, None, &options(10), 0..2, each);
    assert_eq!(told, Err(FleetError::NotComparable));
    let by_loss = FleetOptions { solved: Solved::TargetLoss(1.0), ..options(10) };
    assert_eq!(train_fleet(&model, &data, None, &by_loss, 0..2, each), Ok(()));
}
