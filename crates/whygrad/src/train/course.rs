//! The course of a run: epoch after epoch, until a reason to stop.

use std::borrow::Cow;

use whygrad_engine::real::Real;
use whygrad_expr::program::Program;

use super::evaluate::Judge;
use super::history::{History, Path};
use super::method::Done;
use super::net::{Known, Net, Rows, Survey};
use super::options::Options;
use super::stop::{Overflow, StopReason};
use super::watch::Watch;
use super::{Control, Progress, Run, Solved};
use crate::data::Dataset;
use crate::model::Model;

/// What a run is watched by.
pub(super) struct Course<'a, T> {
    model: &'a Model,
    program: &'a Program,
    rows: &'a Rows<T>,
    options: &'a Options,
    /// Whether every output is near its target, where that ends the run.
    judge: Option<Judge<'a>>,
    /// The gradient, where a rule looks at it or a number went wrong.
    survey: Option<Survey<T>>,
    history: History,
    path: Option<Path>,
    /// The parameters an epoch ago, where a rule compares.
    before: Vec<f64>,
    noted: Option<Noted<'a>>,
}

/// A rule that does not end the run: its first time is noted.
struct Noted<'a> {
    rule: Solved,
    /// Where the net does not tell by itself how many outputs are far.
    judge: Option<Judge<'a>>,
    first: Option<u64>,
}

impl Noted<'_> {
    /// Looks at epochs whose losses are known.
    fn pass(&mut self, epoch: u64, losses: &[f64], far: &[f64]) {
        let met = match self.rule {
            Solved::TargetLoss(target) => losses.iter().position(|&loss| loss <= target),
            Solved::Within(_) => far.iter().take(losses.len()).position(|&far| far <= 0.0),
            Solved::Never => None,
        };
        self.first = self.first.or(met.map(|passed| epoch + passed as u64));
    }

    /// Looks at one epoch.
    fn look(&mut self, progress: &Progress, theta: &[f64], far: Option<f64>) {
        if self.first.is_none() {
            let met = match (self.rule, &mut self.judge) {
                (Solved::TargetLoss(target), _) => progress.loss <= target,
                (Solved::Within(limit), Some(judge)) => judge.all_within(theta, limit),
                (Solved::Within(_), None) => far.is_some_and(|far| far <= 0.0),
                (Solved::Never, _) => false,
            };
            self.first = met.then_some(progress.epoch);
        }
    }
}

impl<'a, T: Real> Course<'a, T> {
    pub(super) fn new(
        model: &'a Model,
        program: &'a Program,
        data: Option<&'a Dataset>,
        rows: &'a Rows<T>,
        options: &'a Options,
    ) -> Course<'a, T> {
        let (history, path) = records(options, program);
        let judge = data.filter(|_| options.stop.nearness().is_some()).map(|d| Judge::new(model, d));
        let (survey, before, noted) = (None, Vec::new(), None);
        Course { model, program, rows, options, judge, survey, history, path, before, noted }
    }

    /// Notes when this rule is met for the first time; `data` where the outputs are to be looked at.
    pub(super) fn noting(mut self, rule: Solved, data: Option<&'a Dataset>) -> Course<'a, T> {
        if rule != Solved::Never {
            let data = data.filter(|_| matches!(rule, Solved::Within(_)));
            let judge = data.map(|data| Judge::new(self.model, data));
            self.noted = Some(Noted { rule, judge, first: None });
        }
        self
    }

    /// The first epoch at which the rule was met that is to be noted.
    pub(super) fn first_noted(&self) -> Option<u64> {
        self.noted.as_ref().and_then(|noted| noted.first)
    }

    /// The net tells by itself how many outputs are far.
    pub(super) fn without_judge(mut self, wanted: bool) -> Course<'a, T> {
        if wanted && self.judge.is_some() {
            self.judge = None;
        } else if let Some(noted) = self.noted.as_mut().filter(|_| wanted) {
            noted.judge = None;
        }
        self
    }

    /// True where each epoch's parameters are looked at, and not its loss alone.
    pub(super) fn looks_at_parameters(&self) -> bool {
        let rules = &self.options.stop;
        self.path.is_some()
            || self.judge.is_some()
            || self.noted.as_ref().is_some_and(|noted| noted.judge.is_some())
            || rules.gradient_norm.is_some()
            || rules.smallest_change.is_some()
            || self.has_domains()
    }

    fn has_domains(&self) -> bool {
        self.model.parameters.iter().any(|p| p.domain.is_some())
    }

    /// Trains until there is a reason to stop.
    pub(super) fn run(&mut self, net: &mut impl Net, start: &[f64], watch: &mut Watch<'_>) -> Run {
        (self.history, self.path) = records(self.options, self.program);
        self.before.clear();
        if let Some(noted) = &mut self.noted {
            noted.first = None;
        }
        let looks = self.looks_at_parameters();
        let (mut epoch, mut done, mut went_wrong) = (0, None, false);
        let stop = loop {
            if !looks {
                let (passed, stop) = self.pass(epoch, net.known(), watch);
                net.skip(passed);
                epoch += passed as u64;
                if let Some(stop) = stop {
                    break stop;
                }
            }
            let loss = net.loss();
            if !net.looks_finite()
                && let Some(stop) = self.what_is_wrong(&net.theta(), epoch)
            {
                went_wrong = true;
                break stop;
            }
            self.history.push(loss);
            let theta = if looks { net.theta() } else { Vec::new() };
            if let Some(path) = &mut self.path {
                path.push(theta.clone());
            }
            let progress = Progress { epoch, epochs: self.options.epochs, loss };
            if let Some(stop) = self.ending(&progress, (&theta, net.far()), done) {
                break stop;
            }
            let shown = match watch.wants_parameters(epoch) {
                true if looks => Some(Cow::Borrowed(theta.as_slice())),
                true => Some(Cow::Owned(net.theta())),
                false => None,
            };
            if watch.tell(&progress, shown.as_deref()) == Control::Stop {
                break StopReason::Interrupted;
            }
            drop(shown);
            self.before = theta;
            done = net.epoch();
            epoch += u64::from(done.is_none());
        };
        let (mut theta, mut loss) = (net.theta(), net.whole_loss());
        if went_wrong && epoch > 0 {
            // The last epoch is taken back.
            theta = net.previous();
            epoch -= 1;
            loss = self.history.last().unwrap_or(loss);
        }
        let path = self.path.take().map_or_else(Vec::new, Path::points);
        let history = std::mem::replace(&mut self.history, History::new(false));
        Run { stop, epoch, loss, history, path, theta, start: start.to_vec() }
    }

    /// Goes through epochs whose losses are known; how many were passed, and why not all.
    fn pass(&mut self, first: u64, known: Known<'_>, watch: &mut Watch<'_>) -> (usize, Option<StopReason>) {
        let rules = &self.options.stop;
        let epochs = self.options.epochs;
        // The rule that ends the run is named where each epoch is looked at.
        let to_end = epochs.min(watch.next_look(first)).saturating_sub(first);
        let to_end = usize::try_from(to_end).unwrap_or(usize::MAX);
        let mut free = known.losses.len().min(to_end);
        if let Some(target) = rules.target_loss {
            free = known.losses[..free].iter().position(|&loss| loss <= target).unwrap_or(free);
        }
        if rules.nearness().is_some() {
            free = known.far.iter().take(free).position(|&far| far <= 0.0).unwrap_or(free);
        }
        let losses = &known.losses[..free];
        if let Some(noted) = self.noted.as_mut().filter(|noted| noted.first.is_none()) {
            noted.pass(first, losses, known.far);
        }
        for (passed, (epoch, &loss)) in (first..).zip(losses).enumerate() {
            if watch.tell(&Progress { epoch, epochs, loss }, None) == Control::Stop {
                self.history.extend(&losses[..=passed]);
                return (passed, Some(StopReason::Interrupted));
            }
        }
        self.history.extend(losses);
        (free, None)
    }

    fn survey(&mut self) -> &mut Survey<T> {
        self.survey.get_or_insert_with(|| Survey::new(self.program, self.rows))
    }

    /// The overflow at these parameters, if there is one.
    fn what_is_wrong(&mut self, theta: &[f64], epoch: u64) -> Option<StopReason> {
        if self.survey().at(theta) {
            return None;
        }
        if let Some(parameter) = self.outside_domain(theta).filter(|_| epoch > 0) {
            return Some(StopReason::LeftDomain { parameter });
        }
        let found = self.survey().first_non_finite();
        Some(StopReason::Overflow(Overflow {
            epoch,
            term: found.map(|f| f.term),
            row: found.and_then(|f| f.row),
            entry: found.map_or(0, |f| f.entry),
        }))
    }

    /// The reason to stop here, if there is one. `theta` is empty where no rule looks at it.
    fn ending(
        &mut self,
        progress: &Progress,
        (theta, far): (&[f64], Option<f64>),
        done: Option<Done>,
    ) -> Option<StopReason> {
        if let Some(noted) = &mut self.noted {
            noted.look(progress, theta, far);
        }
        let rules = &self.options.stop;
        if let Some(target) = rules.target_loss
            && progress.loss <= target
        {
            return Some(StopReason::TargetLoss { target });
        }
        if let Some(limit) = rules.gradient_norm {
            self.survey().at(theta);
            let reached = self.survey().gradient_norm();
            if reached <= limit {
                return Some(StopReason::GradientNorm { limit, reached });
            }
        }
        if let Some(limit) = rules.smallest_change.filter(|_| progress.epoch > 0) {
            let moved = theta.iter().zip(&self.before).map(|(a, b)| (T::of(*a) - T::of(*b)).to_f64().abs());
            let largest = moved.fold(0.0, f64::max);
            if largest <= limit {
                return Some(StopReason::SmallestChange { limit, largest });
            }
        }
        let near = match (far, &mut self.judge, rules.nearness()) {
            (Some(far), _, Some(_)) => far <= 0.0,
            (None, Some(judge), Some(limit)) => judge.all_within(theta, limit),
            _ => false,
        };
        if near {
            return Some(match rules.within {
                Some(limit) => StopReason::Within { limit },
                None => StopReason::AllRight,
            });
        }
        if let Some(parameter) = self.outside_domain(theta) {
            return Some(StopReason::LeftDomain { parameter });
        }
        match done {
            Some(Done::Stationary) => Some(StopReason::Stationary),
            Some(Done::NoDecrease | Done::NotFinite | Done::Unfit) => Some(StopReason::NoDecrease),
            None => (progress.epoch >= progress.epochs).then_some(StopReason::Epochs),
        }
    }

    fn outside_domain(&self, theta: &[f64]) -> Option<String> {
        for (p, info) in self.program.parameters.iter().zip(&self.model.parameters) {
            let Some((low, high)) = info.domain else { continue };
            for k in 0..p.len() {
                let Some(&value) = theta.get(p.offset + k) else { continue };
                if value <= low || value >= high {
                    return Some(p.entry_name(k));
                }
            }
        }
        None
    }
}

/// Empty records of a run.
fn records(options: &Options, program: &Program) -> (History, Option<Path>) {
    let keep_all = options.keep_all_history;
    if !options.keep_path {
        return (History::new(keep_all), None);
    }
    let (history, path) = History::with_path(keep_all, program.parameter_count());
    (history, Some(path))
}
