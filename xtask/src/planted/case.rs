//! A case: a net, the rows and the point that belong to it, and a program with or without mistakes.

use anyhow::{Context, Result, bail};
use whygrad::check::{Options, Probe, Role, Source};
use whygrad::random::{Key, Seed};

use super::arithmetic::Width;
use super::draw::Draw;
use super::mistake::Mistake;
use super::net::Net;
use super::program::Program;
use super::slip::{ENTRIES, Entry};

/// How many nets are drawn for a mistake before it is given up.
const NETS: usize = 2_000;

/// How far two gradients lie apart, over the larger one, before a mistake counts as planted.
const MARGIN: f64 = 1e-3;

/// How many mistakes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// None.
    Right,
    /// One.
    Single,
    /// Two.
    Pair,
}

impl Sort {
    /// All of them.
    pub const ALL: [Sort; 3] = [Sort::Single, Sort::Pair, Sort::Right];

    /// Its name in the name of a case.
    pub fn name(self) -> &'static str {
        match self {
            Sort::Right => "right",
            Sort::Single => "single",
            Sort::Pair => "pair",
        }
    }
}

/// A program to be checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// The sort and number by which it can be drawn again.
    pub name: String,
    /// The program.
    pub program: Program,
    /// How it is checked.
    pub options: Options,
}

impl Case {
    /// Case number `index` of a sort.
    ///
    /// # Errors
    /// Where no net was found in which the mistakes show.
    pub fn draw(sort: Sort, index: usize, seed: Seed) -> Result<Case> {
        let key = Key::from_seed(seed).fold(sort as u64).fold(index as u64);
        let mut draw = Draw::of(key);
        let name = format!("{}-{index}", sort.name());
        for _ in 0..NETS {
            let net = Net::draw(&mut draw)?;
            let probes = probes(&net, &mut draw);
            let Some(right) = answers(&net, &[], &probes).filter(|a| is_lively(a)) else { continue };
            let mistakes = match sort {
                Sort::Right => Some(vec![]),
                Sort::Single => single(&net, &ENTRIES[index % ENTRIES.len()], &mut draw),
                Sort::Pair => pair(&net, index, &mut draw),
            };
            let Some(mistakes) = mistakes.filter(|m| all_show(&net, m, &right, &probes)) else { continue };
            let width = if sort == Sort::Right && draw.chance(0.3) { Width::Single } else { Width::Double };
            let mut program = Program::new(&net, &mistakes, width);
            program.gives_loss = draw.chance(0.5);
            let options = options(&net, &mut draw);
            return Ok(Case { name, program, options });
        }
        bail!("{name}: no net was found in which it shows")
    }

    /// Two random questions, and the first once more; the same each time.
    pub fn generic_probes(&self) -> Vec<Probe> {
        probes(&self.program.net, &mut Draw::of(Key::from_seed(self.options.seed)))
    }

    /// Other single mistakes of the catalogue that give the same numbers: names that are as good.
    pub fn twins(&self) -> Vec<Mistake> {
        let (net, mistakes) = (&self.program.net, &self.program.mistakes);
        let probes = self.generic_probes();
        let (right, planted) = (answers(net, &[], &probes), answers(net, mistakes, &probes));
        let (Some(right), Some(planted)) = (right, planted) else { return vec![] };
        // Where the numbers are right, everything without an effect would be one.
        if !differ(&right, &planted) {
            return vec![];
        }
        let same = |a: &Vec<f64>, b: &Vec<f64>| {
            let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
            largest(&difference) <= 1e-10 * largest(a)
        };
        let is_twin = |m: &Mistake| {
            let is_other = mistakes.len() > 1 || m.entry.slip != mistakes[0].entry.slip;
            let answers = answers(net, &[*m], &probes).filter(|_| is_other);
            answers.is_some_and(|a| a.iter().zip(&planted).all(|(a, b)| same(a, b)))
        };
        ENTRIES.iter().flat_map(|entry| Mistake::places(entry, net)).filter(is_twin).collect()
    }

    /// The case of a name such as `single-17`.
    ///
    /// # Errors
    /// Where there is no such case.
    pub fn named(name: &str, seed: Seed) -> Result<Case> {
        let (sort, index) = name.split_once('-').context("a case is named like single-17")?;
        let sort = Sort::ALL.into_iter().find(|s| s.name() == sort);
        let sort = sort.context("a case is a single, a pair or right")?;
        Case::draw(sort, index.parse().context("after the dash stands a number")?, seed)
    }
}

fn single(net: &Net, entry: &'static Entry, draw: &mut Draw) -> Option<Vec<Mistake>> {
    Some(vec![Mistake::place(entry, net, draw)?])
}

/// The first of a pair goes round the catalogue, the second is any that goes with it.
fn pair(net: &Net, index: usize, draw: &mut Draw) -> Option<Vec<Mistake>> {
    let first = Mistake::place(&ENTRIES[index % ENTRIES.len()], net, draw)?;
    let second = (0..20).find_map(|_| {
        let second = Mistake::place(&ENTRIES[draw.below(ENTRIES.len())], net, draw)?;
        first.goes_with(&second).then_some(second)
    })?;
    Some(vec![first, second])
}

/// Two random questions, and the first once more, since some mistakes only show then.
fn probes(net: &Net, draw: &mut Draw) -> Vec<Probe> {
    let mut probe = |role| {
        let (theta, data) = (net.random_point(draw), net.random_rows(5, false, draw));
        Probe { role, theta, data, learning_rate: 0.3 }
    };
    let (first, second) = (probe(Role::Random), probe(Role::Random));
    vec![first.clone(), second, Probe { role: Role::Again, ..first }]
}

/// The gradients at some probes; `None` where one is not finite.
fn answers(net: &Net, mistakes: &[Mistake], probes: &[Probe]) -> Option<Vec<Vec<f64>>> {
    let mut program = Program::new(net, mistakes, Width::Double);
    let ask = |probe| {
        let gradient: Option<Vec<f64>> = program.ask(probe).ok()?.gradient.into_iter().collect();
        gradient.filter(|g| g.iter().all(|v| v.is_finite()))
    };
    probes.iter().map(ask).collect()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

/// A net whose units are all dead shows nothing.
fn is_lively(answers: &[Vec<f64>]) -> bool {
    answers.iter().all(|g| largest(g) > 1e-4)
}

/// True where two programs differ clearly at two probes at least.
fn differ(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let apart = |(a, b): &(&Vec<f64>, &Vec<f64>)| {
        let difference: Vec<f64> = a.iter().zip(*b).map(|(a, b)| a - b).collect();
        largest(&difference) > MARGIN * largest(a).min(largest(b)).max(1e-9)
    };
    a.iter().zip(b).filter(apart).count() >= 2
}

/// True where each mistake changes the gradient, and the two of a pair change it otherwise than either alone.
fn all_show(net: &Net, mistakes: &[Mistake], right: &[Vec<f64>], probes: &[Probe]) -> bool {
    let alone: Option<Vec<_>> = mistakes.iter().map(|m| answers(net, &[*m], probes)).collect();
    let (Some(alone), Some(together)) = (alone, answers(net, mistakes, probes)) else { return false };
    let is_wrong = mistakes.is_empty() || differ(&together, right);
    let shows = alone.iter().all(|a| differ(a, right));
    is_wrong && shows && (alone.len() < 2 || alone.iter().all(|a| differ(a, &together)))
}

/// The rows and the point that belong to the net; without rows where any will do.
fn options(net: &Net, draw: &mut Draw) -> Options {
    let rows = draw.one(&[3, 4, 4, 5, 6, 8]);
    let bits = draw.chance(0.2);
    let data = net.random_rows(rows, bits, draw);
    let any = net.targets == super::net::Targets::Reals && draw.chance(0.2);
    let point = draw.chance(0.5).then(|| net.random_point(draw));
    let learning_rate = draw.chance(0.5).then(|| draw.one(&[0.1, 0.3, 0.5]));
    let seed = Seed(draw.below(1_000_000) as u64);
    Options { data: (!any).then_some(data), point, learning_rate, seed, ..Options::default() }
}
