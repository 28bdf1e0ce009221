//! The result of a check of second derivatives, as that of a gradient is given.

use serde_json::{Value, json};

use super::check::{check_json, check_text};
use crate::check::second_order::{SecondOrderReport, What};

/// The document of a check of second derivatives: that of a gradient, with `"order": 2` and what was given.
pub fn second_order_json(found: &SecondOrderReport) -> Value {
    let mut document = check_json(&found.report);
    if let Value::Object(map) = &mut document {
        map.insert("order".into(), json!(2));
        let what = if found.what == What::Hessian { "hessian" } else { "product" };
        map.insert("given".into(), json!(what));
    }
    document
}

/// The report as text. `next` is the command that helps where all is right and the trouble elsewhere.
pub fn second_order_text(found: &SecondOrderReport, next: &str) -> String {
    let what = match found.what {
        What::Hessian => "Your Hessian",
        What::Product => "Your product of the Hessian with a vector",
    };
    check_text(&found.report, next).replacen("Your gradient", what, 1)
}
