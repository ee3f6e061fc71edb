/* bayes_score.h - what the strategy `bayes` maximises over the space:
 *
 *     ln acquisition + sum_k ln P(constraint k is kept) - thrift E[ln joules]
 *
 * An acquisition says, given beliefs about the objectives at a point, how much the point
 * promises; constraints enter by the probability of feasibility (Gardner et al. 2014), costs by
 * the expected logarithm of the joules. Threading: one owner at a time. */
#ifndef SEARCH_BAYES_SCORE_H
#define SEARCH_BAYES_SCORE_H

#include "search/beliefs.h"
#include "search/pool.h"

/* The logarithm of what a point promises. beliefs[objectives] at the point; into
 * slopes[objectives] the derivatives by their means and variances. */
typedef double acquisition(const void *context, const struct belief *beliefs,
                           struct belief *slopes);

struct bayes_score {
    struct beliefs *beliefs;  /* borrowed */
    acquisition *acquisition; /* NULL: feasibility alone */
    const void *context;
    double thrift;        /* the weight of the joules, 0 to 1 */
    double ln_affordable; /* points that are expected to take more come after all others */
    size_t dims;
    struct prediction prediction;
    struct belief *at, *by; /* [outputs] */
};

/* Errors: ST_NOMEM. A zeroed one may be freed. */
enum status bayes_score_init(struct bayes_score *score, struct beliefs *beliefs, size_t dims);
void bayes_score_free(struct bayes_score *score);

/* The score as the maximiser wants it. */
struct score bayes_score_of(struct bayes_score *score);

#endif
