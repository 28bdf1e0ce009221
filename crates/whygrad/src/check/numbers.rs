//! A gradient as numbers that were computed elsewhere, at one point or at several.
//!
//! The text is JSON (a list in the order of the parameters, an object by name, or documents with `gradient` and the
//! point it belongs to) or what a program printed: numbers in order, or each after its name.

use serde_json::{Map, Value};

use super::components::{self, Place};
use super::point::Point;
use super::{Answer, Options, Probe, Source, Trouble};
use crate::model::Model;

/// Numbers at the points they hold at.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    points: Vec<(Probe, Answer)>,
    /// Which is asked next, as the points of a file may be equal.
    next: usize,
}

impl Numbers {
    /// Reads the text of a file. Where it says nothing of the point, that of the options holds, else the model's
    /// starting values; where it says nothing of the rows, those of the options.
    ///
    /// # Errors
    /// Where the text is none of what it may be, does not fit the model, or leaves the point or the rows open.
    pub fn read(text: &str, model: &Model, options: &Options) -> Result<Numbers, Trouble> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let found = if text.starts_with('{') {
            documents(text, model)?
        } else if text.starts_with('[') {
            list(text, model)?
        } else {
            vec![(Point::default(), plain(text, model)?)]
        };
        let probed = |(point, answer): (Point, Answer)| Ok((point.probe(model, options)?, answer));
        let points = found.into_iter().map(probed).collect::<Result<_, Trouble>>()?;
        Ok(Numbers { points, next: 0 })
    }
}

impl Source for Numbers {
    fn points(&self) -> Option<Vec<Probe>> {
        Some(self.points.iter().map(|(probe, _)| probe.clone()).collect())
    }

    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        let count = self.points.len();
        let order = (0..count).map(|k| (self.next + k) % count);
        let Some(found) = order.into_iter().find(|&k| self.points[k].0 == *probe) else {
            return Err(Trouble::new(
                "there are no numbers at this point",
                "numbers hold where they were computed",
            ));
        };
        self.next = found + 1;
        Ok(self.points[found].1.clone())
    }
}

/// One object, or several one after another.
fn documents(text: &str, model: &Model) -> Result<Vec<(Point, Answer)>, Trouble> {
    if let Ok(Value::Object(map)) = components::json(text) {
        return Ok(vec![document(&map, model)?]);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut points = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let value = match components::json(line) {
            Ok(Value::Object(map)) => map,
            // An object over several lines is told as a whole.
            _ if index == 0 => return Err(no_json(&components::json(text).err().unwrap_or_default(), model)),
            Ok(_) => return Err(no_json(&format!("line {} is no object", index + 1), model)),
            Err(error) => return Err(no_json(&format!("point {}: {error}", index + 1), model)),
        };
        points.push(document(&value, model).map_err(|e| at_point(index, lines.len(), e))?);
    }
    Ok(points)
}

fn no_json(error: &str, model: &Model) -> Trouble {
    Trouble::new(format!("no JSON: {error}"), components::example(&model.program.parameters))
}

fn at_point(index: usize, count: usize, trouble: Trouble) -> Trouble {
    if count == 1 {
        return trouble;
    }
    Trouble { message: format!("point {}: {}", index + 1, trouble.message), ..trouble }
}

fn document(map: &Map<String, Value>, model: &Model) -> Result<(Point, Answer), Trouble> {
    let parameters = &model.program.parameters;
    if map.contains_key("gradient") && !parameters.iter().any(|p| p.name == "gradient") {
        return Ok((Point::in_document(map, model)?, components::answer(map, model)?));
    }
    let gradient = components::by_name(map, parameters)?;
    Ok((Point::default(), Answer { gradient, loss: None }))
}

/// A list of derivatives, or of documents; a list as other programs print it has no commas.
fn list(text: &str, model: &Model) -> Result<Vec<(Point, Answer)>, Trouble> {
    let Ok(Value::Array(list)) = components::json(text) else {
        return Ok(vec![(Point::default(), plain(text, model)?)]);
    };
    if list.iter().any(Value::is_object) {
        let count = list.len();
        let read = |(index, value): (usize, &Value)| match value {
            Value::Object(map) => document(map, model).map_err(|e| at_point(index, count, e)),
            other => Err(Trouble::new(
                format!("point {} is no object: {other}", index + 1),
                components::example(&model.program.parameters),
            )),
        };
        return list.iter().enumerate().map(read).collect();
    }
    let gradient = components::in_order(&list, &model.program.parameters)?;
    Ok(vec![(Point::default(), Answer { gradient, loss: None })])
}

/// A word of plain text.
enum Word<'a> {
    Name(&'a str),
    Number(f64),
}

/// Numbers in order, or each name with its numbers after it.
fn plain(text: &str, model: &Model) -> Result<Answer, Trouble> {
    let words = words(text)?;
    let parameters = &model.program.parameters;
    let numbers = || words.iter().filter_map(|w| if let Word::Number(n) = w { Some(*n) } else { None });
    let value = |n: f64| serde_json::Number::from_f64(n).map_or(Value::Null, Value::Number);
    if words.iter().all(|w| matches!(w, Word::Number(_))) {
        if words.is_empty() {
            let help =
                "write one number a component, in the order of the parameters, or lines such as dw1 = 0.5";
            return Err(Trouble::new("there are no numbers", help));
        }
        let list: Vec<Value> = numbers().map(value).collect();
        return Ok(Answer { gradient: components::in_order(&list, parameters)?, loss: None });
    }
    let (mut gradient, mut loss) = (vec![None; model.program.parameter_count()], None);
    let mut rest = &words[..];
    while let [first, after @ ..] = rest {
        let Word::Name(name) = *first else {
            let help = "write each number after its name: dw1 = 0.5";
            return Err(Trouble::new("the first number has no name, others have", help));
        };
        let count = after.iter().take_while(|w| matches!(w, Word::Number(_))).count();
        let here: Vec<f64> = after[..count]
            .iter()
            .filter_map(|w| if let Word::Number(n) = w { Some(*n) } else { None })
            .collect();
        rest = &after[count..];
        let bare = bare(name);
        if let ("loss" | "Loss" | "L", [one], Err(_)) = (bare, &here[..], components::place(parameters, bare))
        {
            loss = Some(*one);
            continue;
        }
        give(&mut gradient, components::place(parameters, bare)?, bare, &here)?;
    }
    Ok(Answer { gradient, loss })
}

/// Puts the numbers of a name to their places.
fn give(gradient: &mut [Option<f64>], place: Place<'_>, name: &str, numbers: &[f64]) -> Result<(), Trouble> {
    let expected = match place {
        Place::Whole(parameter) => parameter.len(),
        Place::Entry(..) => 1,
    };
    if numbers.len() != expected {
        let s = if expected == 1 { "" } else { "s" };
        let message = format!("'{name}' has {expected} number{s}, the file gives {}", numbers.len());
        return Err(Trouble::new(message, "write each component once, as dw1 = 0.5"));
    }
    for (slot, number) in gradient[place.offset()..].iter_mut().zip(numbers) {
        if slot.replace(*number).is_some() {
            return Err(Trouble::new(format!("'{name}' stands there twice"), "give each component once"));
        }
    }
    Ok(())
}

/// `w1` of `dL/dw1` and `∂L/∂w1`.
fn bare(name: &str) -> &str {
    let slope = |d: char| Some(name.strip_prefix(d)?.split_once('/')?.1).and_then(|of| of.strip_prefix(d));
    slope('d').or_else(|| slope('∂')).or_else(|| name.strip_prefix('∂')).unwrap_or(name)
}

/// The names and numbers of a text; what stands between them is only space. `#` and `%` begin remarks.
fn words(text: &str) -> Result<Vec<Word<'_>>, Trouble> {
    let mut words = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut rest = line.split(['#', '%']).next().unwrap_or("");
        loop {
            let space = |c: char| c.is_whitespace() || "=:,;[](){}|".contains(c);
            rest = rest.trim_start_matches(space);
            let Some(first) = rest.chars().next() else { break };
            let is_name = first.is_alphabetic() || "_∂".contains(first);
            let end = if is_name { end_of_name(rest) } else { rest.find(space).unwrap_or(rest.len()) };
            let word = &rest[..end];
            let number =
                word.replace('\u{2212}', "-").parse::<f64>().ok().or((word == "NA").then_some(f64::NAN));
            match number {
                Some(number) => words.push(Word::Number(number)),
                None if is_name => words.push(Word::Name(word)),
                None => {
                    let message = format!("line {}: '{word}' is no number", index + 1);
                    return Err(Trouble::new(
                        message,
                        "write numbers such as -0.25 or 1e-3, or lines such as dw1 = 0.5",
                    ));
                }
            }
            rest = &rest[end..];
        }
    }
    Ok(words)
}

/// Where a name ends: its indices belong to it.
fn end_of_name(text: &str) -> usize {
    let part = |c: char| c.is_alphanumeric() || "_./∂'".contains(c);
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let index = |c: char| c.is_ascii_digit() || c == ',' || c == ' ';
    match text[end..].strip_prefix('[').map(|inside| (inside, inside.find(|c| !index(c)))) {
        Some((inside, Some(close))) if inside[close..].starts_with(']') && close > 0 => end + close + 2,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;

    const LINE: &str = "inputs x[2]\ntarget y\ny_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y)\n";

    fn model() -> Model {
        Model::parse(LINE, &ModelOptions::default()).unwrap()
    }

    /// With a point and one row.
    fn options() -> Options {
        let text = r#"{"w1": 1, "w2": 2, "b": 3, "inputs": [[1, 2]], "targets": [4]}"#;
        let point = Point::read(text, &model()).unwrap();
        Options { data: point.data, point: point.theta, ..Options::default() }
    }

    fn said(text: &str) -> String {
        let trouble = Numbers::read(text, &model(), &options()).unwrap_err();
        format!("{}; {}", trouble.message, trouble.help.unwrap_or_default())
    }

    #[test]
    fn numbers_come_in_many_spellings() {
        let in_order = [Some(0.5), Some(-1.0), Some(2.0)];
        for text in [
            "[0.5, -1, 2]",
            "[ 0.5 -1.   2. ]",
            "0.5 -1 2",
            "0.5\n-1\n2\n",
            "0.5, -1, 2",
            "w1 = 0.5\nw2: -1\nb 2  # the bias",
            "dw1 = 0.5\ndw2 = \u{2212}1\ndb = 2",
            "dL/dw1 = 0.5, dL/dw2 = -1, ∂L/∂b = 2",
            "b = 2; w1 = 0.5; w2 = -1",
            r#"{"w1": 0.5, "w2": -1, "b": 2}"#,
            "{\n \"gradient\": {\"dw1\": 0.5, \"dw2\": -1, \"db\": 2}\n}",
            r#"[{"gradient": [0.5, -1, 2]}]"#,
        ] {
            let mut numbers =
                Numbers::read(text, &model(), &options()).unwrap_or_else(|e| panic!("{text}: {e}"));
            let probe = numbers.points().unwrap().remove(0);
            assert_eq!(numbers.ask(&probe).unwrap().gradient, in_order, "{text}");
            assert_eq!(probe.theta, [1.0, 2.0, 3.0]);
        }
        let mut some = Numbers::read("w2 = nan, loss = 3", &model(), &options()).unwrap();
        let answer = some.ask(&some.points().unwrap()[0]).unwrap();
        assert!(answer.gradient[1].unwrap().is_nan() && answer.gradient[0].is_none());
        assert_eq!(answer.loss, Some(3.0));
    }

    #[test]
    fn a_file_may_bring_its_points() {
        let point = |w: f64| {
            format!(
                "{{\"gradient\": [{w}, 0, 0], \"theta\": [{w}, 1, 1], \"inputs\": [[1, 0]], \"targets\": [[1]], \"learning_rate\": 0.1, \"loss\": 2}}"
            )
        };
        for text in [
            format!("{}\n{}\n{}\n", point(1.0), point(2.0), point(1.0)),
            format!("[{}, {}, {}]", point(1.0), point(2.0), point(1.0)),
        ] {
            let mut numbers = Numbers::read(&text, &model(), &Options::default()).unwrap();
            let probes = numbers.points().unwrap();
            assert_eq!(
                (probes.len(), probes[1].learning_rate, probes[1].data.input_row(0)),
                (3, 0.1, &[1.0, 0.0][..])
            );
            let firsts: Vec<_> =
                probes.iter().map(|p| numbers.ask(p).unwrap().gradient[0].unwrap()).collect();
            assert_eq!(firsts, [1.0, 2.0, 1.0]);
        }
    }

    #[test]
    fn what_is_open_or_wrong_is_told() {
        for (text, word) in [
            ("", "there are no numbers"),
            ("1 2", "has 2 numbers, the model 3 parameters"),
            ("w1 = 1, w1 = 2", "'w1' stands there twice"),
            ("w1 = 1, dw1 = 2", "'dw1' stands there twice"),
            ("{\"w1\": 1, \"w1\": 2}", "stands twice"),
            ("w3 = 1", "no parameter 'w3'; did you mean w1?"),
            ("w1 =", "'w1' has 1 number, the file gives 0"),
            ("1 2 x3y", "the first number has no name"),
            ("1 2 3..4", "'3..4' is no number"),
            ("{\"gradient\": [1, 2, 3], \"thetta\": []}", "'thetta' beside a gradient means nothing"),
            (
                "{\"gradient\": [1, 2, 3], \"inputs\": [[1]], \"targets\": [1]}",
                "row 1 of inputs has 1 numbers, the model 2",
            ),
            ("{\"gradient\": [1, 2, 3], \"inputs\": [[1, 2]]}", "there are no targets"),
            ("{\"gradient\": [1, 2, 3]}\n{\"gradient\": [1]}", "point 2: the gradient has 1 number,"),
            ("{\"gradient\": [1,", "no JSON"),
        ] {
            assert!(said(text).contains(word), "{text}: {}", said(text));
        }
        let open = Numbers::read("1 2 3", &model(), &Options::default()).unwrap_err();
        assert!(open.message.contains("at which parameters"));
        let rows = Options { data: None, ..options() };
        assert!(Numbers::read("1 2 3", &model(), &rows).unwrap_err().message.contains("on which rows"));
    }
}
