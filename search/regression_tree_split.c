/* The best cut of a node: every place between two values of every input. */
#include "search/regression_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A node of which this part of its weight, or less, would be won is left as it is: targets are
 * of the order of 1, so that it is rounding. */
static const double GAIN_MIN = 1e-12;

/* Of samples that count, targets less the node's mean. */
struct part {
    double weight, sum;
};

static double gain(struct part left, const struct node *node)
{
    /* The sums of both parts are the same up to the sign. */
    return left.sum * left.sum * (1 / left.weight + 1 / (node->weight - left.weight));
}

static bool large_enough(const struct tree *tree, struct part left, const struct node *node)
{
    double least = (double)tree->min_leaf;
    return left.weight >= least && node->weight - left.weight >= least;
}

/* A place between two different values that tells them apart: a < place <= b. */
static double between(double a, double b)
{
    double middle = a + (b - a) / 2;
    return middle > a ? middle : b;
}

static void add_sample(const struct tree *tree, const struct node *node, size_t sample,
                       struct part *part)
{
    double weight = tree->weights[sample];
    part->weight += weight;
    part->sum += weight * (tree->samples->targets[sample] - node->mean);
}

static void try_places(const struct tree *tree, const struct node *node, size_t input,
                       struct split *best)
{
    const struct samples *samples = tree->samples;
    const size_t *order = tree->order + input * samples->n;
    struct part left = {0, 0};
    double before = (double)NAN;
    for (size_t i = node->begin; i < node->end; i++) {
        if (tree->weights[order[i]] == 0)
            continue;
        double x = samples->inputs[order[i] * samples->d + input];
        if (x > before && large_enough(tree, left, node) && gain(left, node) > best->gain)
            *best = (struct split){input, gain(left, node), between(before, x)};
        add_sample(tree, node, order[i], &left);
        before = x;
    }
}

static int compare_means(const void *a, const void *b, void *of)
{
    const double *sums = of; /* weight and sum of every level */
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    double p = sums[2 * i + 1] / sums[2 * i], q = sums[2 * j + 1] / sums[2 * j];
    return p != q ? (p > q) - (p < q) : (i > j) - (i < j);
}

/* The levels that samples of the node have, by their means; answers how many. */
static size_t order_levels(struct tree *tree, const struct node *node, size_t input)
{
    const struct samples *samples = tree->samples;
    size_t levels = samples->levels[input], n = 0;
    memset(tree->level_sums, 0, 2 * levels * sizeof *tree->level_sums);
    for (size_t i = node->begin; i < node->end; i++) {
        size_t sample = tree->order[i];
        if (tree->weights[sample] == 0)
            continue;
        size_t level = (size_t)samples->inputs[sample * samples->d + input];
        struct part part = {0, 0};
        add_sample(tree, node, sample, &part);
        tree->level_sums[2 * level] += part.weight;
        tree->level_sums[2 * level + 1] += part.sum;
    }
    for (size_t level = 0; level < levels; level++)
        if (tree->level_sums[2 * level] > 0)
            tree->by_mean[n++] = level;
    qsort_r(tree->by_mean, n, sizeof *tree->by_mean, compare_means, tree->level_sums);
    return n;
}

/* The first `count` levels go left. Levels that no sample has go with the heavier part. */
static void take_set(struct tree *tree, const struct node *node, size_t levels, size_t n,
                     size_t count, double left_weight)
{
    memset(tree->left, 2 * left_weight > node->weight, levels);
    for (size_t i = 0; i < n; i++)
        tree->left[tree->by_mean[i]] = i < count;
}

static void try_sets(struct tree *tree, const struct node *node, size_t input,
                     struct split *best)
{
    size_t n = order_levels(tree, node, input);
    struct part left = {0, 0};
    for (size_t i = 0; i + 1 < n; i++) {
        left.weight += tree->level_sums[2 * tree->by_mean[i]];
        left.sum += tree->level_sums[2 * tree->by_mean[i] + 1];
        if (!large_enough(tree, left, node) || !(gain(left, node) > best->gain))
            continue;
        *best = (struct split){.input = input, .gain = gain(left, node)};
        take_set(tree, node, tree->samples->levels[input], n, i + 1, left.weight);
    }
}

static bool exists(const struct tree *tree, const struct node *node, size_t input)
{
    const struct samples *samples = tree->samples;
    const size_t *order = tree->order + input * samples->n;
    for (size_t i = node->end; i > node->begin; i--) /* NaN is last */
        if (tree->weights[order[i - 1]] > 0)
            return !isnan(samples->inputs[order[i - 1] * samples->d + input]);
    return false;
}

struct split tree_best_split(struct tree *tree, size_t node, struct rng *rng)
{
    const struct node *of = &tree->nodes[node];
    struct split best = {.gain = GAIN_MIN * of->weight};
    double least = best.gain;
    if (of->weight < 2 * (double)tree->min_leaf)
        return (struct split){0};
    rng_shuffle(rng, tree->inputs, tree->samples->d);
    for (size_t k = 0; k < tree->samples->d; k++) {
        size_t input = tree->inputs[k];
        if (!exists(tree, of, input))
            continue;
        if (tree->samples->levels[input] > 0)
            try_sets(tree, of, input, &best);
        else
            try_places(tree, of, input, &best);
    }
    return best.gain > least ? best : (struct split){0};
}
