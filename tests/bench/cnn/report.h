/* report.h - the results as tables, as JSON or as CSV. Threading: no state. */
#ifndef TESTS_BENCH_CNN_REPORT_H
#define TESTS_BENCH_CNN_REPORT_H

#include "tests/bench/cnn/results.h"

#include <stdio.h>

void report_table(FILE *out, const struct results *results);
/* A row for each figure, without the goals. */
void report_csv(FILE *out, const struct results *results);
/* Errors: ST_NOMEM. */
enum status report_json(FILE *out, const struct results *results);

#endif
