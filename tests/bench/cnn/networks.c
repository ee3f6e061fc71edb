#include "tests/bench/cnn/networks.h"

#include <string.h>

const struct bench_network bench_networks[BENCH_NETWORKS] = {
    {"lenet5", "lenet5", 1, 28, 128, 2, 1.15, 0},
    {"vgg6", "vgg", 3, 32, 64, 1.15, 1.15, 0.85},
    {"resnet8", "resnet8", 3, 32, 64, 0, 0, 0},
    {"resnet20", "resnet20", 3, 32, 64, 1.15, 1.15, 0.85},
    {"mobilenet_v2", "mobilenet_v2", 3, 32, 64, 1.3, 1.15, 0},
};

int bench_network_find(const char *name)
{
    for (int i = 0; i < BENCH_NETWORKS; i++)
        if (strcmp(bench_networks[i].name, name) == 0)
            return i;
    return -1;
}
