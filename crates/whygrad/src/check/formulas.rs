//! A gradient that comes as formulas: `dw1 = -2/n*sum((y - y_hat)*h'(x1*w1 + b)*w5*x1)`.
//!
//! The formulas are read as written, in the model's arena, so that they can be compared with the model's own terms,
//! and each part knows its place in the person's text. What is left out is not given. A value for each row, where
//! one number is due, is that of the last row: what a loop over the rows leaves in its variables.

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::oracle::{Bindings, Value, evaluate};
use whygrad_expr::program::{Parameter, Program};
use whygrad_expr::syntax::ast::Span;

use super::mark::{self, Mark};
use super::{Answer, Probe, Report, Source, Trouble};
use crate::model::{Model, ModelError, ModelOptions, Written};

/// Formulas for derivatives of one model.
#[derive(Clone, Debug)]
pub struct Formulas {
    /// What the person wrote.
    pub text: String,
    /// The file's own lines that are no derivatives.
    pub definitions: Vec<Definition>,
    /// What is to be said of the formulas, with places in their text.
    pub warnings: Vec<Diagnostic>,
    model_text: String,
    options: ModelOptions,
    written: Written,
    arena: Arena,
    parameters: Vec<Parameter>,
    inputs: Vec<SymbolId>,
    targets: Vec<SymbolId>,
    last: Option<(Probe, Answer)>,
}

/// One derivative as the person wrote it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// One number, or one for each row; as written, not simplified, in the arena of the model.
    pub term: Term,
    /// Its formula's place in the person's text. The entries of a matrix made by one formula share it.
    pub span: Span,
}

/// A line of the person's that helps: `e = y_hat - y`.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// `e`
    pub name: String,
    /// The formula's place in the person's text.
    pub span: Span,
    /// The formula's term, in the arena of the model.
    pub term: Term,
}

impl Formulas {
    /// Reads a model, with the loss and not the gradient of `options`, and formulas for some or all of its derivatives:
    /// by name (`dw1 = ..`, `dL/dw1 = ..`, `∂L/∂w1 = ..`, `dhidden.W[0,1] = ..`, `w1 = ..`, LaTeX), as one column
    /// (`gradient = [..]`), or alone in the order of the parameters. The model is that of its own text, with its
    /// derived gradient; its arena holds the terms of the formulas too.
    ///
    /// # Errors
    /// Where the model or a formula cannot be read, a name is unknown, or a shape or a count does not fit; the
    /// messages of each with its own text, see [`ModelError::by_text`].
    pub fn read(
        model_text: &str,
        options: &ModelOptions,
        formulas: &str,
    ) -> Result<(Model, Formulas), ModelError> {
        let options = ModelOptions { gradient: None, ..options.clone() };
        let (model, written, warnings) = Model::with_formulas(model_text, &options, formulas)?;
        let definitions = written.definitions.iter();
        let Program { arena, parameters, inputs, targets, .. } = model.program.clone();
        let formulas = Formulas {
            text: formulas.to_owned(),
            definitions: definitions
                .map(|(name, span, term)| Definition { name: name.clone(), span: *span, term: *term })
                .collect(),
            warnings,
            model_text: model_text.to_owned(),
            options,
            written,
            arena,
            parameters,
            inputs,
            targets,
            last: None,
        };
        Ok((model, formulas))
    }

    /// The formula of a flat parameter; `None` where there is none.
    pub fn component(&self, offset: usize) -> Option<Component> {
        let entry = (*self.written.entries.get(offset)?)?;
        Some(Component { term: entry.term, span: entry.span })
    }

    /// The formula of a flat parameter as it is written.
    pub fn written(&self, offset: usize) -> Option<&str> {
        let span = self.component(offset)?.span;
        self.text.get(span.start..span.end)
    }

    /// Every expression of a component's formula and of the file's lines it uses: its place in the person's text and
    /// the term it became. A derivative that is one entry of a matrix has the parts of the matrix.
    pub fn parts(&self, offset: usize) -> &[(Span, Term)] {
        let entry = self.written.entries.get(offset).copied().flatten();
        entry.and_then(|entry| self.written.parts.get(entry.parts)).map_or(&[], Vec::as_slice)
    }

    /// How the person writes the number of rows, where they do.
    pub(super) fn row_count_spelled(&self, row_count: Term) -> Option<&str> {
        let parts = self.written.parts.iter().flatten();
        let (span, _) = parts.into_iter().find(|(_, term)| *term == row_count)?;
        self.text.get(span.start..span.end)
    }

    /// The terms of the model and of the formulas.
    pub(super) fn arena(&self) -> &Arena {
        &self.arena
    }

    /// True where a derivative has one value for each row.
    pub(super) fn is_per_row(&self, offset: usize) -> bool {
        self.component(offset).is_some_and(|c| self.arena.shape(c.term).per_row)
    }

    /// The same model with other formulas.
    pub(super) fn with_text(&self, formulas: &str) -> Option<Formulas> {
        Formulas::read(&self.model_text, &self.options, formulas).ok().map(|read| read.1)
    }

    /// What a probe says of each leaf.
    pub(super) fn bindings(&self, probe: &Probe) -> Result<Bindings<f64>, Trouble> {
        let mut bindings = Bindings::new(probe.data.rows);
        for p in &self.parameters {
            let values = probe.theta.get(p.offset..p.offset + p.len()).ok_or_else(|| Trouble {
                message: format!("the point has {} numbers, none for '{}'", probe.theta.len(), p.name),
                help: Some("give one number for each parameter".into()),
            })?;
            bindings.bind(p.symbol, values.to_vec());
        }
        for (symbols, values) in [(&self.inputs, &probe.data.inputs), (&self.targets, &probe.data.targets)] {
            let sizes: Vec<usize> = symbols.iter().map(|&id| self.size(id)).collect();
            let (width, mut first) = (sizes.iter().sum::<usize>(), 0);
            for (&symbol, &size) in symbols.iter().zip(&sizes) {
                let rows = values.chunks(width.max(1)).take(probe.data.rows);
                let column = rows.flat_map(|row| row.iter().skip(first).take(size).copied());
                bindings.bind(symbol, column.collect());
                first += size;
            }
        }
        Ok(bindings)
    }

    fn size(&self, id: SymbolId) -> usize {
        self.arena.symbol_of(id).shape.dims.len()
    }
}

impl Source for Formulas {
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        if let Some((_, answer)) = self.last.as_ref().filter(|(last, _)| last == probe) {
            return Ok(answer.clone());
        }
        let entries = &self.written.entries;
        let roots: Vec<Term> = entries.iter().flatten().map(|e| e.term).chain(self.written.loss).collect();
        let values = evaluate(&self.arena, &roots, &self.bindings(probe)?).map_err(|unbound| Trouble {
            message: unbound.to_string(),
            help: Some("the probe's rows have another number of columns than the model".into()),
        })?;
        let rows = probe.data.rows;
        let number = |value: &Value<f64>| {
            let none = value.shape.per_row && rows == 0;
            if none { f64::NAN } else { value.at(rows.saturating_sub(1), 0) }
        };
        let mut values = values.iter().map(number);
        let gradient = entries.iter().map(|entry| entry.and_then(|_| values.next())).collect();
        let answer = Answer { gradient, loss: values.next() };
        self.last = Some((probe.clone(), answer.clone()));
        Ok(answer)
    }

    fn marks(&self, model: &Model, report: &Report) -> Vec<Mark> {
        mark::marks(model, self, report)
    }
}
