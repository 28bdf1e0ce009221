"""How a peer is asked: lines on the standard input, one JSON line back for each.

    variants WORK DTYPE THREADS   a list of the ways in which this peer does the work; may be empty
    prepare INDEX SECONDS         compiles, says the final loss, finds out how much work lasts so long
    repeat INDEX                  does that work once more and says how fast

With the argument `first` a script makes one step of W1 and ends. The data folder is the first argument.
"""

import json
import os
import sys
import time

import numpy as np

BATCH = {"W4": 32, "W5s": 128, "W5": 128}
SIZES = {"W1": [2, 2, 1], "W2": [2, 32, 1], "W3": [2, 2, 1], "W4": [8, 64, 64, 1],
         "W5s": [784, 128, 10], "W5": [784, 512, 512, 10]}
RATE = {"W1": 0.5, "W2": 1.5, "W3": 0.5, "W4": 1e-3, "W5s": 0.005, "W5": 0.005}
METRIC = {"W1": "epochs/s", "W2": "epochs/s", "W3": "net-epochs/s", "W4": "samples/s",
          "W5s": "samples/s", "W5": "samples/s"}
EPOCHS = 1000
NETS, NETS_OF_LOSS = 100_000, 10_000
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0], float)
FOLDER = sys.argv[1]


class Way:
    """One way of doing a work.

    loss(): the loss after the training that all do. run(n): trains n units from the starting values
    and waits until all is done. per: what one unit counts in the metric of the work. other: why the
    loss cannot be compared.
    """

    def __init__(self, loss, run, per=1, other=None):
        self.loss, self.run, self.per, self.other = loss, run, per, other


def read(name, dtype, shape=None):
    """Numbers of the data folder in float64 or float32."""
    ending = "f64" if dtype == "float64" else "f32"
    values = np.fromfile(os.path.join(FOLDER, f"{name}.{ending}"), dtype)
    return values if shape is None else values.reshape(shape)


def start_of_xor(work, dtype):
    """W (units x 2), b (units), v (units), c of the nets of W1 and W2."""
    h = SIZES[work][1]
    p = read(work.lower(), dtype)
    return p[: 2 * h].reshape(h, 2).copy(), p[2 * h : 3 * h].copy(), p[3 * h : 4 * h].copy(), p[4 * h :].copy()


def layers(work, dtype="float32"):
    """Weights (outputs x inputs) and biases of every layer of W4 and W5."""
    name, sizes = work.lower(), SIZES[work]
    return [(read(f"{name}_W{k}", dtype, (o, i)).copy(), read(f"{name}_b{k}", dtype).copy())
            for k, (i, o) in enumerate(zip(sizes, sizes[1:]))]


def rows(work):
    """Inputs, and targets: numbers in W4, classes in W5. Only whole batches."""
    if work == "W4":
        return read("w4_x", "float32", (-1, 8)), read("w4_y", "float32")
    classes = np.fromfile(os.path.join(FOLDER, "w5_y.i64"), np.int64)
    whole = len(classes) // BATCH[work] * BATCH[work]
    return read("w5_x", "float32", (-1, 784))[:whole], classes[:whole]


def loss_of_xor(work, W, b, v, c):
    """In float64, whatever the net was trained in."""
    W, b, v, c = (np.asarray(a, float) for a in (W, b, v, c))
    z = XOR[0] @ W.reshape(-1, 2).T + b
    a = 1 / (1 + np.exp(-z)) if work == "W1" else np.maximum(z, 0)
    return float(np.mean((1 / (1 + np.exp(-(a @ v.reshape(-1) + c))) - XOR[1]) ** 2))


def loss_of_fleet(p):
    """The mean over all nets; p has a row for each of the 9 parameters."""
    a, b, c, d, e, f, v, w, g = np.asarray(p, float)
    s = lambda z: 1 / (1 + np.exp(-z))
    total = 0
    for (x, y), t in zip(*XOR):
        total = total + (s(v * s(a * x + b * y + e) + w * s(c * x + d * y + f) + g) - t) ** 2
    return float(np.mean(total) / 4)


def loss_of_layers(work, parameters):
    """Over all rows, in float64 from the last layer on."""
    a, y = rows(work)
    for k, (W, b) in enumerate(parameters):
        a = a @ np.asarray(W).T + np.asarray(b)
        if k + 1 < len(parameters):
            a = np.maximum(a, 0)
    a = a.astype(float)
    if work == "W4":
        return float(np.mean((a[:, 0] - y) ** 2))
    a -= a.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(a).sum(1)) - a[np.arange(len(y)), y]))


def seconds_of(way, n):
    """By the clock on the wall, and of the processor by all threads together."""
    begin, used = time.perf_counter(), time.process_time()
    way.run(n)
    return time.perf_counter() - begin, time.process_time() - used


def units_for(way, seconds):
    """How many units last so long."""
    way.run(1)
    n = 1
    while True:
        t = seconds_of(way, n)[0]
        if t > seconds / 5:
            return max(1, round(n * seconds / t))
        n = max(n + 1, min(n * 50, int(n * seconds / 4 / max(t, 1e-7))))


def serve(peer, variants):
    """variants(work, dtype, threads) gives (label, function that makes a Way) for each way."""
    if len(sys.argv) > 2 and sys.argv[2] == "first":
        variants("W1", "float64", 1)[0][1]().run(1)
        print(json.dumps({"first": True}))
        return
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    found, ready, head = [], {}, {}
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "variants":
            work, dtype, threads = rest[0], rest[1], int(rest[2])
            found, ready = variants(work, dtype, threads), {}
            head = {"workload": work, "dtype": dtype, "threads": threads, "metric": METRIC[work]}
            answer = [label for label, _ in found]
        else:
            index = int(rest[0])
            answer = {**head, "peer": found[index][0], "reps": []}
            try:
                if word == "prepare":
                    way = found[index][1]()
                    answer["loss"] = way.loss()
                    ready[index] = way, units_for(way, float(rest[1]))
                    if way.other:
                        answer["other"] = way.other
                else:
                    way, n = ready[index]
                    wall, processor = seconds_of(way, n)
                    answer["reps"] = [n * way.per / wall]
                    answer["cpu_reps"] = [n * way.per / max(processor, 1e-9)]
            except Exception as error:  # noqa: BLE001  what goes wrong is said in the table
                answer["error"] = f"{type(error).__name__}: {error}"[:300]
        print(json.dumps(answer), file=answers, flush=True)
