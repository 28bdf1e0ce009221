//! From the error at the output to the gradient of every layer.

use super::loss::Loss;
use super::mistake::Reach;
use super::program::{Call, Values};
use super::slip::{Scale, Slip};

/// A number for each row and unit.
pub(super) type PerRow = Vec<Vec<f64>>;

impl Call<'_> {
    /// The gradient, shaped as the parameters.
    pub(super) fn backward(&self) -> Values {
        let net = self.net();
        let (weights, biases) = (vec![vec![]; net.layers.len()], vec![vec![]; net.layers.len()]);
        let mut gradient = Values { weights, biases };
        let mut error = self.output_error();
        for l in (0..net.layers.len()).rev() {
            let own = self.delta(l, &error, Reach::Own);
            gradient.weights[l] = self.weight_gradient(l, &own);
            gradient.biases[l] = self.bias_gradient(l, &own);
            if l > 0 {
                let back = self.delta(l, &error, Reach::Back);
                let ahead = self.program.has(Slip::NextUpdatedFirst, l);
                let updated = ahead.then(|| {
                    let mut gradient = gradient.clone();
                    self.add_penalty(&mut gradient, l);
                    self.updated(&gradient, l..l + 1)
                });
                error = self.send_back(l, &back, updated.as_ref().unwrap_or(&self.values));
            }
        }
        for l in 0..net.layers.len() {
            self.add_penalty(&mut gradient, l);
            self.misplace(l, &mut gradient);
            self.rescale(l, &mut gradient);
        }
        self.too_early(gradient)
    }

    /// The slope of the loss by each output, with everything the loss multiplies.
    fn output_error(&self) -> PerRow {
        let (net, program, width) = (self.net(), self.program, self.program.width);
        let has = |slip| program.has(slip, net.last());
        let (n, k) = (self.rows.len() as f64, net.outputs() as f64);
        let mut scale = net.loss.scale(self.rows.len(), net.outputs());
        if has(Slip::SumForMean) {
            scale *= n;
        }
        if has(Slip::MeanForSum) || has(Slip::MeanTwice) {
            scale /= n;
        }
        if has(Slip::MeanOverOutputsToo) {
            scale /= k;
        }
        if has(Slip::SumOverOutputs) {
            scale *= k;
        }
        if has(Slip::SignOfError) {
            scale = -scale;
        }
        if net.loss == Loss::Norm && !has(Slip::NormSquared) {
            let pieces = |row: &super::program::Row| net.loss.pieces(&row.a[net.layers.len()], &row.y);
            scale /= 2.0 * width.sum(self.rows.iter().map(pieces)).sqrt();
        }
        let scale = width.r(scale);
        let row = |r: usize| -> Vec<f64> {
            self.error_of_row(r).into_iter().map(|e| width.mul(width.r(e), scale)).collect()
        };
        (0..self.rows.len()).map(row).collect()
    }

    /// The slope of one row's pieces by each output.
    fn error_of_row(&self, r: usize) -> Vec<f64> {
        let net = self.net();
        let last = net.last();
        let has = |slip| self.program.has(slip, last);
        let row = &self.rows[r];
        let output = if has(Slip::PreActivationInError) { &row.z[last] } else { &row.a[last + 1] };
        let mut target = row.y.clone();
        if has(Slip::NeighbourTarget) {
            target.rotate_left(1);
        }
        let squared =
            |factor: f64| -> Vec<f64> { output.iter().zip(&target).map(|(p, y)| factor * (p - y)).collect() };
        if has(Slip::OfSquaredError) {
            return squared(if net.loss == Loss::Huber { 1.0 } else { 2.0 });
        }
        if has(Slip::OfAbsoluteError) {
            return Loss::Mae.slopes(output, &target);
        }
        if has(Slip::OfCrossEntropy) {
            let entropy = if net.layers[last].activation == super::activation::Activation::Softmax {
                Loss::CrossEntropy
            } else {
                Loss::BinaryCrossEntropy
            };
            return entropy.slopes(output, &target);
        }
        if has(Slip::SquaredWithSlope) {
            return self.squared_with_slope(output, &target);
        }
        if has(Slip::ErrorMissing) {
            return vec![2.0; target.len()];
        }
        let mut slopes = net.loss.slopes(output, &target);
        if has(Slip::ErrorSquared) {
            slopes.iter_mut().zip(squared(1.0)).for_each(|(s, d)| *s *= d);
        }
        slopes
    }

    /// (p - y) p(1 - p), the delta of squared error behind a sigmoid, where that of a cross-entropy belongs.
    fn squared_with_slope(&self, output: &[f64], target: &[f64]) -> Vec<f64> {
        let slope = |(&p, &y): (&f64, &f64)| match self.net().loss {
            // The slope of the output follows by itself.
            Loss::BinaryCrossEntropy | Loss::CrossEntropy => p - y,
            _ => {
                let p = 1.0 / (1.0 + (-p).exp());
                (p - y) * p * (1.0 - p)
            }
        };
        output.iter().zip(target).map(slope).collect()
    }

    /// The error of a layer's units from the deltas of the layer `l` above it.
    fn send_back(&self, l: usize, delta: &PerRow, values: &Values) -> PerRow {
        let (net, program, width) = (self.net(), self.program, self.program.width);
        let (layer, n) = (&net.layers[l], self.rows.len() as f64);
        let mut factor = 1.0;
        for (slip, by) in [
            (Slip::SignSentBack, -1.0),
            (Slip::BackFactor(Scale::Two), 2.0),
            (Slip::BackFactor(Scale::PerRow), 1.0 / n),
            (Slip::BackMean, 1.0 / layer.units as f64),
        ] {
            if program.has(slip, l) {
                factor *= by;
            }
        }
        let first = if program.has(Slip::BackLastUnit, l) { layer.units - 1 } else { 0 };
        let unit = |delta: &Vec<f64>, i: usize| {
            let products =
                (first..layer.units).map(|j| width.mul(self.weight_back(l, j, i, values), delta[j]));
            width.mul(width.sum(products), factor)
        };
        let row = |delta: &Vec<f64>| (0..layer.inputs).map(|i| unit(delta, i)).collect();
        delta.iter().map(row).collect()
    }

    /// What unit j's delta is multiplied by on its way to unit i below.
    fn weight_back(&self, l: usize, j: usize, i: usize, values: &Values) -> f64 {
        let has = |slip| self.program.has(slip, l);
        let w = &values.weights[l];
        if has(Slip::NextWeightMissing) {
            1.0
        } else if has(Slip::NextWeightSquared) {
            w[j][i] * w[j][i]
        } else if has(Slip::BackUntransposed) {
            w[i][j]
        } else if has(Slip::BackBias) {
            values.biases[l][j]
        } else if has(Slip::BackNeighbour) {
            w[j][(i + 1) % w[j].len()]
        } else if has(Slip::BackOwnWeight) {
            // The shapes allow it where the layer below has as many inputs as this one has units.
            values.weights[l - 1][i][j]
        } else {
            w[j][i]
        }
    }

    /// Adds the penalty's part to a layer's gradient.
    fn add_penalty(&self, gradient: &mut Values, l: usize) {
        let (program, width) = (self.program, self.program.width);
        let mut factor = 2.0 * self.net().penalty;
        if factor == 0.0 || program.has(Slip::PenaltyMissing, l) {
            return;
        }
        for (slip, by) in [(Slip::PenaltySign, -1.0), (Slip::PenaltyDoubled, 2.0), (Slip::PenaltyHalved, 0.5)]
        {
            if program.has(slip, l) {
                factor *= by;
            }
        }
        let values = &self.values;
        let summed = program.has(Slip::PenaltySummed, l);
        let sum = width.sum(values.weights[l].iter().flatten().copied());
        for (row, weights) in gradient.weights[l].iter_mut().zip(&values.weights[l]) {
            for (g, w) in row.iter_mut().zip(weights) {
                *g = width.r(*g + width.mul(factor, if summed { sum } else { *w }));
            }
        }
        if program.has(Slip::PenaltyOnBiases, l) {
            for (g, b) in gradient.biases[l].iter_mut().zip(&values.biases[l]) {
                *g = width.r(*g + width.mul(factor, *b));
            }
        }
    }

    /// The values after one step, in some layers.
    fn updated(&self, gradient: &Values, layers: std::ops::Range<usize>) -> Values {
        let (width, rate) = (self.program.width, self.probe.learning_rate);
        let mut values = self.values.clone();
        let step = |value: &mut f64, g: &f64| *value = width.r(*value - width.mul(rate, *g));
        for l in layers {
            for (row, gradient) in values.weights[l].iter_mut().zip(&gradient.weights[l]) {
                row.iter_mut().zip(gradient).for_each(|(w, g)| step(w, g));
            }
            values.biases[l].iter_mut().zip(&gradient.biases[l]).for_each(|(b, g)| step(b, g));
        }
        values
    }

    /// Where the layers below are updated before the gradient of a layer is computed.
    fn too_early(&self, mut gradient: Values) -> Values {
        let early = |l: &usize| self.program.has(Slip::BelowUpdatedFirst, *l);
        let Some(l) = (1..self.net().layers.len()).find(early) else { return gradient };
        let mut program = self.program.clone();
        program.mistakes.retain(|m| m.entry.slip != Slip::BelowUpdatedFirst);
        let later = Call::with(&program, self.updated(&gradient, 0..l), self.probe).backward();
        for above in l..self.net().layers.len() {
            gradient.weights[above].clone_from(&later.weights[above]);
            gradient.biases[above].clone_from(&later.biases[above]);
        }
        gradient
    }
}
