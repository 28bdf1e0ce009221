//! Chains of operations entry by entry, run on a block of numbers that fits the first cache.
//!
//! An instruction is one pass over a block: what it reads and writes is a register (a block of
//! scratch memory) or an array outside. Only what is needed outside leaves the scratch memory.

#![allow(unsafe_code, reason = "arrays that threads share")]
// Only inlined into a function with the right instructions does a vector operation become one.
#![allow(clippy::inline_always)]

use whygrad_expr::op::{Function, Zip};

use crate::real::Real;
use crate::record::{expand, function_of};
use crate::rule::remembered;
use crate::vector::{Vector, Work};

/// A loop over vectors. No closure: one that is not inlined has not the instructions of its caller.
macro_rules! each {
    ($V:ty, $out:expr, $count:expr, |$($x:ident = $a:ident),+| $value:expr) => {{
        let whole = $count - $count % <$V>::LANES;
        let mut i = 0;
        while i < whole {
            $(let $x: $V = $a.load(i);)+
            <$V as Vector>::store($value, $out.add(i));
            i += <$V>::LANES;
        }
        if whole < $count {
            let rest = $count - whole;
            $(let $x: $V = $a.part(whole, rest);)+
            <$V as Vector>::store_part($value, $out.add(whole), rest);
        }
    }};
}

/// How many bytes of a block are worked on at once.
const BLOCK: usize = 2048;

/// What an instruction does with its arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Action {
    Map(Function),
    Zip(Zip),
    /// a - b
    Sub,
    /// a · b + c, rounded once where the level has that.
    Fma,
    /// b where a is positive, else c.
    Select,
    /// The operations of a scalar of the same names.
    Larger,
    Smaller,
    WithSignOf,
    Round,
    Scale,
    Exponent,
    Mantissa,
    /// c where a is greater than b, else d.
    IfGreater,
    /// The argument.
    Copy,
    /// The argument, or 0 where it is smaller than any normal number.
    Remember,
    /// One number a row as every entry of it; the array it comes from has one number a row.
    Spread,
}

/// Where an argument comes from; arrays outside have numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Argument {
    /// What an earlier link makes.
    Link(usize),
    /// A number for each entry of each row.
    Flat(usize),
    /// A number for each entry, the same in all rows.
    Entry(usize),
    /// A number for each row, the same in all entries.
    Row(usize),
    /// One number.
    Number(usize),
    /// One number that is known already.
    Constant(f64),
}

/// One operation of a chain that is to be compiled.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) action: Action,
    pub(crate) arguments: Vec<Argument>,
    /// The array outside that gets the result.
    pub(crate) out: Option<usize>,
}

/// Where an instruction reads or writes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Register(usize),
    Flat(usize),
    Row(usize),
    /// The position in the list of numbers, each of which is kept as a vector.
    Number(usize),
    /// The position in the list of entries, each of which is kept as a block.
    Entry(usize),
}

#[derive(Clone, Copy, Debug)]
struct Instruction {
    action: Action,
    arguments: [Place; 4],
    out: Place,
}

/// A number that is kept as a vector.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Array(usize),
    Constant(f64),
}

/// A chain compiled for both precisions: their functions have different coefficients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    single: Code,
    double: Code,
}

#[derive(Clone, Debug, Default)]
struct Code {
    instructions: Vec<Instruction>,
    registers: usize,
    numbers: Vec<Number>,
    entries: Vec<usize>,
}

impl Chain {
    /// Compiles links in their order.
    pub(crate) fn compile(mut links: Vec<Link>) -> Chain {
        join(&mut links);
        Chain { single: Code::compile(&expand(&links, 23)), double: Code::compile(&expand(&links, 52)) }
    }

    fn code<T: Real>(&self) -> &Code {
        if T::of(0.0).fraction_bits() == 23 { &self.single } else { &self.double }
    }

    /// How many numbers of scratch memory a run needs on rows of `len` entries.
    pub(crate) fn scratch<T: Real>(&self, len: usize) -> usize {
        let (code, block) = (self.code::<T>(), (block_rows::<T>(len) * len).next_multiple_of(16));
        (code.registers + code.entries.len()) * block + code.numbers.len() * 16
    }
}

impl Code {
    fn compile(links: &[Link]) -> Code {
        let mut last_use = vec![0; links.len()];
        for (index, link) in links.iter().enumerate() {
            for argument in &link.arguments {
                if let Argument::Link(used) = *argument {
                    last_use[used] = index;
                }
            }
        }
        let mut chain = Code::default();
        let mut place_of = vec![Place::Register(0); links.len()];
        let mut free: Vec<usize> = Vec::new();
        for (index, link) in links.iter().enumerate() {
            if link.out.is_none() && last_use[index] == 0 {
                continue; // Joined with the one that uses it.
            }
            let mut arguments = [Place::Number(0); 4];
            for (place, &argument) in arguments.iter_mut().zip(&link.arguments) {
                *place = chain.place(argument, &place_of);
            }
            for argument in &link.arguments {
                if let Argument::Link(used) = *argument
                    && last_use[used] == index
                    && let Place::Register(register) = place_of[used]
                    && !free.contains(&register)
                {
                    free.push(register);
                }
            }
            let out = match link.out {
                Some(array) => Place::Flat(array),
                None => Place::Register(free.pop().unwrap_or_else(|| {
                    chain.registers += 1;
                    chain.registers - 1
                })),
            };
            place_of[index] = out;
            chain.instructions.push(Instruction { action: link.action, arguments, out });
        }
        chain
    }

    fn place(&mut self, argument: Argument, place_of: &[Place]) -> Place {
        match argument {
            Argument::Link(index) => place_of[index],
            Argument::Flat(array) => Place::Flat(array),
            Argument::Row(array) => Place::Row(array),
            Argument::Number(array) => Place::Number(position(&mut self.numbers, Number::Array(array))),
            Argument::Constant(number) => {
                Place::Number(position(&mut self.numbers, Number::Constant(number)))
            }
            Argument::Entry(array) => Place::Entry(position(&mut self.entries, array)),
        }
    }
}

/// Where a thing stands in a list; it is put there where it is not yet.
fn position<T: PartialEq>(list: &mut Vec<T>, thing: T) -> usize {
    list.iter().position(|t| *t == thing).unwrap_or_else(|| {
        list.push(thing);
        list.len() - 1
    })
}

/// Joins a product with the sum that alone uses it, and a minus with its sum.
fn join(links: &mut [Link]) {
    let mut uses = vec![0; links.len()];
    for argument in links.iter().flat_map(|l| &l.arguments) {
        if let Argument::Link(used) = *argument {
            uses[used] += 1;
        }
    }
    for index in 0..links.len() {
        if links[index].action != Action::Zip(Zip::Add) {
            continue;
        }
        for side in [1, 0] {
            let Argument::Link(inner) = links[index].arguments[side] else { continue };
            if uses[inner] > 1 || links[inner].out.is_some() {
                continue;
            }
            let other = links[index].arguments[1 - side];
            match links[inner].action {
                Action::Zip(Zip::Mul) => {
                    let mut arguments = links[inner].arguments.clone();
                    arguments.push(other);
                    links[index].action = Action::Fma;
                    links[index].arguments = arguments;
                }
                Action::Map(Function::Neg) => {
                    links[index].action = Action::Sub;
                    links[index].arguments = vec![other, links[inner].arguments[0]];
                }
                _ => continue,
            }
            break;
        }
    }
}

fn block_rows<T>(len: usize) -> usize {
    (BLOCK / size_of::<T>() / len.max(1)).max(1)
}

/// A chain to be run on rows `from` to before `end` of arrays with `len` entries a row.
///
/// The arrays must be good for that, and nobody else writes where this does.
#[derive(Clone, Copy)]
pub(crate) struct ChainRun<'a, T> {
    pub(crate) chain: &'a Chain,
    pub(crate) arrays: &'a [*mut T],
    pub(crate) from: usize,
    pub(crate) end: usize,
    pub(crate) len: usize,
    /// As many numbers as [`Chain::scratch`] says.
    pub(crate) scratch: *mut T,
}

/// An argument of an instruction: where it begins, and 1, or 0 where one vector serves for all.
#[derive(Clone, Copy)]
struct Stream<T> {
    at: *mut T,
    step: usize,
}

impl<T: Real> Stream<T> {
    #[inline(always)]
    unsafe fn load<V: Vector<Number = T>>(self, index: usize) -> V {
        // SAFETY: the stream has as many numbers as the instruction is run on.
        unsafe { V::load(self.at.add(index * self.step)) }
    }

    #[inline(always)]
    unsafe fn part<V: Vector<Number = T>>(self, index: usize, count: usize) -> V {
        // SAFETY: as above.
        unsafe { V::load_part(self.at.add(index * self.step), count) }
    }
}

impl<T: Real> Work<T> for ChainRun<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        let rows = block_rows::<T>(self.len);
        // SAFETY: the arrays and the scratch memory are as the maker of this says.
        unsafe {
            self.prepare::<V>(rows.min(self.end - self.from));
            for from in (self.from..self.end).step_by(rows) {
                let count = rows.min(self.end - from);
                for instruction in &self.chain.code::<T>().instructions {
                    self.instruction::<V>(instruction, from, count);
                }
            }
        }
    }
}

impl<T: Real> ChainRun<'_, T> {
    fn block(&self) -> usize {
        (block_rows::<T>(self.len) * self.len).next_multiple_of(16)
    }

    fn number(&self, position: usize) -> *mut T {
        let code = self.chain.code::<T>();
        let blocks = (code.registers + code.entries.len()) * self.block();
        self.scratch.wrapping_add(blocks + position * 16)
    }

    fn entry(&self, position: usize) -> *mut T {
        self.scratch.wrapping_add((self.chain.code::<T>().registers + position) * self.block())
    }

    /// What is the same in all blocks: numbers as vectors, entries repeated for the rows of a block.
    #[inline(always)]
    unsafe fn prepare<V: Vector<Number = T>>(&self, rows: usize) {
        // SAFETY: as in `run`.
        unsafe {
            let code = self.chain.code::<T>();
            for (position, &number) in code.numbers.iter().enumerate() {
                let number = match number {
                    Number::Array(array) => *self.arrays[array],
                    Number::Constant(number) => T::of(number),
                };
                V::splat(number).store(self.number(position));
            }
            for (position, &array) in code.entries.iter().enumerate() {
                for row in 0..rows {
                    let to = self.entry(position).add(row * self.len);
                    to.copy_from_nonoverlapping(self.arrays[array], self.len);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn stream(&self, place: Place, from: usize) -> Stream<T> {
        let (at, step) = match place {
            Place::Register(register) => (self.scratch.wrapping_add(register * self.block()), 1),
            Place::Flat(array) => (self.arrays[array].wrapping_add(from * self.len), 1),
            Place::Row(array) => (self.arrays[array].wrapping_add(from), 1),
            Place::Number(position) => (self.number(position), 0),
            Place::Entry(position) => (self.entry(position), 1),
        };
        Stream { at, step }
    }

    #[inline(always)]
    unsafe fn instruction<V: Vector<Number = T>>(&self, instruction: &Instruction, from: usize, rows: usize) {
        // SAFETY: as in `run`.
        unsafe {
            let [a, b, c, d] = instruction.arguments;
            let (a, b) = (self.stream(a, from), self.stream(b, from));
            let (c, d) = (self.stream(c, from), self.stream(d, from));
            let out = self.stream(instruction.out, from).at;
            let count = rows * self.len;
            match instruction.action {
                Action::Map(function) => map::<V>(function, out, count, a),
                Action::Zip(Zip::Add) => each!(V, out, count, |x = a, y = b| x + y),
                Action::Zip(Zip::Mul) => each!(V, out, count, |x = a, y = b| x * y),
                Action::Zip(Zip::Div) => each!(V, out, count, |x = a, y = b| x.quotient(y)),
                Action::Zip(Zip::Max) => {
                    each!(V, out, count, |x = a, y = b| x.if_greater(y, x, x.where_nan(x, y)));
                }
                Action::Zip(Zip::Min) => {
                    each!(V, out, count, |x = a, y = b| y.if_greater(x, x, x.where_nan(x, y)));
                }
                Action::Zip(Zip::Pow) => {
                    each!(V, out, count, |x = a, y = b| by_number(x, y, power::<V>));
                }
                Action::Larger => each!(V, out, count, |x = a, y = b| x.larger(y)),
                Action::Smaller => each!(V, out, count, |x = a, y = b| x.smaller(y)),
                Action::WithSignOf => each!(V, out, count, |x = a, y = b| x.with_sign_of(y)),
                Action::Round => each!(V, out, count, |x = a| x.round()),
                Action::Scale => each!(V, out, count, |x = a, y = b| x.scale(y)),
                Action::Exponent => each!(V, out, count, |x = a| x.exponent()),
                Action::Mantissa => each!(V, out, count, |x = a| x.mantissa()),
                Action::IfGreater => {
                    each!(V, out, count, |x = a, y = b, z = c, w = d| x.if_greater(y, z, w));
                }
                Action::Copy => each!(V, out, count, |x = a| x),
                Action::Remember => each!(V, out, count, |x = a| remembered(x)),
                Action::Sub => each!(V, out, count, |x = a, y = b| x - y),
                Action::Fma => each!(V, out, count, |x = a, y = b, z = c| x.fma(y, z)),
                Action::Select => {
                    each!(V, out, count, |x = a, y = b, z = c| x.where_positive(y, z));
                }
                Action::Spread => {
                    for row in 0..rows {
                        let number = V::splat(*a.at.add(row));
                        fill::<V>(out.add(row * self.len), self.len, number);
                    }
                }
            }
        }
    }
}

/// A power: where bits must be the same everywhere, not by the system's library.
#[inline(always)]
fn power<V: Vector>(a: V::Number, b: V::Number) -> V::Number {
    if V::PORTABLE {
        V::Number::of(libm::pow(a.to_f64(), b.to_f64()))
    } else {
        V::Number::combine(Zip::Pow, a, b)
    }
}

/// One loop for each function, so that the choice is made once per block and not per vector.
#[inline(always)]
unsafe fn map<V: Vector>(function: Function, out: *mut V::Number, count: usize, a: Stream<V::Number>) {
    macro_rules! loops {
        ($($name:ident),*) => {
            match function {
                $(Function::$name => each!(V, out, count, |x = a| apply(Function::$name, x)),)*
            }
        };
    }
    // SAFETY: as in `run`.
    unsafe {
        loops!(Neg, Exp, Log, Sqrt, Sin, Cos, Atan, Tanh, Sigmoid, Softplus, Erf, Abs, Sign);
    }
}

/// A function of each number of a vector.
#[inline(always)]
pub(crate) fn apply<V: Vector>(function: Function, x: V) -> V {
    match function {
        Function::Neg => -x,
        Function::Abs => x.abs(),
        Function::Sqrt => x.root(),
        Function::Sign => {
            let (zero, one) = (x.constant(0.0), x.constant(1.0));
            x.if_greater(zero, one, zero.if_greater(x, -one, x * zero))
        }
        _ if V::PORTABLE => by_number(x, x, |x, _| function_of(function, x)),
        _ => by_number(x, x, |x, _| Real::apply(function, x)),
    }
}

/// A function that has no vector form, number by number.
#[inline(always)]
fn by_number<V: Vector>(a: V, b: V, f: impl Fn(V::Number, V::Number) -> V::Number) -> V {
    let zero = V::Number::of(0.0);
    let (mut x, mut y) = ([zero; 16], [zero; 16]);
    // SAFETY: no vector has more than 16 lanes.
    unsafe {
        a.store(x.as_mut_ptr());
        b.store(y.as_mut_ptr());
        for (x, &y) in x.iter_mut().zip(&y).take(V::LANES) {
            *x = f(*x, y);
        }
        V::load(x.as_ptr())
    }
}

#[inline(always)]
unsafe fn fill<V: Vector>(out: *mut V::Number, count: usize, vector: V) {
    let whole = count - count % V::LANES;
    // SAFETY: as in `run`.
    unsafe {
        for i in (0..whole).step_by(V::LANES) {
            vector.store(out.add(i));
        }
        if whole < count {
            vector.store_part(out.add(whole), count - whole);
        }
    }
}
