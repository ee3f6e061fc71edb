#include "search/importance.h"

#include "search/forest.h"
#include "search/importance_impl.h"

#include <math.h>
#include <stdlib.h>

enum {
    TREES = 64,
    /* Smaller leaves fit the noise, larger ones miss what matters little. */
    MIN_LEAF = 2,
    /* The time grows with the square of the leaves. */
    LEAVES_MAX = 1000
};

/* What the forest is fitted to. */
struct fitted {
    struct samples samples;
    double *inputs, *targets;
    size_t *levels;
};

static size_t pairs_of(size_t d)
{
    return d > 1 ? d * (d - 1) / 2 : 0;
}

size_t importance_pair(const struct importance *importance, size_t i, size_t j)
{
    return i * importance->d - i * (i + 1) / 2 + (j - i - 1);
}

static bool fitted_open(struct fitted *fitted, const struct space *space, size_t n)
{
    size_t d = space_dims(space);
    fitted->inputs = calloc(n + 1, (d + 1) * sizeof *fitted->inputs);
    fitted->targets = calloc(n + 1, sizeof *fitted->targets);
    fitted->levels = calloc(d + 1, sizeof *fitted->levels);
    if (!fitted->inputs || !fitted->targets || !fitted->levels)
        return false;
    for (size_t k = 0; k < d; k++) {
        const struct param *param = space_param(space, space_dim_param(space, k));
        fitted->levels[k] = param->kind == PARAM_CATEGORICAL ? param->n_levels : 0;
    }
    fitted->samples = (struct samples){n, d, fitted->inputs, fitted->targets, fitted->levels};
    return true;
}

static void fitted_close(struct fitted *fitted)
{
    free(fitted->inputs);
    free(fitted->targets);
    free(fitted->levels);
}

/* Ordinals stand evenly, whatever their values are: each level is as likely as the next. */
static void take_point(const struct fitted *fitted, const struct space *space,
                       const double *point, double *inputs)
{
    space_to_unit(space, point, inputs);
    for (size_t k = 0; k < fitted->samples.d; k++) {
        const struct param *param = space_param(space, space_dim_param(space, k));
        double value = point[space_dim_param(space, k)];
        if (isnan(value) || param->kind == PARAM_CATEGORICAL)
            inputs[k] = value;
        else if (param->kind == PARAM_ORDINAL)
            inputs[k] = (value + 0.5) / (double)param->n_levels;
    }
}

/* Bring the targets between -1 and 1, about their mean. False when they are all the same. */
static bool take_targets(const struct fitted *fitted, const double *targets)
{
    size_t n = fitted->samples.n;
    double low = targets[0], high = targets[0], mean = 0;
    for (size_t i = 1; i < n; i++) {
        low = fmin(low, targets[i]);
        high = fmax(high, targets[i]);
    }
    for (size_t i = 0; i < n; i++) {
        /* Halves, because the range of the largest doubles is none. */
        fitted->targets[i] = high > low ? (targets[i] / 2 - low / 2) / (high / 2 - low / 2) : 0;
        mean += fitted->targets[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        fitted->targets[i] -= mean;
    return high > low;
}

/* Shares of every tree, summed up to their mean and deviation (Welford 1962). */
static void add_share(struct importance_share *share, double value, double trees)
{
    double step = value - share->mean;
    share->mean += step / trees;
    share->deviation += step * (value - share->mean);
}

/* A variance as a share of the tree's. What is below rounding, or below 0, is none. */
static double share_of(double variance, double total)
{
    return variance > 1e-12 * total ? variance / total : 0;
}

static void add_shares(struct importance *importance, const struct variance *variance,
                       bool with_pairs, double trees)
{
    const double *alone = variance->alone;
    size_t d = importance->d;
    for (size_t i = 0; i < d; i++)
        add_share(&importance->alone[i], share_of(alone[i], variance->total), trees);
    for (size_t i = 0; i < d && with_pairs; i++) {
        for (size_t j = i + 1; j < d; j++) {
            size_t pair = importance_pair(importance, i, j);
            double both = variance->pairs[pair] - alone[i] - alone[j];
            add_share(&importance->pairs[pair], share_of(both, variance->total), trees);
        }
    }
}

static void forget(struct importance_share *shares, size_t n)
{
    for (size_t i = 0; i < n; i++)
        shares[i] = (struct importance_share){(double)NAN, (double)NAN};
}

static void finish(struct importance_share *shares, size_t n, double trees)
{
    for (size_t i = 0; i < n; i++)
        shares[i].deviation = trees > 1 ? sqrt(shares[i].deviation / (trees - 1)) : 0;
}

static void sum_up(struct importance *importance, struct forest *forest,
                   struct variance *variance, bool with_pairs)
{
    double trees = 0;
    for (int t = 0; t < TREES; t++) {
        variance_of_tree(variance, forest_next(forest), with_pairs);
        /* A bootstrap sample may lack all that differs. */
        if (variance->total > 0)
            add_shares(importance, variance, with_pairs, ++trees);
    }
    finish(importance->alone, importance->d, trees);
    finish(importance->pairs, pairs_of(importance->d), trees);
    if (trees == 0)
        forget(importance->alone, importance->d);
    if (trees == 0 || !with_pairs)
        forget(importance->pairs, pairs_of(importance->d));
    importance->fit = forest_fit(forest);
}

/* Nothing can be said of a parameter that no two points differ in. */
static void forget_unvaried(struct importance *importance, const struct samples *samples)
{
    for (size_t k = 0; k < samples->d; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < samples->n; i++) {
            low = fmin(low, samples->inputs[i * samples->d + k]);
            high = fmax(high, samples->inputs[i * samples->d + k]);
        }
        if (low < high)
            continue;
        forget(&importance->alone[k], 1);
        for (size_t other = 0; other < samples->d; other++)
            if (other != k)
                forget(&importance->pairs[importance_pair(importance, k < other ? k : other,
                                                          k < other ? other : k)],
                       1);
    }
}

static enum status analyse(struct importance *importance, const struct samples *samples,
                           bool with_pairs, uint64_t seed)
{
    struct forest *forest = NULL;
    struct variance variance;
    size_t by_size = (samples->n + LEAVES_MAX - 1) / LEAVES_MAX;
    size_t min_leaf = by_size > MIN_LEAF ? by_size : MIN_LEAF;
    enum status status = variance_open(&variance, samples, min_leaf);
    if (!status)
        status = forest_create(&forest, samples, min_leaf, seed);
    if (!status) {
        sum_up(importance, forest, &variance, with_pairs);
        forget_unvaried(importance, samples);
    }
    forest_free(forest);
    variance_close(&variance);
    return status;
}

static void forget_all(struct importance *importance)
{
    forget(importance->alone, importance->d);
    forget(importance->pairs, pairs_of(importance->d));
}

static enum status find(struct importance *importance, const struct space *space,
                        const double *points, const double *targets, bool with_pairs,
                        uint64_t seed)
{
    struct fitted fitted = {.inputs = NULL};
    enum status status = fitted_open(&fitted, space, importance->n) ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < importance->n && !status; i++)
        take_point(&fitted, space, points + i * space_count(space),
                   fitted.inputs + i * importance->d);
    if (!status && !take_targets(&fitted, targets)) {
        importance->state = IMPORTANCE_CONSTANT;
        forget_all(importance);
    } else if (!status) {
        status = analyse(importance, &fitted.samples, with_pairs, seed);
    }
    fitted_close(&fitted);
    return status;
}

enum status importance_create(struct importance **out, const struct space *space,
                              const double *points, const double *targets, size_t n,
                              bool with_pairs, uint64_t seed)
{
    struct importance *importance = calloc(1, sizeof *importance);
    if (!importance)
        return ST_NOMEM;
    size_t d = space_dims(space), least = 8;
    importance->n = n;
    importance->d = d;
    importance->needed = 2 * d + 2 > least ? 2 * d + 2 : least;
    importance->fit = (double)NAN;
    importance->alone = calloc(d + 1, sizeof *importance->alone);
    importance->pairs = calloc(pairs_of(d) + 1, sizeof *importance->pairs);
    enum status status = importance->alone && importance->pairs ? ST_OK : ST_NOMEM;
    if (!status && n < importance->needed) {
        importance->state = IMPORTANCE_TOO_FEW;
        forget_all(importance);
    } else if (!status) {
        status = find(importance, space, points, targets, with_pairs, seed);
    }
    if (status)
        importance_free(importance);
    else
        *out = importance;
    return status;
}

void importance_free(struct importance *importance)
{
    if (!importance)
        return;
    free(importance->alone);
    free(importance->pairs);
    free(importance);
}
