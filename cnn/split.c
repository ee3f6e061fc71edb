#include "cnn/split.h"

#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Sort the n indices of `order` by class, keeping the order within a class (a counting sort).
 * starts is [n_classes + 1], all 0. */
static void sort_by_class(size_t *sorted, const size_t *order, const uint16_t *labels, size_t n,
                          size_t *starts, size_t n_classes)
{
    for (size_t i = 0; i < n; i++)
        starts[labels[i] + 1]++;
    for (size_t c = 0; c < n_classes; c++)
        starts[c + 1] += starts[c];
    for (size_t i = 0; i < n; i++)
        sorted[starts[labels[order[i]]]++] = order[i];
}

/* Every step-th image of the list sorted by class is held out, the steps being as even as n_val
 * of n allow: that gives every class its share. */
static void mark_held_out(bool *held_out, const size_t *sorted, size_t n, size_t n_val)
{
    size_t sum = n / 2;
    for (size_t i = 0; i < n; i++) {
        sum += n_val;
        held_out[sorted[i]] = sum >= n;
        sum -= sum >= n ? n : 0;
    }
}

static size_t count_held_out(size_t n, double fraction)
{
    size_t n_val = (size_t)lround(fraction * (double)n);
    return n_val < 1 ? 1 : n_val > n - 1 ? n - 1 : n_val;
}

static void deal(struct data_split *split, const size_t *order, const bool *held_out, size_t n)
{
    size_t n_train = 0, n_val = 0;
    for (size_t i = 0; i < n; i++)
        if (held_out[order[i]])
            split->val[n_val++] = order[i];
        else
            split->train[n_train++] = order[i];
    assert(n_train == split->n_train && n_val == split->n_val);
}

/* Memory that is needed while the cut is made. */
struct scratch {
    size_t *order, *sorted; /* [n] */
    size_t *starts;         /* [n_classes + 1] */
    bool *held_out;         /* [n] */
};

static bool scratch_allocate(struct scratch *scratch, size_t n, size_t n_classes)
{
    scratch->order = calloc(n, sizeof *scratch->order);
    scratch->sorted = calloc(n, sizeof *scratch->sorted);
    scratch->starts = calloc(n_classes + 1, sizeof *scratch->starts);
    scratch->held_out = calloc(n, sizeof *scratch->held_out);
    return scratch->order && scratch->sorted && scratch->starts && scratch->held_out;
}

static void scratch_free(struct scratch *scratch)
{
    free(scratch->order);
    free(scratch->sorted);
    free(scratch->starts);
    free(scratch->held_out);
}

static bool allocate(struct data_split *split, size_t n_train, size_t n_val)
{
    split->train = calloc(n_train, sizeof *split->train);
    split->n_train = n_train;
    split->val = calloc(n_val, sizeof *split->val);
    split->n_val = n_val;
    return split->train && split->val;
}

static void cut(struct data_split *split, struct scratch *scratch,
                const struct dataset_split *images, size_t n_classes, uint64_t seed)
{
    size_t n = images->n;
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "split", 0, 0));
    for (size_t i = 0; i < n; i++)
        scratch->order[i] = i;
    rng_shuffle(&rng, scratch->order, n);
    sort_by_class(scratch->sorted, scratch->order, images->labels, n, scratch->starts,
                  n_classes);
    mark_held_out(scratch->held_out, scratch->sorted, n, split->n_val);
    deal(split, scratch->order, scratch->held_out, n);
}

enum status data_split_create(struct data_split *split, const struct dataset_split *images,
                              size_t n_classes, double fraction, uint64_t seed,
                              struct error *err)
{
    assert(fraction > 0 && fraction < 1);
    *split = (struct data_split){0};
    size_t n = images->n;
    if (n < 2)
        return error_set(err, ST_INVALID,
                         "expected at least two images, one to train and one to validate on, "
                         "found %zu",
                         n);
    size_t n_val = count_held_out(n, fraction);
    enum status status = ST_OK;
    struct scratch scratch;
    bool scratched = scratch_allocate(&scratch, n, n_classes);
    if (scratched && allocate(split, n - n_val, n_val)) {
        cut(split, &scratch, images, n_classes, seed);
    } else {
        data_split_free(split);
        status = error_set(err, ST_NOMEM, "out of memory to split %zu images", n);
    }
    scratch_free(&scratch);
    return status;
}

static void shuffle(size_t *indices, size_t n, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++)
        indices[i] = i;
    rng_shuffle(&rng, indices, n);
}

enum status data_split_own(struct data_split *split, size_t n_train, size_t n_val,
                           uint64_t seed, struct error *err)
{
    *split = (struct data_split){0};
    if (!allocate(split, n_train, n_val)) {
        data_split_free(split);
        return error_set(err, ST_NOMEM, "out of memory to split %zu images", n_train + n_val);
    }
    shuffle(split->train, n_train, rng_derive(seed, "split", 1, 0));
    shuffle(split->val, n_val, rng_derive(seed, "split", 2, 0));
    return ST_OK;
}

void data_split_free(struct data_split *split)
{
    free(split->train);
    free(split->val);
    *split = (struct data_split){0};
}
