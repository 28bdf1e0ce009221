//! Functions as links of a chain: what they do with a scalar is recorded once, when a chain is
//! compiled.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use whygrad_expr::op::{Function, Zip};

use crate::chain::{Action, Argument, Link};
use crate::function;
use crate::real::Real;
use crate::scalar::Scalar;

/// A number that is not known yet: what is done with it becomes a link.
#[derive(Clone, Copy)]
struct Recorded<'a> {
    links: &'a RefCell<Vec<Link>>,
    argument: Argument,
    fraction_bits: u32,
}

impl Recorded<'_> {
    fn link(self, action: Action, arguments: &[Argument]) -> Self {
        let mut links = self.links.borrow_mut();
        links.push(Link { action, arguments: arguments.to_vec(), out: None });
        Recorded { argument: Argument::Link(links.len() - 1), ..self }
    }

    fn one(self, action: Action) -> Self {
        self.link(action, &[self.argument])
    }

    fn two(self, action: Action, b: Self) -> Self {
        self.link(action, &[self.argument, b.argument])
    }
}

macro_rules! operator {
    ($($operator:ident $method:ident $action:expr),*) => {$(
        impl $operator for Recorded<'_> {
            type Output = Self;
            fn $method(self, b: Self) -> Self {
                self.two($action, b)
            }
        }
    )*};
}
operator!(
    Add add Action::Zip(Zip::Add),
    Sub sub Action::Sub,
    Mul mul Action::Zip(Zip::Mul),
    Div div Action::Zip(Zip::Div)
);

impl Neg for Recorded<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.one(Action::Map(Function::Neg))
    }
}

impl Scalar for Recorded<'_> {
    fn constant(self, value: f64) -> Self {
        Recorded { argument: Argument::Constant(value), ..self }
    }
    fn fraction_bits(self) -> u32 {
        self.fraction_bits
    }
    fn fma(self, b: Self, c: Self) -> Self {
        self.link(Action::Fma, &[self.argument, b.argument, c.argument])
    }
    fn sqrt(self) -> Self {
        self.one(Action::Map(Function::Sqrt))
    }
    fn abs(self) -> Self {
        self.one(Action::Map(Function::Abs))
    }
    fn with_sign_of(self, b: Self) -> Self {
        self.two(Action::WithSignOf, b)
    }
    fn larger(self, b: Self) -> Self {
        self.two(Action::Larger, b)
    }
    fn smaller(self, b: Self) -> Self {
        self.two(Action::Smaller, b)
    }
    fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
        self.link(Action::IfGreater, &[self.argument, b.argument, then.argument, otherwise.argument])
    }
    fn round(self) -> Self {
        self.one(Action::Round)
    }
    fn scale(self, n: Self) -> Self {
        self.two(Action::Scale, n)
    }
    fn exponent(self) -> Self {
        self.one(Action::Exponent)
    }
    fn mantissa(self) -> Self {
        self.one(Action::Mantissa)
    }
}

/// A function by its name; of those that are not recorded, the argument.
fn by_name<S: Scalar>(function: Function, x: S) -> S {
    match function {
        Function::Exp => function::exp(x),
        Function::Log => function::ln(x),
        Function::Atan => function::atan(x),
        Function::Tanh => function::tanh(x),
        Function::Sigmoid => function::sigmoid(x),
        Function::Softplus => function::softplus(x),
        Function::Erf => function::erf(x),
        _ => x,
    }
}

/// What is one operation of a vector, and the sine and cosine: those of scalars are for arguments of
/// a common size, and a formula may have any.
fn is_one_action(function: Function) -> bool {
    use Function::{Abs, Cos, Neg, Sign, Sin, Sqrt};
    matches!(function, Neg | Sqrt | Abs | Sign | Sin | Cos)
}

/// A function of one number, with the same bits on every machine.
pub(crate) fn function_of<T: Real>(function: Function, x: T) -> T {
    match function {
        Function::Sin => T::of(libm::sin(x.to_f64())),
        Function::Cos => T::of(libm::cos(x.to_f64())),
        _ if is_one_action(function) => T::apply(function, x),
        _ => by_name(function, x),
    }
}

/// Puts what a function does in the place of its link.
pub(crate) fn expand(links: &[Link], fraction_bits: u32) -> Vec<Link> {
    let out = RefCell::new(Vec::new());
    let mut new_of: Vec<Argument> = Vec::new();
    for link in links {
        let renumber = |&argument: &Argument| match argument {
            Argument::Link(index) => new_of[index],
            other => other,
        };
        let arguments: Vec<Argument> = link.arguments.iter().map(renumber).collect();
        let recorded = match link.action {
            Action::Map(function) if !is_one_action(function) => {
                let x = Recorded { links: &out, argument: arguments[0], fraction_bits };
                Some(by_name(function, x).argument)
            }
            _ => None,
        };
        let mut list = out.borrow_mut();
        let last = if let Some(Argument::Link(index)) = recorded {
            index
        } else {
            list.push(Link { action: link.action, arguments, out: None });
            list.len() - 1
        };
        list[last].out = link.out;
        new_of.push(Argument::Link(last));
    }
    out.into_inner()
}
