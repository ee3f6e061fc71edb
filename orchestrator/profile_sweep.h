/* profile_sweep.h - `wattune profile --sweep`: what a convolution, a linear layer and a ReLU
 * cost, from networks that have more or fewer of them (cnn/layer_family.h).
 *
 * Each network is visited several times, in an order of its own each time, so that what else
 * happens on the machine meets all of them. Threading: as the profile. */
#ifndef ORCHESTRATOR_PROFILE_SWEEP_H
#define ORCHESTRATOR_PROFILE_SWEEP_H

#include "base/status.h"
#include "cnn/layer_family.h"
#include "orchestrator/profile_meter.h"
#include "orchestrator/profile_run.h"
#include "results/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWEEP_VISITS 3

/* A network of the sweep. */
struct sweep_member {
    const struct family_member *member;
    int64_t params, flops; /* flops: of a step, for one image */
    size_t n_visits, n_images;
    double image_s[SWEEP_VISITS]; /* the median of a visit's steps, for one image */
    struct profile_joules joules; /* of n_images */
};

struct sweep {
    const struct profile_plan *plan;
    struct profile_meter meter;
    size_t n;
    struct sweep_member *members; /* [n] */
};

/* Measure. *interrupted: a signal came, and members have fewer visits. Close it also after an
 * error. Errors: ST_INTERRUPTED when it came before any network was visited; those of the
 * networks, the memory and the meters. */
enum status sweep_measure(struct sweep *sweep, const struct profile_plan *plan,
                          bool *interrupted, struct error *err);
void sweep_close(struct sweep *sweep);

/* A row a network, with what its layers cost below it in text; or, by type, a row a type alone.
 * Per 1,000 images. Errors: ST_NOMEM. */
enum status sweep_table(struct table **out, const struct sweep *sweep, struct error *err);

#endif
