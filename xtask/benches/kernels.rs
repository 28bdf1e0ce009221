//! `cargo bench --package xtask --features benches`: loss and gradient of nets by their plans, and functions over many rows.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use whygrad::engine::plan::Plan;
use whygrad::engine::real::Real;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::model::{Model, ModelOptions, one_word};
use whygrad::random::{Key, Seed, Source, Stream};

fn stream() -> Stream {
    Key::from_seed(Seed(5)).stream()
}

fn numbers<T: Real>(count: usize, bound: f64) -> Vec<T> {
    let mut stream = stream();
    (0..count).map(|_| T::of(stream.uniform(-bound, bound))).collect()
}

fn model(text: &str, loss: Option<&str>) -> Model {
    let text = one_word::expand(text).unwrap_or_else(|_| text.to_owned());
    let options = ModelOptions { loss: loss.map(str::to_owned), ..ModelOptions::default() };
    Model::parse(&text, &options).expect("a model of this file")
}

/// One run of a plan on so many rows.
fn plan<T: Real>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    model: &Model,
    plan: &Plan,
    rows: usize,
) {
    let program = &model.program;
    let inputs = numbers::<T>(rows * program.input_width(), 2.0);
    // Each target lies between 0 and 1, as a loss from logits wants.
    let targets: Vec<T> = numbers::<T>(rows * program.target_width(), 0.5)
        .into_iter()
        .map(|t| T::of(t.to_f64() + 0.5))
        .collect();
    let parameters = numbers::<T>(program.parameter_count(), 0.5);
    let mut space = Workspace::<T>::new(plan);
    space.load(plan, &Batch { inputs: &inputs, targets: &targets, rows });
    group.throughput(Throughput::Elements(rows as u64));
    group.bench_function(name, |bencher| bencher.iter(|| space.run(plan, &parameters)));
}

fn nets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gradient");
    let nets = [
        ("2-2sigmoid-1sigmoid", "mse", 4),
        ("2-32relu-1sigmoid", "mse", 4),
        ("784-128relu-10", "cross_entropy_from_logits", 128),
    ];
    for (net, loss, rows) in nets {
        let model = model(net, Some(loss));
        let gradient = Plan::of_gradient(&model.program);
        plan::<f64>(&mut group, &format!("{net} f64"), &model, &gradient, rows);
        plan::<f32>(&mut group, &format!("{net} f32"), &model, &gradient, rows);
    }
    group.finish();
}

fn functions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("function");
    for function in ["exp(z)", "sigmoid(z)", "tanh(z)", "ln(z^2 + 1)"] {
        let text = format!("inputs x\ntarget y\nz = w*x\ny_hat = {function}\nloss = mean(y_hat*y)");
        let model = model(&text, None);
        let loss = Plan::compile(&model.program, &[model.program.loss]);
        plan::<f64>(&mut group, &format!("{function} f64"), &model, &loss, 4096);
        plan::<f32>(&mut group, &format!("{function} f32"), &model, &loss, 4096);
    }
    group.finish();
}

/// Loss and gradient of a net beside its matrix products alone by the crate `gemm`; both on one thread.
fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("products");
    for (widths, rows) in [(&[8, 64, 64, 1][..], 32), (&[784, 128, 10], 128), (&[784, 512, 512, 10], 128)] {
        let words: Vec<String> = widths.iter().map(ToString::to_string).collect();
        let name = words.join("-");
        let model = model(&words.join("relu-").replacen("relu", "", 1), Some("mse"));
        let gradient = Plan::of_gradient(&model.program);
        plan::<f32>(&mut group, &format!("{name}, loss and gradient"), &model, &gradient, rows);
        let mut layers: Vec<Layer> = widths.windows(2).map(|w| Layer::new(rows, w[0], w[1])).collect();
        group.bench_function(format!("{name}, the products alone by gemm"), |bencher| {
            bencher.iter(|| layers.iter_mut().enumerate().for_each(|(k, layer)| layer.products(k > 0)));
        });
    }
    group.finish();
}

/// What a layer's products read and write, row after row: its inputs, weights, outputs.
struct Layer {
    /// How many rows, inputs and outputs.
    sizes: [usize; 3],
    inputs: Vec<f32>,
    weights: Vec<f32>,
    outputs: Vec<f32>,
}

impl Layer {
    fn new(rows: usize, inputs: usize, outputs: usize) -> Layer {
        let (x, w) = (numbers(rows * inputs, 2.0), numbers(outputs * inputs, 0.5));
        Layer { sizes: [rows, inputs, outputs], inputs: x, weights: w, outputs: numbers(rows * outputs, 0.5) }
    }

    /// Forward, the derivative by the weights, and that by the inputs where there are layers below.
    fn products(&mut self, below: bool) {
        let [rows, inputs, outputs] = self.sizes;
        let Layer { inputs: x, weights: w, outputs: y, .. } = self;
        product(y, (x, inputs, 1), (w, 1, inputs), (rows, inputs, outputs));
        product(w, (y, 1, outputs), (x, inputs, 1), (outputs, rows, inputs));
        if below {
            product(x, (y, outputs, 1), (w, inputs, 1), (rows, outputs, inputs));
        }
    }
}

/// A matrix, and how far apart its rows and its columns lie.
type Matrix<'a> = (&'a [f32], usize, usize);

/// out = left · right, of so many rows, of such a depth, of so many columns.
#[allow(unsafe_code, reason = "gemm takes pointers")]
fn product(
    out: &mut [f32],
    left: Matrix<'_>,
    right: Matrix<'_>,
    (rows, depth, columns): (usize, usize, usize),
) {
    assert!(left.0.len() == rows * depth && right.0.len() == depth * columns && out.len() == rows * columns);
    let stride = |s: usize| s as isize;
    // SAFETY: each holds what its strides reach.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            depth,
            out.as_mut_ptr(),
            1,
            stride(columns),
            false,
            left.0.as_ptr(),
            stride(left.2),
            stride(left.1),
            right.0.as_ptr(),
            stride(right.2),
            stride(right.1),
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
    std::hint::black_box(out);
}

criterion_group!(benches, nets, products, functions);
criterion_main!(benches);
