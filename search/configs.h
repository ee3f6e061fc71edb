/* configs.h - which configurations a history has: its points without their fidelity, and a draw
 * of one that it does not have. Threading: one owner at a time. */
#ifndef SEARCH_CONFIGS_H
#define SEARCH_CONFIGS_H

#include "search/fidelity.h"

struct configs;

/* The problem and the fidelity are copied; what they point to must outlive it. Errors:
 * ST_NOMEM. */
enum status configs_create(struct configs **out, const struct problem *problem,
                           const struct fidelity *fidelity);
void configs_free(struct configs *configs);

/* How many there are; INFINITY when they are uncountable. */
double configs_count(const struct configs *configs);

/* Take in the trials that have been asked for since the last time. Errors: ST_NOMEM: the next
 * call goes on. */
enum status configs_update(struct configs *configs, const struct history *history);

/* The problem without the fidelity, and the configurations as its pending trials; borrowed. A
 * point of it has 0 for the fidelity. */
const struct problem *configs_problem(const struct configs *configs);
const struct history *configs_history(const struct configs *configs);

/* How many of the trials taken in continue none: the number of the next new one. */
size_t configs_started(const struct configs *configs);

/* Draw a configuration at random into a point whose fidelity is set to `value`. False when none
 * is left. After configs_update(). */
bool configs_draw(struct configs *configs, uint64_t seed, double value, double *point);

#endif
