//! Files for the languages that loop over rows: Python, JavaScript, C, Rust.

use super::expression::{Expr, Helper, Helpers, Level, Writer, call};
use super::header;
use super::loop_function::Body;
use super::lower::{Family, Lowering, Range};
use super::names::{NameRules, Names};
use crate::arena::{SymbolKind, Term};
use crate::op::{Function, Op, Zip};
use crate::program::Program;

/// The two functions of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `loss_and_gradient`
    Loss,
    /// `predict`
    Predict,
}

/// What one function has and uses, for the lines at its start and end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) purpose: Purpose,
    pub(super) parameters: usize,
    pub(super) outputs: usize,
    /// Whether `n` is needed as a number.
    pub(super) uses_row_count: bool,
    /// The arguments that the function has and does not use.
    pub(super) unused: [Option<&'static str>; 4],
}

/// Some numbers of a row or of `theta` that get a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    /// `inputs` or `targets`
    pub(super) table: &'a str,
    /// How many numbers a row has.
    pub(super) width: usize,
    pub(super) offset: usize,
    pub(super) len: usize,
}

/// How a language that loops over rows spells things.
pub(super) trait LoopLanguage {
    /// What starts a comment line.
    fn comment(&self) -> &'static str;
    /// A range of `theta` in the header: `theta[0:4]`.
    fn range(&self, start: usize, len: usize) -> String {
        if len == 1 { format!("theta[{start}]") } else { format!("theta[{start}:{}]", start + len) }
    }
    /// What the arguments are, for the header.
    fn data(&self) -> &'static str;
    fn name_rules(&self) -> NameRules;
    /// What a file begins with, after the header.
    fn prologue(&self) -> &'static str;
    fn epilogue(&self) -> &'static str {
        ""
    }
    fn helper(&self, helper: Helper) -> String;

    fn number(&self, value: f64) -> String;
    fn row_count(&self) -> &'static str;
    /// The name of a function for arguments of a range, and the helper it needs.
    fn function(&self, function: Function, argument: Range) -> (&'static str, Option<Helper>);
    /// The name of `pow`, `max`, `min`, and the helper it needs.
    fn function_of_two(&self, zip: Zip) -> (&'static str, Option<Helper>);
    fn call(&self, name: &str, arguments: &[Expr]) -> Expr {
        call(name, arguments)
    }
    /// The helper for a division by what may be 0, where the language would fail.
    fn careful_division(&self) -> Option<(&'static str, Helper)> {
        None
    }
    /// `a` where the test holds, else `b`.
    fn choice(&self, test: &str, a: &Expr, b: &Expr) -> Expr {
        let text = format!("{test} ? {} : {}", a.at_least(Level::Sum), b.at_least(Level::Sum));
        Expr::new(text, Level::Choice)
    }
    fn equal(&self) -> &'static str {
        "=="
    }
    /// A sum over an index as an expression, where the language has one.
    fn sum(&self, index: &str, count: usize, body: &Expr) -> Option<(Expr, Option<Helper>)>;
    /// The argument for a whole array in a call.
    fn whole(&self, name: &str, len: usize) -> String;

    fn function_start(&self, writer: &mut Writer, facts: Facts);
    fn function_end(&self, writer: &mut Writer, facts: Facts, loss: &Expr);
    fn parameter(&self, part: Part<'_>) -> String;
    fn column(&self, part: Part<'_>) -> String;
    fn define(&self, name: &str, value: &Expr) -> String;
    /// An array from an expression of its indices, in one line where the language has that.
    fn comprehension(&self, name: &str, loops: &[(&'static str, usize)], value: &Expr) -> Option<String>;
    /// Zeros, or room for `len` numbers that are all written next.
    fn zeros(&self, name: &str, len: usize, written_next: bool) -> String;
    fn add(&self, target: &str, value: &Expr) -> String;
    fn set(&self, target: &str, value: &Expr) -> String;
    fn loop_start(&self, index: &str, count: usize) -> String;
    fn row_loop(&self) -> &'static str;
    fn block_end(&self) -> &'static str {
        "}"
    }
    /// Where a prediction goes.
    fn output(&self, width: usize, index: &str) -> String;
}

/// The whole file.
pub(super) fn file(program: &Program, language: &dyn LoopLanguage) -> String {
    let names = Names::new(program, language.name_rules());
    let mut helpers = Helpers::new();
    let loss = function(program, language, names.clone(), &mut helpers, Purpose::Loss);
    let predict = function(program, language, names, &mut helpers, Purpose::Predict);
    let range = |start, len| language.range(start, len);
    let mut text = header::header(program, language.comment(), &range, language.data());
    text.push_str(language.prologue());
    for helper in helpers {
        text.push('\n');
        text.push_str(&language.helper(helper));
    }
    for function in [loss, predict] {
        text.push('\n');
        text.push_str(&function);
    }
    text.push_str(language.epilogue());
    text
}

fn function(
    program: &Program,
    language: &dyn LoopLanguage,
    names: Names,
    helpers: &mut Helpers,
    purpose: Purpose,
) -> String {
    let roots: Vec<Term> = match purpose {
        Purpose::Loss => [&[program.loss], &*program.gradient].concat(),
        Purpose::Predict => program.predictions.clone(),
    };
    let lowering = Lowering::new(program, &roots, Family::Loops);
    let facts = Facts {
        purpose,
        parameters: program.parameter_count(),
        outputs: program.predictions.iter().map(|&t| program.arena.dims(t).len()).sum(),
        uses_row_count: lowering.uses_row_count(),
        unused: unused(&lowering, purpose),
    };
    let mut body = Body::new(language, &lowering, names, helpers);
    language.function_start(&mut body.writer, facts);
    let loss = body.write(purpose);
    language.function_end(&mut body.writer, facts, &loss);
    body.writer.finish()
}

fn unused(lowering: &Lowering<'_>, purpose: Purpose) -> [Option<&'static str>; 4] {
    let predicts = purpose == Purpose::Predict;
    let arena = &lowering.program.arena;
    let loops = predicts
        || lowering.uses_row_count()
        || lowering.order.iter().any(|&t| matches!(arena.op(t), Op::SumRows(_)));
    [
        ("theta", lowering.uses_kind(SymbolKind::Parameter)),
        ("inputs", lowering.uses_kind(SymbolKind::Input)),
        ("targets", predicts || lowering.uses_kind(SymbolKind::Target)),
        ("n", loops),
    ]
    .map(|(name, used)| (!used).then_some(name))
}
