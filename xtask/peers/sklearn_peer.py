"""scikit-learn: its own nets, with the starting weights put in before `fit`."""

import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

import protocol as p

warnings.filterwarnings("ignore")
ADAM = "scikit-learn's Adam does not correct the small number beside the root for the first steps"
CROSS_ENTROPY = "scikit-learn's sigmoid output comes only with the cross-entropy"


def placed(net, X, y, layers):
    """The net with these weights; a first fit of one step makes its arrays."""
    net.set_params(max_iter=1)
    net.fit(X, y)
    for k, (W, b) in enumerate(layers):
        net.coefs_[k][...] = W.T
        net.intercepts_[k][...] = b
    net.set_params(warm_start=True)
    return net


def xor(work, dtype):
    W, b, v, c = p.start_of_xor(work, dtype)
    X, y = p.XOR[0].astype(dtype), p.XOR[1].astype(int)
    net = MLPClassifier(len(v), activation="logistic" if work == "W1" else "relu", solver="sgd", alpha=0, batch_size=4,
                        learning_rate_init=p.RATE[work], momentum=0, nesterovs_momentum=False, shuffle=False, tol=0.0)

    def train(epochs):
        placed(net.set_params(warm_start=False), X, y, [(W, b), (v[None], c)])
        net.set_params(max_iter=epochs, n_iter_no_change=epochs + 1)
        net.fit(X, y)
        return net.coefs_[0].T, net.intercepts_[0], net.coefs_[1].T, net.intercepts_[1]

    return p.Way(lambda: p.loss_of_xor(work, *train(p.EPOCHS)), train, other=CROSS_ENTROPY)


def wide(work):
    layers, (X, y) = p.layers(work), p.rows(work)
    batch, sizes = p.BATCH[work], p.SIZES[work]
    shared = dict(hidden_layer_sizes=sizes[1:-1], activation="relu", alpha=0, batch_size=batch, shuffle=False,
                  learning_rate_init=p.RATE[work], tol=0.0)
    if work == "W4":
        # Half the loss has half the gradient; Adam's step is the same with half of its small number.
        make = lambda: MLPRegressor(solver="adam", epsilon=0.5e-8, **shared)
    else:
        make = lambda: MLPClassifier(solver="sgd", momentum=0.9, nesterovs_momentum=False, **shared)

    def train(steps):
        some = slice(0, min(steps * batch, len(X)))
        first = np.concatenate([np.unique(y, return_index=True)[1], np.arange(batch)]) if work != "W4" else np.arange(batch)
        net = placed(make().set_params(batch_size=len(first)), X[first], y[first], layers)
        net.set_params(batch_size=batch, max_iter=max(1, steps * batch // len(X)))
        net.fit(X[some], y[some])
        return [(W.T, b) for W, b in zip(net.coefs_, net.intercepts_)]

    other = ADAM if work == "W4" else None
    return p.Way(lambda: p.loss_of_layers(work, train(len(X) // batch)), train, batch, other)


def variants(work, dtype, threads):
    if work in ("W1", "W2"):
        return [("scikit-learn", lambda: xor(work, dtype))] if threads == 1 else []
    return [("scikit-learn", lambda: wide(work))] if work != "W3" else []


p.serve("scikit-learn", variants)
