/* simulated_books.h - what is to be stored of a simulated run: kept until it is over, since
 * only whole runs are stored, and only the last state of each trial.
 *
 * Threading: one owner at a time. */
#ifndef ORCHESTRATOR_SIMULATED_BOOKS_H
#define ORCHESTRATOR_SIMULATED_BOOKS_H

#include "base/status.h"
#include "orchestrator/action.h"
#include "results/store.h"

struct simulated_books {
    struct action_list trials;  /* by number: the last that was said of each */
    struct action_list others;  /* in their order ... */
    struct action_list reports; /* ... but those of attempts, which are stored at their ends */
};

/* Keep an action for the store, whose members are moved out of it; or drop it, when a later one
 * says more. Errors: ST_NOMEM. */
enum status simulated_books_keep(struct simulated_books *books, struct action *action);

/* Write all of it, as that of this arm, in a transaction of the caller's. Errors: those of the
 * store. */
enum status simulated_books_write(struct simulated_books *books, struct store *store,
                                  uint32_t arm, struct error *err);

void simulated_books_free(struct simulated_books *books);

#endif
