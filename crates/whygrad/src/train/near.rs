//! How many outputs are still far from their targets, as a term that runs beside the loss.

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::Program;

use super::backward;
use crate::model::Logits;

/// The number of outputs, over all rows, that are not nearer than `limit` to their targets, logits
/// read as the probabilities they stand for; what is not a number is far. `None` where outputs and
/// targets do not pair.
pub(super) fn far_outputs(program: &mut Program, logits: Option<Logits>, limit: f64) -> Option<Term> {
    let nearness = backward::masks(program, logits, limit).ok()?;
    let arena = &mut program.arena;
    let (zero, one) = (arena.constant(0.0), arena.constant(1.0));
    let mut count = zero;
    for near in nearness {
        let far = arena.make(Op::Select(near, zero, one));
        let far = arena.sum_entries(far);
        let far = arena.sum_rows(far);
        count = if count == zero { far } else { arena.zip(Zip::Add, count, far).ok()? };
    }
    Some(count)
}
