/* profile_costs.h - what a layer of each type adds to the networks of a sweep.
 * Threading: plain data. */
#ifndef ORCHESTRATOR_PROFILE_COSTS_H
#define ORCHESTRATOR_PROFILE_COSTS_H

#include "orchestrator/profile_sweep.h"
#include "results/regression.h"
#include "results/table.h"

#include <stdbool.h>

/* All figures are for so many images. */
#define SWEEP_IMAGES 1000.0

/* Of one network. NaN when it was not visited; joules also when the meters had too little time
 * to resolve them. */
double sweep_time_s(const struct sweep_member *member);
double sweep_energy_j(const struct sweep *sweep, const struct sweep_member *member);

struct sweep_costs {
    struct regression energy, time;
    bool energy_known, time_known;
};

struct sweep_costs sweep_costs_find(const struct sweep *sweep);

/* Fill an empty table: a row a type, and what all networks share. */
void sweep_costs_add_rows(struct table *table, const struct sweep_costs *costs);

/* How the types compare, and how well they explain the networks. */
void sweep_costs_note(struct table *table, const struct sweep_costs *costs);

#endif
