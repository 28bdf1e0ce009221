"""Numba: loops by hand, compiled with fastmath."""

import numba
import numpy as np

import protocol as p


def xor(work, dtype):
    start = p.read(work.lower(), dtype)
    X, T = p.XOR[0].astype(dtype), p.XOR[1].astype(dtype)
    # Names that are constants to the compiler: the sizes and the activation.
    h, relu, one = p.SIZES[work][1], work == "W2", np.dtype(dtype).type(1)
    half, zero = np.dtype(dtype).type(0.5), np.dtype(dtype).type(0)

    @numba.njit(fastmath=True, error_model="numpy")
    def train(q, x, t, epochs, rate):
        W0, W1, b, v, c = q[0 : 2 * h : 2].copy(), q[1 : 2 * h : 2].copy(), q[2 * h : 3 * h].copy(), q[3 * h : 4 * h].copy(), q[4 * h]
        a, g0, g1, gb, gv = np.empty_like(b), np.empty_like(b), np.empty_like(b), np.empty_like(b), np.empty_like(b)
        for _ in range(epochs):
            gc = zero
            for j in range(h):
                g0[j] = g1[j] = gb[j] = gv[j] = zero
            for r in range(4):
                x0, x1, z = x[r, 0], x[r, 1], c
                for j in range(h):
                    s = W0[j] * x0 + W1[j] * x1 + b[j]
                    a[j] = max(s, zero) if relu else one / (one + np.exp(-s))
                    z += v[j] * a[j]
                y = one / (one + np.exp(-z))
                d = half * (y - t[r]) * y * (one - y)
                gc += d
                for j in range(h):
                    gv[j] += d * a[j]
                    e = (d * v[j] if a[j] > zero else zero) if relu else d * v[j] * a[j] * (one - a[j])
                    g0[j] += e * x0
                    g1[j] += e * x1
                    gb[j] += e
            for j in range(h):
                W0[j] -= rate * g0[j]
                W1[j] -= rate * g1[j]
                b[j] -= rate * gb[j]
                v[j] -= rate * gv[j]
            c -= rate * gc
        q[0 : 2 * h : 2], q[1 : 2 * h : 2], q[2 * h : 3 * h], q[3 * h : 4 * h] = W0, W1, b, v
        q[4 * h] = c

    def run(epochs):
        q = start.copy()
        train(q, X, T, epochs, np.dtype(dtype).type(p.RATE[work]))
        return q[: 2 * h], q[2 * h : 3 * h], q[3 * h : 4 * h], q[4 * h :]

    return p.Way(lambda: p.loss_of_xor(work, *run(p.EPOCHS)), run)


def fleet(dtype, threads):
    start = p.read("w3", dtype, (9, -1))
    X, T = p.XOR[0].astype(dtype), p.XOR[1].astype(dtype)
    one, half, zero = (np.dtype(dtype).type(k) for k in (1, 0.5, 0))
    numba.set_num_threads(threads)

    @numba.njit(fastmath=True, error_model="numpy", parallel=threads > 1)
    def train(q, x, t, epochs, rate):
        for n in numba.prange(q.shape[1]):
            a, b, c, d, e, f, v, w, g = q[0, n], q[1, n], q[2, n], q[3, n], q[4, n], q[5, n], q[6, n], q[7, n], q[8, n]
            for _ in range(epochs):
                sa = sb = sc = sd = se = sf = sv = sw = sg = zero
                for r in range(4):
                    x0, x1 = x[r, 0], x[r, 1]
                    h = one / (one + np.exp(-(a * x0 + b * x1 + e)))
                    k = one / (one + np.exp(-(c * x0 + d * x1 + f)))
                    y = one / (one + np.exp(-(v * h + w * k + g)))
                    s = half * (y - t[r]) * y * (one - y)
                    sg += s
                    sv += s * h
                    sw += s * k
                    h = s * v * h * (one - h)
                    k = s * w * k * (one - k)
                    sa += h * x0
                    sb += h * x1
                    se += h
                    sc += k * x0
                    sd += k * x1
                    sf += k
                a -= rate * sa
                b -= rate * sb
                c -= rate * sc
                d -= rate * sd
                e -= rate * se
                f -= rate * sf
                v -= rate * sv
                w -= rate * sw
                g -= rate * sg
            q[0, n], q[1, n], q[2, n], q[3, n], q[4, n], q[5, n], q[6, n], q[7, n], q[8, n] = a, b, c, d, e, f, v, w, g

    def run(nets, epochs):
        q = start[:, :nets].copy()
        train(q, X, T, epochs, np.dtype(dtype).type(p.RATE["W3"]))
        return q

    return p.Way(lambda: p.loss_of_fleet(run(p.NETS_OF_LOSS, p.EPOCHS)), lambda n: run(p.NETS, n), p.NETS)


def variants(work, dtype, threads):
    if work in ("W1", "W2") and threads == 1:
        return [("Numba, loop by hand", lambda: xor(work, dtype))]
    if work == "W3":
        return [("Numba, loop by hand", lambda: fleet(dtype, threads))]
    return []


p.serve("Numba", variants)
