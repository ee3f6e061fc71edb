/* The hyperparameters of a Gaussian process, by all of its observations or by a sample. */
#include "search/gp_impl.h"
#include "search/gp_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The observations to choose by. */
struct sample {
    size_t n;
    double *memory;
    double *points; /* [dims x n] */
    double *y;      /* [n] */
    double *theta;  /* [count]: of one descent */
    double *sorted; /* [all observations]: scratch */
};

static int ascending(const void *a, const void *b, void *of)
{
    const double *const *y = of;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    if ((*y)[i] != (*y)[j])
        return (*y)[i] < (*y)[j] ? -1 : 1;
    return (i > j) - (i < j);
}

/* Rank k of a sample of m out of n: the best ones, then evenly spread ones up to the last. */
static size_t rank(size_t k, size_t m, size_t n)
{
    size_t best = m / 2;
    return k < best ? k : best + (k - best) * (n - 1 - best) / (m - 1 - best);
}

/* The observations of the sample into rows[m]; order[n] is scratch. */
static void choose_rows(const double *y, size_t n, size_t m, size_t *order, size_t *rows)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (m < n)
        qsort_r(order, n, sizeof *order, ascending, &y);
    for (size_t k = 0; k < m; k++)
        rows[k] = m < n ? order[rank(k, m, n)] : k;
}

static enum status sample_allocate(struct sample *sample, const struct gp *gp, size_t n,
                                   size_t m)
{
    size_t count = gp_map_count(gp->dims, gp->warped);
    sample->memory = malloc((m * (gp->dims + 1) + count + n) * sizeof *sample->memory);
    if (!sample->memory)
        return ST_NOMEM;
    sample->n = m;
    sample->points = sample->memory;
    sample->y = sample->points + m * gp->dims;
    sample->theta = sample->y + m;
    sample->sorted = sample->theta + count;
    return ST_OK;
}

static enum status sample_take(struct sample *sample, const struct gp *gp,
                               const struct fit *fit, const double *y, size_t rows)
{
    size_t n = fit->n, m = rows > 1 && rows < n ? rows : n;
    size_t *chosen = malloc((n + m) * sizeof *chosen);
    if (!chosen || sample_allocate(sample, gp, n, m)) {
        free(chosen);
        return ST_NOMEM;
    }
    choose_rows(y, n, m, chosen + m, chosen);
    for (size_t k = 0; k < m; k++) {
        for (size_t j = 0; j < gp->dims; j++)
            sample->points[j * m + k] = fit->points[j * fit->capacity + chosen[k]];
        sample->y[k] = y[chosen[k]];
    }
    free(chosen);
    return ST_OK;
}

/* The best hyperparameters that the descents reach, into theta; from there first when it is
 * `warm`. */
static void descend(struct gp_map *map, const struct gp *gp, const struct gp_effort *effort,
                    bool warm, double *theta, double *trial)
{
    size_t starts = warm || effort->starts > 0 ? effort->starts : 1;
    double best = INFINITY;
    if (warm)
        best = gp_map_descend(map, theta, effort->evaluations);
    else
        gp_map_start(theta, gp->dims, gp->warped, 0);
    for (size_t i = 0; i < starts; i++) {
        gp_map_start(trial, gp->dims, gp->warped, i);
        double value = gp_map_descend(map, trial, effort->evaluations);
        if (value < best) {
            best = value;
            memcpy(theta, trial, gp_map_count(gp->dims, gp->warped) * sizeof *theta);
        }
    }
}

/* Targets, and the units that they set for a process. */
struct units {
    const double *y;
    size_t n;
    struct warp warp;
};

/* How far apart two targets near the best are that the process sees one unit apart. */
static double unit_of(struct units *units, const struct gp *gp, const double *theta, double *z)
{
    double ln_tau = gp->warped ? theta[gp->dims + 2] : HUGE_VAL;
    warp_apply(&units->warp, ln_tau, units->y, units->n, z, NULL);
    return units->warp.scale * units->warp.deviation;
}

/* The same belief in the units of other targets with the same best one: tau counts in their
 * scale, amplitude and noise in the deviation of what the warp makes of them. */
static void convert(const struct gp *gp, double *theta, struct units from, struct units to,
                    double *z)
{
    warp_prepare(&from.warp, from.y, from.n, z);
    warp_prepare(&to.warp, to.y, to.n, z);
    double ratio = unit_of(&from, gp, theta, z);
    if (gp->warped)
        theta[gp->dims + 2] += log(from.warp.scale / to.warp.scale);
    ratio /= unit_of(&to, gp, theta, z);
    theta[gp->dims] += 2 * log(ratio);
    theta[gp->dims + 1] += 2 * log(ratio);
}

static void choose(struct gp_map *map, const struct gp *gp, struct fit *fit, const double *y,
                   const struct gp_effort *effort, const struct sample *sample)
{
    struct units all = {.y = y, .n = fit->n}, part = {.y = sample->y, .n = sample->n};
    bool warm = gp->fit.n > 0, differ = part.n < all.n;
    if (warm)
        memcpy(fit->theta, gp->fit.theta,
               gp_map_count(gp->dims, gp->warped) * sizeof *fit->theta);
    if (warm && differ)
        convert(gp, fit->theta, all, part, sample->sorted);
    descend(map, gp, effort, warm, fit->theta, sample->theta);
    if (differ)
        convert(gp, fit->theta, part, all, sample->sorted);
}

enum status gp_choose(const struct gp *gp, struct fit *fit, const double *y,
                      const struct gp_effort *effort)
{
    struct sample sample = {0};
    struct gp_map *map = NULL;
    if (sample_take(&sample, gp, fit, y, effort->rows))
        return ST_NOMEM;
    struct gp_data data = {.n = sample.n,
                           .dims = gp->dims,
                           .categorical = gp->categorical,
                           .points = sample.points,
                           .y = sample.y,
                           .warped = gp->warped,
                           .least_tau = gp->least_tau};
    enum status status = gp_map_create(&map, &data);
    if (!status)
        choose(map, gp, fit, y, effort, &sample);
    gp_map_free(map);
    free(sample.memory);
    return status;
}
