/* protocol.h - what a trial says: lines of JSON, as docs/trials.md tells its users.
 *
 * Whatever is wrong with a line is told as the reason for which the attempt fails: a clause
 * that follows the trial's name ("sent an unknown event 'reslut'; ..."). Threading: no shared
 * state. */
#ifndef WORKER_PROTOCOL_H
#define WORKER_PROTOCOL_H

#include "base/json.h"
#include "base/status.h"
#include "worker/outcome.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest line, without its newline. */
enum { PROTOCOL_LINE_MAX = 65536 };

enum protocol_event { PROTOCOL_PHASE, PROTOCOL_REPORT, PROTOCOL_RESULT };

/* Read one line. *object is the caller's to json_free(); for a phase its "name" is a text, in a
 * report and a result every number is finite. Errors: ST_FORMAT with the reason in err;
 * ST_NOMEM; *object is NULL then. */
enum status protocol_read(enum protocol_event *event, struct json **object, const char *line,
                          size_t length, struct error *err);

/* Read the last line of a standard output as a result: the same, but "event" may be missing. */
enum status protocol_read_output(struct json **object, const char *line, size_t length,
                                 struct error *err);

/* What a result may and must hold. */
struct protocol_terms {
    const char *const *objectives; /* ended by NULL: must be among the metrics */
    const struct json *params;     /* the trial's: must not be */
    bool takes_energy;             /* "energy_j" is the trial's own figure, else refused */
    bool needs_energy;
};

/* Take the metrics of a result into an outcome, which holds none yet, and its own figure of
 * joules into *energy_j: NaN when it gives none. Errors: ST_FORMAT with the reason in err;
 * ST_NOMEM. */
enum status protocol_take_result(struct outcome *outcome, double *energy_j,
                                 const struct json *result, const struct protocol_terms *terms,
                                 struct error *err);

/* Errors: ST_FORMAT with the reason in err when an objective is not among the metrics. */
enum status protocol_check_objectives(const struct outcome *outcome,
                                      const char *const *objectives, struct error *err);

#endif
