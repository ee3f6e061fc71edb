/* target_impl.h - between the files of target.h. */
#ifndef TESTS_BENCH_SEARCH_TARGET_IMPL_H
#define TESTS_BENCH_SEARCH_TARGET_IMPL_H

#include "tests/bench/search/target.h"

/* Find the least value, or the volume of the front, by its formula or by looking at all points
 * of the space. Errors: ST_INVALID for a space that cannot be looked through (said in err);
 * ST_NOMEM. */
enum status target_find_best(struct target *target, struct error *err);

#endif
