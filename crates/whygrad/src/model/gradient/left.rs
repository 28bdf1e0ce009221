//! The left sides of a gradient: `dw1`, `∂L/∂w1`, `dhidden.W[0,1]`, `w1.grad`.

use super::super::scope::Declared;

/// What a left side stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Left {
    /// The derivative by a parameter, or by one entry of it.
    Component {
        /// Its index among the parameters.
        parameter: usize,
        /// The entry, row by row; `None` for all of it.
        entry: Option<usize>,
    },
    /// All derivatives, in the order of the parameters.
    All,
    /// A derivative by what the model does not have.
    Unknown(String),
    /// A name of the file's own.
    Own,
}

/// The losses that `dL_dw1` may be the derivative of.
const LOSSES: &[&str] =
    &["L", "loss", "Loss", "E", "J", "C", "MSE", "mse", "cost", "Cost", "error", "Error", "l", "ell", "f"];

/// The names of all parameters together.
const EVERYTHING: &[&str] = &["theta", "θ", "Theta", "parameters", "params"];

/// The names of a gradient that is written as one column.
const COLUMNS: &[&str] = &["gradient", "grad", "nabla"];

/// What stands before the name of a parameter, the longest first.
const PREFIXES: &[&str] =
    &["gradient_", "partial_", "nabla_", "gradient", "grad_", "grad.", "grad", "d_", "g_", "∂", "d"];

/// What may stand behind it.
const SUFFIXES: &[&str] = &[".grad", "_grad"];

/// What a model offers to a left side.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    /// The name of its loss.
    pub(super) loss: &'a str,
    /// Its parameters, with their shapes.
    pub(super) parameters: &'a [Declared],
    /// `w_1` will do for `w1`, `hidden_W` for `hidden.W`.
    pub(super) generous: bool,
}

impl Names<'_> {
    /// What a left side stands for.
    pub(super) fn read(&self, left: &str) -> Left {
        let left: String = left.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some((above, below)) = left.split_once('/') {
            let marked = above.starts_with(['d', '∂']);
            let by = below.strip_prefix(['d', '∂']).unwrap_or(below);
            return match self.component(by).or_else(|| self.component(by.trim_start_matches('_'))) {
                Some(found) if marked => found,
                _ if marked && EVERYTHING.contains(&by) => Left::All,
                _ => Left::Unknown(by.to_owned()),
            };
        }
        if let Some(rest) = left.strip_prefix('∇') {
            return self.behind_the_sign(rest);
        }
        let found = self.inner_names(&left).into_iter().find_map(|by| {
            let all = EVERYTHING.contains(&by.as_str()).then_some(Left::All);
            self.component(&by).or(all)
        });
        if let Some(found) = found.or_else(|| self.component(&left)) {
            return found;
        }
        if COLUMNS.contains(&left.as_str()) {
            return Left::All;
        }
        let special = left.starts_with('∂') || left.contains(['.', '[']);
        match self.inner_names(&left).into_iter().next() {
            Some(by) if special => Left::Unknown(by),
            None if special => Left::Unknown(left),
            _ => Left::Own,
        }
    }

    /// What a name of the file's own seems to be the derivative by: `q` of `dq`, which the model does not have.
    pub(super) fn meant(&self, name: &str) -> Option<String> {
        let slope = ["d", "∂", "grad"].iter().any(|prefix| name.starts_with(prefix));
        self.inner_names(name).into_iter().next().filter(|_| slope)
    }

    /// `∇`, `∇L`, `∇_θ L`, `∇w1`, `∇_w1 L`: what stands behind the sign.
    fn behind_the_sign(&self, rest: &str) -> Left {
        let by = rest.trim_start_matches('_');
        let without = LOSSES.iter().chain([&self.loss]).filter_map(|loss| by.strip_suffix(loss));
        let readings: Vec<&str> = std::iter::once(by).chain(without).collect();
        if let Some(found) = readings.iter().find_map(|by| self.component(by)) {
            return found;
        }
        let all = |by: &&str| by.is_empty() || EVERYTHING.contains(by);
        if readings.iter().any(all) { Left::All } else { Left::Unknown(by.to_owned()) }
    }

    /// The names a left side may be the derivative by, the surest first.
    fn inner_names(&self, left: &str) -> Vec<String> {
        let mut found = Vec::new();
        for mark in ["d", "∂"] {
            for name in LOSSES.iter().copied().chain([self.loss]) {
                let rest = left.strip_prefix(mark).and_then(|rest| rest.strip_prefix(name));
                let rest = rest.map(|rest| rest.trim_start_matches('_'));
                found.extend(rest.and_then(|rest| rest.strip_prefix(mark)).map(str::to_owned));
            }
        }
        found.extend(PREFIXES.iter().filter_map(|p| left.strip_prefix(p)).map(str::to_owned));
        found.extend(SUFFIXES.iter().filter_map(|s| left.strip_suffix(s)).map(str::to_owned));
        found.retain(|name| !name.is_empty());
        found
    }

    /// The parameter of a name, or one entry of it: `hidden.W[0,1]`.
    fn component(&self, name: &str) -> Option<Left> {
        let (base, indices) = match name.find('[') {
            Some(at) => (&name[..at], Some(&name[at..])),
            None => (name, None),
        };
        let same = self.parameters.iter().position(|p| p.name == base);
        let parameter = same.or_else(|| {
            let alike = |p: &Declared| self.generous && plain(&p.name) == plain(base);
            let mut close = self.parameters.iter().enumerate().filter(|(_, p)| alike(p));
            close.next().filter(|_| close.next().is_none()).map(|(index, _)| index)
        })?;
        let entry = match indices {
            Some(indices) => Some(entry(indices, &self.parameters[parameter].shape)?),
            None => None,
        };
        Some(Left::Component { parameter, entry })
    }
}

/// The place of `[0,1]` or `[0][1]` in the flat shape.
fn entry(indices: &str, shape: &[usize]) -> Option<usize> {
    let inside = indices.strip_prefix('[')?.strip_suffix(']')?.replace("][", ",");
    let indices: Vec<usize> = inside.split(',').map(|i| i.parse().ok()).collect::<Option<_>>()?;
    match (&indices[..], shape) {
        (&[i] | &[i, 0], &[k]) if i < k => Some(i),
        (&[r, c], &[rows, columns]) if r < rows && c < columns => Some(r * columns + c),
        _ => None,
    }
}

/// What `w_1`, `w₁` and `w1`, or `hidden_W` and `hidden.W` have in common.
fn plain(name: &str) -> String {
    let digit = |c: char| "₀₁₂₃₄₅₆₇₈₉".chars().position(|low| low == c).map(|digit| b'0' + digit as u8);
    name.chars().filter(|c| !matches!(c, '_' | '.')).map(|c| digit(c).map_or(c, char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(left: &str) -> Left {
        let declared = |name: &str, shape: &[usize]| Declared {
            name: name.into(),
            span: whygrad_expr::syntax::ast::Span::default(),
            symbol: None,
            shape: shape.to_vec(),
            start: None,
            domain: None,
        };
        let parameters = [declared("w1", &[]), declared("hidden.W", &[3, 2]), declared("dq", &[2])];
        Names { loss: "cross", parameters: &parameters, generous: true }.read(left)
    }

    fn component(parameter: usize, entry: Option<usize>) -> Left {
        Left::Component { parameter, entry }
    }

    #[test]
    fn a_left_side_is_a_derivative_by_a_parameter_or_an_entry() {
        for left in
            ["dw1", "w1", "dcross/dw1", "∂cross_∂w1", "d_w1", "dLdw1", "∇_w1 cross", "w1_grad", "dw_1"]
        {
            assert_eq!(read(left), component(0, None), "{left}");
        }
        for left in ["dhidden.W[1,1]", "dL/dhidden.W[1][1]", "hidden_W[1,1]", "grad_hidden.W[1, 1]"] {
            assert_eq!(read(left), component(1, Some(3)), "{left}");
        }
        assert_eq!((read("ddq"), read("dq[1]")), (component(2, None), component(2, Some(1))));
    }

    #[test]
    fn a_left_side_is_all_derivatives_a_name_or_unknown() {
        for left in ["dtheta", "∇", "∇L", "∇_θ cross", "gradient", "dL/dθ"] {
            assert_eq!(read(left), Left::All, "{left}");
        }
        for left in ["delta", "e", "g1", "dz_dw1", "hidden"] {
            assert_eq!(read(left), Left::Own, "{left}");
        }
        assert_eq!(read("∂L/∂w2"), Left::Unknown("w2".into()));
        assert_eq!(read("dhidden.W[3,0]"), Left::Unknown("hidden.W[3,0]".into()));
    }
}
