/* search_cost.h - what asking and telling strategies costs: processor time, booked in the
 * ledger. Threading: one thread. */
#ifndef ORCHESTRATOR_SEARCH_COST_H
#define ORCHESTRATOR_SEARCH_COST_H

#include "orchestrator/coordinator.h"
#include "worker/ledger.h"

struct search_cost {
    struct ledger *ledger; /* NULL: nothing is booked */
    double cpu_s;          /* since the last search_cost_take() */
};

/* The calls of coordinator_ops_plain, measured into `cost`, which outlives them. */
struct coordinator_ops search_cost_ops(struct search_cost *cost);

/* Seconds of processor time since the last call. */
double search_cost_take(struct search_cost *cost);

#endif
