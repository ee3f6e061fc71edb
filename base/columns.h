/* columns.h - the names of the columns that every table of trials has.
 *
 * Neither a parameter nor a metric of a trial may be called so. The list stands here because
 * the readers of spaces, of trials' results and of recorded trials all refuse those names.
 * Threading: no state. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include <stdbool.h>

/* True for the columns of `wattune trials` that are neither parameters nor metrics:
 * "energy_j", "state", ... */
bool column_is_reserved(const char *name);

#endif
