/* persist.h - carry the coordinator's actions for the store out. Threading: one thread. */
#ifndef ORCHESTRATOR_PERSIST_H
#define ORCHESTRATOR_PERSIST_H

#include "base/status.h"
#include "orchestrator/action.h"
#include "results/store.h"

/* Write all of them in one transaction: when this answers ST_OK they are durable, otherwise
 * none of them is stored. Errors: those of the store; ST_NOMEM. */
enum status persist_actions(struct store *store, const struct action_list *actions,
                            struct error *err);

/* Write them in a transaction that the caller has begun, and ends. */
enum status persist_within(struct store *store, const struct action_list *actions,
                           struct error *err);

#endif
