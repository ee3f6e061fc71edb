/* gp_sample.h - data for the tests of the Gaussian process. */
#ifndef TESTS_SEARCH_GP_SAMPLE_H
#define TESTS_SEARCH_GP_SAMPLE_H

#include "base/rng.h"
#include "search/gp.h"

/* Rows and dimensions of a sample. */
#define MOST 60
#define MOST_DIMS 20

struct gp_sample {
    size_t n, dims;
    size_t observed; /* rows from here on are told without noise */
    bool categorical[MOST_DIMS];
    double x[MOST * MOST_DIMS]; /* [n x dims] */
    double y[MOST];             /* [n] */
};

/* A smooth function of all coordinates. */
double gp_sample_target(const double *x, size_t dims);

/* n random points and their targets; when `mixed`, every other dimension has three categories.
 */
void gp_sample_draw(struct gp_sample *sample, struct rng *rng, size_t dims, size_t n,
                    bool mixed);

/* Random hyperparameters theta[dims + 3]. */
void gp_sample_theta(struct rng *rng, double *theta, size_t dims);

/* Both predict the same at random points, up to the tolerance. */
void assert_same_posterior(struct gp *a, struct gp *b, size_t dims, double tolerance);

#endif
