/* W1, W2 and W3 as one writes them in C without thinking of speed; the compiler does the rest.
 * Built with -O3 -march=native. */
#include "protocol.h"

enum { NETS = 100000, NETS_OF_LOSS = 10000, MOST = 129 };
static const double INPUTS[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, TARGETS[4] = {0, 1, 1, 0};

/* A parameter vector holds W (h x 2), b (h), v (h), c. */
#define NET(TYPE, EXP)                                                                                        \
    static TYPE start_##TYPE[9 * NETS], now_##TYPE[9 * NETS];                                                 \
    static void epochs_##TYPE(TYPE *p, int h, int relu, long epochs, TYPE rate) {                             \
        TYPE *W = p, *b = p + 2 * h, *v = p + 3 * h, *c = p + 4 * h, a[32], g[MOST];                          \
        TYPE *gW = g, *gb = g + 2 * h, *gv = g + 3 * h, *gc = g + 4 * h;                                      \
        for (long epoch = 0; epoch < epochs; epoch++) {                                                       \
            for (int k = 0; k < 4 * h + 1; k++) g[k] = 0;                                                     \
            for (int row = 0; row < 4; row++) {                                                               \
                TYPE x = INPUTS[row][0], y = INPUTS[row][1], z = *c;                                          \
                for (int j = 0; j < h; j++) {                                                                 \
                    TYPE s = W[2 * j] * x + W[2 * j + 1] * y + b[j];                                          \
                    a[j] = relu ? (s > 0 ? s : 0) : 1 / (1 + EXP(-s));                                        \
                    z += v[j] * a[j];                                                                         \
                }                                                                                             \
                TYPE out = 1 / (1 + EXP(-z)), d = (out - (TYPE)TARGETS[row]) / 2 * out * (1 - out);           \
                *gc += d;                                                                                     \
                for (int j = 0; j < h; j++) {                                                                 \
                    TYPE slope = relu ? (a[j] > 0) : a[j] * (1 - a[j]), e = d * v[j] * slope;                 \
                    gv[j] += d * a[j];                                                                        \
                    gW[2 * j] += e * x;                                                                       \
                    gW[2 * j + 1] += e * y;                                                                   \
                    gb[j] += e;                                                                               \
                }                                                                                             \
            }                                                                                                 \
            for (int k = 0; k < 4 * h + 1; k++) p[k] -= rate * g[k];                                          \
        }                                                                                                     \
    }                                                                                                         \
    static void fleet_##TYPE(long nets, long epochs) {                                                        \
        for (long n = 0; n < nets; n++) {                                                                     \
            TYPE p[9];                                                                                        \
            for (int k = 0; k < 9; k++) p[k] = start_##TYPE[(long)k * NETS + n];                              \
            epochs_##TYPE(p, 2, 0, epochs, (TYPE)0.5);                                                        \
            for (int k = 0; k < 9; k++) now_##TYPE[(long)k * NETS + n] = p[k];                                \
        }                                                                                                     \
    }                                                                                                         \
    static void one_##TYPE(int wide, long epochs) {                                                           \
        memcpy(now_##TYPE, start_##TYPE, MOST * sizeof(TYPE));                                                \
        epochs_##TYPE(now_##TYPE, wide ? 32 : 2, wide, epochs, (TYPE)(wide ? 1.5 : 0.5));                     \
    }

NET(double, exp)
NET(float, expf)

static int is_fleet(const Question *q) { return q->work[1] == '3'; }
static int is_wide(const Question *q) { return q->work[1] == '2'; }
static double number(const Question *q, long k) { return q->is_double ? now_double[k] : now_float[k]; }

static const char *name_of(const Question *q) {
    int known = !strcmp(q->work, "W1") || is_wide(q) || is_fleet(q);
    return known && q->threads == 1 ? "plain C" : 0;
}

static const char *why_other(const Question *q) {
    (void)q;
    return 0;
}

static int load(const Question *q) {
    char file[32];
    size_t count = is_fleet(q) ? 9 * NETS : is_wide(q) ? MOST : 9;
    snprintf(file, sizeof file, "w%c.%s", q->work[1], q->is_double ? "f64" : "f32");
    return q->is_double ? read_numbers(file, start_double, count * 8) : read_numbers(file, start_float, count * 4);
}

static void train(const Question *q, long epochs, int few) {
    long nets = few ? NETS_OF_LOSS : NETS;
    if (is_fleet(q)) q->is_double ? fleet_double(nets, epochs) : fleet_float(nets, epochs);
    else q->is_double ? one_double(is_wide(q), epochs) : one_float(is_wide(q), epochs);
}

static double loss_of(const Question *q) {
    long nets = is_fleet(q) ? NETS_OF_LOSS : 1, apart = is_fleet(q) ? NETS : 1;
    int h = is_wide(q) ? 32 : 2;
    double sum = 0;
    for (long n = 0; n < nets; n++)
        for (int row = 0; row < 4; row++) {
            double z = number(q, n + 4 * h * apart);
            for (int j = 0; j < h; j++) {
                double s = number(q, n + 2 * j * apart) * INPUTS[row][0] + number(q, n + (2 * j + 1) * apart) * INPUTS[row][1] + number(q, n + (2 * h + j) * apart);
                z += number(q, n + (3 * h + j) * apart) * (is_wide(q) ? fmax(s, 0) : 1 / (1 + exp(-s)));
            }
            double e = 1 / (1 + exp(-z)) - TARGETS[row];
            sum += e * e / 4;
        }
    return sum / nets;
}
