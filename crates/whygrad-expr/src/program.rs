//! What is printed as code and compiled to a plan: a loss, its gradient, and who is who.

use crate::arena::{Arena, SymbolId, Term};

/// A term with a name: `z1`, `a1`, `delta1`, `y_hat`.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name as text.
    pub name: String,
    /// The term.
    pub term: Term,
}

/// A parameter in the flat buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The leaf.
    pub symbol: SymbolId,
    /// `w1`, `hidden.W`
    pub name: String,
    /// `[]` for a number, `[k]`, `[rows, columns]`; entries lie row by row.
    pub shape: Vec<usize>,
    /// Where its first entry lies in the flat buffer.
    pub offset: usize,
}

impl Parameter {
    /// How many numbers.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The name of one entry: `w1`, `b[0]`, `W[1,0]`.
    pub fn entry_name(&self, index: usize) -> String {
        match *self.shape {
            [] => self.name.clone(),
            [_, columns] => format!("{}[{},{}]", self.name, index / columns, index % columns),
            _ => format!("{}[{index}]", self.name),
        }
    }
}

/// A loss and its gradient over a named layout of parameters.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where the terms live.
    pub arena: Arena,
    /// The parameters in the order of the flat buffer.
    pub parameters: Vec<Parameter>,
    /// The input leaves in the order of the columns of an input row.
    pub inputs: Vec<SymbolId>,
    /// The target leaves in the order of the columns of a target row.
    pub targets: Vec<SymbolId>,
    /// Shared terms worth a name, children before parents.
    pub definitions: Vec<Named>,
    /// The outputs, one value per row each.
    pub predictions: Vec<Term>,
    /// One number.
    pub loss: Term,
    /// The derivatives by the parameters, each with the shape of its parameter.
    pub gradient: Vec<Term>,
}

impl Program {
    /// The length of the flat buffer.
    pub fn parameter_count(&self) -> usize {
        self.parameters.iter().map(Parameter::len).sum()
    }

    /// The names of all numbers of the flat buffer, in its order.
    pub fn entry_names(&self) -> Vec<String> {
        self.parameters.iter().flat_map(|p| (0..p.len()).map(|k| p.entry_name(k))).collect()
    }

    /// How many numbers an input row has.
    pub fn input_width(&self) -> usize {
        self.inputs.iter().map(|&id| self.arena.symbol_of(id).shape.dims.len()).sum()
    }

    /// How many numbers a target row has.
    pub fn target_width(&self) -> usize {
        self.targets.iter().map(|&id| self.arena.symbol_of(id).shape.dims.len()).sum()
    }
}
