/* profile_rows.h - the figures of a profile, a row a part or a row a type, with their sum and
 * the whole step. Threading: plain data. */
#ifndef ORCHESTRATOR_PROFILE_ROWS_H
#define ORCHESTRATOR_PROFILE_ROWS_H

#include "base/status.h"
#include "cnn/profile_time.h"
#include "orchestrator/profile_power.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What came of a profile. Borrowed. */
struct profile_findings {
    const struct profile *profile;
    const struct profile_times *times;
    const struct profile_power *power;
};

struct profile_figures {
    bool runs;
    double flops, bytes;
    double time_s, energy_j; /* energy: NaN without a meter */
    bool own_power;          /* the energy is by the part's own power, not the whole step's */
};

struct profile_row {
    const char *kind; /* "layer", "data", "formats", "loss", "optimizer", "sum", "step" */
    const char *name; /* the type of the layers; else the kind */
    const struct profile_part *part; /* NULL: of several */
    int64_t parts;                   /* how many it sums up */
    int64_t params;
    struct profile_figures figures[PROFILE_DIRECTIONS]; /* not of the step */
    struct profile_figures total;
    double share; /* of the sum's time */
};

struct profile_rows {
    size_t n;                 /* the sum and the step included, which are the last two */
    struct profile_row *rows; /* by part: in the order of the step; by type: longest first */
};

/* Rows of the parts that run anything, and of all layers. Free them. Errors: ST_NOMEM. */
enum status profile_rows_make(struct profile_rows *rows,
                              const struct profile_findings *findings, bool by_type,
                              struct error *err);
void profile_rows_free(struct profile_rows *rows);

#endif
