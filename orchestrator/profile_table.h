/* profile_table.h - what `wattune profile` shows of a network. */
#ifndef ORCHESTRATOR_PROFILE_TABLE_H
#define ORCHESTRATOR_PROFILE_TABLE_H

#include "cnn/graph.h"
#include "orchestrator/profile_meter.h"
#include "orchestrator/profile_rows.h"
#include "results/table.h"

#include <stdbool.h>
#include <stdint.h>

struct profile_report {
    const char *title;
    struct profile_findings findings;
    const struct profile_meter *meter;
    double peak; /* of the machine, FLOP/s */
    int64_t threads;
    bool by_type, inference;
};

/* A row a part or a type, the sum, the whole step, and notes on how far the figures can be
 * trusted. *out is the caller's to table_free(). Errors: ST_NOMEM. */
enum status profile_table(struct table **out, const struct profile_report *report,
                          struct error *err);

/* What is known without running anything: a row a layer or a type, and the sum; of one image.
 * Errors: likewise. */
enum status profile_list_table(struct table **out, const struct graph *graph, const char *title,
                               bool by_type, struct error *err);

/* "energy (estimated)" */
void profile_append_energy_heading(struct strbuf *out, enum energy_quality quality);

/* "16 x 32 x 32": sizes without the batch. */
void profile_append_sizes(struct strbuf *out, const struct shape *shape);

#endif
