//! The result of a check: as a JSON document, and as a text with the verdict first.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::check::{
    ChangeKind, Component, LossStatus, Mark, Mistake, Precision, Report, Role, Status, Verdict,
};

/// The most components whose numbers are shown for one mistake.
const SHOWN: usize = 6;

/// The most names in a list, beyond which entries of a parameter are counted.
const LISTED: usize = 12;

/// The most names and parameters in a list.
const MOST_PARTS: usize = 30;

/// The document of a check. Numbers that are not finite are null.
pub fn check_json(report: &Report) -> Value {
    let (loss, explanation) = match &report.loss {
        LossStatus::Agrees => ("agrees", None),
        LossStatus::Differs(said) => ("differs", Some(said)),
        LossStatus::NotGiven => ("not given", None),
    };
    let probes = report
        .probes
        .iter()
        .map(|p| json!({"role": role_name(p.role), "rows": p.data.rows, "learning_rate": p.learning_rate}));
    json!({
        "verdict": match report.verdict {
            Verdict::Right => "right",
            Verdict::Wrong => "wrong",
            Verdict::Undecided => "undecided",
        },
        "components": report.components.iter().map(component_json).collect::<Vec<_>>(),
        "mistakes": report.mistakes.iter().map(|m| mistake_json(report, m)).collect::<Vec<_>>(),
        "marks": report.marks.iter().map(|m| mark_json(report, m)).collect::<Vec<_>>(),
        "loss": {"status": loss, "explanation": explanation},
        "precision": precision_name(report.precision),
        "notes": report.notes,
        "probes": probes.collect::<Vec<_>>(),
    })
}

fn component_json(c: &Component) -> Value {
    json!({
        "name": c.name,
        "status": match c.status {
            Status::Right => "right",
            Status::Wrong => "wrong",
            Status::Undecided => "undecided",
            Status::NotGiven => "not given",
        },
        "given": c.given,
        "true": c.derived,
        "relative_error": c.relative_error,
        "complex_step": c.complex_step,
        "difference": c.difference.map(|(value, error)| json!({"value": value, "error": error})),
        "noise": c.noise,
        "interval": c.interval.map(|(low, high)| [low, high]),
        "probe": c.probe,
    })
}

/// A wrong line; line and column from 1, spans in bytes of the person's text.
fn mark_json(report: &Report, mark: &Mark) -> Value {
    let changes = mark.changes.iter().map(|c| {
        let kind = match c.kind {
            ChangeKind::Replace => "replace",
            ChangeKind::Delete => "delete",
            ChangeKind::Insert => "insert",
            ChangeKind::Flip => "flip",
            ChangeKind::Move => "move",
            ChangeKind::Rewrite => "rewrite",
        };
        json!({
            "kind": kind,
            "line": c.row,
            "column": c.column,
            "span": [c.span.start, c.span.end],
            "written": c.written,
            "instead": c.instead,
            "label": c.label(),
        })
    });
    json!({
        "components": names(report, &mark.components),
        "written": mark.written,
        "corrected": mark.corrected,
        "changes": changes.collect::<Vec<_>>(),
    })
}

/// The first line of the person's that a mistake explains.
fn mark_of<'a>(report: &'a Report, m: &Mistake) -> Option<&'a Mark> {
    let first = m.components.first()?;
    report.marks.iter().find(|mark| mark.components.contains(first))
}

fn mistake_json(report: &Report, m: &Mistake) -> Value {
    let mark = mark_of(report, m);
    let (given, right) =
        mark.map_or((m.given.as_str(), m.right.as_str()), |m| (m.written.as_str(), m.corrected.as_str()));
    json!({
        "kind": m.kind.name(),
        "entry": m.entry,
        "components": names(report, &m.components),
        "explanation": m.explanation,
        "why": m.why,
        "given": given,
        "right": right,
        "fix": m.fix,
        "certain": m.certain,
        "group": m.group,
        "option": m.option,
    })
}

fn names<'a>(report: &'a Report, offsets: &[usize]) -> Vec<&'a str> {
    offsets.iter().filter_map(|&k| report.components.get(k)).map(|c| c.name.as_str()).collect()
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Given => "given",
        Role::RandomPoint => "random parameters",
        Role::Random => "random parameters and rows",
        Role::SingleRow => "one random row",
        Role::OtherRate => "another learning rate",
        Role::Again => "asked again",
    }
}

fn precision_name(precision: Precision) -> String {
    match precision {
        Precision::Double => "double".into(),
        Precision::Single => "single".into(),
        Precision::Decimals(n) => format!("{n} decimals"),
        Precision::Digits(n) => format!("{n} digits"),
    }
}

/// The report as text. `next` is the command that helps where the gradient is right and the trouble elsewhere.
pub fn check_text(report: &Report, next: &str) -> String {
    let mut text = verdict(report);
    let wrong = report.verdict == Verdict::Wrong;
    for (status, word) in
        [(Status::Right, "Right"), (Status::NotGiven, "Not given"), (Status::Undecided, "Undecided")]
    {
        let offsets = offsets(report, status);
        let is_all = offsets.len() == report.components.len();
        if !offsets.is_empty() && !is_all && (wrong || status != Status::Right) {
            let _ = writeln!(text, "{word}: {}", folded(report, &offsets));
        }
    }
    if wrong {
        mistakes(report, &mut text);
    }
    if let LossStatus::Differs(said) = &report.loss {
        let _ = writeln!(text, "\nYour loss differs: {said}");
    } else if wrong && report.loss == LossStatus::Agrees {
        text.push_str("\nYour loss agrees.\n");
    }
    match report.precision {
        Precision::Double => {}
        Precision::Single => {
            text.push_str("\nYour numbers have single precision (24 bits) and are judged by that.\n");
        }
        Precision::Decimals(n) => {
            let _ = writeln!(
                text,
                "\nYour numbers have {n} digits after the decimal point and are judged by that."
            );
        }
        Precision::Digits(n) => {
            let _ = writeln!(text, "\nYour numbers have {n} digits and are judged by that.");
        }
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if report.verdict == Verdict::Right {
        let _ = writeln!(text, "Where training fails all the same, look at: {next}");
    }
    text
}

fn verdict(report: &Report) -> String {
    let (all, places) = (report.components.len(), report.probes.len());
    let components = |n: usize| format!("{n} component{}", if n == 1 { "" } else { "s" });
    let times = if places == 1 { "at one point".into() } else { format!("at {places} points") };
    let right = offsets(report, Status::Right).len();
    match report.verdict {
        Verdict::Right if right == all => {
            format!(
                "Your gradient is right.\n{} agree{} {times}.\n",
                components(all),
                if all == 1 { "s" } else { "" }
            )
        }
        Verdict::Right => format!(
            "Your gradient is right, as far as it can be told.\n{right} of {} agree {times}.\n",
            components(all)
        ),
        Verdict::Undecided => "Undecided: there is nothing to compare.\n".into(),
        Verdict::Wrong => {
            let wrong = offsets(report, Status::Wrong);
            let are = if wrong.len() == 1 { "is" } else { "are" };
            let listed = folded(report, &wrong);
            format!("{} of {} {are} wrong: {listed}\n", wrong.len(), components(all))
        }
    }
}

fn offsets(report: &Report, status: Status) -> Vec<usize> {
    let with = report.components.iter().enumerate().filter(|(_, c)| c.status == status);
    with.map(|(k, _)| k).collect()
}

/// Names of components in one line: a parameter whose entries are all meant by its own name.
fn folded(report: &Report, offsets: &[usize]) -> String {
    fn base(name: &str) -> &str {
        // The components of a Hessian are pairs, `a[0],b[1]` or `a,b`, and no entries of one parameter.
        let (before, inside) = name.split_once('[').unwrap_or((name, ""));
        if before.contains(',') || inside.split_once(']').is_some_and(|(_, after)| after.contains(',')) {
            return name;
        }
        before
    }
    let names = names(report, offsets);
    let mut parts: Vec<String> = Vec::new();
    let mut rest = &names[..];
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|n| base(n) == base(first)).count();
        let whole = report.components.iter().filter(|c| base(&c.name) == base(first)).count();
        if count == whole {
            parts.push(base(first).to_owned());
        } else {
            parts.extend(rest[..count].iter().take(LISTED).map(|n| (*n).to_owned()));
            if count > LISTED {
                parts.push(format!("{} more of {}", count - LISTED, base(first)));
            }
        }
        rest = &rest[count..];
    }
    if parts.len() > MOST_PARTS {
        let more = parts.len() - MOST_PARTS + 1;
        parts.truncate(MOST_PARTS - 1);
        parts.push(format!("{more} more"));
    }
    parts.join(", ")
}

/// Every mistake, those that exclude each other together; then what none explains.
fn mistakes(report: &Report, text: &mut String) {
    let mut groups: Vec<Vec<&Mistake>> = Vec::new();
    for mistake in &report.mistakes {
        match groups.iter_mut().find(|g| g[0].group == mistake.group) {
            Some(group) => group.push(mistake),
            None => groups.push(vec![mistake]),
        }
    }
    for (number, group) in groups.iter().enumerate() {
        text.push('\n');
        if group.len() > 1 {
            let _ = writeln!(text, "{}. One of these; all give the same numbers:", number + 1);
        }
        for mistake in group {
            let head = if group.len() > 1 { "   - ".to_owned() } else { format!("{}. ", number + 1) };
            one_mistake(report, mistake, &head, text);
        }
        numbers(report, &group[0].components, text);
    }
    let explained = |k: &usize| report.mistakes.iter().any(|m| m.components.contains(k));
    let open: Vec<usize> = offsets(report, Status::Wrong).into_iter().filter(|k| !explained(k)).collect();
    if !open.is_empty() {
        let _ =
            writeln!(text, "\nNo mistake that is known here gives the numbers of {}.", folded(report, &open));
        numbers(report, &open, text);
    }
}

fn one_mistake(report: &Report, m: &Mistake, head: &str, text: &mut String) {
    let _ = writeln!(text, "{head}{}: {}", m.kind.name(), m.explanation);
    let _ = writeln!(text, "   in     {}", folded(report, &m.components));
    // The person's own lines say more than the derivation does.
    let is_marked = mark_of(report, m).is_some();
    let (given, right) = differing(&m.given, &m.right);
    for (word, formula, mark) in [("given", &m.given, given), ("right", &m.right, right)] {
        if !formula.is_empty() && !is_marked {
            let _ = writeln!(text, "   {word}  {formula}");
            if let Some(mark) = mark {
                let _ = writeln!(text, "          {mark}");
            }
        }
    }
    for (word, said) in [("why  ", &m.why), ("write", &m.fix)] {
        if !said.is_empty() && (word == "why  " || !is_marked) {
            let _ = writeln!(text, "   {word}  {said}");
        }
    }
}

/// Carets below the part in which two formulas differ; none where nothing or nearly all differs.
fn differing(given: &str, right: &str) -> (Option<String>, Option<String>) {
    let (a, b): (Vec<char>, Vec<char>) = (given.chars().collect(), right.chars().collect());
    let word = |c: char| c.is_alphanumeric() || "_.'".contains(c);
    // A name is not cut in two.
    let inside = |text: &[char], at: usize| at > 0 && at < text.len() && word(text[at - 1]) && word(text[at]);
    let mut start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    while inside(&a, start) || inside(&b, start) {
        start -= 1;
    }
    let most = a.len().min(b.len()) - start;
    let mut end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
    while end > 0 && (inside(&a, a.len() - end) || inside(&b, b.len() - end)) {
        end -= 1;
    }
    let mark = |text: &[char]| {
        let length = text.len() - start - end;
        (length > 0 && length < text.len()).then(|| " ".repeat(start) + &"^".repeat(length))
    };
    (mark(&a), mark(&b))
}

/// The numbers of components at one point: the first at which the first of them is wrong.
fn numbers(report: &Report, offsets: &[usize], text: &mut String) {
    let shown: Vec<&Component> =
        offsets.iter().filter_map(|&k| report.components.get(k)).take(SHOWN).collect();
    let Some(first) = shown.first() else { return };
    let place = report.probes.get(first.probe).map_or_else(String::new, |probe| {
        let rows = format!("{} row{}", probe.data.rows, if probe.data.rows == 1 { "" } else { "s" });
        let rate = probe.learning_rate;
        match probe.role {
            Role::Given => "at the first point".into(),
            Role::RandomPoint => "at random parameters, on the given rows".into(),
            Role::Random => format!("at random parameters, on {rows} drawn at random"),
            Role::SingleRow => "at random parameters, on one row drawn at random".into(),
            Role::OtherRate => format!("at the learning rate {rate}"),
            Role::Again => "where it was asked a second time".into(),
        }
    });
    let width = shown.iter().map(|c| c.name.chars().count()).max().unwrap_or(0);
    let _ = writeln!(text, "   {place}{}:", point(report, first.probe));
    let _ = writeln!(
        text,
        "   {:width$}  {:>13} {:>13} {:>13} {:>22}  {:>8}",
        "", "given", "true", "complex step", "central difference", "noise"
    );
    let or_none = |value: Option<f64>| value.map_or_else(|| "-".into(), number);
    for c in &shown {
        let difference = c.difference.map_or_else(|| "-".into(), |(v, e)| format!("{} ± {e:.0e}", number(v)));
        let (given, complex) = (or_none(c.given), or_none(c.complex_step));
        let _ = writeln!(
            text,
            "   {:width$}  {given:>13} {:>13} {complex:>13} {difference:>22}  {:>8}",
            c.name,
            number(c.derived),
            format!("{:.0e}", c.noise)
        );
    }
    if offsets.len() > shown.len() {
        let _ = writeln!(text, "   and {} more", offsets.len() - shown.len());
    }
}

/// The parameters of a small net at a probe, so that its numbers can be computed again.
fn point(report: &Report, probe: usize) -> String {
    match report.probes.get(probe) {
        Some(probe) if probe.theta.len() <= LISTED => {
            let values = parameter_names(report, probe.theta.len()).zip(&probe.theta);
            let values: Vec<String> = values.map(|(name, v)| format!("{name} = {}", number(*v))).collect();
            format!(" ({})", values.join(", "))
        }
        _ => String::new(),
    }
}

/// The names of the parameters: those of the components, or of the Hessian's diagonal, where each stands twice.
fn parameter_names(report: &Report, count: usize) -> impl Iterator<Item = &str> {
    let is_hessian = report.components.len() != count;
    report.components.iter().filter_map(move |c| {
        let Some((name, twin)) = c.name.split_once(',').filter(|_| is_hessian) else {
            return Some(c.name.as_str());
        };
        // `W[0,1],W[0,1]` has a comma inside of each name too.
        let half = c.name.len() / 2;
        let halves = (c.name.get(..half), c.name.get(half + 1..));
        if name == twin { Some(name) } else { halves.0.filter(|_| halves.0 == halves.1) }
    })
}

/// Seven digits, with an exponent where it would be long.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if (1e-3..1e5).contains(&size) {
        format!("{value:.*}", (6 - size.log10().floor() as i32).max(0) as usize)
    } else if value.is_finite() {
        format!("{value:.5e}")
    } else {
        value.to_string()
    }
}
