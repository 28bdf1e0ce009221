"""TensorFlow: whole runs in one function compiled by XLA."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

import protocol as p


def xor(work, dtype):
    start = [tf.constant(q) for q in p.start_of_xor(work, dtype)]
    X, T = tf.constant(p.XOR[0], dtype), tf.constant(p.XOR[1], dtype)
    rate = tf.constant(p.RATE[work], dtype)
    activation = tf.sigmoid if work == "W1" else tf.nn.relu

    def step(i, W, b, v, c):
        with tf.GradientTape() as tape:
            tape.watch([W, b, v, c])
            a = activation(tf.matmul(X, W, transpose_b=True) + b)
            loss = tf.reduce_mean((tf.sigmoid(tf.linalg.matvec(a, v) + c) - T) ** 2)
        slopes = tape.gradient(loss, [W, b, v, c])
        return i + 1, *[q - rate * g for q, g in zip((W, b, v, c), slopes)]

    @tf.function(jit_compile=True)
    def train(epochs, W, b, v, c):
        return tf.while_loop(lambda i, *_: i < epochs, step, (tf.constant(0), W, b, v, c))[1:]

    run = lambda epochs: [q.numpy() for q in train(tf.constant(epochs), *start)]
    return p.Way(lambda: p.loss_of_xor(work, *run(p.EPOCHS)), run)


def fleet(dtype):
    start = p.read("w3", dtype, (9, -1))
    rate = tf.constant(p.RATE["W3"] / 2, dtype)
    rows = [(float(x), float(y), float(t)) for (x, y), t in zip(*p.XOR)]

    def epoch(i, a, b, c, d, e, f, v, w, g):
        sums = [0.0] * 9
        for x, y, t in rows:
            h, k = tf.sigmoid(a * x + b * y + e), tf.sigmoid(c * x + d * y + f)
            o = tf.sigmoid(v * h + w * k + g)
            s = (o - t) * (o - o * o)
            m, n = s * v * (h - h * h), s * w * (k - k * k)
            sums = [u + z for u, z in zip(sums, (m * x, m * y, n * x, n * y, m, n, s * h, s * k, s))]
        return i + 1, *[u - rate * z for u, z in zip((a, b, c, d, e, f, v, w, g), sums)]

    @tf.function(jit_compile=True)
    def train(epochs, *q):
        return tf.while_loop(lambda i, *_: i < epochs, epoch, (tf.constant(0), *q))[1:]

    block = 5000
    parts = [[tf.constant(row) for row in start[:, at : at + block]] for at in range(0, p.NETS, block)]

    def run(nets, epochs):
        done = [train(tf.constant(epochs), *part) for part in parts[: nets // block]]
        return np.concatenate([np.stack([q.numpy() for q in part]) for part in done], 1)

    return p.Way(lambda: p.loss_of_fleet(run(p.NETS_OF_LOSS, p.EPOCHS)), lambda n: run(p.NETS, n), p.NETS)


def wide(work):
    start = [tf.constant(q) for W, b in p.layers(work) for q in (W.T.copy(), b)]
    X, y = (tf.constant(a) for a in p.rows(work))
    batch, rate = p.BATCH[work], p.RATE[work]
    batches, count = len(X) // batch, len(start)

    def slopes(theta, x, t):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            for W, b in zip(theta[:-2:2], theta[1:-2:2]):
                x = tf.nn.relu(x @ W + b)
            z = x @ theta[-2] + theta[-1]
            if work == "W4":
                loss = tf.reduce_mean((z[:, 0] - t) ** 2)
            else:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(t, z))
        return tape.gradient(loss, theta)

    def step(i, *state):
        theta, m, v = state[:count], state[count : 2 * count], state[2 * count :]
        at = i % batches * batch
        x = tf.slice(X, [at, 0], [batch, X.shape[1]])
        g = slopes(list(theta), x, tf.slice(y, [at], [batch]))
        if work != "W4":
            m = [0.9 * a + s for a, s in zip(m, g)]
            return i + 1, *[q - rate * s for q, s in zip(theta, m)], *m, *v
        m = [0.9 * a + 0.1 * s for a, s in zip(m, g)]
        v = [0.999 * a + 0.001 * s * s for a, s in zip(v, g)]
        k = tf.cast(i + 1, tf.float32)
        # 1 - 0.999^k without cancelling, as those have it who compute it in float64.
        root = tf.sqrt(-tf.math.expm1(k * np.float32(np.log(0.999))))
        size, small = rate * root / -tf.math.expm1(k * np.float32(np.log(0.9))), 1e-8 * root
        return i + 1, *[q - size * a / (tf.sqrt(s) + small) for q, a, s in zip(theta, m, v)], *m, *v

    @tf.function(jit_compile=True)
    def train(steps, *theta):
        zeros = [tf.zeros_like(q) for q in theta]
        return tf.while_loop(lambda i, *_: i < steps, step, (tf.constant(0), *theta, *zeros, *zeros))[1 : count + 1]

    def run(steps):
        q = [a.numpy() for a in train(tf.constant(steps), *start)]
        return [(W.T, b) for W, b in zip(q[::2], q[1::2])]

    return p.Way(lambda: p.loss_of_layers(work, run(batches)), run, batch)


def variants(work, dtype, threads):
    if work in ("W1", "W2"):
        return [("TensorFlow, XLA loop", lambda: xor(work, dtype))]
    if work == "W3":
        return [("TensorFlow, XLA, arrays by hand", lambda: fleet(dtype))]
    return [("TensorFlow, XLA loop", lambda: wide(work))]


p.serve("TensorFlow", variants)
