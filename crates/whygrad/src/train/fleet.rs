//! Many restarts of one model: each net from its own starting values to its ending.
//!
//! Restart k of a seed draws its starting values from `Key::from_seed(seed).purpose(Init).fold(k)` and its order of
//! the rows from `purpose(Shuffle).fold(k)`, so that it ends as it would alone: [`super::train`] with
//! [`Options::restart`] replays it. Endings come in the order of the restarts, whatever the number of threads.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use whygrad_engine::real::Real;
use whygrad_engine::scalar::Scalar;
use whygrad_expr::program::Program;

use super::evaluate::Judge;
use super::{
    Control, Optimiser, Options, Precision, Run, StopReason, TrainError, backward, starting_values_of, train,
};
use crate::data::Dataset;
use crate::init::Initialiser;
use crate::model::Model;
pub use ending::{Ending, FleetError, FleetOptions, FleetProgress, Reason, Solved};
use formation::{Formation, Left, Newcomer};

mod ending;
mod formation;

/// Trains the restarts and hands their endings to `each`, in order and each once, as soon as they are there.
///
/// `each` is also called without endings now and then, so that it can look at a clock and stop. After
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
    if matches!(options.solved, Solved::Within(_)) && !Judge::new(model, data).is_comparable() {
        return Err(FleetError::NotComparable);
    }
    options.options.gradient.check().map_err(TrainError::from)?;
    options.options.backward.check().map_err(TrainError::from)?;
    let program = backward::changed(model, &options.options.backward).map_err(TrainError::from)?;
    let run = Options { portable: options.portable || options.options.portable, ..options.options.clone() };
    let options = &FleetOptions { options: run, ..options.clone() };
    match options.options.precision {
        Precision::F64 => {
            let formation = Formation::<f64>::new(model, &program, data, options);
            Fleet { model, data, initialiser, options, formation }.train(restarts, each)
        }
        Precision::F32 => {
            let formation = Formation::<f32>::new(model, &program, data, options);
            Fleet { model, data, initialiser, options, formation }.train(restarts, each)
        }
    }
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
    let alone = |start: &Vec<f64>| {
        let run = train(model, Some(data), start, &fleet.options, &mut |_| Control::Continue);
        run.map(|run| run.theta)
    };
    let Some(formation) = Formation::<T>::new(model, program, data, fleet) else {
        return starts.iter().map(alone).collect();
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
        let mut left = formation.train(&nets, true, &mut |_| true).unwrap_or_default();
        left.sort_by_key(|net| net.restart);
        for (net, start) in left.into_iter().zip(group) {
            all.push(if net.reason.is_some() { net.theta } else { alone(start)? });
        }
    }
    Ok(all)
}

/// Restarts that are under way at once, at most, where each is trained alone.
const BLOCK: u64 = 256;

/// Groups of nets that are under way at once, at most, for each thread.
const GROUPS: u64 = 4;

/// Epochs of a net between two signs of life.
const SIGN: u64 = 512;

/// What a thread has to say.
enum Said {
    /// So many more epochs are done.
    Epochs(u64),
    /// Nets ended; `None` where they were told to stop.
    Ended(Option<Vec<Ending>>),
    /// It could not begin.
    Failed(FleetError),
}

struct Fleet<'a, T> {
    model: &'a Model,
    data: &'a Dataset,
    initialiser: Option<Initialiser>,
    options: &'a FleetOptions,
    /// Where the nets are tiny.
    formation: Option<Formation<'a, T>>,
}

impl<T: Real + Scalar> Fleet<'_, T> {
    fn train(
        &self,
        restarts: Range<u64>,
        each: &mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
    ) -> Result<(), FleetError> {
        let threads = self.options.threads;
        let available = || thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or_else(available).max(1);
        let mut progress =
            FleetProgress { restarts: restarts.end.saturating_sub(restarts.start), ..Default::default() };
        let mut next = restarts.start;
        // Nets that are trained alone are handed out one by one, tiny ones by the group.
        let group = self.formation.as_ref().map_or(1, |f| Self::group(f, &restarts, threads));
        let block = if self.formation.is_some() { group * GROUPS * threads as u64 } else { BLOCK };
        while next < restarts.end {
            let end = restarts.end.min(next.saturating_add(block));
            if self.block(next..end, (threads, group), &mut progress, each)? == Control::Stop {
                break;
            }
            next = end;
        }
        Ok(())
    }

    /// How many nets a thread trains together: few nets are shared out among the threads.
    fn group(formation: &Formation<'_, T>, restarts: &Range<u64>, threads: usize) -> u64 {
        let all = restarts.end.saturating_sub(restarts.start);
        all.div_ceil(threads as u64).clamp(1, formation.group())
    }

    /// Trains some restarts on some threads.
    fn block(
        &self,
        restarts: Range<u64>,
        (threads, group): (usize, u64),
        progress: &mut FleetProgress,
        each: &mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
    ) -> Result<Control, FleetError> {
        let (next, stop) = (AtomicU64::new(restarts.start), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        let work = |sender: Sender<Said>| {
            loop {
                let first = next.fetch_add(group, Ordering::Relaxed);
                if first >= restarts.end || stop.load(Ordering::Relaxed) {
                    return;
                }
                let some = first..restarts.end.min(first + group);
                let told = match &self.formation {
                    Some(formation) => self.endings(formation, some, &stop, &sender),
                    None => self.ending(first, &stop, &sender).map(|e| e.map(|e| vec![e])),
                };
                if sender.send(told.map_or_else(Said::Failed, Said::Ended)).is_err() {
                    return;
                }
            }
        };
        let mut block = Block { first: restarts.start, ended: Vec::new(), handed: 0 };
        thread::scope(|scope| {
            for _ in 0..threads {
                let own = sender.clone();
                if thread::Builder::new().spawn_scoped(scope, || work(own)).is_err() {
                    // Where there are no threads to be had, this one does the work.
                    work(sender.clone());
                    break;
                }
            }
            drop(sender);
            for said in receiver {
                let control = match said {
                    Said::Failed(error) => {
                        stop.store(true, Ordering::Relaxed);
                        return Err(error);
                    }
                    Said::Epochs(epochs) => {
                        progress.net_epochs += epochs;
                        each(&[], progress)
                    }
                    Said::Ended(ending) => block.hand_over(ending, progress, each),
                };
                if control == Control::Stop {
                    stop.store(true, Ordering::Relaxed);
                    return Ok(Control::Stop);
                }
            }
            Ok(Control::Continue)
        })
    }

    /// Trains nets side by side.
    fn endings(
        &self,
        formation: &Formation<'_, T>,
        restarts: Range<u64>,
        stop: &AtomicBool,
        sender: &Sender<Said>,
    ) -> Result<Option<Vec<Ending>>, FleetError> {
        let mut nets = Vec::new();
        for restart in restarts {
            let options = Options { restart: Some(restart), ..self.options.options.clone() };
            let start = starting_values_of(self.model, self.initialiser, &options)?;
            let mut source = super::start::step_stream(&options);
            let memories = Optimiser::memories(formation.rule(), start.len(), source.as_mut());
            nets.push(Newcomer { restart, start, memories });
        }
        let left = formation.train(&nets, false, &mut |epochs| {
            let _ = sender.send(Said::Epochs(epochs));
            !stop.load(Ordering::Relaxed)
        });
        let Some(left) = left else { return Ok(None) };
        let mut endings = Vec::with_capacity(left.len());
        for net in left {
            let Left { restart, epochs, first_solved, loss, reason, theta: _ } = net;
            let ending = match reason {
                Some(reason) => Some(Ending { restart, epochs, first_solved, loss, reason }),
                // Alone, a net says which was its last finite loss.
                None => self.ending(restart, stop, sender)?,
            };
            let Some(ending) = ending else { return Ok(None) };
            endings.push(ending);
        }
        Ok(Some(endings))
    }

    /// Trains one net.
    fn ending(
        &self,
        restart: u64,
        stop: &AtomicBool,
        sender: &Sender<Said>,
    ) -> Result<Option<Ending>, FleetError> {
        // The nets are shared out among the threads, one each.
        let own = Options { threads: Some(1), keep_path: false, ..self.options.options.clone() };
        let mut options = Options { restart: Some(restart), ..own };
        let start = starting_values_of(self.model, self.initialiser, &options)?;
        let run = |options: &Options| {
            let mut told = 0;
            let run = train(self.model, Some(self.data), &start, options, &mut |progress| {
                if progress.epoch >= told + SIGN {
                    told = progress.epoch;
                    let _ = sender.send(Said::Epochs(SIGN));
                }
                if stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
            });
            if let Ok(run) = &run {
                let _ = sender.send(Said::Epochs(run.epoch - told));
            }
            run
        };
        match self.options.solved {
            Solved::Never => {}
            Solved::Within(limit) => options.stop.within = Some(limit),
            Solved::TargetLoss(target) => options.stop.target_loss = Some(target),
        }
        let first = run(&options)?;
        let first_solved = self.is_solved(&first).then_some(first.epoch);
        let last = match first_solved {
            Some(_) if !self.options.early_stop => {
                run(&Options { restart: Some(restart), keep_path: false, ..self.options.options.clone() })?
            }
            _ => first,
        };
        let interrupted = last.stop == StopReason::Interrupted;
        Ok((!interrupted).then(|| self.judged(restart, &last, first_solved)))
    }

    fn is_solved(&self, run: &Run) -> bool {
        match self.options.solved {
            Solved::Never => false,
            Solved::Within(_) => matches!(run.stop, StopReason::Within { .. }),
            Solved::TargetLoss(_) => matches!(run.stop, StopReason::TargetLoss { .. }),
        }
    }

    /// The ending of a net, judged where it stands now.
    fn judged(&self, restart: u64, run: &Run, first_solved: Option<u64>) -> Ending {
        let finite = !matches!(run.stop, StopReason::Overflow(_) | StopReason::LeftDomain { .. });
        let solved = finite
            && first_solved.is_some()
            && match self.options.solved {
                Solved::Never => false,
                Solved::Within(limit) => Judge::new(self.model, self.data).all_within(&run.theta, limit),
                Solved::TargetLoss(target) => run.loss <= target,
            };
        let reason = if solved { Reason::Solved } else { reason(&run.stop) };
        Ending { restart, epochs: run.epoch, first_solved, loss: run.loss, reason }
    }
}

fn reason(stop: &StopReason) -> Reason {
    match stop {
        StopReason::Epochs | StopReason::Interrupted => Reason::Epochs,
        StopReason::Stationary => Reason::Stationary,
        StopReason::NoDecrease => Reason::NoDecrease,
        StopReason::TargetLoss { .. } => Reason::TargetLoss,
        StopReason::AllRight | StopReason::Within { .. } => Reason::Within,
        StopReason::SmallestChange { .. } => Reason::SmallestChange,
        StopReason::GradientNorm { .. } => Reason::GradientNorm,
        StopReason::LeftDomain { .. } => Reason::LeftDomain,
        StopReason::Overflow(_) => Reason::Overflow,
    }
}

/// The endings of a block, put into order.
struct Block {
    first: u64,
    /// By restart, from the first of the block.
    ended: Vec<Option<Ending>>,
    /// How many were handed over.
    handed: usize,
}

impl Block {
    /// Takes endings, and hands over what is complete up to some restart.
    fn hand_over(
        &mut self,
        endings: Option<Vec<Ending>>,
        progress: &mut FleetProgress,
        each: &mut dyn FnMut(&[Ending], &FleetProgress) -> Control,
    ) -> Control {
        let Some(endings) = endings else { return Control::Stop };
        for ending in endings {
            let place = (ending.restart - self.first) as usize;
            if self.ended.len() <= place {
                self.ended.resize(place + 1, None);
            }
            self.ended[place] = Some(ending);
        }
        let ready: Vec<Ending> = self.ended[self.handed..].iter().map_while(|ending| *ending).collect();
        if ready.is_empty() {
            return Control::Continue;
        }
        self.handed += ready.len();
        progress.ended += ready.len() as u64;
        each(&ready, progress)
    }
}

#[cfg(test)]
mod tests;
