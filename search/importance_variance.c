/* With f constant on disjoint boxes, f = value v_l on box l, less its mean, the mean of f over
 * all inputs but those in U is a sum over the boxes l of v_l times the box's volume in the
 * other inputs where u is in its sides of U. The variance of that is
 *
 *     sum over l, m of v_l v_m vol_l vol_m  product over k in U of o_k / (w_lk w_mk)
 *
 * where w_lk is the width of box l in input k and o_k what the two have in common there: one
 * pass over all pairs of boxes gives all U. */
#include "search/importance_impl.h"

#include <stdlib.h>

enum status variance_open(struct variance *variance, const struct samples *samples,
                          size_t min_leaf)
{
    size_t d = samples->d, leaves = samples->n / min_leaf + 1;
    variance->alone = calloc(d + 1, sizeof *variance->alone);
    variance->pairs = calloc(d * d + 1, sizeof *variance->pairs);
    variance->leaves = calloc(leaves, sizeof *variance->leaves);
    variance->volumes = calloc(leaves, sizeof *variance->volumes);
    variance->widths = calloc(leaves, (d + 1) * sizeof *variance->widths);
    variance->nearness = calloc(d + 1, sizeof *variance->nearness);
    return variance->alone && variance->pairs && variance->leaves && variance->volumes &&
                   variance->widths && variance->nearness
               ? ST_OK
               : ST_NOMEM;
}

void variance_close(struct variance *variance)
{
    free(variance->alone);
    free(variance->pairs);
    free(variance->leaves);
    free(variance->volumes);
    free(variance->widths);
    free(variance->nearness);
}

/* Answers the mean of the tree's function. */
static double measure_boxes(struct variance *variance, const struct tree *tree)
{
    size_t d = tree->samples->d;
    double mean = 0;
    variance->n_leaves = 0;
    for (size_t node = 0; node < tree->n_nodes; node++) {
        if (!tree->nodes[node].leaf)
            continue;
        size_t l = variance->n_leaves;
        variance->leaves[l] = node;
        variance->volumes[l] = 1;
        for (size_t k = 0; k < d; k++) {
            variance->widths[l * d + k] = tree_overlap(tree, node, node, k);
            variance->volumes[l] *= variance->widths[l * d + k];
        }
        mean += variance->volumes[l] * tree->nodes[node].mean;
        /* A cut between neighbouring doubles may leave a box without inside. */
        variance->n_leaves += variance->volumes[l] > 0;
    }
    return mean;
}

static void start(struct variance *variance, size_t d)
{
    variance->total = 0;
    for (size_t k = 0; k < d; k++)
        variance->alone[k] = 0;
    for (size_t k = 0; k < d * d; k++)
        variance->pairs[k] = 0;
}

/* Two leaves, with the product of their values and volumes. */
static void add_leaves(struct variance *variance, const struct tree *tree, size_t l, size_t m,
                       double product, bool with_pairs)
{
    size_t d = tree->samples->d;
    double *nearness = variance->nearness, *pair = variance->pairs;
    for (size_t k = 0; k < d; k++) {
        double common = tree_overlap(tree, variance->leaves[l], variance->leaves[m], k);
        nearness[k] = common / (variance->widths[l * d + k] * variance->widths[m * d + k]);
        variance->alone[k] += product * nearness[k];
    }
    for (size_t i = 0; i < d && with_pairs; i++)
        for (size_t j = i + 1; j < d; j++)
            *pair++ += product * nearness[i] * nearness[j];
}

void variance_of_tree(struct variance *variance, const struct tree *tree, bool with_pairs)
{
    double mean = measure_boxes(variance, tree);
    start(variance, tree->samples->d);
    for (size_t l = 0; l < variance->n_leaves; l++) {
        double value = tree->nodes[variance->leaves[l]].mean - mean;
        double weighted = value * variance->volumes[l];
        variance->total += value * weighted;
        add_leaves(variance, tree, l, l, weighted * weighted, with_pairs);
        for (size_t m = l + 1; m < variance->n_leaves; m++) {
            double other =
                (tree->nodes[variance->leaves[m]].mean - mean) * variance->volumes[m];
            add_leaves(variance, tree, l, m, 2 * weighted * other, with_pairs);
        }
    }
}
