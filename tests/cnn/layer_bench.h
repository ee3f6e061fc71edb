/* layer_bench.h - a layer with random sizes and numbers, as a network of its own and as its
 * reference in plain C. What goes wrong fails the test. */
#ifndef TESTS_CNN_LAYER_BENCH_H
#define TESTS_CNN_LAYER_BENCH_H

#include "base/rng.h"
#include "cnn/graph.h"
#include "cnn/layer.h"
#include "cnn/network.h"
#include "cnn/reference.h"

/* Inputs are this far from one another, and half of it from zero. */
#define LAYER_BENCH_SPACING 0.02f

/* What the second input of a layer that takes two is made of the first. */
enum second {
    NO_SECOND,
    POSITIVE_PART,
    FIRST_CHANNELS, /* spec->channels of them */
    MEANS           /* of every channel of an image */
};

/* How a type is tried: with which numbers, and against what. */
struct layer_trial {
    const struct layer_type *type;
    void (*reference)(const struct reference *r);
    void (*choose)(struct rng *rng, int64_t in, struct layer_spec *spec); /* in: channels */
    bool vectors; /* the layer takes vectors, not images */
    enum second second;
};

extern const struct layer_trial layer_trials[];
extern const size_t n_layer_trials;

/* A network of one layer, its reference, and the numbers that both work on. In half of them the
 * layer stands between two convolutions of 1 x 1 that change nothing, so that it meets their
 * formats instead of the plain one. */
#define LAYER_BENCH_ARRAYS 32
struct layer_bench {
    struct graph graph;
    struct network *network;
    struct reference r;
    enum precision precision;
    int64_t n_in, n_out;
    int layer; /* index of the layer under test */
    bool between_convolutions;
    size_t first_param, n_params; /* of the layer under test */
    float *arrays[LAYER_BENCH_ARRAYS];
    int n_arrays;
};

/* Draw sizes until they fit, parameters, an input and a gradient of the output, the same for
 * the network and the reference: numbers that the precision holds exactly. */
void layer_bench_open(struct layer_bench *b, const struct layer_trial *trial,
                      enum precision precision, struct rng *rng);
void layer_bench_close(struct layer_bench *b);

/* Zeros, freed with the bench. */
float *layer_bench_array(struct layer_bench *b, int64_t n);

/* Compute the reference's output and gradients. The second input of a layer that has two is
 * made of the first, so its gradient goes there too. */
void layer_bench_reference(struct layer_bench *b, const struct layer_trial *trial);

#endif
