/* outcome.h - what came of one attempt of a trial. Threading: plain data. */
#ifndef WORKER_OUTCOME_H
#define WORKER_OUTCOME_H

#include "base/json.h"
#include "base/status.h"
#include "worker/energy.h"

#include <stddef.h>
#include <stdint.h>

enum outcome_state { OUTCOME_COMPLETE, OUTCOME_PRUNED, OUTCOME_FAILED, OUTCOME_CANCELLED };

struct metric {
    char *name;
    double value; /* finite */
};

struct outcome {
    enum outcome_state state;
    char *reason;      /* one line; NULL when complete */
    char *stderr_tail; /* the last lines that it wrote to standard error (to standard output
                          when that was silent); NULL when complete or silent */
    struct metric *metrics; /* of its result; empty unless complete or pruned */
    size_t n_metrics;
    int64_t started_at_us, ended_at_us; /* realtime */
    double duration_s;
    double cpu_s;          /* of the whole process tree; NaN when unknown */
    double peak_memory_mb; /* of its largest process; NaN when unknown */
    int64_t epochs_done;   /* the largest "epoch" reported; -1 when it reported none */
    struct energy energy;  /* what is booked */
    /* The same by each meter that ran beside, in the study's order; NONE: that one failed. */
    struct energy beside[ENERGY_BESIDE_MAX];
    size_t n_beside;
};

const char *outcome_state_text(enum outcome_state state);

/* Free what the members own, and set them to nothing: no metrics, no texts, unknown figures. */
void outcome_clear(struct outcome *outcome);

/* Forget the metrics. */
void outcome_clear_metrics(struct outcome *outcome);

/* The metric's value, or NaN. */
double outcome_metric(const struct outcome *outcome, const char *name);

/* Append a metric; the name is copied. Errors: ST_NOMEM (nothing has changed). */
enum status outcome_add_metric(struct outcome *outcome, const char *name, double value);

/* For the wire: an object (json_print() reports a failed allocation), and back into an outcome
 * that holds nothing yet. Errors: ST_FORMAT; ST_NOMEM; the outcome is empty then. */
struct json *outcome_to_json(const struct outcome *outcome);
enum status outcome_from_json(struct outcome *outcome, const struct json *object,
                              struct error *err);

#endif
