//! placeholder
use super::Suspicion;
use crate::why::scene::Scene;
pub(super) fn look(_: &Scene<'_>) -> Vec<Suspicion> {
    vec![]
}
