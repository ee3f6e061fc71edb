/* meter_program.h - a user's program that prints readings, one a line: "1234.5 J" (joules so
 * far) or "87.2 W" (watts now). Nothing here waits for it, but the start. Threading: one owner.
 */
#ifndef WORKER_METER_PROGRAM_H
#define WORKER_METER_PROGRAM_H

#include "base/strbuf.h"
#include "worker/process.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum meter_unit { METER_UNIT_NONE, METER_UNIT_JOULE, METER_UNIT_WATT };

struct meter_program {
    struct process process;
    char line[128]; /* the beginning of the next one */
    size_t length;
    bool too_long;        /* what is in `line` is not all of it */
    enum meter_unit unit; /* of the last whole line; NONE: it made no sense, or there is none */
    uint64_t value;       /* microjoules or microwatts */
    int64_t line_ns;      /* when it was seen (monotonic) */
    char complaint[128];  /* the last line that made no sense, or that it wrote as an error */
};

/* Read one line; METER_UNIT_NONE when it is no reading. */
enum meter_unit meter_program_parse(const char *line, uint64_t *value);

/* Run the command with /bin/sh and wait for its first line, at most timeout_s. False when there
 * is none: then it was stopped, and the report says why. */
bool meter_program_start(struct meter_program *program, const char *command, double timeout_s,
                         struct strbuf *report);

/* Take in what it has printed since. False once it has ended. */
bool meter_program_look(struct meter_program *program);

/* End it: politely, and after half a second by force. */
void meter_program_stop(struct meter_program *program);

#endif
