/* forest.h - a random forest for regression: trees on bootstrap samples (Breiman 2001).
 *
 * Trees are handed out one after the other and not kept. Every input is tried at every cut:
 * with few samples that finds what matters better than random subsets of them do, and the
 * bootstrap alone makes the trees differ. Threading: one forest belongs to one thread. */
#ifndef SEARCH_FOREST_H
#define SEARCH_FOREST_H

#include "search/regression_tree.h"

struct forest;

/* `samples` is borrowed and outlives the forest. Equal seeds give equal trees. Errors:
 * ST_NOMEM. */
enum status forest_create(struct forest **out, const struct samples *samples, size_t min_leaf,
                          uint64_t seed);
void forest_free(struct forest *forest);

/* Grow the next tree; valid until the next call. */
const struct tree *forest_next(struct forest *forest);

/* R^2 of the trees so far: each sample is predicted by the trees that neither it nor another
 * sample of the same inputs had a part in. 1 is perfect, 0 no better than the mean; NaN when
 * the targets are all the same or there are no such trees. */
double forest_fit(const struct forest *forest);

#endif
