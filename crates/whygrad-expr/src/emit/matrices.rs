//! Files for the languages with whole matrices: `NumPy`, R, Julia, Octave.

use super::expression::{Expr, Helper, Helpers, Writer, call, minus, product, sum};
use super::header;
use super::loops::{Part, Purpose};
use super::lower::{Family, Lowering};
use super::matrix_language::{MatrixLanguage, Product, sizes};
use super::names::Names;
use crate::arena::Term;
use crate::op::{Function, Op, Zip};
use crate::program::Program;
use crate::shape::{Dims, Shape};

/// The whole file.
pub(super) fn file(program: &Program, language: &dyn MatrixLanguage) -> String {
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
    text
}

fn function(
    program: &Program,
    language: &dyn MatrixLanguage,
    names: Names,
    helpers: &mut Helpers,
    purpose: Purpose,
) -> String {
    let roots: Vec<Term> = match purpose {
        Purpose::Loss => [&[program.loss], &*program.gradient].concat(),
        Purpose::Predict => program.predictions.clone(),
    };
    let lowering = Lowering::new(program, &roots, Family::Matrices);
    let defined = vec![None; program.arena.len()];
    let mut writer = Writer::default();
    writer.open(language.function_start(purpose));
    let mut body =
        Body { language, lowering: &lowering, names, helpers, defined, writer: writer.same_depth() };
    body.write(purpose);
    let text = body.writer.finish();
    if text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == "n") {
        writer.line(language.row_count());
    }
    writer.finish() + &text
}

/// The body of one function while it is written.
struct Body<'a> {
    language: &'a dyn MatrixLanguage,
    lowering: &'a Lowering<'a>,
    names: Names,
    helpers: &'a mut Helpers,
    /// The variables written so far.
    defined: Vec<Option<String>>,
    writer: Writer,
}

impl Body<'_> {
    fn write(&mut self, purpose: Purpose) {
        self.read_leaves();
        for &term in &self.lowering.order {
            if self.lowering.is_bound(term) {
                let value = self.expression(term);
                let name = self.names.term(term);
                self.writer.line(&self.language.define(&name, &value));
                self.defined[term.0 as usize] = Some(name);
            }
        }
        let program = self.lowering.program;
        match purpose {
            Purpose::Loss => {
                let mut gradient = Vec::new();
                for (parameter, &term) in program.parameters.iter().zip(&program.gradient) {
                    let mut value = self.value(term);
                    if self.defined[term.0 as usize].is_none() {
                        let name = self.names.like(&format!("gradient_{}", parameter.name));
                        self.writer.line(&self.language.define(&name, &value));
                        value = Expr::atom(name);
                    }
                    gradient.push((value, self.shape(term).dims));
                }
                let loss = self.value(program.loss);
                self.language.loss_end(&mut self.writer, &loss, &gradient);
            }
            Purpose::Predict => {
                let outputs: Vec<(Expr, Shape)> =
                    program.predictions.iter().map(|&t| (self.value(t), self.shape(t))).collect();
                self.language.predict_end(&mut self.writer, &outputs);
            }
        }
    }

    fn shape(&self, term: Term) -> Shape {
        self.lowering.program.arena.shape(term)
    }

    fn op(&self, term: Term) -> Op {
        self.lowering.program.arena.op(term)
    }

    fn read_leaves(&mut self) {
        let program = self.lowering.program;
        let lowering = self.lowering;
        let used = |id| lowering.order.iter().any(|&t| program.arena.op(t) == Op::Leaf(id));
        for parameter in program.parameters.iter().filter(|p| used(p.symbol)) {
            let name = self.names.symbol(parameter.symbol.0);
            let (offset, len) = (parameter.offset, parameter.len());
            let part = Part { name: &name, table: "theta", width: 0, offset, len };
            let dims = program.arena.symbol_of(parameter.symbol).shape.dims;
            self.writer.line(&self.language.parameter(part, dims));
        }
        let tables = [
            ("inputs", &program.inputs, program.input_width()),
            ("targets", &program.targets, program.target_width()),
        ];
        for (table, symbols, width) in tables {
            let mut offset = 0;
            for &id in symbols {
                let len = program.arena.symbol_of(id).shape.dims.len();
                if used(id) {
                    let name = self.names.symbol(id.0);
                    let part = Part { name: &name, table, width, offset, len };
                    self.writer.line(&self.language.column(part));
                }
                offset += len;
            }
        }
    }

    /// A term: its variable, or its expression in place.
    fn value(&mut self, term: Term) -> Expr {
        match &self.defined[term.0 as usize] {
            Some(name) => Expr::atom(name.clone()),
            None => self.expression(term),
        }
    }

    /// A term as it combines entry by entry with values of a shape.
    fn conformed(&mut self, term: Term, to: Shape) -> Expr {
        let value = self.value(term);
        let from = self.shape(term);
        if to.per_row && to.dims.len() == 1 && !from.per_row && from.dims != Dims::Scalar {
            return self.language.only_entry(&value);
        }
        self.language.conform(&value, from, to)
    }

    /// A term by its operation. Recursion ends at variables, a dozen operations deep.
    fn expression(&mut self, term: Term) -> Expr {
        let shape = self.shape(term);
        let array = shape.per_row || shape.dims != Dims::Scalar;
        match self.op(term) {
            Op::Const(value) => Expr::number(self.language.number(value.get())),
            Op::Leaf(id) => Expr::atom(self.names.symbol(id.0)),
            Op::RowCount => Expr::atom("n"),
            Op::Map(Function::Neg, a) => minus(&self.value(a)),
            Op::Map(function, a) => {
                let (value, range) = (self.value(a), self.lowering.range(a));
                self.language.map(function, &value, range, array, self.helpers)
            }
            Op::Zip(zip, a, b) => self.zip(zip, a, b, shape),
            Op::Select(c, a, b) => {
                let (c, a, b) =
                    (self.conformed(c, shape), self.conformed(a, shape), self.conformed(b, shape));
                self.language.select(&c, &a, &b, array, self.helpers)
            }
            Op::Fill(a, _) => {
                let value = self.value(a);
                self.language.fill(&value, self.shape(a), shape)
            }
            Op::Pick(a, index) => {
                let value = self.value(a);
                self.language.pick(&value, self.shape(a), index)
            }
            Op::Place(a, index, _) => {
                let value = self.value(a);
                self.language.place(&value, index, shape, self.helpers)
            }
            Op::SumEntries(a) => {
                let (value, from) = (self.value(a), self.shape(a));
                if from.per_row {
                    self.language.sum_each(&value)
                } else {
                    self.language.sum_all(&value, from)
                }
            }
            Op::LogSumExp(a) => {
                let (value, from) = (self.value(a), self.shape(a));
                if from.dims.len() == 1 {
                    return self.conformed(a, shape);
                }
                self.helpers.insert(Helper::LogSumExp);
                self.language.log_sum_exp(&value, from)
            }
            Op::Transpose(a) => self.transpose(a),
            Op::MatVec(w, x) => self.mat_vec(w, x),
            Op::Outer(a, b) => self.outer(a, b, shape),
            Op::SumRows(a) => self.sum_rows(a),
        }
    }

    fn zip(&mut self, zip: Zip, a: Term, b: Term, shape: Shape) -> Expr {
        let array = shape.per_row || shape.dims != Dims::Scalar;
        let (left, right) = (self.conformed(a, shape), self.conformed(b, shape));
        match zip {
            Zip::Add => sum(self.language.dot(array), &left, &right),
            Zip::Mul => product(self.language.times(array), &left, &right),
            Zip::Div => product(self.language.over(array), &left, &right),
            Zip::Pow => {
                let exponent = self.lowering.program.arena.constant_of(b);
                self.language.power(&left, &right, exponent, array, self.helpers)
            }
            Zip::Max | Zip::Min => self.language.extreme(zip, &left, &right, array, self.helpers),
        }
    }

    fn transpose(&mut self, a: Term) -> Expr {
        let (value, from) = (self.value(a), self.shape(a));
        match from.dims {
            Dims::Matrix(rows, columns) if from.per_row && rows > 1 && columns > 1 => {
                self.helpers.insert(Helper::TransposeRows);
                let size = |n: usize| Expr::atom(n.to_string());
                call("transpose_rows", &[value, size(rows), size(columns)])
            }
            _ if from.per_row => value,
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => self.language.transpose(&value, from.dims),
        }
    }

    fn mat_vec(&mut self, w: Term, x: Term) -> Expr {
        let (of_w, of_x) = (self.shape(w), self.shape(x));
        let (rows, columns) = sizes(of_w.dims);
        let factor = self.value(x);
        let size = Product { rows, columns, per_row: of_x.per_row };
        if of_w.per_row {
            let matrix = self.value(w);
            return self.product_rows(&matrix, &factor, size);
        }
        if let Op::Transpose(v) = self.op(w)
            && self.defined[w.0 as usize].is_none()
            && matches!(self.shape(v).dims, Dims::Matrix(..))
        {
            let matrix = self.value(v);
            return self.language.mat_vec(&matrix, true, &factor, size);
        }
        let matrix = self.value(w);
        self.language.mat_vec(&matrix, false, &factor, size)
    }

    /// A matrix for each row times x, as a table of `rows` columns or one column.
    fn product_rows(&mut self, w: &Expr, x: &Expr, size: Product) -> Expr {
        self.helpers.insert(Helper::ProductRows);
        let number = |n: usize| Expr::atom(n.to_string());
        let arguments = [w.clone(), x.clone(), Expr::atom("n"), number(size.rows), number(size.columns)];
        let value = call("product_rows", &arguments);
        if size.rows > 1 {
            return value;
        }
        self.language.pick(&value, Shape { per_row: true, dims: Dims::Vector(2) }, 0)
    }

    fn outer(&mut self, a: Term, b: Term, shape: Shape) -> Expr {
        let dims = (self.shape(a).dims, self.shape(b).dims);
        let (left, right) = (self.value(a), self.value(b));
        if !shape.per_row {
            return self.language.outer(&left, &right, dims);
        }
        if shape.dims.len() == 1 {
            let (left, right) = (self.conformed(a, shape), self.conformed(b, shape));
            return product(self.language.times(true), &left, &right);
        }
        self.helpers.insert(Helper::OuterRows);
        let number = |n: usize| Expr::atom(n.to_string());
        let sizes = [number(dims.0.len()), number(dims.1.len())];
        let [rows, columns] = sizes;
        call("outer_rows", &[left, right, Expr::atom("n"), rows, columns])
    }

    fn sum_rows(&mut self, a: Term) -> Expr {
        let from = self.shape(a);
        if !from.per_row {
            let value = self.value(a);
            let array = from.dims != Dims::Scalar;
            return product(self.language.times(array), &Expr::atom("n"), &value);
        }
        if self.defined[a.0 as usize].is_none() {
            if let Op::Outer(left, right) = self.op(a)
                && self.shape(left).per_row
                && self.shape(right).per_row
            {
                let dims = (self.shape(left).dims, self.shape(right).dims);
                let (left, right) = (self.value(left), self.value(right));
                return self.language.sum_outer(&left, &right, dims);
            }
            if let Op::SumEntries(inner) = self.op(a) {
                let value = self.value(inner);
                return self.language.sum_all(&value, self.shape(inner));
            }
        }
        let value = self.value(a);
        if from.dims == Dims::Scalar {
            self.language.sum_all(&value, from)
        } else {
            self.language.sum_rows(&value, from.dims)
        }
    }
}
