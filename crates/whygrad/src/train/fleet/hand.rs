//! A thread of a fleet: it trains nets, and says how they are.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use whygrad_engine::real::Real;
use whygrad_engine::scalar::Scalar;

use super::desk::News;
use super::formation::{Formation, Newcomer};
use super::{Ending, Fleet, FleetError, Reason, Solved, Word};
use crate::train::alone::Alone;
use crate::train::evaluate::Judge;
use crate::train::watch::Watch;
use crate::train::{Control, Optimiser, Options, Progress, Run, StopReason, start, starting_values_of};

/// The most epochs of a net between two signs of life.
const SIGN: u64 = 512;

/// The most products of a number of a row and a parameter between two signs of life.
const MUCH_WORK: u64 = 1 << 24;

/// Where a thread trains one net after the other.
pub(super) struct Bench<'a, T> {
    alone: Alone<'a, T>,
    /// Where a solved net trains on, it is judged at its end.
    judge: Option<Judge<'a>>,
}

/// A thread of a fleet.
pub(super) struct Hand<'a, 'f, T> {
    pub(super) fleet: &'f Fleet<'a, T>,
    pub(super) thread: usize,
    pub(super) stop: &'f AtomicBool,
    pub(super) sender: Sender<Word>,
    pub(super) bench: Option<Bench<'a, T>>,
}

impl<T: Real + Scalar> Hand<'_, '_, T> {
    fn say(&self, news: News) {
        // Nobody listens any more where the fleet was stopped.
        let _ = self.sender.send(Ok(News { thread: self.thread, ..news }));
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Trains nets side by side.
    pub(super) fn together(
        &mut self,
        formation: &Formation<'_, T>,
        restarts: Range<u64>,
    ) -> Result<(), FleetError> {
        let (fleet, all) = (self.fleet, &self.fleet.options.options);
        let mut nets = Vec::new();
        for restart in restarts {
            let options = Options { restart: Some(restart), ..all.clone() };
            let start = starting_values_of(fleet.model, fleet.initialiser, &options)?;
            let mut source = start::step_stream(&options);
            let memories = Optimiser::memories(formation.rule(), start.len(), source.as_mut());
            nets.push(Newcomer { restart, start, memories });
        }
        self.say(News { nets: nets.len() as u64, ..News::default() });
        let mut lost = Vec::new();
        formation.train(&nets, false, self.stop, &mut |left, stretch| {
            let mut endings = Vec::with_capacity(left.len());
            for net in left {
                let (restart, epochs, first_solved, loss) =
                    (net.restart, net.epochs, net.first_solved, net.loss);
                match net.reason {
                    Some(reason) => endings.push(Ending { restart, epochs, first_solved, loss, reason }),
                    None => lost.push(restart),
                }
            }
            let nets = stretch.nets + lost.len() as u64;
            self.say(News { endings, epochs: stretch.done, nets, epoch: stretch.epoch, thread: 0 });
        });
        // Alone, a net says which was its last finite loss. Its epochs have been told.
        let mut others = lost.len() as u64;
        for restart in lost {
            self.say(News { nets: others, epoch: all.epochs, ..News::default() });
            others -= 1;
            let mut silent = |_: &Progress, _: &Self| {};
            if let Some(ending) = self.train(restart, &mut silent)? {
                self.say(News { endings: vec![ending], nets: others, epoch: all.epochs, ..News::default() });
            }
        }
        Ok(())
    }

    /// Trains one net.
    pub(super) fn one(&mut self, restart: u64) -> Result<(), FleetError> {
        let sign = self.sign();
        let mut last = 0;
        let mut telling = |progress: &Progress, hand: &Self| {
            if progress.epoch == 0 || progress.epoch >= last + sign {
                let (epoch, epochs) = (progress.epoch, progress.epoch - last);
                hand.say(News { epochs, nets: 1, epoch, ..News::default() });
                last = epoch;
            }
        };
        if let Some(ending) = self.train(restart, &mut telling)? {
            let epochs = ending.epochs.saturating_sub(last);
            self.say(News { endings: vec![ending], epochs, ..News::default() });
        }
        Ok(())
    }

    /// The ending of one net; `None` where it was told to stop.
    fn train(
        &mut self,
        restart: u64,
        look: &mut dyn FnMut(&Progress, &Self),
    ) -> Result<Option<Ending>, FleetError> {
        if self.is_stopped() {
            return Ok(None);
        }
        let fleet = self.fleet;
        let spare = self.bench.take().or_else(|| fleet.benches().pop());
        let mut bench = spare.map_or_else(|| Bench::new(fleet), Ok)?;
        let options = Options { restart: Some(restart), ..fleet.single.clone() };
        let start = starting_values_of(fleet.model, fleet.initialiser, &options)?;
        let mut watch = |progress: &Progress| {
            look(progress, self);
            if self.is_stopped() { Control::Stop } else { Control::Continue }
        };
        let run = bench.alone.train(&start, Some(restart), &mut Watch::Losses(&mut watch));
        let ending = bench.ending(fleet, restart, &run);
        self.bench = Some(bench);
        Ok((run.stop != StopReason::Interrupted).then_some(ending))
    }

    /// The epochs between two signs of life: fewer where they are long.
    fn sign(&self) -> u64 {
        let rows = self.fleet.rows;
        let numbers = (rows.inputs.len() + rows.targets.len()).max(1);
        let parameters = self.fleet.program.parameter_count().max(1);
        (MUCH_WORK / numbers.saturating_mul(parameters) as u64).clamp(1, SIGN)
    }
}

impl<'a, T: Real + Scalar> Bench<'a, T> {
    fn new(fleet: &Fleet<'a, T>) -> Result<Bench<'a, T>, FleetError> {
        let noted = if fleet.options.early_stop { Solved::Never } else { fleet.options.solved };
        let (model, data) = (fleet.model, fleet.data);
        let alone = Alone::new((model, fleet.program), Some(data), fleet.rows, fleet.single, noted)?;
        let judge = matches!(noted, Solved::Within(_)).then(|| Judge::new(model, data));
        Ok(Bench { alone, judge })
    }

    /// How the net ended that was trained last.
    fn ending(&mut self, fleet: &Fleet<'_, T>, restart: u64, run: &Run) -> Ending {
        let solved = fleet.options.solved;
        let first_solved = match solved {
            _ if !fleet.options.early_stop => self.alone.first_noted(),
            Solved::Within(_) if matches!(run.stop, StopReason::Within { .. }) => Some(run.epoch),
            Solved::TargetLoss(_) if matches!(run.stop, StopReason::TargetLoss { .. }) => Some(run.epoch),
            _ => None,
        };
        // A net that trained on is judged where it stands now.
        let still = match (solved, &mut self.judge) {
            _ if fleet.options.early_stop => true,
            _ if matches!(run.stop, StopReason::Overflow(_) | StopReason::LeftDomain { .. }) => false,
            (Solved::Within(limit), Some(judge)) => judge.all_within(&run.theta, limit),
            (Solved::TargetLoss(target), _) => run.loss <= target,
            _ => false,
        };
        let reason = if first_solved.is_some() && still { Reason::Solved } else { reason(&run.stop) };
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
