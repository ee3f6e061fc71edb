/* option_values.h - what the values of the benchmarks' options are read with. Threading: no
 * shared state. */
#ifndef TESTS_BENCH_OPTION_VALUES_H
#define TESTS_BENCH_OPTION_VALUES_H

#include "base/status.h"

#include <stddef.h>

struct options; /* each benchmark's own */

/* Take over a value. Errors: ST_INVALID. */
typedef enum status option_reader(struct options *options, const char *value,
                                  struct error *err);

/* Call `each` for every name between commas. Errors: ST_INVALID for what is no list; those of
 * `each`. */
enum status option_list(struct options *options, const char *value, option_reader *each,
                        struct error *err);

/* A whole number from 1 to `most`; `option` names it in the message. Errors: ST_INVALID. */
enum status option_number(size_t *number, size_t most, const char *value, const char *option,
                          struct error *err);

#endif
