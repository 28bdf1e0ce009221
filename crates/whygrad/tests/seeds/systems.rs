//! The table: each system of the four documents, with the command that runs it.

/// A run and the case of the oracle that it must agree with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System {
    /// The case in `data/oracle.json`.
    pub(crate) case: &'static str,
    /// What follows the verb, without the folder.
    pub(crate) command: &'static str,
    /// Whether the figures printed in the document come out.
    pub(crate) printed: bool,
    /// The oracle's losses are these times the model's.
    pub(crate) factor: f64,
    /// Absolute, on losses and predictions.
    pub(crate) loss_tolerance: f64,
    /// Absolute.
    pub(crate) parameter_tolerance: f64,
}

const fn system(case: &'static str, command: &'static str) -> System {
    System { case, command, printed: true, factor: 1.0, loss_tolerance: 1e-12, parameter_tolerance: 1e-10 }
}

/// A run whose loss grows: the same formulas with 50 digits already differ from the oracle by 2e-12 in the losses.
const fn exploding(case: &'static str, command: &'static str) -> System {
    System { loss_tolerance: 1e-9, parameter_tolerance: 1e-9, ..system(case, command) }
}

/// The document gives the start rounded to 8 decimals, so that its later figures come out only nearly.
const fn rounded(case: &'static str, command: &'static str) -> System {
    System { printed: false, ..system(case, command) }
}

/// The oracle's history is the program's cost, 1/m, the model's is the prose's, 1/(2m).
const fn half(case: &'static str, command: &'static str) -> System {
    System { factor: 2.0, ..system(case, command) }
}

/// Every run of the oracle.
pub(crate) const SYSTEMS: &[System] = &[
    system("000-A-stuck", "xor-221.model --data xor.csv --init constant(0.1) --lr 0.3 --epochs 10000"),
    system("000-A-stuck", "xor-221-latex.model --data xor.csv --init constant(0.1) --lr 0.3 --epochs 10000"),
    system(
        "000-A-stuck",
        "xor-221.model --gradient xor-221.gradient --data xor.csv --init constant(0.1) --lr 0.3 --epochs 10000",
    ),
    system(
        "000-A-stuck",
        "xor-221-latex.model --gradient xor-221-latex.gradient --data xor.csv --init constant(0.1) --lr 0.3 \
         --epochs 10000",
    ),
    exploding("000-B-alpha1", "xor-221.model --data xor.csv --init constant(0.1) --lr 1 --epochs 10000"),
    system(
        "000-C-random-seed1",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --random python --seed 1 --lr 0.3 --epochs 10000",
    ),
    system(
        "000-C-random-seed2",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --random python --seed 2 --lr 0.3 --epochs 10000",
    ),
    system(
        "000-C-random-seed3",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --random python --seed 3 --lr 0.3 --epochs 10000",
    ),
    exploding(
        "000-C-random-seed1-alpha1",
        "xor-221.model --data xor.csv --init 'uniform(0, 1)' --random python --seed 1 --lr 1 --epochs 10000",
    ),
    system(
        "000-D-stuck-longrun",
        "xor-221.model --data xor.csv --init constant(0.1) --lr 0.3 --epochs 1000000",
    ),
    system("000-E-explicit-zero-loss", "xor-221.model --data xor.csv --init xor-221-exact.json --epochs 0"),
    system(
        "001-1-linear",
        "neuron-linear.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 0.5 --epochs 50",
    ),
    system(
        "001-1-linear",
        "neuron-linear-latex.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 0.5 \
         --epochs 50",
    ),
    system(
        "001-2-sigmoid-AS-PRINTED-BUGGY",
        "neuron-sigmoid.model --gradient neuron-sigmoid-as-printed.gradient --data xor.csv --init glorot_uniform \
         --random python --seed 1 --lr 2 --epochs 50",
    ),
    system(
        "001-2-sigmoid-CORRECT",
        "neuron-sigmoid.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 2 --epochs 50",
    ),
    system(
        "001-2-sigmoid-CORRECT",
        "neuron-sigmoid-latex.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 2 \
         --epochs 50",
    ),
    system(
        "001-2-sigmoid-CORRECT",
        "neuron-sigmoid.model --gradient neuron-sigmoid.gradient --data xor.csv --init glorot_uniform \
         --random python --seed 1 --lr 2 --epochs 50",
    ),
    system(
        "001-3-linear-hidden",
        "hidden-linear.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 0.5 --epochs 50",
    ),
    system(
        "001-4-relu-hidden",
        "hidden-relu.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 1.5 --epochs 500",
    ),
    system(
        "001-4-relu-hidden-r0=1",
        "hidden-relu-slope-1.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 1.5 \
         --epochs 500",
    ),
    system(
        "001-4-relu-hidden-r0=0.5",
        "hidden-relu-slope-half.model --data xor.csv --init glorot_uniform --random python --seed 1 --lr 1.5 \
         --epochs 500",
    ),
    system(
        "001-5-tensorflow-weights",
        "hidden-relu.model --data xor.csv --init hidden-relu-tensorflow.json --epochs 0",
    ),
    system(
        "002-A-correct-seed5-learns",
        "xor-no-bias.model --data xor-no-bias.csv --batch 1 --init 'uniform(-1, 1)' --random python --seed 5 \
         --lr 0.5 --epochs 20000",
    ),
    system(
        "002-A-correct-seed5-learns",
        "xor-no-bias-latex.model --data xor-no-bias.csv --batch 1 --init 'uniform(-1, 1)' --random python --seed 5 \
         --lr 0.5 --epochs 20000",
    ),
    system(
        "002-A-correct-seed5-learns",
        "xor-no-bias.model --gradient xor-no-bias.gradient --data xor-no-bias.csv --batch 1 \
         --init 'uniform(-1, 1)' --random python --seed 5 --lr 0.5 --epochs 20000",
    ),
    system(
        "002-B-correct-seed1-stuck",
        "xor-no-bias.model --data xor-no-bias.csv --batch 1 --init 'uniform(-1, 1)' --random python --seed 1 \
         --lr 0.5 --epochs 20000",
    ),
    system(
        "002-B-correct-seed2-stuck",
        "xor-no-bias.model --data xor-no-bias.csv --batch 1 --init 'uniform(-1, 1)' --random python --seed 2 \
         --lr 0.5 --epochs 20000",
    ),
    system(
        "002-C-document-rule-seed5",
        "xor-no-bias.model --gradient xor-no-bias-as-printed.gradient --data xor-no-bias.csv --batch 1 \
         --init 'uniform(-1, 1)' --random python --seed 5 --lr 0.5 --epochs 20000",
    ),
    system(
        "002-C-document-rule-seed1",
        "xor-no-bias.model --gradient xor-no-bias-as-printed.gradient --data xor-no-bias.csv --batch 1 \
         --init 'uniform(-1, 1)' --random python --seed 1 --lr 0.5 --epochs 20000",
    ),
    system(
        "002-D-existence",
        "xor-no-bias.model --data xor-no-bias.csv --init xor-no-bias-exact.json --epochs 0",
    ),
    system("003-1-descent-1d", "descent.model --start x=4 --lr 0.01 --tol 0.00001"),
    system("003-1-descent-1d", "descent-latex.model --start x=4 --lr 0.01 --tol 0.00001"),
    system(
        "003-1-descent-1d",
        "descent.model --gradient descent.gradient --start x=4 --lr 0.01 --tol 0.00001",
    ),
    system("003-1b-descent-1d-inflection", "descent.model --start x=-1 --lr 0.01 --tol 0.00001"),
    system(
        "003-2-oneweight-AS-PRINTED-BUGGY",
        "one-weight.model --gradient one-weight-as-printed.gradient --data one-weight.csv --init constant(5) \
         --lr 0.5 --epochs 2000",
    ),
    system(
        "003-2-oneweight-CORRECT",
        "one-weight.model --data one-weight.csv --init constant(5) --lr 0.5 --epochs 2000",
    ),
    system(
        "003-2-oneweight-CORRECT",
        "one-weight.model --gradient one-weight.gradient --data one-weight.csv --init constant(5) --lr 0.5 \
         --epochs 2000",
    ),
    half(
        "003-2-oneweight-CORRECT-text-cost",
        "one-weight-text-cost.model --data one-weight.csv --init constant(5) --lr 0.5 --epochs 2000",
    ),
    system(
        "003-2-oneweight-y1-BUGGY",
        "one-weight.model --gradient one-weight-as-printed.gradient --data one-weight-ones.csv --init constant(5) \
         --lr 0.5 --epochs 2000",
    ),
    system(
        "003-2b-cost-0p133",
        "one-weight-text-cost.model --data one-weight-two-rows.csv --init constant(0.3) --epochs 0",
    ),
    rounded(
        "003-3-NOT-AS-PRINTED-BUGGY",
        "not.model --gradient not-as-printed.gradient --data not.csv --init not-start.json --lr 0.05 --epochs 12000",
    ),
    system("003-3-NOT-CORRECT", "not.model --data not.csv --init not-start.json --lr 0.05 --epochs 12000"),
    system(
        "003-3-NOT-CORRECT",
        "not.model --gradient not.gradient --data not.csv --init not-start.json --lr 0.05 --epochs 12000",
    ),
    system(
        "003-3-NOT-CORRECT",
        "not-latex.model --data not.csv --inputs x --init not-latex-start.json --lr 0.05 --epochs 12000",
    ),
    system(
        "003-3-NOT-BUGGY-bad-start",
        "not.model --gradient not-as-printed.gradient --data not.csv --init not-start-exchanged.json --lr 0.05 \
         --epochs 12000",
    ),
    system(
        "003-3-NOT-CORRECT-bad-start",
        "not.model --data not.csv --init not-start-exchanged.json --lr 0.05 --epochs 12000",
    ),
    system(
        "003-5-xor231-seed1",
        "xor-231.model --data xor-231.csv --init xor-231-start-1.json --lr 0.1 --epochs 10000",
    ),
    system(
        "003-5-xor231-seed1",
        "xor-231.model --gradient xor-231.gradient --data xor-231.csv --init xor-231-start-1.json --lr 0.1 \
         --epochs 10000",
    ),
    system(
        "003-5-xor231-seed2",
        "xor-231.model --data xor-231.csv --init xor-231-start-2.json --lr 0.1 --epochs 10000",
    ),
    system(
        "003-5-xor231-seed1-MSE",
        "xor-231.model --loss mse --data xor-231.csv --init xor-231-start-1.json --lr 0.1 --epochs 10000",
    ),
];

/// Runs without a case of their own, with their last loss.
pub(crate) const BEYOND: &[(&str, f64)] = &[
    // A start that rounds to the one printed, from which every printed digit comes out.
    (
        "not.model --gradient not-as-printed.gradient --data not.csv --init not-start-unrounded.json --lr 0.05 \
         --epochs 12000",
        0.00719841740291891,
    ),
    (
        "not-cross-entropy.model --data not.csv --init not-start.json --lr 0.05 --epochs 12000",
        0.008132463294522458,
    ),
    (
        "not-cross-entropy-from-logits.model --data not.csv --init not-start.json --lr 0.05 --epochs 12000",
        0.008132463294522458,
    ),
];
