//! Which names are functions: on paper `h(x + 1)` is a call, and `b(x + 1)` a product.

use std::collections::BTreeSet;

use crate::functions;

/// Letters that stand for a function before a parenthesis, unless the document says otherwise.
const CUSTOMARY: [&str; 16] =
    ["f", "g", "h", "s", "r", "sigma", "varphi", "phi", "psi", "σ", "φ", "ϕ", "ψ", "net", "act", "Phi"];

/// The functions that every model knows, but those a letter stands for.
fn all_built_in() -> impl Iterator<Item = &'static str> {
    let names = functions::BUILT_IN.iter().flat_map(|b| b.aliases.iter().copied().chain([b.name]));
    names.chain(["dense"]).filter(|name| !CUSTOMARY.contains(name))
}

/// True for the name of a function that every model knows.
pub(super) fn is_built_in(name: &str) -> bool {
    all_built_in().any(|known| known == name)
}

/// The built-in function of a name typed in another case, such as `ReLU`.
pub(super) fn built_in(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    all_built_in().find(|known| *known == lower)
}

/// What the statements of a document make of its names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Defined with arguments: `h(z) = ...`.
    pub(super) functions: BTreeSet<String>,
    /// Defined with all parameters in parentheses, `m_1(\mathbf{w}, b, x) = ...`: only a name.
    pub(super) dressed: BTreeSet<String>,
    /// Declared, or defined without arguments.
    pub(super) values: BTreeSet<String>,
}

impl Names {
    /// True when `name(` begins a call.
    pub(super) fn is_function(&self, name: &str) -> bool {
        self.functions.contains(name)
            || (!self.values.contains(name)
                && !self.dressed.contains(name)
                && (is_built_in(name) || CUSTOMARY.contains(&name)))
    }

    /// True when it is certain that `name(` begins a call, even before `(\mathbf{w})`.
    pub(super) fn is_known_function(&self, name: &str) -> bool {
        self.functions.contains(name)
            || (self.is_function(name) && (is_built_in(name) || ["sigma", "varphi", "phi"].contains(&name)))
    }
}
