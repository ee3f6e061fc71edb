/* The best that there is on a target. */
#include "search/cells.h"
#include "tests/bench/search/hypervolume.h"
#include "tests/bench/search/target_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRONT_SAMPLES = 100001, /* of a front that is known by formula */
    CELLS_MOST = 2000000    /* that are all looked at for the least value */
};

/* The values of all points, of which there are *n, and their mean joules; failed ones are left
 * out. */
static double (*all_values(const struct target *target, size_t *n, double *mean_j))[2]
{
    struct cells *cells = NULL;
    struct measurement measurement;
    double *point = calloc(space_count(target->space), sizeof *point), (*values)[2] = NULL;
    *n = 0;
    *mean_j = 0;
    if (point && !cells_create(&cells, target->space, CELLS_ALL, NULL))
        values = calloc((size_t)cells_count(cells), sizeof *values);
    for (uint64_t k = 0; values && (double)k < cells_count(cells); k++) {
        cells_point(cells, k, point);
        target_measure(&measurement, target, point, 0, 0);
        if (measurement.failed)
            continue;
        memcpy(values[(*n)++], measurement.values, sizeof *values);
        *mean_j += (measurement.energy_j - *mean_j) / (double)*n;
    }
    cells_free(cells);
    free(point);
    return values;
}

static double (*front_values(const struct target *target, size_t *n))[2]
{
    double(*values)[2] = calloc(FRONT_SAMPLES, sizeof *values);
    *n = FRONT_SAMPLES;
    for (size_t i = 0; values && i < *n; i++)
        target->problem->front(values[i], (double)i / (double)(*n - 1));
    return values;
}

/* Of recorded trials: a tenth of the range beyond the worst of each value. */
static void choose_reference(struct target *target, double (*values)[2], size_t n)
{
    for (size_t v = 0; v < 2; v++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < n; i++) {
            low = fmin(low, values[i][v]);
            high = fmax(high, values[i][v]);
        }
        target->reference[v] = high + 0.1 * (high - low);
    }
}

enum status target_find_best(struct target *target, struct error *err)
{
    bool by_formula = target->problem && target->problem->front;
    if (!by_formula && space_size(target->space) > CELLS_MOST)
        return error_set(err, ST_INVALID,
                         "%s: the space has too many points to look at each: real parameters "
                         "of recorded trials must be ordinals",
                         target->name);
    size_t n;
    double mean_j = 0;
    double(*values)[2] =
        by_formula ? front_values(target, &n) : all_values(target, &n, &mean_j);
    if (!values)
        return error_set(err, ST_NOMEM, "out of memory");
    target->minimum = INFINITY;
    for (size_t i = 0; i < n; i++)
        target->minimum = fmin(target->minimum, values[i][0]);
    target->random_j = mean_j;
    if (!target->problem)
        choose_reference(target, values, n);
    target->volume = hypervolume(values, n, target->reference, NULL);
    free(values);
    if (n == 0)
        return error_set(err, ST_INVALID, "%s: no point of the space was recorded",
                         target->name);
    return ST_OK;
}
