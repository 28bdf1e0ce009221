//! Points at which all rows are alike.
//!
//! There a sum over the rows is a multiple, and every formula of one number is made of plain numbers: what a part of
//! it would have to be is found by inversion, without a search.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::oracle::Memo;

use super::super::formulas::Formulas;
use super::super::{Probe, Role};
use crate::model::Model;

/// So many points: the first finds, the others refute.
pub(super) const COUNT: usize = 3;
/// Rows at each of them; not the same number, so that n is told from a number.
const ROWS: [usize; COUNT] = [3, 5, 4];
/// Values closer than this, in relation to their size, are the same. Loose, since an inversion loses digits; what is
/// found is read back and compared at the probes.
const SAME: f64 = 1e-7;

/// True for two numbers that are the same but for rounding.
pub(super) fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs())
}

/// The entries of a term at each of the points; one where it is one number.
pub(super) type Values = [Vec<f64>; COUNT];

/// True for values that are the same at every point.
pub(super) fn all_same(a: &Values, b: &Values) -> bool {
    a.iter().zip(b).all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(*a, *b)))
}

/// Two values combined entry by entry; a number goes with anything.
pub(super) fn combine(a: &Values, b: &Values, f: impl Fn(f64, f64) -> f64) -> Option<Values> {
    let mut result = Values::default();
    for (slot, (a, b)) in result.iter_mut().zip(a.iter().zip(b)) {
        let len = a.len().max(b.len());
        let fits = |v: &Vec<f64>| v.len() == len || v.len() == 1;
        if !fits(a) || !fits(b) {
            return None;
        }
        let at = |v: &Vec<f64>, k: usize| v[if v.len() == 1 { 0 } else { k }];
        *slot = (0..len).map(|k| f(at(a, k), at(b, k))).collect();
    }
    Some(result)
}

/// The points, with the values already computed there.
pub(super) struct Worlds {
    memos: Vec<Memo>,
}

impl Worlds {
    /// Points made of the probes; `None` where there are too few different ones.
    pub(super) fn new(model: &Model, formulas: &Formulas, probes: &[Probe]) -> Option<Worlds> {
        let mut thetas: Vec<&Probe> = Vec::new();
        for probe in probes.iter().filter(|p| !matches!(p.role, Role::Given | Role::Again)) {
            if !thetas.iter().any(|p| p.theta == probe.theta) {
                thetas.push(probe);
            }
        }
        let chosen: Vec<&Probe> = thetas.into_iter().take(COUNT).collect();
        let mut memos = Vec::new();
        for (probe, rows) in chosen.iter().zip(ROWS) {
            let mut probe = (*probe).clone();
            if !model.plain_function && probe.data.rows > 0 {
                probe.data = probe.data.select(&vec![0; rows]);
            }
            memos.push(Memo::new(formulas.bindings(&probe).ok()?));
        }
        (memos.len() == COUNT).then_some(Worlds { memos })
    }

    /// The number of rows at each point.
    pub(super) fn rows(&self) -> Values {
        std::array::from_fn(|k| vec![self.memos[k].rows() as f64])
    }

    /// The entries of a term at one point.
    pub(super) fn at(&mut self, arena: &Arena, term: Term, point: usize) -> Option<Vec<f64>> {
        let value = self.memos[point].value(arena, term).ok()?;
        let len = value.shape.dims.len();
        let found = value.data.get(..len)?.to_vec();
        found.iter().all(|v| v.is_finite()).then_some(found)
    }

    /// The entries of a term at every point; `None` where one is not finite.
    pub(super) fn values(&mut self, arena: &Arena, term: Term) -> Option<Values> {
        let mut all = Values::default();
        for (point, slot) in all.iter_mut().enumerate() {
            *slot = self.at(arena, term, point)?;
        }
        Some(all)
    }
}
