//! What is printed reads back to what it was.

use whygrad::expr::arena::{Arena, Term};
use whygrad::expr::oracle::{Bindings, evaluate};
use whygrad::expr::print::{Names, Notation, expression};
use whygrad::model::{Model, ModelOptions};

use crate::case::{case, largest, none_wrong};
use crate::draw::Draw;
use crate::terms;

/// How many terms.
const TERMS: u64 = 5_000;
/// How many models have their gradient printed and read.
const MODELS: u64 = 1_500;

fn print(arena: &Arena, term: Term, notation: Notation) -> String {
    expression(arena, term, &Names::new(), notation)
}

/// The value of a model's loss at the numbers of its leaves, which are found by name.
fn loss_at(model: &Model, arena: &Arena, values: &[Vec<f64>], rows: usize) -> f64 {
    let program = &model.program;
    let mut bindings = Bindings::new(rows);
    for (symbol, numbers) in arena.symbols().iter().zip(values) {
        let ids = program.parameters.iter().map(|p| p.symbol);
        let mut ids = ids.chain(program.inputs.iter().copied()).chain(program.targets.iter().copied());
        let id = ids.find(|&id| program.arena.symbol_of(id).name == symbol.name).unwrap();
        bindings.bind(id, numbers.clone());
    }
    evaluate(&program.arena, &[program.loss], &bindings).unwrap()[0].data[0]
}

fn read_loss(text: &str) -> Result<Model, String> {
    let text = format!("{}loss = {text}\n", terms::DECLARATIONS);
    Model::parse(&text, &ModelOptions::default()).map_err(|e| format!("not read: {e}"))
}

#[test]
fn a_term_printed_as_text_reads_back() {
    let (mut wrong, mut finite, mut changed) = (vec![], 0, vec![]);
    for seed in 0..TERMS {
        let mut draw = Draw::of(seed ^ 0x7e47);
        let (mut arena, leaves) = terms::leaves();
        let size = draw.between(1, 12);
        let raw = terms::random(&mut arena, &leaves, &mut draw, size);
        let raw = terms::total(&mut arena, raw);
        let text = print(&arena, raw, Notation::Text);
        let model = match read_loss(&text) {
            Ok(model) => model,
            Err(error) => {
                wrong.push(format!("seed {seed}: {error}\n  {text}"));
                continue;
            }
        };
        let rows = draw.between(1, 3);
        let (bindings, values) = terms::bindings(&arena, &mut draw, rows);
        let all = evaluate(&arena, &arena.reachable(&[raw]), &bindings).unwrap();
        if all.iter().all(|v| v.data.iter().all(|x| x.is_finite())) {
            finite += 1;
            let before = all[all.len() - 1].data[0];
            let after = loss_at(&model, &arena, &values, rows);
            let size = all.iter().map(|v| largest(&v.data)).fold(1.0, f64::max);
            let close = (before - after).abs() <= 1e-11 * before.abs() + 1e-12 * size;
            if !close {
                wrong
                    .push(format!("seed {seed}: {before:e} reads back as {after:e} at {values:?}\n  {text}"));
            }
        }
        let first = print(&model.program.arena, model.program.loss, Notation::Text);
        match read_loss(&first) {
            Ok(second) => {
                let second = print(&second.program.arena, second.program.loss, Notation::Text);
                if first != second {
                    changed.push(format!("  {first}\n  {second}"));
                }
            }
            Err(error) => wrong.push(format!("seed {seed}, simplified: {error}\n  {first}")),
        }
    }
    println!("{TERMS} terms, {finite} finite; {} print differently the second time", changed.len());
    none_wrong(&wrong);
    let shown = changed.len().min(5);
    assert!(20 * changed.len() as u64 <= TERMS, "{}", changed[..shown].join("\n\n"));
}

#[test]
fn a_derived_gradient_printed_as_text_reads_back_as_ones_own() {
    let (mut wrong, mut compared) = (vec![], 0);
    for seed in 0..MODELS {
        let case = case(seed);
        let program = &case.model.program;
        let lines: Vec<String> = program
            .parameters
            .iter()
            .zip(&program.gradient)
            .map(|(p, &g)| format!("d{} = {}\n", p.name, print(&program.arena, g, Notation::Text)))
            .collect();
        let lines = lines.concat();
        let options = ModelOptions { gradient: Some(lines.clone()), ..ModelOptions::default() };
        let own = match Model::parse(&case.model.source, &options) {
            Ok(own) => own,
            Err(error) => {
                wrong.push(format!("not read: {error}\n{lines}\n{case}"));
                continue;
            }
        };
        let derived = case.gradient(&case.theta);
        if !case.is_finite() || !derived.iter().all(|g| g.is_finite()) {
            continue;
        }
        compared += 1;
        let mut other = crate::case::case(seed);
        other.model = own;
        let read = other.gradient(&case.theta);
        let floor = 1e-12 * (largest(&derived) + 1.0);
        let differs =
            (0..derived.len()).find(|&k| (derived[k] - read[k]).abs() > 1e-11 * derived[k].abs() + floor);
        if let Some(k) = differs {
            wrong.push(format!("entry {k}: {:e} reads back as {:e}\n{lines}\n{case}", derived[k], read[k]));
        }
    }
    println!("{compared} gradients printed and read");
    none_wrong(&wrong);
    assert!(compared * 10 > MODELS * 8);
}

#[test]
fn latex_and_mathml_are_balanced() {
    let mut wrong = vec![];
    for seed in 0..TERMS {
        let mut draw = Draw::of(seed ^ 0x1a7e);
        let (mut arena, leaves) = terms::leaves();
        let size = draw.between(1, 12);
        let raw = terms::random(&mut arena, &leaves, &mut draw, size);
        let latex = print(&arena, raw, Notation::Latex);
        let mathml = print(&arena, raw, Notation::MathMl);
        if let Err(what) = check_latex(&latex) {
            wrong.push(format!("{what}: {latex}"));
        }
        if let Err(what) = check_mathml(&mathml) {
            wrong.push(format!("{what}: {mathml}"));
        }
    }
    none_wrong(&wrong);
}

/// Something, with every brace and every `\left` closed.
fn check_latex(latex: &str) -> Result<(), &'static str> {
    let mut depth = 0_i32;
    let mut letters = latex.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return Err("a brace is closed that was not opened");
        }
    }
    let count = |word: &str| {
        latex
            .match_indices(word)
            .filter(|(at, _)| !latex[at + word.len()..].starts_with(|c: char| c.is_alphabetic()))
            .count()
    };
    match () {
        () if latex.trim().is_empty() => Err("nothing"),
        () if depth != 0 => Err("a brace stays open"),
        () if count(r"\left") != count(r"\right") => Err("\\left without \\right"),
        () => Ok(()),
    }
}

/// Something, with every tag closed by its own.
fn check_mathml(mathml: &str) -> Result<(), &'static str> {
    let mut open = Vec::new();
    for tag in mathml.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap_or_default();
        let name = inside.trim_matches('/').split_whitespace().next().unwrap_or_default();
        if inside.starts_with('/') {
            if open.pop() != Some(name) {
                return Err("a tag is closed that was not opened last");
            }
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    match () {
        () if mathml.trim().is_empty() => Err("nothing"),
        () if !open.is_empty() => Err("a tag stays open"),
        () => Ok(()),
    }
}
