/* profile_parts.h - which parts a step has, and what they run, from a planned network.
 * For profile.c only. */
#ifndef CNN_PROFILE_PARTS_H
#define CNN_PROFILE_PARTS_H

#include "base/status.h"
#include "cnn/network.h"
#include "cnn/profile.h"

/* Where the parts are in their list. */
struct profile_places {
    size_t n, data, first_layer, formats, loss, optimizer;
};

/* *out is [places->n], the caller's to free(). Errors: ST_NOMEM. */
enum status profile_parts_create(struct profile_part **out, struct profile_places *places,
                                 const struct network *network, bool inference);

/* The part that a stretch of operations belongs to (plan.h). */
size_t profile_parts_place(const struct profile_places *places, int layer);

#endif
