#include "tests/bench/search/hypervolume.h"

#include <math.h>
#include <stdlib.h>

static int by_both(const void *a, const void *b)
{
    const double *p = a, *q = b;
    if (p[0] != q[0])
        return p[0] < q[0] ? -1 : 1;
    return (p[1] > q[1]) - (p[1] < q[1]);
}

/* Keep the points below the reference; answers how many. */
static size_t keep_below(double (*points)[2], size_t n, const double reference[2])
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        double a = points[i][0], b = points[i][1];
        if (a < reference[0] && b < reference[1]) {
            points[kept][0] = a;
            points[kept++][1] = b;
        }
    }
    return kept;
}

double hypervolume(double (*points)[2], size_t n, const double reference[2], size_t *n_front)
{
    double area = 0, lowest = reference[1];
    size_t on_front = 0;
    n = keep_below(points, n, reference);
    if (n > 0)
        qsort(points, n, sizeof *points, by_both);
    for (size_t i = 0; i < n; i++) {
        if (points[i][1] >= lowest)
            continue;
        area += (reference[0] - points[i][0]) * (lowest - points[i][1]);
        lowest = points[i][1];
        on_front++;
    }
    if (n_front)
        *n_front = on_front;
    return area;
}
