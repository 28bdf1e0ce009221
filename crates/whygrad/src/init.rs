//! Starting values of the parameters.
//!
//! An [`Initialiser`] is written as text (`uniform(-1, 1)`, `glorot_uniform`) and drawn by [`draw`] into one flat
//! buffer. Three of them take any parameter; the other six scale with the inputs and outputs of a layer and
//! therefore need to know what is a weight of a layer and what is a bias.

use std::fmt;

use crate::random::Source;

mod text;

/// How starting values are drawn. `in` and `out` below are the inputs and outputs of the weight's layer.
///
/// The normal ones are plain normal distributions, not truncated at two deviations as some libraries do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialiser {
    /// Every parameter has this value.
    Constant(f64),
    /// Every parameter is drawn evenly from [low, high].
    Uniform {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
    },
    /// Every parameter is drawn from a normal distribution.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        sd: f64,
    },
    /// Weights drawn evenly from ±sqrt(6 / (in + out)), biases 0. Glorot and Bengio, "Understanding the
    /// difficulty of training deep feedforward neural networks" (2010), equation 16; for tanh and sigmoid.
    GlorotUniform,
    /// Weights normal with mean 0 and standard deviation sqrt(2 / (in + out)), biases 0. The variance of
    /// Glorot and Bengio (2010), equation 12, in a normal distribution.
    GlorotNormal,
    /// Weights drawn evenly from ±sqrt(6 / in), biases 0. The variance of He et al. (2015) in an even
    /// distribution.
    HeUniform,
    /// Weights normal with mean 0 and standard deviation sqrt(2 / in), biases 0. He et al., "Delving deep into
    /// rectifiers" (2015), equation 10; for relu.
    HeNormal,
    /// Weights drawn evenly from ±sqrt(3 / in), biases 0. The variance of `LeCun` et al. (1998) in an even
    /// distribution.
    LecunUniform,
    /// Weights normal with mean 0 and standard deviation sqrt(1 / in), biases 0. `LeCun` et al., "Efficient
    /// `BackProp`" (1998), equation 16.
    LecunNormal,
}

/// One parameter as [`draw`] sees it: where it stands, what it is called and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The place in the flat buffer.
    pub offset: usize,
    /// The name that a person knows it by, such as `hidden.W[0,1]`.
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// What a parameter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A weight of a layer.
    Weight {
        /// The inputs of each unit of the layer.
        fan_in: usize,
        /// The units of the layer.
        fan_out: usize,
    },
    /// Added to a pre-activation.
    Bias,
    /// Belongs to no layer that was recognised.
    Free,
}

/// Why starting values cannot be read or drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InitError {
    /// The text names no initialiser.
    #[error(
        "there is no initialiser '{found}'; write one of constant(c), uniform(low, high), normal(mean, sd), \
         glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal"
    )]
    Unknown {
        /// What was written.
        found: String,
    },
    /// The numbers in brackets are missing, too many, or not numbers.
    #[error("'{found}' does not say its numbers as it should; write {expected}, such as {example}")]
    Numbers {
        /// What was written.
        found: String,
        /// The form to write.
        expected: &'static str,
        /// A text that is right.
        example: &'static str,
    },
    /// The initialiser scales with a layer and the parameter belongs to none.
    #[error(
        "'{initialiser}' needs the inputs and outputs of a layer, and the parameter '{parameter}' belongs to \
         none; use one that takes any parameter: uniform(-1, 1), normal(0, 1) or constant(0.1)"
    )]
    NoLayer {
        /// The initialiser asked for.
        initialiser: Initialiser,
        /// The first parameter that it cannot draw.
        parameter: String,
    },
    /// The weight says that its layer has no inputs or outputs.
    #[error("the layer of the parameter '{parameter}' has no inputs, so '{initialiser}' has no scale")]
    EmptyLayer {
        /// The initialiser asked for.
        initialiser: Initialiser,
        /// The weight.
        parameter: String,
    },
    /// The parameter stands outside the buffer.
    #[error("the parameter '{parameter}' has the offset {offset}, but there are only {n} parameters")]
    Offset {
        /// The parameter.
        parameter: String,
        /// Where it says that it stands.
        offset: usize,
        /// The length of the buffer.
        n: usize,
    },
}

/// The distribution of one parameter.
#[derive(Debug, Clone, Copy)]
enum Distribution {
    /// The value itself; nothing is drawn.
    Fixed(f64),
    Uniform(f64, f64),
    Normal(f64, f64),
}

/// Draws the `n` starting values of a model; places that no entry names are 0.
///
/// The entries come in drawing order: the weights of a layer row by row, then the next layer. The initialisers
/// that scale with a layer draw the weights in that order; constant, uniform and normal draw every entry in the
/// order of its offset. Biases are 0 under the former and take nothing from the source.
pub fn draw(
    initialiser: &Initialiser,
    entries: &[Entry],
    n: usize,
    source: &mut dyn Source,
) -> Result<Vec<f64>, InitError> {
    let mut order: Vec<&Entry> = entries.iter().collect();
    if !initialiser.scales_with_layer() {
        order.sort_by_key(|entry| entry.offset);
    }
    let mut values = vec![0.0; n];
    for entry in order {
        let place = values.get_mut(entry.offset).ok_or_else(|| InitError::Offset {
            parameter: entry.name.clone(),
            offset: entry.offset,
            n,
        })?;
        *place = match initialiser.distribution(entry)? {
            Distribution::Fixed(value) => value,
            Distribution::Uniform(low, high) => source.uniform(low, high),
            Distribution::Normal(mean, sd) => source.normal(mean, sd),
        };
    }
    Ok(values)
}

impl Initialiser {
    /// Whether the values depend on the inputs and outputs of the layer.
    pub fn scales_with_layer(self) -> bool {
        !matches!(self, Self::Constant(_) | Self::Uniform { .. } | Self::Normal { .. })
    }

    fn distribution(self, entry: &Entry) -> Result<Distribution, InitError> {
        let parameter = || entry.name.clone();
        match entry.role {
            _ if !self.scales_with_layer() => Ok(self.over(0.0, 0.0)),
            Role::Bias => Ok(Distribution::Fixed(0.0)),
            Role::Free => Err(InitError::NoLayer { initialiser: self, parameter: parameter() }),
            Role::Weight { fan_in: 0, .. } => {
                Err(InitError::EmptyLayer { initialiser: self, parameter: parameter() })
            }
            Role::Weight { fan_in, fan_out } => Ok(self.over(fan_in as f64, fan_out as f64)),
        }
    }

    /// The formulas named above, for a layer of so many inputs and outputs.
    fn over(self, fan_in: f64, fan_out: f64) -> Distribution {
        let even = |limit: f64| Distribution::Uniform(-limit, limit);
        let normal = |sd: f64| Distribution::Normal(0.0, sd);
        match self {
            Self::GlorotUniform => even((6.0 / (fan_in + fan_out)).sqrt()),
            Self::GlorotNormal => normal((2.0 / (fan_in + fan_out)).sqrt()),
            Self::HeUniform => even((6.0 / fan_in).sqrt()),
            Self::HeNormal => normal((2.0 / fan_in).sqrt()),
            Self::LecunUniform => even((3.0 / fan_in).sqrt()),
            Self::LecunNormal => normal((1.0 / fan_in).sqrt()),
            Self::Constant(value) => Distribution::Fixed(value),
            Self::Uniform { low, high } => Distribution::Uniform(low, high),
            Self::Normal { mean, sd } => Distribution::Normal(mean, sd),
        }
    }
}

/// The text that reads as this initialiser.
impl fmt::Display for Initialiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "constant({value})"),
            Self::Uniform { low, high } => write!(f, "uniform({low}, {high})"),
            Self::Normal { mean, sd } => write!(f, "normal({mean}, {sd})"),
            Self::GlorotUniform => f.write_str("glorot_uniform"),
            Self::GlorotNormal => f.write_str("glorot_normal"),
            Self::HeUniform => f.write_str("he_uniform"),
            Self::HeNormal => f.write_str("he_normal"),
            Self::LecunUniform => f.write_str("lecun_uniform"),
            Self::LecunNormal => f.write_str("lecun_normal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, PythonRandom, Seed};

    /// Two inputs to two hidden units, stored transposed, and one bias.
    fn layer() -> Vec<Entry> {
        let weight = Role::Weight { fan_in: 2, fan_out: 4 };
        [("W[0,0]", 0, weight), ("W[0,1]", 2, weight), ("W[1,0]", 1, weight), ("b", 3, Role::Bias)]
            .map(|(name, offset, role)| Entry { offset, name: name.to_owned(), role })
            .to_vec()
    }

    fn drawn(text: &str, entries: &[Entry]) -> Vec<f64> {
        let n = entries.len();
        draw(&text.parse().unwrap(), entries, n, &mut PythonRandom::from_seed(Seed(1))).unwrap()
    }

    fn refused(text: &str, entries: &[Entry], n: usize) -> String {
        let mut stream = Key::from_seed(Seed(1)).stream();
        draw(&text.parse().unwrap(), entries, n, &mut stream).unwrap_err().to_string()
    }

    /// Made by `python3 -c "import random; random.seed(1); print([random.uniform(-1, 1) for _ in range(4)])"`.
    #[test]
    fn uniform_draws_every_entry_in_the_order_of_its_offset() {
        let expected = [-0.7312715117751976, 0.6948674738744653, 0.5275492379532281, -0.4898619485211566];
        assert_eq!(drawn("uniform(-1, 1)", &layer()), expected);
    }

    /// Made by `python3 -c "import random; random.seed(1); print([random.gauss(0, 2) for _ in range(4)])"`.
    #[test]
    fn normal_draws_with_gauss() {
        let expected = [2.5763695063109258, 2.898891217399542, 0.13267161787652382, -1.5290873019432636];
        assert_eq!(drawn("normal(0, 2)", &layer()), expected);
    }

    /// The limit is sqrt(6 / (2 + 4)) = 1, so the numbers are those of `random.uniform(-1, 1)` above.
    #[test]
    fn the_scaled_ones_draw_weights_in_the_given_order_and_leave_biases_zero() {
        let expected = [-0.7312715117751976, 0.5275492379532281, 0.6948674738744653, 0.0];
        assert_eq!(drawn("glorot_uniform", &layer()), expected);
    }

    #[test]
    fn constant_is_everywhere() {
        assert_eq!(drawn("constant(0.1)", &layer()), [0.1; 4]);
    }

    #[test]
    fn the_scales_are_those_of_the_papers() {
        let role = Role::Weight { fan_in: 50, fan_out: 150 };
        let entries: Vec<Entry> =
            (0..20_000).map(|offset| Entry { offset, name: format!("W[{offset}]"), role }).collect();
        let cases = [
            ("glorot_uniform", 0.03_f64.sqrt(), true),
            ("he_uniform", 0.12_f64.sqrt(), true),
            ("lecun_uniform", 0.06_f64.sqrt(), true),
            ("glorot_normal", 0.01_f64.sqrt(), false),
            ("he_normal", 0.04_f64.sqrt(), false),
            ("lecun_normal", 0.02_f64.sqrt(), false),
        ];
        for (text, scale, bounded) in cases {
            let values = drawn(text, &entries);
            let sd = (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt();
            let expected = if bounded { scale / 3_f64.sqrt() } else { scale };
            assert!((sd / expected - 1.0).abs() < 0.02, "{text}: {sd} against {expected}");
            let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            assert_eq!(largest <= scale, bounded, "{text}: {largest} against {scale}");
        }
    }

    #[test]
    fn a_parameter_without_a_layer_is_named_with_what_to_use_instead() {
        let entries = [Entry { offset: 0, name: "o".to_owned(), role: Role::Free }];
        let error = refused("he_normal", &entries, 1);
        assert_eq!(
            error,
            "'he_normal' needs the inputs and outputs of a layer, and the parameter 'o' belongs to none; use \
             one that takes any parameter: uniform(-1, 1), normal(0, 1) or constant(0.1)"
        );
        assert_eq!(drawn("constant(2)", &entries), [2.0]);
    }

    #[test]
    fn wrong_layouts_are_refused() {
        assert!(refused("constant(1)", &layer(), 3).contains("'b' has the offset 3"));
        let role = Role::Weight { fan_in: 0, fan_out: 1 };
        let entries = [Entry { offset: 0, name: "W".to_owned(), role }];
        assert!(refused("he_normal", &entries, 1).contains("'W' has no inputs"));
    }
}
