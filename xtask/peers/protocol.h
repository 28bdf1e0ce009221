/* The questions of protocol.py, answered in C. A peer defines `name_of`, which is 0 where it does not do a
 * work, `load`, which reads the starting values, and `train` and `loss_of`; then it includes this file. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    char work[8], type[16];
    int threads, is_double;
} Question;

static const char *data_folder;

static const char *name_of(const Question *q);
static int load(const Question *q);
/* Trains so many epochs from the starting values; with `few` only the nets that the loss is taken of. */
static void train(const Question *q, long epochs, int few);
static double loss_of(const Question *q);
static const char *why_other(const Question *q);

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int read_numbers(const char *file, void *to, size_t bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", data_folder, file);
    FILE *in = fopen(path, "rb");
    if (!in) return 0;
    size_t got = fread(to, 1, bytes, in);
    fclose(in);
    return got == bytes;
}

/* By the clock on the wall, and of the processor. */
static double seconds_of(const Question *q, long n, double *processor) {
    double begin = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    train(q, n, 0);
    *processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    return seconds(CLOCK_MONOTONIC) - begin;
}

static void head(const Question *q) {
    int fleet = !strcmp(q->work, "W3");
    printf("{\"workload\":\"%s\",\"dtype\":\"%s\",\"threads\":%d,\"metric\":\"%s\",\"peer\":\"%s\"", q->work, q->type,
           q->threads, fleet ? "net-epochs/s" : "epochs/s", name_of(q));
}

int main(int count, char **words) {
    char line[256];
    Question q = {"W1", "float64", 1, 1};
    double length, processor;
    long n = 1;
    data_folder = count > 1 ? words[1] : "data";
    if (count > 2 && !strcmp(words[2], "first")) {
        if (!load(&q)) return 1;
        train(&q, 1, 0);
        puts("{\"first\":true}");
        return 0;
    }
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "variants %7s %15s %d", q.work, q.type, &q.threads) == 3) {
            q.is_double = !strcmp(q.type, "float64");
            if (name_of(&q)) printf("[\"%s\"]\n", name_of(&q));
            else puts("[]");
        } else if (sscanf(line, "prepare %*d %lf", &length) == 1) {
            head(&q);
            if (!load(&q)) {
                puts(",\"reps\":[],\"error\":\"the starting values cannot be read\"}");
            } else {
                train(&q, 1000, 1);
                printf(",\"reps\":[],\"loss\":%.17g", loss_of(&q));
                if (why_other(&q)) printf(",\"other\":\"%s\"", why_other(&q));
                puts("}");
                double t = 0;
                for (n = 1; (t = seconds_of(&q, n, &processor)) < length / 5; n *= 4) {}
                n = n * length / t + 1;
            }
        } else {
            double nets = strcmp(q.work, "W3") ? 1 : 100000;
            head(&q);
            double t = seconds_of(&q, n, &processor);
            printf(",\"reps\":[%.9g],\"cpu_reps\":[%.9g]}\n", n * nets / t, n * nets / processor);
        }
        fflush(stdout);
    }
    return 0;
}
