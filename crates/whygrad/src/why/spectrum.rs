//! How the loss bends along a run: the data of `why --spectrum`.

use serde::Serialize;

use super::finished::Finished;
use super::lab::Limits;
use super::scene::{ALL_EIGENVALUES, Scene};
use super::speed::{Bends, bound};

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

/// How the loss of the whole data bends along a run, from its start to its end.
///
/// Of a net with many parameters and rows, the rows are thinned so far that it takes seconds.
pub fn spectrum(finished: &Finished, limits: Limits) -> Spectrum {
    let scene = Scene::new(finished, limits);
    let mut bends = Bends::of_all(&finished.case);
    let path = scene.path();
    let places = match finished.theta.len() {
        _ if bends.is_large() => FEW,
        // All eigenvalues of such a matrix take some 30 ms.
        MANY..=ALL_EIGENVALUES => SOME,
        _ => path.len(),
    };
    let every = path.len().div_ceil(places.max(1)).max(1);
    let mut lowest: Vec<f64> = (0..finished.theta.len()).map(|k| 1.0 + 0.5 * libm::cos(k as f64)).collect();
    let mut places = Vec::new();
    for (epoch, theta) in path.iter().rev().step_by(every).rev() {
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
    Spectrum { bound: bound(options).map(|b| b / options.learning_rate), places }
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::run_of;
    use super::*;

    #[test]
    fn it_goes_from_the_start_to_the_end_with_the_bound_of_the_rate() {
        let run = run_of("2-2sigmoid-1sigmoid", "mse", "xor", |o| {
            o.learning_rate = 0.5;
            o.epochs = 1000;
        });
        let spectrum = spectrum(&run, Limits::for_run(&run.case));
        assert_eq!(spectrum.bound, Some(4.0));
        assert_eq!((spectrum.places[0].epoch, spectrum.places.last().unwrap().epoch), (0, 1000));
        for place in &spectrum.places {
            let all = place.all.as_ref().unwrap();
            assert!(all.len() == 9 && all.is_sorted());
            assert_eq!((all[0], all[8]), (place.smallest, place.largest));
        }
    }

    #[test]
    fn of_a_larger_net_it_has_the_two_ends() {
        let run = run_of("2-60tanh-1sigmoid", "mse", "xor", |o| o.epochs = 20);
        let spectrum = spectrum(&run, Limits::for_run(&run.case));
        let place = &spectrum.places[1];
        assert!(place.all.is_none() && place.smallest < place.largest);
    }
}
