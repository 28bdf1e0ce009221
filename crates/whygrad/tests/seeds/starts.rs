//! The oracle's studies of random starts, with fewer starts and our own random numbers: a share must lie within
//! four standard errors of the oracle's.
//!
//! Of each case only the studies that take well under a second are run; 20,000 and 50,000 epochs of two thousand
//! starts are not.

use serde_json::Value;
use whygrad::train::{RandomSource, evaluate};

use crate::command::{Command, Prepared};
use crate::oracle::case;

/// A study of the oracle, with the shares that are compared.
pub(crate) struct Study {
    /// The case.
    pub(crate) case: &'static str,
    tag: &'static str,
    command: &'static str,
    starts: u64,
    shares: &'static [&'static str],
}

const fn study(
    case: &'static str,
    tag: &'static str,
    command: &'static str,
    starts: u64,
    shares: &'static [&'static str],
) -> Study {
    Study { case, tag, command, starts, shares }
}

/// What is run.
pub(crate) const STUDIES: &[Study] = &[
    study(
        "000-R-random-starts-000",
        "000 U01 lr=0.3 steps=1000",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --lr 0.3 --epochs 1000",
        300,
        &["frac_all4_rounded_right", "frac_loss_lt_0.01", "frac_loss_lt_0.001"],
    ),
    study(
        "000-R-random-starts-000",
        "000 U-11 lr=0.3 steps=10000",
        "xor-221.model --data xor.csv --init 'uniform(-1, 1)' --lr 0.3 --epochs 10000",
        80,
        &["frac_all4_rounded_right", "frac_loss_lt_0.01"],
    ),
    study(
        "000-R-random-starts-000",
        "000 U01 lr=1.0 steps=10000",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --lr 1 --epochs 10000",
        20,
        &["frac_all4_rounded_right", "frac_loss_lt_0.01", "frac_final_above_initial"],
    ),
    study(
        "001-R-random-starts-001",
        "001 model1 lr=0.5 steps=50",
        "neuron-linear.model --data xor.csv --init glorot_uniform --lr 0.5 --epochs 50",
        300,
        &["frac_all4_rounded_right"],
    ),
    study(
        "001-R-random-starts-001",
        "001 model2 buggy gradient lr=2 steps=50",
        "neuron-sigmoid.model --gradient neuron-sigmoid-as-printed.gradient --data xor.csv --init glorot_uniform \
         --lr 2 --epochs 50",
        300,
        &["frac_all4_rounded_right"],
    ),
    study(
        "001-R-random-starts-001",
        "001 model3 lr=0.5 steps=500",
        "hidden-linear.model --data xor.csv --init glorot_uniform --lr 0.5 --epochs 500",
        50,
        &["frac_all4_rounded_right"],
    ),
    study(
        "001-R-random-starts-001",
        "001 model4 lr=1.5 steps=300",
        "hidden-relu.model --data xor.csv --init glorot_uniform --lr 1.5 --epochs 300",
        200,
        &["frac_all4_rounded_right", "frac_loss_lt_0.01", "frac_loss_lt_0.001"],
    ),
    study(
        "001-R-random-starts-001b",
        "001 model4 lr=1.5 steps=1000",
        "hidden-relu.model --data xor.csv --init glorot_uniform --lr 1.5 --epochs 1000",
        50,
        &["frac_all4_rounded_right", "frac_loss_lt_0.001"],
    ),
    study(
        "002-R-random-starts-002",
        "002 correct online U01 alpha=0.5 epochs=1000",
        "xor-no-bias.model --data xor-no-bias.csv --batch 1 --init 'uniform(0, 1)' --lr 0.5 --epochs 1000",
        200,
        &["frac_all4_rounded_right", "frac_mse_lt_0p01"],
    ),
    study(
        "002-R-random-starts-002doc",
        "002 document online U-11 alpha=0.5 epochs=1000",
        "xor-no-bias.model --gradient xor-no-bias-as-printed.gradient --data xor-no-bias.csv --batch 1 \
         --init 'uniform(-1, 1)' --lr 0.5 --epochs 1000",
        100,
        &["frac_all4_rounded_right", "frac_mse_lt_0p01"],
    ),
    study(
        "002-R-random-starts-002batch",
        "002 correct batch N01 alpha=0.5 epochs=10000",
        "xor-no-bias.model --data xor-no-bias.csv --init 'normal(0, 1)' --lr 0.5 --epochs 10000",
        80,
        &["frac_all4_rounded_right", "frac_mse_lt_0p01"],
    ),
    study(
        "003-R-random-starts-003",
        "003 NOT net N(0,5) document alpha=0.05 epochs=12000",
        "not.model --gradient not-as-printed.gradient --data not.csv --init 'normal(0, 5)' --lr 0.05 \
         --epochs 12000",
        150,
        &["frac_rounded_right", "frac_cost_lt_0p01"],
    ),
    study(
        "003-R-random-starts-003",
        "003 NOT net N(0,5) correct_mse alpha=0.05 epochs=12000",
        "not.model --data not.csv --init 'normal(0, 5)' --lr 0.05 --epochs 12000",
        150,
        &["frac_rounded_right", "frac_cost_lt_0p01"],
    ),
    study(
        "003-R-random-starts-003",
        "003 NOT net N(0,5) cross_entropy_sum alpha=0.05 epochs=12000",
        "not-cross-entropy.model --data not.csv --init 'normal(0, 5)' --lr 0.05 --epochs 12000",
        100,
        &["frac_rounded_right"],
    ),
    study(
        "003-R-random-starts-003",
        "003 2-3-1 XOR batch_mean alpha=0.1 epochs=5000",
        "xor-231.model --data xor-231.csv --init 'normal(0, 1)' --lr 0.1 --epochs 5000",
        60,
        &["frac_all4_rounded_right", "frac_mse_lt_0p01"],
    ),
    study(
        "003-R-random-starts-003_1d",
        "003 1-D descent, x0 ~ U(-2,4), gamma .01, precision 1e-5",
        "descent.model --init 'uniform(-2, 4)' --lr 0.01 --tol 0.00001",
        500,
        &["reaches 2.25 (|x-2.25|<1e-3)", "stops near the inflection x=0 (|x|<0.1)"],
    ),
    study(
        "003-R-random-starts-003_oneweight",
        "003 one weight N(0,5) document gradient alpha .5 epochs 2000",
        "one-weight.model --gradient one-weight-as-printed.gradient --data one-weight.csv --init 'normal(0, 5)' \
         --lr 0.5 --epochs 2000",
        200,
        &["frac_all_outputs_below_0p5", "frac_cost_lt_0p01"],
    ),
    study(
        "003-R-random-starts-003_oneweight",
        "003 one weight N(0,5) correct gradient alpha .5 epochs 2000",
        "one-weight.model --data one-weight.csv --init 'normal(0, 5)' --lr 0.5 --epochs 2000",
        200,
        &["frac_all_outputs_below_0p5", "frac_cost_lt_0p01", "frac_cost_lt_0p05"],
    ),
];

impl Study {
    pub(crate) fn check(&self, cases: &[Value]) {
        let studies = case(cases, self.case)["expected"]["studies"].as_array().expect("studies");
        let expected = studies.iter().find(|study| study["tag"] == self.tag);
        let expected = expected.unwrap_or_else(|| panic!("no study {}", self.tag));
        let size = expected["n"].as_f64().expect("n");
        let mut prepared = Command::parse(self.command).prepare();
        prepared.options.random = RandomSource::Own;
        let mut counts = vec![0; self.shares.len()];
        for seed in 1..=self.starts {
            prepared.options.seed = seed;
            let mut start = prepared.start();
            scale(&prepared, &mut start);
            let run = prepared.run_from(&start);
            for (count, share) in counts.iter_mut().zip(self.shares) {
                *count += u64::from(holds(share, &prepared, &run.theta, run.loss, run.history.points()[0].1));
            }
        }
        for (share, count) in self.shares.iter().zip(counts) {
            let among =
                if share.starts_with("frac") { &expected[*share] } else { &expected["fractions"][*share] };
            let theirs = among.as_f64().unwrap_or_else(|| panic!("{}: no {share}", self.tag));
            let ours = count as f64 / self.starts as f64;
            // A share of 0 or 1 among so many starts still leaves room for one start more or less.
            let likely = (theirs * size + 1.0) / (size + 2.0);
            let error = (likely * (1.0 - likely) * (1.0 / self.starts as f64 + 1.0 / size)).sqrt();
            assert!((ours - theirs).abs() <= 4.0 * error, "{}: {share} is {ours}, not {theirs}", self.tag);
        }
    }
}

/// The tutorial's start for the 2-3-1 net: normal numbers times half the square root of 6 over (inputs + outputs).
fn scale(prepared: &Prepared, start: &mut [f64]) {
    for p in &prepared.model.program.parameters {
        let sides: f64 = match p.name.as_str() {
            "theta1" => 5.0,
            "theta2" => 4.0,
            _ => continue,
        };
        start[p.offset..p.offset + p.len()].iter_mut().for_each(|value| *value *= 0.5 * (6.0 / sides).sqrt());
    }
}

fn holds(share: &str, prepared: &Prepared, theta: &[f64], loss: f64, first_loss: f64) -> bool {
    let mean_square = || {
        let targets = &prepared.data.as_ref().expect("data").targets;
        let outputs = prepared.predictions(theta);
        outputs.iter().zip(targets).map(|(o, y)| (o - y) * (o - y)).sum::<f64>() / targets.len() as f64
    };
    match share {
        "frac_all4_rounded_right" | "frac_rounded_right" | "frac_all_outputs_below_0p5" => {
            let data = prepared.data.as_ref().expect("data");
            evaluate(&prepared.model, data, theta).accuracy == Some(1.0)
        }
        "frac_loss_lt_0.01" | "frac_cost_lt_0p01" => loss < 0.01,
        "frac_loss_lt_0.001" => loss < 0.001,
        "frac_cost_lt_0p05" => loss < 0.05,
        "frac_mse_lt_0p01" => mean_square() < 0.01,
        "frac_final_above_initial" => loss > first_loss,
        "reaches 2.25 (|x-2.25|<1e-3)" => (theta[0] - 2.25).abs() < 1e-3,
        "stops near the inflection x=0 (|x|<0.1)" => theta[0].abs() < 0.1,
        _ => panic!("no share {share}"),
    }
}
