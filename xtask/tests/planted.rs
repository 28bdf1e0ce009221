//! The planted programs are right where nothing is planted, and what is planted is named.

use whygrad::check::mistake::pages;
use whygrad::check::{Probe, Role, Source};
use whygrad::expr::oracle::{Bindings, evaluate};
use whygrad::random::Seed;
use xtask::mistakes::{Outcome, catalogue, outcomes};
use xtask::planted::{Case, ENTRIES, Sort};

const SEED: Seed = Seed(1960);

/// Loss and derived gradient by the oracle.
fn derived(case: &Case, probe: &Probe) -> (f64, Vec<f64>) {
    let program = &case.program.net.model.program;
    let mut bindings = Bindings::new(probe.data.rows);
    for p in &program.parameters {
        bindings.bind(p.symbol, probe.theta[p.offset..p.offset + p.len()].to_vec());
    }
    let columns = [(&program.inputs, &probe.data.inputs), (&program.targets, &probe.data.targets)];
    for (symbols, values) in columns {
        let width = values.len() / probe.data.rows;
        let mut first = 0;
        for &symbol in symbols {
            let size = program.arena.symbol_of(symbol).shape.dims.len();
            let rows = values.chunks(width).flat_map(|row| row[first..first + size].to_vec());
            bindings.bind(symbol, rows.collect());
            first += size;
        }
    }
    let roots: Vec<_> = std::iter::once(program.loss).chain(program.gradient.iter().copied()).collect();
    let values = evaluate(&program.arena, &roots, &bindings).unwrap();
    let gradient = values[1..].iter().zip(&program.parameters);
    let spread = gradient.flat_map(|(value, p)| (0..p.len()).map(|k| value.at(0, k)).collect::<Vec<_>>());
    (values[0].data[0], spread.collect())
}

#[test]
fn without_a_mistake_the_gradient_by_hand_is_the_derived_one() {
    for index in 0..300 {
        let mut case = Case::draw(Sort::Right, index, SEED).unwrap();
        case.program.in_double_precision();
        case.program.gives_loss = true;
        for probe in case.generic_probes() {
            let answer = case.program.ask(&probe).unwrap();
            let (loss, gradient) = derived(&case, &probe);
            let largest = gradient.iter().fold(1.0_f64, |m, g| m.max(g.abs()));
            assert_eq!(answer.gradient.len(), gradient.len());
            for (given, right) in answer.gradient.iter().zip(&gradient) {
                let apart = (given.unwrap() - right).abs();
                assert!(
                    apart <= 1e-10 * largest,
                    "{}: {given:?} {right}\n{}",
                    case.name,
                    case.program.net.text
                );
            }
            let apart = (answer.loss.unwrap() - loss).abs();
            assert!(apart <= 1e-10 * loss.abs().max(1.0), "{}\n{}", case.name, case.program.net.text);
        }
    }
}

#[test]
fn every_mistake_of_the_catalogue_can_be_planted() {
    for (index, entry) in ENTRIES.iter().enumerate() {
        let case = Case::draw(Sort::Single, index, SEED).unwrap();
        assert_eq!(case.program.mistakes[0].entry.slip, entry.slip);
        Case::draw(Sort::Pair, index, SEED).unwrap();
    }
}

#[test]
fn each_entry_of_the_catalogue_stands_there_once() {
    for (index, entry) in ENTRIES.iter().enumerate() {
        assert!(ENTRIES[..index].iter().all(|e| e.slip != entry.slip && e.name != entry.name), "{entry:?}");
        assert!(!entry.kinds.is_empty());
    }
}

#[test]
fn the_page_of_the_catalogue_is_the_catalogue() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(catalogue::PATH);
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == catalogue::page(), "`cargo xtask mistakes --catalogue` writes {} anew", catalogue::PATH);
    for entry in pages() {
        assert_eq!(page.matches(&format!("\n### {}\n", entry.name)).count(), 1, "{}", entry.name);
    }
}

#[test]
fn a_case_is_drawn_again_by_its_name() {
    let probe_of = |case: &Case| case.generic_probes()[0].clone();
    for name in ["single-3", "pair-14", "right-15"] {
        let (mut one, mut other) = (Case::named(name, SEED).unwrap(), Case::named(name, SEED).unwrap());
        assert_eq!(one.program.net.text, other.program.net.text);
        let probe = Probe { role: Role::Random, ..probe_of(&one) };
        assert_eq!(one.program.ask(&probe), other.program.ask(&probe));
    }
    assert!(Case::named("none-1", SEED).is_err());
}

fn share(outcomes: &[Outcome], is_so: fn(&Outcome) -> bool) -> f64 {
    outcomes.iter().filter(|o| is_so(o)).count() as f64 / outcomes.len() as f64
}

#[test]
fn single_mistakes_are_named_in_99_of_100() {
    let singles = outcomes(Sort::Single, 3 * ENTRIES.len(), SEED, 2).unwrap();
    assert!(share(&singles, Outcome::verdict_is_right) == 1.0);
    let named = share(&singles, Outcome::all_named);
    assert!(named >= 0.99, "{named}; see cargo xtask mistakes --seed {}", SEED.0);
}

#[test]
fn two_mistakes_at_once_are_named_in_95_of_100() {
    let pairs = outcomes(Sort::Pair, 2 * ENTRIES.len(), SEED, 2).unwrap();
    assert!(share(&pairs, Outcome::verdict_is_right) == 1.0);
    let named = share(&pairs, Outcome::all_named);
    assert!(named >= 0.95, "{named}; see cargo xtask mistakes --seed {}", SEED.0);
}

#[test]
fn right_gradients_are_called_right_and_nothing_is_named() {
    let right = outcomes(Sort::Right, 500, SEED, 2).unwrap();
    let bad: Vec<&str> = right.iter().filter(|o| !o.is_good()).map(|o| o.name.as_str()).collect();
    assert!(bad.is_empty(), "{bad:?}");
}
