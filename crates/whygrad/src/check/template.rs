//! A program for the person to write a gradient into: it reads the questions, knows the model's names and answers.
//!
//! Each language has a file with the text that all models share; the lines with `@word@` are made for the model.
//! None needs a package: where a language reads no JSON by itself, the numbers are taken from between the brackets.

use std::collections::BTreeSet;
use std::str::FromStr;

use whygrad_expr::program::Parameter;

use crate::data::nearest;
use crate::model::{ColumnGroup, Model};

/// A language with a skeleton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Python 3, its own library only.
    Python,
    /// R, without packages.
    R,
    /// Octave.
    Octave,
    /// Julia, without packages.
    Julia,
    /// JavaScript for Node.
    Javascript,
    /// Rust, one file for `rustc`.
    Rust,
}

impl Template {
    /// Every language.
    pub const ALL: [Template; 6] = [
        Template::Python,
        Template::R,
        Template::Octave,
        Template::Julia,
        Template::Javascript,
        Template::Rust,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Template::Python => "python",
            Template::R => "r",
            Template::Octave => "octave",
            Template::Julia => "julia",
            Template::Javascript => "javascript",
            Template::Rust => "rust",
        }
    }

    /// The command that runs the file of this name.
    pub fn command(self, file: &str) -> String {
        match self {
            Template::Python => format!("python3 {file}"),
            Template::R => format!("Rscript {file}"),
            Template::Octave => format!("octave --no-gui -q {file}"),
            Template::Julia => format!("julia {file}"),
            Template::Javascript => format!("node {file}"),
            Template::Rust => format!("rustc -O {file} -o {file}.bin && ./{file}.bin"),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Template::Python => include_str!("template/skeleton.py"),
            Template::R => include_str!("template/skeleton.r"),
            Template::Octave => include_str!("template/skeleton.m"),
            Template::Julia => include_str!("template/skeleton.jl"),
            Template::Javascript => include_str!("template/skeleton.js"),
            Template::Rust => include_str!("template/skeleton.rust"),
        }
    }

    /// The program for a model. Every derivative in it is 0 until the person writes another.
    pub fn write(self, model: &Model) -> String {
        let variables = Variables::of(model);
        let mut text = String::new();
        for line in self.text().lines() {
            match line.split('@').nth(1).filter(|_| line.matches('@').count() >= 2) {
                Some(_) => text.push_str(&self.filled(line, model, &variables)),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }

    /// A line with its words filled in; once for each entry where the word stands for several.
    fn filled(self, line: &str, model: &Model, variables: &Variables) -> String {
        let width = (model.program.input_width(), model.program.target_width());
        let parameters = || model.program.parameters.iter().zip(&variables.parameters);
        let repeated = |word: &str, entries: Vec<String>| -> Option<String> {
            let mark = format!("@{word}@");
            let lines: Vec<String> = entries.iter().map(|e| line.replace(&mark, e)).collect();
            line.contains(&mark).then(|| lines.join("\n"))
        };
        let several = repeated("parameters", parameters().map(|(p, v)| self.parameter(p, v)).collect())
            .or_else(|| repeated("zeros", parameters().map(|(p, v)| self.zero(p, v)).collect()))
            .or_else(|| repeated("columns", self.columns(model, variables)))
            .or_else(|| repeated("model", model.source.lines().map(str::to_owned).collect()));
        let pairs: Vec<String> = parameters().map(|(p, v)| self.pair(p, v)).collect();
        let separator = if self == Template::Octave { "; " } else { ", " };
        let example = parameters().next().map_or_else(String::new, |(p, v)| self.example(p, v));
        several.unwrap_or_else(|| {
            line.replace("@pairs@", &pairs.join(separator))
                .replace("@example@", &example)
                .replace("@rows@", &self.rows(width))
                .replace("@input_width@", &width.0.to_string())
                .replace("@target_width@", &width.1.to_string())
        })
    }

    /// The line that gives a parameter its name.
    fn parameter(self, p: &Parameter, name: &str) -> String {
        let (from, to, len) = (p.offset, p.offset + p.len(), p.len());
        let key = &p.name;
        match (self, &p.shape[..]) {
            (Template::Python, _) => format!("{name} = params[\"{key}\"]{}", remark("  # ", p)),
            (Template::Javascript, _) => format!("const {name} = params[\"{key}\"];{}", remark(" // ", p)),
            (Template::R, []) => format!("{name} <- theta[{to}]"),
            (Template::R, [rows, _]) => {
                format!("{name} <- matrix(theta[{}:{to}], nrow = {rows}, byrow = TRUE)", from + 1)
            }
            (Template::R, _) => format!("{name} <- theta[{}:{to}]", from + 1),
            (Template::Octave, []) => format!("{name} = theta({to});"),
            (Template::Octave, [rows, columns]) => {
                format!("{name} = reshape(theta({}:{to}), {columns}, {rows})';", from + 1)
            }
            (Template::Octave, _) => format!("{name} = theta({}:{to})';", from + 1),
            (Template::Julia, []) => format!("{name} = theta[{to}]"),
            (Template::Julia, [rows, columns]) => {
                format!("{name} = permutedims(reshape(theta[{}:{to}], {columns}, {rows}))", from + 1)
            }
            (Template::Julia, _) => format!("{name} = theta[{}:{to}]", from + 1),
            (Template::Rust, []) => format!("let {name} = theta[{from}];"),
            (Template::Rust, [_, columns]) => format!(
                "let {name}: Vec<&[f64]> = theta[{from}..{to}].chunks({columns}).collect(); // {name}[row][column]"
            ),
            (Template::Rust, _) => format!("let {name} = &theta[{from}..{to}]; // {len} numbers"),
        }
    }

    /// The line that begins a derivative.
    fn zero(self, p: &Parameter, name: &str) -> String {
        let len = p.len();
        match (self, &p.shape[..]) {
            (Template::Python, []) => format!("d{name} = 0.0"),
            (Template::Python, [rows, columns]) => {
                format!("d{name} = [[0.0] * {columns} for _ in range({rows})]")
            }
            (Template::Python, _) => format!("d{name} = [0.0] * {len}"),
            (Template::Javascript, []) => format!("let d{name} = 0;"),
            (Template::Javascript, [rows, columns]) => {
                format!("const d{name} = Array.from({{ length: {rows} }}, () => Array({columns}).fill(0));")
            }
            (Template::Javascript, _) => format!("const d{name} = Array({len}).fill(0);"),
            (Template::R, []) => format!("d{name} <- 0"),
            (Template::R, [rows, columns]) => format!("d{name} <- matrix(0, {rows}, {columns})"),
            (Template::R, _) => format!("d{name} <- numeric({len})"),
            (Template::Octave, []) => format!("d{name} = 0;"),
            (Template::Octave, [rows, columns]) => format!("d{name} = zeros({rows}, {columns});"),
            (Template::Octave, _) => format!("d{name} = zeros({len}, 1);"),
            (Template::Julia, []) => format!("d{name} = 0.0"),
            (Template::Julia, [rows, columns]) => format!("d{name} = zeros({rows}, {columns})"),
            (Template::Julia, _) => format!("d{name} = zeros({len})"),
            (Template::Rust, []) => format!("let mut d{name} = 0.0;"),
            (Template::Rust, [rows, columns]) => {
                format!("let mut d{name} = vec![vec![0.0; {columns}]; {rows}];")
            }
            (Template::Rust, _) => format!("let mut d{name} = vec![0.0; {len}];"),
        }
    }

    /// A name and its derivative in the answer.
    fn pair(self, p: &Parameter, name: &str) -> String {
        let key = &p.name;
        match (self, &p.shape[..]) {
            (Template::Python | Template::Javascript, _) => format!("\"{key}\": d{name}"),
            (Template::R, _) => format!("\"{key}\" = d{name}"),
            (Template::Octave, _) => format!("'{key}', d{name}'"),
            (Template::Julia, _) => format!("(\"{key}\", d{name})"),
            (Template::Rust, []) => format!("(\"{key}\", vec![d{name}])"),
            (Template::Rust, [_, _]) => format!("(\"{key}\", d{name}.concat())"),
            (Template::Rust, _) => format!("(\"{key}\", d{name})"),
        }
    }

    /// How a derivative is added to.
    fn example(self, p: &Parameter, name: &str) -> String {
        let entry = match (self, p.shape.len()) {
            (_, 0) => String::new(),
            (Template::R | Template::Julia, 1) => "[1]".into(),
            (Template::R | Template::Julia, _) => "[1, 1]".into(),
            (Template::Octave, 1) => "(1)".into(),
            (Template::Octave, _) => "(1, 1)".into(),
            (_, 1) => "[0]".into(),
            (_, _) => "[0][0]".into(),
        };
        match self {
            Template::R => format!("d{name}{entry} <- d{name}{entry} + ..."),
            _ => format!("d{name}{entry} += ..."),
        }
    }

    /// How many rows there are.
    fn rows(self, (inputs, targets): (usize, usize)) -> String {
        let (name, width) = if inputs > 0 { ("inputs", inputs) } else { ("targets", targets) };
        if width == 0 {
            return "1".into();
        }
        match self {
            Template::Python => format!("len({name})"),
            Template::Javascript => format!("{name}.length"),
            Template::R => format!("nrow({name})"),
            Template::Octave | Template::Julia => format!("size({name}, 1)"),
            Template::Rust => format!("{name}.len() / {width}"),
        }
    }

    /// The lines that give the columns of a row their names.
    fn columns(self, model: &Model, variables: &Variables) -> Vec<String> {
        let width = (model.program.input_width(), model.program.target_width());
        let sides = [
            ("inputs", &model.inputs, &variables.inputs, width.0),
            ("targets", &model.targets, &variables.targets, width.1),
        ];
        let mut lines = Vec::new();
        for (side, groups, names, width) in sides {
            let mut first = 0;
            for (ColumnGroup { size, .. }, name) in groups.iter().zip(names) {
                lines.push(self.column(name, side, (first, *size, width)));
                first += size;
            }
        }
        lines
    }

    fn column(self, name: &str, side: &str, (first, size, width): (usize, usize, usize)) -> String {
        let (one, last) = (first + 1, first + size);
        match (self, size) {
            (Template::Python, 1) => format!("{name} = {side}[row][{first}]"),
            (Template::Python, _) => format!("{name} = {side}[row][{first}:{last}]"),
            (Template::Javascript, 1) => format!("const {name} = {side}[row][{first}];"),
            (Template::Javascript, _) => format!("const {name} = {side}[row].slice({first}, {last});"),
            (Template::R, 1) => format!("{name} <- {side}[row, {one}]"),
            (Template::R, _) => format!("{name} <- {side}[row, {one}:{last}]"),
            (Template::Octave, 1) => format!("{name} = {side}(row, {one});"),
            (Template::Octave, _) => format!("{name} = {side}(row, {one}:{last})';"),
            (Template::Julia, 1) => format!("{name} = {side}[row, {one}]"),
            (Template::Julia, _) => format!("{name} = {side}[row, {one}:{last}]"),
            (Template::Rust, 1) => format!("let {name} = {side}[{width} * row + {first}];"),
            (Template::Rust, _) => {
                format!("let {name} = &{side}[{width} * row + {first}..{width} * row + {last}];")
            }
        }
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Template, String> {
        let wanted = text.to_lowercase();
        let wanted = match wanted.as_str() {
            "py" | "python3" => "python",
            "js" | "node" => "javascript",
            "matlab" => "octave",
            "jl" => "julia",
            "rs" => "rust",
            other => other,
        };
        let names = Template::ALL.map(Template::name);
        let found = Template::ALL.into_iter().find(|t| t.name() == wanted);
        found.ok_or_else(|| {
            let help =
                nearest(wanted, &names).map_or_else(String::new, |name| format!("; did you mean {name}?"));
            format!("there is no template in '{text}'{help}; there are {}", names.join(", "))
        })
    }
}

/// What the entries of a parameter are.
fn remark(sign: &str, p: &Parameter) -> String {
    match p.shape[..] {
        [] => String::new(),
        [n] => format!("{sign}{n} numbers"),
        [rows, columns, ..] => format!("{sign}{rows} rows of {columns}, one a unit"),
    }
}

/// The model's names as variables of any of the languages, each once.
struct Variables {
    parameters: Vec<String>,
    inputs: Vec<String>,
    targets: Vec<String>,
}

/// Words of the languages and names of the skeletons, which no variable may have.
const TAKEN: &str = "and as break const continue def del do elif else elseif end enum except extern false fn for from \
    function global if impl import in is lambda let loop match mod module move mut new next not null or pass pub quote \
    raise ref repeat return self static struct switch this throw trait true try type unsafe until use var void where \
    while with yield box abs final macro override priv typeof unsized virtual async await dyn catch case class debugger \
    default delete export finally super package interface private public protected begin baremodule local using None \
    True False nan NaN Inf inputs targets theta params learning_rate n row rows loss gradient numbers digits json sys";

impl Variables {
    fn of(model: &Model) -> Variables {
        let mut taken: BTreeSet<String> = TAKEN.split_whitespace().map(str::to_owned).collect();
        let mut variable = |name: &str| {
            let mut plain = ascii(name);
            // Its derivative has a `d` before it.
            while taken.contains(&plain) || taken.contains(&format!("d{plain}")) {
                plain.push('_');
            }
            taken.extend([plain.clone(), format!("d{plain}")]);
            plain
        };
        let inputs = model.inputs.iter().map(|g| variable(&g.name)).collect();
        let targets = model.targets.iter().map(|g| variable(&g.name)).collect();
        let parameters = model.program.parameters.iter().map(|p| variable(&p.name)).collect();
        Variables { parameters, inputs, targets }
    }
}

/// Greek letters by name; what is no letter and no digit as an underline.
fn ascii(name: &str) -> String {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta_", "theta_", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    let mut plain = String::new();
    for letter in name.chars() {
        let greek = (letter as u32).checked_sub('α' as u32).and_then(|k| GREEK.get(k as usize));
        match greek {
            Some(word) => plain.push_str(word),
            None if letter.is_ascii_alphanumeric() => plain.push(letter),
            None => plain.push('_'),
        }
    }
    if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("p{plain}") }
}
