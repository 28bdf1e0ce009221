//! The commands of a path, short: what a line through other points shows as well is left out.

/// A point nearer than this to the line through its neighbours, in pixels, would not be missed.
const NEAR: f64 = 0.12;

/// So many points are left out in a row at most, which bounds the time it takes.
const SKIPPED: usize = 64;

/// Writes the commands of a path through points to a tenth of a pixel, closed if asked: the first point, then the steps
/// from each to the next.
pub(super) fn path(points: impl Iterator<Item = (f64, f64)>, closed: bool) -> String {
    let points: Vec<(f64, f64)> = points.collect();
    let mut out = String::new();
    let mut last = (0, 0);
    for (index, point) in simple(&points).enumerate() {
        let place = (tenths(point.0), tenths(point.1));
        let (x, y) = (place.0 - last.0, place.1 - last.1);
        if (x, y) == (0, 0) && index > 1 {
            continue;
        }
        out.push_str(match index {
            0 => "M",
            1 => "l",
            _ if x >= 0 => " ",
            _ => "",
        });
        push(&mut out, x);
        if y >= 0 {
            out.push(' ');
        }
        push(&mut out, y);
        last = place;
    }
    if closed && !out.is_empty() {
        out.push('Z');
    }
    out
}

fn tenths(value: f64) -> i64 {
    (10.0 * value).clamp(-1e9, 1e9).round() as i64
}

fn push(out: &mut String, tenths: i64) {
    let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
    if tenths < 0 {
        out.push('-');
    }
    if whole > 0 || part == 0 {
        out.push_str(&whole.to_string());
    }
    if part > 0 {
        out.extend(['.', char::from(b'0' + part as u8)]);
    }
}

/// Returns the points that matter: a run of points that all lie near the line between two others is left out.
fn simple(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let mut start = 0;
    let ends = (0..points.len()).filter(move |&index| {
        if index == 0 || index + 1 == points.len() {
            return true;
        }
        let next = points[index + 1];
        let runs_on = index + 1 - start <= SKIPPED
            && points[start + 1..=index].iter().all(|point| away(*point, points[start], next) <= NEAR);
        if !runs_on {
            start = index;
        }
        !runs_on
    });
    ends.map(|index| points[index])
}

/// Returns how far a point is from the line between two others.
fn away(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (along, off) = ((to.0 - from.0, to.1 - from.1), (point.0 - from.0, point.1 - from.1));
    let length = along.0 * along.0 + along.1 * along.1;
    let share =
        if length > 0.0 { ((along.0 * off.0 + along.1 * off.1) / length).clamp(0.0, 1.0) } else { 0.0 };
    (off.0 - share * along.0).hypot(off.1 - share * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_line_are_left_out_and_a_spike_is_not() {
        let flat = (0..50).map(|x| (f64::from(x), 7.0));
        assert_eq!(path(flat.clone(), false), "M0 7l49 0");
        let spike = flat.map(|(x, y)| if x == 20.0 { (x, 1.5) } else { (x, y) });
        assert_eq!(path(spike, false), "M0 7l19 0 1-5.5 1 5.5 28 0");
        let there_and_back = [(0.0, 0.0), (9.0, 0.0), (3.0, 0.0)];
        assert_eq!(path(there_and_back.into_iter(), false), "M0 0l9 0-6 0");
        assert_eq!(path([(1.25, -0.5)].into_iter(), true), "M1.3-.5Z");
        assert_eq!(path(std::iter::empty(), true), "");
    }
}
