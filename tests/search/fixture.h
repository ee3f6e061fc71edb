/* fixture.h - spaces and strategies written as JSON, for the tests of the search. A text that
 * is not right fails the test with its problems. */
#ifndef TESTS_SEARCH_FIXTURE_H
#define TESTS_SEARCH_FIXTURE_H

#include "search/space.h"
#include "search/strategy.h"
#include "tests/check.h"

/* The caller frees. */
struct json *fixture_json(const char *text);
struct space *fixture_space(const char *text);

/* `entry` is a strategy's name in quotes or an object; enqueue may be NULL. */
struct strategy *fixture_strategy(const struct problem *problem, const char *entry,
                                  const char *enqueue);

/* A problem of one objective to be minimised, over a space that outlives it. */
struct problem fixture_problem(const struct space *space, uint64_t seed);

/* Diverse spaces: real and log, lattice, ordinals, categories, conditions, mixtures. */
struct fixture_space {
    const char *name, *text;
};
extern const struct fixture_space fixture_spaces[];
extern const size_t fixture_n_spaces;

#endif
