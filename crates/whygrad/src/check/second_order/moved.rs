//! Mistakes that are seen in the numbers: entries left out, elsewhere, in another order, or kept from earlier.

use std::collections::BTreeSet;

use super::super::Asked;
use super::super::mistake::Kind;
use super::super::probe::Role;
use super::What;
use super::hypotheses::Text;
use super::judge::Judged;
use super::match_numbers::{Goals, Scale};
use super::mistakes::Found;
use super::truth::{Second, unit};

/// Beyond so many parameters no other order is looked for.
const MOST_PERMUTED: usize = 40;
/// So many partial orders are tried.
const MOST_TRIED: usize = 20_000;

/// Whether a number is the given one, to rounding; nothing where none is given.
fn is_given(asked: &Asked, entry: usize, made: f64) -> Option<bool> {
    let given = asked.answer.gradient[entry]?;
    let slack = asked.tolerance[entry] + 1e-9 * given.abs().max(made.abs());
    Some((given - made).abs() <= slack)
}

fn text(
    kind: Kind,
    entry: &'static str,
    price: f64,
    what: String,
    why: &'static str,
    sides: [&str; 2],
) -> Text {
    Text { kind, entry, price, what, why, given: sides[0].to_owned(), right: sides[1].to_owned() }
}

/// The ratio of given to true where it is told best: at the first place, the first entry that is large enough.
pub(super) fn ratio(goals: &Goals<'_>) -> Option<f64> {
    goals.places.iter().find_map(|&place| {
        let a = &goals.judged.asked[place];
        goals.wrong.iter().find_map(|&g| {
            let (given, value) = (a.answer.gradient[g]?, a.truth.value[g]);
            let ratio = given / value;
            (value.abs() > 1e4 * a.tolerance[g] && ratio.is_finite() && ratio != 0.0).then_some(ratio)
        })
    })
}

/// Entries that are 0 everywhere.
pub(super) fn left_out(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let n = second.count();
    let zero =
        |g: &usize| goals.judged.asked.iter().all(|a| a.answer.gradient[*g].is_none_or(|given| given == 0.0));
    let own: BTreeSet<usize> = goals.wrong.iter().copied().filter(zero).collect();
    if own.is_empty() {
        return vec![];
    }
    let what = if goals.judged.what == What::Product {
        text(Kind::Other, "entries-left-out", 1.1, "these entries are 0".to_owned(), "", ["0", "(H*v)[k]"])
    } else if own.iter().all(|g| g / n < g % n) || own.iter().all(|g| g / n > g % n) {
        let side = if own.iter().all(|g| g / n > g % n) { "upper" } else { "lower" };
        text(
            Kind::Other,
            "triangle-only",
            1.0,
            format!("only the {side} triangle is filled, the other one is 0"),
            "A Hessian is symmetric: H[j,i] is H[i,j].",
            ["0", "H[j,i] = H[i,j]"],
        )
    } else if own.iter().all(|g| g / n != g % n) && every_other_is_zero(goals, n) {
        text(
            Kind::Other,
            "diagonal-only",
            1.0,
            "only the diagonal is filled, every other entry is 0".to_owned(),
            "Parameters act together: the mixed second derivatives are 0 only where the loss is a sum of functions of one parameter each.",
            ["0", "d2L/dw1dw2"],
        )
    } else {
        text(
            Kind::Other,
            "entries-left-out",
            1.1,
            "these second derivatives are 0".to_owned(),
            "They are 0 only where the first derivative by one does not depend on the other.",
            ["0", "d2L/dw1dw2"],
        )
    };
    vec![Found { text: what, goals: own }]
}

/// Whether nothing beside the diagonal is other than 0.
fn every_other_is_zero(goals: &Goals<'_>, n: usize) -> bool {
    goals.judged.asked.iter().all(|a| {
        let entries = a.answer.gradient.iter().enumerate();
        entries.filter(|(g, _)| g / n != g % n).all(|(_, given)| given.is_none_or(|given| given == 0.0))
    })
}

/// The first derivatives on the diagonal.
pub(super) fn slope_on_diagonal(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let n = second.count();
    let slopes = |place: usize, _: &[usize]| {
        let question = &goals.judged.questions[place];
        let values =
            second.values(&second.gradient, &question.probe, &question.probe.theta, &question.vector);
        let flat: Vec<f64> = values.into_iter().flatten().flat_map(|v| v.data).collect();
        let mut made = vec![f64::NAN; n * n];
        flat.iter().enumerate().for_each(|(k, &g)| made[k * n + k] = g);
        vec![made]
    };
    if goals.judged.what == What::Product {
        return vec![];
    }
    let explained = goals.explained(1, &[Scale::ONE], slopes);
    let found = explained.into_iter().flatten().map(|(_, goals)| Found {
        text: text(
            Kind::Other,
            "first-for-second",
            1.0,
            "these are first derivatives, where second ones should be".to_owned(),
            "The gradient has to be differentiated once more.",
            ["dL/dw", "d2L/dw^2"],
        ),
        goals,
    });
    found.collect()
}

/// A product with another vector than the one that was asked for.
pub(super) fn of_vector(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let n = second.count();
    let along = |place: usize, vector: &[f64]| -> Vec<f64> {
        let probe = &goals.judged.questions[place].probe;
        let values = second.values(&second.product, probe, &probe.theta, vector);
        values.into_iter().flatten().flat_map(|v| v.data).collect()
    };
    let why = "The product is linear in v: H*v, with v as it is given.";
    let mut texts = vec![
        text(
            Kind::WrongVariable,
            "vector-not-used",
            1.1,
            "these are the sums of the rows of H: the vector is not used".to_owned(),
            why,
            ["H*1", "H*v"],
        ),
        text(
            Kind::ExtraFactor,
            "vector-normalised",
            1.0,
            "the product is divided by the length of v".to_owned(),
            why,
            ["H*v/|v|", "H*v"],
        ),
        text(
            Kind::ExtraFactor,
            "vector-normalised",
            1.2,
            "the product is multiplied by the length of v".to_owned(),
            why,
            ["H*v*|v|", "H*v"],
        ),
    ];
    if n <= super::MOST {
        let what = "only the diagonal of H is multiplied by v".to_owned();
        texts.push(text(Kind::Other, "diagonal-only", 1.0, what, why, ["H[k,k]*v[k]", "sum_j H[k,j]*v[j]"]));
    }
    let numbers = |place: usize, alive: &[usize]| {
        let v = &goals.judged.questions[place].vector;
        let truth = &goals.judged.asked[place].truth.value;
        let length = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let made = |&h: &usize| match h {
            0 => along(place, &vec![1.0; n]),
            1 => truth.iter().map(|t| t / length).collect(),
            2 => truth.iter().map(|t| t * length).collect(),
            _ => (0..n).map(|k| along(place, &unit(n, k)).get(k).map_or(f64::NAN, |h| h * v[k])).collect(),
        };
        alive.iter().map(made).collect()
    };
    let explained = goals.explained(texts.len(), &[Scale::ONE], numbers);
    let all = texts.into_iter().zip(explained);
    all.flat_map(|(text, by)| by.into_iter().map(move |(_, goals)| Found { text: text.clone(), goals }))
        .collect()
}

/// Rows and columns in another order of the parameters.
pub(super) fn permuted(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let (n, judged) = (second.count(), goals.judged);
    let complete = judged.asked.iter().all(|a| a.answer.gradient.iter().all(Option::is_some));
    if judged.what == What::Product || !(2..=MOST_PERMUTED).contains(&n) || !complete {
        return vec![];
    }
    let fits = |(i, j): (usize, usize), (k, l): (usize, usize)| {
        let same = |a: &Asked| is_given(a, i * n + j, a.truth.value[k * n + l]);
        judged.asked.iter().all(|a| same(a).unwrap_or(true))
    };
    let mut order: Vec<usize> = Vec::new();
    let (mut next, mut tried) = (0, 0);
    while order.len() < n {
        tried += 1;
        if tried > MOST_TRIED {
            return vec![];
        }
        let i = order.len();
        let free = |k: &usize| {
            let others = |order: &[usize]| {
                order.iter().enumerate().all(|(j, &l)| fits((i, j), (*k, l)) && fits((j, i), (l, *k)))
            };
            !order.contains(k) && fits((i, i), (*k, *k)) && others(&order)
        };
        if let Some(k) = (next..n).find(free) {
            order.push(k);
            next = 0;
        } else {
            let Some(last) = order.pop() else { return vec![] };
            next = last + 1;
        }
    }
    let names = second.names();
    let moved: Vec<usize> = (0..n).filter(|&i| order[i] != i).collect();
    let list: Vec<String> =
        moved.iter().take(4).map(|&i| format!("{} where {} belongs", names[order[i]], names[i])).collect();
    let turned = transposed(second, &order);
    let (kind, what) = match turned {
        Some(name) => (
            Kind::Transposed,
            format!("the entries of {name} are taken column by column: {}", list.join(", ")),
        ),
        None => {
            (Kind::SwappedComponents, format!("rows and columns are in another order: {}", list.join(", ")))
        }
    };
    let why = "Rows and columns go in the order of theta, entries of a matrix row by row.";
    let text = text(kind, "another-order", 1.0, what, why, ["H in another order", "H in the order of theta"]);
    vec![Found { text, goals: goals.wrong.clone() }]
}

/// The matrix whose transpose is the only thing that an order changes.
fn transposed(second: &Second<'_>, order: &[usize]) -> Option<String> {
    let mut found = None;
    for p in &second.model.program.parameters {
        let own = |k: usize| order[p.offset + k] == p.offset + k;
        if (0..p.len()).all(own) {
            continue;
        }
        let &[rows, columns] = &p.shape[..] else { return None };
        let turned = |k: usize| order[p.offset + k] == p.offset + (k % rows) * columns + k / rows;
        if found.is_some() || !(0..p.len()).all(turned) {
            return None;
        }
        found = Some(p.name.clone());
    }
    found
}

/// Entries that are the true ones of another place.
pub(super) fn elsewhere(second: &Second<'_>, goals: &Goals<'_>, left: &BTreeSet<usize>) -> Vec<Found> {
    let (n, judged) = (second.count(), goals.judged);
    let product = judged.what == What::Product;
    if n > MOST_PERMUTED {
        return vec![];
    }
    let names = second.names();
    let name = |entry: usize| {
        if product {
            format!("(H*v)[{}]", names[entry])
        } else {
            format!("H[{},{}]", names[entry / n], names[entry % n])
        }
    };
    let twin = |entry: usize| if product { entry } else { entry % n * n + entry / n };
    let source = |&goal: &usize| {
        let places = if product { n } else { n * n };
        (0..places).filter(|&k| k != goal && k != twin(goal) && (product || k / n <= k % n)).find(|&k| {
            let mut told = judged.asked.iter().filter_map(|a| {
                let value = a.truth.value[k];
                is_given(a, goal, value).map(|same| same && (value != 0.0 || a.truth.value[goal] == 0.0))
            });
            told.all(|same| same)
        })
    };
    let mut found: Vec<Found> = Vec::new();
    for goal in left {
        let Some(from) = source(goal) else { continue };
        let back = left.contains(&from) && source(&from).is_some_and(|b| b == *goal || b == twin(*goal));
        let (kind, entry, what) = if back {
            let what = format!(
                "{} and {} stand at each other's place",
                name(*goal.min(&from)),
                name(from.max(*goal))
            );
            (Kind::SwappedComponents, "swapped-entries", what)
        } else {
            let what = format!("in the place of {} stands {}", name(*goal), name(from));
            (Kind::WrongVariable, "other-entry", what)
        };
        let why = "The gradient by the one parameter is differentiated by the other.";
        let sides = [name(from), name(*goal)];
        let text = text(kind, entry, 1.2, what, why, [&sides[0], &sides[1]]);
        let both = BTreeSet::from([*goal, if back { from } else { *goal }]);
        found.push(Found { text, goals: both });
    }
    found
}

/// What earlier questions left is still in the answers.
pub(super) fn accumulated(judged: &Judged, wrong: &BTreeSet<usize>) -> Option<Found> {
    let again = judged.asked.iter().any(|a| a.probe.role == Role::Again);
    let explains = |&g: &usize| {
        let mut sum = 0.0;
        judged.asked.iter().all(|a| {
            sum += a.truth.value[g];
            is_given(a, g, sum).unwrap_or(true)
        })
    };
    if !again || !wrong.iter().all(explains) {
        return None;
    }
    let text = text(
        Kind::AccumulationNotReset,
        "accumulated",
        1.0,
        "each answer has the earlier ones in it: what is added up is not set to 0 before the next".to_owned(),
        "Second derivatives belong to one point; sums begin at 0 there.",
        ["H += ..", "H = 0, then H += .."],
    );
    Some(Found { text, goals: wrong.clone() })
}

/// That entries which nothing explains have a twin that is right.
pub(super) fn twins(second: &Second<'_>, judged: &Judged, left: &BTreeSet<usize>) -> Option<String> {
    let n = second.count();
    if judged.what == What::Product {
        return None;
    }
    let is_right = |g: usize| {
        let mut given = judged.asked.iter().filter(|a| a.answer.gradient[g].is_some()).peekable();
        given.peek().is_some() && given.all(|a| !a.wrong[g])
    };
    let all = left.iter().all(|&g| g / n != g % n && is_right(g % n * n + g / n));
    let names = second.names();
    let first = left.iter().next().filter(|_| all)?;
    let (i, j) = (&names[first / n], &names[first % n]);
    Some(format!("H[{i},{j}] is not H[{j},{i}]: a Hessian is symmetric; H[{j},{i}] is the right one"))
}
