//! A gradient the person wrote, as lines `dw1 = ...` in the names of the model.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::{Named, Parameter};
use whygrad_expr::shape::Dims;
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::ast::Span;

/// The names of a gradient that is written as one vector, in the order of the parameters.
const VECTOR_NAMES: &[&str] = &["dtheta", "gradient", "grad"];

/// The model's text and the gradient's, read as one, so that the formulas know the model's names.
pub(crate) struct OwnGradient {
    /// Both texts.
    pub(crate) text: String,
    /// Where the gradient's begins.
    from: usize,
    /// Names that the language does not allow on the left (`dhidden.W[0,1]`), by their stand-ins.
    stand_ins: Vec<(String, String)>,
}

impl OwnGradient {
    pub(crate) fn join(model: &str, gradient: Option<&str>) -> Option<OwnGradient> {
        let gradient = gradient?;
        let mut own = OwnGradient { text: format!("{}\n", model.trim_end()), from: 0, stand_ins: vec![] };
        own.from = own.text.len();
        for line in gradient.lines() {
            let line = own.with_plain_name(line);
            own.text.push_str(&line);
            own.text.push('\n');
        }
        Some(own)
    }

    /// `dhidden.W[0,1] = ...` as `component3 = ...`.
    fn with_plain_name(&mut self, line: &str) -> String {
        let Some((left, right)) = line.split_once('=') else { return line.to_owned() };
        let left = left.trim();
        let special = left.contains(['.', '[']) && left.starts_with('d') && !left.contains(['\\', '{']);
        if !special || line.starts_with(char::is_whitespace) {
            return line.to_owned();
        }
        let stand_in = format!("component_{}", self.stand_ins.len());
        let name: String = left.chars().skip(1).filter(|c| !c.is_whitespace()).collect();
        self.stand_ins.push((stand_in.clone(), name));
        format!("{stand_in} ={right}")
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
        definitions: &mut Vec<Named>,
        parameters: &[Parameter],
        messages: &mut Vec<Diagnostic>,
    ) -> Vec<Term> {
        let end = Span { start: self.from, end: self.text.len() };
        let mut gradient = Vec::new();
        let mut missing = Vec::new();
        for p in parameters {
            match self.find(arena, definitions, p) {
                Some(term) => gradient.push(Self::fitted(arena, term, p, end, messages)),
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
