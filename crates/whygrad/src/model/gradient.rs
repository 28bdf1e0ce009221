//! A gradient the person wrote, as lines `dw1 = ...` in the names of the model.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::{Named, Parameter};
use whygrad_expr::shape::Dims;
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::ast::{Ast, ExprKind, Span};

use super::scope::{Declared, Scope};
use crate::data::nearest;

/// The names of a gradient that is written as one vector, in the order of the parameters.
const VECTOR_NAMES: &[&str] = &["dtheta", "gradient", "grad"];

/// The model's text and the gradient's, read as one, so that the formulas know the model's names.
pub(crate) struct OwnGradient {
    /// Both texts, as they are parsed.
    pub(crate) text: String,
    /// Both texts as the person wrote them, byte for byte as long.
    pub(crate) shown: String,
    /// Where the gradient's begins.
    pub(crate) from: usize,
    /// Names that the language does not allow on the left (`dhidden.W[0,1]`), by their stand-ins.
    stand_ins: Vec<(String, String)>,
}

impl OwnGradient {
    pub(crate) fn join(model: &str, gradient: Option<&str>) -> Option<OwnGradient> {
        let gradient = gradient?;
        let text = format!("{}\n", model.trim_end());
        let mut own = OwnGradient { shown: text.clone(), from: text.len(), text, stand_ins: vec![] };
        for line in gradient.lines() {
            let plain = own.with_plain_name(line, gradient);
            for (text, line) in [(&mut own.text, plain.as_str()), (&mut own.shown, line)] {
                text.push_str(line);
                text.push('\n');
            }
        }
        Some(own)
    }

    /// `dhidden.W[0,1] = ...` as `dhiddenqWq0q1q = ...`, which is as long.
    fn with_plain_name(&mut self, line: &str, gradient: &str) -> String {
        let Some((side, right)) = line.split_once('=') else { return line.to_owned() };
        let left = side.trim();
        let special = left.contains(['.', '[']) && left.starts_with('d') && !left.contains(['\\', '{']);
        if !special || line.starts_with(char::is_whitespace) {
            return line.to_owned();
        }
        let with = |filler: char| -> String {
            let plain = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte) } else { filler };
            left.bytes().map(plain).collect()
        };
        let taken = |name: &String| self.text[..self.from].contains(name) || gradient.contains(name);
        let Some(stand_in) = ('a'..='z').rev().map(with).find(|name| !taken(name)) else {
            return line.to_owned();
        };
        let name: String = left.chars().skip(1).filter(|c| !c.is_whitespace()).collect();
        let space = &side[left.len()..];
        let plain = format!("{stand_in}{space}={right}");
        self.stand_ins.push((stand_in, name));
        plain
    }

    /// The messages in the words of the person, without the stand-ins.
    pub(crate) fn in_own_words(&self, messages: &mut [Diagnostic]) {
        for message in messages {
            for (stand_in, name) in &self.stand_ins {
                let name = format!("d{name}");
                let texts = [&mut message.message, &mut message.label].into_iter().chain(&mut message.help);
                for text in texts.filter(|text| text.contains(stand_in.as_str())) {
                    *text = text.replace(stand_in.as_str(), &name);
                }
            }
        }
    }

    /// Says which names of the gradient the model does not have, on the left and on the right.
    pub(crate) fn check(&self, ast: &Ast, scope: &Scope, messages: &mut Vec<Diagnostic>) {
        let (ours, of_model): (Vec<&Declared>, Vec<&Declared>) =
            scope.parameters.iter().partition(|p| p.span.start >= self.from);
        let mut names: Vec<String> = of_model.iter().map(|p| p.name.clone()).collect();
        for definition in scope.definitions.iter().filter(|d| d.name.span.start >= self.from) {
            let name = &definition.name.text;
            let Some(component) = self.component(name).filter(|_| !VECTOR_NAMES.contains(&name.as_str()))
            else {
                continue;
            };
            if !is_component(component, &of_model) && !is_used(ast, name) {
                messages.push(unknown_component(definition.name.span, component, &of_model));
            }
        }
        names.extend(scope.definitions.iter().map(|d| d.name.text.clone()));
        for group in scope.inputs.iter().chain(&scope.targets) {
            names.push(group.name.clone());
            names.extend((1..=group.size.min(100)).map(|k| format!("{}{k}", group.name)));
        }
        for p in ours {
            let help = match nearest(&p.name, &names) {
                Some(close) => format!("did you mean {close}?"),
                None => format!("define it on a line of its own: {} = ...", p.name),
            };
            let message = format!("the model has no '{}'", p.name);
            messages.push(Diagnostic::error("unknown-name", p.span, message).label("not known").help(help));
        }
    }

    /// What a definition is the derivative by: `w1` of `dw1`.
    fn component<'a>(&'a self, definition: &'a str) -> Option<&'a str> {
        let by_stand_in = self.stand_ins.iter().find(|s| s.0 == definition).map(|s| s.1.as_str());
        by_stand_in.or_else(|| definition.strip_prefix('d'))
    }

    /// The derivatives in the order of the parameters; what is missing or has the wrong shape is said.
    pub(crate) fn components(
        &self,
        arena: &mut Arena,
        scope: &Scope,
        definitions: &mut Vec<Named>,
        parameters: &[Parameter],
        messages: &mut Vec<Diagnostic>,
    ) -> Vec<Term> {
        let last = self.text[self.from..].trim_end();
        let start = self.from + last.rfind('\n').map_or(0, |at| at + 1);
        let end = Span { start, end: self.from + last.len() };
        let place = |p: &Parameter| {
            let written = |c: &str| c.split('[').next() == Some(&p.name);
            let line = scope.definitions.iter().find(|d| self.component(&d.name.text).is_some_and(written));
            line.map_or(end, |d| d.name.span)
        };
        let mut gradient = Vec::new();
        let mut missing = Vec::new();
        for p in parameters {
            match self.find(arena, definitions, p) {
                Some(term) => gradient.push(Self::fitted(arena, term, p, place(p), messages)),
                None => missing.push(format!("d{}", p.name)),
            }
        }
        if !missing.is_empty() {
            messages.push(
                Diagnostic::error(
                    "gradient-incomplete",
                    end,
                    format!("the gradient lacks {}", missing.join(", ")),
                )
                .label("expected one line for each parameter")
                .help(format!("write {} = ...", missing[0])),
            );
        }
        definitions.retain(|d| {
            !self
                .component(&d.name)
                .is_some_and(|c| parameters.iter().any(|p| c.split('[').next() == Some(&p.name)))
        });
        gradient
    }

    /// The whole parameter in one line, or entry by entry.
    fn find(&self, arena: &mut Arena, definitions: &[Named], p: &Parameter) -> Option<Term> {
        let of =
            |name: &str| definitions.iter().find(|d| self.component(&d.name) == Some(name)).map(|d| d.term);
        if let Some(term) = of(&p.name) {
            return Some(term);
        }
        if let Some(term) = Self::vector_part(arena, definitions, p) {
            return Some(term);
        }
        let entries: Vec<Term> = (0..p.len()).map(|k| of(&p.entry_name(k))).collect::<Option<_>>()?;
        let dims = Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar);
        let mut builder = Simplifier::new(arena);
        let mut sum = None;
        for (k, &entry) in entries.iter().enumerate() {
            let placed = if dims.is_scalar() { entry } else { builder.build(Op::Place(entry, k, dims)) };
            sum = Some(match sum {
                Some(sum) => builder.build(Op::Zip(Zip::Add, sum, placed)),
                None => placed,
            });
        }
        sum
    }

    /// The part of `p` in a gradient written as one vector, `dtheta = [..]`.
    fn vector_part(arena: &mut Arena, definitions: &[Named], p: &Parameter) -> Option<Term> {
        let vector = definitions.iter().find(|d| VECTOR_NAMES.contains(&d.name.as_str()))?.term;
        if !matches!(arena.dims(vector), Dims::Vector(n) if n > p.offset) || p.len() != 1 {
            return None;
        }
        Some(Simplifier::new(arena).build(Op::Pick(vector, p.offset)))
    }

    fn fitted(
        arena: &mut Arena,
        term: Term,
        p: &Parameter,
        span: Span,
        messages: &mut Vec<Diagnostic>,
    ) -> Term {
        let dims = Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar);
        let shape = arena.shape(term);
        if shape.per_row {
            messages.push(
                Diagnostic::error(
                    "gradient-per-row",
                    span,
                    format!("d{} has one value for each row", p.name),
                )
                .label("a derivative of the loss is one number for all rows")
                .help("write sum(...) or mean(...) around what depends on the row"),
            );
        } else if shape.dims != dims && !shape.dims.is_scalar() {
            messages.push(
                Diagnostic::error(
                    "shape",
                    span,
                    format!("d{} is {}, the parameter is {dims}", p.name, shape.dims),
                )
                .label("a derivative has the shape of its parameter"),
            );
        }
        Simplifier::new(arena).fill(term, dims)
    }
}

/// Whether a parameter, or one entry of it, is called so.
fn is_component(component: &str, parameters: &[&Declared]) -> bool {
    let base = component.split('[').next().unwrap_or(component);
    parameters.iter().filter(|p| p.name == base).any(|p| {
        // The weights of a layer that failed have no shape yet.
        let entry = |symbol| Parameter { symbol, name: p.name.clone(), shape: p.shape.clone(), offset: 0 };
        let entries = p.symbol.map(entry);
        base == component || entries.is_none_or(|e| (0..e.len()).any(|k| e.entry_name(k) == component))
    })
}

/// Whether a formula mentions a name.
fn is_used(ast: &Ast, name: &str) -> bool {
    ast.expressions.iter().any(|e| matches!(&e.kind, ExprKind::Name(text) if text == name))
}

fn unknown_component(span: Span, component: &str, parameters: &[&Declared]) -> Diagnostic {
    let base = component.split('[').next().unwrap_or(component);
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    let help = match (parameters.iter().find(|p| p.name == base), nearest(base, &names)) {
        (Some(p), _) if p.shape.is_empty() => format!("{base} is one number: write d{base} = ..."),
        (Some(p), _) => {
            let list = |list: Vec<usize>| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let last = list(p.shape.iter().map(|size| size - 1).collect());
            let first = list(vec![0; p.shape.len()]);
            format!("its entries go from d{base}[{first}] to d{base}[{last}]")
        }
        (None, Some(close)) => format!("did you mean d{close}?"),
        (None, None) => format!("the parameters are {}", names.join(", ")),
    };
    let message = format!("the model has no parameter '{component}' to take d{component} by");
    Diagnostic::error("unknown-component", span, message)
        .label("neither a derivative nor used by another line")
        .help(help)
}
