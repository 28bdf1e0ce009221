use super::*;
use crate::random::{Purpose, Seed};

const SETS: [&str; 6] = ["circles", "moons", "spirals", "blobs", "xor-cloud", "sine"];

fn key() -> Key {
    Key::from_seed(Seed(1))
}

fn made(spec: &str) -> Table {
    table(spec, key()).unwrap_or_else(|error| panic!("{spec}: {error}"))
}

fn refused(spec: &str) -> String {
    table(spec, key()).unwrap_err().to_string()
}

fn targets(spec: &str) -> Vec<f64> {
    let table = made(spec);
    (0..table.rows).map(|row| table.row(row)[table.columns() - 1]).collect()
}

#[test]
fn logic_tables_have_their_rows_in_counting_order() {
    let xor = made("xor");
    assert_eq!((xor.names.join(" "), xor.n_targets), ("x1 x2 y".to_owned(), Some(1)));
    assert_eq!(xor.values, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    for (name, expected) in [
        ("and", [0.0, 0.0, 0.0, 1.0]),
        ("or", [0.0, 1.0, 1.0, 1.0]),
        ("nand", [1.0, 1.0, 1.0, 0.0]),
        ("nor", [1.0, 0.0, 0.0, 0.0]),
        (" XNOR ", [1.0, 0.0, 0.0, 1.0]),
    ] {
        assert_eq!(targets(name), expected, "{name}");
    }
    assert_eq!((made("not").names.join(" "), targets("not")), ("x y".to_owned(), vec![1.0, 0.0]));
}

#[test]
fn parity_counts_in_binary() {
    assert_eq!(made("parity-2"), made("xor"));
    let parity = made("parity-3");
    assert_eq!((parity.names.join(" "), parity.rows), ("x1 x2 x3 y".to_owned(), 8));
    assert_eq!(parity.row(6), [1.0, 1.0, 0.0, 0.0]);
    assert_eq!((made("parity-1").values, made("parity-16").rows), (vec![0.0, 0.0, 1.0, 1.0], 65536));
}

#[test]
fn an_encoder_repeats_its_inputs() {
    let encoder = made("encoder-3");
    assert_eq!((encoder.names.join(" "), encoder.n_targets), ("x1 x2 x3 y1 y2 y3".to_owned(), Some(3)));
    assert_eq!(encoder.row(1), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!((encoder.rows, made("encoder-8").rows), (3, 8));
}

#[test]
fn numbers_out_of_range_are_refused() {
    let expected =
        "expected a number from 1 to 16 after parity-, found '17'; write a number, such as parity-4";
    assert_eq!(refused("parity-17"), expected);
    for spec in ["parity-0", "parity-", "parity-x", "encoder-257", "encoder--1"] {
        assert!(refused(spec).contains("expected a number from 1"), "{spec}");
    }
}

#[test]
fn sets_are_drawn_from_the_key_or_from_their_own_seed() {
    for name in SETS {
        let other = Key::from_seed(Seed(2)).purpose(Purpose::Data);
        assert_eq!(made(name), made(name), "{name}");
        assert_ne!(made(name), table(name, other).unwrap(), "{name}");
        assert_eq!(made(&format!("{name}(seed=2)")), table(name, other).unwrap(), "{name}");
        assert_eq!(made(&format!("{name}( n = 200, noise=0.1 )")), made(name), "{name}");
        assert_eq!((made(name).rows, made(&format!("{name}(n=7)")).rows), (200, 7), "{name}");
        assert!(made(&format!("{name}(n=2,noise=3)")).values.iter().all(|value| value.is_finite()), "{name}");
    }
}

#[test]
fn without_noise_the_points_lie_on_their_figures() {
    let near = |left: f64, right: f64| (left - right).abs() < 1e-12;
    let each = |spec: &str, holds: &dyn Fn(&[f64]) -> bool| {
        let table = made(spec);
        assert!((0..table.rows).all(|row| holds(table.row(row))), "{spec}");
    };
    each("circles(noise=0)", &|row| near(row[0].hypot(row[1]), if row[2] == 0.0 { 1.0 } else { 0.5 }));
    each("moons(noise=0)", &|row| {
        let (x1, x2) = if row[2] == 0.0 { (row[0], row[1]) } else { (1.0 - row[0], 0.5 - row[1]) };
        near(x1.hypot(x2), 1.0) && x2 > -1e-12
    });
    each("spirals(noise=0)", &|row| row[0].hypot(row[1]) < 3.0);
    each("blobs(noise=0, classes=3)", &|row| near(row[0].hypot(row[1]), 1.0) && row[2] < 3.0);
    each("xor-cloud(noise=0)", &|row| near((row[0] - row[1]).abs(), row[2]));
    each("sine(noise=0)", &|row| near(row[1], row[0].sin()));
}

#[test]
fn classes_alternate_and_are_counted_from_zero() {
    assert_eq!(targets("moons(n=5)"), [0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(targets("blobs(n=4, classes=3)"), [0.0, 1.0, 2.0, 0.0]);
    assert_eq!(targets("xor-cloud(n=4)"), [0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn wrong_settings_are_answered_with_what_to_write() {
    let expected = "expected a whole number from 2 to 10000000 for n, found '1'; write moons(n=3)";
    assert_eq!(refused("moons(n=1)"), expected);
    assert!(refused("moons(noise=-1)").ends_with("write moons(noise=0.1)"));
    assert!(refused("moons(seed=abc)").contains("for seed, found 'abc'"));
    assert_eq!(
        refused("moons(classes=3)"),
        "the set moons has no setting 'classes'; write one of n, noise, seed"
    );
    assert_eq!(refused("xor(n=3)"), "the table xor has no setting 'n'; write xor alone");
    for spec in ["moons(n=3", "moons(3)"] {
        assert!(refused(spec).ends_with("write it as in moons(n=200, noise=0.1, seed=3)"), "{spec}");
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_and_all_names() {
    let error = refused("circle");
    assert!(
        error.starts_with("there is no built-in table 'circle'; write circles, or another of xor, and, or,")
    );
    assert!(refused("iris").contains("; write one of xor, and, or, not,"));
    assert!(list().iter().all(|(name, _)| refused("iris").contains(name)));
}

#[test]
fn every_listed_table_can_be_made() {
    for (name, about) in list() {
        let spec = name.replace('N', "4");
        let table = made(&spec);
        assert_eq!(table.values.len(), table.rows * table.columns(), "{name}");
        assert!(about.ends_with('.') && table.header, "{name}");
    }
}
