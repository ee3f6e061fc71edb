/* store_rows.h - how the store's readers collect rows. Private to results/store*.c. */
#ifndef RESULTS_STORE_ROWS_H
#define RESULTS_STORE_ROWS_H

#include "results/store_sql.h"

/* A zeroed next element of a growing array; `rows` is the address of its pointer. NULL when out
 * of memory, which the query answers at its close. */
void *store_next_row(void *rows, size_t *n, size_t *room, size_t size, struct query *query);

/* n values that are NaN, to free(); NULL when out of memory, likewise. */
double *store_unknown_values(size_t n, struct query *query);

/* The order of the attempts of an arm, and of all rows that belong to them. */
bool store_attempt_is_before(const struct attempt_record *a, uint64_t trial, uint32_t attempt);

/* Free a record's string. */
void store_free_text(const char *text);

#endif
