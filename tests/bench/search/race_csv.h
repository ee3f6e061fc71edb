/* race_csv.h - the trials of a race as CSV, to be plotted, or read instead of being run again.
 * Threading: as the race. */
#ifndef TESTS_BENCH_SEARCH_RACE_CSV_H
#define TESTS_BENCH_SEARCH_RACE_CSV_H

#include "tests/bench/search/race.h"

/* One row for each trial of n races: problem, sampler, seed, workers, budget ("trials" or
 * "joules"), trials, trial, value1, value2, told1, told2, energy_j, time_s, regret. Errors:
 * what the system says of the file. */
enum status race_csv_write(const struct race *const *races, size_t n, const char *path,
                           struct error *err);

/* Fill in the traces of a file. Problems, samplers and seeds that this race does not have are
 * passed over, and so are runs with other numbers of workers and trials, or another budget.
 * Errors: those of the file; ST_NOMEM. */
enum status race_csv_read(struct race *race, const char *path, struct error *err);

/* The samplers of a file that are not among the choices[*n] yet: each is added as one that is
 * only read. Errors: as above; ST_INVALID for more than SAMPLERS_MAX. */
enum status race_csv_samplers(struct sampler_choice *choices, size_t *n, const char *path,
                              struct error *err);

#endif
