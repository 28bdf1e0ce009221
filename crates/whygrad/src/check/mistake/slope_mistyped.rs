//! A formula for the slope with a slip in it.

use whygrad_expr::arena::Term;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, SlopeSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "slope-mistyped",
        kind: Kind::WrongActivationDerivative,
        title: "the formula for the slope has a slip in it",
        why: "The slope of sigmoid is a(1 - a) and that of tanh 1 - a^2, with a the activation; nearby formulas look alike and are wrong.",
        source: "the derivative of each function, by the chain rule",
    },
    finders: &[Finder::Slope(mistyped)],
};

/// How it is written, with `a` for the activation or the pre-activation, and its price.
const FORMS: &[(&str, f64)] = &[
    ("{}*(1 - {})", 1.1),
    ("(1 - {}^2)", 1.1),
    ("(1 - {})", 1.1),
    ("(1 + {}^2)", 1.2),
    ("(1 - {})^2", 1.3),
    ("{}", 1.3),
    ("{}^2", 1.5),
    ("{}*(1 + {})", 1.4),
    ("({} - 1)", 1.5),
    ("2*{}", 1.6),
    ("{}^2*(1 - {})", 1.6),
    ("{}*(1 - {}^2)", 1.5),
    ("(1 - {}^2)/2", 1.4),
    ("1/{}", 1.6),
    ("exp({})", 1.6),
    ("exp(-{})", 1.6),
    ("(1 + {})", 1.5),
];

fn form(lab: &mut Lab<'_>, index: usize, a: Term) -> Term {
    let one = lab.number(1.0);
    let rest = lab.one_minus(a);
    let square = lab.square(a);
    let minus_square = lab.one_minus(square);
    let plus = lab.add(one, a);
    match index {
        0 => lab.mul(a, rest),
        1 => minus_square,
        2 => rest,
        3 => lab.add(one, square),
        4 => lab.square(rest),
        5 => a,
        6 => square,
        7 => lab.mul(a, plus),
        8 => lab.sub(a, one),
        9 => lab.add(a, a),
        10 => lab.mul(square, rest),
        11 => lab.mul(a, minus_square),
        12 => {
            let half = lab.number(0.5);
            lab.mul(half, minus_square)
        }
        13 => lab.div(one, a),
        14 => lab.map(whygrad_expr::op::Function::Exp, a),
        15 => {
            let minus = lab.arena.neg(a);
            lab.map(whygrad_expr::op::Function::Exp, minus)
        }
        _ => plus,
    }
}

fn mistyped(lab: &mut Lab<'_>, site: &SlopeSite<'_>, found: &mut Vec<Variant>) {
    let activation = site.activation;
    let (layer, f, z, a) = site.names(lab);
    let coupled = activation.slope.is_none();
    let mut places = vec![(0, activation.output, a), (1, activation.input, z.clone())];
    if let (Some(y), true) = (lab.target, site.stage + 1 == site.chain.stages.len()) {
        let error = lab.sub(activation.output, y);
        places.extend([(2, y, "y".to_owned()), (3, error, "(y_hat - y)".to_owned())]);
    }
    for (place, at, name) in &places {
        let (place, at) = (*place, *at);
        for (index, (pattern, price)) in
            FORMS.iter().enumerate().take(if place > 1 { 2 } else { FORMS.len() })
        {
            // a(1 - a) of a softmax has an entry of its own.
            if coupled && place == 0 && index == 0 {
                continue;
            }
            let slope = form(lab, index, at);
            let term = lab.mul(site.upstream, slope);
            let edit = lab.edit(ENTRY.page.name, site.stage, (place * FORMS.len() + index) as u32, || {
                let written = pattern.replace("{}", name);
                let what = format!("the slope of {f} in '{layer}' is written as {written}");
                let right = site.line(&format!("{f}'({z})"));
                let price = price + 0.2 * place as f64;
                EditText::new(Kind::WrongActivationDerivative, price, what, &site.line(&written), &right)
            });
            found.push((term, edit));
        }
    }
}
