/* halving.h - successive halving over epochs: what `asha` and `hyperband` share.
 *
 * New configurations start on the lowest rung of a bracket; each bracket has a ladder of its
 * own (ladder.h). Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht &
 * Talwalkar 2020, "A system for massively parallel hyperparameter tuning". Threading: one owner
 * at a time. */
#ifndef SEARCH_HALVING_H
#define SEARCH_HALVING_H

#include "search/rungs.h"

struct halving;

/* The lowest rung of the bracket that new configuration number `started` belongs to. */
typedef size_t halving_bracket(const struct rungs *rungs, size_t started);

/* Read the options and make it; see struct strategy_type. Ladders are apart when `bracket` is
 * not NULL; without it there is one. */
enum status halving_create(struct halving **out, const struct problem *problem,
                           struct json_reader *options, halving_bracket *bracket,
                           struct error *err);

/* Members of a strategy type, with a struct halving as the state. */
void halving_free(void *state);
double halving_count(const void *state);
bool halving_continues(const void *state);
enum ask halving_ask(void *state, const struct history *history, struct proposal *proposal);

#endif
