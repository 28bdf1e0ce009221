//! The places a run came by.

use crate::data::Dataset;
use crate::model::Model;
use crate::train::{Control, Options, TrainError, train_watched};

/// Where a run was after some epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Epochs done.
    pub epoch: u64,
    /// The parameters.
    pub theta: Vec<f64>,
    /// The parameters one epoch later, where they were asked for and there is one.
    pub next: Option<Vec<f64>>,
}

/// At which epochs a run is looked at, besides its start and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Epochs from one look to the next, at least 1.
    pub every: u64,
    /// Of the first epochs each is looked at, up to this one.
    pub first: u64,
    /// Whether each place has the parameters one epoch later too.
    pub next: bool,
}

impl Looks {
    /// The first few epochs of a run of so many, and then about `most` places evenly.
    pub fn about(most: u64, epochs: u64) -> Looks {
        Looks { every: epochs.div_ceil(most.max(1)).max(1), first: 10, next: false }
    }
}

/// Makes a run again up to `epochs` and returns the places it came by, the start and the end among them. `watch` is told
/// each epoch that is done; where it says [`Control::Stop`], the places up to there are all.
///
/// # Errors
/// Options that a run cannot be made with.
pub fn journey(
    (model, data, start): (&Model, Option<&Dataset>, &[f64]),
    (options, epochs): (&Options, u64),
    looks: Looks,
    watch: &mut dyn FnMut(u64) -> Control,
) -> Result<Vec<Place>, TrainError> {
    let Looks { every, first, next } = Looks { every: looks.every.max(1), ..looks };
    let wanted = |epoch: u64| epoch.is_multiple_of(every) || epoch <= first || epoch == epochs;
    let mut places: Vec<Place> = Vec::new();
    let mut see = |epoch: u64, theta: &[f64]| {
        if let Some(last) = places.last_mut().filter(|last| next && last.epoch + 1 == epoch) {
            last.next = Some(theta.to_vec());
        }
        if wanted(epoch) && places.last().is_none_or(|last| last.epoch < epoch) {
            places.push(Place { epoch, theta: theta.to_vec(), next: None });
        }
    };
    see(0, start);
    // Looking costs where it stops the fast pass: only one run in two needs all epochs.
    let looks = if next { 1 } else { every };
    if !next && every > 1 && first.min(epochs) > 0 {
        train_watched(model, data, start, options, 1, &mut |progress, theta| {
            if let Some(theta) = theta {
                see(progress.epoch, theta);
            }
            if progress.epoch >= first.min(epochs) { Control::Stop } else { Control::Continue }
        })?;
    }
    let run = train_watched(model, data, start, options, looks, &mut |progress, theta| {
        if let Some(theta) = theta {
            see(progress.epoch, theta);
        }
        if progress.epoch >= epochs { Control::Stop } else { watch(progress.epoch) }
    })?;
    see(run.epoch, &run.theta);
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::builtin;
    use crate::model::{ModelOptions, one_word};
    use crate::random::{Key, Seed};
    use crate::train::{RandomSource, starting_values, train};

    fn xor() -> (Model, Dataset, Vec<f64>) {
        let text = one_word::expand("2-2sigmoid-1sigmoid").unwrap();
        let model = Model::parse(&text, &ModelOptions::default()).unwrap();
        let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
        let data = model.bind(&table, &crate::data::bind::BindOptions::default()).unwrap().0;
        let start = starting_values(&model, None, 1, RandomSource::Own).unwrap();
        (model, data, start)
    }

    #[test]
    fn who_says_stop_ends_a_run_made_again_where_it_is() {
        let (model, data, start) = xor();
        let options = Options { epochs: 1_000_000_000, ..Options::default() };
        for next in [false, true] {
            let looks = Looks { next, ..Looks::about(10_000_000, options.epochs) };
            let mut told = Vec::new();
            let places =
                journey((&model, Some(&data), &start), (&options, options.epochs), looks, &mut |epoch| {
                    told.push(epoch);
                    if epoch >= 250 { Control::Stop } else { Control::Continue }
                })
                .unwrap();
            assert!(told.is_sorted() && told.last() == Some(&250));
            assert_eq!((places[5].epoch, places.last().unwrap().epoch), (5, 200));
        }
    }

    #[test]
    fn a_run_made_again_comes_by_the_same_places() {
        let (model, data, start) = xor();
        let options = Options { learning_rate: 0.7, epochs: 1003, ..Options::default() };
        for next in [false, true] {
            let looks = Looks { next, ..Looks::about(100, 1003) };
            let go_on = &mut |_| Control::Continue;
            let places = journey((&model, Some(&data), &start), (&options, 1003), looks, go_on).unwrap();
            let epochs: Vec<u64> = places.iter().map(|p| p.epoch).collect();
            assert_eq!((epochs[0], epochs[5], epochs.last().copied()), (0, 5, Some(1003)));
            assert!(epochs.is_sorted_by(|a, b| a < b) && epochs.len() < 120, "{epochs:?}");
            for place in [&places[3], &places[40], &places[places.len() - 1]] {
                let at = |epochs| {
                    let options = Options { epochs, ..options.clone() };
                    train(&model, Some(&data), &start, &options, &mut |_| Control::Continue).unwrap().theta
                };
                assert_eq!(place.theta, at(place.epoch));
                let later = (next && place.epoch < 1003).then(|| at(place.epoch + 1));
                assert_eq!(place.next, later);
            }
        }
    }
}
