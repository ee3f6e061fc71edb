/* store.h - a study's results in one SQLite file.
 *
 * One process writes, any number read. A write is durable when store_commit() has answered
 * ST_OK. The schema is in store_schema.c; user_version counts its migrations, which
 * store_open() runs for a writer. Threading: one store per thread. */
#ifndef RESULTS_STORE_H
#define RESULTS_STORE_H

#include "base/status.h"
#include "results/record.h"

#include <stdbool.h>

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* Make the file of a new study. Errors: ST_EXISTS when the path holds anything already (a
 * study: the remedies are `wattune resume` and `--db`); ST_FORBIDDEN, ST_IO (also a full disk).
 * Nothing is left behind on an error. */
enum status store_create(struct store **out, const char *path, const struct study_record *study,
                         const struct arm_record *arms, size_t n_arms, struct error *err);

/* Open an existing one. Errors: ST_NOTFOUND; ST_FORMAT for a file that is no Wattune database,
 * or of a newer version; ST_BUSY when another process writes (STORE_WRITE). */
enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err);
void store_close(struct store *store);

/* Writing. Everything between begin and commit is stored whole or not at all. Each call's error
 * names the file and what SQLite said; after an error the transaction is rolled back and the
 * store stays usable. */
enum status store_begin(struct store *store, struct error *err);
enum status store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

/* A new trial (queued), its new state, and its result in the order of telling. */
enum status store_add_trial(struct store *store, const struct trial_record *trial,
                            struct error *err);
enum status store_set_trial(struct store *store, const struct trial_record *trial,
                            struct error *err);

enum status store_start_attempt(struct store *store, uint32_t arm, uint64_t trial,
                                uint32_t attempt, const char *host, uint32_t worker,
                                int64_t started_at_us, struct error *err);
enum status store_finish_attempt(struct store *store, const struct attempt_record *attempt,
                                 struct error *err);
/* Numbers that a running attempt reported at a step (its epoch). */
enum status store_add_report(struct store *store, uint32_t arm, uint64_t trial,
                             uint32_t attempt, double step, const struct metric_record *metrics,
                             size_t n, struct error *err);
enum status store_add_overhead(struct store *store, const struct overhead_record *overhead,
                               struct error *err);
enum status store_set_state(struct store *store, enum study_state state, struct error *err);

/* Reading, for a resume. Records handed out own their strings. */
enum status store_load_study(struct store *store, struct study_record **out,
                             enum study_state *state, struct error *err);
void store_study_free(struct study_record *study);
enum status store_load_arms(struct store *store, struct arm_record **out, size_t *n,
                            struct error *err);
void store_arms_free(struct arm_record *arms, size_t n);
/* All trials of an arm by number. */
enum status store_load_trials(struct store *store, uint32_t arm, struct trial_record **out,
                              size_t *n, struct error *err);
void store_trials_free(struct trial_record *trials, size_t n);
/* What an arm has spent so far, failed attempts and overhead included: joules (NaN when no
 * attempt has any) and seconds from its first start to its last end. */
enum status store_load_spent(struct store *store, uint32_t arm, double *energy_j,
                             double *time_s, struct error *err);

#endif
