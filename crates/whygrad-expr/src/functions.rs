//! The named functions, activations and losses of the model language, as terms.
//!
//! Each is composed of operations, so that none has a derivative of its own. To add one, add a
//! line to [`BUILT_IN`] and its formula to [`apply`].

mod formulas;

use crate::arena::{Arena, ShapeError, Term};

/// What a named function is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Entry by entry or over entries; usable in formulas.
    Plain,
    /// Usable in formulas and as the activation of a layer.
    Activation,
    /// Prediction and target to one number.
    Loss,
}

/// A named function.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it is for.
    pub role: Role,
    /// The fewest and the most arguments.
    pub arguments: (usize, usize),
    /// Its formula.
    pub formula: &'static str,
}

const fn plain(name: &'static str, arguments: (usize, usize), formula: &'static str) -> BuiltIn {
    BuiltIn { name, aliases: &[], role: Role::Plain, arguments, formula }
}

const fn activation(name: &'static str, aliases: &'static [&'static str], formula: &'static str) -> BuiltIn {
    BuiltIn { name, aliases, role: Role::Activation, arguments: (1, 1), formula }
}

const fn loss(name: &'static str, aliases: &'static [&'static str], formula: &'static str) -> BuiltIn {
    BuiltIn { name, aliases, role: Role::Loss, arguments: (2, 2), formula }
}

/// Every named function.
pub const BUILT_IN: &[BuiltIn] = &[
    activation("identity", &["linear", "none"], "z"),
    activation("sigmoid", &["logistic", "expit", "σ", "sigma"], "1/(1 + exp(-z))"),
    activation("tanh", &[], "(exp(z) - exp(-z))/(exp(z) + exp(-z))"),
    activation("relu", &["ReLU"], "z where z > 0, else 0; slope 0 at 0"),
    BuiltIn {
        arguments: (1, 2),
        ..activation("leaky_relu", &[], "z where z > 0, else 0.01 z (or the slope given second)")
    },
    BuiltIn {
        arguments: (1, 2),
        ..activation("elu", &[], "z where z > 0, else alpha (exp(z) - 1), alpha 1")
    },
    activation("selu", &[], "1.0507 elu(z) with alpha 1.67326 (Klambauer et al. 2017)"),
    activation("gelu", &[], "z/2 (1 + erf(z/sqrt(2))) (Hendrycks and Gimpel 2016, the exact form)"),
    activation("silu", &["swish"], "z sigmoid(z)"),
    activation("softplus", &[], "log(1 + exp(z))"),
    activation("softsign", &[], "z/(1 + |z|)"),
    activation("sin", &["sine"], "sin z"),
    activation("gaussian", &[], "exp(-z^2)"),
    activation("hard_sigmoid", &[], "z/6 + 1/2, held between 0 and 1"),
    activation("hard_tanh", &[], "z, held between -1 and 1"),
    activation("softmax", &[], "exp(z_k)/sum_j exp(z_j), along the outputs"),
    plain("exp", (1, 1), "e^a"),
    BuiltIn { aliases: &["ln"], ..plain("log", (1, 1), "the natural logarithm") },
    plain("log2", (1, 1), "log(a)/log(2)"),
    plain("log10", (1, 1), "log(a)/log(10)"),
    plain("sqrt", (1, 1), "the square root"),
    plain("square", (1, 1), "a^2"),
    plain("cos", (1, 1), "cosine"),
    plain("tan", (1, 1), "sin(a)/cos(a)"),
    BuiltIn { aliases: &["arctan"], ..plain("atan", (1, 1), "arctangent") },
    plain("sinh", (1, 1), "(exp(a) - exp(-a))/2"),
    plain("cosh", (1, 1), "(exp(a) + exp(-a))/2"),
    plain("erf", (1, 1), "the error function"),
    plain("abs", (1, 1), "|a|; slope 0 at 0"),
    BuiltIn { aliases: &["sgn"], ..plain("sign", (1, 1), "-1, 0 or 1") },
    plain("step", (1, 1), "1 where a > 0, else 0"),
    plain("max", (2, 2), "the larger one; at a tie each has half the slope, max(a, 0) is relu"),
    plain("min", (2, 2), "the smaller one"),
    plain("pow", (2, 2), "a^b"),
    plain("select", (3, 3), "the second where the first is greater than 0, else the third"),
    plain("sum", (1, 1), "over rows and outputs; over the elements of a parameter"),
    plain("mean", (1, 1), "over rows and outputs"),
    plain("sum_rows", (1, 1), "over the rows, each output for itself"),
    plain("sum_outputs", (1, 1), "over the outputs of each row"),
    plain("mean_outputs", (1, 1), "over the outputs of each row"),
    plain("logsumexp", (1, 1), "log of the sum of exp, over the outputs of each row"),
    plain("dot", (2, 2), "sum of a*b over the outputs of each row"),
    plain("outer", (2, 2), "a b^T, the matrix of all products"),
    plain("transpose", (1, 1), "the matrix turned"),
    plain("l1", (1, 99), "sum of |w| over what is listed"),
    plain("l2", (1, 99), "sum of w^2 over what is listed"),
    loss("mse", &["mean_squared_error"], "mean of (y_hat - y)^2 over rows and outputs"),
    loss("half_mse", &[], "mse/2"),
    loss("sse", &[], "sum of (y_hat - y)^2 over rows and outputs"),
    loss("half_sse", &[], "sse/2"),
    loss("mae", &["mean_absolute_error"], "mean of |y_hat - y|"),
    BuiltIn {
        arguments: (2, 3),
        ..loss("huber", &[], "mean of d^2/2 where |d| <= delta, else delta (|d| - delta/2); delta 1")
    },
    loss("binary_cross_entropy", &["bce"], "mean of -y log(p) - (1 - y) log(1 - p)"),
    loss("binary_cross_entropy_from_logits", &[], "the same with p = sigmoid(z), without overflow"),
    loss("cross_entropy", &["categorical_cross_entropy"], "mean over rows of -sum_k y_k log(p_k)"),
    loss("cross_entropy_from_logits", &[], "the same with p = softmax(z), without overflow"),
];

/// Finds a named function by its name or an alias.
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|b| b.name == name || b.aliases.contains(&name))
}

/// The activations a layer may have, by name.
pub fn activations() -> impl Iterator<Item = &'static BuiltIn> {
    BUILT_IN.iter().filter(|b| b.role == Role::Activation)
}

/// The losses, by name.
pub fn losses() -> impl Iterator<Item = &'static BuiltIn> {
    BUILT_IN.iter().filter(|b| b.role == Role::Loss)
}

/// The term of a named function. The caller has checked the number of arguments.
pub fn apply(arena: &mut Arena, built_in: &BuiltIn, a: &[Term]) -> Result<Term, ShapeError> {
    let mut build = formulas::Build(arena);
    match built_in.role {
        Role::Loss => build.loss(built_in.name, a),
        Role::Activation => build.activation(built_in.name, a),
        Role::Plain => build.plain(built_in.name, a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::{Symbol, SymbolKind};
    use crate::shape::{Dims, Shape};

    /// A line in the table without an arm in the formulas would be the identity.
    #[test]
    fn every_named_function_has_a_formula() {
        for built_in in BUILT_IN.iter().filter(|b| b.name != "identity") {
            let mut arena = Arena::new();
            let shape = match built_in.name {
                "transpose" => Shape::once(Dims::Matrix(2, 3)),
                _ => Shape { per_row: true, dims: Dims::Vector(3) },
            };
            let mut leaf = |name: &str| {
                let symbol =
                    Symbol { name: name.into(), kind: SymbolKind::Parameter, shape, entries: vec![] };
                let id = arena.symbol(symbol);
                arena.leaf(id)
            };
            let leaves = [leaf("a"), leaf("b"), leaf("c")];
            let given = &leaves[..built_in.arguments.0];
            let made = apply(&mut arena, built_in, given);
            assert!(made.is_ok_and(|term| !leaves.contains(&term)), "{}", built_in.name);
        }
    }
}
