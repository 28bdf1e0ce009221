//! Optimisers and schedules against other implementations: the same gradients, the same path.
//!
//! The numbers are in `data/optimisers.json`, made by `data/optimisers.py`. The rules are stepped by the oracle.
//! Where conventions differ: torch's momentum multiplies all earlier steps by the rate of today, ours keeps each at the
//! rate it was made with (equal at one rate); torch adds 1e-6 to the norm that clips; FANN's Quickprop is another one.

use serde_json::Value;
use whygrad::data::{bind::BindOptions, builtin};
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed};
use whygrad::train::backward::BackwardOptions;
use whygrad::train::optimiser::{Optimiser, Shared, Stepper};
use whygrad::train::schedule::{Rates, Schedule};
use whygrad::train::{Control, GradientOptions, Options, RandomSource, starting_values, train};

fn document() -> Value {
    serde_json::from_str(include_str!("data/optimisers.json")).unwrap()
}

fn row(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(row).collect()
}

/// Steps an optimiser by the oracle along given gradients, at the rate of each step.
fn path(optimiser: Optimiser, options: &GradientOptions, rates: &[f64], document: &Value) -> Vec<Vec<f64>> {
    let rule = optimiser.rule(options);
    let mut parameters = row(&document["start"]);
    let mut stepper = Stepper::new(&rule, parameters.len());
    let mut shared = Shared::new(optimiser);
    let step = |(gradient, &rate): (&Vec<f64>, &f64)| {
        let mut numbers = Vec::new();
        shared.next(rate, &mut numbers);
        stepper.step(&mut parameters, gradient, &numbers).unwrap();
        parameters.clone()
    };
    rows(&document["gradients"]).iter().zip(rates).map(step).collect()
}

fn assert_close(name: &str, by: &str, ours: &[Vec<f64>], theirs: &[Vec<f64>]) {
    assert_eq!(ours.len(), theirs.len(), "{name}");
    for (step, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
            let error = (a - b).abs() / b.abs().max(1e-3);
            assert!(error <= 1e-12, "{name}, step {step}, parameter {index}: {a}, but {by} has {b}");
        }
    }
}

#[test]
fn every_optimiser_goes_the_way_of_another_implementation() {
    let document = document();
    let mut seen = Vec::new();
    for run in document["optimisers"].as_array().unwrap() {
        let (text, by) = (run["optimiser"].as_str().unwrap(), run["by"].as_str().unwrap());
        let optimiser: Optimiser = text.parse().unwrap();
        let options: GradientOptions = serde_json::from_value(run["options"].clone()).unwrap();
        let rates = vec![run["learning_rate"].as_f64().unwrap(); 30];
        assert_close(text, by, &path(optimiser, &options, &rates, &document), &rows(&run["path"]));
        seen.push(optimiser.name());
    }
    for optimiser in Optimiser::all() {
        assert!(seen.contains(&optimiser.name()), "{optimiser} is compared with nothing");
    }
}

#[test]
fn a_rate_that_changes_is_taken_as_others_take_it() {
    let document = document();
    for run in document["scheduled"].as_array().unwrap() {
        let (text, by) = (run["optimiser"].as_str().unwrap(), run["by"].as_str().unwrap());
        let rates = row(&run["rates"]);
        let ours = path(text.parse().unwrap(), &GradientOptions::default(), &rates, &document);
        assert_close(text, by, &ours, &rows(&run["path"]));
    }
}

#[test]
fn every_schedule_has_the_rates_of_another_implementation() {
    let document = document();
    let mut seen = vec!["constant"];
    for run in document["schedules"].as_array().unwrap() {
        let text = run["schedule"].as_str().unwrap();
        let schedule: Schedule = text.parse().unwrap();
        let (per_epoch, epochs) = (run["steps_per_epoch"].as_u64().unwrap(), run["epochs"].as_u64().unwrap());
        let mut rates = Rates::new(schedule, run["learning_rate"].as_f64().unwrap(), per_epoch, epochs);
        let theirs = row(&run["rates"]);
        for (step, &theirs) in (0..).zip(&theirs) {
            let ours = rates.at(step);
            assert!(
                (ours - theirs).abs() <= 1e-12 * theirs.max(1e-2),
                "{text}, step {step}: {ours}, {theirs}"
            );
            if rates.needs_losses() && (step + 1) % per_epoch == 0 {
                rates.epoch_ended(row(&run["losses"])[(step / per_epoch) as usize]);
            }
        }
        seen.push(schedule.course.name());
    }
    for schedule in Schedule::all() {
        assert!(seen.contains(&schedule.course.name()), "{schedule} is compared with nothing");
    }
}

/// The published first steps of Adam: with any gradient the step is the rate, but for eps (Kingma and Ba 2015,
/// section 2.1).
#[test]
fn the_first_step_of_adam_is_the_rate_against_the_sign() {
    let document = document();
    let adam: Optimiser = "adam(eps=0)".parse().unwrap();
    let path = path(adam, &GradientOptions::default(), &[0.1], &document);
    let start = row(&document["start"]);
    for ((before, after), slope) in start.iter().zip(&path[0]).zip(&rows(&document["gradients"])[0]) {
        assert!((after - before + 0.1 * slope.signum()).abs() < 1e-15);
    }
}

/// On a parabola the first jump of Quickprop meets the lowest place exactly, if it is not held back: slopes 2 at w = 1
/// and 1.6 after a step of -0.2 make a jump of -0.2 * 1.6/(2 - 1.6) = -0.8, to 0.
#[test]
fn quickprop_jumps_to_the_lowest_place_of_a_parabola() {
    let quickprop: Optimiser = "quickprop(growth=10)".parse().unwrap();
    let rule = quickprop.rule(&GradientOptions::default());
    let mut stepper = Stepper::new(&rule, 1);
    let mut w = [1.0];
    stepper.step(&mut w, &[2.0], &[0.1]).unwrap();
    assert_eq!(w, [0.8]);
    stepper.step(&mut w, &[1.6], &[0.0]).unwrap();
    assert!(w[0].abs() < 1e-15, "{w:?}");
}

#[test]
fn a_run_that_goes_on_has_the_shared_numbers_of_one_that_never_stopped() {
    for optimiser in Optimiser::all() {
        let mut whole = Shared::new(optimiser);
        let mut numbers = Vec::new();
        for _ in 0..100 {
            numbers.clear();
            whole.next(0.01, &mut numbers);
        }
        let mut resumed = Shared::after(optimiser, 99);
        let mut again = Vec::new();
        resumed.next(0.01, &mut again);
        assert_eq!(numbers, again, "{optimiser}");
        assert_eq!(optimiser.rule(&GradientOptions::default()).shared.len(), again.len(), "{optimiser}");
    }
}

/// After some hundred thousand steps nothing is corrected any more, and the engine need not ask again.
#[test]
fn the_corrections_of_adam_end() {
    let mut shared = Shared::after("adam".parse().unwrap(), 100_000);
    assert!(shared.is_settled());
    let mut numbers = Vec::new();
    shared.next(0.25, &mut numbers);
    assert_eq!(numbers, [0.25, 1.0]);
}

#[test]
fn the_initial_steps_of_rprop_are_drawn_for_each_parameter() {
    let optimiser: Optimiser = "rprop-(initial=uniform(0.005, 0.02))".parse().unwrap();
    let rule = optimiser.rule(&GradientOptions::default());
    let mut source = whygrad::random::Key::from_seed(whygrad::random::Seed(1)).stream();
    let memories = Optimiser::memories(&rule, 1000, &mut source);
    let (drawn, slopes) = (&memories[0], &memories[1]);
    assert!(drawn.iter().all(|d| (0.005..0.02).contains(d)) && slopes.iter().all(|p| *p == 0.0));
    let mean = drawn.iter().sum::<f64>() / 1000.0;
    assert!((mean - 0.0125).abs() < 5.0 * 0.015 / 12_f64.sqrt() / 1000_f64.sqrt(), "{mean}");
}

#[test]
fn the_norm_of_the_whole_gradient_is_asked_for_only_where_it_clips() {
    let optimiser: Optimiser = "adam".parse().unwrap();
    assert!(optimiser.rule(&GradientOptions::default()).gradient_norm.is_none());
    let clipped = GradientOptions { clip_norm: Some(1.0), ..GradientOptions::default() };
    assert!(optimiser.rule(&clipped).gradient_norm.is_some());
}

#[test]
fn options_outside_their_range_are_refused() {
    assert_eq!(GradientOptions::default().check(), Ok(()));
    let wrong = GradientOptions { clip_norm: Some(0.0), ..GradientOptions::default() };
    assert_eq!(wrong.check().unwrap_err().to_string(), "'clip-norm' is a number above 0, but 0 was given");
    let wrong = BackwardOptions { error_margin: f64::NAN, ..BackwardOptions::default() };
    assert!(wrong.check().is_err());
}

#[test]
fn a_schedule_reads_its_own_text_and_is_constant_only_as_such() {
    for schedule in Schedule::all() {
        assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
        let json = serde_json::to_string(&schedule).unwrap();
        assert_eq!(serde_json::from_str::<Schedule>(&json).unwrap(), schedule);
        let rates = Rates::new(schedule, 0.1, 1, 100);
        assert_eq!(rates.is_constant(), schedule.course.name() == "constant");
    }
    let warm: Schedule = "constant(warm-up=2)".parse().unwrap();
    assert_eq!(warm.to_string(), "constant(warm-up=2)");
    let rates = Rates::new(warm, 0.8, 2, 10);
    assert_eq!(
        (0..6).map(|step| rates.at(step)).collect::<Vec<_>>(),
        [0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.8]
    );
    let message = "cosin".parse::<Schedule>().unwrap_err().to_string();
    assert!(message.starts_with("there is no schedule 'cosin'; did you mean 'cosine'?"), "{message}");
    assert!("step(every=0)".parse::<Schedule>().is_err());
}

/// However short the run and wherever the step, a rate is a number from 0 up to the learning rate.
#[test]
fn rates_are_numbers_beyond_the_end_of_a_run_too() {
    for schedule in Schedule::all() {
        for (per_epoch, epochs) in [(1, 0), (1, 1), (1, 2), (3, 1), (u64::MAX, u64::MAX)] {
            let rates = Rates::new(Schedule { warm_up: 1, ..schedule }, 0.5, per_epoch, epochs);
            let plain = Rates::new(schedule, 0.5, per_epoch, epochs);
            for step in [0, 1, 2, 3, 10, 1_000_000, u64::MAX] {
                for rate in [rates.at(step), plain.at(step)] {
                    assert!(
                        (0.0..=0.5).contains(&rate),
                        "{schedule}, {per_epoch} x {epochs}, step {step}: {rate}"
                    );
                }
            }
        }
    }
}

/// Four parameters at a time are written as machine code; by themselves they go the same way.
#[test]
fn every_optimiser_goes_the_same_way_in_machine_code_and_portably() {
    let example = whygrad::examples::find("xor").unwrap();
    let model = Model::parse(example.text, &ModelOptions::default()).unwrap();
    let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
    let (data, _) = model.bind(&table, &BindOptions::default()).unwrap();
    let start = starting_values(&model, None, 1, RandomSource::Own).unwrap();
    for optimiser in Optimiser::all() {
        let way = |portable| {
            let options = Options { optimiser, portable, epochs: 30, ..Options::default() };
            train(&model, Some(&data), &start, &options, &mut |_| Control::Continue).unwrap()
        };
        let (quick, portable) = (way(false), way(true));
        assert_eq!((quick.epoch, portable.epoch), (30, 30), "{optimiser}");
        for (a, b) in quick.theta.iter().zip(&portable.theta) {
            assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{optimiser}: {a} and {b}");
        }
    }
}
