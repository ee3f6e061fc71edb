#include "orchestrator/trial_report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The descriptor that an environment variable names, or `fallback` when it is not set. */
static enum status descriptor(const char *variable, int fallback, int *fd, struct error *err)
{
    const char *text = getenv(variable);
    *fd = fallback;
    if (!text)
        return ST_OK;
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < 0 || number > 1 << 20 ||
        fcntl((int)number, F_GETFD) < 0)
        return error_set(err, ST_INVALID, "%s is '%s', which is no open file descriptor",
                         variable, text);
    *fd = (int)number;
    return ST_OK;
}

enum status trial_report_open(struct trial_report *report, struct error *err)
{
    *report = (struct trial_report){.control = -1};
    signal(SIGPIPE,
           SIG_IGN); /* a worker that is gone is an error to report, not a silent death */
    enum status status = descriptor("WATTUNE_FD", STDOUT_FILENO, &report->out, err);
    if (!status)
        status = descriptor("WATTUNE_CONTROL_FD", -1, &report->control, err);
    return status;
}

static void write_all(struct trial_report *report, const char *text, size_t length)
{
    while (length > 0 && !report->errnum) {
        ssize_t n = write(report->out, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            report->errnum = errno;
            return;
        }
        text += n;
        length -= (size_t)n;
    }
}

/* Look for a "stop" without waiting. Closing the pipe says nothing: a worker need not keep it
 * open. */
static void look_for_stop(struct trial_report *report)
{
    struct pollfd p = {.fd = report->control, .events = POLLIN};
    char line[64];
    while (report->control >= 0 && poll(&p, 1, 0) > 0) {
        ssize_t n = read(report->control, line, sizeof line);
        if (n <= 0) {
            report->control = -1;
            return;
        }
        if (memmem(line, (size_t)n, "stop", 4))
            report->stopped = true;
    }
}

struct json *trial_report_event(const char *event)
{
    struct json *object = json_object_create();
    json_put_string(object, "event", event);
    return object;
}

bool trial_report_send(struct trial_report *report, struct json *event)
{
    struct strbuf line = STRBUF_INIT;
    if (json_print(event, false, &line))
        report->errnum = ENOMEM;
    strbuf_append_char(&line, '\n');
    write_all(report, strbuf_text(&line), line.length);
    strbuf_free(&line);
    json_free(event);
    look_for_stop(report);
    return !report->stopped && !report->errnum;
}

void trial_report_phase(struct trial_report *report, const char *name)
{
    struct json *event = trial_report_event("phase");
    json_put_string(event, "name", name);
    trial_report_send(report, event);
}

enum status trial_report_close(struct trial_report *report, struct error *err)
{
    if (!report->errnum)
        return ST_OK;
    return error_errno(err, report->errnum, "cannot %s",
                       report->out == STDOUT_FILENO ? "write to standard output"
                                                    : "report to the worker");
}
