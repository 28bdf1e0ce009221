"""Writes optimisers.json: what other implementations make of the same gradients.

Run it as `python3 optimisers.py > optimisers.json`, with torch and numpy installed. The gradients are given, not
computed, so that a path differs from another by rounding alone.

What torch has is torch's. RPROP with and without weight back-tracking and Quickprop, which it has not, are written
out below case by case: RPROP after the pseudo-code of Igel and Huesken (2003), Quickprop after Fahlman's program of
1988. Torch's Rprop is Igel and Huesken's iRprop-. FANN's Quickprop is another one (it holds steps back differently).
"""

import json
import math
import platform

import numpy as np
import torch

# NAdam keeps its product of momenta in the default precision.
torch.set_default_dtype(torch.float64)

STEPS = 30
START = [0.5, -1.25, 2.0, 0.01]


def gradients():
    """Sines of several speeds and sizes, with a slope that shrinks, one that rests at 0, and one that is noise."""
    draw = np.random.default_rng(1)
    rows = []
    for t in range(STEPS):
        rows.append([
            2.0 * math.cos(0.4 * t) + 0.1,
            -3.0 * 0.8**t,
            0.0 if t % 7 in (3, 4) else 0.02 * math.sin(1.3 * t + 1),
            float(draw.normal(0, 5)),
        ])
    return rows


GRADIENTS = gradients()


def by_torch(make, rates=None, penalty=None, clip=None):
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = make([w])
    path = []
    for t, row in enumerate(GRADIENTS):
        if rates is not None:
            optimiser.param_groups[0]["lr"] = rates[t]
        optimiser.zero_grad()
        loss = (w * torch.tensor(row, dtype=torch.float64)).sum()
        if penalty is not None:
            loss = loss + penalty(w)
        loss.backward()
        if clip is not None:
            clip(w)
        optimiser.step()
        path.append(w.detach().tolist())
    return path


def one_by_one(step, memory):
    """Runs `step(w, g, memory) -> w` for each parameter alone."""
    path = [[] for _ in GRADIENTS]
    for index, w in enumerate(START):
        kept = dict(memory)
        for t, row in enumerate(GRADIENTS):
            w = step(w, row[index], kept)
            path[t].append(w)
    return path


def sign(x):
    return (x > 0) - (x < 0)


def rprop(back_tracking, up=1.2, down=0.5, first=0.1, smallest=1e-6, largest=50.0):
    def step(w, g, kept):
        product = kept["slope"] * g
        if product > 0:
            kept["length"] = min(kept["length"] * up, largest)
        elif product < 0:
            kept["length"] = max(kept["length"] * down, smallest)
        if back_tracking and product < 0:
            w -= kept["step"]
            kept["slope"] = 0.0
        else:
            kept["step"] = -sign(g) * kept["length"]
            w += kept["step"]
            kept["slope"] = g
        return w

    return one_by_one(step, {"slope": 0.0, "length": first, "step": 0.0})


def quickprop(epsilon, mu=1.75, decay=0.0):
    shrink = mu / (1 + mu)

    def step(w, g, kept):
        s, p, d = g + decay * w, kept["slope"], kept["step"]
        new = 0.0
        if d > 0:
            if s < 0:
                new += -epsilon * s
            new += mu * d if s <= shrink * p else d * s / (p - s)
        elif d < 0:
            if s > 0:
                new += -epsilon * s
            new += mu * d if s >= shrink * p else d * s / (p - s)
        else:
            new += -epsilon * s
        kept["slope"], kept["step"] = s, new
        return w + new

    return one_by_one(step, {"slope": 0.0, "step": 0.0})


def classical_momentum(rates, a):
    """The step remembered has the rate it was made with; torch's has the rate of today."""
    w, d, path = np.array(START), np.zeros(len(START)), []
    for rate, g in zip(rates, np.array(GRADIENTS)):
        d = a * d - rate * g
        w = w + d
        path.append(w.tolist())
    return path


def clipped_by_norm(rate, limit):
    """As torch.nn.utils.clip_grad_norm_, but without the 1e-6 it adds to the norm."""
    w, path = np.array(START), []
    for g in np.array(GRADIENTS):
        norm = np.linalg.norm(g)
        w = w - rate * (g * (limit / norm) if norm > limit else g)
        path.append(w.tolist())
    return path


def optimisers():
    o = torch.optim
    runs = []

    def add(text, rate, by, path, **options):
        runs.append({"optimiser": text, "learning_rate": rate, "options": options, "by": by, "path": path})

    def torched(text, rate, call, make, **options):
        add(text, rate, f"torch.optim.{call}", by_torch(make), **options)

    torched("gd", 0.1, "SGD(lr=0.1)", lambda p: o.SGD(p, lr=0.1))
    torched("momentum", 0.05, "SGD(momentum=0.9)", lambda p: o.SGD(p, lr=0.05, momentum=0.9))
    torched("momentum(0.5)", 0.05, "SGD(momentum=0.5, weight_decay=0.1)",
            lambda p: o.SGD(p, lr=0.05, momentum=0.5, weight_decay=0.1), **{"weight-decay": 0.1})
    torched("nesterov", 0.05, "SGD(momentum=0.9, nesterov=True)",
            lambda p: o.SGD(p, lr=0.05, momentum=0.9, nesterov=True))
    torched("adagrad", 0.1, "Adagrad()", lambda p: o.Adagrad(p, lr=0.1))
    torched("rmsprop", 0.01, "RMSprop(alpha=0.9)", lambda p: o.RMSprop(p, lr=0.01, alpha=0.9))
    torched("rmsprop(rho=0.99, eps=1e-3)", 0.01, "RMSprop(alpha=0.99, eps=1e-3)",
            lambda p: o.RMSprop(p, lr=0.01, alpha=0.99, eps=1e-3))
    torched("adadelta", 1.0, "Adadelta(rho=0.95)", lambda p: o.Adadelta(p, lr=1.0, rho=0.95))
    torched("adadelta(0.9)", 0.5, "Adadelta(lr=0.5)", lambda p: o.Adadelta(p, lr=0.5))
    torched("adam", 0.001, "Adam()", lambda p: o.Adam(p))
    torched("adam(0.8, 0.99, 1e-4)", 0.1, "Adam(lr=0.1, betas=(0.8, 0.99), eps=1e-4)",
            lambda p: o.Adam(p, lr=0.1, betas=(0.8, 0.99), eps=1e-4))
    torched("adam", 0.01, "Adam(weight_decay=0.1)", lambda p: o.Adam(p, lr=0.01, weight_decay=0.1),
            **{"weight-decay": 0.1})
    torched("adamw", 0.01, "AdamW()", lambda p: o.AdamW(p, lr=0.01))
    torched("adamw", 0.01, "AdamW(weight_decay=0.3)", lambda p: o.AdamW(p, lr=0.01, weight_decay=0.3),
            **{"weight-decay": 0.3})
    torched("nadam", 0.002, "NAdam()", lambda p: o.NAdam(p))
    torched("nadam(momentum-decay=1)", 0.02, "NAdam(momentum_decay=1)",
            lambda p: o.NAdam(p, lr=0.02, momentum_decay=1.0))
    torched("irprop-", 1.0, "Rprop(lr=0.1)", lambda p: o.Rprop(p, lr=0.1))
    torched("irprop-(up=1.5, down=0.3, initial=0.02, largest=0.2)", 1.0,
            "Rprop(lr=0.02, etas=(0.3, 1.5), step_sizes=(1e-6, 0.2))",
            lambda p: o.Rprop(p, lr=0.02, etas=(0.3, 1.5), step_sizes=(1e-6, 0.2)))

    here = "the cases of this program"
    add("rprop", 1.0, here, rprop(True))
    add("rprop(1.3, 0.4, 0.07, 0.01, 0.3)", 1.0, here, rprop(True, 1.3, 0.4, 0.07, 0.01, 0.3))
    add("rprop-", 1.0, here, rprop(False))
    add("rprop-(1.3, 0.4, 0.07, 0.01, 0.3)", 1.0, here, rprop(False, 1.3, 0.4, 0.07, 0.01, 0.3))
    add("quickprop", 0.1, here, quickprop(0.1))
    add("quickprop(1.2)", 0.3, here, quickprop(0.3, 1.2))
    add("quickprop", 0.05, here, quickprop(0.05, decay=0.01), **{"weight-decay": 0.01})

    add("gd", 0.1, "torch.optim.SGD and clip_grad_value_",
        by_torch(lambda p: o.SGD(p, lr=0.1), clip=lambda w: torch.nn.utils.clip_grad_value_(w, 0.7)),
        **{"clip-value": 0.7})
    add("gd", 0.1, here, clipped_by_norm(0.1, 3.0), **{"clip-norm": 3.0})
    add("adam", 0.01, "torch.optim.Adam of a loss with 0.3 sum |w|",
        by_torch(lambda p: o.Adam(p, lr=0.01), penalty=lambda w: 0.3 * w.abs().sum()), l1=0.3)
    add("momentum", 0.01, "torch.optim.SGD of a loss with 0.2 sum w^2",
        by_torch(lambda p: o.SGD(p, lr=0.01, momentum=0.9), penalty=lambda w: 0.2 * (w * w).sum()), l2=0.2)
    return runs


def scheduled():
    """Steps whose rate changes from one to the next."""
    o = torch.optim
    rates = [0.05 * 0.9**t for t in range(STEPS)]
    runs = []
    for text, by, path in [
        ("momentum", "the cases of this program", classical_momentum(rates, 0.9)),
        ("adam", "torch.optim.Adam", by_torch(lambda p: o.Adam(p), rates)),
        ("nadam", "torch.optim.NAdam", by_torch(lambda p: o.NAdam(p), rates)),
        ("adamw", "torch.optim.AdamW", by_torch(lambda p: o.AdamW(p), rates)),
        ("adadelta", "torch.optim.Adadelta", by_torch(lambda p: o.Adadelta(p, rho=0.95), rates)),
    ]:
        runs.append({"optimiser": text, "rates": rates, "options": {}, "by": by, "path": path})
    return runs


def schedules():
    """The rate of every step of 4 epochs (or 40) of so many steps, by torch.optim.lr_scheduler."""
    s = torch.optim.lr_scheduler
    runs = []

    def add(text, steps_per_epoch, epochs, by, make, per_step, losses=None):
        w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([w], lr=0.8)
        scheduler = make(optimiser)
        rates = []
        for epoch in range(epochs):
            for _ in range(steps_per_epoch):
                rates.append(optimiser.param_groups[0]["lr"])
                optimiser.step()
                if per_step and len(rates) < steps_per_epoch * epochs:
                    scheduler.step()
            if losses is not None:
                scheduler.step(losses[epoch])
            elif not per_step:
                scheduler.step()
        runs.append({"schedule": text, "learning_rate": 0.8, "steps_per_epoch": steps_per_epoch, "epochs": epochs,
                     "losses": losses, "by": f"torch.optim.lr_scheduler.{by}", "rates": rates})

    add("step(every=5, factor=0.3)", 2, 20, "StepLR(5, 0.3)", lambda x: s.StepLR(x, 5, 0.3), False)
    add("exponential(0.93)", 2, 20, "ExponentialLR(0.93)", lambda x: s.ExponentialLR(x, 0.93), False)
    add("cosine", 3, 10, "CosineAnnealingLR(30)", lambda x: s.CosineAnnealingLR(x, 30), True)
    add("cosine(least=0.25)", 1, 30, "CosineAnnealingLR(30, eta_min=0.2)",
        lambda x: s.CosineAnnealingLR(x, 30, eta_min=0.2), True)
    add("one-cycle", 3, 10, "OneCycleLR(0.8, 30)", lambda x: s.OneCycleLR(x, 0.8, 30, cycle_momentum=False), True)
    add("one-cycle(rise=0.4, start=10, end=100)", 1, 40,
        "OneCycleLR(0.8, 40, pct_start=0.4, div_factor=10, final_div_factor=100)",
        lambda x: s.OneCycleLR(x, 0.8, 40, pct_start=0.4, div_factor=10, final_div_factor=100, cycle_momentum=False),
        True)
    losses = [1 / (1 + t) if t < 10 else 0.09 + 0.01 * math.sin(t) for t in range(40)]
    add("plateau(factor=0.5, patience=2)", 1, 40, "ReduceLROnPlateau(factor=0.5, patience=2)",
        lambda x: s.ReduceLROnPlateau(x, factor=0.5, patience=2), False, losses)
    add("plateau(factor=0.5, patience=1, threshold=0.05, cooldown=3, least=0.1)", 2, 40,
        "ReduceLROnPlateau(factor=0.5, patience=1, threshold=0.05, cooldown=3, min_lr=0.08)",
        lambda x: s.ReduceLROnPlateau(x, factor=0.5, patience=1, threshold=0.05, cooldown=3, min_lr=0.08),
        False, losses)
    add("cosine(warm-up=2)", 3, 10, "SequentialLR([LinearLR(1/6, 1, 5), CosineAnnealingLR(24)], [6])",
        lambda x: s.SequentialLR(x, [s.LinearLR(x, 1 / 6, 1.0, 5), s.CosineAnnealingLR(x, 24)], [6]), True)
    return runs


def backward():
    """Gradients of a 3-2sigmoid-2 net with Fahlman's changes, by a backward pass written out."""
    draw = np.random.default_rng(3)
    x, t = draw.uniform(-1, 1, (5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]
    w1, b1, w2, b2 = (draw.uniform(-2, 2, shape) for shape in [(2, 3), 2, (2, 2), 2])
    theta = np.concatenate([w1.ravel(), b1, w2.ravel(), b2])
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    runs = []
    for loss, offset, margin in [("half_sse", 0.1, 0.0), ("half_sse", 0.0, 0.5), ("half_sse", 0.1, 0.5),
                                 ("cross_entropy", 0.0, 0.5), ("cross_entropy", 0.1, 0.5)]:
        a = sigmoid(x @ w1.T + b1)
        z = a @ w2.T + b2
        if loss == "half_sse":
            o = sigmoid(z)
            error = np.where(np.abs(t - o) < margin, 0.0, o - t)
            delta2 = error * (o * (1 - o) + offset)
        else:
            o = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
            delta2 = np.where(np.abs(t - o) < margin, 0.0, o - t) / len(x)
        assert margin == 0 or 0 < (np.abs(t - o) < margin).sum() < t.size
        delta1 = (delta2 @ w2) * (a * (1 - a) + offset)
        parts = [(delta1.T @ x).ravel(), delta1.sum(axis=0), (delta2.T @ a).ravel(), delta2.sum(axis=0)]
        runs.append({"loss": loss, "sigmoid_prime_offset": offset, "error_margin": margin,
                     "gradient": np.concatenate(parts).tolist()})
    return {"inputs": x.ravel().tolist(), "targets": t.ravel().tolist(), "theta": theta.tolist(), "runs": runs}


def line(value):
    return json.dumps(value, separators=(",", ":"))


def main():
    by = f"torch {torch.__version__}, numpy {np.__version__}, Python {platform.python_version()}"
    print("{")
    print(f' "made_by": {line(by + ", by optimisers.py")},')
    print(f' "start": {line(START)},')
    print(f' "gradients": {line(GRADIENTS)},')
    for name, runs in [("optimisers", optimisers()), ("scheduled", scheduled()), ("schedules", schedules())]:
        print(f' "{name}": [')
        print(",\n".join(f"  {line(run)}" for run in runs))
        print(" ],")
    print(f' "backward": {line(backward())}')
    print("}")


main()
