/* trial_report.h - a trial's side of the protocol: lines of JSON to the worker that started it.
 *
 * Under a worker the lines go to WATTUNE_FD, and a `stop` on WATTUNE_CONTROL_FD is noticed;
 * without one they are printed on standard output, so that the same program can be run by hand.
 * Threading: one thread. */
#ifndef ORCHESTRATOR_TRIAL_REPORT_H
#define ORCHESTRATOR_TRIAL_REPORT_H

#include "base/json.h"
#include "base/status.h"

#include <stdbool.h>

struct trial_report {
    int out;      /* where the lines go */
    int control;  /* where "stop" comes from; -1: nowhere */
    bool stopped; /* it came */
    int errnum;   /* of the first write that failed */
};

/* Errors: ST_INVALID when WATTUNE_FD or WATTUNE_CONTROL_FD is no open descriptor. */
enum status trial_report_open(struct trial_report *report, struct error *err);

/* {"event": "phase", "name": name} */
void trial_report_phase(struct trial_report *report, const char *name);

/* An event to fill with members and send. */
struct json *trial_report_event(const char *event);

/* Send an event, which is freed. False once the worker has asked to stop, or nobody reads any
 * more. */
bool trial_report_send(struct trial_report *report, struct json *event);

/* Errors: ST_IO when a line was lost. */
enum status trial_report_close(struct trial_report *report, struct error *err);

#endif
