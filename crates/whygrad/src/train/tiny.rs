//! A tiny net in training: whole epochs as machine code, many at a time.
//!
//! With the whole data behind each step a run is many steps that depend on nothing outside. They
//! are made ahead, some hundreds at a time, and each leaves its loss; the run then looks at one
//! loss after the other. Where it ends in between, the steps up to there are made once more: they
//! are the same.

use whygrad_engine::lines::Lines;
use whygrad_engine::real::Real;
use whygrad_engine::routine::{Form, Layout, Task};
use whygrad_engine::rule::Rule;
use whygrad_engine::scalar::Scalar;
use whygrad_engine::stepper::{Advance, Numbers, Stepper, natural_lanes};
use whygrad_engine::tape::Arithmetic;
use whygrad_engine::vector::Level;
use whygrad_expr::arena::Term;
use whygrad_expr::program::Program;

use super::method::Done;
use super::net::{Beginning, Known, Net, Rows};
use super::pace::Pace;
use super::{Optimiser, Options};
use crate::random::Source;

/// Steps made ahead, at most.
const MOST_AHEAD: usize = 4096;

/// Fewer rows than this lie one after the other, and the lanes are nets.
const FEW_ROWS: usize = 4;

/// Of one net with more parameters and more products in a step than this, the code is too long for
/// the processor's first cache: the steps of a plan are faster.
const FEW_PARAMETERS: usize = 96;
/// See [`FEW_PARAMETERS`].
const MUCH_WORK: usize = 1 << 15;

/// What lies in the lanes for so many rows, and in how many.
fn form_of<T: Real + Scalar>(rows: usize, options: &Options) -> (Form, usize) {
    let most = natural_lanes::<T>(Level::best());
    // A restart and a portable run have the arithmetic of a net of a fleet.
    if rows < FEW_ROWS || options.restart.is_some() || options.portable {
        return (Form::Nets, 4.min(most));
    }
    (Form::Rows, rows.next_power_of_two().clamp(4, most))
}

/// Whether machine code for a step on so many rows would be too long to be fast.
fn is_long<T: Real + Scalar>(parameters: usize, rows: usize, options: &Options) -> bool {
    let one_net = form_of::<T>(rows, options).0 == Form::Rows;
    one_net && parameters > FEW_PARAMETERS && parameters * rows > MUCH_WORK
}

/// Brings the cells of a net to where they are before its first step.
fn set_cells<T: Real>(layout: &Layout, cells: &mut [T], start: &[f64], memories: &[Vec<f64>]) {
    let stride = layout.parameter_stride();
    cells.fill(T::of(0.0));
    let mut set = |at: usize, value: f64| cells[at..at + stride].fill(T::of(value));
    for (index, &value) in start.iter().enumerate() {
        set(index * stride, value);
    }
    for (k, values) in memories.iter().enumerate() {
        for (index, &value) in values.iter().enumerate() {
            set(layout.memory_offset(k, index), value);
        }
    }
}

/// How the numbers of a run are rounded.
pub(super) fn arithmetic<T: Scalar + Default>(options: &Options) -> Arithmetic {
    let single = T::default().fraction_bits() == 23;
    Arithmetic { single, fused: !options.portable }
}

/// Steps over batches of so many rows, with their data as they read them.
struct Batches<T> {
    stepper: Stepper<T>,
    rows: Vec<T>,
    /// Where the batches begin in the order of the rows, how many, and of how many rows each.
    first: usize,
    count: usize,
    size: usize,
}

/// A tiny net.
pub(super) struct Tiny<T> {
    /// Whole batches, then the shorter one at the end of an epoch.
    batches: Vec<Batches<T>>,
    /// The loss on the whole data, where a step sees only a part.
    whole: Option<Batches<T>>,
    cells: Lines<T>,
    /// The cells where the steps made ahead began.
    before: Vec<T>,
    /// The parameters one epoch before those, where the run goes step by step.
    previous: Vec<T>,
    rule: Rule,
    /// Before the first step.
    first_pace: Pace,
    pace: Pace,
    pace_before: Pace,
    /// The losses of the steps made ahead, and how many outputs are far, where that is watched.
    ahead: [Vec<f64>; 2],
    watches_far: bool,
    far: f64,
    /// How many of them the run has seen.
    seen: usize,
    one_by_one: bool,
    most_ahead: usize,
    /// The epoch up to which steps are made, and of how many epochs none are made beyond a multiple.
    made: u64,
    pause: u64,
    /// How many epochs the run has at most.
    epochs: u64,
    is_constant: bool,
    data: Rows<T>,
    order: Vec<usize>,
    shuffle: Option<Box<dyn Source>>,
    parameters: usize,
    stride: usize,
    scratch: Vec<T>,
}

impl<T: Real + Scalar> Tiny<T> {
    /// The steps of a net, which [`Tiny::begin`] brings to its start; `None` where it is not tiny.
    pub(super) fn new(
        program: &Program,
        data: &Rows<T>,
        options: &Options,
        far: Option<Term>,
    ) -> Option<Tiny<T>> {
        let parameters = program.parameter_count();
        let watched: Vec<Term> = std::iter::once(program.loss).chain(far).collect();
        if is_long::<T>(parameters, data.batch, options) {
            return None;
        }
        let rule = options.optimiser.rule(&options.gradient);
        let pace = Pace::new(options, data.steps());
        let is_constant = pace.is_constant();
        let whole_steps = data.batch == data.count && !options.shuffle;
        let make = |first, count, size, watches: bool, rule: Option<&Rule>| {
            let watched = if watches { &watched[..] } else { &[] };
            let rule = rule.map(|r| (r, is_constant));
            Batches::new(program, data, options, (first, count, size), watched, rule)
        };
        let mut batches = vec![make(0, data.count / data.batch, data.batch, whole_steps, Some(&rule))?];
        let rest = data.count % data.batch;
        if rest > 0 {
            batches.push(make(data.count - rest, 1, rest, false, Some(&rule))?);
        }
        let whole = if whole_steps { None } else { Some(make(0, 1, data.count, true, None)?) };
        // All of them share the cells: parameters and memories lie alike where the lanes do.
        let layout = batches[0].stepper.layout();
        let (stride, lanes) = (layout.parameter_stride(), layout.lanes);
        let alike = |b: &Batches<T>| {
            let other = b.stepper.layout();
            (other.parameter_stride(), other.lanes) == (stride, lanes)
        };
        if !batches.iter().chain(&whole).all(alike) {
            return None;
        }
        let len = batches.iter().chain(&whole).map(|b| b.stepper.cells()).max()?;
        Some(Tiny {
            batches,
            whole,
            cells: Lines::zeros(len),
            previous: vec![T::of(0.0); len],
            before: vec![T::of(0.0); len],
            rule,
            first_pace: pace,
            pace,
            pace_before: pace,
            ahead: [Vec::new(), Vec::new()],
            watches_far: far.is_some(),
            far: f64::NAN,
            seen: 0,
            one_by_one: false,
            most_ahead: 1,
            made: 0,
            pause: u64::MAX,
            epochs: options.epochs,
            is_constant,
            data: data.clone(),
            order: (0..data.count).collect(),
            shuffle: None,
            parameters,
            stride,
            scratch: Vec::new(),
        })
    }

    /// No step is made ahead of what the run has seen.
    pub(super) fn one_by_one(mut self, wanted: bool) -> Tiny<T> {
        self.one_by_one = wanted;
        self
    }

    /// Before the first step of a run. Its parameters will be asked for at every so many epochs: there
    /// they are at hand.
    pub(super) fn begin(&mut self, from: Beginning<'_>, every: Option<u64>) {
        let memories = Optimiser::memories(&self.rule, self.parameters, from.steps);
        set_cells(self.batches[0].stepper.layout(), self.cells.as_mut_slice(), from.start, &memories);
        self.before.copy_from_slice(self.cells.as_slice());
        self.previous.copy_from_slice(self.cells.as_slice());
        self.pace = self.first_pace;
        self.pace_before = self.first_pace;
        self.ahead.iter_mut().for_each(Vec::clear);
        self.far = f64::NAN;
        self.seen = 0;
        self.most_ahead = if self.one_by_one || self.pace.needs_losses() { 1 } else { 16 };
        self.made = 0;
        self.pause = every.unwrap_or(u64::MAX).max(1);
        self.order = (0..self.data.count).collect();
        self.shuffle = from.order;
    }

    /// Makes so many steps with the whole data; each leaves its loss.
    fn steps(&mut self, count: usize, losses: &mut Vec<T>) {
        let mut shared = Vec::new();
        let varied = if self.is_constant { 1 } else { count };
        for _ in 0..varied {
            self.pace.next(&mut shared);
        }
        let shared: Vec<T> = shared.into_iter().map(T::of).collect();
        let batches = &self.batches[0];
        losses.clear();
        losses.resize(count * batches.watched_len(), T::of(0.0));
        let mut numbers = Numbers {
            cells: self.cells.as_mut_slice(),
            rows: &batches.rows,
            shared: &shared,
            watched: losses,
        };
        batches.stepper.run(&mut numbers, count as u64);
    }

    /// Makes steps ahead of the run.
    fn fill(&mut self) {
        self.previous.copy_from_slice(&self.before);
        self.before.copy_from_slice(self.cells.as_slice());
        self.pace_before = self.pace;
        self.seen = 0;
        let mut losses = std::mem::take(&mut self.scratch);
        let to_pause = self.pause - self.made % self.pause;
        // The last step ends at the last epoch, whose loss costs one more; nothing is made in vain.
        let to_end = self.epochs.saturating_sub(self.made).max(1);
        let count = self.most_ahead.min(usize::try_from(to_pause.min(to_end)).unwrap_or(usize::MAX));
        self.steps(count, &mut losses);
        self.made += count as u64;
        let batches = &self.batches[0];
        for (k, ahead) in self.ahead.iter_mut().enumerate().take(1 + usize::from(self.watches_far)) {
            ahead.clear();
            ahead.extend(batches.watched(&losses, k));
        }
        self.scratch = losses;
        if self.most_ahead > 1 && !self.all_finite_ahead() {
            // What went wrong is looked for step by step.
            self.go_back(0);
            self.most_ahead = 1;
            self.fill();
        } else if self.most_ahead > 1 {
            self.most_ahead = (self.most_ahead * 2).min(MOST_AHEAD);
        }
    }

    fn all_finite_ahead(&self) -> bool {
        self.ahead[0].iter().all(|loss| loss.is_finite())
            && self.parameters_of(self.cells.as_slice()).all(T::is_finite)
    }

    fn parameters_of<'n>(&self, cells: &'n [T]) -> impl Iterator<Item = T> + use<'n, T> {
        cells.iter().step_by(self.stride).take(self.parameters).copied()
    }

    /// To where the run stood before the steps made ahead, and `steps` from there.
    fn go_back(&mut self, steps: usize) {
        self.cells.as_mut_slice().copy_from_slice(&self.before);
        self.pace = self.pace_before;
        self.made = self.made - self.ahead[0].len() as u64 + steps as u64;
        self.ahead[0].clear();
        self.seen = 0;
        if steps > 0 {
            let mut losses = std::mem::take(&mut self.scratch);
            self.steps(steps, &mut losses);
            self.scratch = losses;
        }
    }

    /// One pass over the data in batches.
    fn pass(&mut self) {
        if let Some(source) = &mut self.shuffle {
            source.shuffle(&mut self.order);
            for batches in &mut self.batches {
                batches.lay(&self.data, &self.order);
            }
        }
        for batches in &self.batches {
            let mut shared = Vec::new();
            let varied = if self.is_constant { 1 } else { batches.count };
            for _ in 0..varied {
                self.pace.next(&mut shared);
            }
            let shared: Vec<T> = shared.into_iter().map(T::of).collect();
            let mut numbers = Numbers {
                cells: self.cells.as_mut_slice(),
                rows: &batches.rows,
                shared: &shared,
                watched: &mut [],
            };
            batches.stepper.run(&mut numbers, batches.count as u64);
        }
    }
}

impl<T: Real + Scalar> Batches<T> {
    fn new(
        program: &Program,
        data: &Rows<T>,
        options: &Options,
        (first, count, size): (usize, usize, usize),
        watched: &[Term],
        rule: Option<(&Rule, bool)>,
    ) -> Option<Batches<T>> {
        // One form for all batches of a run, so that they share their cells.
        let (form, lanes) = form_of::<T>(data.batch, options);
        let task = Task {
            program,
            rule: rule.map(|r| r.0),
            watched,
            until: None,
            freeze: false,
            rows: size,
            form,
            lanes,
            arithmetic: arithmetic::<T>(options),
        };
        let width = program.input_width() + program.target_width();
        let group = if form == Form::Nets { 1 } else { lanes };
        let masked = usize::from(form == Form::Rows && size % lanes != 0);
        let group_len = if form == Form::Nets { width } else { (width + masked) * lanes };
        let advance = Advance {
            rows: if count > 1 { size.div_ceil(group) * group_len } else { 0 },
            shared: rule.map_or(0, |(rule, constant)| if constant { 0 } else { rule.shared.len() }),
            watched: watched.len() * if form == Form::Nets { lanes } else { 1 },
        };
        let stepper = Stepper::new(&task, advance, 1, Level::best())?;
        let mut batches = Batches { stepper, rows: Vec::new(), first, count, size };
        let order: Vec<usize> = (0..data.count).collect();
        batches.lay(data, &order);
        Some(batches)
    }

    /// The numbers that a step leaves.
    fn watched_len(&self) -> usize {
        self.stepper.layout().watched * self.stepper.layout().watched_stride()
    }

    /// What steps left: the loss of each, or how many outputs are far in each.
    fn watched<'n>(&self, numbers: &'n [T], k: usize) -> impl Iterator<Item = f64> + use<'n, T> {
        let first = k * self.stepper.layout().watched_stride();
        let numbers = numbers.get(first..).unwrap_or(&[]);
        numbers.iter().step_by(self.watched_len()).map(|x| x.to_f64())
    }

    /// Lays the rows out in an order.
    fn lay(&mut self, data: &Rows<T>, order: &[usize]) {
        let rows = data.count.max(1);
        let (inputs, targets) = (data.inputs.len() / rows, data.targets.len() / rows);
        let mut one = Vec::new();
        self.rows.clear();
        for k in 0..self.count {
            let rows = &order[self.first + k * self.size..self.first + (k + 1) * self.size];
            let pick = |values: &[T], width: usize| -> Vec<T> {
                rows.iter().flat_map(|&r| values[r * width..(r + 1) * width].iter().copied()).collect()
            };
            let (x, y) = (pick(&data.inputs, inputs), pick(&data.targets, targets));
            self.stepper.layout().lay_rows(&x, &y, T::of(1.0), &mut one);
            self.rows.extend_from_slice(&one);
        }
    }
}

impl<T: Real + Scalar> Net for Tiny<T> {
    fn loss(&mut self) -> f64 {
        let Some(whole) = &self.whole else {
            if self.seen == self.ahead[0].len() {
                self.fill();
            }
            self.far = self.ahead[1].get(self.seen).copied().unwrap_or(f64::NAN);
            return self.ahead[0][self.seen];
        };
        let mut numbers_left = vec![T::of(0.0); whole.watched_len()];
        let mut numbers = Numbers {
            cells: self.cells.as_mut_slice(),
            rows: &whole.rows,
            shared: &[],
            watched: &mut numbers_left,
        };
        whole.stepper.run(&mut numbers, 1);
        let [loss, far] = [0, 1].map(|k| whole.watched(&numbers_left, k).next().unwrap_or(f64::NAN));
        self.far = far;
        loss
    }

    fn known(&mut self) -> Known<'_> {
        if self.whole.is_some() || self.most_ahead == 1 {
            return Known::default();
        }
        if self.seen == self.ahead[0].len() {
            self.fill();
        }
        if self.most_ahead == 1 {
            // Something went wrong on the way: every epoch is looked at by itself from here on.
            return Known::default();
        }
        let [losses, far] = &self.ahead;
        Known { losses: &losses[self.seen..], far: far.get(self.seen..).unwrap_or(&[]) }
    }

    fn skip(&mut self, epochs: usize) {
        self.seen += epochs;
    }

    fn far(&mut self) -> Option<f64> {
        self.watches_far.then_some(self.far)
    }

    fn epoch(&mut self) -> Option<Done> {
        let loss = self.loss();
        if self.pace.needs_losses() && self.whole.is_none() {
            // The step that was made ahead did not know this loss.
            self.go_back(0);
            self.pace.epoch_ended(loss);
            self.steps_unseen();
            return None;
        }
        if self.whole.is_some() {
            self.previous.copy_from_slice(self.cells.as_slice());
            self.pace.epoch_ended(loss);
            self.pass();
        } else {
            self.seen += 1;
        }
        None
    }

    fn theta(&mut self) -> Vec<f64> {
        if self.whole.is_none() && self.seen < self.ahead[0].len() {
            if self.seen == 0 {
                return self.parameters_of(&self.before).map(Real::to_f64).collect();
            }
            let seen = self.seen;
            self.go_back(seen);
        }
        self.parameters_of(self.cells.as_slice()).map(Real::to_f64).collect()
    }

    fn previous(&mut self) -> Vec<f64> {
        self.parameters_of(&self.previous).map(Real::to_f64).collect()
    }

    fn looks_finite(&mut self) -> bool {
        let loss = self.loss();
        loss.is_finite()
            && (self.seen + 1 < self.ahead[0].len()
                || self.parameters_of(self.cells.as_slice()).all(T::is_finite))
    }
}

impl<T: Real + Scalar> Tiny<T> {
    /// One step whose loss is known.
    fn steps_unseen(&mut self) {
        let mut losses = std::mem::take(&mut self.scratch);
        self.steps(1, &mut losses);
        self.scratch = losses;
        self.made += 1;
    }
}
