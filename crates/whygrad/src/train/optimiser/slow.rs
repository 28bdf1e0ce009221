//! Steps of a rule by the oracle: slow, plain, and what every fast way is held against.

use whygrad_engine::rule::{Rule, remembered};
use whygrad_expr::arena::Term;
use whygrad_expr::oracle::{Bindings, Unbound, evaluate};

/// A rule with what it remembers, stepped in f64.
#[derive(Clone, Debug)]
pub struct Stepper<'a> {
    rule: &'a Rule,
    /// For each memory a number for each parameter.
    pub memories: Vec<Vec<f64>>,
}

impl<'a> Stepper<'a> {
    /// Before the first step of so many parameters, each memory at its one start.
    pub fn new(rule: &'a Rule, count: usize) -> Stepper<'a> {
        Stepper { rule, memories: rule.memories.iter().map(|memory| vec![memory.start; count]).collect() }
    }

    /// One step in place. `shared` has a number for each of the rule's shared leaves, in their order; with too few of
    /// them the rule cannot be computed.
    pub fn step(&mut self, parameters: &mut [f64], gradient: &[f64], shared: &[f64]) -> Result<(), Unbound> {
        let rule = self.rule;
        let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        let roots: Vec<Term> =
            std::iter::once(rule.next).chain(rule.memories.iter().map(|memory| memory.next)).collect();
        for (index, (parameter, &slope)) in parameters.iter_mut().zip(gradient).enumerate() {
            let mut at = Bindings::new(1);
            at.bind(rule.parameter, vec![*parameter]);
            at.bind(rule.gradient, vec![slope]);
            for (&leaf, &value) in rule.shared.iter().zip(shared) {
                at.bind(leaf, vec![value]);
            }
            if let Some(leaf) = rule.gradient_norm {
                at.bind(leaf, vec![norm]);
            }
            for (memory, values) in rule.memories.iter().zip(&self.memories) {
                at.bind(memory.symbol, vec![values[index]]);
            }
            let values = evaluate(&rule.arena, &roots, &at)?;
            *parameter = values[0].data[0];
            for (memory, value) in self.memories.iter_mut().zip(&values[1..]) {
                memory[index] = remembered(value.data[0]);
            }
        }
        Ok(())
    }
}
