//! The loss after each epoch, thinned where there are very many.

/// How many points a thinned history has.
const SHOWN: usize = 1000;

/// How many points are kept while training, before every other one is dropped.
const KEPT: usize = 1 << 20;

/// Values at epochs 0, 1, 2, ..., thinned to every second, fourth, ... epoch where they are too many.
#[derive(Clone, Debug, PartialEq)]
struct Thinned<V> {
    kept: Vec<V>,
    /// Epochs between two kept values.
    stride: u64,
    /// The epoch whose value is kept next.
    next: u64,
    /// The epoch and value of the newest, kept or not.
    newest: Option<(u64, V)>,
    /// How many are kept at most.
    most: usize,
}

impl<V: Clone> Thinned<V> {
    fn new(most: usize) -> Thinned<V> {
        Thinned { kept: Vec::new(), stride: 1, next: 0, newest: None, most }
    }

    #[inline]
    fn push(&mut self, value: V) {
        let epoch = self.newest.as_ref().map_or(0, |(epoch, _)| epoch + 1);
        self.newest = Some((epoch, value.clone()));
        if epoch != self.next {
            return;
        }
        self.keep(value);
    }

    /// Appends many at once.
    fn extend(&mut self, values: &[V]) {
        let Some(newest) = values.last() else { return };
        let first = self.newest.as_ref().map_or(0, |(epoch, _)| epoch + 1);
        self.newest = Some((first + values.len() as u64 - 1, newest.clone()));
        let mut passed = 0;
        // Between two kept ones nothing is looked at; where each is kept they are copied.
        while self.next - first < values.len() as u64 {
            passed = passed.max((self.next - first) as usize);
            let room = self.most.saturating_sub(self.kept.len() + 1).min(values.len() - passed);
            if self.stride == 1 && room > 0 {
                self.kept.extend_from_slice(&values[passed..passed + room]);
                self.next += room as u64;
            } else {
                self.keep(values[passed].clone());
            }
        }
    }

    fn keep(&mut self, value: V) {
        self.next += self.stride;
        self.kept.push(value);
        if self.kept.len() >= self.most {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
            self.next = self.next.next_multiple_of(self.stride);
        }
    }

    /// All that are kept, each with its epoch, and the newest.
    fn all(self) -> Vec<(u64, V)> {
        let epochs = (0..).map(|k| k * self.stride);
        let mut all: Vec<(u64, V)> = epochs.zip(self.kept).collect();
        if let Some(newest) = self.newest
            && all.last().map(|last| last.0) != Some(newest.0)
        {
            all.push(newest);
        }
        all
    }
}

/// The parameters at the epochs of the history.
pub(crate) struct Path(Thinned<Vec<f64>>);

impl Path {
    pub(crate) fn push(&mut self, theta: Vec<f64>) {
        self.0.push(theta);
    }

    pub(crate) fn points(self) -> Vec<Vec<f64>> {
        self.0.all().into_iter().map(|(_, theta)| theta).collect()
    }
}

/// How many numbers the parameters along a path may have, all together.
const PATH_NUMBERS: usize = 1 << 24;

/// The loss at epochs 0, 1, 2, ...; entry 0 is before training.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    losses: Thinned<f64>,
    keep_all: bool,
}

impl History {
    pub(crate) fn new(keep_all: bool) -> History {
        History { losses: Thinned::new(if keep_all { usize::MAX } else { KEPT }), keep_all }
    }

    /// A history with the path of so many parameters beside it, thinned in the same way.
    pub(crate) fn with_path(keep_all: bool, parameters: usize) -> (History, Path) {
        let most = if keep_all { usize::MAX } else { (PATH_NUMBERS / parameters.max(1)).clamp(SHOWN, KEPT) };
        (History { losses: Thinned::new(most), keep_all }, Path(Thinned::new(most)))
    }

    pub(crate) fn push(&mut self, loss: f64) {
        self.losses.push(loss);
    }

    pub(crate) fn extend(&mut self, losses: &[f64]) {
        self.losses.extend(losses);
    }

    /// The newest loss.
    pub fn last(&self) -> Option<f64> {
        self.losses.newest.map(|(_, loss)| loss)
    }

    /// All points kept: (epoch, loss), first and last among them.
    pub fn points(&self) -> Vec<(u64, f64)> {
        self.losses.clone().all()
    }

    /// Every epoch up to 1,000 points, otherwise 1,000 spread evenly, first and last kept; all
    /// of them where the run was told to keep all.
    pub fn shown(&self) -> Vec<(u64, f64)> {
        let points = self.points();
        if self.keep_all || points.len() <= SHOWN {
            return points;
        }
        let last = points.len() - 1;
        (0..SHOWN).map(|k| points[(k * last + (SHOWN - 1) / 2) / (SHOWN - 1)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(epochs: u64) -> History {
        let mut history = History::new(false);
        (0..=epochs).for_each(|e| history.push(e as f64));
        history
    }

    #[test]
    fn up_to_a_thousand_points_all_are_shown() {
        assert_eq!(of(999).shown().len(), 1000);
        assert_eq!(of(50).shown()[50], (50, 50.0));
    }

    #[test]
    fn beyond_that_a_thousand_with_first_and_last() {
        let shown = of(10_000).shown();
        assert_eq!((shown.len(), shown[0], shown[999]), (1000, (0, 0.0), (10_000, 10_000.0)));
        assert!(shown.windows(2).all(|w| (10..=11).contains(&(w[1].0 - w[0].0))));
    }

    #[test]
    fn a_path_is_thinned_as_its_history_is() {
        let (mut history, mut path) = History::with_path(false, 1 << 14);
        for epoch in 0..5001 {
            history.push(f64::from(epoch));
            path.push(vec![f64::from(epoch)]);
        }
        let (points, path) = (history.points(), path.points());
        assert!(points.len() < 1100, "{}", points.len());
        assert_eq!(points.iter().map(|p| p.1).collect::<Vec<_>>(), path.concat());
        assert_eq!(points.last(), Some(&(5000, 5000.0)));
    }

    #[test]
    fn many_at_once_are_as_one_by_one() {
        for most in [4, 7, 1000] {
            for size in [1, 2, 3, 5, 64, 1001] {
                let (mut one, mut many) = (Thinned::new(most), Thinned::new(most));
                for epoch in 0..4000_u64 {
                    one.push(epoch);
                }
                for chunk in (0..4000).collect::<Vec<u64>>().chunks(size) {
                    many.extend(chunk);
                }
                assert_eq!(one, many, "{most} {size}");
            }
        }
    }

    #[test]
    fn memory_is_bounded_and_the_last_point_kept() {
        let history = of(3_000_001);
        assert!(history.losses.kept.len() <= KEPT);
        assert_eq!(history.points().last(), Some(&(3_000_001, 3_000_001.0)));
    }
}
