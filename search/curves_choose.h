/* curves_choose.h - which rows of learning curves a process is given when there are too many.
 *
 * Curves whose last target is low are given whole, up to half of the rows. Of the others, which
 * lost, the way there says little: they give their last row, an even selection of them in the
 * order of telling, and others only as far as there is room. Threading: any. */
#ifndef SEARCH_CURVES_CHOOSE_H
#define SEARCH_CURVES_CHOOSE_H

#include "search/curves.h"

/* Choose m <= curves->n rows: chosen[curves->n] tells of each whether it was. Targets are those
 * of the falls as they are. Errors: ST_NOMEM. */
enum status curves_choose(const struct curves *curves, size_t m, bool *chosen);

#endif
