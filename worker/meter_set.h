/* meter_set.h - putting a set of meters together. For meter_choice.c. */
#ifndef WORKER_METER_SET_H
#define WORKER_METER_SET_H

#include "worker/meter.h"

/* Does the meter cover what one of the set does, or is there no place for it? */
bool meter_set_is_taken(const struct meter_set *set, const struct meter_type *type,
                        const struct meter *meter);
/* Add an open meter, which the set owns from here on. */
void meter_set_add(struct meter_set *set, const struct meter_type *type, struct meter *meter);
/* Fill in the quality and the text. Errors: ST_NOMEM. */
enum status meter_set_describe(struct meter_set *set, struct error *err);
/* Close the meters, and make the set empty. */
void meter_set_close(struct meter_set *set);

#endif
