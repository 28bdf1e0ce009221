//! What the restarts of a table have in common, so that none are added to it that were made otherwise.

use serde_json::{Value as Json, json};
use whygrad::data::Dataset;
use whygrad::odds::sweep::Value;
use whygrad::train::{FleetOptions, Solved};

use super::Arguments;
use super::nets::Place;

/// The document beside a table.
pub(super) fn choices(a: &Arguments, base: &Place, fleet: &FleetOptions, settings: &[Vec<Value>]) -> Json {
    let swept = !a.sweep.is_empty();
    json!({
        "model": base.loaded.model.source,
        "loss": base.loaded.model.loss_text,
        "data": fingerprint(base.data),
        "rows": base.data.rows,
        "options": fleet.options,
        "solved": rule(fleet.solved),
        "early_stop": fleet.early_stop,
        "portable": fleet.portable,
        "sweep": a.sweep,
        // Without a sweep more restarts can be added; with one, they would come between the settings.
        "restarts": swept.then_some(a.restarts()),
        "settings": settings.len(),
    })
}

/// When a net counts as solved.
pub(super) fn rule(solved: Solved) -> Json {
    match solved {
        Solved::Never => json!(null),
        Solved::Within(distance) => json!({"within": distance}),
        Solved::TargetLoss(loss) => json!({"target_loss": loss}),
    }
}

/// A number that changes with any bit of the data: FNV-1a (Fowler, Noll and Vo, 1991) with 64 bits.
fn fingerprint(data: &Dataset) -> String {
    let numbers = data.inputs.iter().chain(&data.targets);
    let hash = numbers
        .flat_map(|number| number.to_bits().to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}
