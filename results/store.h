/* store.h - a study's results in one SQLite file.
 *
 * One process writes, any number read. A write is durable when store_commit() has answered
 * ST_OK. The writer holds a lock on PATH-lock, beside the database, until it closes or dies. A
 * database that was closed is one plain file, which can be copied and read anywhere.
 *
 * The schema is in store_schema.c and docs/results.md; user_version counts its migrations,
 * which store_open() runs for a writer. Threading: one store per thread. */
#ifndef RESULTS_STORE_H
#define RESULTS_STORE_H

#include "base/status.h"
#include "results/record.h"
#include "results/sample.h"

#include <stdbool.h>

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* Make the file of a new study, or fill an empty one: a creation that was cut off leaves that.
 * Errors: ST_EXISTS when the path holds anything already (the remedies are `wattune resume` and
 * `--db`); ST_BUSY; ST_FORBIDDEN, ST_IO (also a
 * full disk); ST_INVALID for a record that contradicts itself. Nothing is left behind on an
 * error. */
enum status store_create(struct store **out, const char *path, const struct study_record *study,
                         const struct arm_record *arms, size_t n_arms, struct error *err);

/* Open an existing one. Errors: ST_NOTFOUND, also for an empty file; ST_FORMAT for a file that
 * is no Wattune database, or of a newer version; ST_BUSY when another process writes
 * (STORE_WRITE). */
enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err);
void store_close(struct store *store);

/* Does a process hold the writer's lock now? A study in state STUDY_RUNNING without a writer
 * was killed. */
bool store_has_writer(const struct store *store);

/* Writing. Everything between begin and commit is stored whole or not at all; a write outside
 * of them is a transaction of its own. Each call's error names the file and what SQLite said.
 * After an error the transaction is rolled back, what is left of it is refused with ST_FAILED
 * up to its commit, and the next store_begin() works as if nothing had been. */
enum status store_begin(struct store *store, struct error *err);
enum status store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

/* A new trial (queued), its new state, and its result in the order of telling.
 * store_set_trial() replaces all that the record holds. Errors: ST_INVALID for a trial that is
 * there already, or not there. */
enum status store_add_trial(struct store *store, const struct trial_record *trial,
                            struct error *err);
enum status store_set_trial(struct store *store, const struct trial_record *trial,
                            struct error *err);

/* An attempt starts; and ends, which may replace an end that was stored earlier (the late
 * result of a worker that was taken for lost). */
enum status store_start_attempt(struct store *store, uint32_t arm, uint64_t trial,
                                uint32_t attempt, const char *host, uint32_t worker,
                                int64_t started_at_us, struct error *err);
enum status store_finish_attempt(struct store *store, const struct attempt_record *attempt,
                                 struct error *err);
/* Numbers that an attempt reported at a step (its epoch); a step reported again replaces. */
enum status store_add_report(struct store *store, uint32_t arm, uint64_t trial,
                             uint32_t attempt, double step, const struct metric_record *metrics,
                             size_t n, struct error *err);
/* Append samples of an attempt, by rising time; those that are no later than the last stored
 * one are left out. */
enum status store_add_samples(struct store *store, uint32_t arm, uint64_t trial,
                              uint32_t attempt, const struct sample_record *samples, size_t n,
                              struct error *err);
/* Added to what was booked before. */
enum status store_add_overhead(struct store *store, const struct overhead_record *overhead,
                               struct error *err);
/* The books of a host, and its idle power. What is there already stays, and is replaced.
 * Errors: ST_INVALID for books that do not close. */
enum status store_add_host(struct store *store, const struct host_record *row,
                           struct error *err);
enum status store_put_idle(struct store *store, const struct idle_record *row,
                           struct error *err);
/* `reason` says why a study that is interrupted or broken ended early; NULL otherwise. */
enum status store_set_state(struct store *store, enum study_state state, const char *reason,
                            struct error *err);

/* Reading. Records handed out own their strings. Between store_begin_read() and
 * store_end_read() all calls see the database as it was at one moment. Errors: those of SQLite;
 * ST_FORMAT for joules, times and counts that no study can have, so that what is read can be
 * summed. */
enum status store_begin_read(struct store *store, struct error *err);
void store_end_read(struct store *store);

enum status store_load_study(struct store *store, struct study_record **out,
                             enum study_state *state, struct error *err);
void store_study_free(struct study_record *study);

/* The trials of earlier studies that its search started from, as they were written. Errors:
 * ST_FORMAT when one is missing between them. */
enum status store_load_earlier(struct store *store, struct earlier_record **out, size_t *n,
                               struct error *err);
void store_earlier_free(struct earlier_record *records, size_t n);

/* All arms by number; the number of arm i is i. */
enum status store_load_arms(struct store *store, struct arm_record **out, size_t *n,
                            struct error *err);
void store_arms_free(struct arm_record *arms, size_t n);

/* All trials of an arm by number. */
enum status store_load_trials(struct store *store, uint32_t arm, struct trial_record **out,
                              size_t *n, struct error *err);
void store_trials_free(struct trial_record *trials, size_t n);

/* All attempts of an arm, by trial and attempt, with the metrics of their results. */
enum status store_load_attempts(struct store *store, uint32_t arm, struct attempt_record **out,
                                size_t *n, struct error *err);
void store_attempts_free(struct attempt_record *attempts, size_t n);

/* All reports of an arm, by trial, attempt and step. */
enum status store_load_reports(struct store *store, uint32_t arm, struct report_record **out,
                               size_t *n, struct error *err);
/* The reports of the last step of one attempt; *out is NULL when it has made none, else freed
 * by store_reports_free(*out, 1). */
enum status store_load_last_report(struct store *store, uint32_t arm, uint64_t trial,
                                   uint32_t attempt, struct report_record **out,
                                   struct error *err);
void store_reports_free(struct report_record *reports, size_t n);

/* The last samples of an attempt, `wanted` at least if there are so many (0: all of them).
 * Freed by sample_series_free(). Errors: ST_FORMAT for damaged ones. */
enum status store_load_samples(struct store *store, uint32_t arm, uint64_t trial,
                               uint32_t attempt, size_t wanted, struct sample_series *out,
                               struct error *err);

/* The overhead of an arm, by the number of attempts that had ended when it was booked. */
enum status store_load_overhead(struct store *store, uint32_t arm, struct overhead_record **out,
                                size_t *n, struct error *err);
void store_overhead_free(struct overhead_record *overhead, size_t n);

/* By host, opening and interval; by host, opening and position. */
enum status store_load_hosts(struct store *store, struct host_record **out, size_t *n,
                             struct error *err);
void store_hosts_free(struct host_record *rows, size_t n);
enum status store_load_idle(struct store *store, struct idle_record **out, size_t *n,
                            struct error *err);
void store_idle_free(struct idle_record *rows, size_t n);

/* What an arm has spent so far, failed attempts and overhead included: joules (NaN when nothing
 * of it has a figure) and seconds from its first start to its last end. */
enum status store_load_spent(struct store *store, uint32_t arm, double *energy_j,
                             double *time_s, struct error *err);

#endif
