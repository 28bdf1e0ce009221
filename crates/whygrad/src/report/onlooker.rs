//! Who looks on while pictures are made, and the runs that were made again for them.

use std::sync::Arc;

use super::PictureError;
use crate::landscape::{Looks, Place, journey};
use crate::train::Control;
use crate::why::{Case, Finished, epochs_between};

/// Places of a run that are looked at for a picture.
const PLACES: u64 = 300;

/// How many numbers of a run are kept in all: of a wide net fewer places are looked at.
const KEPT: usize = 40_000_000;

/// The fewest places of a wide net.
const FEWEST: usize = 20;

/// A run with more products than this is not made again for a picture: tiny nets make some 10⁹ a second, so that it is
/// ten minutes of those.
const LONGEST: f64 = 6e11;

/// An epoch takes as long as so many products, however small the net is.
const LEAST: f64 = 300.0;

/// Who is told how far a picture is, and says whether to go on. It keeps the places of a run that had to be made again, so
/// that several pictures of it make it again once.
pub struct Onlooker<'a> {
    tell: Box<Tell<'a>>,
    is_stopped: bool,
    /// All runs are looked at for their steps, too.
    steps: bool,
    again: Vec<MadeAgain>,
}

/// What is being done, which share of it is done, and whether to go on.
type Tell<'a> = dyn FnMut(&str, f64) -> Control + 'a;

/// The places of a run that was made again.
struct MadeAgain {
    case: Case,
    epochs: u64,
    next: bool,
    places: Arc<Vec<Place>>,
}

impl MadeAgain {
    fn is_of(&self, run: &Finished) -> bool {
        let (own, other) = (&self.case, &run.case);
        let same = Arc::ptr_eq(&own.model, &other.model) && Arc::ptr_eq(&own.data, &other.data);
        same && self.epochs == run.epochs && own.options == other.options && own.start == other.start
    }
}

impl<'a> Onlooker<'a> {
    /// Who is told what is being done and which share of it is done, from 0 to 1, often.
    pub fn new(tell: impl FnMut(&str, f64) -> Control + 'a) -> Onlooker<'a> {
        Onlooker { tell: Box::new(tell), is_stopped: false, steps: false, again: Vec::new() }
    }

    /// Nobody.
    pub fn nobody() -> Onlooker<'static> {
        Onlooker::new(|_, _| Control::Continue)
    }

    /// The same for pictures of which one shows steps: a run is made again for all of them at once.
    #[must_use]
    pub fn with_steps(self) -> Onlooker<'a> {
        Onlooker { steps: true, ..self }
    }

    /// Tells which share is done; whether to go on. Who once said stop is not asked again.
    pub(super) fn see(&mut self, what: &str, share: f64) -> Control {
        if !self.is_stopped && (self.tell)(what, share) == Control::Stop {
            self.is_stopped = true;
        }
        if self.is_stopped { Control::Stop } else { Control::Continue }
    }

    /// The same as a reason to end.
    pub(super) fn ask(&mut self, what: &str, share: f64) -> Result<(), PictureError> {
        match self.see(what, share) {
            Control::Continue => Ok(()),
            Control::Stop => Err(PictureError::Stopped),
        }
    }

    /// What was computed, unless someone said stop meanwhile.
    pub(super) fn unless_stopped<T>(&self, value: T) -> Result<T, PictureError> {
        if self.is_stopped { Err(PictureError::Stopped) } else { Ok(value) }
    }

    /// Computes something at each place.
    pub(super) fn at_each<T>(
        &mut self,
        what: &str,
        places: &[Place],
        mut of: impl FnMut(&Place) -> T,
    ) -> Result<Vec<T>, PictureError> {
        let mut found = Vec::with_capacity(places.len());
        for (k, place) in places.iter().enumerate() {
            self.ask(what, k as f64 / places.len() as f64)?;
            found.push(of(place));
        }
        Ok(found)
    }

    /// The parameters along a run: as it kept them, or else made again, with those one epoch later where they are asked for.
    pub(super) fn places(&mut self, run: &Finished, next: bool) -> Result<Arc<Vec<Place>>, PictureError> {
        if !run.path.is_empty() && !next {
            let place =
                |(epoch, theta): &(u64, Vec<f64>)| Place { epoch: *epoch, theta: theta.clone(), next: None };
            return Ok(Arc::new(run.path.iter().map(place).collect()));
        }
        if let Some(again) = self.again.iter().find(|again| again.is_of(run) && (again.next || !next)) {
            return Ok(Arc::clone(&again.places));
        }
        let next = next || self.steps;
        let places = Arc::new(self.made_again(run, next)?);
        let (case, epochs) = (run.case.clone(), run.epochs);
        self.again.push(MadeAgain { case, epochs, next, places: Arc::clone(&places) });
        Ok(places)
    }

    fn made_again(&mut self, run: &Finished, next: bool) -> Result<Vec<Place>, PictureError> {
        let case = &run.case;
        if is_too_long(run) {
            return Err(PictureError::Nothing(format!(
                "the run of {} epochs would have to be made again for this, which takes more than ten minutes; train it \
                 with --watch, which keeps its path",
                run.epochs
            )));
        }
        let data = (!case.model.plain_function).then_some(&*case.data);
        let kept = KEPT / (case.start.len().max(1) * if next { 2 } else { 1 });
        let looks = Looks::about(PLACES.min(kept.max(FEWEST) as u64), run.epochs);
        let (every, epochs) = (epochs_between(case), run.epochs.max(1) as f64);
        let places = journey(
            (&case.model, data, &case.start),
            (&case.options, run.epochs),
            Looks { next, ..looks },
            &mut |epoch| {
                if epoch.is_multiple_of(every) {
                    self.see("making the run again", epoch as f64 / epochs)
                } else {
                    Control::Continue
                }
            },
        )?;
        self.unless_stopped(places)
    }
}

/// Whether making a run again takes too long for a picture.
fn is_too_long(run: &Finished) -> bool {
    let one = run.case.work() / run.case.options.epochs.max(1) as f64;
    run.epochs as f64 * one.max(LEAST) > LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::bind::BindOptions;
    use crate::data::builtin;
    use crate::model::{Model, ModelOptions, one_word};
    use crate::random::{Key, Seed};
    use crate::report::{Choices, LandscapeChoices, What, landscape, picture};
    use crate::train::{Options, RandomSource, starting_values};

    fn run(epochs: u64) -> Finished {
        let text = one_word::expand("2-2sigmoid-1sigmoid").unwrap();
        let model = Model::parse(&text, &ModelOptions::default()).unwrap();
        let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
        let data = model.bind(&table, &BindOptions::default()).unwrap().0;
        let start = starting_values(&model, None, 1, RandomSource::Own).unwrap();
        let options = Options { epochs, ..Options::default() };
        let case = Case { model: Arc::new(model), data: Arc::new(data), options, start };
        case.run(&mut |_| Control::Continue).unwrap()
    }

    fn seen(run: &Finished, what: What, onlooker: &mut Onlooker<'_>) -> Result<(), PictureError> {
        picture(&[("run".to_owned(), run)], what, &Choices::default(), onlooker).map(|_| ())
    }

    #[test]
    fn who_says_stop_ends_every_picture_for_which_a_run_is_made_again() {
        let run = run(140_000);
        let again = [
            What::Accuracy,
            What::GradientNorm,
            What::Updates,
            What::Weights,
            What::Hidden,
            What::Trajectory,
        ];
        for what in again.into_iter().chain([What::Spectrum]) {
            let mut told = Vec::new();
            let mut onlooker = Onlooker::new(|stage, share| {
                told.push((stage.to_owned(), share));
                if share > 0.0 { Control::Stop } else { Control::Continue }
            });
            assert_eq!(seen(&run, what, &mut onlooker), Err(PictureError::Stopped), "{what}");
            drop(onlooker);
            assert!(told.iter().all(|t| t.0 == "making the run again"), "{what}: {told:?}");
            assert_eq!(told.iter().map(|t| t.1).collect::<Vec<_>>(), [0.0, 65_536.0 / 140_000.0]);
        }
    }

    #[test]
    fn who_says_stop_ends_a_landscape_at_each_of_its_stages() {
        let run = run(140_000);
        let choices = LandscapeChoices { side: 11, ..LandscapeChoices::default() };
        let stages =
            ["making the run again", "loss along the path", "loss over the plane", "stationary points"];
        for last in stages {
            let mut told = Vec::new();
            let mut onlooker = Onlooker::new(|stage, _| {
                told.push(stage.to_owned());
                if stage == last { Control::Stop } else { Control::Continue }
            });
            let end = landscape((&run, &run.case.model), None, &choices, &mut onlooker).map(|_| ());
            drop(onlooker);
            assert_eq!((end, told.last().map(String::as_str)), (Err(PictureError::Stopped), Some(last)));
            assert_eq!(
                told.iter().filter(|stage| *stage == last).count(),
                1,
                "who said stop is asked no more"
            );
        }
    }

    #[test]
    fn several_pictures_of_a_run_make_it_again_once() {
        let run = run(70_000);
        let again = std::cell::Cell::new(0);
        let see = |stage: &str, share: f64| {
            again.set(again.get() + u32::from(stage == "making the run again" && share == 0.0));
            Control::Continue
        };
        let mut onlooker = Onlooker::new(see);
        for what in [What::Weights, What::Accuracy, What::Spectrum, What::Updates, What::Trajectory] {
            seen(&run, what, &mut onlooker).unwrap();
        }
        assert_eq!(again.get(), 2, "once, and once for the steps");
        let mut onlooker = Onlooker::new(see).with_steps();
        for what in [What::Weights, What::Updates, What::Hidden] {
            seen(&run, what, &mut onlooker).unwrap();
        }
        assert_eq!(again.get(), 3);
        let other = Finished { epochs: 69_000, ..run.clone() };
        seen(&other, What::Weights, &mut onlooker).unwrap();
        assert_eq!(again.get(), 4, "a run of other length is another");
    }

    #[test]
    fn a_run_of_more_than_ten_minutes_is_not_made_again_and_it_is_said_what_to_do() {
        let run = Finished { epochs: 3_000_000_000, ..run(10) };
        let error = seen(&run, What::Weights, &mut Onlooker::nobody()).unwrap_err();
        assert!(error.to_string().ends_with("train it with --watch, which keeps its path"), "{error}");
        let kept = Finished { path: vec![(0, run.case.start.clone()), (10, run.theta.clone())], ..run };
        assert_eq!(seen(&kept, What::Weights, &mut Onlooker::nobody()), Ok(()));
    }
}
