#include "worker/meter_program.h"

#include "base/clock.h"
#include "worker/printable.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A pipe of 64 KiB that was found (nearly) full held its program up: what is in it is old. */
#define PIPE_BYTES 60000

/* Beyond this a double no longer tells microjoules apart. */
#define VALUE_MAX 9e9

#define STOP_S 0.5

enum meter_unit meter_program_parse(const char *line, uint64_t *value)
{
    char *end;
    while (isspace((unsigned char)*line))
        line++;
    if (!isdigit((unsigned char)*line)) /* strtod would take signs, "inf" and "nan" */
        return METER_UNIT_NONE;
    double number = strtod(line, &end);
    if ((size_t)(end - line) > strspn(line, "0123456789.eE+-")) /* nor hexadecimal */
        return METER_UNIT_NONE;
    while (isspace((unsigned char)*end))
        end++;
    char unit = *end ? *end++ : '\0';
    while (isspace((unsigned char)*end))
        end++;
    if (*end || (unit != 'J' && unit != 'W') || !(number <= VALUE_MAX))
        return METER_UNIT_NONE;
    *value = (uint64_t)llround(number * 1e6);
    return unit == 'J' ? METER_UNIT_JOULE : METER_UNIT_WATT;
}

/* Its words go into reports, so they must be fit to print. */
static void complain(struct meter_program *program, const char *words)
{
    snprintf(program->complaint, sizeof program->complaint, "%.*s", (int)strcspn(words, "\r\n"),
             words);
    printable(program->complaint, strlen(program->complaint));
}

static void take_line(struct meter_program *program)
{
    program->line[program->length] = '\0';
    program->unit = program->too_long ? METER_UNIT_NONE
                                      : meter_program_parse(program->line, &program->value);
    if (program->unit == METER_UNIT_NONE)
        complain(program, program->line);
    program->line_ns = clock_monotonic_ns();
    program->length = 0;
    program->too_long = false;
}

static void take_bytes(struct meter_program *program, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            take_line(program);
        else if (program->length < sizeof program->line - 1)
            program->line[program->length++] = bytes[i];
        else
            program->too_long = true;
    }
}

/* Keep the last words of its standard error. A program that writes as fast as it is read does
 * not hold the reader up. */
static void drain_errors(struct meter_program *program)
{
    char bytes[sizeof program->complaint];
    size_t sum = 0;
    ssize_t got;
    while (sum < PIPE_BYTES &&
           (got = read(program->process.fd[PROCESS_ERRORS], bytes, sizeof bytes - 1)) > 0) {
        bytes[got] = '\0';
        sum += (size_t)got;
        complain(program, bytes);
    }
}

bool meter_program_look(struct meter_program *program)
{
    char bytes[512];
    size_t sum = 0;
    ssize_t got;
    drain_errors(program);
    while ((got = read(program->process.fd[PROCESS_OUTPUT], bytes, sizeof bytes)) > 0) {
        take_bytes(program, bytes, (size_t)got);
        sum += (size_t)got;
        if (sum >= PIPE_BYTES) {
            program->unit = METER_UNIT_NONE;
            return true;
        }
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Until its first line; false when it ended or the time was up before. */
static bool wait_for_line(struct meter_program *program, double timeout_s)
{
    double end_s = clock_monotonic_s() + timeout_s;
    while (meter_program_look(program)) {
        if (program->line_ns)
            return true;
        double left_s = end_s - clock_monotonic_s();
        if (left_s <= 0)
            return false;
        struct pollfd wait = {.fd = program->process.fd[PROCESS_OUTPUT], .events = POLLIN};
        poll(&wait, 1, (int)ceil(left_s * 1e3));
    }
    return program->line_ns != 0;
}

bool meter_program_start(struct meter_program *program, const char *command, double timeout_s,
                         struct strbuf *report)
{
    char *text = strdup(command);
    char shell[] = "/bin/sh", option[] = "-c";
    char *argv[] = {shell, option, text, NULL};
    struct process_plan plan = {.argv = argv, .envp = environ, .cgroup = -1};
    struct error err = {.what = "out of memory"};
    *program = (struct meter_program){0};
    enum status status = text ? process_start(&program->process, &plan, &err) : ST_NOMEM;
    free(text);
    if (status != ST_OK) {
        strbuf_printf(report, "%s: %s\n", command, err.what);
        return false;
    }
    if (wait_for_line(program, timeout_s) && program->unit != METER_UNIT_NONE)
        return true;
    strbuf_printf(report, "%s: ", command);
    if (program->line_ns)
        strbuf_printf(report, "\"%s\" is no reading such as \"1234.5 J\" or \"87.2 W\"\n",
                      program->complaint);
    else
        strbuf_printf(report, "no reading in %g s%s%s\n", timeout_s,
                      program->complaint[0] ? "; it said: " : "", program->complaint);
    meter_program_stop(program);
    return false;
}

void meter_program_stop(struct meter_program *program)
{
    pid_t pid = program->process.pid;
    double end_s = clock_monotonic_s() + STOP_S;
    kill(-pid, SIGTERM); /* it leads a group of its own */
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_monotonic_s() >= end_s) {
            kill(-pid, SIGKILL);
            waitpid(pid, NULL, 0);
            break;
        }
        clock_sleep(0.002);
    }
    kill(-pid, SIGKILL); /* what it started */
    process_close(&program->process);
}
