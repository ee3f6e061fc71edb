/* networks.h - what the benchmark trains, and what is asked of it. Threading: no state. */
#ifndef TESTS_BENCH_CNN_NETWORKS_H
#define TESTS_BENCH_CNN_NETWORKS_H

#include <stdint.h>

/* Goals that a network has none of are 0. */
struct bench_network {
    const char *name;  /* in the tables */
    const char *model; /* of cnn/model.h, and of tests/golden/pytorch_models.py */
    int64_t channels, side, batch;
    double fp32_goal;  /* times the images/s of the better of PyTorch's layouts */
    double bf16_goal;  /* the same, against autocast */
    double share_goal; /* of the convolutions' own images/s */
};

extern const struct bench_network bench_networks[];
enum { BENCH_NETWORKS = 5 };

/* Its index, or -1. */
int bench_network_find(const char *name);

#endif
