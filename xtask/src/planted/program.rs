//! The person's program: forward and backward by hand, with the mistakes that are planted in it.
//!
//! This is a test double and stands outside the product, which has one derivative and no other. It is
//! written as one writes it with plain loops: forward row by row, then from the output to the input.
//! It knows nothing of how the checker looks for mistakes.

use whygrad::check::{Answer, Probe, Source, Trouble};

use super::arithmetic::Width;
use super::mistake::{Mistake, Reach};
use super::net::Net;
use super::slip::Slip;

/// A program that gives the gradient of a net.
#[derive(Clone, Debug)]
pub struct Program {
    /// The net.
    pub net: Net,
    /// What is wrong with it; nothing for a right one.
    pub mistakes: Vec<Mistake>,
    /// In which precision it computes.
    pub width: Width,
    /// True where it gives the loss as well.
    pub gives_loss: bool,
    /// What it keeps from call to call.
    pub memory: Vec<f64>,
}

/// Values of the parameters, layer by layer.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub(super) weights: Vec<Vec<Vec<f64>>>,
    pub(super) biases: Vec<Vec<f64>>,
}

/// One row on its way forward: `a[0]` is the input, `a[l + 1]` comes out of layer l.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) y: Vec<f64>,
    pub(super) z: Vec<Vec<f64>>,
    pub(super) a: Vec<Vec<f64>>,
}

/// What one call computes with.
pub(super) struct Call<'a> {
    pub(super) program: &'a Program,
    pub(super) values: Values,
    pub(super) rows: Vec<Row>,
    pub(super) probe: &'a Probe,
}

impl Source for Program {
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        let (gradient, loss) = {
            let call = Call::new(self, probe);
            let gradient = call.flat(&call.backward());
            (gradient, self.gives_loss.then(|| call.loss()))
        };
        let gradient = self.remembered(gradient, probe);
        Ok(Answer { gradient: gradient.into_iter().map(Some).collect(), loss })
    }
}

impl Program {
    /// A program for a net.
    pub fn new(net: &Net, mistakes: &[Mistake], width: Width) -> Program {
        let (net, mistakes) = (net.clone(), mistakes.to_vec());
        Program { net, mistakes, width, gives_loss: false, memory: vec![] }
    }

    /// From now on every result has 53 bits.
    pub fn in_double_precision(&mut self) {
        self.width = Width::Double;
    }

    /// True where a mistake stands in a layer, or in the whole.
    pub(super) fn has(&self, slip: Slip, layer: usize) -> bool {
        self.mistakes.iter().any(|m| m.entry.slip == slip && m.layer.is_none_or(|l| l == layer))
    }

    /// True where a mistake stands in this use of a layer's slope.
    pub(super) fn has_slope(&self, slip: Slip, layer: usize, reach: Reach) -> bool {
        let at = |m: &Mistake| m.layer == Some(layer) && (m.reach == Reach::Both || m.reach == reach);
        self.mistakes.iter().any(|m| m.entry.slip == slip && at(m))
    }

    /// What is made of the gradient before it is handed over.
    fn remembered(&mut self, mut gradient: Vec<f64>, probe: &Probe) -> Vec<f64> {
        let (rate, width) = (probe.learning_rate, self.width);
        self.memory.resize(gradient.len(), 0.0);
        let kept = match () {
            () if self.has(Slip::Accumulated, 0) => 1.0,
            () if self.has(Slip::Momentum, 0) => 0.9,
            () => 0.0,
        };
        if kept != 0.0 {
            for (memory, g) in self.memory.iter_mut().zip(&mut gradient) {
                *memory = width.r(width.r(kept * *memory) + *g);
                *g = *memory;
            }
        }
        for (g, theta) in gradient.iter_mut().zip(&probe.theta) {
            if self.has(Slip::UpdateStep, 0) {
                *g = width.r(rate * *g);
            }
            if self.has(Slip::StepAgainst, 0) {
                *g = width.r(-rate * *g);
            }
            if self.has(Slip::UpdatedParameters, 0) {
                *g = width.r(theta - width.r(rate * *g));
            }
        }
        gradient
    }
}

impl<'a> Call<'a> {
    fn new(program: &'a Program, probe: &'a Probe) -> Call<'a> {
        let r = |offset: &usize| program.width.r(probe.theta[*offset]);
        let layers = &program.net.layers;
        let weights =
            layers.iter().map(|l| l.weights.iter().map(|row| row.iter().map(r).collect()).collect());
        let biases = layers.iter().map(|l| l.biases.iter().map(r).collect());
        let values = Values { weights: weights.collect(), biases: biases.collect() };
        Call::with(program, values, probe)
    }

    /// The same with other values of the parameters.
    pub(super) fn with(program: &'a Program, values: Values, probe: &'a Probe) -> Call<'a> {
        let mut call = Call { program, values, rows: vec![], probe };
        call.rows = (0..probe.data.rows).map(|row| call.forward(row)).collect();
        call
    }

    pub(super) fn net(&self) -> &Net {
        &self.program.net
    }

    fn forward(&self, row: usize) -> Row {
        let (data, width) = (&self.probe.data, self.program.width);
        let (inputs, outputs) = (self.net().inputs(), self.net().outputs());
        let x = data.inputs[row * inputs..(row + 1) * inputs].iter().map(|v| width.r(*v)).collect();
        let y = data.targets[row * outputs..(row + 1) * outputs].iter().map(|v| width.r(*v)).collect();
        let (mut z, mut a): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (vec![], vec![x]);
        for (l, layer) in self.net().layers.iter().enumerate() {
            let mut sums = vec![0.0; layer.units];
            for (j, sum) in sums.iter_mut().enumerate() {
                let weights = &self.values.weights[l][j];
                *sum = width.sum(weights.iter().zip(&a[l]).map(|(w, x)| width.mul(*w, *x)));
                if let Some(b) = self.values.biases[l].get(j) {
                    *sum = width.r(*sum + b);
                }
            }
            a.push(if layer.activation == super::activation::Activation::Softmax {
                softmax(&sums, width)
            } else {
                sums.iter().map(|z| layer.activation.value(*z, width)).collect()
            });
            z.push(sums);
        }
        Row { y, z, a }
    }

    /// The loss, always the right one.
    pub(super) fn loss(&self) -> f64 {
        let (net, width) = (self.net(), self.program.width);
        let pieces = |row: &Row| width.r(net.loss.pieces(&row.a[net.layers.len()], &row.y));
        let sum = width.sum(self.rows.iter().map(pieces));
        let data = match net.loss {
            super::loss::Loss::Norm => width.r(sum.sqrt()),
            loss => width.r(loss.scale(self.rows.len(), net.outputs()) * sum),
        };
        let squares = self.values.weights.iter().flatten().flatten().map(|w| width.mul(*w, *w));
        width.r(data + width.r(net.penalty * width.sum(squares)))
    }

    /// The gradient in the order of the flat parameters.
    fn flat(&self, gradient: &Values) -> Vec<f64> {
        let mut flat = vec![0.0; self.net().parameter_count()];
        for (l, layer) in self.net().layers.iter().enumerate() {
            for (row, places) in gradient.weights[l].iter().zip(&layer.weights) {
                for (g, place) in row.iter().zip(places) {
                    flat[*place] = *g;
                }
            }
            for (g, place) in gradient.biases[l].iter().zip(&layer.biases) {
                flat[*place] = *g;
            }
        }
        flat
    }
}

/// exp(z) over its sum, with the largest taken out.
pub(super) fn softmax(z: &[f64], width: Width) -> Vec<f64> {
    let largest = z.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    let exps: Vec<f64> = z.iter().map(|v| width.r(width.r(v - largest).exp())).collect();
    let sum = width.sum(exps.iter().copied());
    exps.iter().map(|e| width.r(e / sum)).collect()
}
