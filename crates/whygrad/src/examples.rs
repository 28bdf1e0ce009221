//! The built-in models: a name, a text, its data and settings with which it learns.

/// A model that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub what: &'static str,
    /// The model file.
    pub text: &'static str,
    /// The built-in data it is for.
    pub data: &'static str,
    /// A learning rate with which it learns.
    pub learning_rate: f64,
    /// Epochs that are enough.
    pub epochs: u64,
}

const TWO_LAYERS: &str = "\
inputs  x[2]
target  y
hidden = dense(x, 2, sigmoid)
y_hat  = dense(hidden, 1)
loss   = mse(y_hat, y)
";

const ONE_NEURON: &str = "\
inputs  x[2]
target  y
y_hat = dense(x, 1, sigmoid)
loss  = binary_cross_entropy(y_hat, y)
";

const ON_PAPER: &str = "\
inputs  x1, x2
target  y
params  w1, w2, w3, w4, w5, w6, b1, b2, b3
h(z)  = 1 / (1 + exp(-z))
y_hat = h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3
loss  = mean((y - y_hat)^2)
";

const NOT: &str = "\
inputs  x
target  y
h(z)  = 1 / (1 + exp(-z))
y_hat = h(w*x + b)
loss  = binary_cross_entropy(y_hat, y)
";

const MAP: &str = "\
inputs  x[2]
target  y
hidden1 = dense(x, 8, tanh)
hidden2 = dense(hidden1, 8, tanh)
y_hat   = dense(hidden2, 1, sigmoid)
loss    = binary_cross_entropy(y_hat, y)
";

const PARITY: &str = "\
inputs  x[3]
target  y
hidden = dense(x, 6, tanh)
y_hat  = dense(hidden, 1, sigmoid)
loss   = binary_cross_entropy(y_hat, y)
";

const ENCODER: &str = "\
inputs  x[8]
targets y[8]
hidden = dense(x, 3, sigmoid)
y_hat  = dense(hidden, 8, softmax)
loss   = cross_entropy(y_hat, y)
";

const SINE: &str = "\
inputs  x
target  y
hidden = dense(x, 8, tanh)
y_hat  = dense(hidden, 1)
loss   = mse(y_hat, y)
";

const fn example(
    name: &'static str,
    what: &'static str,
    text: &'static str,
    data: &'static str,
    learning_rate: f64,
    epochs: u64,
) -> Example {
    Example { name, what, text, data, learning_rate, epochs }
}

/// All built-in models.
pub const EXAMPLES: &[Example] = &[
    example("xor", "2-2-1 with a linear output on the four rows of XOR", TWO_LAYERS, "xor", 0.5, 4000),
    example("xor-on-paper", "the same net as a formula with nine weights", ON_PAPER, "xor", 0.5, 4000),
    example("xnor", "2-2-1 on the rows of XNOR", TWO_LAYERS, "xnor", 0.5, 4000),
    example("and", "one sigmoid neuron on AND", ONE_NEURON, "and", 1.0, 500),
    example("or", "one sigmoid neuron on OR", ONE_NEURON, "or", 1.0, 500),
    example("nand", "one sigmoid neuron on NAND", ONE_NEURON, "nand", 1.0, 500),
    example("nor", "one sigmoid neuron on NOR", ONE_NEURON, "nor", 1.0, 500),
    example("not", "one weight and one bias on NOT", NOT, "not", 1.0, 500),
    example("parity-3", "3-6-1 on the parity of three bits", PARITY, "parity-3", 0.5, 2000),
    example("encoder-8", "8-3-8: eight patterns through three units", ENCODER, "encoder-8", 1.0, 5000),
    example("circles", "2-8-8-1 on two rings", MAP, "circles", 0.5, 2000),
    example("moons", "2-8-8-1 on two half moons", MAP, "moons", 0.5, 2000),
    example("spirals", "2-8-8-1 on two spirals", MAP, "spirals", 0.5, 5000),
    example("blobs", "2-8-8-1 on two clouds", MAP, "blobs", 0.5, 500),
    example("xor-cloud", "2-8-8-1 on four clouds in the corners", MAP, "xor-cloud", 0.5, 1000),
    example("sine", "1-8-1 on a sine with noise", SINE, "sine", 0.2, 10000),
];

/// Finds a built-in model.
pub fn find(name: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|e| e.name == name)
}
