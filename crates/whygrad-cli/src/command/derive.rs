//! `whygrad derive`

use anyhow::Context;
use whygrad::derive::{DeriveOptions, Form, Format, Steps, derive};
use whygrad::model::ModelOptions;

use crate::{input, output};

/// What `derive` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad derive xor                              both forms, as text
  whygrad derive net.model --format latex > gradient.tex
  whygrad derive 2-4sigmoid-4sigmoid-1sigmoid --format python > net.py
  whygrad derive xor-on-paper --steps w3          the chain of one weight
  whygrad derive xor-on-paper --hessian")]
pub(crate) struct Arguments {
    /// A model file, a run folder, a built-in name, a net in one word, or a formula in quotes
    model: String,
    /// The loss, in place of the model's own: mse, half_sse, cross_entropy, ...
    #[arg(long, value_name = "NAME")]
    loss: Option<String>,
    /// text, latex, mathml, html, python, numpy, r, julia, octave, c, rust or javascript
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Which form of a net: scalar, matrix, both, or auto (both up to 20 parameters)
    #[arg(long, value_name = "FORM", default_value = "auto")]
    form: Form,
    /// The chain rule line by line: of everything, or of the parameter named
    #[arg(long, value_name = "PARAMETER", num_args = 0..=1, default_missing_value = "")]
    steps: Option<String>,
    /// The second derivatives too (up to 30 parameters)
    #[arg(long)]
    hessian: bool,
    /// LaTeX without the preamble, to be pasted into a document
    #[arg(long)]
    fragment: bool,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<std::path::PathBuf>,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let options = ModelOptions { loss: a.loss.clone(), ..ModelOptions::default() };
    let loaded = input::model(&a.model, &options)?;
    let wanted = DeriveOptions {
        form: a.form,
        steps: match a.steps.as_deref() {
            None => Steps::No,
            Some("") => Steps::All,
            Some(parameter) => Steps::Of(parameter.to_owned()),
        },
        hessian: a.hessian,
        fragment: a.fragment,
    };
    let text = derive(&loaded.model, a.format, &wanted)?;
    match &a.output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            output::say(&format!("written to {}", path.display()));
            Ok(())
        }
        None => output::data(&text),
    }
}
