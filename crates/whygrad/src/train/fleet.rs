//! Many restarts of one model: each net from its own starting values to its ending.
//!
//! Restart k of a seed draws its starting values from `Key::from_seed(seed).purpose(Init).fold(k)` and its order of
//! the rows from `purpose(Shuffle).fold(k)`, so that it ends as it would alone: [`super::train`] with
//! [`Options::restart`] replays it. Endings come in the order of the restarts, whatever the number of threads.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use whygrad_engine::real::Real;
use whygrad_engine::scalar::Scalar;
use whygrad_expr::program::Program;

use super::alone::Alone;
use super::evaluate::Judge;
use super::net::Rows;
use super::watch::Watch;
use super::{Control, Optimiser, Options, Precision, TrainError, backward};
use crate::data::Dataset;
use crate::init::Initialiser;
use crate::model::Model;
use desk::{Desk, News, Wanted};
pub use ending::{Ending, FleetError, FleetOptions, FleetProgress, Reason, Solved};
use formation::{Formation, Newcomer};
use hand::{Bench, Hand};

mod desk;
mod ending;
mod formation;
mod hand;

/// Trains the restarts and hands their endings to `each`, in order and each once, as soon as they are there.
///
/// `each` is also called without endings, many times a second, so that it can look at a clock and stop. After
/// [`Control::Stop`] it is not called again, and what has not been handed over is lost: the nets that had ended
/// by then were the quick ones, and counting them would favour these.
pub fn train_fleet(
    model: &Model,
    data: &Dataset,
    initialiser: Option<Initialiser>,
    options: &FleetOptions,
    restarts: Range<u64>,
    each: &mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
) -> Result<(), FleetError> {
    train_some((model, data), initialiser, options, restarts, (Goal::All, each)).map(|_| ())
}

/// Trains the restarts until one is solved, and gives that one; `None` where none is, or `each` stopped it.
///
/// Tiny nets are trained side by side, 256 at a time. Of these the one that is solved in the fewest epochs is the answer,
/// of equals the first: the same on any number of threads. The endings of those 256 are handed to `each` where none of
/// them is solved. Of nets that are trained one by one the answer is the one that is solved first, and may be another
/// one where there are more threads.
pub fn train_until_solved(
    model: &Model,
    data: &Dataset,
    initialiser: Option<Initialiser>,
    options: &FleetOptions,
    restarts: Range<u64>,
    each: &mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
) -> Result<Option<Ending>, FleetError> {
    train_some((model, data), initialiser, options, restarts, (Goal::OneSolved, each))
}

/// What the fleet is trained for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    All,
    OneSolved,
}

/// Who is told of endings, and asked whether to go on.
type Each<'e> = &'e mut dyn FnMut(&[Ending], &FleetProgress) -> Control;

fn train_some(
    (model, data): (&Model, &Dataset),
    initialiser: Option<Initialiser>,
    options: &FleetOptions,
    restarts: Range<u64>,
    goal: (Goal, Each<'_>),
) -> Result<Option<Ending>, FleetError> {
    if matches!(options.solved, Solved::Within(_)) && !Judge::new(model, data).is_comparable() {
        return Err(FleetError::NotComparable);
    }
    options.options.gradient.check().map_err(TrainError::from)?;
    options.options.backward.check().map_err(TrainError::from)?;
    let program = backward::changed(model, &options.options.backward).map_err(TrainError::from)?;
    let run = Options { portable: options.portable || options.options.portable, ..options.options.clone() };
    let options = &FleetOptions { options: run, ..options.clone() };
    let parts = (model, &program, data);
    match options.options.precision {
        Precision::F64 => train_in::<f64>(parts, initialiser, options, restarts, goal),
        Precision::F32 => train_in::<f32>(parts, initialiser, options, restarts, goal),
    }
}

fn train_in<T: Real + Scalar>(
    (model, program, data): (&Model, &Program, &Dataset),
    initialiser: Option<Initialiser>,
    options: &FleetOptions,
    restarts: Range<u64>,
    (goal, each): (Goal, Each<'_>),
) -> Result<Option<Ending>, FleetError> {
    let formation = Formation::<T>::new(model, program, data, options);
    // The nets are shared out among the threads, one each.
    let mut single =
        Options { threads: Some(1), keep_path: false, restart: Some(0), ..options.options.clone() };
    if options.early_stop {
        match options.solved {
            Solved::Never => {}
            Solved::Within(limit) => single.stop.within = Some(limit),
            Solved::TargetLoss(target) => single.stop.target_loss = Some(target),
        }
    }
    let rows = Rows::<T>::new(Some(data), &single);
    let benches = Mutex::new(Vec::new());
    let fleet = Fleet {
        model,
        program,
        data,
        rows: &rows,
        initialiser,
        options,
        single: &single,
        formation,
        benches,
    };
    fleet.train(restarts, goal, each)
}

/// Trains nets from given starting values, with the given options, each as [`super::train`] would; tiny
/// ones side by side. Gives the parameters at the end, in the order of the starts.
pub fn train_from(
    model: &Model,
    data: &Dataset,
    starts: &[Vec<f64>],
    options: &Options,
) -> Result<Vec<Vec<f64>>, TrainError> {
    options.gradient.check()?;
    options.backward.check()?;
    let program = backward::changed(model, &options.backward)?;
    let options = Options { restart: Some(0), ..options.clone() };
    let threads = options.threads();
    let fleet = FleetOptions {
        portable: options.portable,
        threads: Some(threads),
        solved: Solved::Never,
        early_stop: true,
        options,
    };
    let share = starts.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let part = |starts: &[Vec<f64>]| match fleet.options.precision {
            Precision::F64 => part_from::<f64>(model, &program, data, starts, &fleet),
            Precision::F32 => part_from::<f32>(model, &program, data, starts, &fleet),
        };
        let mut parts = starts.chunks(share);
        let first = parts.next().unwrap_or_default();
        let others: Vec<_> = parts.map(|p| (scope.spawn(move || part(p)), p)).collect();
        let mut all = part(first)?;
        for (other, _) in others {
            if let Ok(theta) = other.join() {
                all.extend(theta?);
            }
        }
        Ok(all)
    })
}

fn part_from<T: Real + Scalar>(
    model: &Model,
    program: &Program,
    data: &Dataset,
    starts: &[Vec<f64>],
    fleet: &FleetOptions,
) -> Result<Vec<Vec<f64>>, TrainError> {
    let rows = Rows::<T>::new(Some(data), &fleet.options);
    let bench = || Alone::new((model, program), Some(data), &rows, &fleet.options, Solved::Never);
    let by_itself = |alone: &mut Alone<'_, T>, start: &Vec<f64>| {
        alone.train(start, Some(0), &mut Watch::Losses(&mut |_| Control::Continue)).theta
    };
    let Some(formation) = Formation::<T>::new(model, program, data, fleet) else {
        let mut alone = bench()?;
        return Ok(starts.iter().map(|start| by_itself(&mut alone, start)).collect());
    };
    let mut all = Vec::with_capacity(starts.len());
    for group in starts.chunks(formation.group() as usize) {
        let mut source = super::start::step_stream(&fleet.options);
        let rule = formation.rule();
        let nets: Vec<_> = group
            .iter()
            .enumerate()
            .map(|(k, start)| Newcomer {
                restart: k as u64,
                start: start.clone(),
                memories: Optimiser::memories(rule, start.len(), source.as_mut()),
            })
            .collect();
        let mut left = Vec::new();
        formation.train(&nets, true, &AtomicBool::new(false), &mut |some, _| left.extend(some));
        left.sort_by_key(|net| net.restart);
        for (net, start) in left.into_iter().zip(group) {
            all.push(if net.reason.is_some() { net.theta } else { by_itself(&mut bench()?, start) });
        }
    }
    Ok(all)
}

/// Restarts that are under way at once, at most, where each is trained alone or one solved net is wanted.
const BLOCK: u64 = 256;

/// Groups of nets that are under way at once, at most, for each thread.
const GROUPS: u64 = 4;

/// How long nothing may be heard before the caller is asked whether to go on.
const SILENCE: Duration = Duration::from_millis(30);

/// A word from a thread: news, or why it could not begin.
type Word = Result<News, FleetError>;

struct Fleet<'a, T> {
    model: &'a Model,
    program: &'a Program,
    data: &'a Dataset,
    rows: &'a Rows<T>,
    initialiser: Option<Initialiser>,
    options: &'a FleetOptions,
    /// Of a net that is trained by itself.
    single: &'a Options,
    /// Where the nets are tiny.
    formation: Option<Formation<'a, T>>,
    /// Those that no thread uses.
    benches: Mutex<Vec<Bench<'a, T>>>,
}

impl<'a, T: Real + Scalar> Fleet<'a, T> {
    fn train(&self, restarts: Range<u64>, goal: Goal, each: Each<'_>) -> Result<Option<Ending>, FleetError> {
        let threads = self.options.threads;
        let available = || thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or_else(available).max(1);
        let all = restarts.end.saturating_sub(restarts.start);
        let mut progress = FleetProgress { restarts: all, ..FleetProgress::default() };
        let wanted = match (goal, &self.formation) {
            (Goal::All, _) => Wanted::All,
            (Goal::OneSolved, Some(_)) => Wanted::Quickest,
            (Goal::OneSolved, None) => Wanted::Any,
        };
        // Nets that are trained alone are handed out one by one, tiny ones by the group.
        let (group, block) = match &self.formation {
            None => (1, BLOCK),
            Some(f) if goal == Goal::OneSolved => (f.group_of(all.min(BLOCK), threads), BLOCK),
            Some(f) => {
                (f.group_of(all, threads), (GROUPS * f.group_of(all, threads)).saturating_mul(threads as u64))
            }
        };
        let mut next = restarts.start;
        while next < restarts.end {
            let end = restarts.end.min(next.saturating_add(block));
            let mut desk = Desk::new(wanted, (&(next..end), group), &mut progress, &mut *each);
            let control = self.block(next..end, (threads, group), &mut desk)?;
            if desk.found().is_some() || control == Control::Stop {
                return Ok(desk.found());
            }
            next = end;
        }
        Ok(None)
    }

    /// Trains some restarts on some threads.
    fn block(
        &self,
        restarts: Range<u64>,
        (threads, group): (usize, u64),
        desk: &mut Desk<'_>,
    ) -> Result<Control, FleetError> {
        let (next, stop) = (AtomicU64::new(restarts.start), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        let work = |thread: usize, sender: Sender<Word>| {
            let mut hand = Hand { fleet: self, thread, stop: &stop, sender, bench: None };
            loop {
                let first = next.fetch_add(group, Ordering::Relaxed);
                if first >= restarts.end || stop.load(Ordering::Relaxed) {
                    break;
                }
                let some = first..restarts.end.min(first + group);
                let told = match &self.formation {
                    Some(formation) => hand.together(formation, some),
                    None => hand.one(first),
                };
                if let Err(error) = told {
                    let _ = hand.sender.send(Err(error));
                }
            }
            self.benches().extend(hand.bench);
        };
        let work = &work;
        thread::scope(|scope| {
            for thread in 0..threads {
                let own = sender.clone();
                if thread::Builder::new().spawn_scoped(scope, move || work(thread, own)).is_err() {
                    // Where there are no threads to be had, this one does the work.
                    work(thread, sender.clone());
                    break;
                }
            }
            drop(sender);
            loop {
                let control = match receiver.recv_timeout(SILENCE) {
                    Ok(Ok(news)) => Ok(desk.take(&news)),
                    Ok(Err(error)) => Err(error),
                    Err(RecvTimeoutError::Timeout) => Ok(desk.look()),
                    Err(RecvTimeoutError::Disconnected) => return Ok(Control::Continue),
                };
                if control != Ok(Control::Continue) {
                    stop.store(true, Ordering::Relaxed);
                    return control;
                }
            }
        })
    }

    fn benches(&self) -> MutexGuard<'_, Vec<Bench<'a, T>>> {
        self.benches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
