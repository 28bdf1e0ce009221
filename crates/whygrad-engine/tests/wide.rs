//! A net computes what the oracle says: at every level, in both precisions, for any shape, on any
//! number of threads.

mod net;

use net::{Net, adam, momentum};
use whygrad_engine::real::Real;
use whygrad_engine::trainer::Trainer;
use whygrad_engine::vector::Level;
use whygrad_engine::workspace::{Batch, Hardware, Workspace};

/// Loss and gradient of a net.
fn run<T: Real>(net: &Net, hardware: Hardware) -> Vec<T> {
    let real = |numbers: &[f64]| numbers.iter().map(|&x| T::of(x)).collect::<Vec<T>>();
    let (inputs, targets, parameters) = (real(&net.inputs), real(&net.targets), real(&net.parameters));
    let mut space = Workspace::<T>::with(&net.plan, hardware);
    space.load(&net.plan, &Batch { inputs: &inputs, targets: &targets, rows: net.rows });
    space.run(&net.plan, &parameters);
    let roots = 0..=net.program.parameters.len();
    roots.flat_map(|root| space.output(&net.plan, root).0.to_vec()).collect()
}

fn hardware(level: Level) -> Hardware {
    Hardware { level, threads: 1 }
}

/// Compares with the oracle: `allowed` of the largest number of each derivative.
fn compare<T: Real>(net: &Net, level: Level, allowed: f64, what: &str) {
    let wanted = net.oracle(&net.parameters);
    let found = run::<T>(net, hardware(level));
    assert_eq!(wanted.len(), found.len());
    let largest = wanted[1..].iter().fold(0.0f64, |most, x| most.max(x.abs()));
    for (index, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
        let size = if index == 0 { wanted.abs().max(1.0) } else { largest };
        let error = (wanted - found.to_f64()).abs();
        assert!(error <= allowed * size, "{what} at {level:?}, {index}: {found:?}, not {wanted}");
    }
}

fn compare_all(widths: &[usize], activation: &str, loss: &str, rows: usize) {
    let net = Net::new(widths, activation, loss, rows);
    let what = format!("{widths:?} {activation} {loss}, {rows} rows");
    for level in Level::available() {
        compare::<f64>(&net, level, 1e-13, &what);
        compare::<f32>(&net, level, 2e-5, &what);
    }
}

#[test]
fn odd_shapes_are_computed_as_the_oracle_does() {
    for units in [1, 3, 17, 33] {
        for rows in [1, 5, 31] {
            compare_all(&[units, 17, units], "relu", "mse", rows);
            compare_all(&[3, units, 33, 3], "tanh", "mse", rows);
        }
    }
}

#[test]
fn layers_wider_than_a_panel_and_deeper_than_a_block_are() {
    compare_all(&[300, 70, 10], "relu", "cross_entropy_from_logits", 40);
    compare_all(&[9, 64, 64, 1], "sigmoid", "mse", 32);
    compare_all(&[2, 40, 300], "softplus", "mse", 9);
}

#[test]
fn rows_beyond_a_block_are_added_up() {
    compare_all(&[3, 40, 2], "gelu", "mse", 5000);
}

#[test]
fn softmax_and_the_losses_are() {
    for loss in ["cross_entropy_from_logits", "mae", "huber"] {
        compare_all(&[5, 33, 17], "swish", loss, 31);
    }
}

fn bits<T: Real>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_f64().to_bits()).collect()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for (widths, rows) in [(&[100, 130, 70, 5][..], 131), (&[33, 257, 1], 700)] {
        let net = Net::new(widths, "tanh", "mse", rows);
        for level in Level::available() {
            let alone = run::<f32>(&net, Hardware { level, threads: 1 });
            for threads in [2, 3, 8] {
                let together = run::<f32>(&net, Hardware { level, threads });
                assert_eq!(bits(&alone), bits(&together), "{threads} threads, {level:?}");
            }
        }
    }
}

/// The parameters after some epochs of minibatches.
fn train(
    net: &Net,
    rule: &whygrad_engine::rule::Rule,
    hardware: Hardware,
    order: Option<&[usize]>,
) -> Vec<f64> {
    let data = Batch { inputs: &net.inputs, targets: &net.targets, rows: net.rows };
    let mut trainer = Trainer::new(&net.plan, rule, &net.parameters, hardware).unwrap();
    let mut step = 0.0;
    for _ in 0..3 {
        let mut share = |shared: &mut [f64]| {
            step += 1.0;
            shared.iter_mut().zip([0.01, step]).for_each(|(s, x)| *s = x);
        };
        let steps = trainer.epoch(&net.plan, &data, 7, order, &mut share, &mut |_| true);
        assert_eq!(steps, net.rows.div_ceil(7));
    }
    trainer.parameters().to_vec()
}

/// The same by the oracle and the formulas written out.
fn train_slowly(net: &Net, is_adam: bool, order: &[usize]) -> Vec<f64> {
    let mut w = net.parameters.clone();
    let (mut m, mut v) = (vec![0.0; w.len()], vec![0.0; w.len()]);
    let mut step = 0;
    for _ in 0..3 {
        for rows in order.chunks(7) {
            step += 1;
            let width = net.program.input_width();
            let pick = |all: &[f64], width: usize| -> Vec<f64> {
                rows.iter().flat_map(|&r| all[r * width..(r + 1) * width].to_vec()).collect()
            };
            let part = Net {
                program: net.program.clone(),
                plan: net.plan.clone(),
                parameters: vec![],
                inputs: pick(&net.inputs, width),
                targets: pick(&net.targets, net.program.target_width()),
                rows: rows.len(),
            };
            let gradient = &part.oracle(&w)[1..];
            for (i, &g) in gradient.iter().enumerate() {
                if is_adam {
                    m[i] = 0.9 * m[i] + 0.1 * g;
                    v[i] = 0.999 * v[i] + 0.001 * g * g;
                    let (m, v) = (m[i] / (1.0 - 0.9f64.powi(step)), v[i] / (1.0 - 0.999f64.powi(step)));
                    w[i] -= 0.01 * m / (v.sqrt() + 1e-8);
                } else {
                    m[i] = 0.9 * m[i] + g;
                    w[i] -= 0.01 * m[i];
                }
            }
        }
    }
    w
}

#[test]
fn epochs_of_minibatches_are_what_the_formulas_say() {
    let net = Net::new(&[5, 18, 3], "tanh", "mse", 30);
    let there: Vec<usize> = (0..30).collect();
    let mixed: Vec<usize> = (0..30).map(|i| (i * 7 + 3) % 30).collect();
    for (rule, is_adam) in [(adam(), true), (momentum(), false)] {
        for (order, asked) in [(&there, None), (&mixed, Some(&mixed[..]))] {
            let wanted = train_slowly(&net, is_adam, order);
            for level in Level::available() {
                for threads in [1, 2] {
                    let found = train(&net, &rule, Hardware { level, threads }, asked);
                    for (wanted, found) in wanted.iter().zip(&found) {
                        assert!((wanted - found).abs() < 1e-10, "{level:?}: {found}, not {wanted}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_first_number_that_is_not_finite_is_found_with_its_row() {
    let mut net = Net::new(&[3, 20, 2], "relu", "mse", 300);
    let width = 3;
    net.inputs[217 * width + 1] = 1e308;
    net.parameters.iter_mut().for_each(|p| *p *= 100.0);
    let mut space = Workspace::<f64>::new(&net.plan);
    space.load(&net.plan, &Batch { inputs: &net.inputs, targets: &net.targets, rows: net.rows });
    space.run(&net.plan, &net.parameters);
    let found = space.first_non_finite(&net.plan).unwrap();
    assert_eq!(found.row, Some(217));
    net.inputs[217 * width + 1] = 1.0;
    space.load(&net.plan, &Batch { inputs: &net.inputs, targets: &net.targets, rows: net.rows });
    space.run(&net.plan, &net.parameters);
    assert_eq!(space.first_non_finite(&net.plan), None);
}

/// One number that changes with any bit of many.
fn mark(numbers: &[f64]) -> u64 {
    numbers.iter().fold(0xcbf2_9ce4_8422_2325, |mark, x| (mark ^ x.to_bits()).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn portable_bits_are_those_of_every_machine() {
    let stored = [
        0xed2d510600fcc6c7u64,
        0x561b79b25dfa55a1,
        0xc23c59d8e0fcc6c7,
        0xfca66a09a4552747,
        0x1325067980fcc6c7,
        0x56283d225f058f7a,
    ];
    let nets = [("relu", "cross_entropy_from_logits"), ("tanh", "mse"), ("gelu", "mse")];
    let mut found = Vec::new();
    for (activation, loss) in nets {
        let net = Net::new(&[5, 33, 17, 3], activation, loss, 31);
        let single: Vec<f64> = run::<f32>(&net, Hardware::portable()).iter().map(|x| x.to_f64()).collect();
        let double = train(&net, &adam(), Hardware::portable(), None);
        found.extend([mark(&single), mark(&double)]);
    }
    assert_eq!(found, stored, "{found:#x?}");
}
