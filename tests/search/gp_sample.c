#include "tests/search/gp_sample.h"

#include "search/gp_map.h"
#include "tests/check.h"

double gp_sample_target(const double *x, size_t dims)
{
    double value = 0;
    for (size_t j = 0; j < dims; j++)
        value += sin(5 * x[j]) / (double)(j + 1);
    return exp(value);
}

void gp_sample_draw(struct gp_sample *s, struct rng *rng, size_t dims, size_t n, bool mixed)
{
    s->n = s->observed = n;
    s->dims = dims;
    for (size_t j = 0; j < dims; j++)
        s->categorical[j] = mixed && j % 2 == 1;
    for (size_t i = 0; i < n; i++) {
        double *x = s->x + i * dims;
        for (size_t j = 0; j < dims; j++)
            x[j] = s->categorical[j] ? (double)rng_below(rng, 3) / 2 : rng_uniform(rng);
        s->y[i] = gp_sample_target(x, dims);
    }
}

void gp_sample_theta(struct rng *rng, double *theta, size_t dims)
{
    gp_map_start(theta, dims, true, 1);
    for (size_t i = 0; i < gp_map_count(dims, true); i++)
        theta[i] += 0.3 * rng_normal(rng);
}

void assert_same_posterior(struct gp *a, struct gp *b, size_t dims, double tolerance)
{
    struct rng rng;
    rng_seed(&rng, 99);
    for (int round = 0; round < 30; round++) {
        double u[MOST_DIMS], mean[2], variance[2];
        for (size_t j = 0; j < dims; j++)
            u[j] = rng_uniform(&rng);
        gp_predict(a, u, 1, &mean[0], &variance[0], NULL, NULL);
        gp_predict(b, u, 1, &mean[1], &variance[1], NULL, NULL);
        assert_near(mean[0], mean[1], tolerance);
        assert_near(variance[0], variance[1], tolerance);
    }
}
