/* simulate.h - a whole study on simulated clocks: every strategy, with every number of workers,
 * in every repeat.
 *
 * Every run has a clock of its own, and they all begin at the same instant. Each number of
 * workers is an arm of its own in the database; those of one strategy and repeat have the same
 * seed. A run is stored when it is over. Threading: one thread. */
#ifndef ORCHESTRATOR_SIMULATE_H
#define ORCHESTRATOR_SIMULATE_H

#include "base/status.h"
#include "orchestrator/study.h"
#include "results/store.h"

#include <stdbool.h>
#include <stddef.h>

/* A strategy with so many workers. */
struct simulate_entrant {
    char *label;     /* in the database: "bayes", or "bayes@16" beside other numbers */
    size_t strategy; /* of the study's */
    int workers;
    double *search_cpu_s; /* [repeats] processor time in asking and telling */
    size_t n_runs;        /* that are stored */
};

struct simulate {
    const struct study *study; /* borrowed */
    struct simulate_entrant *entrants;
    size_t n_entrants;
    const char **objectives; /* that a trial must report */
    bool keep_going;
    /* After every run; NULL: nobody watches. */
    void (*watch)(void *context, size_t n_runs, size_t of_runs, size_t n_trials);
    void *context;
    size_t n_runs, n_trials; /* that are over */
};

/* Can trials of this study be simulated? Errors: ST_INVALID with the reason and what to do. */
enum status simulate_check(const struct study *study, struct error *err);

/* `workers` has n different numbers. simulate_close() is due in any case. Errors: ST_NOMEM. */
enum status simulate_open(struct simulate *simulate, const struct study *study,
                          const int *workers, size_t n);
void simulate_close(struct simulate *simulate);

size_t simulate_runs(const struct simulate *simulate);

/* Make the database. `replace` deletes an earlier study. Errors: those of study_store_create().
 */
enum status simulate_create_store(struct store **out, const char *path,
                                  const struct simulate *simulate, bool replace,
                                  struct error *err);

enum simulate_end { SIMULATE_DONE, SIMULATE_INTERRUPTED, SIMULATE_BROKEN };

/* Make all runs. Of an early end the store holds the runs that were over, and why: broken is a
 * study whose trials all fail, in err, too. Errors: those of the store, of arm_open() and of
 * simulation_run(). */
enum status simulate_run(struct simulate *simulate, struct store *store, enum simulate_end *end,
                         struct error *err);

#endif
