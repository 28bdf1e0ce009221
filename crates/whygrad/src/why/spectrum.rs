//! How the loss bends along a run: the data of `why --spectrum`.

use serde::Serialize;

use super::finished::Finished;
use super::speed::{Bends, bound};
use crate::landscape::Place;
use crate::train::Control;

/// Up to so many parameters all eigenvalues of the Hessian are computed.
const ALL_EIGENVALUES: usize = 150;

/// So many places of a small net's path are shown.
const MOST: usize = 41;

/// So many places of a large net's path are shown.
const FEW: usize = 6;

/// So many of one with this many parameters.
const SOME: usize = 20;
const MANY: usize = 80;

/// The eigenvalues of the Hessian at one place of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SpectrumPlace {
    /// Epochs done there.
    pub epoch: u64,
    /// The smallest eigenvalue.
    pub smallest: f64,
    /// The largest.
    pub largest: f64,
    /// All of them, the least first, for a net of up to 150 parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<f64>>,
}

/// The eigenvalues along a run, and where they become too large for its learning rate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spectrum {
    /// The largest eigenvalue at which steps are stable: 2 / rate for plain gradient descent, (2 + 2m) / rate with
    /// momentum m; nothing where the optimiser has no such bound.
    pub bound: Option<f64>,
    /// At some places from the start to the end; those where a number is not finite are left out.
    pub places: Vec<SpectrumPlace>,
}

/// How the loss of the whole data bends at some places of a run's path, the first and the last among them.
///
/// Of a net with many parameters and rows, the rows are thinned so far that it takes seconds. `watch` is told before each
/// place which share of them is done; `None` where it says [`Control::Stop`].
pub fn spectrum(
    finished: &Finished,
    path: &[Place],
    watch: &mut dyn FnMut(f64) -> Control,
) -> Option<Spectrum> {
    let mut bends = Bends::of_all(&finished.case);
    let most = match finished.theta.len() {
        _ if bends.is_large() => FEW,
        // With some hundred rows all eigenvalues of such a matrix take 10 ms.
        MANY..=ALL_EIGENVALUES => SOME,
        _ => MOST,
    };
    let few = evenly(path, most);
    let mut lowest: Vec<f64> = (0..finished.theta.len()).map(|k| 1.0 + 0.5 * libm::cos(k as f64)).collect();
    let mut places = Vec::new();
    for (k, Place { epoch, theta, .. }) in few.iter().enumerate() {
        if watch(k as f64 / few.len() as f64) == Control::Stop {
            return None;
        }
        let place = if theta.len() <= ALL_EIGENVALUES {
            bends.all(theta).and_then(|all| {
                let (smallest, largest) = (*all.first()?, *all.last()?);
                Some(SpectrumPlace { epoch: *epoch, smallest, largest, all: Some(all) })
            })
        } else {
            let ends = bends.largest(theta).zip(bends.smallest(theta, &mut lowest));
            ends.map(|(largest, smallest)| SpectrumPlace { epoch: *epoch, smallest, largest, all: None })
        };
        places.extend(place);
    }
    let options = &finished.case.options;
    Some(Spectrum { bound: bound(options).map(|b| b / options.learning_rate), places })
}

/// At most so many of the places, those nearest to equal distances, the first and the last among them.
fn evenly(path: &[Place], most: usize) -> Vec<&Place> {
    let Some(last) = path.last() else { return vec![] };
    let steps = most.clamp(2, path.len().max(2)) - 1;
    let mut few: Vec<&Place> = Vec::new();
    for k in 0..=steps {
        let epoch = last.epoch as f64 * k as f64 / steps as f64;
        let next = path.partition_point(|place| (place.epoch as f64) < epoch);
        let near = [next.saturating_sub(1), next.min(path.len() - 1)].map(|at| &path[at]);
        let apart = |place: &Place| (place.epoch as f64 - epoch).abs();
        let nearest = if apart(near[0]) < apart(near[1]) { near[0] } else { near[1] };
        if few.last().is_none_or(|before| before.epoch < nearest.epoch) {
            few.push(nearest);
        }
    }
    few
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::run_of;
    use super::*;
    use crate::landscape::{Looks, journey};

    fn path(run: &Finished) -> Vec<Place> {
        let case = &run.case;
        let way = (&*case.model, Some(&*case.data), case.start.as_slice());
        let looks = Looks::about(300, run.epochs);
        journey(way, (&case.options, run.epochs), looks, &mut |_| Control::Continue).unwrap()
    }

    #[test]
    fn it_goes_from_the_start_to_the_end_with_the_bound_of_the_rate() {
        let run = run_of("2-2sigmoid-1sigmoid", "mse", "xor", |o| {
            o.learning_rate = 0.5;
            o.epochs = 1000;
        });
        let spectrum = spectrum(&run, &path(&run), &mut |_| Control::Continue).unwrap();
        assert_eq!(spectrum.bound, Some(4.0));
        let epochs: Vec<u64> = spectrum.places.iter().map(|place| place.epoch).collect();
        assert_eq!((epochs.len(), epochs[0], epochs[20], epochs[40]), (41, 0, 500, 1000));
        for place in &spectrum.places {
            let all = place.all.as_ref().unwrap();
            assert!(all.len() == 9 && all.is_sorted());
            assert_eq!((all[0], all[8]), (place.smallest, place.largest));
        }
    }

    #[test]
    fn of_a_larger_net_it_has_the_two_ends() {
        let run = run_of("2-60tanh-1sigmoid", "mse", "xor", |o| o.epochs = 20);
        let spectrum = spectrum(&run, &path(&run), &mut |_| Control::Continue).unwrap();
        let place = &spectrum.places[1];
        assert!(place.all.is_none() && place.smallest < place.largest);
    }

    #[test]
    fn it_tells_how_far_it_is_and_ends_where_it_is_told_to() {
        let run = run_of("2-2sigmoid-1sigmoid", "mse", "xor", |o| o.epochs = 9);
        let mut told = Vec::new();
        let half = spectrum(&run, &path(&run), &mut |share| {
            told.push(share);
            if share < 0.5 { Control::Continue } else { Control::Stop }
        });
        assert_eq!((half, told), (None, vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5]));
    }
}
