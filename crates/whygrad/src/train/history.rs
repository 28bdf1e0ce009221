//! The loss after each epoch, thinned where there are very many.

/// How many points a thinned history has.
const SHOWN: usize = 1000;

/// How many points are kept while training, before every other one is dropped.
const KEPT: usize = 1 << 20;

/// The loss at epochs 0, 1, 2, ...; entry 0 is before training.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    losses: Vec<f64>,
    /// Epochs between two kept points.
    stride: u64,
    /// The epoch and loss of the newest point, kept or not.
    newest: Option<(u64, f64)>,
    keep_all: bool,
}

impl History {
    pub(crate) fn new(keep_all: bool) -> History {
        History { losses: Vec::new(), stride: 1, newest: None, keep_all }
    }

    pub(crate) fn push(&mut self, loss: f64) {
        let epoch = self.newest.map_or(0, |(epoch, _)| epoch + 1);
        self.newest = Some((epoch, loss));
        if !epoch.is_multiple_of(self.stride) {
            return;
        }
        self.losses.push(loss);
        if !self.keep_all && self.losses.len() >= KEPT {
            let mut index = 0;
            self.losses.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// The newest loss.
    pub fn last(&self) -> Option<f64> {
        self.newest.map(|(_, loss)| loss)
    }

    /// All points kept: (epoch, loss), first and last among them.
    pub fn points(&self) -> Vec<(u64, f64)> {
        let mut points: Vec<(u64, f64)> =
            self.losses.iter().enumerate().map(|(k, &loss)| (k as u64 * self.stride, loss)).collect();
        if let Some(newest) = self.newest
            && points.last().map(|p| p.0) != Some(newest.0)
        {
            points.push(newest);
        }
        points
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
    fn memory_is_bounded_and_the_last_point_kept() {
        let history = of(3_000_001);
        assert!(history.losses.len() <= KEPT);
        assert_eq!(history.points().last(), Some(&(3_000_001, 3_000_001.0)));
    }
}
