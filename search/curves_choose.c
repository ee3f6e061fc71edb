#include "search/curves_choose.h"

#include <stdlib.h>

struct last_row {
    size_t row;
    double target;
};

static int lowest_first(const void *a, const void *b)
{
    const struct last_row *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool is_last(const struct curves *curves, size_t row)
{
    return curves_last_row(curves, curves->rows[row].trial) == row;
}

/* The last rows of all curves, in the order of their targets. Answers how many. */
static size_t list_curves(const struct curves *curves, struct last_row *list)
{
    double worst = curves_worst(curves, curves->n);
    size_t n = 0;
    for (size_t i = 0; i < curves->n; i++)
        if (is_last(curves, i))
            list[n++] = (struct last_row){i, curves_target(curves, i, worst)};
    qsort(list, n, sizeof *list, lowest_first);
    return n;
}

/* The best curves, as long as they are within so many rows. Answers how many rows. */
static size_t choose_whole(const struct curves *curves, const struct last_row *list, size_t n,
                           size_t most, bool *chosen)
{
    size_t taken = 0;
    for (size_t k = 0; k < n; k++) {
        size_t length = 0;
        for (size_t i = list[k].row; i != SIZE_MAX; i = curves->rows[i].before)
            length++;
        if (taken + length > most)
            break;
        for (size_t i = list[k].row; i != SIZE_MAX; i = curves->rows[i].before)
            chosen[i] = true;
        taken += length;
    }
    return taken;
}

/* At most so many of the rows that are not chosen yet, evenly; of last ones alone or of all.
 * Answers how many. */
static size_t choose_evenly(const struct curves *curves, bool last_alone, size_t most,
                            bool *chosen)
{
    size_t n = 0, k = 0, taken = 0;
    for (size_t i = 0; i < curves->n; i++)
        n += !chosen[i] && (!last_alone || is_last(curves, i));
    size_t take = most < n ? most : n;
    for (size_t i = 0; i < curves->n && taken < take; i++) {
        if (chosen[i] || (last_alone && !is_last(curves, i)))
            continue;
        chosen[i] = k++ == taken * n / take;
        taken += chosen[i];
    }
    return taken;
}

enum status curves_choose(const struct curves *curves, size_t m, bool *chosen)
{
    for (size_t i = 0; i < curves->n; i++)
        chosen[i] = m == curves->n;
    if (m == curves->n)
        return ST_OK;
    struct last_row *list = malloc((curves->n + 1) * sizeof *list);
    if (!list)
        return ST_NOMEM;
    m -= choose_whole(curves, list, list_curves(curves, list), m / 2, chosen);
    free(list);
    m -= choose_evenly(curves, true, m, chosen);
    choose_evenly(curves, false, m, chosen);
    return ST_OK;
}
