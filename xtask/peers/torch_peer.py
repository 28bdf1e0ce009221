"""PyTorch: eager as in its documentation, and compiled where that works."""

import os

import numpy as np
import torch

import protocol as p

COMPILES = os.environ.get("PEERS_COMPILE", "1") == "1"


def tensors(arrays):
    return [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]


def xor(work, dtype):
    start = tensors(p.start_of_xor(work, dtype))
    X, T = tensors([p.XOR[0].astype(dtype), p.XOR[1].astype(dtype)])
    activation = torch.sigmoid if work == "W1" else torch.relu

    def train(epochs):
        theta = [q.clone().requires_grad_() for q in start]
        W, b, v, c = theta
        rate = -p.RATE[work]
        for _ in range(epochs):
            a = activation(torch.addmm(b, X, W.T))
            loss = torch.mean((torch.sigmoid(a @ v + c) - T) ** 2)
            with torch.no_grad():
                for q, g in zip(theta, torch.autograd.grad(loss, theta)):
                    q.add_(g, alpha=rate)
        return [q.detach().numpy() for q in theta]

    return p.Way(lambda: p.loss_of_xor(work, *train(p.EPOCHS)), train)


def fleet_by_hand(dtype, threads):
    start = torch.from_numpy(p.read("w3", dtype, (9, -1)))
    rows = [(float(x), float(y), float(t)) for (x, y), t in zip(*p.XOR)]
    rate = p.RATE["W3"] / 2

    # Faster than torch.sigmoid here.
    sigmoid = lambda z: 1 / (1 + torch.exp(-z))

    def epoch(a, b, c, d, e, f, v, w, g):
        sums = [0] * 9
        for x, y, t in rows:
            h = sigmoid(a * x + b * y + e)
            k = sigmoid(c * x + d * y + f)
            o = sigmoid(v * h + w * k + g)
            s = (o - t) * (o - o * o)
            m, n = s * v * (h - h * h), s * w * (k - k * k)
            sums = [u + z for u, z in zip(sums, (m * x, m * y, n * x, n * y, m, n, s * h, s * k, s))]
        return [u - rate * z for u, z in zip((a, b, c, d, e, f, v, w, g), sums)]

    # Several epochs in one graph: the parameters stay in registers between them.
    def epochs_4(*q):
        for _ in range(4):
            q = epoch(*q)
        return q

    one, four = torch.compile(epoch, dynamic=False), torch.compile(epochs_4, dynamic=False)
    # Blocks that fit into the cache, except where threads share one large block.
    block = 10_000 if threads == 1 else 50_000

    def train(nets, epochs):
        parts = []
        for at in range(0, nets, block):
            q = tuple(row.clone() for row in start[:, at : min(at + block, nets)])
            for _ in range(epochs // 4):
                q = four(*q)
            for _ in range(epochs % 4):
                q = one(*q)
            parts.append(torch.stack(tuple(q)))
        return torch.cat(parts, 1).numpy()

    return p.Way(lambda: p.loss_of_fleet(train(p.NETS_OF_LOSS, p.EPOCHS)), lambda n: train(p.NETS, 4 * n), 4 * p.NETS)


def fleet_of_gradients(dtype):
    start = torch.from_numpy(p.read("w3", dtype, (9, -1)))
    X, T = tensors([p.XOR[0].astype(dtype), p.XOR[1].astype(dtype)])

    def loss(q):
        a = torch.sigmoid(X @ q[:4].reshape(2, 2).T + q[4:6])
        return torch.mean((torch.sigmoid(a @ q[6:8] + q[8]) - T) ** 2)

    slopes = torch.func.vmap(torch.func.grad(loss), 1, 1)

    def train(nets, epochs):
        q = start[:, :nets].clone()
        for _ in range(epochs):
            q.sub_(slopes(q), alpha=p.RATE["W3"])
        return q.numpy()

    return p.Way(lambda: p.loss_of_fleet(train(p.NETS_OF_LOSS, p.EPOCHS)), lambda n: train(p.NETS, n), p.NETS)


def module(work):
    made = []
    for W, b in p.layers(work):
        layer = torch.nn.Linear(W.shape[1], W.shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b))
        made += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*made[:-1])


def wide(work, compiled):
    X, y = tensors(p.rows(work))
    batch = p.BATCH[work]
    batches = len(X) // batch
    if work == "W4":
        loss = lambda net, x, t: torch.nn.functional.mse_loss(net(x)[:, 0], t)
    else:
        loss = lambda net, x, t: torch.nn.functional.cross_entropy(net(x), t)
    made = []

    def train(steps):
        # A compiled net stays, so that it is compiled once: it gets its starting values again.
        if not made:
            net = module(work)
            made.extend([net, torch.compile(lambda x, t: loss(net, x, t), dynamic=False) if compiled else lambda x, t: loss(net, x, t)])
        net, value = made
        net.load_state_dict(module(work).state_dict())
        if work == "W4":
            rule = torch.optim.Adam(net.parameters(), lr=p.RATE[work], fused=True)
        else:
            rule = torch.optim.SGD(net.parameters(), lr=p.RATE[work], momentum=0.9, fused=True)
        for step in range(steps):
            at = step % batches * batch
            rule.zero_grad()
            value(X[at : at + batch], y[at : at + batch]).backward()
            rule.step()
        return [(l.weight.detach().numpy(), l.bias.detach().numpy()) for l in net if hasattr(l, "weight")]

    return p.Way(lambda: p.loss_of_layers(work, train(batches)), train, batch)


def variants(work, dtype, threads):
    torch.set_num_threads(threads)
    if work in ("W1", "W2"):
        return [("PyTorch, eager", lambda: xor(work, dtype))]
    if work == "W3":
        compiled = [("PyTorch, compiled arrays by hand", lambda: fleet_by_hand(dtype, threads))]
        # On several threads its many small steps only wait for each other.
        mapped = [("PyTorch, vmap(grad)", lambda: fleet_of_gradients(dtype))] if threads == 1 else []
        return (compiled if COMPILES else []) + mapped
    compiled = [("PyTorch, compiled", lambda: wide(work, True))] if work == "W4" and COMPILES else []
    return [("PyTorch, eager", lambda: wide(work, False))] + compiled


p.serve("PyTorch", variants)
