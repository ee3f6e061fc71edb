#include "search/forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct forest {
    const struct samples *samples;
    struct tree *tree;
    uint64_t seed;
    uint64_t grown;
    double *predicted; /* [n] sums over the trees that left the sample out */
    size_t *left_out;  /* [n] how many did */
    size_t *group;     /* [n] the first sample with the same inputs */
    bool *known;       /* [n] by the first: the tree has one of them */
};

static int compare_inputs(const double *a, const double *b, size_t d)
{
    for (size_t i = 0; i < d; i++)
        if (isnan(a[i]) != isnan(b[i]) || a[i] < b[i] || a[i] > b[i])
            return isnan(b[i]) || a[i] < b[i] ? -1 : 1;
    return 0;
}

static int by_inputs(const void *a, const void *b, void *context)
{
    const struct samples *samples = context;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int order = compare_inputs(samples->inputs + i * samples->d,
                               samples->inputs + j * samples->d, samples->d);
    return order ? order : (i > j) - (i < j);
}

/* Points that were tried several times: had a tree one of them and not the other, it would be
 * asked for what it knows. */
static enum status find_groups(struct forest *forest)
{
    const struct samples *samples = forest->samples;
    size_t *order = calloc(samples->n + 1, sizeof *order);
    if (!order)
        return ST_NOMEM;
    for (size_t i = 0; i < samples->n; i++)
        order[i] = i;
    qsort_r(order, samples->n, sizeof *order, by_inputs, (void *)(uintptr_t)samples);
    for (size_t k = 0, first = 0; k < samples->n; k++) {
        if (k == 0 || compare_inputs(samples->inputs + first * samples->d,
                                     samples->inputs + order[k] * samples->d, samples->d))
            first = order[k];
        forest->group[order[k]] = first;
    }
    free(order);
    return ST_OK;
}

enum status forest_create(struct forest **out, const struct samples *samples, size_t min_leaf,
                          uint64_t seed)
{
    struct forest *forest = calloc(1, sizeof *forest);
    if (!forest)
        return ST_NOMEM;
    forest->samples = samples;
    forest->seed = seed;
    forest->predicted = calloc(samples->n + 1, sizeof *forest->predicted);
    forest->left_out = calloc(samples->n + 1, sizeof *forest->left_out);
    forest->group = calloc(samples->n + 1, sizeof *forest->group);
    forest->known = calloc(samples->n + 1, sizeof *forest->known);
    if (!forest->predicted || !forest->left_out || !forest->group || !forest->known ||
        find_groups(forest) || tree_create(&forest->tree, samples, min_leaf)) {
        forest_free(forest);
        return ST_NOMEM;
    }
    *out = forest;
    return ST_OK;
}

void forest_free(struct forest *forest)
{
    if (!forest)
        return;
    tree_free(forest->tree);
    free(forest->predicted);
    free(forest->left_out);
    free(forest->group);
    free(forest->known);
    free(forest);
}

static void draw_weights(struct forest *forest, struct rng *rng)
{
    size_t n = forest->samples->n;
    memset(forest->tree->weights, 0, n * sizeof *forest->tree->weights);
    memset(forest->known, 0, n * sizeof *forest->known);
    for (size_t i = 0; i < n; i++) {
        size_t drawn = rng_below(rng, n);
        forest->tree->weights[drawn]++;
        forest->known[forest->group[drawn]] = true;
    }
}

static void predict_left_out(struct forest *forest)
{
    const struct tree *tree = forest->tree;
    for (size_t k = 0; k < tree->n_nodes; k++) {
        const struct node *node = &tree->nodes[k];
        for (size_t i = node->begin; node->leaf && i < node->end; i++) {
            if (forest->known[forest->group[tree->order[i]]])
                continue;
            forest->predicted[tree->order[i]] += node->mean;
            forest->left_out[tree->order[i]]++;
        }
    }
}

const struct tree *forest_next(struct forest *forest)
{
    struct rng rng;
    rng_seed(&rng, rng_derive(forest->seed, "forest", forest->grown++, 0));
    draw_weights(forest, &rng);
    tree_grow(forest->tree, &rng);
    predict_left_out(forest);
    return forest->tree;
}

double forest_fit(const struct forest *forest)
{
    const double *targets = forest->samples->targets;
    double mean = 0, error = 0, spread = 0, n = 0;
    for (size_t i = 0; i < forest->samples->n; i++) {
        mean += forest->left_out[i] > 0 ? targets[i] : 0;
        n += forest->left_out[i] > 0;
    }
    mean /= n > 0 ? n : 1;
    for (size_t i = 0; i < forest->samples->n; i++) {
        if (forest->left_out[i] == 0)
            continue;
        double miss = targets[i] - forest->predicted[i] / (double)forest->left_out[i];
        error += miss * miss;
        spread += (targets[i] - mean) * (targets[i] - mean);
    }
    return spread > 0 ? 1 - error / spread : (double)NAN;
}
