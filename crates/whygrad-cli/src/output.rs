//! Writing: data to standard output, prose to standard error, colour only on a terminal.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anyhow::Context;
use whygrad::expr::diagnostic::{Diagnostic, Severity};
use whygrad::plot::{Figure, terminal};

/// Writes data.
pub(crate) fn data(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Writes one JSON document.
pub(crate) fn json(value: &serde_json::Value) -> anyhow::Result<()> {
    data(&format!("{value}\n"))
}

/// Writes a line of prose; a closed standard error is not worth dying for.
pub(crate) fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// A number with all its digits, with an exponent where it would be long.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && size.is_finite() && !(1e-5..1e16).contains(&size) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// Writes what went wrong.
pub(crate) fn error(error: &anyhow::Error) {
    let text = format!("{error:#}");
    if !text.is_empty() {
        say(&format!("\u{1b}[1;31merror\u{1b}[0m: {text}"));
    }
}

/// True when the reader of standard output has gone, as `head` does.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Writes messages about a text, with the places underlined.
pub(crate) fn diagnostics(source: &str, file: &str, messages: &[Diagnostic]) {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    for message in messages.iter().take(MOST) {
        let level = match message.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(message.message.as_str()).id(message.code);
        let mut report = Vec::new();
        let span = message.span.filter(|s| s.start <= s.end && s.end <= source.len() && s.end > 0);
        let mut group = match span {
            Some(span) => {
                let mark = AnnotationKind::Primary.span(span.start..span.end).label(message.label.as_str());
                Group::with_title(title).element(Snippet::source(source).path(file).annotation(mark))
            }
            None => Group::with_title(title),
        };
        if let Some(help) = &message.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        report.push(group);
        say(&renderer.render(&report));
    }
    // A text that is no model at all has an error in every line.
    if messages.len() > MOST {
        say(&format!("and {} more of {file}; is it what you meant?", messages.len() - MOST));
    }
}

/// More messages about one text than these are counted.
const MOST: usize = 12;

/// The columns of the terminal; where there is none those that `COLUMNS` says, else 80.
pub(crate) fn columns() -> usize {
    let said = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = terminal_size::terminal_size_of(io::stdout()).map(|(w, _)| usize::from(w.0));
    terminal.or_else(said).unwrap_or(80).clamp(20, 160)
}

/// Whether standard output shows colours.
pub(crate) fn colour() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        && std::env::var("TERM").is_ok_and(|t| t != "dumb")
}

/// Whether the locale has characters beyond ASCII.
pub(crate) fn unicode() -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|v| std::env::var(v).ok().filter(|v| !v.is_empty()))
        .is_none_or(|v| v.to_ascii_lowercase().contains("utf") || !["C", "POSIX"].contains(&v.as_str()))
}

/// A text as lines of the width of the terminal.
pub(crate) fn wrapped(text: &str) -> String {
    whygrad::report::wrapped(text, 0, columns().min(100))
}

/// A figure as text for standard output.
pub(crate) fn figure(figure: &Figure, rows: usize) -> String {
    terminal::render(figure, &screen(rows))
}

/// A figure as text for standard output, above its words, which tell its notes.
pub(crate) fn figure_above_words(figure: &Figure, rows: usize) -> String {
    terminal::render_above_words(figure, &screen(rows))
}

fn screen(rows: usize) -> terminal::Terminal {
    terminal::Terminal { columns: columns().min(100), rows, colour: colour(), unicode: unicode() }
}
