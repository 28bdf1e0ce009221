//! `whygrad minimize`

use std::fmt::Write as _;

use anyhow::bail;
use whygrad::model::Model;
use whygrad::report;
use whygrad::train::{Run, train};

use super::train::{RunArguments, folder as run_files};
use crate::output;
use crate::progress::Watch;

/// What `minimize` takes.
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  whygrad minimize 'x^4 - 3*x^3 + 2' --start x=4 --lr 0.01 --tol 1e-5
  whygrad minimize '(1 - a)^2 + 100*(b - a^2)^2' --start a=-1 --start b=2 --lr 0.001
  whygrad minimize '(1 - a)^2 + 100*(b - a^2)^2' --start a=-1,b=2 --optimiser lbfgs",
    mut_arg("learning_rate", |a| a.help("The learning rate (default: that of the optimiser's paper, else 0.01)")),
)]
pub(crate) struct Arguments {
    /// The function, or a model file with `minimize ...`
    expression: String,
    /// Where to start, name=value; may be given several times or separated by commas
    #[arg(long, value_name = "x=4", value_delimiter = ',')]
    start: Vec<String>,
    #[command(flatten)]
    run: RunArguments,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let argument = if std::path::Path::new(&a.expression).is_file() || a.expression.contains("minimi") {
        a.expression.clone()
    } else {
        format!("minimize {}", a.expression)
    };
    let loaded = a.run.model(&argument, None)?;
    let model = &loaded.model;
    if !model.plain_function {
        bail!("this model needs data; write: whygrad train {} --data ...", a.expression);
    }
    let start = start(a, model)?;
    let mut options = a.run.options(0.01, 10_000);
    a.run.steps.settle(&mut options, None)?;
    options.keep_path = true;
    a.run.say_useless(&options);
    // Plain descent needs no words.
    if !a.run.json && !a.run.quiet && a.run.steps.optimiser.is_some() {
        output::say(&a.run.steps.described(&options, &[]));
    }
    let folder = a.run.out.as_ref().filter(|p| p.as_os_str() != "none");
    if let Some(folder) = folder {
        run_files::can_write(folder)?;
    }
    let mut watch = Watch::new(options.epochs, a.run.quiet);
    let run = train(model, None, &start, &options, &mut |p| watch.see(p))?;
    let seconds = watch.finish();
    let mut document = report::run_json(model, &run, None, seconds);
    document["path"] = serde_json::json!(thinned(&run.path));
    document["options"] = serde_json::to_value(&options)?;
    if let Some(folder) = folder {
        let figures: Vec<_> =
            report::path_figure(model, &run).map(|figure| ("descent.svg", figure)).into_iter().collect();
        run_files::save(
            folder,
            model,
            (&serde_json::to_value(&options)?, &document),
            (&run, &figures),
            vec![],
        )?;
    }
    if a.run.json {
        return output::json(&document);
    }
    if a.run.quiet {
        return Ok(());
    }
    let mut text = String::new();
    for figure in report::path_figure(model, &run).iter().chain(&report::loss_figure(&run)) {
        text.push_str(&output::figure(figure, 14));
        text.push('\n');
    }
    text.push_str(&table(model, &run));
    for (p, value) in model.program.parameters.iter().zip(&run.theta) {
        let _ = writeln!(text, "{} = {}", p.name, output::number(*value));
    }
    let _ = writeln!(text, "f = {}", output::number(run.loss));
    let _ = writeln!(text, "Stopped: {}.", report::stop_sentence(model, &run));
    output::data(&text)
}

fn start(a: &Arguments, model: &Model) -> anyhow::Result<Vec<f64>> {
    let mut values = model.start();
    let entries: Vec<String> = model.program.entry_names();
    for part in &a.start {
        let Some((name, value)) = part.split_once('=') else {
            bail!("--start '{part}' is no name=value; write --start {}=1", entries[0]);
        };
        let Some(at) = entries.iter().position(|e| e == name.trim()) else {
            bail!("the function has no variable '{}'; it has {}", name.trim(), entries.join(", "));
        };
        match value.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => values[at] = Some(value),
            _ => bail!("--start '{part}': '{value}' is no finite number; write {name}=4"),
        }
    }
    let missing: Vec<&str> =
        entries.iter().zip(&values).filter(|(_, v)| v.is_none()).map(|(e, _)| e.as_str()).collect();
    if !missing.is_empty() {
        bail!("where to start? add --start {}=1", missing.join("=1,"));
    }
    Ok(values.into_iter().flatten().collect())
}

/// At most a thousand points, first and last kept.
fn thinned(path: &[Vec<f64>]) -> Vec<&Vec<f64>> {
    if path.len() <= 1000 {
        return path.iter().collect();
    }
    (0..1000).map(|k| &path[k * (path.len() - 1) / 999]).collect()
}

/// The first and the last steps.
fn table(model: &Model, run: &Run) -> String {
    let mut text = String::new();
    let losses = run.history.points();
    let names: Vec<&str> = model.program.parameters.iter().map(|p| p.name.as_str()).collect();
    if run.path.first().is_none_or(|theta| theta.len() > 6) {
        return text;
    }
    let _ = writeln!(text, "{:>6}  {:>24}  {:>24}", "step", names.join(", "), "f");
    let last = run.path.len() - 1;
    for (step, (theta, loss)) in run.path.iter().zip(&losses).enumerate() {
        if step > 8 && step + 4 <= last {
            if step == 9 {
                let _ = writeln!(text, "{:>6}", "...");
            }
            continue;
        }
        let point: Vec<String> = theta.iter().map(|&v| output::number(v)).collect();
        let _ = writeln!(text, "{:>6}  {:>24}  {:>24}", loss.0, point.join(", "), output::number(loss.1));
    }
    text
}
