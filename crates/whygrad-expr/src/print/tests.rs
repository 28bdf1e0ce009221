//! What terms look like; each is written in the model language and read by a tiny reader.

mod desk;
mod latex;
mod mathml;
mod names;
mod text;

use super::{Names, Notation, expression, name};
use crate::arena::Term;
use desk::Desk;

/// Builds `text` and prints it.
#[track_caller]
fn check(notation: Notation, text: &str, expected: &str) {
    let mut desk = Desk::default();
    let term = desk.read(text);
    assert_eq!(desk.print(term, notation), expected, "{text}");
}

#[test]
fn parts_print_as_their_names_and_the_root_is_written_out() {
    let mut desk = Desk::default();
    let (delta, root) = (desk.read("-2/n*a"), desk.read("b - 2/n*a"));
    desk.names.insert(delta, "delta_out");
    desk.names.insert(root, "root");
    assert_eq!(desk.print(root, Notation::Text), "b + delta_out");
    assert_eq!(desk.print(root, Notation::Latex), "b+\\delta_{\\mathrm{out}}");
    assert_eq!(desk.print(delta, Notation::Latex), "-\\frac{2}{n}a");
}

#[test]
fn a_name_hides_the_form_it_is_part_of() {
    let mut desk = Desk::default();
    let (minus, difference) = (desk.read("-b"), desk.read("a - b"));
    let (total, softmax) = (desk.read("logsumexp(z)"), desk.read("softmax(z)"));
    desk.names.insert(minus, "m");
    desk.names.insert(total, "t");
    assert_eq!(desk.print(difference, Notation::Text), "a + m");
    assert_eq!(desk.print(softmax, Notation::Text), "exp(z - t)");
}

#[test]
fn long_and_deep_terms_print_in_linear_time() {
    let mut desk = Desk::default();
    let a = desk.read("a");
    let (mut sum, mut left, mut right, mut nested) = (a, a, a, a);
    for index in 0..20_000 {
        sum = desk.add(sum, a);
        left = if index % 2 == 0 { desk.add(left, a) } else { desk.mul(left, a) };
        right = desk.add(a, right);
        nested = desk.call("sqrt", &[nested]);
    }
    let terms: [Term; 4] = [sum, left, right, nested];
    for term in terms {
        for notation in [Notation::Text, Notation::Latex, Notation::MathMl] {
            assert!(desk.print(term, notation).len() > 20_000);
        }
    }
}
