//! What the probes of a check hold.

use super::*;
use crate::check::truth::Derived;
use crate::model::ModelOptions;
use crate::random::Seed;

fn model(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

const XOR: &str =
    "inputs x[2]\ntarget y\nh = dense(x, 2, sigmoid)\np = dense(h, 1, sigmoid)\nloss = mse(p, y)";

fn xor() -> (Model, Options) {
    let model = model(XOR);
    let data = Dataset {
        inputs: vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0],
        targets: vec![0.0, 1.0, 1.0, 0.0],
        rows: 4,
        input_names: vec!["x1".into(), "x2".into()],
        target_names: vec!["y".into()],
    };
    let point = Some((0..9).map(|k| 0.2 * f64::from(k) - 0.7).collect());
    (model, Options { data: Some(data), point, learning_rate: Some(0.5), ..Options::default() })
}

fn of(probes: &[Probe], role: Role) -> Vec<&Probe> {
    probes.iter().filter(|p| p.role == role).collect()
}

#[test]
fn the_given_point_comes_first_and_is_asked_again() {
    let (model, options) = xor();
    let probes = plan(&model, &options);
    assert_eq!(Some(&probes[0].theta), options.point.as_ref());
    assert_eq!((Some(&probes[0].data), probes[0].learning_rate), (options.data.as_ref(), 0.5));
    assert_eq!((probes[1].role, &probes[1].theta), (Role::Again, &probes[0].theta));
    assert!((10..=14).contains(&probes.len()));
    let last = &probes[probes.len() - 1];
    assert_eq!((last.role, &last.theta), (Role::Again, &probes[0].theta));
}

#[test]
fn random_rows_have_other_inputs_than_0_and_1_and_targets_of_both() {
    let (model, options) = xor();
    let probes = plan(&model, &options);
    let random = of(&probes, Role::Random);
    assert_eq!(random.iter().map(|p| p.data.rows).collect::<Vec<_>>(), [3, 5]);
    for probe in random {
        assert!(probe.data.inputs.iter().all(|&x| x != 0.0 && x != 1.0 && x.abs() <= 1.5));
        assert!(probe.data.targets.contains(&0.0) && probe.data.targets.contains(&1.0));
        assert!(probe.data.targets.iter().all(|&y| y == 0.0 || y == 1.0));
    }
    assert_eq!(of(&probes, Role::SingleRow).len(), 2);
    assert!(of(&probes, Role::SingleRow).iter().all(|p| p.data.rows == 1));
    assert_eq!(of(&probes, Role::OtherRate)[0].learning_rate, 1.25);
}

#[test]
fn what_is_fixed_stays() {
    let (model, options) = xor();
    let rows = plan(&model, &Options { freedom: Freedom::FixedRows, ..options.clone() });
    assert!(rows.iter().all(|p| p.data.rows == 4));
    assert!(rows.iter().any(|p| Some(&p.data) != options.data.as_ref()));
    let data = plan(&model, &Options { freedom: Freedom::FixedData, ..options.clone() });
    assert!(data.iter().all(|p| Some(&p.data) == options.data.as_ref()));
    let alone = plan(&model, &Options { freedom: Freedom::FixedRows, ..Options::default() });
    assert!(alone.iter().all(|p| p.data.rows == 1));
}

#[test]
fn the_same_seed_asks_the_same_and_another_asks_otherwise() {
    let (model, options) = xor();
    assert_eq!(plan(&model, &options), plan(&model, &options));
    assert_ne!(plan(&model, &options)[4], plan(&model, &Options { seed: Seed(2), ..options })[4]);
}

#[test]
fn targets_of_a_softmax_are_one_hot() {
    let model = model("inputs x[2]\ntargets y[3]\np = dense(x, 3, softmax)\nloss = cross_entropy(p, y)");
    for probe in plan(&model, &Options::default()) {
        for row in probe.data.targets.chunks(3) {
            assert!(row.iter().filter(|&&y| y == 1.0).count() == 1 && row.iter().sum::<f64>() == 1.0);
        }
    }
}

#[test]
fn targets_of_a_binary_cross_entropy_are_0_or_1() {
    let model =
        model("inputs x[2]\ntarget y\np = dense(x, 1, sigmoid)\nloss = -mean(y*log(p) + (1 - y)*log(1 - p))");
    for probe in plan(&model, &Options::default()) {
        assert!(probe.data.targets.iter().all(|&y| y == 0.0 || y == 1.0));
    }
}

#[test]
fn a_plain_function_is_asked_at_points_in_its_domain() {
    let model = model("params a in (0, 2), b\nminimize a*log(a) + b^2");
    let probes = plan(&model, &Options::default());
    assert!(probes.iter().all(|p| p.theta[0] > 0.0 && p.theta[0] < 2.0 && p.data.rows == 1));
    assert!(of(&probes, Role::RandomPoint).len() >= 4);
}

#[test]
fn inputs_that_need_to_be_above_0_are() {
    let model = model("inputs x\ntarget y\nparams w\ny_hat = w*log(x)\nloss = mse(y_hat, y)");
    let derived = Derived::new(&model);
    for probe in plan(&model, &Options::default()) {
        assert!(derived.truth(&probe).loss.is_finite(), "{probe:?}");
    }
}

/// How far the probes get into 1 - y s: the smallest and the largest.
fn margins(model: &Model) -> (f64, f64) {
    let probes = plan(model, &Options::default());
    assert!((11..=13).contains(&probes.len()), "{}", probes.len());
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    for p in &probes {
        for row in 0..p.data.rows {
            let s = p.theta[0] * p.data.input_row(row)[0] + p.theta[1];
            let y = p.data.target_row(row)[0];
            assert!(y.abs() == 1.0, "{y}");
            ends = (ends.0.min(1.0 - y * s), ends.1.max(1.0 - y * s));
        }
    }
    ends
}

#[test]
fn a_margin_is_kept_in_some_row_and_not_in_another_with_targets_of_minus_1_and_1() {
    let text = |loss: &str| format!("inputs x\ntarget y\nparams w, b\ns = w*x + b\nloss = {loss}");
    for loss in ["mean(max(0, 1 - y*s)) + 0.1*w^2", "mean(relu(1 - y*s))", "mean(max(1 - s*y, 0)^2)"] {
        let (least, most) = margins(&model(&text(loss)));
        assert!(least < 0.0 && most > 0.0, "{loss}: {least} to {most}");
    }
    margins(&model(&text("mean(log(1 + exp(-y*s)))")));
}

#[test]
fn targets_of_other_losses_are_not_minus_1_and_1() {
    let text = "inputs x\ntarget y\nparams w, b\ns = w*x + b\nloss = ";
    for loss in
        ["mean((s - y)^2)", "mean(log(1 + exp(s)) - y*s)", "mean(max(0, abs(s - y) - 0.1))", "huber(s, y)"]
    {
        let probes = plan(&model(&format!("{text}{loss}")), &Options::default());
        assert!(probes.iter().any(|p| p.data.targets.iter().any(|y| y.abs() != 1.0)), "{loss}");
    }
}

/// Seen by the formulas, not by what chose the probes.
#[test]
fn every_bend_of_huber_and_hard_tanh_is_passed() {
    let text = "inputs x\ntarget y\nparams w, b, v\ny_hat = v*hard_tanh(w*x + b)\nloss = huber(y_hat, y)";
    let model = model(text);
    for seed in 1..=40 {
        let options = Options { seed: Seed(seed), ..Options::default() };
        let mut seen = [false; 7];
        for p in plan(&model, &options) {
            for row in 0..p.data.rows {
                let z = p.theta[0] * p.data.input_row(row)[0] + p.theta[1];
                let d = p.theta[2] * z.clamp(-1.0, 1.0) - p.data.target_row(row)[0];
                let now = [z < -1.0, z.abs() < 1.0, z > 1.0, d < 0.0, d > 0.0, d.abs() < 1.0, d.abs() > 1.0];
                seen.iter_mut().zip(now).for_each(|(seen, now)| *seen |= now);
            }
        }
        assert_eq!(seen, [true; 7], "seed {seed}");
    }
}

/// The logarithm of a probability of 1e-50 is none in single precision.
#[test]
fn probes_for_kinks_do_not_saturate_what_has_a_logarithm() {
    let text = "inputs x[3]\ntargets y[2]\nh = dense(x, 3, relu)\ng = dense(h, 4, hard_sigmoid)\n\
                p = dense(g, 2, softmax)\nloss = cross_entropy(p, y)";
    let model = model(text);
    let derived = Derived::new(&model);
    for seed in 1..=100 {
        for probe in plan(&model, &Options { seed: Seed(seed), ..Options::default() }) {
            // No loss of a row is above -ln(1e-6).
            assert!(derived.truth(&probe).loss < 13.9, "seed {seed}: {probe:?}");
        }
    }
}

#[test]
fn one_random_probe_has_larger_parameters() {
    let (model, options) = xor();
    let size = |p: &Probe| p.theta.iter().map(|t| t * t).sum::<f64>().sqrt();
    let mean = |role: Role, k: usize| {
        let sizes = (1..=30).map(|seed| {
            let options = Options { seed: Seed(seed), ..options.clone() };
            size(of(&plan(&model, &options), role)[k])
        });
        sizes.sum::<f64>() / 30.0
    };
    let ratio = mean(Role::Random, 1) / mean(Role::Random, 0);
    assert!((1.7..2.3).contains(&ratio), "{ratio}");
}

#[test]
fn a_side_that_cannot_be_reached_costs_no_probe() {
    let smooth = plan(&model("params a in (0, 2), b\nminimize a^2 + b^2"), &Options::default());
    let kinked = plan(&model("params a in (0, 2), b\nminimize abs(a) + b^2"), &Options::default());
    assert_eq!(kinked.len(), smooth.len());
}

/// With inputs around 50 and weights around 1 every unit would be saturated.
#[test]
fn random_points_are_not_saturated() {
    let model = model("inputs x\ntarget y\nparams w\ny_hat = 1/(1 + exp(-w*x))\nloss = sse(y_hat, y)");
    let (input_names, target_names) = (vec!["x".into()], vec!["y".into()]);
    let data = Dataset { inputs: vec![62.5], targets: vec![0.0], rows: 1, input_names, target_names };
    let options = Options { data: Some(data), point: Some(vec![0.8]), ..Options::default() };
    let derived = Derived::new(&model);
    let told = |p: &&Probe| {
        let truth = derived.truth(p);
        truth.value[0].abs() > 1e6 * truth.noise[0]
    };
    let probes = plan(&model, &options);
    let random: Vec<&Probe> = probes.iter().filter(|p| p.theta != [0.8]).collect();
    assert!(2 * random.iter().filter(|p| told(p)).count() > random.len());
}
