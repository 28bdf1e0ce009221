//! A fleet ends as its nets end alone.

use super::*;
use crate::data::{bind::BindOptions, builtin};
use crate::model::ModelOptions;
use crate::random::{Key, Seed};
use crate::train::{
    BatchSize, RandomSource, Run, StopReason, StopRules, evaluate, starting_values_of, train,
};

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

/// Options under which each net is trained by itself.
fn alone() -> Vec<FleetOptions> {
    let changed = |change: &dyn Fn(&mut Options)| {
        let mut fleet = options(120);
        fleet.options.start = crate::train::Start::Model;
        change(&mut fleet.options);
        fleet
    };
    vec![
        changed(&|o| o.schedule = "plateau(patience=2)".parse().unwrap()),
        changed(&|o| o.stop.smallest_change = Some(1e-3)),
        changed(&|o| o.stop.gradient_norm = Some(1e-2)),
        changed(&|o| o.shuffle = true),
        changed(&|o| (o.batch, o.shuffle) = (BatchSize::Rows(3), true)),
        changed(&|o| (o.batch, o.precision) = (BatchSize::Rows(1), Precision::F32)),
        changed(&|o| {
            (o.batch, o.optimiser) =
                (BatchSize::Rows(2), "rprop(initial=uniform(0.01, 0.2))".parse().unwrap());
        }),
        changed(&|o| o.method = Some(crate::train::method::MethodKind::Bfgs)),
        changed(&|o| o.method = Some(crate::train::method::MethodKind::LevenbergMarquardt { damping: 1e-3 })),
    ]
}

/// A restart trained by itself, with nothing left from others.
fn fresh(model: &Model, data: &Dataset, fleet: &FleetOptions, restart: u64, stop: StopRules) -> Run {
    let own = Options { restart: Some(restart), stop, ..fleet.options.clone() };
    let start = starting_values_of(model, None, &own).unwrap();
    train(model, Some(data), &start, &own, &mut |_| Control::Continue).unwrap()
}

#[test]
fn nothing_of_a_net_is_left_for_the_next_one_on_its_bench() {
    let (model, data) = xor();
    for fleet in alone() {
        let stop = StopRules { within: Some(0.5), ..fleet.options.stop.clone() };
        for ending in endings(&fleet, 0..9) {
            let run = fresh(&model, &data, &fleet, ending.restart, stop.clone());
            let told = (run.epoch, run.loss.to_bits());
            assert_eq!((ending.epochs, ending.loss.to_bits()), told, "{fleet:?} {}", ending.restart);
        }
    }
}

#[test]
fn a_net_alone_that_trains_on_knows_when_it_was_first_solved() {
    let (model, data) = xor();
    for fleet in alone() {
        let late = endings(&FleetOptions { early_stop: false, ..fleet.clone() }, 0..9);
        for ending in late {
            let whole = fresh(&model, &data, &fleet, ending.restart, fleet.options.stop.clone());
            assert_eq!((ending.epochs, ending.loss), (whole.epoch, whole.loss));
            let stop = StopRules { within: Some(0.5), ..fleet.options.stop.clone() };
            let first = fresh(&model, &data, &fleet, ending.restart, stop);
            let solved = matches!(first.stop, StopReason::Within { .. }).then_some(first.epoch);
            assert_eq!(ending.first_solved, solved, "{fleet:?} {}", ending.restart);
        }
    }
}

#[test]
fn no_epoch_is_trained_twice() {
    for fleet in alone() {
        let fleet = FleetOptions { early_stop: false, ..fleet };
        let (model, data) = xor();
        let (mut sum, mut told) = (0, 0);
        let each = &mut |endings: &[Ending], progress: &FleetProgress| {
            sum += endings.iter().map(|e| e.epochs).sum::<u64>();
            told = progress.net_epochs;
            Control::Continue
        };
        train_fleet(&model, &data, None, &fleet, 0..9, each).unwrap();
        assert_eq!(told, sum, "{fleet:?}");
    }
}

#[test]
fn solved_nets_are_known_while_others_train_on() {
    let (model, data) = xor();
    let mut last = FleetProgress::default();
    let each = &mut |_: &[Ending], progress: &FleetProgress| {
        last = *progress;
        if progress.waiting_solved > 0 { Control::Stop } else { Control::Continue }
    };
    // Restart 0 does not solve it in any number of epochs.
    let first = endings(&options(3000), 0..20);
    let unsolved = first.iter().find(|e| e.reason == Reason::Epochs).unwrap().restart;
    train_fleet(&model, &data, None, &options(1 << 50), unsolved..1000, each).unwrap();
    assert_eq!(last.ended, 0);
    assert!(last.under_way > 0 && (256..10_000).contains(&last.epoch), "{last:?}");
}

#[test]
fn the_quickest_of_the_first_nets_is_found_at_once_on_any_number_of_threads() {
    let (model, data) = xor();
    let found = |fleet: &FleetOptions, threads, range| {
        let fleet = FleetOptions { threads: Some(threads), ..fleet.clone() };
        let each = &mut |_: &[Ending], _: &FleetProgress| Control::Continue;
        train_until_solved(&model, &data, None, &fleet, range, each).unwrap()
    };
    let one = found(&options(1 << 50), 1, 0..1 << 40).unwrap();
    assert!([2, 3, 7].iter().all(|&threads| found(&options(1 << 50), threads, 0..1 << 40) == Some(one)));
    let all = endings(&options(one.epochs), 0..256);
    let solved = all.iter().filter(|e| e.reason == Reason::Solved);
    assert_eq!(solved.min_by_key(|e| (e.epochs, e.restart)), Some(&one));
    assert_eq!(found(&options(3), 2, 0..600), None);
    // Nets that are trained one by one.
    let mut alone = options(1 << 50);
    alone.options.stop.smallest_change = Some(0.0);
    let any = found(&alone, 1, one.restart..1 << 40).unwrap();
    assert_eq!((any.restart, any.epochs), (one.restart, one.epochs));
}

#[test]
fn a_search_in_vain_hands_all_endings_over() {
    let (model, data) = xor();
    let mut all = Vec::new();
    let each = &mut |endings: &[Ending], _: &FleetProgress| {
        all.extend_from_slice(endings);
        Control::Continue
    };
    assert_eq!(train_until_solved(&model, &data, None, &options(5), 0..300, each), Ok(None));
    assert_eq!(all, endings(&options(5), 0..300));
}

#[test]
fn a_net_that_is_silent_for_long_can_be_stopped() {
    let text = "inputs x[2]\ntarget y\nh = dense(x, 40, tanh)\nk = dense(h, 40, tanh)\ny_hat = dense(k, 1)\nloss = mse(y_hat, y)";
    let model = Model::parse(text, &ModelOptions::default()).unwrap();
    let table = builtin::table("moons(n=20000, noise=0.1)", Key::from_seed(Seed(1))).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    let mut silent = 0;
    let each = &mut |_: &[Ending], progress: &FleetProgress| {
        silent += u64::from(progress.net_epochs == 0);
        if silent > 0 { Control::Stop } else { Control::Continue }
    };
    let fleet = FleetOptions { threads: Some(1), ..options(1 << 50) };
    train_fleet(&model, &data, None, &fleet, 0..3, each).unwrap();
    assert_eq!(silent, 1);
}
