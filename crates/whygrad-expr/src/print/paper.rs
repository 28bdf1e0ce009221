//! How a term stands on paper, for LaTeX and MathML alike.
//!
//! A term becomes a row of marks: names, numbers, operators and groups such as fractions. A
//! [`Pen`] writes marks down and knows nothing of terms.

use super::mark::{Group, Mark, Pen, Sign};
use super::view::{Over, Part, Product, Reader, View};
use crate::arena::Term;
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;

/// Where a part stands, which decides whether it needs parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    /// Alone, or in a group of its own.
    Free,
    /// After a plus.
    Plus,
    /// After a minus.
    Minus,
    /// In a product; true for the last factor.
    Factor(bool),
    /// In a matrix product; true for the last factor.
    Operand(bool),
    /// Under an exponent, an index or a transposition.
    Base,
}

enum Item {
    Mark(Mark),
    Part(Part, Seat),
}

/// What is known of each term before it is written.
#[derive(Clone, Copy, Debug, Default)]
struct Fact {
    /// Higher than a line: fractions and cases.
    tall: bool,
    /// Ends in a sum or in cases, which would swallow a factor written after it.
    open: bool,
    /// How many names and numbers.
    size: u32,
}

/// Writes the reader's term.
pub(super) fn write(reader: &Reader<'_>, pen: &mut impl Pen) {
    let layout = Layout { reader, facts: facts(reader) };
    let mut waiting = vec![Item::Part(Part::Whole(reader.root), Seat::Free)];
    while let Some(item) = waiting.pop() {
        match item {
            Item::Mark(mark) => pen.write(&mark),
            Item::Part(part, seat) => {
                let start = waiting.len();
                layout.lay(part, seat, &mut waiting);
                waiting[start..].reverse();
            }
        }
    }
}

fn facts(reader: &Reader<'_>) -> Vec<Fact> {
    let mut facts = vec![Fact::default(); reader.arena.len()];
    for term in reader.arena.reachable(&[reader.root]) {
        let Some(op) = reader.written(term) else {
            facts[term.0 as usize].size = 1;
            continue;
        };
        let of = |t: Term| facts[t.0 as usize];
        let open = match op {
            Op::SumRows(_) | Op::SumEntries(_) => true,
            Op::Select(c, a, b) => !reader.is_relu(c, a, b),
            Op::Zip(Zip::Mul, _, a) | Op::Map(Function::Neg, a) | Op::MatVec(_, a) => of(a).open,
            Op::Zip(Zip::Add | Zip::Div | Zip::Pow | Zip::Max | Zip::Min, ..) => false,
            Op::Map(..) | Op::Const(_) | Op::Leaf(_) | Op::RowCount | Op::Fill(..) => false,
            Op::Pick(..) | Op::Place(..) | Op::LogSumExp(_) | Op::Transpose(_) | Op::Outer(..) => false,
        };
        let high = matches!(op, Op::Zip(Zip::Div, ..)) || (open && matches!(op, Op::Select(..)));
        let children = op.children();
        let tall = high || children.iter().any(|&c| of(c).tall);
        let size = children.iter().fold(0u32, |sum, &c| sum.saturating_add(of(c).size)).max(1);
        facts[term.0 as usize] = Fact { tall, open, size };
    }
    facts
}

/// The longest exponent of e, in names and numbers; beyond it stands exp.
const SHORT: u32 = 6;

struct Layout<'a> {
    reader: &'a Reader<'a>,
    facts: Vec<Fact>,
}

impl Layout<'_> {
    fn fact(&self, term: Term) -> Fact {
        self.facts[term.0 as usize]
    }

    fn lay(&self, part: Part, seat: Seat, out: &mut Vec<Item>) {
        let view = self.reader.view(part);
        if self.needs_parentheses(part, &view, seat) {
            let group = Group::Parentheses { tall: self.fact(part.term()).tall };
            out.push(mark(Mark::Open(group)));
            self.lay_view(part, view, out);
            out.push(mark(Mark::Close(group)));
        } else {
            self.lay_view(part, view, out);
        }
    }

    fn needs_parentheses(&self, part: Part, view: &View, seat: Seat) -> bool {
        let signed = match view {
            View::Sum(summands) => summands.first().is_some_and(|first| first.0),
            View::Minus(_) => true,
            View::Number(value) => *value < 0.0,
            View::Product(product) => product.minus,
            View::Reduction(..) => matches!(part, Part::Whole(term) if self.reader.minus(term)),
            _ => false,
        };
        let sum = matches!(view, View::Sum(_));
        let open = self.fact(part.term()).open;
        match seat {
            Seat::Free => false,
            Seat::Plus => signed,
            Seat::Minus => signed || sum,
            Seat::Factor(last) => signed || sum || (open && !last),
            Seat::Operand(last) => signed || sum || (open && !last) || self.is_entry_by_entry(view),
            Seat::Base => match view {
                View::Name(_) | View::Entry(..) => false,
                View::Number(value) => signed || super::digits(*value).contains('e'),
                View::Call(name, arguments) => self.is_power_of_e(name, arguments),
                _ => true,
            },
        }
    }

    /// True for products of vectors entry by entry, which a matrix must not be pulled into.
    fn is_entry_by_entry(&self, view: &View) -> bool {
        let View::Product(product) = view else { return false };
        let wide = product.rest.iter().filter(|(_, t)| self.is_wide(*t)).count();
        let divided = product.rest.iter().any(|&(divides, t)| divides && self.is_wide(t));
        divided || wide + usize::from(self.is_wide(product.first.term())) > 1
    }

    fn is_wide(&self, term: Term) -> bool {
        !self.reader.arena.dims(term).is_scalar()
    }

    fn is_power_of_e(&self, name: &str, arguments: &[Term]) -> bool {
        name == "exp" && arguments.iter().all(|&a| self.fact(a).size <= SHORT && !self.fact(a).tall)
    }

    fn lay_view(&self, part: Part, view: View, out: &mut Vec<Item>) {
        match view {
            View::Number(value) => {
                if value < 0.0 {
                    out.push(sign(Sign::Minus));
                }
                out.push(mark(Mark::Number(value.abs())));
            }
            View::Name(name) => out.push(mark(Mark::Name(name))),
            View::Sum(summands) => lay_sum(summands, out),
            View::Minus(a) => out.extend([sign(Sign::Minus), whole(a, Seat::Minus)]),
            View::Product(product) => self.lay_product(&product, out),
            View::Power(a, b) => {
                group(Group::Power, whole(a, Seat::Base), Some(whole(b, Seat::Free)), out);
            }
            View::Call(name, arguments) => self.lay_call(name, &arguments, out),
            View::Choice(c, a, b) => {
                out.extend([mark(Mark::Open(Group::Cases)), whole(a, Seat::Free)]);
                out.extend([mark(Mark::Next(Group::Cases)), whole(c, Seat::Free)]);
                out.extend([sign(Sign::Greater), mark(Mark::Number(0.0))]);
                out.extend([mark(Mark::Next(Group::OtherCase)), whole(b, Seat::Free)]);
                out.push(mark(Mark::Close(Group::Cases)));
            }
            View::MatrixProduct(w, x) => {
                out.extend([
                    whole(w, Seat::Operand(false)),
                    sign(Sign::Times),
                    whole(x, Seat::Operand(true)),
                ]);
            }
            View::Transpose(a) => group(Group::Transposed, whole(a, Seat::Base), None, out),
            View::Outer(a, b) => {
                out.extend([whole(a, Seat::Operand(false)), sign(Sign::Times)]);
                group(Group::Transposed, whole(b, Seat::Base), None, out);
            }
            View::Reduction(over, a) => {
                self.lay_reduction(over, a, !matches!(part, Part::Unsigned(_)), out);
            }
            View::Entry(a, position) => {
                group(Group::Index, whole(a, Seat::Base), Some(mark(Mark::Index(position))), out);
            }
            View::Fill(a, _) => {
                out.extend([whole(a, Seat::Factor(false)), sign(Sign::Times), mark(Mark::Bold("1"))]);
            }
            View::Place(a, position, dims) => {
                let unit = if matches!(dims, Dims::Matrix(..)) { "E" } else { "e" };
                out.extend([whole(a, Seat::Factor(false)), sign(Sign::Times)]);
                group(Group::Index, mark(Mark::Bold(unit)), Some(mark(Mark::Index(position))), out);
            }
        }
    }

    fn lay_call(&self, name: &'static str, arguments: &[Term], out: &mut Vec<Item>) {
        match (name, arguments) {
            ("sqrt", &[a]) => group(Group::Root, whole(a, Seat::Free), None, out),
            ("abs", &[a]) => group(Group::Magnitude, whole(a, Seat::Free), None, out),
            ("exp", &[a]) if self.is_power_of_e(name, arguments) => {
                let e = mark(Mark::Name("e".to_owned()));
                group(Group::Power, e, Some(whole(a, Seat::Free)), out);
            }
            _ => {
                let tall = arguments.iter().any(|&a| self.fact(a).tall);
                let parentheses = Group::Parentheses { tall };
                out.extend([mark(Mark::Function(name)), mark(Mark::Open(parentheses))]);
                for (index, &argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        out.push(sign(Sign::Comma));
                    }
                    out.push(whole(argument, Seat::Free));
                }
                out.push(mark(Mark::Close(parentheses)));
            }
        }
    }

    /// Fractions and factors side by side: a/b*c/d is two fractions, a/b/c one.
    fn lay_product(&self, product: &Product, out: &mut Vec<Item>) {
        if product.minus {
            out.push(sign(Sign::Minus));
        }
        let mut quotients = vec![(vec![product.first], vec![])];
        for &(divides, term) in &product.rest {
            match quotients.last_mut() {
                Some((_, below)) if divides => below.push(Part::Whole(term)),
                Some((above, below)) if below.is_empty() => above.push(Part::Whole(term)),
                _ => quotients.push((vec![Part::Whole(term)], vec![])),
            }
        }
        let count = quotients.len();
        let mut wide_before = false;
        for (index, (above, below)) in quotients.iter().enumerate() {
            let wide = above.iter().chain(below).any(|part| self.is_wide(part.term()));
            if index > 0 {
                out.push(sign(self.joined(above, below, wide_before && wide)));
            }
            wide_before |= wide;
            if below.is_empty() {
                self.lay_factors(above, index + 1 == count, out);
            } else {
                out.push(mark(Mark::Open(Group::Fraction)));
                self.lay_factors(above, true, out);
                out.push(mark(Mark::Next(Group::Fraction)));
                self.lay_factors(below, true, out);
                out.push(mark(Mark::Close(Group::Fraction)));
            }
        }
    }

    /// What stands before a quotient that is not the first one.
    fn joined(&self, above: &[Part], below: &[Part], both_wide: bool) -> Sign {
        let number = |part: &Part| self.reader.number(part.term()).is_some();
        let leading = above.first().is_some_and(|part| self.leads_with_number(part.term()));
        let starts_with_digit =
            if below.is_empty() { leading } else { above.iter().all(number) && below.iter().all(number) };
        match (both_wide, starts_with_digit) {
            (true, _) => Sign::EntryByEntry,
            (false, true) => Sign::Dot,
            (false, false) => Sign::Times,
        }
    }

    fn lay_factors(&self, factors: &[Part], ends: bool, out: &mut Vec<Item>) {
        // A fraction holds its parts together, so a single one needs no parentheses in it.
        if let (&[only], true) = (factors, ends) {
            let seat = if out.last().is_some_and(holds) { Seat::Free } else { Seat::Factor(true) };
            out.push(Item::Part(only, seat));
            return;
        }
        let mut wide_before = false;
        for (index, &factor) in factors.iter().enumerate() {
            let wide = self.is_wide(factor.term());
            if index > 0 {
                out.push(sign(self.joined(&[factor], &[], wide_before && wide)));
            }
            wide_before |= wide;
            out.push(Item::Part(factor, Seat::Factor(ends && index + 1 == factors.len())));
        }
    }

    /// True where a factor would be written with a digit first, which must not touch a name.
    fn leads_with_number(&self, term: Term) -> bool {
        let mut head = term;
        loop {
            match self.reader.written(head) {
                Some(Op::Const(_)) => return true,
                Some(Op::Zip(Zip::Mul | Zip::Pow, left, _)) => head = left,
                Some(Op::Zip(Zip::Div, above, below)) => {
                    return self.reader.number(above).and(self.reader.number(below)).is_some();
                }
                _ => return false,
            }
        }
    }

    /// Σ, with a number and the row count of the summand before it.
    fn lay_reduction(&self, over: Over, summand: Term, signed: bool, out: &mut Vec<Item>) {
        let minus = self.reader.plain_minus(summand);
        if minus && signed {
            out.push(sign(Sign::Minus));
        }
        let scaled = self.reader.product(summand).and_then(|product| {
            self.reader.number(product.first.term())?;
            let constant = |&(divides, term): &(bool, Term)| {
                divides && matches!(self.reader.written(term), Some(Op::RowCount | Op::Const(_)))
            };
            let below = product.rest.iter().take_while(|factor| constant(factor)).count();
            let &(divides, _) = product.rest.get(below)?;
            (!divides).then_some((product, below))
        });
        let inner = if let Some((mut product, below)) = scaled {
            let inner = match product.rest.split_off(below).as_slice() {
                &[(_, only)] => Part::Whole(only),
                _ => Part::Tail(summand, below + 1),
            };
            product.minus = false;
            self.lay_product(&product, out);
            inner
        } else if minus {
            Part::Unsigned(summand)
        } else {
            Part::Whole(summand)
        };
        out.extend([mark(Mark::Sum(over)), Item::Part(inner, Seat::Factor(true))]);
    }
}

fn lay_sum(summands: Vec<(bool, Part)>, out: &mut Vec<Item>) {
    for (index, (minus, part)) in summands.into_iter().enumerate() {
        if minus {
            out.push(sign(Sign::Minus));
        } else if index > 0 {
            out.push(sign(Sign::Plus));
        }
        let seat = match (index, minus) {
            (_, true) => Seat::Minus,
            (0, false) => Seat::Free,
            (_, false) => Seat::Plus,
        };
        out.push(Item::Part(part, seat));
    }
}

fn holds(item: &Item) -> bool {
    matches!(item, Item::Mark(Mark::Open(Group::Fraction) | Mark::Next(Group::Fraction)))
}

fn group(group: Group, first: Item, second: Option<Item>, out: &mut Vec<Item>) {
    out.extend([mark(Mark::Open(group)), first]);
    if let Some(second) = second {
        out.extend([mark(Mark::Next(group)), second]);
    }
    out.push(mark(Mark::Close(group)));
}

fn mark(mark: Mark) -> Item {
    Item::Mark(mark)
}

fn sign(sign: Sign) -> Item {
    Item::Mark(Mark::Sign(sign))
}

fn whole(term: Term, seat: Seat) -> Item {
    Item::Part(Part::Whole(term), seat)
}
