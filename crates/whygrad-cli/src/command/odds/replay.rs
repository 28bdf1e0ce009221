//! The command that trains a restart again, or a setting.

use whygrad::odds::sweep::{Setting, Value};
use whygrad::train::{BatchSize, Precision, RandomSource};

use super::Arguments;
use super::nets::model_argument;
use crate::command::steps::StepArguments;

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
    words.join(" ")
}

/// `whygrad odds ...` for one setting of a sweep.
pub(super) fn setting(a: &Arguments, values: &[Value]) -> String {
    let mut words = shared(a, "odds", values);
    option(&mut words, "within", a.within);
    option(&mut words, "target-loss", a.run.target_loss);
    if a.no_early_stop {
        words.push("--no-early-stop".into());
    }
    option(&mut words, "restarts", a.restarts);
    words.join(" ")
}

/// What `train` and `odds` say in the same way; swept values stand in place of what was said.
fn shared(a: &Arguments, verb: &str, values: &[Value]) -> Vec<String> {
    let swept =
        |setting: Setting| values.iter().find(|value| value.setting() == setting).map(ToString::to_string);
    let hidden =
        values.iter().find_map(|value| if let Value::Hidden(units) = value { Some(*units) } else { None });
    let model = model_argument(&a.model, hidden).unwrap_or_else(|_| a.model.clone());
    let mut words = vec!["whygrad".to_owned(), verb.to_owned(), quoted(&model)];
    let (net, run) = (&a.net, &a.run);
    let list = |names: &Option<Vec<String>>| names.as_ref().map(|names| names.join(","));
    option(&mut words, "data", net.data.data.clone());
    option(&mut words, "inputs", list(&net.data.inputs));
    option(&mut words, "targets", list(&net.data.targets));
    option(&mut words, "loss", swept(Setting::Loss).or_else(|| net.loss.clone()));
    option(&mut words, "gradient", run.gradient.as_ref().map(|path| path.display().to_string()));
    steps(&mut words, &run.steps, &swept);
    option(&mut words, "epochs", swept(Setting::Epochs).or_else(|| run.epochs.map(|n| n.to_string())));
    let batch = (net.batch != BatchSize::Full).then(|| net.batch.to_string());
    option(&mut words, "batch", swept(Setting::Batch).or(batch));
    if net.shuffle {
        words.push("--shuffle".into());
    }
    option(&mut words, "init", swept(Setting::Init).or_else(|| net.init.clone()));
    if net.random == RandomSource::Python {
        option(&mut words, "random", Some("python"));
    }
    if run.precision == Precision::F32 {
        option(&mut words, "precision", Some("f32"));
    }
    if run.portable {
        words.push("--portable".into());
    }
    option(&mut words, "tol", run.tol);
    option(&mut words, "gradient-norm", run.gradient_norm);
    option(&mut words, "seed", Some(run.seed));
    words
}

/// The options on steps. A learning rate that was not said is the same again.
fn steps(words: &mut Vec<String>, said: &StepArguments, swept: &dyn Fn(Setting) -> Option<String>) {
    let text = |number: Option<f64>| number.map(|number| number.to_string());
    option(
        words,
        "optimiser",
        swept(Setting::Optimiser).or_else(|| said.optimiser.as_ref().map(|chosen| chosen.stepping.short())),
    );
    option(words, "momentum", swept(Setting::Momentum).or_else(|| text(said.momentum)));
    option(words, "lr", swept(Setting::LearningRate).or_else(|| text(said.learning_rate)));
    option(
        words,
        "schedule",
        swept(Setting::Schedule).or_else(|| said.schedule.map(|schedule| schedule.to_string())),
    );
    for (factor, value) in said.factors() {
        let setting = Setting::Factor(factor);
        option(words, setting.name(), swept(setting).or_else(|| text(value)));
    }
}

fn option(words: &mut Vec<String>, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        words.push(format!("--{name}"));
        words.push(quoted(&value.to_string()));
    }
}

/// A word as a shell takes it: in single quotes where it has letters that mean something there.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(quoted("2-2sigmoid-1"), "2-2sigmoid-1");
        assert_eq!(quoted("uniform(-1, 1)"), "'uniform(-1, 1)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
