//! The scalar form and the matrix form of one model.

use std::fmt::Write as _;

use whygrad_expr::arena::Term;
use whygrad_expr::expand::Entries;
use whygrad_expr::op::Op;
use whygrad_expr::print::{self, Names, Notation};
use whygrad_expr::program::Named;
use whygrad_expr::simplify::Simplifier;

use super::lines::{Block, Left, Line, Right};
use crate::model::{Layers, Model, ModelOptions};

/// The model as it is written.
pub(crate) fn native(model: &Model, heading: &str) -> Block {
    let mut block = Block::new(heading, &model.program);
    block.legend = legend(model);
    let legend = block.legend.clone();
    let paper = |name: &str| legend.iter().find(|l| l.1 == name).map_or(name.to_owned(), |l| l.0.clone());
    for p in &model.program.parameters {
        let leaf = block.arena.leaf(p.symbol);
        block.name(leaf, &p.name, &paper(&p.name));
    }
    for named in model.naming.all() {
        block.name(named.term, &named.name, &paper(&named.name));
    }
    let lines = |list: &[Named]| -> Vec<Line> {
        list.iter().map(|n| Line::plain(Left::Name(n.name.clone()), n.term)).collect()
    };
    let mut forward = lines(&model.naming.forward);
    forward.push(Line::plain(Left::Name("loss".into()), model.program.loss));
    let gradient = model.program.parameters.iter().zip(&model.program.gradient);
    let gradient = gradient.map(|(p, g)| Line::plain(Left::Derivative(p.name.clone()), *g)).collect();
    block.groups = vec![
        ("forward".into(), forward),
        ("backward".into(), lines(&model.naming.backward)),
        ("gradient".into(), gradient),
    ];
    block.groups.retain(|g| !g.1.is_empty());
    block
}

/// Short names for paper: W1, b1, z1, a1, δ1 for the layers in order.
fn legend(model: &Model) -> Vec<(String, String)> {
    let mut legend = Vec::new();
    let last = model.dense.len();
    for (index, layer) in model.dense.iter().enumerate() {
        let k = index + 1;
        legend.push((format!("W{k}"), layer.weight.clone()));
        if let Some(bias) = &layer.bias {
            legend.push((format!("b{k}"), bias.clone()));
        }
        legend.push((format!("z{k}"), format!("z_{}", layer.name)));
        legend.push((format!("delta{k}"), format!("delta_{}", layer.name)));
        if k < last {
            legend.push((format!("a{k}"), layer.name.clone()));
        }
    }
    legend
}

/// Layers written out weight by weight.
pub(crate) fn scalar(model: &Model) -> Block {
    let mut block = Block::new("Scalar form", &model.program);
    let paper = legend(model);
    let short = |name: &str| paper.iter().find(|l| l.1 == name).map_or(name.to_owned(), |l| l.0.clone());
    let mut arena = model.program.arena.clone();
    let mut simplifier = Simplifier::new(&mut arena);
    let mut entries = Entries::default();
    let (mut text_names, mut paper_names) = (Names::new(), Names::new());
    for p in &model.program.parameters {
        let leaf = simplifier.arena.leaf(p.symbol);
        for (k, entry) in entries.of(&mut simplifier, leaf).into_iter().enumerate() {
            let name = p.entry_name(k);
            let tail = name.strip_prefix(p.name.as_str()).unwrap_or_default().to_owned();
            text_names.insert(entry, &name);
            paper_names.insert(entry, &format!("{}{tail}", short(&p.name)));
        }
    }
    let mut named = |list: &[Named], s: &mut Simplifier<'_>| -> Vec<Line> {
        let mut lines = Vec::new();
        for n in list {
            let all = entries.of(s, n.term);
            let many = all.len() > 1;
            for (k, entry) in all.into_iter().enumerate() {
                if matches!(s.arena.op(entry), Op::Const(_) | Op::Leaf(_)) || text_names.get(entry).is_some()
                {
                    continue;
                }
                let name = if many { format!("{}[{k}]", n.name) } else { n.name.clone() };
                let on_paper = if many { format!("{}[{k}]", short(&n.name)) } else { short(&n.name) };
                text_names.insert(entry, &name);
                paper_names.insert(entry, &on_paper);
                lines.push(Line::plain(Left::Name(name), entry));
            }
        }
        lines
    };
    let mut forward = named(&model.naming.forward, &mut simplifier);
    let backward = named(&model.naming.backward, &mut simplifier);
    let loss = entries.of(&mut simplifier, model.program.loss);
    forward.extend(loss.into_iter().map(|l| Line::plain(Left::Name("loss".into()), l)));
    let mut gradient = Vec::new();
    for (p, g) in model.program.parameters.iter().zip(&model.program.gradient) {
        for (k, entry) in entries.of(&mut simplifier, *g).into_iter().enumerate() {
            gradient.push(Line::plain(Left::Derivative(p.entry_name(k)), entry));
        }
    }
    block.arena = arena;
    block.text_names = text_names;
    block.paper_names = paper_names;
    block.legend = entry_legend(model, &paper);
    block.groups =
        vec![("forward".into(), forward), ("backward".into(), backward), ("gradient".into(), gradient)];
    block.groups.retain(|g| !g.1.is_empty());
    block
}

/// The short names of the entries of what has a short name.
fn entry_legend(model: &Model, paper: &[(String, String)]) -> Vec<(String, String)> {
    let mut legend = paper.to_vec();
    for (short, name) in paper {
        let parameter = model.program.parameters.iter().find(|p| p.name == *name);
        if let Some(p) = parameter {
            for k in 0..p.len() {
                let entry = p.entry_name(k);
                let tail = entry.strip_prefix(p.name.as_str()).unwrap_or_default();
                legend.push((format!("{short}{tail}"), entry.clone()));
            }
        } else if let Some(layer) = model.dense.iter().find(|l| name.ends_with(l.name.as_str())) {
            legend.extend((0..layer.fan_out).map(|k| (format!("{short}[{k}]"), format!("{name}[{k}]"))));
        }
    }
    legend
}

/// The matrix form of a formula that is a plain layered net: the same loss, written with layers.
pub(crate) fn matrix_of_formula(model: &Model) -> Option<Block> {
    let layers = model.layers.as_ref().filter(|l| l.from_formula)?;
    let text = layered_text(model, layers)?;
    let twin = Model::parse(&text, &ModelOptions::default()).ok()?;
    let mut block = native(&twin, "Matrix form");
    // A person's own b1 keeps its name: the vector of biases is then B1.
    let taken = |name: &str| model.program.parameters.iter().any(|p| p.name == name);
    let rename = |name: &str| {
        for (letter, instead) in [("b", "B"), ("W", "weights")] {
            if name.starts_with(letter) && (1..=layers.weights.len()).any(|k| taken(&format!("{letter}{k}")))
            {
                return name.replacen(letter, instead, 1);
            }
        }
        name.to_owned()
    };
    for (short, name) in &mut block.legend {
        let renamed = rename(short);
        if let Some(p) = twin.program.parameters.iter().find(|p| p.name == *name) {
            let leaf = block.arena.leaf(p.symbol);
            block.paper_names.insert(leaf, &renamed);
        }
        *short = renamed;
    }
    let mut matrices = Vec::new();
    for (k, (weights, biases)) in layers.weights.iter().zip(&layers.biases).enumerate() {
        let line = |name: String, rows: Vec<Vec<String>>| Line {
            left: Left::Matrix(name),
            right: Right::Rows(rows),
            remark: None,
        };
        matrices.push(line(rename(&format!("W{}", k + 1)), weights.clone()));
        let biases: Vec<Vec<String>> = biases.iter().flatten().map(|b| vec![b.clone()]).collect();
        if !biases.is_empty() {
            matrices.push(line(rename(&format!("b{}", k + 1)), biases));
        }
    }
    block.groups.insert(0, ("parameters".into(), matrices));
    // Here the short names are the only ones: there is no `hidden.W` in the person's file.
    let legend = std::mem::take(&mut block.legend);
    block.listed = false;
    let mut names = Names::new();
    for (short, name) in &legend {
        let leaf =
            twin.program.parameters.iter().find(|p| p.name == *name).map(|p| block.arena.leaf(p.symbol));
        let term: Option<Term> =
            leaf.or_else(|| twin.naming.all().iter().find(|n| n.name == *name).map(|n| n.term));
        if let Some(term) = term {
            names.insert(term, short);
        }
    }
    for n in twin.naming.all() {
        if names.get(n.term).is_none() {
            names.insert(n.term, &n.name);
        }
    }
    block.text_names = names;
    let shorten = |left: &mut Left| match left {
        Left::Name(n) | Left::Derivative(n) => {
            if let Some((short, _)) = legend.iter().find(|l| l.1 == *n) {
                *n = short.clone();
            }
        }
        Left::DerivativeByTerm(_) | Left::Second(..) | Left::Matrix(_) => {}
    };
    block.groups.iter_mut().flat_map(|g| &mut g.1).for_each(|line| shorten(&mut line.left));
    Some(block)
}

/// The model file with layers that says the same as the formula.
fn layered_text(model: &Model, layers: &Layers) -> Option<String> {
    let outputs = *layers.sizes.last()?;
    let many = |name: &str, size: usize| if size == 1 { name.to_owned() } else { format!("{name}[{size}]") };
    let mut text = format!("inputs {}\n", many("x", layers.sizes[0]));
    let targets: Vec<String> = model.targets.iter().map(|g| many(&g.name, g.size)).collect();
    let _ = writeln!(text, "targets {}", targets.join(", "));
    let mut previous = "x".to_owned();
    for (k, activation) in layers.activations.iter().enumerate() {
        let name = if k + 1 == layers.activations.len() { "y_hat".into() } else { format!("a{}", k + 1) };
        let bias = layers.biases[k].iter().all(Option::is_some);
        if !bias && layers.biases[k].iter().any(Option::is_some) {
            return None;
        }
        let bias = if bias { "" } else { ", bias=false" };
        let _ = writeln!(text, "{name} = dense({previous}, {}, {activation}{bias})", layers.sizes[k + 1]);
        previous = name;
    }
    let &[prediction] = model.program.predictions.as_slice() else { return None };
    if outputs != 1 {
        return None;
    }
    let mut names = Names::new();
    names.insert(prediction, "y_hat");
    let loss = print::expression(&model.program.arena, model.program.loss, &names, Notation::Text);
    let _ = writeln!(text, "loss = {loss}");
    Some(text)
}
