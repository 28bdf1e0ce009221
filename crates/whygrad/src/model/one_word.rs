//! A net in one word: `2-4sigmoid-4sigmoid-1sigmoid`.

use std::fmt::Write as _;

use whygrad_expr::functions;

/// What is wrong with a word that looks like a net.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OneWordError {
    /// A size that is not a positive whole number.
    #[error(
        "'{part}' in '{word}' does not start with a number of units, 1 or more; write a net as 2-2sigmoid-1"
    )]
    Size {
        /// The whole word.
        word: String,
        /// The part between two dashes.
        part: String,
    },
    /// An activation that does not exist.
    #[error("'{name}' in '{word}' is no activation; there are {choices}")]
    Activation {
        /// The whole word.
        word: String,
        /// The unknown name.
        name: String,
        /// Those that exist.
        choices: String,
    },
}

/// True for a word that is meant as a net: digits first, a dash, no blank, no formula.
pub fn looks_like_net(text: &str) -> bool {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.contains('-')
        && text.chars().all(plain)
        && text.split('-').all(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        && !text.split('-').skip(1).any(str::is_empty)
}

/// The model file that a word stands for.
///
/// The layers are called `hidden` (or `hidden1`, `hidden2`, ...) and `y_hat`. The loss is left
/// to the caller, except that a softmax output has the cross-entropy.
pub fn expand(word: &str) -> Result<String, OneWordError> {
    let word = word.trim();
    let mut layers = Vec::new();
    for part in word.split('-') {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let size: usize = part[..digits]
            .parse()
            .ok()
            .filter(|&size| size > 0)
            .ok_or_else(|| OneWordError::Size { word: word.into(), part: part.into() })?;
        let name = &part[digits..];
        if !name.is_empty() && !functions::activations().any(|a| a.name == name || a.aliases.contains(&name))
        {
            let choices = functions::activations().map(|a| a.name).collect::<Vec<_>>().join(", ");
            return Err(OneWordError::Activation { word: word.into(), name: name.into(), choices });
        }
        layers.push((size, name));
    }
    let (inputs, outputs) = (layers[0].0, layers[layers.len() - 1].0);
    let many = |name: &str, size: usize| if size == 1 { name.to_owned() } else { format!("{name}[{size}]") };
    let mut text = format!("inputs  {}\n", many("x", inputs));
    let _ = writeln!(text, "{} {}", if outputs == 1 { "target " } else { "targets" }, many("y", outputs));
    let mut previous = "x".to_owned();
    for (index, (size, activation)) in layers.iter().enumerate().skip(1) {
        let name = match layers.len() {
            n if index == n - 1 => "y_hat".to_owned(),
            3 => "hidden".to_owned(),
            _ => format!("hidden{index}"),
        };
        let activation = if activation.is_empty() { String::new() } else { format!(", {activation}") };
        let _ = writeln!(text, "{name} = dense({previous}, {size}{activation})");
        previous = name;
    }
    if layers[layers.len() - 1].1 == "softmax" {
        text.push_str("loss = cross_entropy(y_hat, y)\n");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_file_it_stands_for() {
        assert_eq!(
            expand("2-2sigmoid-1").unwrap(),
            "inputs  x[2]\ntarget  y\nhidden = dense(x, 2, sigmoid)\ny_hat = dense(hidden, 1)\n"
        );
    }

    #[test]
    fn an_unknown_activation_is_named_with_the_choices() {
        let error = expand("2-2sigmod-1").unwrap_err().to_string();
        assert!(error.starts_with("'sigmod' in '2-2sigmod-1' is no activation; there are identity, sigmoid"));
    }

    #[test]
    fn formulas_and_file_names_are_no_nets() {
        assert!(looks_like_net("2-4sigmoid-1"));
        assert!(!looks_like_net("x^4-3*x^3+2"));
        assert!(!looks_like_net("my-net"));
        assert!(!looks_like_net("xor"));
    }
}
