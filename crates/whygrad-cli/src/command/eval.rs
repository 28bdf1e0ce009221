//! `whygrad eval`

use std::fmt::Write as _;

use anyhow::{Context, bail};
use whygrad::interop::{parameters, run_folder};
use whygrad::model::ModelOptions;
use whygrad::report;
use whygrad::train::evaluate;

use super::outcome::table;
use crate::input::{self, DataArguments, Init};
use crate::output;

/// What `eval` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad eval net.model --data xor --init weights.json
  whygrad eval runs/xor-1                  on the data it was trained on
  whygrad eval runs/xor-1 --data more.csv")]
pub(crate) struct Arguments {
    /// A model, or the folder of a run
    model: String,
    #[command(flatten)]
    data: DataArguments,
    /// The parameters: JSON by name or as one flat list (a run folder brings its own)
    #[arg(long, value_name = "FILE")]
    init: Option<String>,
    /// The loss, in place of the model's own
    #[arg(long, value_name = "NAME")]
    loss: Option<String>,
    /// The seed of built-in data that is drawn
    #[arg(long, value_name = "SEED", default_value_t = 1, value_parser = super::train::whole, allow_negative_numbers = true)]
    seed: u64,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// The most wrong rows on the screen.
const WRONG: usize = 20;

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let options = ModelOptions { loss: a.loss.clone(), ..ModelOptions::default() };
    let loaded = input::model(&a.model, &options)?;
    let theta = match (&a.init, &loaded.run) {
        (Some(said), _) => match input::init(said)? {
            Init::Values(text, place) => parameters::read(&text, &loaded.model).context(place)?,
            Init::Drawn(_) => bail!("--init '{said}' is no file and no list; give a JSON file of parameters"),
        },
        (None, Some(folder)) => input::parameters_from(&folder.join(run_folder::RESULT), &loaded.model)?,
        (None, None) => match loaded.model.start().into_iter().collect::<Option<Vec<f64>>>() {
            Some(given) => given,
            None => bail!("the parameters are missing: add --init FILE, a JSON file by name or as one list"),
        },
    };
    let data = input::dataset(&loaded, &a.data, a.seed)?;
    let evaluation = evaluate(&loaded.model, &data, &theta);
    if a.json {
        return output::json(&report::evaluation_json(&loaded.model, &evaluation, &theta));
    }
    let mut text = format!("{}\n", loaded.model.describe());
    text.push_str(&table(&data, &evaluation));
    let _ = writeln!(text, "Loss {}", output::number(evaluation.loss));
    if let Some(accuracy) = evaluation.accuracy {
        let right = data.rows - evaluation.wrong.len();
        let _ = writeln!(
            text,
            "{right} of {} rows right ({:.1} %), counting {}",
            data.rows,
            100.0 * accuracy,
            report::rule_of_right(&loaded.model)
        );
    }
    for w in evaluation.wrong.iter().take(WRONG) {
        let _ = writeln!(
            text,
            "wrong: row {} {:?} gives {:?}, should be {:?}",
            w.row, w.inputs, w.prediction, w.target
        );
    }
    if evaluation.wrong.len() > WRONG {
        let _ = writeln!(text, "... and {} more wrong rows", evaluation.wrong.len() - WRONG);
    }
    output::data(&text)
}
