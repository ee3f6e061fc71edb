#include "worker/supervisor_state.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, CHUNKS_A_READ = 4, CHUNKS_A_DRAIN = 32 };

/* Read one chunk; 0 when there is nothing now, and then the pipe is closed if there never will
 * be. */
static size_t read_chunk(struct supervisor *s, enum process_pipe pipe, char chunk[CHUNK])
{
    int fd = s->process.fd[pipe];
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, chunk, CHUNK);
    if (n > 0)
        return (size_t)n;
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        process_close_pipe(&s->process, pipe);
    return 0;
}

/* A pipe that is always full must not keep us from everything else: `chunks` bounds the read.
 */
static void read_tail(struct supervisor *s, enum process_pipe pipe, struct tail *tail,
                      int chunks)
{
    char chunk[CHUNK];
    for (int i = 0; i < chunks; i++) {
        size_t n = read_chunk(s, pipe, chunk);
        if (n == 0)
            return;
        tail_push(tail, chunk, n);
    }
}

/* Lines are read only while none is waiting, so the memory is bounded and a trial that floods
 * has to wait for us. */
static void read_lines(struct supervisor *s)
{
    char chunk[CHUNK];
    while (s->lines.length == 0 || !memchr(s->lines.text, '\n', s->lines.length)) {
        if (s->lines.length > PROTOCOL_LINE_MAX)
            return;
        size_t n = read_chunk(s, PROCESS_REPORT, chunk);
        if (n == 0)
            return;
        strbuf_append_bytes(&s->lines, chunk, n);
        if (!strbuf_ok(&s->lines)) {
            strbuf_clear(&s->lines);
            supervisor_fail(s, "out of memory in the worker");
        }
    }
}

/* The exec pipe ends when the program runs, and tells why when it cannot. */
static void read_exec(struct supervisor *s)
{
    struct process_failure failure;
    int fd = s->process.fd[PROCESS_EXEC];
    if (fd < 0)
        return;
    ssize_t n = read(fd, &failure, sizeof failure);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    process_close_pipe(&s->process, PROCESS_EXEC);
    if (n != (ssize_t)sizeof failure)
        return;
    char text[512];
    process_failure_text(&failure, s->attempt.cwd, text, sizeof text);
    supervisor_decide(s, OUTCOME_FAILED, "%s: %s", s->attempt.program, text);
}

void supervisor_read(struct supervisor *s)
{
    read_exec(s);
    read_tail(s, PROCESS_OUTPUT, &s->output, CHUNKS_A_READ);
    read_tail(s, PROCESS_ERRORS, &s->errors, CHUNKS_A_READ);
    read_lines(s);
}

void supervisor_drain(struct supervisor *s)
{
    read_exec(s);
    read_tail(s, PROCESS_OUTPUT, &s->output, CHUNKS_A_DRAIN);
    read_tail(s, PROCESS_ERRORS, &s->errors, CHUNKS_A_DRAIN);
    read_lines(s);
}

static void take_result(struct supervisor *s, const struct json *object)
{
    struct error err;
    if (s->has_result)
        supervisor_fail(s, "sent two results");
    else if (supervisor_take_result(s, object, &err))
        supervisor_fail(s, err.what);
    else
        s->has_result = true;
}

static void note_epoch(struct supervisor *s, const struct json *report)
{
    double epoch = json_number(json_member(report, "epoch"));
    if (epoch > (double)s->outcome.epochs_done && epoch <= 0x1p53)
        s->outcome.epochs_done = (int64_t)floor(epoch);
}

/* Understand one line; true when it is news for the caller. */
static bool take_line(struct supervisor *s, const char *line, size_t length,
                      struct supervisor_event *event)
{
    enum protocol_event kind;
    struct error err;
    if (length > PROTOCOL_LINE_MAX) {
        supervisor_fail(s, "sent a line of more than 64 KiB on WATTUNE_FD");
        return false;
    }
    if (protocol_read(&kind, &s->event, line, length, &err)) {
        supervisor_fail(s, err.what);
        return false;
    }
    if (kind == PROTOCOL_RESULT) {
        take_result(s, s->event);
        return false;
    }
    if (kind == PROTOCOL_REPORT) {
        note_epoch(s, s->event);
        event->kind = SUPERVISOR_REPORT;
        event->report = s->event;
    } else {
        event->kind = SUPERVISOR_PHASE;
        event->text = json_string(json_member(s->event, "name"));
    }
    return true;
}

/* Nothing to understand; too much of nothing is a mistake like any other. */
static bool is_blank(const char *line, size_t length)
{
    return length <= PROTOCOL_LINE_MAX && strspn(line, " \t\r") >= length;
}

bool supervisor_next_event(struct supervisor *s, struct supervisor_event *event)
{
    for (;;) {
        if (s->stage == STAGE_DRAINED)
            read_lines(s);
        if (s->lines.length == 0)
            return false;
        const char *text = s->lines.text;
        const char *newline = memchr(text, '\n', s->lines.length);
        bool too_long = s->lines.length > PROTOCOL_LINE_MAX;
        if (!newline && !too_long && s->stage != STAGE_DRAINED)
            return false;
        size_t length = newline ? (size_t)(newline - text) : s->lines.length;
        json_free(s->event);
        s->event = NULL;
        bool news = !s->decided && !is_blank(text, length) && take_line(s, text, length, event);
        strbuf_consume(&s->lines, newline ? length + 1 : length);
        if (news)
            return true;
    }
}
