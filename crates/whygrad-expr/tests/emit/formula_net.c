// A model with 2 inputs (x1, x2), 1 target (y) and 9 parameters, written by whygrad.
//
// loss_and_gradient(theta, inputs, targets) gives the loss and its gradient,
// predict(theta, inputs) the outputs. There must be at least one row.
// inputs, targets and outputs hold n rows, one after the other.
//
// The gradient has the layout of theta:
//     theta[0] = w1
//     theta[1] = w2
//     theta[2] = w3
//     theta[3] = w4
//     theta[4] = w5
//     theta[5] = w6
//     theta[6] = b1
//     theta[7] = b2
//     theta[8] = b3

#include <math.h>
#include <stddef.h>

static double sigmoid(double z) {
    return 1.0 / (1.0 + exp(-z));
}

double loss_and_gradient(const double *theta, const double *inputs,
                         const double *targets, size_t n, double *gradient) {
    const double rows = (double)n;
    for (size_t i = 0; i < 9; i++) {
        gradient[i] = 0.0;
    }
    const double w1 = theta[0];
    const double w2 = theta[1];
    const double w3 = theta[2];
    const double w4 = theta[3];
    const double w5 = theta[4];
    const double w6 = theta[5];
    const double b1 = theta[6];
    const double b2 = theta[7];
    const double b3 = theta[8];
    double total1 = 0.0;
    for (size_t row = 0; row < n; row++) {
        const double x1 = inputs[row * 2];
        const double x2 = inputs[row * 2 + 1];
        const double y = targets[row];
        const double z1 = w1 * x1 + w2 * x2 + b1;
        const double a1 = sigmoid(z1);
        const double z2 = w3 * x1 + w4 * x2 + b2;
        const double a2 = sigmoid(z2);
        const double z3 = w5 * a1 + w6 * a2 + b3;
        const double y_hat = sigmoid(z3);
        const double t1 = y_hat - y;
        const double delta3 = 2.0 / rows * t1 * y_hat * (1.0 - y_hat);
        const double delta2 = delta3 * w6 * a2 * (1.0 - a2);
        const double delta1 = delta3 * w5 * a1 * (1.0 - a1);
        total1 += t1 * t1;
        gradient[0] += delta1 * x1;
        gradient[1] += delta1 * x2;
        gradient[2] += delta2 * x1;
        gradient[3] += delta2 * x2;
        gradient[4] += delta3 * a1;
        gradient[5] += delta3 * a2;
        gradient[6] += delta1;
        gradient[7] += delta2;
        gradient[8] += delta3;
    }
    const double loss = total1 / rows;
    return loss;
}

void predict(const double *theta, const double *inputs, size_t n, double *outputs) {
    const double w1 = theta[0];
    const double w2 = theta[1];
    const double w3 = theta[2];
    const double w4 = theta[3];
    const double w5 = theta[4];
    const double w6 = theta[5];
    const double b1 = theta[6];
    const double b2 = theta[7];
    const double b3 = theta[8];
    for (size_t row = 0; row < n; row++) {
        const double x1 = inputs[row * 2];
        const double x2 = inputs[row * 2 + 1];
        const double z1 = w1 * x1 + w2 * x2 + b1;
        const double a1 = sigmoid(z1);
        const double z2 = w3 * x1 + w4 * x2 + b2;
        const double a2 = sigmoid(z2);
        const double z3 = w5 * a1 + w6 * a2 + b3;
        const double y_hat = sigmoid(z3);
        outputs[row] = y_hat;
    }
}
