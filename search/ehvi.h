/* ehvi.h - the expected hypervolume improvement of two objectives.
 *
 * Both are minimised, and the beliefs about them are independent normal ones. With the front's
 * points (a_1, b_1), ..., (a_n, b_n) in ascending order of a, a_0 = -infinity, and the
 * reference point (a_{n+1}, b_0), the region that nothing dominates falls into strips, so that
 * exactly
 *
 *     EHVI = sum_{i=0}^{n} (E_1(a_{i+1}) - E_1(a_i)) E_2(b_i),
 *
 * E_k(t) being the expected improvement of objective k below t (the two-dimensional case of
 * Emmerich, Yang, Deutz, Wang & Fonseca 2016). All terms are positive. Each is formed as a
 * logarithm, and so is the sum, which keeps the value and its gradient exact where the
 * improvement is far too small for a double (Ament et al. 2023). Threading: pure functions. */
#ifndef SEARCH_EHVI_H
#define SEARCH_EHVI_H

#include "search/beliefs.h"

#include <stddef.h>

struct corner {
    double a, b;
};

/* ln EHVI; front[n] in ascending order of a and descending order of b, below the reference
 * point; n may be 0. Into slopes[2] the derivatives by the beliefs' means and variances. */
double log_ehvi(const struct corner *front, size_t n, struct corner reference,
                const struct belief beliefs[2], struct belief slopes[2]);

#endif
