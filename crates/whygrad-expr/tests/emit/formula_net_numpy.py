# A model with 2 inputs (x1, x2), 1 target (y) and 9 parameters, written by whygrad.
#
# loss_and_gradient(theta, inputs, targets) gives the loss and its gradient,
# predict(theta, inputs) the outputs. There must be at least one row.
# theta is an array; inputs, targets and outputs are arrays with a row for each example.
#
# The gradient has the layout of theta:
#     theta[0] = w1
#     theta[1] = w2
#     theta[2] = w3
#     theta[3] = w4
#     theta[4] = w5
#     theta[5] = w6
#     theta[6] = b1
#     theta[7] = b2
#     theta[8] = b3

import numpy as np


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-z))


def loss_and_gradient(theta, inputs, targets):
    n = len(inputs)
    w1 = theta[0]
    w2 = theta[1]
    w3 = theta[2]
    w4 = theta[3]
    w5 = theta[4]
    w6 = theta[5]
    b1 = theta[6]
    b2 = theta[7]
    b3 = theta[8]
    x1 = inputs[:, 0]
    x2 = inputs[:, 1]
    y = targets[:, 0]
    z1 = w1 * x1 + w2 * x2 + b1
    a1 = sigmoid(z1)
    z2 = w3 * x1 + w4 * x2 + b2
    a2 = sigmoid(z2)
    z3 = w5 * a1 + w6 * a2 + b3
    y_hat = sigmoid(z3)
    t1 = y_hat - y
    loss = np.sum(t1 ** 2) / n
    delta3 = 2.0 / n * t1 * y_hat * (1.0 - y_hat)
    delta2 = delta3 * w6 * a2 * (1.0 - a2)
    delta1 = delta3 * w5 * a1 * (1.0 - a1)
    gradient_w1 = np.sum(delta1 * x1)
    gradient_w2 = np.sum(delta1 * x2)
    gradient_w3 = np.sum(delta2 * x1)
    gradient_w4 = np.sum(delta2 * x2)
    gradient_w5 = np.sum(delta3 * a1)
    gradient_w6 = np.sum(delta3 * a2)
    gradient_b1 = np.sum(delta1)
    gradient_b2 = np.sum(delta2)
    gradient_b3 = np.sum(delta3)
    gradient = np.array([
        gradient_w1,
        gradient_w2,
        gradient_w3,
        gradient_w4,
        gradient_w5,
        gradient_w6,
        gradient_b1,
        gradient_b2,
        gradient_b3
    ])
    return loss, gradient


def predict(theta, inputs):
    w1 = theta[0]
    w2 = theta[1]
    w3 = theta[2]
    w4 = theta[3]
    w5 = theta[4]
    w6 = theta[5]
    b1 = theta[6]
    b2 = theta[7]
    b3 = theta[8]
    x1 = inputs[:, 0]
    x2 = inputs[:, 1]
    z1 = w1 * x1 + w2 * x2 + b1
    a1 = sigmoid(z1)
    z2 = w3 * x1 + w4 * x2 + b2
    a2 = sigmoid(z2)
    z3 = w5 * a1 + w6 * a2 + b3
    y_hat = sigmoid(z3)
    return y_hat[:, None]
