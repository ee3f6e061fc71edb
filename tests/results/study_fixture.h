/* study_fixture.h - a small study with two strategies, in a folder of its own below /tmp. */
#ifndef TESTS_RESULTS_STUDY_FIXTURE_H
#define TESTS_RESULTS_STUDY_FIXTURE_H

#include "results/snapshot.h"

/* Maximise "accuracy", minimise "energy_j"; parameters "lr" and "optimizer". */
extern const struct study_record fixture_study;

/* Arms 0 to 3: grid and bayes, two repeats each. */
enum { FIXTURE_ARMS = 4 };
extern const struct arm_record fixture_arms[FIXTURE_ARMS];

/* A new folder, and its removal with all files in it. */
struct fixture_folder {
    char path[64];
    char database[128];
};
void fixture_folder_make(struct fixture_folder *folder);
void fixture_folder_remove(const struct fixture_folder *folder);

/* Change the database behind the store's back. */
void fixture_execute(const struct fixture_folder *folder, const char *sql);

/* The folder of the test that runs: cmocka makes it before the test and removes it behind it.
 */
extern struct fixture_folder study_folder;
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* For tests that only read: that folder with the filled study, and what is read back of it. */
extern struct snapshot *study_snapshot;
int fixture_set_up_study(void **state);
int fixture_tear_down_study(void **state);

/* A new study without a trial, open for writing; and a study that is there. */
struct store *fixture_create(const struct fixture_folder *folder);
struct store *fixture_open(const struct fixture_folder *folder, enum store_mode mode);

/* An attempt that took 10 s from started_at_us on, with metrics of its own; complete unless its
 * state is changed. Its joules are dynamic and idle, the bounds 20 % around them. */
struct attempt_record fixture_attempt(uint32_t arm, uint64_t trial, uint32_t attempt,
                                      int64_t dynamic_uj, int64_t idle_uj);

/* A trial that waits, seeded by its number. */
struct trial_record fixture_trial(uint32_t arm, uint64_t number);

/* Sample i of one a second: 1.5 cores, 100 W of 250 W, a memory that grows, no GPU. */
struct sample_record fixture_sample(size_t i);

/* A database in a new folder, filled with the trials of study_fixture.c, from
 * which the figures in the tests were worked out by hand; closed again. */
void fixture_fill(const struct fixture_folder *folder);

/* The same, read back. */
struct snapshot *fixture_snapshot(const struct fixture_folder *folder);

#endif
