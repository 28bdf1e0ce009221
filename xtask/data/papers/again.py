"""Rows of `cargo xtask papers` for which no table was at hand, by a plain NumPy program: python3 again.py

Each net is one of an array. It ends when every output is within 0.4 of its target; at the cap it is begun anew and its
epochs count for the next one. Printed: solutions, mean and sample deviation of their epochs, attempts that failed.
"""
import numpy as np

random = np.random.default_rng(7)
np.seterr(all="ignore")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def endings(x, t, hidden, nets, cap, step, offset=0.0, atanh=False):
    """Epochs of each net to its solution, -1 for none."""
    shapes = [(hidden, x.shape[1]), (hidden,), (t.shape[1], hidden), (t.shape[1],)]
    p = [random.uniform(-1, 1, (nets, *shape)) for shape in shapes]
    memories = [{} for _ in p]
    ended, alive = np.full(nets, -1), np.arange(nets)
    for epoch in range(cap + 1):
        h = sigmoid(np.einsum("nhi,pi->nph", p[0], x) + p[1][:, None])
        o = sigmoid(np.einsum("noh,nph->npo", p[2], h) + p[3][:, None])
        solved = (np.abs(o - t) < 0.4).all((1, 2))
        ended[alive[solved]] = epoch
        on = ~solved
        if not on.any():
            break
        alive, h, o, p = alive[on], h[on], o[on], [v[on] for v in p]
        memories = [{k: v[on] for k, v in m.items()} for m in memories]
        e = o - t
        if atanh:
            e = np.arctanh(np.clip(e, -0.9999999, 0.9999999))
        d = e * (o * (1 - o) + offset)
        b = np.einsum("npo,noh->nph", d, p[2]) * (h * (1 - h) + offset)
        g = [np.einsum("nph,pi->nhi", b, x), b.sum(1), np.einsum("npo,nph->noh", d, h), d.sum(1)]
        p = [step(*all) for all in zip(p, g, memories)]
    return ended


def descent(p, g, m):
    return p - g


def rprop(p, g, m):
    d, last = m.get("d", np.full_like(p, 0.1)), m.get("g", np.zeros_like(p))
    m["d"] = np.where(last * g > 0, np.minimum(d * 1.2, 50), np.where(last * g < 0, np.maximum(d * 0.5, 1e-6), d))
    m["g"] = g
    return p - np.sign(g) * m["d"]


def quickprop(p, g, m, rate=1.5, most=1.75):
    d, last = m.get("d", np.zeros_like(p)), m.get("g", np.zeros_like(p))
    parabola, share = d * g / (last - g), most / (1 + most)
    up = np.where(g <= share * last, most * d, parabola) + np.where(g < 0, -rate * g, 0)
    down = np.where(g >= share * last, most * d, parabola) + np.where(g > 0, -rate * g, 0)
    m["d"], m["g"] = np.where(d > 0, up, np.where(d < 0, down, -rate * g)), g
    return p + m["d"]


def report(name, ended, cap):
    scores, before = [], 0
    for epochs in ended:
        before += cap if epochs < 0 else epochs
        if epochs >= 0:
            scores.append(before)
            before = 0
    failed = (ended < 0).sum()
    print(f"{name}: {len(scores)} solved, {np.mean(scores):.2f} ({np.std(scores, ddof=1):.3f}), {failed} failed")


xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
encoder = np.eye(10), np.eye(10)
report("xor-restarted", endings(*xor, 2, 3000, 1000, descent), 1000)
report("encoder-rprop", endings(*encoder, 5, 2000, 500, rprop), 500)
report("encoder-quickprop-atanh", endings(*encoder, 5, 2000, 500, quickprop, 0.1, True), 500)
report("encoder-quickprop", endings(*encoder, 5, 2000, 500, quickprop, 0.1), 500)
