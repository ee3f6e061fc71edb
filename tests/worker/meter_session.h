/* meter_session.h - a meter of the table opened on a made tree, and time that the test makes.
 */
#ifndef TESTS_WORKER_METER_SESSION_H
#define TESTS_WORKER_METER_SESSION_H

#include "tests/worker/tree.h"
#include "worker/meter.h"

struct meter_session {
    const struct meter_type *type;
    struct meter *meter;
    struct meter_reading last;
};

/* The type of that name in the table; fails the test when it is not there. */
const struct meter_type *find_meter(const char *name);

/* Open the meter, which must be present, and read it once. */
struct meter_session meter_session_open(const struct tree *tree, const char *name);
void meter_session_close(struct meter_session *session);

/* Read again as if time_s had passed since the last reading, and answer the step between. */
struct meter_step meter_session_advance(struct meter_session *session, double time_s);

/* What the meter is called in the books. */
void check_meter_text(const struct meter_session *session, const char *expected);

/* Probe without opening, and check that the report holds a text. */
enum meter_presence meter_says(const struct tree *tree, const char *name, const char *expected);

/* Run the check as somebody whom file modes bind. */
void with_no_privilege(void (*check)(const struct tree *), const struct tree *tree);

#endif
