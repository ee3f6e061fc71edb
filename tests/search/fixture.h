/* fixture.h - spaces and strategies written as JSON, and runs of them, for the tests of the
 * search. A text that is not right fails the test with its problems. */
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

/* Create a strategy that must be refused; json_problems_free() on the answer. */
struct json_problems fixture_refused(const struct problem *problem, const char *entry,
                                     const char *enqueue);

/* Each of the entries is refused with one problem, which names the option. */
struct fixture_mistake {
    const char *entry, *option;
};
void fixture_check_mistakes(const struct space *space, const struct fixture_mistake *mistakes,
                            size_t n);

/* A problem of one objective to be minimised, over a space that outlives it. */
struct problem fixture_problem(const struct space *space, uint64_t seed);

/* Diverse spaces: real and log, lattice, ordinals, categories, conditions, mixtures. */
struct fixture_space {
    const char *name, *text;
};
extern const struct fixture_space fixture_spaces[];
extern const size_t fixture_n_spaces;

/* Two real parameters, x and y, from 0 to 1, and the function of Branin over them. */
extern const char fixture_unit2[];
double fixture_branin(const double *point);

/* A learning rate and what goes with it, and a loss of it that is as low as 0 at sgd, lr 0.1,
 * momentum 0.9, depth 5. */
extern const char fixture_mixed[];
double fixture_training(const double *point);

/* Ask once, and tell that the trial is complete with what the function says. Answers that. */
typedef double fixture_function(const double *point);
double fixture_step(struct strategy *strategy, fixture_function *f);

/* The lowest value in so many trials of a new strategy. */
double fixture_best_of(const struct problem *problem, const char *entry, fixture_function *f,
                       int trials);

#endif
