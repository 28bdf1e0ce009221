"""JAX: whole runs inside one compiled loop."""

import os

# The threads of XLA follow the cores; this is for its matrix products.
FLAGS = ["--xla_cpu_multi_thread_eigen=" + ("false" if os.environ.get("OMP_NUM_THREADS") == "1" else "true")]
TUNED = os.environ.get("PEERS_TUNED") == "1"
if TUNED:
    FLAGS.append("--xla_cpu_prefer_vector_width=512")
    FLAGS.append("--xla_force_host_platform_device_count=" + os.environ.get("OMP_NUM_THREADS", "1"))
os.environ["XLA_FLAGS"] = " ".join(FLAGS)

import jax
import jax.numpy as jnp
import numpy as np

import protocol as p

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")


def net(theta, x, work):
    """The outputs of a 2-h-1 net; theta is (W, b, v, c)."""
    W, b, v, c = theta
    z = x @ W.T + b
    a = jax.nn.sigmoid(z) if work != "W2" else jax.nn.relu(z)
    return jax.nn.sigmoid(a @ v + c[0])


def xor(work, dtype):
    start = tuple(jnp.asarray(q) for q in p.start_of_xor(work, dtype))
    X, T = jnp.asarray(p.XOR[0], dtype), jnp.asarray(p.XOR[1], dtype)
    rate = jnp.asarray(p.RATE[work], dtype)
    slope = jax.grad(lambda theta: jnp.mean((net(theta, X, work) - T) ** 2))

    @jax.jit
    def train(theta, epochs):
        step = lambda _, q: jax.tree.map(lambda a, g: a - rate * g, q, slope(q))
        return jax.lax.fori_loop(0, epochs, step, theta)

    return p.Way(lambda: p.loss_of_xor(work, *train(start, p.EPOCHS)), lambda n: jax.block_until_ready(train(start, n)))


def blocks(train, start, block):
    """A loop over blocks of nets that fit into the cache, each trained to its end; every core has its share."""
    cores = jax.local_device_count()

    def share(q, epochs):
        parts = jnp.moveaxis(q.reshape(9, -1, min(block, q.shape[1])), 1, 0)
        return jnp.moveaxis(jax.lax.map(lambda part: train(part, epochs), parts), 0, 1).reshape(9, -1)

    if cores == 1:
        all_nets, split = jax.jit(share), lambda q: q
    else:
        all_nets, split = jax.pmap(share, in_axes=(0, None)), lambda q: jnp.stack(jnp.split(q, cores, 1))
    few, every = split(start[:, : p.NETS_OF_LOSS]), split(start)

    def loss():
        q = np.asarray(all_nets(few, p.EPOCHS))
        return p.loss_of_fleet(q if cores == 1 else np.concatenate(list(q), 1))

    return p.Way(loss, lambda n: jax.block_until_ready(all_nets(every, n)), p.NETS)


def fleet_by_hand(dtype):
    start = jnp.asarray(p.read("w3", dtype, (9, -1)))
    rate, one = jnp.asarray(p.RATE["W3"] / 2, dtype), jnp.asarray(1, dtype)
    X, T = p.XOR[0].astype(dtype), p.XOR[1].astype(dtype)

    def epoch(_, q):
        a, b, c, d, e, f, v, w, g = q
        sums = [0] * 9
        for (x, y), t in zip(X, T):
            h = one / (one + jnp.exp(-(a * x + b * y + e)))
            k = one / (one + jnp.exp(-(c * x + d * y + f)))
            o = one / (one + jnp.exp(-(v * h + w * k + g)))
            s = (o - t) * (o - o * o)
            m, n = s * v * (h - h * h), s * w * (k - k * k)
            sums = [u + z for u, z in zip(sums, (m * x, m * y, n * x, n * y, m, n, s * h, s * k, s))]
        return tuple(u - rate * z for u, z in zip(q, sums))

    train = lambda part, epochs: jnp.stack(jax.lax.fori_loop(0, epochs, epoch, tuple(part)))
    return blocks(train, start, 2500)


def fleet_of_gradients(dtype):
    start = jnp.asarray(p.read("w3", dtype, (9, -1)))
    X, T = jnp.asarray(p.XOR[0], dtype), jnp.asarray(p.XOR[1], dtype)
    rate = jnp.asarray(p.RATE["W3"], dtype)
    loss = lambda q: jnp.mean((net((q[:4].reshape(2, 2), q[4:6], q[6:8], q[8:]), X, "W3") - T) ** 2)
    slopes = jax.vmap(jax.grad(loss), 1, 1)
    train = lambda part, epochs: jax.lax.fori_loop(0, epochs, lambda _, q: q - rate * slopes(q), part)
    return blocks(train, start, p.NETS)


def wide(work):
    start = [(jnp.asarray(W.T), jnp.asarray(b)) for W, b in p.layers(work)]
    X, y = (jnp.asarray(a) for a in p.rows(work))
    batch, rate = p.BATCH[work], np.float32(p.RATE[work])
    batches = len(X) // batch

    def loss(layers, x, t):
        for W, b in layers[:-1]:
            x = jax.nn.relu(x @ W + b)
        z = x @ layers[-1][0] + layers[-1][1]
        if work == "W4":
            return jnp.mean((z[:, 0] - t) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1))

    slope = jax.grad(loss)
    zeros = jax.tree.map(jnp.zeros_like, start)

    def momentum(i, layers, m, v, g):
        m = jax.tree.map(lambda a, s: np.float32(0.9) * a + s, m, g)
        return jax.tree.map(lambda q, s: q - rate * s, layers, m), m, v

    def adam(i, layers, m, v, g):
        f = np.float32
        m = jax.tree.map(lambda a, s: f(0.9) * a + f(0.1) * s, m, g)
        v = jax.tree.map(lambda a, s: f(0.999) * a + f(0.001) * s * s, v, g)
        k = (i + 1).astype(f)
        # 1 - 0.999^k without cancelling, as those have it who compute it in float64.
        root = jnp.sqrt(-jnp.expm1(k * f(np.log(0.999))))
        size, small = rate * root / -jnp.expm1(k * f(np.log(0.9))), f(1e-8) * root
        return jax.tree.map(lambda q, a, s: q - size * a / (jnp.sqrt(s) + small), layers, m, v), m, v

    rule = adam if work == "W4" else momentum

    @jax.jit
    def train(layers, X, y, steps):
        def step(i, state):
            at = i % batches * batch
            x, t = jax.lax.dynamic_slice_in_dim(X, at, batch), jax.lax.dynamic_slice_in_dim(y, at, batch)
            return rule(i, *state, slope(state[0], x, t))

        return jax.lax.fori_loop(0, steps, step, (layers, zeros, zeros))[0]

    done = lambda n: [(W.T, b) for W, b in train(start, X, y, n)]
    return p.Way(lambda: p.loss_of_layers(work, done(batches)), lambda n: jax.block_until_ready(train(start, X, y, n)), batch)


def variants(work, dtype, threads):
    if TUNED:
        return [("JAX, arrays by hand, flags", lambda: fleet_by_hand(dtype))] if work == "W3" else []
    if work in ("W1", "W2"):
        return [("JAX, jit loop", lambda: xor(work, dtype))]
    if work == "W3":
        return [("JAX, arrays by hand", lambda: fleet_by_hand(dtype)),
                ("JAX, vmap(grad)", lambda: fleet_of_gradients(dtype))]
    return [("JAX, jit loop", lambda: wide(work))]


p.serve("JAX", variants)
