//! The oracle with a memory: for many terms at one point.

use super::{Bindings, Unbound, Value, apply, combine, needs, transposed, value_of};
use crate::arena::{Arena, Term};
use crate::op::Op;
use crate::shape::Dims;

/// Values at one point, kept: each term is computed once, also one that is made later.
#[derive(Clone, Debug)]
pub struct Memo {
    bindings: Bindings<f64>,
    values: Vec<Option<Value<f64>>>,
}

impl Memo {
    /// Nothing computed yet.
    pub fn new(bindings: Bindings<f64>) -> Memo {
        Memo { bindings, values: vec![] }
    }

    /// The number of rows at this point.
    pub fn rows(&self) -> usize {
        self.bindings.rows
    }

    /// The value of a term of the arena that all earlier calls were for.
    pub fn value(&mut self, arena: &Arena, term: Term) -> Result<&Value<f64>, Unbound> {
        self.values.resize(self.values.len().max(arena.len()), None);
        let mut open = vec![term];
        while let Some(&next) = open.last() {
            if self.values[next.0 as usize].is_some() {
                open.pop();
                continue;
            }
            let before = open.len();
            let missing = |c: &&Term| self.values[c.0 as usize].is_none();
            open.extend(needs(arena, next).iter().filter(missing));
            if open.len() == before {
                let value = value_of(arena, next, &self.bindings, &self.values)?;
                self.values[next.0 as usize] = Some(value);
                open.pop();
            }
        }
        self.values[term.0 as usize].as_ref().ok_or_else(|| Unbound(String::new()))
    }

    /// One entry of a term that has one value for all rows.
    ///
    /// The sum over the rows of an outer product, the largest thing in a gradient, is computed for this entry alone.
    pub fn entry(&mut self, arena: &Arena, term: Term, entry: usize) -> Result<f64, Unbound> {
        let op = arena.op(term);
        if let Op::SumRows(product) = op
            && let Op::Outer(a, b) = arena.op(product)
        {
            return self.summed_product(arena, (a, b), entry);
        }
        if let Op::Transpose(a) = op {
            return self.entry(arena, a, transposed(arena.dims(term), entry));
        }
        let is_matrix = matches!(arena.dims(term), Dims::Matrix(..));
        if let (true, Op::Zip(zip, a, b)) = (is_matrix, op) {
            let at = |t: Term| if arena.dims(t).is_scalar() { 0 } else { entry };
            let left = self.entry(arena, a, at(a))?;
            return Ok(combine(zip, left, self.entry(arena, b, at(b))?));
        }
        if let (true, Op::Map(function, a)) = (is_matrix, op) {
            return Ok(apply(function, self.entry(arena, a, entry)?));
        }
        Ok(self.value(arena, term)?.at(0, entry))
    }

    /// One entry of the sum over the rows of a bᵀ.
    fn summed_product(&mut self, arena: &Arena, (a, b): (Term, Term), entry: usize) -> Result<f64, Unbound> {
        let columns = arena.dims(b).len();
        self.value(arena, a)?;
        self.value(arena, b)?;
        let (Some(a), Some(b)) = (&self.values[a.0 as usize], &self.values[b.0 as usize]) else {
            return Ok(f64::NAN);
        };
        Ok((0..self.bindings.rows).map(|r| a.at(r, entry / columns) * b.at(r, entry % columns)).sum())
    }
}
