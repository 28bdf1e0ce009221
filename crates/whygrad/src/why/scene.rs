//! What is known of a run, computed when a finding asks for it.

use std::cell::{OnceCell, RefCell, RefMut};
use std::collections::HashMap;

use super::finished::{Case, Finished};
use super::lab::{Ask, Limits, epochs_between};
use super::longer::Longer;
use super::others::Others;
use super::places::{Place, places};
use super::speed::Speed;
use super::units::{Group, Units, Values};
use crate::landscape::{Field, Looks, Stationary, journey};
use crate::model::{Layers, Model};
use crate::random::{Key, Seed, Source};
use crate::train::Control;
use crate::train::method::Curvature;

/// At how many places of a run's path it is looked at.
const PLACES: u64 = 40;

/// A unit of a layered net by the places of its parameters in the flat buffer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Unit {
    /// From the units below, in their order.
    pub(super) incoming: Vec<usize>,
    pub(super) bias: Option<usize>,
    /// To the units above, in their order; empty for an output.
    pub(super) outgoing: Vec<usize>,
}

/// A finished run under the lamp.
pub(super) struct Scene<'a> {
    pub(super) finished: &'a Finished,
    pub(super) limits: Limits,
    /// Who is asked whether to go on.
    ears: Option<&'a dyn Ask>,
    units: RefCell<Units>,
    curvature: OnceCell<RefCell<Curvature>>,
    field: OnceCell<RefCell<Field>>,
    path: OnceCell<Vec<(u64, Vec<f64>)>>,
    speed: OnceCell<Speed>,
    longer: OnceCell<Option<Longer>>,
    stationary: OnceCell<Option<Stationary>>,
    others: OnceCell<Others>,
    many_others: OnceCell<Others>,
    layers: Vec<Vec<Unit>>,
    places: OnceCell<Vec<Vec<Option<Place>>>>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(finished: &'a Finished, limits: Limits) -> Scene<'a> {
        let model = &finished.case.model;
        Scene {
            finished,
            limits,
            ears: None,
            units: RefCell::new(Units::of(model, &finished.case.data)),
            curvature: OnceCell::new(),
            field: OnceCell::new(),
            path: OnceCell::new(),
            speed: OnceCell::new(),
            longer: OnceCell::new(),
            stationary: OnceCell::new(),
            others: OnceCell::new(),
            many_others: OnceCell::new(),
            layers: model.layers.as_ref().map(|l| units_of(model, l)).unwrap_or_default(),
            places: OnceCell::new(),
        }
    }

    /// The same with someone who is asked, while evidence is gathered, whether to go on.
    pub(super) fn heard_by(self, ears: &'a dyn Ask) -> Scene<'a> {
        Scene { ears: Some(ears), ..self }
    }

    /// Whether to go on; what runs are made while evidence is gathered ask it after each epoch.
    pub(super) fn goes_on(&self, case: &Case, epoch: u64) -> Control {
        match self.ears {
            Some(ears) if epoch.is_multiple_of(epochs_between(case)) => ears.ask(""),
            _ => Control::Continue,
        }
    }

    /// Whether someone asked to stop.
    pub(super) fn was_stopped(&self) -> bool {
        self.ears.is_some_and(Ask::was_stopped)
    }

    /// Whether the time for evidence is over.
    fn is_late(&self) -> bool {
        self.ears.is_some_and(|ears| ears.is_late(true))
    }

    /// Makes a run, unless someone asks to stop or there is no time.
    pub(super) fn run(&self, case: &Case) -> Option<Finished> {
        if self.was_stopped() {
            return None;
        }
        let (mut late, every) = (self.is_late(), epochs_between(case));
        if late {
            return None;
        }
        let finished = case.run(&mut |progress| {
            if progress.epoch.is_multiple_of(every) {
                late = self.is_late();
            }
            if late { Control::Stop } else { self.goes_on(case, progress.epoch) }
        });
        finished.ok().filter(|_| !late && !self.was_stopped())
    }

    pub(super) fn model(&self) -> &Model {
        &self.finished.case.model
    }

    /// The units of each layer, hidden ones first, outputs last; empty where the model is no chain of layers.
    pub(super) fn layers(&self) -> &[Vec<Unit>] {
        &self.layers
    }

    /// The groups of nonlinear units.
    pub(super) fn groups(&self) -> Vec<Group> {
        self.units.borrow().groups.clone()
    }

    /// What they do at these parameters.
    pub(super) fn values_at(&self, theta: &[f64]) -> Vec<Values> {
        self.units.borrow_mut().at(theta)
    }

    /// The derived gradient at these parameters, on all rows, whatever gradient the run used.
    pub(super) fn gradient_at(&self, theta: &[f64]) -> Vec<f64> {
        self.field().gradient(theta)
    }

    fn field(&self) -> RefMut<'_, Field> {
        let make = || RefCell::new(Field::new(self.model(), Some(&self.finished.case.data)));
        self.field.get_or_init(make).borrow_mut()
    }

    /// The second derivatives of the loss on all rows.
    pub(super) fn curvature(&self) -> RefMut<'_, Curvature> {
        let make = || RefCell::new(Curvature::new(self.model(), Some(&self.finished.case.data)));
        self.curvature.get_or_init(make).borrow_mut()
    }

    /// The parameters along the run, the start and the end among them, at some forty epochs; the start alone where
    /// the run would take too long to be made again.
    pub(super) fn path(&self) -> &[(u64, Vec<f64>)] {
        self.path.get_or_init(|| {
            let (finished, case) = (self.finished, &self.finished.case);
            let mut path =
                if finished.path.is_empty() { vec![(0, case.start.clone())] } else { finished.path.clone() };
            if finished.path.is_empty() && case.work() <= self.limits.work_of_one {
                let looks = Looks { every: (finished.epochs / PLACES).max(1), first: 0, next: false };
                let between = epochs_between(case);
                let again = journey(
                    (&case.model, Some(&case.data), &case.start),
                    (&case.options, finished.epochs),
                    looks,
                    &mut |epoch| {
                        // How a long run began says most; there is no time for the rest of it.
                        let late = epoch.is_multiple_of(between) && self.is_late();
                        if late { Control::Stop } else { self.goes_on(case, epoch) }
                    },
                );
                if let Some(places) = again.ok().filter(|_| !self.was_stopped()) {
                    path = places.into_iter().map(|place| (place.epoch, place.theta)).collect();
                }
            }
            if path.last().is_some_and(|last| last.0 != finished.epochs) {
                path.push((finished.epochs, finished.theta.clone()));
            }
            path
        })
    }

    /// For each unit of [`Scene::layers`] its group and its place there; `None` where it has none.
    pub(super) fn places(&self) -> &[Vec<Option<Place>>] {
        self.places.get_or_init(|| {
            let mut stream = Key::from_seed(Seed(1)).stream();
            let theta: Vec<f64> = self.finished.theta.iter().map(|_| stream.uniform(-1.0, 1.0)).collect();
            let of_formula = self.model().dense.is_empty();
            let values = if of_formula { self.values_at(&theta) } else { vec![] };
            places(self.model(), &self.layers, &self.groups(), (&theta, &values), &self.finished.case.data)
        })
    }

    /// Whether what the units do on all rows may be computed at many points.
    pub(super) fn is_small(&self) -> bool {
        self.finished.case.data.rows * self.finished.theta.len() <= 1 << 20
    }

    /// How fast the run went against what the curvature allows.
    pub(super) fn speed(&self) -> &Speed {
        self.speed.get_or_init(|| Speed::of(self))
    }

    /// The run with more epochs; `None` where that would take too long.
    pub(super) fn longer(&self) -> Option<&Longer> {
        self.longer.get_or_init(|| Longer::of(self)).as_ref()
    }

    /// The point near the run's end where the gradient is 0, where there is one.
    pub(super) fn stationary(&self) -> Option<&Stationary> {
        let near = || {
            let mut field = self.field();
            let goes_on = &mut |_| self.ears.map_or(Control::Continue, |ears| ears.ask(""));
            Stationary::near(&self.finished.theta, &mut field, &mut self.curvature(), goes_on)
        };
        self.stationary.get_or_init(near).as_ref()
    }

    /// The run from other starts.
    pub(super) fn others(&self) -> &Others {
        self.others.get_or_init(|| Others::of(self))
    }

    /// The same, and from more starts where few of these get there.
    pub(super) fn many_others(&self) -> &Others {
        self.many_others.get_or_init(|| self.others().and_more(self))
    }

    /// Makes a changed run while evidence is gathered, where it takes no more than this share of what one may.
    pub(super) fn tried(&self, case: &Case, share: f64) -> Option<Finished> {
        if case.work() > share * self.limits.work_of_one {
            return None;
        }
        self.run(case)
    }
}

/// Where the parameters of each unit lie.
fn units_of(model: &Model, layers: &Layers) -> Vec<Vec<Unit>> {
    let mut offsets = HashMap::new();
    for p in &model.program.parameters {
        for k in 0..p.len() {
            offsets.insert(p.entry_name(k), p.offset + k);
        }
    }
    let of = |name: &String| offsets.get(name).copied();
    let mut all = Vec::new();
    for (l, weights) in layers.weights.iter().enumerate() {
        let above = layers.weights.get(l + 1);
        let unit = |(k, incoming): (usize, &Vec<String>)| Unit {
            incoming: incoming.iter().filter_map(of).collect(),
            bias: layers.biases[l].get(k).and_then(Option::as_ref).and_then(of),
            outgoing: above.map_or_else(Vec::new, |a| a.iter().filter_map(|row| of(row.get(k)?)).collect()),
        };
        all.push(weights.iter().enumerate().map(unit).collect());
    }
    all
}
