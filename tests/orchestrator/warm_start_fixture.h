/* warm_start_fixture.h - a folder with the database of an earlier study, and a new study that
 * starts from it. */
#ifndef TESTS_ORCHESTRATOR_WARM_START_FIXTURE_H
#define TESTS_ORCHESTRATOR_WARM_START_FIXTURE_H

#include "orchestrator/study.h"
#include "results/store.h"

/* The folder of a test, and what lies in it. */
extern char warm_folder[64], warm_old_db[96], warm_new_db[96], warm_new_path[96];

int warm_set_up(void **state);
int warm_tear_down(void **state);

/* What an old trial gave: 0.25 J dynamic and 0.5 J idle a unit. */
struct warm_old_trial {
    const char *params;
    enum trial_state state;
    double loss, accuracy;
    int64_t continues;
    double energy_j;
};

/* An empty database of the earlier study. To store_close(). */
struct store *warm_create_old(void);
/* The database with these trials, closed again. */
void warm_add_old(const struct warm_old_trial *trials, size_t n);

/* A space of an integer x and a real y, and the loss as the objective. */
extern const char warm_space_xy[], warm_loss_only[];

/* The text of a study with these parameters and this section more, which names these databases:
 * "\"old.db\"". To free(). */
char *warm_study_text(const char *space, const char *more, const char *databases);
void warm_write_study(const char *space, const char *more, const char *databases);
/* Write and read one that names old.db. To study_free(). */
struct study *warm_read_study(const char *space, const char *more,
                              const struct study_overrides *overrides);

#endif
