//! The command that trains a restart again, or a setting.

use whygrad::interop::shell::line;
use whygrad::odds::sweep::{Setting, Value};

use super::Arguments;
use super::nets::model_argument;
use crate::command::said::{flag, option, options};

/// `whygrad train ... --restart K` for a restart of a setting.
pub(super) fn restart(a: &Arguments, values: &[Value], restart: u64) -> String {
    let mut words = shared(a, "train", values);
    if !a.no_early_stop {
        match (a.within, a.run.target_loss) {
            (Some(distance), _) => option(&mut words, "within", Some(distance)),
            (None, Some(_)) => option(&mut words, "target-loss", a.run.target_loss),
            (None, None) => words.push("--until-right".into()),
        }
    }
    option(&mut words, "restart", Some(restart));
    line(&words)
}

/// `whygrad odds ...` for one setting of a sweep.
pub(super) fn setting(a: &Arguments, values: &[Value]) -> String {
    let mut words = shared(a, "odds", values);
    option(&mut words, "within", a.within);
    option(&mut words, "target-loss", a.run.target_loss);
    flag(&mut words, "no-early-stop", a.no_early_stop);
    option(&mut words, "restarts", a.restarts);
    line(&words)
}

/// What `train` and `odds` say in the same way; swept values stand in place of what was said.
fn shared(a: &Arguments, verb: &str, values: &[Value]) -> Vec<String> {
    let swept =
        |setting: Setting| values.iter().find(|value| value.setting() == setting).map(ToString::to_string);
    let hidden =
        values.iter().find_map(|value| if let Value::Hidden(units) = value { Some(*units) } else { None });
    let model = model_argument(&a.model, hidden).unwrap_or_else(|_| a.model.clone());
    let mut words = vec!["whygrad".to_owned(), verb.to_owned(), model];
    let data = &a.net.data;
    let list = |names: &Option<Vec<String>>| names.as_ref().map(|names| names.join(","));
    option(&mut words, "data", data.data.clone());
    option(&mut words, "inputs", list(&data.inputs));
    option(&mut words, "targets", list(&data.targets));
    words.extend(options(&a.net, &a.run, &swept));
    words
}
