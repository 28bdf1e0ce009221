//! The gradient of one layer: its deltas, what they are multiplied by, and where the products go.

use super::activation::Activation;
use super::backward::PerRow;
use super::mistake::Reach;
use super::program::{Call, Row, Values};
use super::slip::{Scale, Slip};

impl Call<'_> {
    /// The deltas of a layer, for one of their two uses.
    pub(super) fn delta(&self, l: usize, error: &PerRow, reach: Reach) -> PerRow {
        let width = self.program.width;
        let has = |slip| self.program.has_slope(slip, l, reach);
        let layer = &self.net().layers[l];
        let softmax = layer.activation == Activation::Softmax;
        let row = |(row, error): (&Row, &Vec<f64>)| -> Vec<f64> {
            if has(Slip::SlopeMissing) {
                return error.clone();
            }
            let a = &row.a[l + 1];
            if softmax && has(Slip::SoftmaxDiagonal) {
                let diagonal = |(p, e): (&f64, &f64)| width.mul(*e, width.mul(*p, width.r(1.0 - p)));
                return a.iter().zip(error).map(diagonal).collect();
            }
            if softmax {
                let mean = width.sum(a.iter().zip(error).map(|(p, e)| width.mul(*p, *e)));
                return a.iter().zip(error).map(|(p, e)| width.mul(*p, width.r(e - mean))).collect();
            }
            let unit = |(j, e): (usize, &f64)| {
                if has(Slip::SlopeOfUpstream) {
                    return layer.activation.slope(*e, width);
                }
                width.mul(*e, width.r(self.slope(l, row, j, *e, reach)))
            };
            error.iter().enumerate().map(unit).collect()
        };
        self.rows.iter().zip(error).map(row).collect()
    }

    /// The slope of one unit's activation function.
    fn slope(&self, l: usize, row: &Row, j: usize, error: f64, reach: Reach) -> f64 {
        let width = self.program.width;
        let f = self.net().layers[l].activation;
        let (z, a) = (row.z[l][j], row.a[l + 1][j]);
        let has = |slip| self.program.has_slope(slip, l, reach);
        let right = || f.slope(z, width);
        // What stands for the slope, in the order of the catalogue.
        let wrong: [(Slip, &dyn Fn() -> f64); 17] = [
            (Slip::SlopeDoubled, &|| right() * right()),
            (Slip::SlopeAtActivation, &|| f.slope(a, width)),
            (Slip::SlopeAtInput, &|| f.slope(row.a[l][j], width)),
            (Slip::SlopeAtNextSum, &|| f.slope(row.z[l + 1][j], width)),
            (Slip::SlopeAtSumBelow, &|| f.slope(row.z[l - 1][j], width)),
            (Slip::SlopeOfSigmoid, &|| Activation::Sigmoid.slope(z, width)),
            (Slip::SlopeOfTanh, &|| Activation::Tanh.slope(z, width)),
            (Slip::SlopeOfRelu, &|| Activation::Relu.slope(z, width)),
            (Slip::ValueForSlope, &|| a),
            (Slip::OneMinusA, &|| 1.0 - a),
            (Slip::OneMinusASquared, &|| 1.0 - a * a),
            (Slip::ATimesOneMinusA, &|| a * (1.0 - a)),
            (Slip::OnePlusASquared, &|| 1.0 + a * a),
            (Slip::OneMinusAAllSquared, &|| (1.0 - a) * (1.0 - a)),
            (Slip::ZTimesOneMinusZ, &|| z * (1.0 - z)),
            (Slip::OneMinusZSquared, &|| 1.0 - z * z),
            (Slip::SlopeAtUpstream, &|| f.slope(error, width)),
        ];
        wrong.iter().find(|w| has(w.0)).map_or_else(right, |w| w.1())
    }

    /// The rows that a layer adds up.
    fn counted(&self, l: usize) -> std::ops::Range<usize> {
        let (program, n) = (self.program, self.rows.len());
        if program.has(Slip::FirstRowOnly, l) || program.has(Slip::LayerFirstRowOnly, l) {
            0..1
        } else if program.has(Slip::LastRowOnly, l) || program.has(Slip::LayerLastRowOnly, l) {
            n - 1..n
        } else {
            0..n
        }
    }

    pub(super) fn weight_gradient(&self, l: usize, delta: &PerRow) -> Vec<Vec<f64>> {
        let (layer, width) = (&self.net().layers[l], self.program.width);
        let of_last = self.program.has(Slip::InputOfLastRow, l);
        let weight = |j: usize, i: usize| {
            let rows = self.counted(l);
            if of_last {
                return width
                    .mul(width.sum(rows.map(|r| delta[r][j])), self.signal(l, self.rows.len() - 1, j, i));
            }
            width.sum(rows.map(|r| width.mul(delta[r][j], self.signal(l, r, j, i))))
        };
        (0..layer.units).map(|j| (0..layer.inputs).map(|i| weight(j, i)).collect()).collect()
    }

    /// What goes through the weight from input i to unit j.
    fn signal(&self, l: usize, r: usize, j: usize, i: usize) -> f64 {
        let (layer, row) = (&self.net().layers[l], &self.rows[r]);
        let has = |slip| self.program.has(slip, l);
        let x = row.a[l][i];
        if has(Slip::InputMissing) {
            1.0
        } else if has(Slip::InputSquared) {
            x * x
        } else if has(Slip::OwnOutput) {
            row.a[l + 1][if layer.units == layer.inputs { i } else { 0 }]
        } else if has(Slip::InputOfLayerBelow) {
            row.a[l - 1][i]
        } else if has(Slip::NetInput) {
            row.a[0][i]
        } else if has(Slip::PreActivation) {
            row.z[l - 1][i]
        } else if has(Slip::NeighbourInput) {
            row.a[l][(i + 1) % layer.inputs]
        } else if has(Slip::FirstInputForAll) {
            row.a[l][0]
        } else if has(Slip::WeightForInput) {
            self.values.weights[l][j][i]
        } else {
            x
        }
    }

    pub(super) fn bias_gradient(&self, l: usize, delta: &PerRow) -> Vec<f64> {
        let (layer, width) = (&self.net().layers[l], self.program.width);
        let has = |slip| self.program.has(slip, l);
        let unit = |j: usize| {
            let times_input = has(Slip::BiasTimesInput);
            let factor = |r: usize| if times_input { self.rows[r].a[l][0] } else { 1.0 };
            width.sum(self.counted(l).map(|r| width.mul(delta[r][j], factor(r))))
        };
        let mut biases: Vec<f64> = (0..layer.biases.len()).map(unit).collect();
        if has(Slip::BiasSummed) {
            let sum = width.sum(biases.iter().copied());
            biases.fill(sum);
        }
        biases
    }

    /// Right numbers at wrong places, and biases that are not summed at all.
    pub(super) fn misplace(&self, l: usize, gradient: &mut Values) {
        let has = |slip| self.program.has(slip, l);
        let (weights, biases) = (&mut gradient.weights[l], &mut gradient.biases[l]);
        if has(Slip::SwapInUnit) {
            weights[0].swap(0, 1);
        }
        if has(Slip::SwapUnits) {
            weights.swap(0, 1);
        }
        if has(Slip::RotateUnits) {
            weights.rotate_left(1);
            if !biases.is_empty() {
                biases.rotate_left(1);
            }
        }
        if has(Slip::TransposedGradient) {
            let turned = weights.clone();
            for (i, row) in weights.iter_mut().enumerate() {
                row.iter_mut().zip(&turned).for_each(|(g, column)| *g = column[i]);
            }
        }
        if has(Slip::ColumnByColumn) {
            let inputs = weights[0].len();
            let columns: Vec<f64> = (0..inputs).flat_map(|i| weights.iter().map(move |row| row[i])).collect();
            refill(weights, &columns);
        }
        if has(Slip::BiasesFirst) {
            let mut flat: Vec<f64> = biases.iter().chain(weights.iter().flatten()).copied().collect();
            *biases = flat.split_off(flat.len() - biases.len());
            refill(weights, &flat);
        }
        if has(Slip::BiasAndWeight) {
            std::mem::swap(&mut biases[0], &mut weights[0][0]);
        }
        if has(Slip::BiasZero) || has(Slip::BiasesZero) {
            biases.fill(0.0);
        }
        if has(Slip::BiasValue) {
            biases.clone_from(&self.values.biases[l]);
        }
    }

    /// Factors of the whole gradient and of a layer's.
    pub(super) fn rescale(&self, l: usize, gradient: &mut Values) {
        let has = |slip| self.program.has(slip, l);
        let (n, k) = (self.rows.len() as f64, self.net().outputs() as f64);
        let factors = [
            (Slip::SignEverywhere, -1.0),
            (Slip::SignOfLayer, -1.0),
            (Slip::Factor(Scale::Two), 2.0),
            (Slip::Factor(Scale::Half), 0.5),
            (Slip::Factor(Scale::Rows), n),
            (Slip::Factor(Scale::PerRow), 1.0 / n),
            (Slip::Factor(Scale::Outputs), k),
            (Slip::Factor(Scale::PerOutput), 1.0 / k),
            (Slip::LayerFactor(Scale::Two), 2.0),
            (Slip::LayerFactor(Scale::Half), 0.5),
            (Slip::LayerFactor(Scale::PerRow), 1.0 / n),
            (Slip::LayerSumForMean, n),
            (Slip::LayerMeanForSum, 1.0 / n),
        ];
        let factor: f64 = factors.iter().filter(|f| has(f.0)).map(|f| f.1).product();
        let of_biases = if has(Slip::SignOfBiases) { -factor } else { factor };
        let width = self.program.width;
        gradient.weights[l].iter_mut().flatten().for_each(|g| *g = width.mul(*g, factor));
        gradient.biases[l].iter_mut().for_each(|g| *g = width.mul(*g, of_biases));
    }
}

/// Fills a matrix row by row.
fn refill(weights: &mut [Vec<f64>], flat: &[f64]) {
    weights.iter_mut().flatten().zip(flat).for_each(|(g, value)| *g = *value);
}
