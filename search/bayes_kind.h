/* bayes_kind.h - the extension point of the strategy `bayes`: what it makes of the objectives.
 *
 * Before each proposal a kind looks at the known trials, sets the acquisition of the score, and
 * names the points that the maximiser shall look near. Threading: one owner at a time. */
#ifndef SEARCH_BAYES_KIND_H
#define SEARCH_BAYES_KIND_H

#include "search/bayes_score.h"
#include "search/incumbents.h"
#include "search/maximise.h"

/* Points known to be good that the maximiser looks near. */
#define BAYES_GOOD 5

/* What a kind works with. */
struct bayes_work {
    const struct problem *problem;
    struct beliefs *beliefs;      /* up to date, and conditioned on the pending trials */
    struct incumbents incumbents; /* the complete trials */
    struct bayes_score score;
    struct maximiser *maximiser;
    double *good; /* [BAYES_GOOD x space_count()] */
    size_t n_good;
};

struct bayes_kind {
    /* The kind's own state. Errors: ST_NOMEM. */
    enum status (*create)(void **state, const struct problem *problem);
    void (*free)(void *state);

    /* Set work->score.acquisition and its context, work->good and n_good. There is a feasible
     * trial. Errors: ST_NOMEM. */
    enum status (*prepare)(void *state, struct bayes_work *work, const struct history *history);
};

/* The expected improvement of the first objective. */
extern const struct bayes_kind bayes_improvement;

/* The expected hypervolume improvement of two objectives. */
extern const struct bayes_kind bayes_hypervolume;

/* The expected improvement of several objectives, scalarised with random weights. */
extern const struct bayes_kind bayes_scalarised;

/* Point i of the incumbents becomes the next good one. */
void bayes_add_good(struct bayes_work *work, size_t i);

/* The incumbents_best() become the good ones; the place of the best. */
size_t bayes_best_are_good(struct bayes_work *work);

#endif
