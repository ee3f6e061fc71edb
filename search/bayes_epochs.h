/* bayes_epochs.h - the strategy `bayes` with "fidelity": every trial is asked for with the most
 * epochs, judged at every doubling of those that it has done, and stopped when its chance is
 * worth less than that of the best other one; a stopped trial may be continued.
 *
 * Sources: Swersky, Snoek & Adams 2014, "Freeze-thaw Bayesian optimization", for the idea; the
 * covariance and the rule are plainer. Threading: one owner at a time. */
#ifndef SEARCH_BAYES_EPOCHS_H
#define SEARCH_BAYES_EPOCHS_H

#include "search/strategy.h"

struct bayes_epochs;

/* Read "fidelity"; `start` trials are points of a Sobol sequence. Errors: ST_INVALID (see the
 * problems); ST_NOMEM. */
enum status bayes_epochs_create(struct bayes_epochs **out, const struct problem *problem,
                                struct json_reader *options, size_t start);
void bayes_epochs_free(struct bayes_epochs *epochs);

/* See struct strategy_type. */
double bayes_epochs_count(const struct bayes_epochs *epochs);
enum ask bayes_epochs_ask(struct bayes_epochs *epochs, const struct history *history,
                          struct proposal *proposal);
enum verdict bayes_epochs_report(struct bayes_epochs *epochs, const struct history *history,
                                 const struct trial *trial);

#endif
