//! Losses and their slopes by an output, by hand.
//!
//! A loss is a scale times the sum over rows and outputs of a piece; the norm is the root of such a sum.

/// A loss of the model language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Mean of d^2 over rows and outputs, d = output - target.
    Mse,
    /// Half of it.
    HalfMse,
    /// Sum of d^2.
    Sse,
    /// Half of it.
    HalfSse,
    /// Mean of |d|.
    Mae,
    /// Mean of d^2/2 near 0, else of |d| - 1/2.
    Huber,
    /// The root of the sum of d^2.
    Norm,
    /// Mean of -y log p - (1 - y) log(1 - p).
    BinaryCrossEntropy,
    /// The same with p = sigmoid(z).
    BinaryFromLogits,
    /// Mean over rows of -sum of y log p.
    CrossEntropy,
    /// The same with p = softmax(z).
    FromLogits,
}

use Loss::{
    BinaryCrossEntropy, BinaryFromLogits, CrossEntropy, FromLogits, HalfMse, HalfSse, Huber, Mae, Mse, Norm,
    Sse,
};

impl Loss {
    /// Its text, before a penalty.
    pub fn text(self) -> &'static str {
        match self {
            Mse => "mse(y_hat, y)",
            HalfMse => "half_mse(y_hat, y)",
            Sse => "sse(y_hat, y)",
            HalfSse => "half_sse(y_hat, y)",
            Mae => "mae(y_hat, y)",
            Huber => "huber(y_hat, y)",
            Norm => "sqrt(sum((y_hat - y)^2))",
            BinaryCrossEntropy => "binary_cross_entropy(y_hat, y)",
            BinaryFromLogits => "binary_cross_entropy_from_logits(y_hat, y)",
            CrossEntropy => "cross_entropy(y_hat, y)",
            FromLogits => "cross_entropy_from_logits(y_hat, y)",
        }
    }

    /// True where a piece is a multiple of d^2.
    pub fn is_square(self) -> bool {
        matches!(self, Mse | HalfMse | Sse | HalfSse)
    }

    /// True where the whole is divided by the number of rows.
    pub fn is_mean(self) -> bool {
        !matches!(self, Sse | HalfSse | Norm)
    }

    /// True where it is divided by the number of outputs as well.
    pub fn is_mean_over_outputs(self) -> bool {
        self.is_mean() && !matches!(self, CrossEntropy | FromLogits)
    }

    /// True where the outputs are put through softmax or sigmoid by the loss.
    pub fn takes_logits(self) -> bool {
        matches!(self, BinaryFromLogits | FromLogits)
    }

    /// The factor of the sum of pieces.
    pub fn scale(self, rows: usize, outputs: usize) -> f64 {
        let half = if matches!(self, HalfMse | HalfSse) { 0.5 } else { 1.0 };
        let rows = if self.is_mean() { rows as f64 } else { 1.0 };
        let outputs = if self.is_mean_over_outputs() { outputs as f64 } else { 1.0 };
        half / (rows * outputs)
    }

    /// The sum over the outputs of one row of the pieces.
    pub fn pieces(self, output: &[f64], target: &[f64]) -> f64 {
        let log_sum = log_sum_exp(output);
        let piece = |(&p, &y): (&f64, &f64)| match self {
            Mse | HalfMse | Sse | HalfSse | Norm => (p - y) * (p - y),
            Mae => (p - y).abs(),
            Huber => {
                let d = (p - y).abs();
                if d > 1.0 { d - 0.5 } else { 0.5 * d * d }
            }
            BinaryCrossEntropy => -y * p.ln() - (1.0 - y) * (1.0 - p).ln(),
            BinaryFromLogits => p.max(0.0) + (-p.abs()).exp().ln_1p() - y * p,
            CrossEntropy => -y * p.ln(),
            FromLogits => y * (log_sum - p),
        };
        output.iter().zip(target).map(piece).sum()
    }

    /// The slope of the pieces of one row by each output.
    pub fn slopes(self, output: &[f64], target: &[f64]) -> Vec<f64> {
        let log_sum = log_sum_exp(output);
        let total: f64 = target.iter().sum();
        let slope = |(&p, &y): (&f64, &f64)| match self {
            Mse | HalfMse | Sse | HalfSse | Norm => 2.0 * (p - y),
            Mae => f64::from(p > y) - f64::from(p < y),
            Huber => (p - y).clamp(-1.0, 1.0),
            BinaryCrossEntropy => (p - y) / (p * (1.0 - p)),
            BinaryFromLogits => 1.0 / (1.0 + (-p).exp()) - y,
            CrossEntropy => -y / p,
            FromLogits => (p - log_sum).exp() * total - y,
        };
        output.iter().zip(target).map(slope).collect()
    }
}

/// log of the sum of exp, with the largest taken out.
fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    largest + values.iter().map(|v| (v - largest).exp()).sum::<f64>().ln()
}
