//! The wrong lines of a person's formulas, with the wrong part underlined and the line to write.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use whygrad::check::{ChangeKind, Mark, Report};

/// Marks of one mistake, with the part underlined in the first line and every line to write.
struct Folded<'a> {
    title: String,
    id: Option<&'static str>,
    marks: Vec<&'a Mark>,
}

/// The marks of a report as text, in colour where standard output is a terminal.
pub(super) fn render(report: &Report, text: &str, file: &str) -> String {
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for folded in fold(report) {
        let mut title = Level::ERROR.primary_title(folded.title.as_str());
        if let Some(id) = folded.id {
            title = title.id(id);
        }
        let Some((first, others)) = folded.marks.split_first() else { continue };
        let labels: Vec<String> = first.changes.iter().map(whygrad::check::Change::label).collect();
        let mut snippet = Snippet::source(text).path(file);
        for (at, (change, label)) in first.changes.iter().zip(&labels).enumerate() {
            let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            snippet = snippet.annotation(kind.span(change.span.start..change.span.end).label(label.as_str()));
        }
        let mut help = "write".to_owned();
        for mark in &folded.marks {
            for line in mark.corrected.lines() {
                let _ = write!(help, "\n  {line}");
            }
        }
        let mut group = Group::with_title(title).element(snippet);
        let same = format!("the same in {}", names(report, others));
        if !others.is_empty() {
            group = group.element(Level::NOTE.message(same.as_str()));
        }
        group = group.element(Level::HELP.message(help.as_str()));
        let _ = writeln!(out, "{}\n", renderer.render(&[group]));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Marks that show the same mistakes, together.
fn fold(report: &Report) -> Vec<Folded<'_>> {
    let mut found: Vec<(Vec<usize>, Vec<ChangeKind>, Folded<'_>)> = Vec::new();
    for mark in &report.marks {
        let mut kinds: Vec<ChangeKind> = mark.changes.iter().map(|c| c.kind).collect();
        kinds.dedup();
        let explains = |m: &usize| mark.components.iter().any(|k| report.mistakes[*m].components.contains(k));
        let mistakes: Vec<usize> = (0..report.mistakes.len()).filter(explains).collect();
        let same = found.iter_mut().find(|f| f.0 == mistakes && f.1 == kinds);
        if let Some((.., folded)) = same.filter(|_| !mistakes.is_empty()) {
            folded.marks.push(mark);
            continue;
        }
        // One of several explanations is no title.
        let (title, id) = match mistakes[..] {
            [only] if report.mistakes[only].certain && !report.mistakes[only].explanation.is_empty() => {
                let m = &report.mistakes[only];
                (m.explanation.clone(), Some(m.entry))
            }
            _ => (format!("{} is not right", names(report, &[mark])), None),
        };
        found.push((mistakes, kinds, Folded { title, id, marks: vec![mark] }));
    }
    found.into_iter().map(|f| f.2).collect()
}

/// `dw1, dw2`
fn names(report: &Report, marks: &[&Mark]) -> String {
    let offsets = marks.iter().flat_map(|m| &m.components);
    let names = offsets.filter_map(|&k| report.components.get(k)).map(|c| format!("d{}", c.name));
    names.collect::<Vec<_>>().join(", ")
}
