//! The comment at the top of a file: what the model takes, gives and learns.

use crate::arena::SymbolId;
use crate::program::{Parameter, Program};

/// The header, line by line behind the comment sign.
pub(super) fn header(
    program: &Program,
    comment: &str,
    range: &dyn Fn(usize, usize) -> String,
    data: &str,
) -> String {
    let mut lines = vec![
        format!(
            "A model with {}, {} and {}, written by whygrad.",
            columns(program, &program.inputs, "input"),
            columns(program, &program.targets, "target"),
            counted(program.parameter_count(), "parameter"),
        ),
        String::new(),
        "loss_and_gradient(theta, inputs, targets) gives the loss and its gradient,".to_owned(),
        "predict(theta, inputs) the outputs. There must be at least one row.".to_owned(),
    ];
    lines.extend(data.lines().map(str::to_owned));
    if !program.parameters.is_empty() {
        lines.push(String::new());
        lines.push("The gradient has the layout of theta:".to_owned());
    }
    for parameter in &program.parameters {
        let place = range(parameter.offset, parameter.len());
        lines.push(format!("    {place} = {}{}", parameter.name, layout(parameter)));
    }
    lines.iter().map(|line| format!("{comment} {line}").trim_end().to_owned() + "\n").collect()
}

fn layout(parameter: &Parameter) -> String {
    match *parameter.shape {
        [] => String::new(),
        [rows, columns] => format!(" ({rows} x {columns}, row by row)"),
        _ => format!(" ({})", counted(parameter.len(), "number")),
    }
}

/// `2 inputs (x1, x2)`
fn columns(program: &Program, symbols: &[SymbolId], noun: &str) -> String {
    let (mut names, mut count) = (Vec::new(), 0);
    for &id in symbols {
        let symbol = program.arena.symbol_of(id);
        let len = symbol.shape.dims.len();
        count += len;
        match (len, &*symbol.entries) {
            (1, _) => names.push(symbol.name.clone()),
            (_, []) => names.push(format!("{}: {len} columns", symbol.name)),
            (_, entries) => names.extend(entries.iter().cloned()),
        }
    }
    let list = names.join(", ");
    if count == 0 { counted(0, noun) } else { format!("{} ({list})", counted(count, noun)) }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
