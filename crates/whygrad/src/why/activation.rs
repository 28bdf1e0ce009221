//! What an activation does, found by asking it rather than by its name: a person may have written it.

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::oracle::{Bindings, evaluate};

/// What an activation does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Character {
    /// f(-z) = -f(z), as of tanh.
    pub(crate) is_odd: bool,
    /// Value and slope are 0 for all z below 0, as of relu.
    pub(crate) rests_below: bool,
    /// It levels off on both sides, as sigmoid and tanh do.
    pub(crate) levels_off: bool,
    /// Its largest slope; 0 where it has none of its own, as softmax.
    pub(crate) steepest: f64,
}

/// Where it is asked, and at the opposite places.
const PLACES: [f64; 10] = [0.0, 0.25, 0.5, 1.0, 1.5, 2.5, 4.0, 6.0, 12.0, 40.0];

/// A slope below this share of the largest is next to none.
pub(crate) const FLAT: f64 = 0.01;

impl Character {
    /// `activation` and `slope` are terms of the leaf `z`; `None` where they need more than that.
    pub(crate) fn of(arena: &Arena, activation: Term, slope: Term, z: SymbolId) -> Option<Character> {
        let width = arena.symbol_of(z).shape.dims.len();
        let places: Vec<f64> = PLACES.iter().flat_map(|&p| [p, -p]).collect();
        let mut bindings = Bindings::<f64>::new(places.len());
        bindings.bind(z, places.iter().flat_map(|&p| std::iter::repeat_n(p, width)).collect());
        let values = evaluate(arena, &[activation, slope], &bindings).ok()?;
        let at = |value: usize, place: usize| values[value].at(place, 0);
        let pairs = || (0..PLACES.len()).map(|k| (2 * k, 2 * k + 1));
        let steepest = (0..places.len()).map(|k| at(1, k).abs()).fold(0.0, f64::max);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + a.abs());
        let far = |k: usize| PLACES[k / 2] >= 12.0;
        Some(Character {
            is_odd: pairs().all(|(above, below)| close(at(0, above), -at(0, below))),
            rests_below: pairs().skip(1).all(|(_, below)| at(0, below) == 0.0 && at(1, below) == 0.0)
                && steepest > 0.0,
            levels_off: (0..places.len()).all(|k| !far(k) || at(1, k).abs() < FLAT * steepest),
            steepest,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::data::bind::BindOptions;
    use crate::data::builtin;
    use crate::model::{Model, ModelOptions};
    use crate::random::{Key, Seed};
    use crate::why::units::Units;

    #[test]
    fn an_activation_is_known_by_what_it_does() {
        let of = |f: &str| {
            let text = format!(
                "inputs x[2]\ntarget y\nown(z) = z/(1 + abs(z))\nh = dense(x, 2, {f})\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)"
            );
            let model = Model::parse(&text, &ModelOptions::default()).unwrap();
            let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
            let data = model.bind(&table, &BindOptions::default()).unwrap().0;
            Units::of(&model, &data).groups[0].character
        };
        let marks = |f: &str| (of(f).is_odd, of(f).rests_below, of(f).levels_off);
        assert_eq!(marks("sigmoid"), (false, false, true));
        assert_eq!(marks("tanh"), (true, false, true));
        assert_eq!(marks("relu"), (false, true, false));
        assert_eq!(marks("leaky_relu"), (false, false, false));
        assert_eq!(marks("elu"), (false, false, false));
        assert!((of("sigmoid").steepest - 0.25).abs() < 1e-12);
    }
}
