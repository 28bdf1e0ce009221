//! All there is to say of a run in one document: an HTML page that works offline, or LaTeX.

use std::fmt::Write as _;

use whygrad_plot::html::{self, Section};
use whygrad_plot::ticks::number;
use whygrad_plot::{Figure, Look, pgfplots, words};

use super::Onlooker;
use super::pictures::{Choices, LandscapeChoices, PictureError, What, landscape, picture, usual_side};
use super::why::why_text;
use crate::derive::{DeriveOptions, Form, Format, derive};
use crate::interop::shell;
use crate::model::Model;
use crate::why::{Again, Finished, Report};

/// Rows of the data that are shown.
const ROWS: usize = 50;

/// Parameters that are written out.
const PARAMETERS: usize = 200;

/// A derivation of more parameters in single numbers is not shown.
const DERIVED: usize = 40;

/// Characters of a line of the verdict.
const WIDTH: usize = 90;

/// A part of the document.
enum Part {
    Text(String),
    Code(String),
    /// The derivation.
    Gradient,
    /// The rows: names, then values.
    Table(Vec<String>, Vec<Vec<f64>>),
    Figure(Box<Figure>),
}

/// A heading with its parts.
struct Chapter {
    heading: &'static str,
    parts: Vec<Part>,
}

/// The page of a run: its model, derivation, data, pictures, verdict, and what makes it again. The onlooker is told how far
/// it is.
///
/// # Errors
/// [`PictureError::Stopped`], where the onlooker says so, and no other: a picture that the run does not have is left out.
pub fn report_html(
    title: &str,
    run: &Finished,
    (reasons, again): (&Report, &Again),
    onlooker: &mut Onlooker<'_>,
) -> Result<String, PictureError> {
    let sections: Vec<Section> = chapters(run, (reasons, again), onlooker)?
        .into_iter()
        .map(|chapter| {
            let section = Section::new(chapter.heading);
            chapter.parts.into_iter().fold(section, |section, part| match part {
                Part::Text(text) => section.text(text),
                Part::Code(code) => section.code(code),
                Part::Gradient => section.html(gradient(&run.case.model, Format::MathMl)),
                Part::Table(names, rows) => section.html(html_table(&names, &rows)),
                Part::Figure(figure) => section.figure(*figure),
            })
        })
        .collect();
    Ok(html::page(title, &sections))
}

/// The same as a LaTeX document, with pictures in pgfplots.
///
/// # Errors
/// [`PictureError::Stopped`], as of the page.
pub fn report_latex(
    title: &str,
    run: &Finished,
    (reasons, again): (&Report, &Again),
    onlooker: &mut Onlooker<'_>,
) -> Result<String, PictureError> {
    let mut out = String::from(
        "\\documentclass{article}\n\\usepackage[margin=2.5cm]{geometry}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}\n\\usepackage{fancyvrb}\n",
    );
    out.push_str(&pgfplots::preamble());
    let _ =
        writeln!(out, "\\title{{{}}}\\date{{}}\n\\begin{{document}}\n\\maketitle", pgfplots::escaped(title));
    let look = Look { width: 480.0, height: 320.0, ..Look::default() };
    for chapter in chapters(run, (reasons, again), onlooker)? {
        let _ = writeln!(out, "\\section*{{{}}}", pgfplots::escaped(chapter.heading));
        for part in chapter.parts {
            match part {
                Part::Text(text) => {
                    let _ = writeln!(out, "{}\n", pgfplots::escaped(&text));
                }
                Part::Code(code) => out.push_str(&verbatim(&code)),
                Part::Gradient => out.push_str(&gradient(&run.case.model, Format::Latex)),
                Part::Table(names, rows) => out.push_str(&latex_table(&names, &rows)),
                Part::Figure(figure) => {
                    let told = pgfplots::escaped(&words::describe(&figure));
                    let drawn = pgfplots::picture(&figure, &look);
                    let _ = writeln!(
                        out,
                        "\\begin{{center}}\n{drawn}\n\\end{{center}}\n{{\\small {told}\\par}}\n"
                    );
                }
            }
        }
    }
    Ok(out + "\\end{document}\n")
}

fn chapters(
    run: &Finished,
    (reasons, again): (&Report, &Again),
    onlooker: &mut Onlooker<'_>,
) -> Result<Vec<Chapter>, PictureError> {
    let case = &run.case;
    let model = &case.model;
    let chapter = |heading, parts| Chapter { heading, parts };
    let choices = LandscapeChoices { side: usual_side(run), ..LandscapeChoices::default() };
    let plane = part(landscape((run, model), None, &choices, onlooker)).transpose()?;
    let mut all = |whats: &[What]| {
        let named = [("run".to_owned(), run)];
        let seen = whats.iter().map(|what| picture(&named, *what, &Choices::default(), onlooker));
        seen.filter_map(part).collect::<Result<Vec<Part>, PictureError>>()
    };
    let mut chapters = vec![
        chapter("Verdict", vec![Part::Code(why_text(reasons, again, true, WIDTH).trim_end().to_owned())]),
        chapter("Model", [model_parts(model), all(&[What::Network])?].into_iter().flatten().collect()),
        chapter("Gradient", gradient_parts(model)),
        chapter("Data", data(run)),
        chapter("Curves", all(&[What::Loss, What::Accuracy, What::GradientNorm, What::Updates])?),
        chapter("Output", all(&[What::Contour, What::Surface, What::Hidden])?),
        chapter("Path", all(&[What::Trajectory])?),
        chapter("Landscape", plane.into_iter().chain(all(&[What::Spectrum])?).collect()),
        chapter("To make it again", again_parts(run, again)),
    ];
    chapters.retain(|chapter| !chapter.parts.is_empty());
    Ok(chapters)
}

/// A picture as a part of the document; `None` for one that the run does not have.
fn part(figure: Result<Figure, PictureError>) -> Option<Result<Part, PictureError>> {
    match figure {
        Ok(figure) => Some(Ok(Part::Figure(Box::new(figure)))),
        Err(PictureError::Stopped) => Some(Err(PictureError::Stopped)),
        Err(_) => None,
    }
}

fn model_parts(model: &Model) -> Vec<Part> {
    vec![Part::Text(format!("{}.", model.describe())), Part::Code(model.source.trim_end().to_owned())]
}

fn gradient_parts(model: &Model) -> Vec<Part> {
    let mut parts = Vec::new();
    if model.own_gradient {
        parts.push(Part::Text("The run used a gradient of its own; below is the derived one.".into()));
    }
    if form(model).is_some() {
        parts.push(Part::Gradient);
    } else {
        parts.push(Part::Text(format!(
            "The gradient has {} components, too many to be written one by one.",
            model.program.parameter_count()
        )));
    }
    parts
}

/// The form of the derivation; `None` where it would be too long to read.
fn form(model: &Model) -> Option<Form> {
    if model.has_matrices() {
        return Some(Form::Matrix);
    }
    (model.program.parameter_count() <= DERIVED).then_some(Form::Scalar)
}

fn gradient(model: &Model, format: Format) -> String {
    let options =
        DeriveOptions { form: form(model).unwrap_or_default(), fragment: true, ..DeriveOptions::default() };
    derive(model, format, &options).unwrap_or_default()
}

fn data(run: &Finished) -> Vec<Part> {
    let data = &run.case.data;
    if run.case.model.plain_function {
        return vec![];
    }
    let predictions = &run.evaluation.predictions;
    let outputs = predictions.first().map_or(0, Vec::len);
    let output = |k: usize| if outputs == 1 { "output".to_owned() } else { format!("output {}", k + 1) };
    let names =
        data.input_names.iter().chain(&data.target_names).cloned().chain((0..outputs).map(output)).collect();
    let row = |r: usize| {
        let output = predictions.get(r).map(Vec::as_slice).unwrap_or_default();
        [data.input_row(r), data.target_row(r), output].concat()
    };
    let said = if data.rows > ROWS {
        format!("The first {ROWS} of {} rows, with the output at the end of the run.", data.rows)
    } else {
        "All rows, with the output at the end of the run.".to_owned()
    };
    let wide = data.input_names.len() + data.target_names.len() + outputs > 20;
    if wide {
        return vec![Part::Text(format!("{} rows of {} inputs.", data.rows, data.input_names.len()))];
    }
    vec![Part::Text(said), Part::Table(names, (0..data.rows.min(ROWS)).map(row).collect())]
}

fn again_parts(run: &Finished, again: &Again) -> Vec<Part> {
    let options = &run.case.options;
    let verb = if run.case.model.plain_function { "minimize" } else { "train" };
    let words: Vec<String> =
        ["whygrad", verb, "net.model"].iter().map(|w| (*w).to_owned()).chain(again.said.clone()).collect();
    let mut parts = vec![
        Part::Text(format!(
            "Seed {}. Save the model above as net.model and write as below; from the folder of the run, whygrad {verb} FOLDER \
             makes it again with all its bits.",
            options.seed
        )),
        Part::Code(shell::line(&words)),
    ];
    if let Ok(text) = serde_json::to_string_pretty(options) {
        parts.extend([Part::Text("All options:".into()), Part::Code(text)]);
    }
    let entries = run.case.model.program.entry_names();
    if entries.len() <= PARAMETERS {
        let mut text = format!("{:<16}  {:>24}  {:>24}\n", "parameter", "start", "end");
        for ((name, start), end) in entries.iter().zip(&run.case.start).zip(&run.theta) {
            let _ = writeln!(text, "{name:<16}  {:>24}  {:>24}", whole(*start), whole(*end));
        }
        parts.push(Part::Code(text.trim_end().to_owned()));
    }
    parts
}

/// A number in all its digits: as a decimal number, or with a power of ten where that is shorter.
fn whole(value: f64) -> String {
    let (plain, scientific) = (value.to_string(), format!("{value:e}"));
    if plain.len() > 24 { scientific } else { plain }
}

fn html_table(names: &[String], rows: &[Vec<f64>]) -> String {
    let cell = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut out = String::from("<div class=\"scroll\"><table><thead><tr>");
    for name in names {
        let _ = write!(out, "<th scope=\"col\">{}</th>", cell(name));
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for value in row {
            let _ = write!(out, "<td>{}</td>", number(*value));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody></table></div>\n"
}

fn latex_table(names: &[String], rows: &[Vec<f64>]) -> String {
    let head: Vec<String> = names.iter().map(|name| pgfplots::escaped(name)).collect();
    let mut out = format!(
        "\\begin{{center}}\\begin{{tabular}}{{{}}}\n{} \\\\\\hline\n",
        "r".repeat(names.len()),
        head.join(" & ")
    );
    for row in rows {
        let cells: Vec<String> = row.iter().map(|v| format!("${}$", number(*v))).collect();
        let _ = writeln!(out, "{} \\\\", cells.join(" & "));
    }
    out + "\\end{tabular}\\end{center}\n\n"
}

/// Lines as they are; those that are too long for the page are broken.
fn verbatim(code: &str) -> String {
    let mut out = String::from("\\begin{Verbatim}[fontsize=\\footnotesize]\n");
    for line in code.lines() {
        let glyphs: Vec<char> = line.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        for (k, part) in glyphs.chunks(100).enumerate() {
            out.push_str(if k > 0 { "    " } else { "" });
            out.extend(part);
            out.push('\n');
        }
        if glyphs.is_empty() {
            out.push('\n');
        }
    }
    out + "\\end{Verbatim}\n\n"
}
