/* regression_tree.h - one tree of a random forest: boxes that fill the space, with a mean each.
 *
 * A node is cut in two by the input and the place that leave the least sum of squares (CART:
 * Breiman, Friedman, Olshen & Stone 1984). Categories are cut into two sets, in the order of
 * their means, which finds the best two. An input that does not exist for some sample of a node
 * cannot cut it: what it depends on has to be cut first, so that a tree depends on a
 * conditional parameter only where its condition holds. Threading: one tree belongs to one
 * thread. */
#ifndef SEARCH_REGRESSION_TREE_H
#define SEARCH_REGRESSION_TREE_H

#include "base/rng.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct samples {
    size_t n, d;
    /* [n x d] a place in [0, 1], or the number of a category; NaN: does not exist here */
    const double *inputs;
    const double *targets; /* [n] finite */
    const size_t *levels;  /* [d] how many categories an input has; 0: it is no category */
};

/* A box of the space, and after growing the samples in it: order[begin .. end) of any input. */
struct node {
    size_t begin, end;
    double weight, mean; /* of its samples that count */
    bool leaf;
};

struct tree {
    const struct samples *samples;
    size_t min_leaf;
    struct node *nodes; /* the root first */
    size_t n_nodes;
    /* The boxes: [nodes x d] bounds of an input, and [nodes x n_members] flags of the
     * categories in it, those of input i from first_member[i] on. */
    double *low, *high;
    unsigned char *members;
    size_t *first_member, n_members;
    size_t *sorted; /* [d x n] the samples by each input, NaN last */
    size_t *order;  /* [d x n] the same within every node */
    /* Memory of growing. */
    uint32_t *weights;   /* [n] how often a sample counts */
    size_t *moved;       /* [n] */
    bool *goes_left;     /* [n] by sample */
    size_t *inputs;      /* [d] in the order that they are tried */
    size_t *by_mean;     /* [levels] */
    double *level_sums;  /* [2 x levels] weights and sums */
    unsigned char *left; /* [levels] the best set of categories so far */
};

/* `samples` is borrowed and outlives the tree. No leaf has less weight than min_leaf, which is
 * 1 or more. Errors: ST_NOMEM. */
enum status tree_create(struct tree **out, const struct samples *samples, size_t min_leaf);
void tree_free(struct tree *tree);

/* Grow it anew. The weights, which sum to samples->n or less, are in tree->weights; samples of
 * weight 0 go where they belong but decide nothing. The stream breaks ties. */
void tree_grow(struct tree *tree, struct rng *rng);

/* How much of an input's range two nodes have in common, of 1. With itself: a node's width. */
double tree_overlap(const struct tree *tree, size_t a, size_t b, size_t input);

/* Where to cut a node. */
struct split {
    size_t input;
    double gain;  /* how much smaller the sum of squares becomes; 0: no cut */
    double place; /* of an input in order: smaller ones go left. Categories: tree->left */
};

/* The best cut (regression_tree_split.c); tree->left belongs to it. */
struct split tree_best_split(struct tree *tree, size_t node, struct rng *rng);

#endif
