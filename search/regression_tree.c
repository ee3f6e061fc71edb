#include "search/regression_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct column {
    const struct samples *samples;
    size_t input;
};

static int compare_samples(const void *a, const void *b, void *of)
{
    const struct column *column = of;
    size_t i = *(const size_t *)a, j = *(const size_t *)b, d = column->samples->d;
    double p = column->samples->inputs[i * d + column->input];
    double q = column->samples->inputs[j * d + column->input];
    if (isnan(p) || isnan(q))
        return isnan(p) - isnan(q) ? isnan(p) - isnan(q) : (i > j) - (i < j);
    return p != q ? (p > q) - (p < q) : (i > j) - (i < j);
}

static void sort_samples(struct tree *tree)
{
    size_t n = tree->samples->n;
    for (size_t k = 0; k < tree->samples->d; k++) {
        struct column column = {tree->samples, k};
        for (size_t i = 0; i < n; i++)
            tree->sorted[k * n + i] = i;
        qsort_r(tree->sorted + k * n, n, sizeof *tree->sorted, compare_samples, &column);
    }
}

/* Answers the largest number of categories, 1 at least. */
static size_t lay_out_members(struct tree *tree)
{
    size_t most = 1;
    for (size_t k = 0; k < tree->samples->d; k++) {
        size_t levels = tree->samples->levels[k];
        tree->first_member[k] = tree->n_members;
        tree->n_members += levels;
        most = levels > most ? levels : most;
    }
    return most;
}

static bool allocate(struct tree *tree)
{
    size_t n = tree->samples->n, d = tree->samples->d;
    /* Every leaf has its minimum of the weight, and a cut makes two of one. */
    size_t nodes = 2 * (n / tree->min_leaf) + 1;
    tree->first_member = calloc(d + 1, sizeof *tree->first_member);
    if (!tree->first_member)
        return false;
    size_t levels = lay_out_members(tree);
    tree->nodes = calloc(nodes, sizeof *tree->nodes);
    tree->low = calloc(nodes, (d + 1) * sizeof *tree->low);
    tree->high = calloc(nodes, (d + 1) * sizeof *tree->high);
    tree->members = calloc(nodes, tree->n_members + 1);
    tree->sorted = calloc(n + 1, (d + 1) * sizeof *tree->sorted);
    tree->order = calloc(n + 1, (d + 1) * sizeof *tree->order);
    tree->weights = calloc(n + 1, sizeof *tree->weights);
    tree->moved = calloc(n + 1, sizeof *tree->moved);
    tree->goes_left = calloc(n + 1, sizeof *tree->goes_left);
    tree->inputs = calloc(d + 1, sizeof *tree->inputs);
    tree->by_mean = calloc(levels, sizeof *tree->by_mean);
    tree->level_sums = calloc(levels, 2 * sizeof *tree->level_sums);
    tree->left = calloc(levels, 1);
    return tree->nodes && tree->low && tree->high && tree->members && tree->sorted &&
           tree->order && tree->weights && tree->moved && tree->goes_left && tree->inputs &&
           tree->by_mean && tree->level_sums && tree->left;
}

enum status tree_create(struct tree **out, const struct samples *samples, size_t min_leaf)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return ST_NOMEM;
    tree->samples = samples;
    tree->min_leaf = min_leaf;
    if (!allocate(tree)) {
        tree_free(tree);
        return ST_NOMEM;
    }
    sort_samples(tree);
    *out = tree;
    return ST_OK;
}

void tree_free(struct tree *tree)
{
    if (!tree)
        return;
    free(tree->nodes);
    free(tree->low);
    free(tree->high);
    free(tree->members);
    free(tree->first_member);
    free(tree->sorted);
    free(tree->order);
    free(tree->weights);
    free(tree->moved);
    free(tree->goes_left);
    free(tree->inputs);
    free(tree->by_mean);
    free(tree->level_sums);
    free(tree->left);
    free(tree);
}

static void weigh(struct tree *tree, struct node *node)
{
    double weight = 0, sum = 0;
    for (size_t i = node->begin; i < node->end; i++) {
        size_t sample = tree->order[i];
        weight += tree->weights[sample];
        sum += tree->weights[sample] * tree->samples->targets[sample];
    }
    node->weight = weight;
    node->mean = weight > 0 ? sum / weight : 0;
}

static void plant(struct tree *tree)
{
    size_t n = tree->samples->n, d = tree->samples->d;
    memcpy(tree->order, tree->sorted, n * d * sizeof *tree->order);
    memset(tree->members, 1, tree->n_members);
    for (size_t k = 0; k < d; k++) {
        tree->inputs[k] = k;
        tree->low[k] = 0;
        tree->high[k] = 1;
    }
    tree->nodes[0] = (struct node){.end = n, .leaf = true};
    weigh(tree, &tree->nodes[0]);
    tree->n_nodes = 1;
}

/* Which samples of a node go left; answers how many. An input that does not exist for a sample
 * of no weight sends it right. */
static size_t send(struct tree *tree, const struct node *node, const struct split *split)
{
    const struct samples *samples = tree->samples;
    size_t count = 0;
    for (size_t i = node->begin; i < node->end; i++) {
        size_t sample = tree->order[i];
        double x = samples->inputs[sample * samples->d + split->input];
        bool left = samples->levels[split->input] == 0 ? x < split->place
                                                       : !isnan(x) && tree->left[(size_t)x];
        tree->goes_left[sample] = left;
        count += left;
    }
    return count;
}

/* Bring those that go left to the front, in every input's order. */
static void partition(struct tree *tree, const struct node *node)
{
    for (size_t k = 0; k < tree->samples->d; k++) {
        size_t *order = tree->order + k * tree->samples->n, front = node->begin, n_right = 0;
        for (size_t i = node->begin; i < node->end; i++) {
            if (tree->goes_left[order[i]])
                order[front++] = order[i];
            else
                tree->moved[n_right++] = order[i];
        }
        memcpy(order + front, tree->moved, n_right * sizeof *order);
    }
}

static void cut_box(struct tree *tree, size_t parent, size_t child, const struct split *split,
                    bool left)
{
    size_t d = tree->samples->d, m = tree->n_members;
    size_t levels = tree->samples->levels[split->input];
    memcpy(tree->low + child * d, tree->low + parent * d, d * sizeof *tree->low);
    memcpy(tree->high + child * d, tree->high + parent * d, d * sizeof *tree->high);
    memcpy(tree->members + child * m, tree->members + parent * m, m);
    unsigned char *members = tree->members + child * m + tree->first_member[split->input];
    for (size_t level = 0; level < levels; level++)
        members[level] = members[level] && tree->left[level] == left;
    if (levels == 0)
        (left ? tree->high : tree->low)[child * d + split->input] = split->place;
}

static void cut(struct tree *tree, size_t parent, const struct split *split)
{
    struct node *node = &tree->nodes[parent];
    size_t middle = node->begin + send(tree, node, split);
    partition(tree, node);
    node->leaf = false;
    for (int right = 0; right < 2; right++) {
        size_t child = tree->n_nodes++;
        tree->nodes[child] = (struct node){.begin = right ? middle : node->begin,
                                           .end = right ? node->end : middle,
                                           .leaf = true};
        weigh(tree, &tree->nodes[child]);
        cut_box(tree, parent, child, split, !right);
    }
}

void tree_grow(struct tree *tree, struct rng *rng)
{
    plant(tree);
    for (size_t node = 0; node < tree->n_nodes; node++) {
        struct split split = tree_best_split(tree, node, rng);
        if (split.gain > 0)
            cut(tree, node, &split);
    }
}

double tree_overlap(const struct tree *tree, size_t a, size_t b, size_t input)
{
    size_t d = tree->samples->d, levels = tree->samples->levels[input], common = 0;
    if (levels == 0)
        return fmax(0, fmin(tree->high[a * d + input], tree->high[b * d + input]) -
                           fmax(tree->low[a * d + input], tree->low[b * d + input]));
    const unsigned char *of_a = tree->members + a * tree->n_members + tree->first_member[input];
    const unsigned char *of_b = tree->members + b * tree->n_members + tree->first_member[input];
    for (size_t level = 0; level < levels; level++)
        common += of_a[level] & of_b[level];
    return (double)common / (double)levels;
}
