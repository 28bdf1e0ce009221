# A model with 2 inputs (x1, x2), 1 target (y) and 9 parameters, written by whygrad.
#
# loss_and_gradient(theta, inputs, targets) gives the loss and its gradient,
# predict(theta, inputs) the outputs. There must be at least one row.
# inputs and targets are lists of rows; so are the outputs.
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

import math


def sigmoid(z):
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))


def loss_and_gradient(theta, inputs, targets):
    n = len(inputs)
    gradient = [0.0] * 9
    w1 = theta[0]
    w2 = theta[1]
    w3 = theta[2]
    w4 = theta[3]
    w5 = theta[4]
    w6 = theta[5]
    b1 = theta[6]
    b2 = theta[7]
    b3 = theta[8]
    total1 = 0.0
    for row in range(n):
        x1 = inputs[row][0]
        x2 = inputs[row][1]
        y = targets[row][0]
        z1 = w1 * x1 + w2 * x2 + b1
        a1 = sigmoid(z1)
        z2 = w3 * x1 + w4 * x2 + b2
        a2 = sigmoid(z2)
        z3 = w5 * a1 + w6 * a2 + b3
        y_hat = sigmoid(z3)
        t1 = y_hat - y
        delta3 = 2.0 / n * t1 * y_hat * (1.0 - y_hat)
        delta2 = delta3 * w6 * a2 * (1.0 - a2)
        delta1 = delta3 * w5 * a1 * (1.0 - a1)
        total1 += t1 * t1
        gradient[0] += delta1 * x1
        gradient[1] += delta1 * x2
        gradient[2] += delta2 * x1
        gradient[3] += delta2 * x2
        gradient[4] += delta3 * a1
        gradient[5] += delta3 * a2
        gradient[6] += delta1
        gradient[7] += delta2
        gradient[8] += delta3
    loss = total1 / n
    return loss, gradient


def predict(theta, inputs):
    n = len(inputs)
    outputs = [[0.0] * 1 for _ in range(n)]
    w1 = theta[0]
    w2 = theta[1]
    w3 = theta[2]
    w4 = theta[3]
    w5 = theta[4]
    w6 = theta[5]
    b1 = theta[6]
    b2 = theta[7]
    b3 = theta[8]
    for row in range(n):
        x1 = inputs[row][0]
        x2 = inputs[row][1]
        z1 = w1 * x1 + w2 * x2 + b1
        a1 = sigmoid(z1)
        z2 = w3 * x1 + w4 * x2 + b2
        a2 = sigmoid(z2)
        z3 = w5 * a1 + w6 * a2 + b3
        y_hat = sigmoid(z3)
        outputs[row][0] = y_hat
    return outputs
