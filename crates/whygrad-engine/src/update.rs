//! A rule compiled for flat arrays: all parameters make a step in one pass over their numbers.

use std::collections::HashMap;

use thiserror::Error;
use whygrad_expr::arena::Term;
use whygrad_expr::op::{Op, Zip};

use crate::chain::{Action, Argument, Chain, Link};
use crate::real::Real;
use crate::record::function_of;
use crate::rule::Rule;

/// A rule has an operation that is no function of single numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a rule is made of functions of single numbers")]
pub struct UnfitRule;

/// The arrays of a step: 0 is the parameters, 1 the gradient, then come the memories, and then
/// single numbers that are the same for all parameters.
const PARAMETERS: usize = 0;
const GRADIENT: usize = 1;
const MEMORIES: usize = 2;

/// How a number that all parameters share is made of others. It is computed once a step, in f64,
/// with the same bits on every machine.
#[derive(Clone, Copy, Debug)]
enum Shared {
    Given(usize),
    Made(Op),
    /// One divided by the other: a product with it costs less than a division of each parameter.
    Reciprocal(usize),
}

/// A compiled [`Rule`].
#[derive(Clone, Debug)]
pub(crate) struct RuleStep {
    pub(crate) chain: Chain,
    /// In the order of computing.
    shared: Vec<Shared>,
    /// Where the arguments of a shared term stand in the list.
    position: HashMap<Term, usize>,
}

struct Builder<'a> {
    rule: &'a Rule,
    shared: Vec<Shared>,
    position: HashMap<Term, usize>,
    reciprocals: HashMap<usize, usize>,
    links: Vec<Link>,
    argument_of: HashMap<Term, Argument>,
}

impl RuleStep {
    /// Compiles a rule.
    pub(crate) fn new(rule: &Rule) -> Result<RuleStep, UnfitRule> {
        let (shared, position, reciprocals) = (vec![], HashMap::new(), HashMap::new());
        let (links, argument_of) = (vec![], HashMap::new());
        let mut builder = Builder { rule, shared, position, reciprocals, links, argument_of };
        let nexts: Vec<Term> = rule.memories.iter().map(|m| m.next).chain([rule.next]).collect();
        for term in rule.arena.reachable(&nexts) {
            builder.term(term)?;
        }
        builder.set_apart(&nexts);
        for (index, &next) in nexts.iter().enumerate() {
            let array = if index == rule.memories.len() { PARAMETERS } else { MEMORIES + index };
            builder.write(array, next);
        }
        let chain = Chain::compile(builder.links);
        let (shared, position) = (builder.shared, builder.position);
        Ok(RuleStep { chain, shared, position })
    }

    /// How many numbers all parameters share.
    pub(crate) fn shared(&self) -> usize {
        self.shared.len()
    }

    /// Computes the shared numbers from those given, in f64.
    pub(crate) fn share(&self, given: &[f64], out: &mut Vec<f64>) {
        out.clear();
        let at = |out: &[f64], term: Term| out[self.position[&term]];
        for shared in &self.shared {
            let number = match *shared {
                Shared::Given(index) => given.get(index).copied().unwrap_or(f64::NAN),
                Shared::Reciprocal(of) => 1.0 / out[of],
                Shared::Made(op) => match op {
                    Op::Const(value) => value.get(),
                    Op::Map(function, a) => function_of(function, at(out, a)),
                    Op::Zip(Zip::Pow, a, b) => libm::pow(at(out, a), at(out, b)),
                    Op::Zip(zip, a, b) => f64::combine(zip, at(out, a), at(out, b)),
                    Op::Select(c, a, b) => {
                        if at(out, c) > 0.0 {
                            at(out, a)
                        } else {
                            at(out, b)
                        }
                    }
                    Op::Fill(a, _) | Op::SumEntries(a) | Op::Pick(a, _) | Op::Transpose(a) => at(out, a),
                    _ => f64::NAN,
                },
            };
            out.push(number);
        }
    }
}

impl Builder<'_> {
    fn term(&mut self, term: Term) -> Result<(), UnfitRule> {
        let op = self.rule.arena.op(term);
        match op {
            Op::Leaf(symbol) => {
                let of_parameter = if symbol == self.rule.parameter {
                    Some(PARAMETERS)
                } else if symbol == self.rule.gradient {
                    Some(GRADIENT)
                } else {
                    self.rule.memories.iter().position(|m| m.symbol == symbol).map(|m| MEMORIES + m)
                };
                if let Some(array) = of_parameter {
                    self.argument_of.insert(term, Argument::Flat(array));
                } else {
                    let given = self.rule.shared.iter().position(|&s| s == symbol).ok_or(UnfitRule)?;
                    self.share(term, Shared::Given(given));
                }
                return Ok(());
            }
            Op::Const(_) | Op::Map(..) | Op::Zip(..) | Op::Select(..) => {}
            Op::Fill(a, _) | Op::SumEntries(a) | Op::Pick(a, _) | Op::Transpose(a) => {
                let argument = self.argument_of[&a];
                if let Argument::Number(number) = argument {
                    self.position.insert(term, number - self.numbers());
                }
                self.argument_of.insert(term, argument);
                return Ok(());
            }
            _ => return Err(UnfitRule),
        }
        let mut arguments: Vec<Argument> = op.children().iter().map(|c| self.argument_of[c]).collect();
        if arguments.iter().all(|a| matches!(a, Argument::Number(_))) {
            self.share(term, Shared::Made(op));
            return Ok(());
        }
        let action = match op {
            Op::Map(function, _) => Action::Map(function),
            Op::Zip(Zip::Div, _, b) if matches!(arguments[1], Argument::Number(_)) => {
                arguments[1] = self.reciprocal(b);
                Action::Zip(Zip::Mul)
            }
            Op::Zip(Zip::Pow, _, b) if self.rule.arena.constant_of(b) == Some(2.0) => {
                arguments[1] = arguments[0];
                Action::Zip(Zip::Mul)
            }
            Op::Zip(zip, ..) => Action::Zip(zip),
            _ => Action::Select,
        };
        self.links.push(Link { action, arguments, out: None });
        self.argument_of.insert(term, Argument::Link(self.links.len() - 1));
        Ok(())
    }

    /// The first array of a single number.
    fn numbers(&self) -> usize {
        MEMORIES + self.rule.memories.len()
    }

    fn share(&mut self, term: Term, shared: Shared) {
        let position = self.shared.len();
        self.shared.push(shared);
        self.position.insert(term, position);
        self.argument_of.insert(term, Argument::Number(self.numbers() + position));
    }

    fn reciprocal(&mut self, of: Term) -> Argument {
        let of = self.position[&of];
        let next = self.shared.len();
        let position = *self.reciprocals.entry(of).or_insert(next);
        if position == next {
            self.shared.push(Shared::Reciprocal(of));
        }
        Argument::Number(self.numbers() + position)
    }

    /// What becomes another array's old numbers is copied before any of them is written.
    fn set_apart(&mut self, nexts: &[Term]) {
        for next in nexts {
            let argument = self.argument_of[next];
            if matches!(argument, Argument::Flat(_)) {
                self.links.push(Link { action: Action::Copy, arguments: vec![argument], out: None });
                self.argument_of.insert(*next, Argument::Link(self.links.len() - 1));
            }
        }
    }

    /// Writes a term to an array: at once where nothing later needs the old numbers.
    fn write(&mut self, array: usize, next: Term) {
        let argument = self.argument_of[&next];
        if array >= MEMORIES {
            self.links.push(Link { action: Action::Remember, arguments: vec![argument], out: Some(array) });
            return;
        }
        if let Argument::Link(link) = argument {
            let later = self.links[link + 1..].iter().flat_map(|l| &l.arguments);
            let is_free = self.links[link].out.is_none();
            if is_free && later.into_iter().all(|&a| a != Argument::Flat(array)) {
                self.links[link].out = Some(array);
                return;
            }
        }
        self.links.push(Link { action: Action::Copy, arguments: vec![argument], out: Some(array) });
    }
}
