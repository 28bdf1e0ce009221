//! Reading an initialiser from text.

use std::str::FromStr;

use super::{InitError, Initialiser};

/// Reads `constant(c)`, `uniform(low, high)`, `normal(mean, sd)`, `glorot_uniform` and the rest.
///
/// `xavier_` is `glorot_` and `kaiming_` is `he_`. Without an ending the name means its paper's own
/// distribution: `glorot` (or `xavier`) is uniform, `he` (or `kaiming`) and `lecun` are normal.
impl FromStr for Initialiser {
    type Err = InitError;

    fn from_str(text: &str) -> Result<Self, InitError> {
        let text = text.trim();
        let (name, numbers) = match text.split_once('(') {
            Some((name, rest)) => (name.trim_end(), Some(rest)),
            None => (text, None),
        };
        let name = name.to_ascii_lowercase().replace('-', "_");
        let expect =
            |expected, example| move || InitError::Numbers { found: text.to_owned(), expected, example };
        match name.as_str() {
            "constant" => read(numbers)
                .map(|[value]| Self::Constant(value))
                .ok_or_else(expect("constant(c)", "constant(0.1)")),
            "uniform" => read(numbers)
                .filter(|[low, high]| low <= high && (high - low).is_finite())
                .map(|[low, high]| Self::Uniform { low, high })
                .ok_or_else(expect("uniform(low, high) with low <= high", "uniform(-1, 1)")),
            "normal" => read(numbers)
                .filter(|[_, sd]| *sd >= 0.0)
                .map(|[mean, sd]| Self::Normal { mean, sd })
                .ok_or_else(expect("normal(mean, sd) with sd >= 0", "normal(0, 0.5)")),
            scaled => {
                let found =
                    scaled_by_layer(scaled).ok_or_else(|| InitError::Unknown { found: text.to_owned() })?;
                match numbers {
                    None => Ok(found),
                    Some(_) => Err(expect("the name without brackets", "glorot_uniform")()),
                }
            }
        }
    }
}

fn scaled_by_layer(name: &str) -> Option<Initialiser> {
    Some(match name {
        "glorot_uniform" | "xavier_uniform" | "glorot" | "xavier" => Initialiser::GlorotUniform,
        "glorot_normal" | "xavier_normal" => Initialiser::GlorotNormal,
        "he_uniform" | "kaiming_uniform" => Initialiser::HeUniform,
        "he_normal" | "kaiming_normal" | "he" | "kaiming" => Initialiser::HeNormal,
        "lecun_uniform" => Initialiser::LecunUniform,
        "lecun_normal" | "lecun" => Initialiser::LecunNormal,
        _ => return None,
    })
}

/// The `N` finite numbers before the closing bracket.
fn read<const N: usize>(numbers: Option<&str>) -> Option<[f64; N]> {
    let inside = numbers?.trim_end().strip_suffix(')')?;
    let values: Vec<f64> = inside
        .split(',')
        .map(|number| number.trim().replace('−', "-").parse().ok().filter(|value: &f64| value.is_finite()))
        .collect::<Option<_>>()?;
    values.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Initialiser>().unwrap_err().to_string()
    }

    #[test]
    fn each_initialiser_reads_its_own_text() {
        let all = [
            Initialiser::Constant(0.1),
            Initialiser::Uniform { low: -1.0, high: 1.5 },
            Initialiser::Normal { mean: 0.0, sd: 1e-3 },
            Initialiser::GlorotUniform,
            Initialiser::GlorotNormal,
            Initialiser::HeUniform,
            Initialiser::HeNormal,
            Initialiser::LecunUniform,
            Initialiser::LecunNormal,
        ];
        for initialiser in all {
            assert_eq!(initialiser.to_string().parse(), Ok(initialiser));
        }
    }

    #[test]
    fn spaces_case_and_aliases_are_accepted() {
        assert_eq!(" Uniform ( −1 ,1 ) ".parse(), Ok(Initialiser::Uniform { low: -1.0, high: 1.0 }));
        assert_eq!("xavier_normal".parse(), Ok(Initialiser::GlorotNormal));
        assert_eq!("Xavier".parse(), Ok(Initialiser::GlorotUniform));
        assert_eq!("kaiming-uniform".parse(), Ok(Initialiser::HeUniform));
        assert_eq!("kaiming".parse(), Ok(Initialiser::HeNormal));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_choices() {
        let message = error("orthogonal");
        assert!(
            message.starts_with("there is no initialiser 'orthogonal'; write one of constant(c), uniform(")
        );
        assert!(message.ends_with("lecun_uniform, lecun_normal"));
    }

    #[test]
    fn wrong_numbers_are_answered_with_the_form() {
        let expected = "'uniform(1)' does not say its numbers as it should; write uniform(low, high) with low <= \
                        high, such as uniform(-1, 1)";
        assert_eq!(error("uniform(1)"), expected);
        for text in
            ["uniform", "uniform(1, -1)", "uniform(1, 2", "normal(0, -1)", "normal(0, inf)", "constant()"]
        {
            assert!(error(text).contains("such as"), "{text}");
        }
        assert!(error("he_normal(2)").contains("the name without brackets"));
    }
}
