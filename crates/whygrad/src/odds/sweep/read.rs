//! The values of a sweep from text: ranges and lists.

use super::{MOST, Setting, Spacing, SweepError, Value};
use crate::data::nearest;
use crate::train::Stepping;
use crate::train::schedule::Schedule;

/// Reads what stands behind the equals sign.
pub(super) fn values(setting: Setting, text: &str) -> Result<(Vec<Value>, Spacing), SweepError> {
    if (is_whole(setting) || is_real(setting)) && text.contains(':') {
        return range(setting, text);
    }
    let items = items(text);
    let values: Vec<Value> = items.iter().map(|item| value(setting, item)).collect::<Result<_, _>>()?;
    if values.len() > MOST {
        return Err(SweepError::TooMany { found: values.len() as u128 });
    }
    Ok((values, Spacing::Listed))
}

/// Whether the values are numbers that may have a fraction.
fn is_real(setting: Setting) -> bool {
    matches!(setting, Setting::LearningRate | Setting::Momentum | Setting::Factor(_))
}

/// Whether the values are whole numbers.
fn is_whole(setting: Setting) -> bool {
    matches!(setting, Setting::Batch | Setting::Epochs | Setting::Hidden)
}

/// The entries between commas or semicolons that stand in no bracket.
fn items(text: &str) -> Vec<String> {
    let (mut depth, mut items) = (0_usize, vec![String::new()]);
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (letter, items.last_mut()) {
            (',' | ';', _) if depth == 0 => items.push(String::new()),
            (_, Some(item)) => item.push(letter),
            _ => {}
        }
    }
    // A comma at the end begins nothing.
    if items.len() > 1 && items.last().is_some_and(|item| item.trim().is_empty()) {
        items.pop();
    }
    items.iter().map(|item| item.trim().to_owned()).collect()
}

/// One value.
fn value(setting: Setting, text: &str) -> Result<Value, SweepError> {
    let wrong = |expected: &str| SweepError::Value {
        setting: setting.name(),
        found: text.to_owned(),
        expected: expected.to_owned(),
    };
    match setting {
        Setting::LearningRate => match number(text) {
            Some(rate) if rate > 0.0 => Ok(Value::LearningRate(rate)),
            _ => Err(wrong("expected a positive number such as 0.1, or a range such as 0.1:10:log20")),
        },
        Setting::Epochs => count(text)
            .map(Value::Epochs)
            .ok_or_else(|| wrong("expected a whole number such as 1000, or a range such as 100:10000:log5")),
        Setting::Hidden => count(text)
            .filter(|units| (1..=10_000).contains(units))
            .map(Value::Hidden)
            .ok_or_else(|| wrong("expected a number of units such as 4, or a range such as 2:8:lin7")),
        Setting::Batch => text.parse().map(Value::Batch).map_err(|expected: String| wrong(&expected)),
        Setting::Init => {
            text.parse().map(Value::Init).map_err(|error: crate::init::InitError| wrong(&error.to_string()))
        }
        Setting::Optimiser => {
            text.parse::<Stepping>().map(Value::Optimiser).map_err(|error| wrong(&error.to_string()))
        }
        Setting::Momentum => match number(text).filter(|share| (0.0..1.0).contains(share)) {
            Some(share) => Ok(Value::Momentum(share)),
            None => Err(wrong("expected a number from 0 to below 1 such as 0.9")),
        },
        Setting::Schedule => {
            text.parse::<Schedule>().map(Value::Schedule).map_err(|error| wrong(&error.to_string()))
        }
        Setting::Factor(factor) => match number(text) {
            Some(number) if factor.takes(number) => Ok(Value::Factor(factor, number)),
            _ if factor.takes(0.0) => Err(wrong("expected a number of at least 0, such as 0.001")),
            _ => Err(wrong("expected a positive number such as 0.1")),
        },
        Setting::Loss if text.is_empty() => Err(wrong("expected the name of a loss such as mse")),
        Setting::Loss => Ok(Value::Loss(text.to_owned())),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite())
}

fn count(text: &str) -> Option<u64> {
    let number = number(text)?;
    (number.fract() == 0.0 && (0.0..=2_f64.powi(53)).contains(&number)).then_some(number as u64)
}

/// Reads `from:to:log20`, `from:to:lin5`, `from:to:5`.
fn range(setting: Setting, text: &str) -> Result<(Vec<Value>, Spacing), SweepError> {
    let refused = |what| SweepError::Range { found: text.to_owned(), what };
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let [from, to, points] = parts[..] else {
        return Err(refused("does not say from where, to where and how many"));
    };
    let letters = points.trim_end_matches(|c: char| c.is_ascii_digit());
    let spacing = match letters.trim().to_lowercase().as_str() {
        "log" => Spacing::Logarithmic,
        "lin" | "" => Spacing::Linear,
        other => {
            return Err(refused(match nearest(other, &["log", "lin", "linear", "logarithmic"]) {
                Some(name) if name.starts_with("lo") => "should end in log and a number",
                _ => "should end in lin or log and a number",
            }));
        }
    };
    let points: usize = points[letters.len()..].parse().unwrap_or(0);
    if !(2..=MOST).contains(&points) {
        return Err(refused("does not say how many values there are"));
    }
    let (from, to) = match (number(from), number(to)) {
        (Some(from), Some(to)) if from != to => (from, to),
        (Some(_), Some(_)) => return Err(refused("begins where it ends")),
        _ => return Err(refused("should begin with two numbers")),
    };
    if spacing == Spacing::Logarithmic && (from <= 0.0 || to <= 0.0) {
        return Err(refused("has equal factors and cannot reach 0; use lin, or begin above 0"));
    }
    let mut values: Vec<Value> = Vec::with_capacity(points);
    let exact = places(from, to, points, spacing);
    // Whole numbers keep their digits.
    let places = if is_whole(setting) { exact.iter().map(|p| p.round()).collect() } else { short(exact) };
    for text in places {
        let next = value(setting, &text.to_string())?;
        // Whole numbers may meet after rounding.
        if values.last() != Some(&next) {
            values.push(next);
        }
    }
    Ok((values, spacing))
}

/// The places of a range.
fn places(from: f64, to: f64, points: usize, spacing: Spacing) -> Vec<f64> {
    (0..points)
        .map(|k| {
            let share = k as f64 / (points - 1) as f64;
            match spacing {
                _ if k == 0 => from,
                _ if k == points - 1 => to,
                Spacing::Logarithmic => from * libm::pow(to / from, share),
                Spacing::Linear | Spacing::Listed => from + (to - from) * share,
            }
        })
        .collect()
}

/// The places of a range to four digits where that keeps them apart, so that they can be typed again.
fn short(exact: Vec<f64>) -> Vec<f64> {
    let last = exact.len().saturating_sub(1);
    let rounded = |(k, place): (usize, &f64)| {
        if k == 0 || k == last { *place } else { format!("{place:.3e}").parse().unwrap_or(*place) }
    };
    let short: Vec<f64> = exact.iter().enumerate().map(rounded).collect();
    let rises = exact.first() < exact.last();
    let apart = short.windows(2).all(|pair| (pair[0] < pair[1]) == rises && pair[0] != pair[1]);
    if apart { short } else { exact }
}
