//! On which machine and day was measured.

use std::time::{SystemTime, UNIX_EPOCH};

/// Today as `2026-01-31`, in UTC.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date(seconds / 86_400)
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar.
fn date(mut day: u64) -> String {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}", month + 1, day + 1)
}

/// The processor, how many cores, what vectors it has, and the memory.
pub fn description() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let (processor, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let name = value(&processor, "model name").unwrap_or_else(|| std::env::consts::ARCH.into());
    // A virtual machine may hide the name; the numbers still tell which one it is.
    let numbers = [value(&processor, "cpu family"), value(&processor, "model\t")];
    let numbers = match numbers {
        [Some(family), Some(model)] => format!(" (family {family}, model {model})"),
        _ => String::new(),
    };
    let flags = value(&processor, "flags").unwrap_or_default();
    let has = |flag: &str| flags.split(' ').any(|f| f == flag);
    let vectors = if has("avx512f") {
        ", AVX-512"
    } else if has("avx2") {
        ", AVX2"
    } else {
        ""
    };
    let kilobytes = value(&memory, "MemTotal").and_then(|m| m.split(' ').next()?.parse::<f64>().ok());
    let memory = kilobytes.map_or_else(String::new, |k| format!(", {:.0} GiB", k / f64::from(1 << 20)));
    format!("{name}{numbers}{vectors}, {cores} cores{memory}, {}", std::env::consts::OS)
}

/// The words of a command with the places of folders left out: they tell nothing to others.
pub fn without_folders(words: &[String]) -> Vec<String> {
    let mut kept = vec![];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_folder = ["--env", "--scratch", "--out"].contains(&word.as_str());
        if is_folder {
            words.next();
        } else if word == "--limit" {
            words.next();
            kept.extend(["--limit".to_owned(), "DIR".to_owned()]);
        } else {
            kept.push(word.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates_across_leap_years() {
        // 11,016 days are 30 years with 7 leap days and 31 + 28 more; 2000 was a leap year.
        assert_eq!(
            [date(0), date(11_016), date(11_017), date(20_453)],
            ["1970-01-01", "2000-02-29", "2000-03-01", "2025-12-31"]
        );
    }

    #[test]
    fn folders_are_left_out_of_the_command() {
        let words = ["peers", "--env", "/a", "--only", "W1", "--limit", "/b"].map(String::from);
        assert_eq!(without_folders(&words), ["peers", "--only", "W1", "--limit", "DIR"]);
    }
}
