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

criterion_group!(benches, nets, functions);
criterion_main!(benches);
