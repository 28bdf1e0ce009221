/* W1 with libfann, in float or double as FANN_HEADER says: batch training, sigmoid units of steepness 1/2. */
#include "protocol.h"
#include FANN_HEADER

static struct fann *net;
static struct fann_train_data *rows;
static double start[9];

static const char *name_of(const Question *q) {
    int mine = q->is_double == (sizeof(fann_type) == 8);
    return !strcmp(q->work, "W1") && mine && q->threads == 1 ? "FANN" : 0;
}

static const char *why_other(const Question *q) {
    (void)q;
    return "FANN holds outputs within 0.01 and 0.99 where it takes the slope of the sigmoid";
}

static void place(void) {
    /* Neurons 0, 1 are the inputs, 2 the bias, 3, 4 hidden, 5 the next bias, 6 the output. */
    static const unsigned from[9] = {0, 1, 0, 1, 2, 2, 3, 4, 5}, to[9] = {3, 3, 4, 4, 3, 4, 6, 6, 6};
    for (int k = 0; k < 9; k++) fann_set_weight(net, from[k], to[k], (fann_type)start[k]);
}

static int load(const Question *q) {
    static const fann_type inputs[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, targets[4] = {0, 1, 1, 0};
    (void)q;
    if (!read_numbers("w1.f64", start, sizeof start)) return 0;
    if (net) return 1;
    net = fann_create_standard(3, 2, 2, 1);
    rows = fann_create_train(4, 2, 1);
    if (!net || !rows) return 0;
    for (int row = 0; row < 4; row++) {
        rows->input[row][0] = inputs[row][0];
        rows->input[row][1] = inputs[row][1];
        rows->output[row][0] = targets[row];
    }
    fann_set_activation_function_hidden(net, FANN_SIGMOID);
    fann_set_activation_function_output(net, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(net, (fann_type)0.5);
    fann_set_activation_steepness_output(net, (fann_type)0.5);
    fann_set_training_algorithm(net, FANN_TRAIN_BATCH);
    fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
    /* FANN divides by the number of rows and leaves out the 2 of the squared error. */
    fann_set_learning_rate(net, 1.0f);
    return 1;
}

static void train(const Question *q, long epochs, int few) {
    (void)q;
    (void)few;
    place();
    for (long epoch = 0; epoch < epochs; epoch++) fann_train_epoch(net, rows);
}

static double loss_of(const Question *q) {
    double sum = 0;
    (void)q;
    for (int row = 0; row < 4; row++) {
        double e = fann_run(net, rows->input[row])[0] - rows->output[row][0];
        sum += e * e / 4;
    }
    return sum;
}
