#include "search/moves.h"

#include <math.h>
#include <string.h>

/* Lists up to this long are tried value by value. */
#define SHORT_LIST 24

/* Steps along longer ones, to both sides. */
static const double strides[] = {1, 2, 4, 16};

/* Coordinates that a random move changes. */
#define SHARE_MOVED 0.33

enum { STRIDES = sizeof strides / sizeof strides[0] };

bool move_is_continuous(const struct param *param)
{
    return param->kind == PARAM_REAL ||
           (param->kind == PARAM_INTEGER && param_count(param) > SHORT_LIST);
}

static size_t moves_of(const struct param *param)
{
    double count = param_count(param);
    if (param->kind == PARAM_REAL)
        return 0;
    return count <= SHORT_LIST ? (size_t)count - 1 : 2 * STRIDES;
}

size_t moves_most(const struct space *space)
{
    size_t most = 0;
    for (size_t i = 0; i < space_count(space); i++)
        most += moves_of(space_param(space, i));
    return most;
}

/* Write the neighbour with the k-th value of parameter i, unless there is no such value. */
static size_t put(const struct space *space, const double *point, size_t i, double k,
                  double *neighbour)
{
    const struct param *param = space_param(space, i);
    if (k < 0 || k >= param_count(param))
        return 0;
    memcpy(neighbour, point, space_count(space) * sizeof *point);
    neighbour[i] = param_value(param, k);
    space_repair(space, neighbour);
    return 1;
}

size_t moves_from(const struct space *space, const double *point, double *neighbours)
{
    size_t n = space_count(space), made = 0;
    for (size_t i = 0; i < n; i++) {
        const struct param *param = space_param(space, i);
        if (moves_of(param) == 0 || isnan(point[i]))
            continue;
        double here = param_place(param, point[i]), count = param_count(param);
        if (count <= SHORT_LIST) {
            for (double k = 0; k < count; k++)
                if (k != here)
                    made += put(space, point, i, k, neighbours + made * n);
        } else {
            for (size_t s = 0; s < STRIDES; s++) {
                made += put(space, point, i, here - strides[s], neighbours + made * n);
                made += put(space, point, i, here + strides[s], neighbours + made * n);
            }
        }
    }
    return made;
}

double move_value(const struct param *param, struct rng *rng, double value, double by)
{
    double count = param_count(param), here = param_place(param, value);
    if (param->kind == PARAM_CATEGORICAL)
        return param_value(param, (double)rng_below(rng, (uint64_t)count));
    double stride = fmax(1, round(fabs(by) * count));
    double k = here + (by < 0 ? -stride : stride);
    return param_value(param, fmin(fmax(k, 0), count - 1));
}

void move_randomly(const struct space *space, struct rng *rng, const double *point,
                   double scale, double *scratch, double *moved)
{
    size_t dims = space_dims(space), certain = dims ? (size_t)rng_below(rng, dims) : 0;
    double *shift = scratch, *u = scratch + dims;
    memcpy(moved, point, space_count(space) * sizeof *point);
    for (size_t d = 0; d < dims; d++) {
        size_t i = space_dim_param(space, d);
        bool chosen = d == certain || rng_uniform(rng) < SHARE_MOVED;
        shift[d] = chosen && !isnan(point[i]) ? scale * rng_normal(rng) : 0;
        if (shift[d] == 0 || move_is_continuous(space_param(space, i)))
            continue;
        moved[i] = move_value(space_param(space, i), rng, point[i], shift[d]);
        shift[d] = 0;
    }
    space_repair(space, moved);
    space_to_unit(space, moved, u);
    for (size_t d = 0; d < dims; d++)
        u[d] += shift[d];
    space_from_unit(space, u, moved);
}
