//! Models, data and parameters from what stands on the command line.

use std::path::Path;

use anyhow::{Context, bail};
use whygrad::check::Formulas;
use whygrad::check::second_order::formulas::SecondFormulas;
use whygrad::data::{Dataset, bind, builtin, csv, nearest};
use whygrad::examples::{self, Example};
use whygrad::init::Initialiser;
use whygrad::interop::{parameters, run_folder};
use whygrad::model::{Model, ModelError, ModelOptions, one_word};
use whygrad::random::{Key, Purpose, Seed};

use crate::output;

/// A model and where it came from.
pub(crate) struct Loaded {
    pub(crate) model: Model,
    /// A short name for the run folder.
    pub(crate) name: String,
    /// The built-in model, where it is one.
    pub(crate) example: Option<&'static Example>,
    /// The run folder, where it came from one.
    pub(crate) run: Option<std::path::PathBuf>,
}

/// Ends the command with status 2 after its messages were written.
fn refused() -> anyhow::Error {
    anyhow::anyhow!("")
}

/// Reads the MODEL argument: a file, a run folder, a built-in name, one word, or the text itself.
pub(crate) fn model(argument: &str, options: &ModelOptions) -> anyhow::Result<Loaded> {
    model_and_gradient(argument, options, "the gradient")
}

/// Reads the MODEL argument; what is said of the gradient among the options names this file.
pub(crate) fn model_and_gradient(
    argument: &str,
    options: &ModelOptions,
    gradient_file: &str,
) -> anyhow::Result<Loaded> {
    let read = |text: &str| Model::parse(text, options).map(|model| (model, ()));
    Ok(model_with(argument, gradient_file, read)?.0)
}

/// Reads the MODEL argument and formulas for its gradient, which stand in the file named.
pub(crate) fn model_and_formulas(
    argument: &str,
    options: &ModelOptions,
    (formulas, file): (&str, &str),
) -> anyhow::Result<(Loaded, Formulas)> {
    let (loaded, formulas) = model_with(argument, file, |text| Formulas::read(text, options, formulas))?;
    output::diagnostics(&formulas.text, file, &formulas.warnings);
    Ok((loaded, formulas))
}

/// Reads the MODEL argument and formulas for its second derivatives, which stand in the file named.
pub(crate) fn model_and_second_formulas(
    argument: &str,
    options: &ModelOptions,
    (formulas, file): (&str, &str),
) -> anyhow::Result<(Loaded, SecondFormulas)> {
    let read = |text: &str| SecondFormulas::read(text, options, formulas);
    let (loaded, formulas) = model_with(argument, file, read)?;
    output::diagnostics(&formulas.text, file, &formulas.warnings);
    Ok((loaded, formulas))
}

/// Finds the text of the MODEL argument, reads it with what belongs to it, and shows what is said of either.
fn model_with<T>(
    argument: &str,
    gradient_file: &str,
    read: impl FnOnce(&str) -> Result<(Model, T), ModelError>,
) -> anyhow::Result<(Loaded, T)> {
    let path = Path::new(argument);
    let mut run = None;
    let mut example = None;
    let (text, file, name) = if is_file(path) {
        let text = read_text(path)?;
        let stem = path.file_stem().map_or("net".into(), |s| s.to_string_lossy().into_owned());
        (text, argument.to_owned(), stem)
    } else if run_folder::is_run(path) {
        run = Some(path.to_owned());
        let file = path.join(run_folder::MODEL);
        let name = path.file_name().map_or("run".into(), |s| s.to_string_lossy().into_owned());
        (read_text(&file)?, file.display().to_string(), name)
    } else if let Some(found) = examples::find(argument) {
        example = Some(found);
        (found.text.to_owned(), format!("built-in {argument}"), argument.to_owned())
    } else if one_word::looks_like_net(argument) {
        (one_word::expand(argument)?, argument.to_owned(), argument.to_owned())
    } else if argument.contains(['=', '\n', '\\']) || argument.contains("minimize ") {
        (argument.to_owned(), "the command line".to_owned(), "net".to_owned())
    } else {
        bail!("{}", unknown_model(argument));
    };
    match read(&text) {
        Ok((model, beside)) => {
            let shown = model.messages.clone();
            output::diagnostics(&text, &file, &shown);
            Ok((Loaded { model, name, example, run }, beside))
        }
        Err(error) => {
            let ((text, messages), gradient) = error.by_text();
            output::diagnostics(text, &file, &messages);
            if let Some((text, messages)) = gradient {
                output::diagnostics(text, gradient_file, &messages);
            }
            Err(refused())
        }
    }
}

/// True for what can be read: a file, or a pipe such as a shell's <(command).
fn is_file(path: &Path) -> bool {
    path.exists() && !path.is_dir()
}

/// True for a name that is meant as a file of this kind.
fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

fn unknown_model(argument: &str) -> String {
    let names: Vec<&str> = examples::EXAMPLES.iter().map(|e| e.name).collect();
    if Path::new(argument).is_dir() {
        return format!(
            "'{argument}' is a folder, and none that a run was written to; name a model file in it"
        );
    }
    if let Some(name) = nearest(argument, &names) {
        return format!("'{argument}' is no file and no built-in model; did you mean {name}?");
    }
    let what = if has_ending(argument, "model") || argument.contains('/') {
        format!("there is no file '{argument}'")
    } else {
        format!("'{argument}' is no file, no built-in model and no net in one word")
    };
    format!(
        "{what}\nbuilt in are {}; a net in one word looks like 2-2sigmoid-1; \
         a formula is written in quotes: 'y_hat = w*x + b'",
        names.join(", ")
    )
}

/// Reads a file as text.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).map_err(|e| {
        anyhow::anyhow!(
            "{} is not UTF-8 text (byte {}); save it as UTF-8",
            path.display(),
            e.utf8_error().valid_up_to()
        )
    })
}

/// Reads a file as text, or standard input where `-` stands for it.
pub(crate) fn text_of(file: &str) -> anyhow::Result<String> {
    if file != "-" {
        let path = Path::new(file);
        let result = path.join(run_folder::RESULT);
        return read_text(if run_folder::is_run(path) { &result } else { path });
    }
    std::io::read_to_string(std::io::stdin()).context("cannot read standard input as text")
}

/// True where rows are at hand without asking for them.
pub(crate) fn has_data(loaded: &Loaded, arguments: &DataArguments) -> bool {
    let of_run = || loaded.run.as_deref().is_some_and(|run| earlier_choices(run)["data"].is_string());
    arguments.data.is_some() || loaded.example.is_some() || of_run()
}

/// Which columns of the data are which.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct DataArguments {
    /// The data: a CSV file, or built in such as xor, parity-3 or 'moons(n=200, noise=0.1)'
    #[arg(long, value_name = "DATA")]
    pub(crate) data: Option<String>,
    /// The columns that are inputs, in order (default: by name)
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) inputs: Option<Vec<String>>,
    /// The columns that are targets, in order (default: by name)
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub(crate) targets: Option<Vec<String>>,
}

/// Reads the data and binds its columns to the model's names.
pub(crate) fn dataset(loaded: &Loaded, arguments: &DataArguments, seed: u64) -> anyhow::Result<Dataset> {
    if loaded.model.plain_function && arguments.data.is_none() {
        let (inputs, targets, input_names, target_names) = Default::default();
        return Ok(Dataset { inputs, targets, rows: 1, input_names, target_names });
    }
    let earlier = loaded.run.as_deref().map(earlier_choices).unwrap_or_default();
    let own = arguments.data.is_none();
    let seed = if own { earlier["seed"].as_u64().unwrap_or(seed) } else { seed };
    let columns = |said: &Option<Vec<String>>, key: &str| {
        let earlier = || serde_json::from_value(earlier[key].clone()).ok().flatten();
        said.clone().or_else(|| own.then(earlier).flatten())
    };
    let spec = match (&arguments.data, loaded.example, data_of(&earlier)) {
        (Some(spec), ..) => spec.clone(),
        (None, Some(example), _) => example.data.to_owned(),
        (None, None, Some(spec)) => spec,
        (None, None, None) => {
            bail!("the model needs data: add --data FILE.csv, or a built-in one such as --data xor")
        }
    };
    let path = Path::new(&spec);
    let (table, notes, file) = if is_file(path) {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {spec}"))?;
        let (table, notes) = csv::read(&bytes, &spec).map_err(|errors| several(&errors))?;
        (table, notes, Some(spec.as_str()))
    } else if path.is_dir() {
        bail!("'{spec}' is a folder; name a CSV file in it");
    } else if (has_ending(&spec, "csv") || spec.contains('/')) && own && loaded.run.is_some() {
        bail!(
            "there is no file '{spec}'; the run was trained on it: call this from the folder it was trained in, or add \
             --data FILE"
        );
    } else if has_ending(&spec, "csv") || spec.contains('/') {
        bail!("there is no file '{spec}'");
    } else {
        let key = Key::from_seed(Seed(seed)).purpose(Purpose::Data);
        (builtin::table(&spec, key)?, vec![], None)
    };
    let model = &loaded.model;
    let options = bind::BindOptions {
        inputs: columns(&arguments.inputs, "inputs"),
        targets: columns(&arguments.targets, "targets"),
        ..bind::BindOptions::default()
    };
    let bound = model.bind(&table, &options);
    let (dataset, more) = bound.map_err(|errors| {
        let errors: Vec<_> = match file {
            Some(file) => errors.into_iter().map(|e| e.in_file(file)).collect(),
            None => errors,
        };
        several(&errors)
    })?;
    for note in notes.iter().chain(&more) {
        output::say(&format!("note: {note}"));
    }
    Ok(dataset)
}

/// Under this name the options of a run have the place of its data from everywhere.
const DATA_PATH: &str = "data_path";

/// What the options of a run say of its data: a file by the name it had, or where none has it here by its whole path.
pub(crate) fn data_of(choices: &serde_json::Value) -> Option<String> {
    let said = choices["data"].as_str()?;
    let whole = choices[DATA_PATH].as_str().filter(|whole| is_file(Path::new(whole)));
    Some(if is_file(Path::new(said)) { said } else { whole.unwrap_or(said) }.to_owned())
}

/// Notes in the options of a run what it was trained on.
pub(crate) fn remember(options: &mut serde_json::Value, loaded: &Loaded, arguments: &DataArguments) {
    let earlier = loaded.run.as_deref().map(earlier_choices).unwrap_or_default();
    let said = |said: Option<serde_json::Value>, key: &str| match said {
        Some(value) => value,
        None if arguments.data.is_none() => earlier[key].clone(),
        None => serde_json::Value::Null,
    };
    let example = loaded.example.map(|e| e.data.to_owned());
    options["data"] = said(arguments.data.clone().or(example).map(Into::into), "data");
    if arguments.data.is_none() && earlier[DATA_PATH].is_string() {
        options[DATA_PATH] = earlier[DATA_PATH].clone();
    }
    let file = options["data"].as_str().map(Path::new).filter(|file| is_file(file));
    if let Some(whole) = file.and_then(|file| std::path::absolute(file).ok()) {
        options[DATA_PATH] = whole.display().to_string().into();
    }
    options["inputs"] = said(arguments.inputs.clone().map(Into::into), "inputs");
    options["targets"] = said(arguments.targets.clone().map(Into::into), "targets");
}

/// The options of an earlier run, as far as they can be read.
fn earlier_choices(folder: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join(run_folder::OPTIONS)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn several(errors: &[whygrad::data::DataError]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("{}", lines.join("\n       "))
}

/// Reads parameters from a file.
pub(crate) fn parameters_from(path: &Path, model: &Model) -> anyhow::Result<Vec<f64>> {
    let result = path.join(run_folder::RESULT);
    let path = if run_folder::is_run(path) { &result } else { path };
    let text = read_text(path)?;
    parameters::read(&text, model).with_context(|| path.display().to_string())
}

/// What `--init` says: a file of values, or how to draw them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Init {
    /// Values from a file, or written out as JSON: its text and what to call it.
    Values(String, String),
    /// Drawn.
    Drawn(Initialiser),
}

/// Reads `--init`.
pub(crate) fn init(argument: &str) -> anyhow::Result<Init> {
    let path = Path::new(argument);
    if argument.trim_start().starts_with(['[', '{']) {
        return Ok(Init::Values(argument.to_owned(), "--init".into()));
    }
    if run_folder::is_run(path) {
        let result = path.join(run_folder::RESULT);
        return Ok(Init::Values(read_text(&result)?, result.display().to_string()));
    }
    if path.is_dir() {
        bail!("'{argument}' is a folder, and none that a run was written to");
    }
    if is_file(path) {
        return Ok(Init::Values(read_text(path)?, argument.to_owned()));
    }
    if has_ending(argument, "json") {
        bail!("there is no file '{argument}'");
    }
    Ok(Init::Drawn(argument.parse::<Initialiser>()?))
}
