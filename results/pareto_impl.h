/* pareto_impl.h - points as ranks. Private to results/pareto*.c.
 *
 * Every objective is replaced by the rank of its value, 0 the best, equal values sharing one.
 * Dominance is the same, and there are no infinities and no signs left to mind. */
#ifndef RESULTS_PARETO_IMPL_H
#define RESULTS_PARETO_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ranked {
    size_t n, m;
    const uint32_t *ranks; /* [n x m]: distinct rows in lexicographic order */
    bool *dominated;       /* [n], all false at first */
};

static inline const uint32_t *ranked_row(const struct ranked *points, size_t i)
{
    return points->ranks + i * points->m;
}

/* Mark the dominated points of more than two objectives. scratch is [n]. */
void pareto_divide(struct ranked *points, uint32_t *scratch);

#endif
