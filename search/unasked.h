/* unasked.h - points that no trial has had yet: what keeps strategies free of duplicates.
 * Threading: one struct unasked per thread. */
#ifndef SEARCH_UNASKED_H
#define SEARCH_UNASKED_H

#include "search/strategy.h"

struct unasked;

/* The problem must outlive it. Errors: ST_NOMEM. */
enum status unasked_create(struct unasked **out, const struct problem *problem);
void unasked_free(struct unasked *unasked);

/* True when every point of a finite space was asked for (never when duplicates are allowed). */
bool unasked_none(const struct unasked *unasked, const struct history *history);

/* Draw a point at random (as space_sample() does, the same for the same seed and history) that
 * was not asked for yet. When the draws keep finding old points in a finite space, every point
 * that is left is equally likely, however few they are. False when none is left. When
 * duplicates are allowed, the first draw stands. */
bool unasked_draw(struct unasked *unasked, const struct history *history, uint64_t seed,
                  double *point);

#endif
