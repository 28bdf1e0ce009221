"""NumPy: arrays by hand, in place where that is faster."""

import numpy as np

import protocol as p


def xor(work, dtype):
    W, b, v, c = p.start_of_xor(work, dtype)
    # The bias is the weight of a constant input, and the inputs come transposed: fewer, larger operations.
    X = np.hstack([p.XOR[0], np.ones((4, 1))]).astype(dtype)
    T = p.XOR[1].astype(dtype)
    first, second = np.hstack([W, b[:, None]]), np.append(v, c)
    h = len(v)
    rate, sigmoid = np.dtype(dtype).type(p.RATE[work]), work == "W1"

    def train(epochs):
        A, q = first.T.copy(), second.copy()
        a, one = np.empty((4, h), dtype), np.dtype(dtype).type(1)
        mask, D = np.empty((4, h), bool), np.empty((4, h), dtype)
        k = np.dtype(dtype).type(2 / 4) * rate
        inner, last = q[:h], q[h:]
        for _ in range(epochs):
            np.matmul(X, A, out=a)
            if sigmoid:
                np.negative(a, out=a)
                np.exp(a, out=a)
                a += one
                np.reciprocal(a, out=a)
            else:
                np.greater(a, 0, out=mask)
                a *= mask
            y = one / (one + np.exp(-(a @ inner + last)))
            d = (y - T) * (y - y * y) * k
            np.multiply.outer(d, inner, out=D)
            if sigmoid:
                D *= a - a * a
            else:
                D *= mask
            inner -= d @ a
            last -= d.sum()
            A -= X.T @ D
        return A[:2].T, A[2], inner, last

    return p.Way(lambda: p.loss_of_xor(work, *train(p.EPOCHS)), train)


def fleet(dtype, block):
    start = p.read("w3", dtype, (9, -1))
    X = np.hstack([p.XOR[0], np.ones((4, 1))]).astype(dtype)
    T = p.XOR[1].astype(dtype)[:, None]
    k = np.dtype(dtype).type(p.RATE["W3"] * 2 / 4)

    def sigmoid(z):
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        np.reciprocal(z, out=z)

    def some(q, epochs):
        """q: 9 rows, few enough nets that all arrays stay in the cache."""
        n = q.shape[1]
        # Inputs and bias x units x nets, so that one product serves both units of all nets.
        U = np.stack([q[[0, 2]], q[[1, 3]], q[[4, 5]]]).reshape(3, 2 * n)
        v, c = q[6:8].copy(), q[8].copy()
        a, e = np.empty((4, 2, n), dtype), np.empty((4, 2, n), dtype)
        y, d, s = np.empty((4, n), dtype), np.empty((4, n), dtype), np.empty((3, 2 * n), dtype)
        flat, sum_a, sum_c = a.reshape(4, 2 * n), np.empty((2, n), dtype), np.empty(n, dtype)
        for _ in range(epochs):
            np.matmul(X, U, out=flat)
            sigmoid(a)
            np.multiply(a, v, out=e)
            np.add(e[:, 0], e[:, 1], out=y)
            y += c
            sigmoid(y)
            np.multiply(y, y, out=d)
            np.subtract(y, d, out=d)
            y -= T
            y *= k
            d *= y
            np.multiply(a, d[:, None], out=e)
            np.add.reduce(e, 0, out=sum_a)
            np.add.reduce(d, 0, out=sum_c)
            a *= e
            e -= a
            e *= v
            np.matmul(X.T, e.reshape(4, 2 * n), out=s)
            U -= s
            v -= sum_a
            c -= sum_c
        q[[0, 2]], q[[1, 3]], q[[4, 5]] = U.reshape(3, 2, n)
        q[6:8], q[8] = v, c

    def train(q, epochs):
        for i in range(0, q.shape[1], block):
            some(q[:, i : i + block], epochs)
        return q

    loss = lambda: p.loss_of_fleet(train(start[:, : p.NETS_OF_LOSS].copy(), p.EPOCHS))
    return p.Way(loss, lambda n: train(start.copy(), n), p.NETS)


def forward(parameters, x):
    a = [x]
    for k, (W, b) in enumerate(parameters):
        z = a[-1] @ W.T
        z += b
        if k + 1 < len(parameters):
            np.maximum(z, 0, out=z)
        a.append(z)
    return a


def backward(parameters, gradients, a, d):
    for k in reversed(range(len(parameters))):
        np.matmul(d.T, a[k], out=gradients[k][0])
        d.sum(0, out=gradients[k][1])
        if k:
            d = d @ parameters[k][0]
            d *= a[k] > 0


def flat(parameters):
    """One vector of all numbers, and views of the layers into it and into one for the gradient."""
    theta = np.concatenate([q.ravel() for layer in parameters for q in layer])

    def views(vector):
        made, at = [], 0
        for W, b in parameters:
            made.append((vector[at : at + W.size].reshape(W.shape), vector[at + W.size : at + W.size + b.size]))
            at += W.size + b.size
        return made

    gradient = np.empty_like(theta)
    return theta, views(theta), gradient, views(gradient)


def wide(work):
    start, (X, y) = p.layers(work), p.rows(work)
    batch, rate = p.BATCH[work], np.float32(p.RATE[work])
    batches = len(X) // batch

    def train(steps):
        theta, layers, gradient, slopes = flat(start)
        m, v, s = np.zeros_like(theta), np.zeros_like(theta), np.empty_like(theta)
        for step in range(steps):
            at = step % batches * batch
            x, t = X[at : at + batch], y[at : at + batch]
            a = forward(layers, x)
            if work == "W4":
                d = (a[-1] - t[:, None]) * np.float32(2 / len(x))
            else:
                d = a[-1]
                d -= d.max(1, keepdims=True)
                np.exp(d, out=d)
                d /= d.sum(1, keepdims=True)
                d[np.arange(len(t)), t] -= 1
                d *= np.float32(1 / len(x))
            backward(layers, slopes, a, d)
            if work == "W4":
                adam(theta, gradient, m, v, s, step + 1, float(rate))
            else:
                m *= np.float32(0.9)
                m += gradient
                np.multiply(m, rate, out=s)
                theta -= s
        return layers

    return p.Way(lambda: p.loss_of_layers(work, train(batches)), train, batch)


def adam(theta, g, m, v, s, step, rate):
    m *= np.float32(0.9)
    np.multiply(g, np.float32(0.1), out=s)
    m += s
    v *= np.float32(0.999)
    np.multiply(g, g, out=s)
    s *= np.float32(0.001)
    v += s
    root = (1 - 0.999**step) ** 0.5
    np.sqrt(v, out=s)
    s += np.float32(1e-8 * root)
    np.divide(m, s, out=s)
    s *= np.float32(rate * root / (1 - 0.9**step))
    theta -= s


def variants(work, dtype, threads):
    if work in ("W1", "W2"):
        return [("NumPy", lambda: xor(work, dtype))] if threads == 1 else []
    if work == "W3":
        return [("NumPy, arrays by hand", lambda: fleet(dtype, 4096 if dtype == "float32" else 2048))] if threads == 1 else []
    return [("NumPy", lambda: wide(work))]


p.serve("NumPy", variants)
