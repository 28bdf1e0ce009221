//! The loss of a model on all rows, and its derived gradient, at one point after another.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Hardware, Workspace};
use whygrad_expr::arena::{SymbolId, Term};
use whygrad_expr::derivative;
use whygrad_expr::program::{Parameter, Program};

use crate::data::Dataset;
use crate::model::Model;

/// Below so many products of rows and parameters the same bits on every machine cost nothing.
const SMALL: usize = 1 << 14;

/// A model's loss on all rows of its data. The gradient is the derived one, whatever gradient a run used.
#[derive(Clone, Debug)]
pub struct Field {
    program: Program,
    layout: Vec<Parameter>,
    loss: (Plan, Workspace<f64>),
    gradient: Option<(Plan, Workspace<f64>)>,
    data: Option<Dataset>,
}

impl Field {
    /// Compiles the loss. `data` is `None` for a function without data.
    pub fn new(model: &Model, data: Option<&Dataset>) -> Field {
        let program = model.program.clone();
        let loss = loaded(&program, &[program.loss], data);
        Field { layout: program.parameters.clone(), program, loss, gradient: None, data: data.cloned() }
    }

    /// How many parameters there are.
    pub fn count(&self) -> usize {
        self.program.parameter_count()
    }

    /// Products of a parameter with a row in one look at the loss.
    pub(super) fn products(&self) -> usize {
        self.data.as_ref().map_or(1, |data| data.rows) * self.count()
    }

    /// The loss at these parameters; they are as many as the model has.
    pub fn loss(&mut self, theta: &[f64]) -> f64 {
        let (plan, space) = &mut self.loss;
        space.run(plan, theta);
        let mut value = [f64::NAN];
        space.copy_output(plan, 0, &mut value);
        value[0]
    }

    /// The gradient at these parameters.
    pub fn gradient(&mut self, theta: &[f64]) -> Vec<f64> {
        let Field { program, data, .. } = self;
        let (plan, space) = self.gradient.get_or_insert_with(|| {
            let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
            let gradient = derivative::gradient(&mut program.arena, program.loss, &symbols).by_symbol;
            loaded(program, &gradient, data.as_ref())
        });
        space.run(plan, theta);
        let mut gradient = vec![0.0; theta.len()];
        for (root, p) in self.layout.iter().enumerate() {
            space.copy_output(plan, root, &mut gradient[p.offset..p.offset + p.len()]);
        }
        gradient
    }
}

/// A plan with the rows, with the same bits on any machine where it is small.
fn loaded(program: &Program, roots: &[Term], data: Option<&Dataset>) -> (Plan, Workspace<f64>) {
    let plan = Plan::compile(program, roots);
    let rows = data.map_or(1, |data| data.rows);
    let small = rows * program.parameter_count() <= SMALL;
    let mut space = Workspace::with(&plan, if small { Hardware::portable() } else { Hardware::best() });
    let batch = match data {
        Some(data) => Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows },
        None => Batch { inputs: &[], targets: &[], rows: 1 },
    };
    space.load(&plan, &batch);
    (plan, space)
}
