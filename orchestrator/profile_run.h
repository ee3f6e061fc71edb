/* profile_run.h - profile one network, from its settings to the table. */
#ifndef ORCHESTRATOR_PROFILE_RUN_H
#define ORCHESTRATOR_PROFILE_RUN_H

#include "base/status.h"
#include "orchestrator/profile_request.h"
#include "results/table.h"

#include <stdbool.h>

struct profile_plan {
    const struct profile_request *request;
    double time_s; /* for all of it, about */
    bool by_type, inference;
};

/* Build, measure and lay out. *interrupted: a signal came, and the table has what was measured
 * before. *out is the caller's to table_free(). Errors: ST_INTERRUPTED when the signal came
 * before anything was measured; those of the model, the data, the memory and the meters. */
enum status profile_run(struct table **out, const struct profile_plan *plan, bool *interrupted,
                        struct error *err);

/* The layers without running them. Errors: those of the model and the data. */
enum status profile_run_list(struct table **out, const struct profile_plan *plan,
                             struct error *err);

#endif
