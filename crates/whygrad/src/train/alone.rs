//! A net that is trained by itself. What a run needs is made once, for any number of restarts.

use whygrad_engine::real::Real;
use whygrad_engine::scalar::Scalar;
use whygrad_expr::program::Program;

use super::course::Course;
use super::method::{MethodKind, ModelObjective};
use super::net::{Beginning, ByMethod, Rows, Wide};
use super::schedule::Schedule;
use super::tiny::Tiny;
use super::watch::Watch;
use super::{BatchSize, Options, Precision, Run, Solved, TrainError, near, start};
use crate::data::Dataset;
use crate::model::Model;

/// The net, whichever way its numbers are computed.
enum Way<T> {
    Tiny(Box<Tiny<T>>),
    Wide(Box<Wide<T>>),
    Method(Box<ByMethod>),
}

/// A net with its course, ready for one run after the other.
pub(super) struct Alone<'a, T> {
    model: &'a Model,
    options: &'a Options,
    way: Way<T>,
    course: Course<'a, T>,
}

impl<'a, T: Real + Scalar> Alone<'a, T> {
    /// Makes the code or the plan. The first time that `noted` is met will be noted, without ending the run.
    pub(super) fn new(
        (model, program): (&'a Model, &'a Program),
        data: Option<&'a Dataset>,
        rows: &'a Rows<T>,
        options: &'a Options,
        noted: Solved,
    ) -> Result<Alone<'a, T>, TrainError> {
        let course = |program| Course::new(model, program, data, rows, options).noting(noted, data);
        if let Some(kind) = options.method {
            fits(kind, options)?;
            let objective = ModelObjective::new(model, data, kind)?;
            let way = Way::Method(Box::new(ByMethod::new(kind, objective)));
            return Ok(Alone { model, options, way, course: course(&model.program) });
        }
        let mut watched = program.clone();
        // What an evaluation by itself watches may round its loss otherwise, and a replay watches nothing.
        let whole_steps = rows.batch == rows.count && !options.shuffle;
        let noted_limit =
            if let Solved::Within(limit) = noted { Some(limit).filter(|_| whole_steps) } else { None };
        let limit = options.stop.nearness().or(noted_limit).filter(|_| data.is_some());
        let far = limit.and_then(|limit| near::far_outputs(&mut watched, model.logits, limit));
        if let Some(tiny) = Tiny::new(&watched, rows, options, far) {
            let course = course(program).without_judge(far.is_some());
            let tiny = tiny.one_by_one(course.looks_at_parameters());
            return Ok(Alone { model, options, way: Way::Tiny(Box::new(tiny)), course });
        }
        let wide = Wide::new(program, rows.clone(), options)?;
        Ok(Alone { model, options, way: Way::Wide(Box::new(wide)), course: course(program) })
    }

    /// Trains one restart from its starting values.
    pub(super) fn train(&mut self, start: &[f64], restart: Option<u64>, watch: &mut Watch<'_>) -> Run {
        let start: Vec<f64> = start.iter().map(|&v| T::of(v).to_f64()).collect();
        let options = Options { restart, ..self.options.clone() };
        let order = options.shuffle.then(|| start::order_stream(self.model, &options));
        let mut steps = start::step_stream(&options);
        let from = Beginning { start: &start, steps: steps.as_mut(), order };
        match &mut self.way {
            Way::Tiny(net) => {
                net.begin(from, watch.every());
                self.course.run(net.as_mut(), &start, watch)
            }
            Way::Wide(net) => {
                net.begin(from);
                self.course.run(net.as_mut(), &start, watch)
            }
            Way::Method(net) => {
                net.begin(&start);
                self.course.run(net.as_mut(), &start, watch)
            }
        }
    }

    /// When the rule to be noted was first met in the last run.
    pub(super) fn first_noted(&self) -> Option<u64> {
        self.course.first_noted()
    }
}

/// A method steps all parameters together, on all rows.
fn fits(kind: MethodKind, options: &Options) -> Result<(), TrainError> {
    let (gradient, backward) = (&options.gradient, &options.backward);
    let no_use = [
        (options.precision != Precision::F64, "precision"),
        (options.schedule != Schedule::default(), "schedule"),
        (gradient.clip_norm.is_some(), "clip-norm"),
        (gradient.clip_value.is_some(), "clip-value"),
        (gradient.l1 != 0.0, "l1"),
        (gradient.l2 != 0.0, "l2"),
        (gradient.weight_decay.is_some(), "weight-decay"),
        (backward.sigmoid_prime_offset != 0.0, "sigmoid-prime-offset"),
        (backward.error_margin != 0.0, "error-margin"),
    ];
    if options.batch != BatchSize::Full {
        return Err(TrainError::WholeData { method: kind, option: "batch" });
    }
    if options.shuffle {
        return Err(TrainError::WholeData { method: kind, option: "shuffle" });
    }
    match no_use.iter().find(|u| u.0) {
        Some(&(_, option)) => Err(TrainError::NoUse { method: kind, option }),
        None => Ok(()),
    }
}
