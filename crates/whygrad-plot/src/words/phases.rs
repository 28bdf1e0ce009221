//! Cutting a curve into phases a person would name: fall, rise, flat, oscillation.
//!
//! Everything is measured on the picture: both axes run over 0..=1, so a logarithmic axis is judged
//! by what the eye sees on it. The curve is first averaged in a few hundred columns, then cut at
//! its turns, then at its long flat stretches.

use crate::axis::Axis;

/// Columns in which the curve is averaged.
const COLUMNS: f64 = 300.0;

/// A turn counts once the curve has come back by this share of its height.
const TURN: f64 = 0.06;

/// A stretch is flat when it stays within this share of the height over at least this length.
const FLAT_HEIGHT: f64 = 0.03;
const FLAT_LENGTH: f64 = 0.15;

/// Where equal steps upwards are equal factors, a flat stretch stays also within this share of its values, for a fall from
/// 0.3 to 0.2 is nothing on an axis of thirty decades; but not where the values are below that share of the highest,
/// which is what rounding leaves of nothing.
const FLAT_SHARE: f64 = 0.05;
const NOTHING: f64 = 1e-6;

/// So many turns of this height, each within this length, are an oscillation.
const SWINGS: usize = 6;
const SWING_HEIGHT: f64 = 0.12;
const SWING_LENGTH: f64 = 0.12;

/// A curve that goes up and down so many times more than its average does is noisy.
const NOISE: f64 = 4.0;

/// A fall of this height within this length is sudden.
const SUDDEN: (f64, f64) = (0.3, 0.12);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Fall,
    Rise,
    Flat,
    Oscillation,
}

/// One phase of a curve, its ends and its extremes in the caller's units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Phase {
    pub(crate) kind: Kind,
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The value halfway along the phase.
    pub(crate) middle: f64,
    pub(crate) sudden: bool,
}

/// A column of the curve: its mean place, and the indices of its first and last point.
#[derive(Clone, Copy)]
struct Knot {
    across: f64,
    up: f64,
    first: usize,
    last: usize,
}

/// So many times the height of a flat stretch is a factor of 2: log(2) / log(1 / 0.95).
const TWICE: f64 = 13.5;

/// Between which heights a curve counts as flat.
#[derive(Clone, Copy)]
struct Flatness {
    /// The height that a flat stretch has at most.
    height: f64,
    /// At places no higher than this the picture alone decides.
    free: f64,
}

impl Flatness {
    fn of(y: &Axis, is_log: bool) -> Flatness {
        if !is_log {
            return Flatness { height: FLAT_HEIGHT, free: 1.0 };
        }
        let share = -(1.0 - FLAT_SHARE).log10() / y.span();
        Flatness { height: share.min(FLAT_HEIGHT), free: 1.0 + NOTHING.log10() / y.span() }
    }

    /// Whether a move from one place to another halves or doubles a value at least, which is told however small it looks.
    fn is_jump(self, from: f64, to: f64) -> bool {
        from.max(to) > self.free && self.height < FLAT_HEIGHT && (to - from).abs() >= TWICE * self.height
    }

    /// How much of its height a stretch may have that reaches up to a place.
    fn at(self, place: f64) -> f64 {
        if place <= self.free { FLAT_HEIGHT } else { self.height }
    }
}

/// How a curve runs.
pub(crate) struct Course {
    pub(crate) phases: Vec<Phase>,
    /// For a noisy curve, whose phases are those of its average: the largest distance from it.
    pub(crate) scatter: Option<f64>,
}

/// Cuts a curve into phases. The points can all be drawn, and x does not decrease.
pub(crate) fn course(points: &[(f64, f64)], (x, y): (&Axis, &Axis), y_log: bool) -> Course {
    let flatness = Flatness::of(y, y_log);
    let places: Vec<(f64, f64)> =
        points.iter().filter_map(|point| x.place(point.0).zip(y.place(point.1))).collect();
    if places.len() != points.len() || points.len() < 2 {
        return Course { phases: Vec::new(), scatter: None };
    }
    let knots = knots(&places, 0, places.len() - 1);
    let average: Vec<(f64, f64)> = knots.iter().map(|knot| (knot.across, knot.up)).collect();
    let is_dense = places.len() > 4 * average.len();
    if !is_dense || variation(&places) < NOISE * variation(&average) + 1.0 {
        return Course { phases: phases(points, &places, flatness), scatter: None };
    }
    let values: Vec<(f64, f64)> = average.iter().map(|place| (x.value(place.0), y.value(place.1))).collect();
    let away = knots.iter().zip(&values).flat_map(|(knot, value)| {
        points[knot.first..=knot.last].iter().map(|point| (point.1 - value.1).abs())
    });
    Course { scatter: Some(away.fold(0.0, f64::max)), phases: phases(&values, &average, flatness) }
}

/// Returns how far a curve goes up and down in all.
fn variation(places: &[(f64, f64)]) -> f64 {
    places.windows(2).map(|pair| (pair[1].1 - pair[0].1).abs()).sum()
}

fn phases(points: &[(f64, f64)], places: &[(f64, f64)], flatness: Flatness) -> Vec<Phase> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (from, to) in oscillations(places) {
        calm(places, (start, from), flatness, &mut pieces);
        pieces.push((Kind::Oscillation, from, to));
        start = to;
    }
    calm(places, (start, places.len() - 1), flatness, &mut pieces);
    merged(pieces, places, flatness)
        .into_iter()
        .map(|(kind, from, to)| {
            let inside = points[from..=to].iter().map(|point| point.1);
            let (length, height) = (places[to].0 - places[from].0, (places[to].1 - places[from].1).abs());
            Phase {
                kind,
                from: points[from],
                to: points[to],
                middle: points[usize::midpoint(from, to)].1,
                low: inside.clone().fold(f64::INFINITY, f64::min),
                high: inside.fold(f64::NEG_INFINITY, f64::max),
                sudden: height >= SUDDEN.0 && length <= SUDDEN.1,
            }
        })
        .collect()
}

type Piece = (Kind, usize, usize);

/// Returns the stretches `(first, last)` in which the curve swings up and down fast.
fn oscillations(places: &[(f64, f64)]) -> Vec<(usize, usize)> {
    let heights: Vec<f64> = places.iter().map(|place| place.1).collect();
    let turns = turns(&heights, SWING_HEIGHT);
    let mut found = Vec::new();
    let mut first = 0;
    for index in 1..=turns.len() {
        let goes_on =
            index < turns.len() && places[turns[index]].0 - places[turns[index - 1]].0 < SWING_LENGTH;
        if !goes_on {
            if index - first >= SWINGS {
                let reaches_end = places[places.len() - 1].0 - places[turns[index - 1]].0 < SWING_LENGTH;
                let last = if reaches_end { places.len() - 1 } else { turns[index - 1] };
                let swings = turns[first..index].iter().map(|turn| places[*turn].1);
                let low = swings.clone().fold(f64::INFINITY, f64::min);
                let high = swings.fold(f64::NEG_INFINITY, f64::max);
                let from_start = places[turns[first]].0 < SWING_LENGTH && (low..=high).contains(&places[0].1);
                found.push((if from_start { 0 } else { turns[first] }, last));
            }
            first = index;
        }
    }
    found
}

/// Cuts a stretch without oscillation at its turns and its flats.
fn calm(places: &[(f64, f64)], (from, to): (usize, usize), flatness: Flatness, pieces: &mut Vec<Piece>) {
    if to <= from {
        return;
    }
    let knots = knots(places, from, to);
    let heights: Vec<f64> = knots.iter().map(|knot| knot.up).collect();
    let mut cuts = vec![0];
    cuts.extend(turns(&heights, TURN));
    cuts.push(knots.len() - 1);
    // A flat stretch may contain a small turn, so flats are sought before the legs between turns.
    let mut flats = Vec::new();
    longest_flats(&knots, flatness, &mut flats);
    let mut at = 0;
    for (first, last) in flats.into_iter().chain([(knots.len() - 1, knots.len() - 1)]) {
        let inner = cuts.iter().copied().filter(|cut| (at + 1..first).contains(cut));
        let stops: Vec<usize> = [at].into_iter().chain(inner).chain([first]).collect();
        for leg in stops.windows(2).filter(|leg| leg[1] > leg[0]) {
            let (begin, end) = (start_of(&knots, leg[0], from), end_of(&knots, leg[1], to));
            pieces.push((direction(places, begin, end), begin, end));
        }
        if last > first {
            let ends = (start_of(&knots, first, from), end_of(&knots, last, to));
            flat_between(places, ends, knots[usize::midpoint(first, last)].up, flatness, pieces);
        }
        at = last;
    }
    if knots.len() == 1 {
        pieces.push((direction(places, from, to), from, to));
    }
}

/// Adds a flat stretch. A drop so sudden that one column averaged it away is no part of it.
fn flat_between(
    places: &[(f64, f64)],
    (from, to): (usize, usize),
    level: f64,
    flatness: Flatness,
    pieces: &mut Vec<Piece>,
) {
    let is_off = |index: &usize| (places[*index].1 - level).abs() > 2.0 * flatness.at(level);
    let begin = (from..to).find(|index| !is_off(index)).unwrap_or(from);
    let end = (begin + 1..=to).rev().find(|index| !is_off(index)).unwrap_or(to);
    if begin > from {
        pieces.push((direction(places, from, begin), from, begin));
    }
    pieces.push((Kind::Flat, begin, end));
    if end < to {
        pieces.push((direction(places, end, to), end, to));
    }
}

fn direction(places: &[(f64, f64)], from: usize, to: usize) -> Kind {
    if places[to].1 < places[from].1 { Kind::Fall } else { Kind::Rise }
}

fn start_of(knots: &[Knot], index: usize, from: usize) -> usize {
    if index == 0 { from } else { knots[index].last }
}

fn end_of(knots: &[Knot], index: usize, to: usize) -> usize {
    if index + 1 == knots.len() { to } else { knots[index].last }
}

/// Averages the points of each column.
fn knots(places: &[(f64, f64)], from: usize, to: usize) -> Vec<Knot> {
    let mut knots: Vec<(Knot, f64)> = Vec::new();
    for (index, place) in places.iter().enumerate().take(to + 1).skip(from) {
        let column = (place.0 * COLUMNS).floor().min(COLUMNS - 1.0);
        match knots.last_mut() {
            Some((knot, its_column)) if *its_column == column => {
                let count = (index - knot.first + 1) as f64;
                knot.across += (place.0 - knot.across) / count;
                knot.up += (place.1 - knot.up) / count;
                knot.last = index;
            }
            _ => knots.push((Knot { across: place.0, up: place.1, first: index, last: index }, column)),
        }
    }
    knots.into_iter().map(|(knot, _)| knot).collect()
}

/// Returns where the heights turn: the extremes between moves of at least `least`.
fn turns(heights: &[f64], least: f64) -> Vec<usize> {
    let (mut low, mut high) = (0, 0);
    let mut rising = None;
    let mut turns = Vec::new();
    for index in 0..heights.len() {
        if heights[index] < heights[low] {
            low = index;
        }
        if heights[index] > heights[high] {
            high = index;
        }
        if rising != Some(false) && heights[high] - heights[index] >= least {
            if rising == Some(true) {
                turns.push(high);
            }
            (rising, low) = (Some(false), index);
            high = index;
        } else if rising != Some(true) && heights[index] - heights[low] >= least {
            if rising == Some(false) {
                turns.push(low);
            }
            (rising, high) = (Some(true), index);
            low = index;
        }
        // While the curve falls only its low end matters, while it rises only its high end.
        match rising {
            Some(true) if high == index => low = index,
            Some(false) if low == index => high = index,
            _ => {}
        }
    }
    turns
}

/// Finds the longest flat stretch, then the longest on either side of it, in order.
fn longest_flats(knots: &[Knot], flatness: Flatness, flats: &mut Vec<(usize, usize)>) {
    let mut waiting = vec![(0, knots.len() - 1)];
    while let Some((from, to)) = waiting.pop() {
        let mut best = (from, from);
        for first in from..to {
            let (mut low, mut high) = (knots[first].up, knots[first].up);
            for (last, knot) in knots.iter().enumerate().take(to + 1).skip(first + 1) {
                (low, high) = (low.min(knot.up), high.max(knot.up));
                if high - low > flatness.at(high) {
                    break;
                }
                if knot.across - knots[first].across > knots[best.1].across - knots[best.0].across {
                    best = (first, last);
                }
            }
        }
        if knots[best.1].across - knots[best.0].across >= FLAT_LENGTH {
            flats.push(best);
            waiting.push((from, best.0));
            waiting.push((best.1, to));
        }
    }
    flats.sort_unstable();
}

/// Joins neighbours of one kind, and drops what is too small to name.
fn merged(pieces: Vec<Piece>, places: &[(f64, f64)], flatness: Flatness) -> Vec<Piece> {
    let height = |piece: &Piece| (places[piece.2].1 - places[piece.1].1).abs();
    let is_small = |piece: &Piece| {
        piece.0 != Kind::Oscillation
            && !flatness.is_jump(places[piece.1].1, places[piece.2].1)
            && height(piece) < FLAT_HEIGHT
            && places[piece.2].0 - places[piece.1].0 < FLAT_LENGTH / 3.0
    };
    // Each with the part of it that is no small thing joined to it: that decides whether it moves.
    let mut merged: Vec<(Piece, Piece)> = Vec::new();
    for piece in pieces {
        let small = is_small(&piece);
        match merged.last_mut() {
            Some((before, _)) if small => before.2 = piece.2,
            Some((before, core)) if before.0 == piece.0 => (before.2, core.2) = (piece.2, piece.2),
            _ => merged.push((piece, piece)),
        }
    }
    if merged.len() > 1 && is_small(&merged[0].0) {
        let first = merged.remove(0);
        merged[0].0.1 = first.0.1;
    }
    for (piece, core) in &mut merged {
        // Flats that were joined may add up to a slow move, and a long move may come to nothing.
        let top = places[core.1].1.max(places[core.2].1);
        let moves = height(core) > 2.5 * flatness.at(top);
        let is_long = places[piece.2].0 - places[piece.1].0 >= FLAT_LENGTH;
        match piece.0 {
            Kind::Flat if moves => piece.0 = direction(places, piece.1, piece.2),
            Kind::Fall | Kind::Rise if is_long && !moves => piece.0 = Kind::Flat,
            _ => {}
        }
    }
    let mut last: Vec<Piece> = Vec::new();
    for (piece, _) in merged {
        match last.last_mut() {
            Some(before) if before.0 == piece.0 && piece.0 != Kind::Oscillation => before.2 = piece.2,
            _ => last.push(piece),
        }
    }
    last
}
