//! Activation functions and their slopes, by hand.

use super::arithmetic::Width;

/// Scale and alpha of SELU (Klambauer et al. 2017, equation 14).
const SELU: (f64, f64) = (1.0507009873554805, 1.6732632423543772);

/// An activation function of the model language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// z
    Identity,
    /// 1/(1 + exp(-z))
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// z where z > 0, else 0
    Relu,
    /// z where z > 0, else z/100
    LeakyRelu,
    /// z where z > 0, else exp(z) - 1
    Elu,
    /// ELU, scaled.
    Selu,
    /// z times the normal distribution at z
    Gelu,
    /// z sigmoid(z)
    Silu,
    /// log(1 + exp(z))
    Softplus,
    /// z/(1 + |z|)
    Softsign,
    /// sin z
    Sin,
    /// exp(-z^2)
    Gaussian,
    /// z/6 + 1/2, held between 0 and 1
    HardSigmoid,
    /// z, held between -1 and 1
    HardTanh,
    /// exp(z) over the sum of exp; only at the output, where [`super::program`] has its slopes.
    Softmax,
}

use Activation::{
    Elu, Gaussian, Gelu, HardSigmoid, HardTanh, Identity, LeakyRelu, Relu, Selu, Sigmoid, Silu, Sin, Softmax,
    Softplus, Softsign, Tanh,
};

/// What hidden layers have; those that people use most stand there more than once.
pub(super) const HIDDEN: &[Activation] = &[
    Sigmoid,
    Sigmoid,
    Sigmoid,
    Sigmoid,
    Tanh,
    Tanh,
    Tanh,
    Tanh,
    Relu,
    Relu,
    Relu,
    LeakyRelu,
    Elu,
    Selu,
    Gelu,
    Silu,
    Softplus,
    Softsign,
    Sin,
    Gaussian,
    HardSigmoid,
    HardTanh,
    Identity,
];

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

impl Activation {
    /// Its name in the model language.
    pub fn name(self) -> &'static str {
        match self {
            Identity => "identity",
            Sigmoid => "sigmoid",
            Tanh => "tanh",
            Relu => "relu",
            LeakyRelu => "leaky_relu",
            Elu => "elu",
            Selu => "selu",
            Gelu => "gelu",
            Silu => "silu",
            Softplus => "softplus",
            Softsign => "softsign",
            Sin => "sin",
            Gaussian => "gaussian",
            HardSigmoid => "hard_sigmoid",
            HardTanh => "hard_tanh",
            Softmax => "softmax",
        }
    }

    /// Its value at one pre-activation.
    pub fn value(self, z: f64, width: Width) -> f64 {
        let value = match self {
            Identity | Softmax => z,
            Sigmoid => 1.0 / width.r(1.0 + width.r((-z).exp())),
            Tanh => z.tanh(),
            Relu => z.max(0.0),
            LeakyRelu => {
                if z > 0.0 {
                    z
                } else {
                    0.01 * z
                }
            }
            Elu => {
                if z > 0.0 {
                    z
                } else {
                    z.exp_m1()
                }
            }
            Selu => SELU.0 * if z > 0.0 { z } else { SELU.1 * z.exp_m1() },
            Gelu => 0.5 * z * (1.0 + libm::erf(z / std::f64::consts::SQRT_2)),
            Silu => z * sigmoid(z),
            Softplus => z.max(0.0) + (-z.abs()).exp().ln_1p(),
            Softsign => z / width.r(1.0 + z.abs()),
            Sin => z.sin(),
            Gaussian => (-z * z).exp(),
            HardSigmoid => (z / 6.0 + 0.5).clamp(0.0, 1.0),
            HardTanh => z.clamp(-1.0, 1.0),
        };
        width.r(value)
    }

    /// Its slope at one pre-activation; 0 at a kink of relu, as most programs have it.
    pub fn slope(self, z: f64, width: Width) -> f64 {
        let slope = match self {
            Identity | Softmax => 1.0,
            Sigmoid => {
                let a = self.value(z, width);
                a * width.r(1.0 - a)
            }
            Tanh => {
                let a = self.value(z, width);
                1.0 - width.r(a * a)
            }
            Relu => f64::from(z > 0.0),
            LeakyRelu => {
                if z > 0.0 {
                    1.0
                } else {
                    0.01
                }
            }
            Elu => z.min(0.0).exp(),
            Selu => SELU.0 * if z > 0.0 { 1.0 } else { SELU.1 * z.exp() },
            Gelu => {
                let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
                0.5 * (1.0 + libm::erf(z / std::f64::consts::SQRT_2)) + z * density
            }
            Silu => {
                let s = sigmoid(z);
                s + z * s * (1.0 - s)
            }
            Softplus => sigmoid(z),
            Softsign => 1.0 / ((1.0 + z.abs()) * (1.0 + z.abs())),
            Sin => z.cos(),
            Gaussian => -2.0 * z * (-z * z).exp(),
            HardSigmoid => f64::from(z.abs() < 3.0) / 6.0,
            HardTanh => f64::from(z.abs() < 1.0),
        };
        width.r(slope)
    }
}
