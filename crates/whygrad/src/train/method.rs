//! Methods that step all parameters together: by curvature, by residuals, along conjugate directions.
//!
//! An [`Optimiser`](super::Optimiser) makes a step of the gradient alone, each parameter for itself. A method here asks
//! for the loss where it likes, on all rows, and takes a step only where the loss gets smaller. So it needs no
//! learning rate, and the loss never rises from one step to the next. One [`Method::step`] is one epoch of a run.
//! Everything is in double precision and in a fixed order of summation.

mod bfgs;
mod conjugate_gradient;
mod curvature;
mod lbfgs;
mod levenberg_marquardt;
mod line_search;
mod linear;
mod newton;
mod objective;
mod quasi_newton;
mod scaled_conjugate_gradient;
mod squares;
mod text;

use serde::{Deserialize, Serialize};

use bfgs::Bfgs;
use conjugate_gradient::ConjugateGradient;
pub use curvature::Curvature;
use lbfgs::LimitedBfgs;
use levenberg_marquardt::LevenbergMarquardt;
pub(crate) use linear::Eigen;
use linear::norm;
use newton::Newton;
pub use objective::{ModelObjective, Unfit};
use quasi_newton::QuasiNewton;
use scaled_conjugate_gradient::ScaledConjugateGradient;
pub use text::MethodError;
pub(super) use text::NAMES as METHOD_NAMES;

/// Where a nonlinear conjugate gradient takes its next direction from: -g + β times the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conjugate {
    /// β = max(0, g·(g - g₋) / g₋·g₋): Polak & Ribière 1969, cut at 0 after Powell 1984.
    #[default]
    PolakRibiere,
    /// β = g·g / g₋·g₋: Fletcher & Reeves 1964.
    FletcherReeves,
    /// β = g·(g - g₋) / p₋·(g - g₋): Hestenes & Stiefel 1952.
    HestenesStiefel,
}

/// The methods by name, with their settings. As text: `lbfgs(memory=10)`, `bfgs`, `cg(polak-ribiere)`, `scg`,
/// `lm(damping=0.001)`, `newton`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum MethodKind {
    /// Nocedal 1980: BFGS from the last few steps.
    LimitedBfgs {
        /// How many steps are remembered.
        memory: u64,
    },
    /// Broyden, Fletcher, Goldfarb and Shanno 1970.
    Bfgs,
    /// Nonlinear conjugate gradient.
    ConjugateGradient(Conjugate),
    /// Møller 1993.
    ScaledConjugateGradient,
    /// Levenberg 1944 and Marquardt 1963, with Nielsen's damping (1999); for sums of squares. With `damping` 0 it
    /// begins as Gauss-Newton.
    LevenbergMarquardt {
        /// The first damping, over the largest diagonal entry of Jᵀ J.
        damping: f64,
    },
    /// Newton with the exact Hessian in a trust region, for small nets.
    Newton,
}

/// What a method may ask: the loss on all rows, and its derivatives, at any point.
///
/// Numbers need not be finite: a method backs off from where they are not.
pub trait Objective {
    /// The loss; its gradient is written to `gradient`, as long as `at`.
    fn loss_and_gradient(&mut self, at: &[f64], gradient: &mut [f64]) -> f64;

    /// The numbers whose squares add up to the loss, and their derivatives: a row of `jacobian` for each number,
    /// with an entry for each parameter. Both are made as long as they need to be. False where there are none.
    fn residuals(&mut self, at: &[f64], residuals: &mut Vec<f64>, jacobian: &mut Vec<f64>) -> bool {
        let _ = (at, residuals, jacobian);
        false
    }

    /// The second derivatives, row by row, to `out`, which has the length of `at` squared. False where there are none.
    fn hessian(&mut self, at: &[f64], out: &mut [f64]) -> bool {
        let _ = (at, out);
        false
    }
}

/// Why a method makes no further step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The gradient is exactly 0, and for [`MethodKind::Newton`] no direction leads down either.
    Stationary,
    /// None of the steps tried made the loss smaller: rounding hides what is left to gain, or there is a kink.
    NoDecrease,
    /// The loss or its derivatives are not finite where the method stands.
    NotFinite,
    /// The objective has no residuals, or no Hessian.
    Unfit,
}

/// Where a method stands after a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepOutcome {
    /// The loss.
    pub loss: f64,
    /// The Euclidean norm of the gradient.
    pub gradient_norm: f64,
    /// How often the loss and its gradient were computed in this step.
    pub evaluations: u64,
    /// Why there will be no further step, once that is so; the parameters are then what they were before.
    pub done: Option<Done>,
}

/// Parameters with the loss and the gradient there.
#[derive(Clone, Debug)]
struct Point {
    at: Vec<f64>,
    loss: f64,
    gradient: Vec<f64>,
    /// Evaluations since the last step.
    evaluations: u64,
}

impl Point {
    /// The loss at another point, its gradient to `gradient`; infinite where any of the numbers is not finite.
    fn evaluate(&mut self, objective: &mut dyn Objective, at: &[f64], gradient: &mut [f64]) -> f64 {
        self.evaluations += 1;
        let loss = objective.loss_and_gradient(at, gradient);
        let finite = loss.is_finite() && gradient.iter().chain(at).all(|g| g.is_finite());
        if finite { loss } else { f64::INFINITY }
    }

    fn is_stationary(&self) -> bool {
        self.gradient.iter().all(|&g| g == 0.0)
    }

    /// Goes to another point, whose numbers are exchanged for those here.
    fn exchange(&mut self, at: &mut Vec<f64>, loss: f64, gradient: &mut Vec<f64>) {
        std::mem::swap(&mut self.at, at);
        std::mem::swap(&mut self.gradient, gradient);
        self.loss = loss;
    }
}

/// What each method remembers from step to step.
#[derive(Clone, Debug)]
enum State {
    LimitedBfgs(QuasiNewton<LimitedBfgs>),
    Bfgs(QuasiNewton<Bfgs>),
    ConjugateGradient(ConjugateGradient),
    ScaledConjugateGradient(ScaledConjugateGradient),
    LevenbergMarquardt(LevenbergMarquardt),
    Newton(Newton),
}

/// A method under way: where it stands and what it remembers.
#[derive(Clone, Debug)]
pub struct Method {
    point: Point,
    state: State,
    begun: bool,
}

impl Method {
    /// A method before its first step, at the starting values.
    pub fn new(kind: MethodKind, start: &[f64]) -> Method {
        let count = start.len();
        let state = match kind {
            MethodKind::LimitedBfgs { memory } => {
                State::LimitedBfgs(QuasiNewton::new(LimitedBfgs::new(memory)))
            }
            MethodKind::Bfgs => State::Bfgs(QuasiNewton::new(Bfgs::default())),
            MethodKind::ConjugateGradient(rule) => State::ConjugateGradient(ConjugateGradient::new(rule)),
            MethodKind::ScaledConjugateGradient => {
                State::ScaledConjugateGradient(ScaledConjugateGradient::default())
            }
            MethodKind::LevenbergMarquardt { damping } => {
                State::LevenbergMarquardt(LevenbergMarquardt::new(damping))
            }
            MethodKind::Newton => State::Newton(Newton::default()),
        };
        let point =
            Point { at: start.to_vec(), loss: f64::INFINITY, gradient: vec![0.0; count], evaluations: 0 };
        Method { point, state, begun: false }
    }

    /// The loss and the gradient at the starting values, without a step. Later calls change nothing.
    pub fn begin(&mut self, objective: &mut dyn Objective) -> StepOutcome {
        self.point.evaluations = 0;
        self.evaluate_start(objective);
        let finite = self.point.loss.is_finite();
        self.outcome((!finite).then_some(Done::NotFinite))
    }

    fn evaluate_start(&mut self, objective: &mut dyn Objective) {
        if self.begun {
            return;
        }
        self.begun = true;
        let (at, mut gradient) = (self.point.at.clone(), std::mem::take(&mut self.point.gradient));
        self.point.loss = self.point.evaluate(objective, &at, &mut gradient);
        self.point.gradient = gradient;
    }

    /// Goes on to a point with a smaller loss, or says why there is none.
    pub fn step(&mut self, objective: &mut dyn Objective) -> StepOutcome {
        self.point.evaluations = 0;
        self.evaluate_start(objective);
        let point = &mut self.point;
        let done = if !point.loss.is_finite() {
            Some(Done::NotFinite)
        } else if point.is_stationary() && !matches!(self.state, State::Newton(_)) {
            Some(Done::Stationary)
        } else {
            match &mut self.state {
                State::LimitedBfgs(state) => state.step(point, objective),
                State::Bfgs(state) => state.step(point, objective),
                State::ConjugateGradient(state) => state.step(point, objective),
                State::ScaledConjugateGradient(state) => state.step(point, objective),
                State::LevenbergMarquardt(state) => state.step(point, objective),
                State::Newton(state) => state.step(point, objective),
            }
        };
        self.outcome(done)
    }

    fn outcome(&self, done: Option<Done>) -> StepOutcome {
        let Point { loss, gradient, evaluations, .. } = &self.point;
        StepOutcome { loss: *loss, gradient_norm: norm(gradient), evaluations: *evaluations, done }
    }

    /// The parameters now.
    pub fn parameters(&self) -> &[f64] {
        &self.point.at
    }

    /// The gradient at the parameters; zeros before [`Method::begin`].
    pub fn gradient(&self) -> &[f64] {
        &self.point.gradient
    }
}
