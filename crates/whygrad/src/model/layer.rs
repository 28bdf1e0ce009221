//! Dense layers: z = W a + b, then an activation.

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::shape::Dims;
use whygrad_expr::syntax::ast::{Argument, ExprKind, Name, Span};

use super::resolve::{Failed, Resolved, Resolver};
use super::scope::Entity;
use crate::data::nearest;

/// What a parameter is in its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A weight of layer `layer` (from 0) with so many inputs and outputs.
    Weight {
        /// The layer, from 0.
        layer: usize,
        /// Inputs of each unit.
        fan_in: usize,
        /// Units.
        fan_out: usize,
    },
    /// A bias of layer `layer`.
    Bias {
        /// The layer, from 0.
        layer: usize,
    },
    /// Of no layer.
    Free,
}

/// A layer made with `dense`.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseLayer {
    /// What it is assigned to.
    pub name: String,
    /// What it takes.
    pub input: Term,
    /// z = W a + b
    pub pre_activation: Term,
    /// The activation of z.
    pub output: Term,
    /// The name of the activation.
    pub activation: String,
    /// Its weight.
    pub weight: String,
    /// Its bias, where it has one.
    pub bias: Option<String>,
    /// Inputs of each unit.
    pub fan_in: usize,
    /// Units.
    pub fan_out: usize,
}

/// How the bias of a layer is written.
enum Bias {
    Own,
    None,
    Named(Name),
}

impl Resolver<'_> {
    /// `dense(x, 3, tanh, bias=false)`
    pub(crate) fn dense(
        &mut self,
        input: Option<Term>,
        arguments: &[Argument],
        span: Span,
        owner: Option<&Name>,
    ) -> Resolved {
        let Some(owner) = owner else {
            return Err(self.error(
                Diagnostic::error("layer-without-name", span, "a layer needs a name")
                    .label("inside a function or an option")
                    .help("write it on a line of its own: hidden = dense(x, 2, sigmoid)"),
            ));
        };
        if self.layers.iter().any(|l| l.name == owner.text) {
            return Err(self.error(
                Diagnostic::error("layer-without-name", span, format!("two layers in '{}'", owner.text))
                    .label("the second dense() of this line")
                    .help("give each layer a line of its own, so that its weights have names"),
            ));
        }
        let (units, activation, bias) = self.dense_arguments(input, arguments, span)?;
        let input = input.ok_or(Failed)?;
        let fan_in = self.arena.dims(input).len();
        if matches!(self.arena.dims(input), Dims::Matrix(..)) {
            return Err(self.error(
                Diagnostic::error("shape", span, "a layer takes a vector, not a matrix")
                    .label(format!("the input is {}", self.arena.dims(input))),
            ));
        }
        let layer = self.layers.len();
        let weight_name = format!("{}.W", owner.text);
        let weight_role = Role::Weight { layer, fan_in, fan_out: units };
        let weight = self.layer_parameter(&weight_name, vec![units, fan_in], weight_role);
        let weight = self.arena.leaf(weight);
        let mut z = self.arena.make(Op::MatVec(weight, input));
        let bias_name = match bias {
            Bias::None => None,
            Bias::Own => {
                let name = format!("{}.b", owner.text);
                let id = self.layer_parameter(&name, vec![units], Role::Bias { layer });
                let b = self.arena.leaf(id);
                z = self.arena.make(Op::Zip(Zip::Add, z, b));
                Some(name)
            }
            Bias::Named(name) => {
                z = self.named_bias(z, &name, layer, span)?;
                Some(name.text)
            }
        };
        let output = match &activation {
            Some(function) => self.apply_by_name(function, z)?,
            None => z,
        };
        self.layers.push(DenseLayer {
            name: owner.text.clone(),
            input,
            pre_activation: z,
            output,
            activation: activation.map_or_else(|| "identity".into(), |a| a.text),
            weight: weight_name,
            bias: bias_name,
            fan_in,
            fan_out: units,
        });
        Ok(output)
    }

    fn named_bias(&mut self, z: Term, name: &Name, layer: usize, span: Span) -> Resolved {
        let Some(Entity::Symbol(id)) = self.scope.names.get(&name.text).cloned() else {
            return match self.scope.names.get(&name.text).cloned() {
                Some(Entity::Fixed(..) | Entity::Definition(_)) => {
                    let b = self.apply_name(name)?;
                    self.add_bias(z, b, span)
                }
                _ => Err(self.error(
                    Diagnostic::error("unknown-name", name.span, format!("'{}' is no parameter", name.text))
                        .label("expected a parameter, true or false")
                        .help(format!("declare it: params {}[2], or write bias=true", name.text)),
                )),
            };
        };
        self.roles.insert(name.text.clone(), Role::Bias { layer });
        let b = self.arena.leaf(id);
        self.add_bias(z, b, span)
    }

    fn add_bias(&mut self, z: Term, b: Term, span: Span) -> Resolved {
        let (left, right) = (self.arena.dims(z), self.arena.dims(b));
        match self.arena.zip(Zip::Add, z, b) {
            Ok(sum) if self.arena.dims(sum) == left => Ok(sum),
            _ => Err(self.error(
                Diagnostic::error(
                    "shape",
                    span,
                    format!("a bias of shape {right} for a layer of shape {left}"),
                )
                .label("one number, or one for each unit"),
            )),
        }
    }

    fn dense_arguments(
        &mut self,
        input: Option<Term>,
        arguments: &[Argument],
        span: Span,
    ) -> Result<(usize, Option<Name>, Bias), Failed> {
        let positional: Vec<&Argument> = arguments.iter().filter(|a| a.keyword.is_none()).collect();
        let usage = "dense(x, 2, sigmoid): what it takes, how many units, the activation";
        if input.is_none() || positional.len() < 2 || positional.len() > 3 {
            return Err(self.error(
                Diagnostic::error("arguments", span, "dense takes an input and a number of units")
                    .label(format!("{} given", positional.len()))
                    .help(format!("write {usage}")),
            ));
        }
        let units = self.whole_number(positional[1].value).filter(|&k| (1..=1_000_000).contains(&k));
        let Some(units) = units else {
            let at = self.ast.expr(positional[1].value).span;
            return Err(self.error(
                Diagnostic::error("arguments", at, "the number of units is a positive whole number")
                    .label("expected a number such as 2")
                    .help(format!("write {usage}")),
            ));
        };
        let mut activation = positional.get(2).map(|a| self.activation_name(a)).transpose()?;
        let mut bias = Bias::Own;
        for argument in arguments {
            let Some(keyword) = &argument.keyword else { continue };
            let text = match &self.ast.expr(argument.value).kind {
                ExprKind::Name(text) => text.clone(),
                _ => String::new(),
            };
            let at = self.ast.expr(argument.value).span;
            match (keyword.text.as_str(), text.as_str()) {
                ("bias", "true") => {}
                ("bias", "false") => bias = Bias::None,
                ("bias", name) if !name.is_empty() => {
                    bias = Bias::Named(Name { text: name.into(), span: at });
                }
                ("activation", _) => activation = Some(self.activation_name(argument)?),
                _ => {} // unknown, and said
            }
        }
        Ok((units, activation, bias))
    }

    pub(super) fn activation_name(&mut self, argument: &Argument) -> Result<Name, Failed> {
        let expr = self.ast.expr(argument.value);
        let own: Vec<String> = self.scope.own_functions.iter().map(|f| f.name.text.clone()).collect();
        if let ExprKind::Name(text) = &expr.kind {
            let built_in = functions::find(text).is_some_and(|b| b.arguments.0 == 1);
            if built_in || own.contains(text) {
                return Ok(Name { text: text.clone(), span: expr.span });
            }
            let all: Vec<&str> =
                functions::activations().map(|a| a.name).chain(own.iter().map(String::as_str)).collect();
            let help = match nearest(text, &all) {
                Some(close) => format!("did you mean {close}?"),
                None => format!(
                    "one of {}, or a function of your own",
                    functions::activations().map(|a| a.name).collect::<Vec<_>>().join(", ")
                ),
            };
            let message = format!("there is no activation '{text}'");
            return Err(self.error(
                Diagnostic::error("unknown-function", expr.span, message).label("not known").help(help),
            ));
        }
        Err(self.error(
            Diagnostic::error("arguments", expr.span, "the activation is the name of a function")
                .label("expected a name such as sigmoid"),
        ))
    }

    fn apply_name(&mut self, name: &Name) -> Resolved {
        let id = self.scope.names.get(&name.text).cloned();
        match id {
            Some(Entity::Definition(index)) => self.values[index].term().ok_or(Failed),
            Some(Entity::Fixed(value, _)) => self.formula(value, &std::collections::HashMap::new(), None),
            _ => Err(Failed),
        }
    }
}
