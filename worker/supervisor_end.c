#include "worker/printable.h"
#include "worker/supervisor_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "worker/meter_reported.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that is still there so long after SIGKILL hangs in the kernel, on a file system
 * that does not answer for instance. The worker goes on without it. */
#define GIVE_UP_S 30.0

void supervisor_decide(struct supervisor *s, enum outcome_state state, const char *format, ...)
{
    if (s->decided)
        return;
    struct strbuf reason = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vprintf(&reason, format, args);
    va_end(args);
    s->outcome.state = state;
    s->outcome.reason = strbuf_take(&reason);
    if (s->outcome.reason) /* names that a trial has sent may hold anything, and be cut */
        printable_line(s->outcome.reason);
    s->decided = true;
}

static void kill_all(struct supervisor *s)
{
    if (!s->killing)
        s->give_up_at = clock_monotonic_s() + GIVE_UP_S;
    s->killing = true;
    s->kill_at = INFINITY;
    if (s->process.in_cgroup)
        cgroup_kill(s->cgroup.path);
    process_tree_kill(&s->tree);
}

void supervisor_fail(struct supervisor *s, const char *reason)
{
    supervisor_decide(s, OUTCOME_FAILED, "%s", reason);
    if (s->stage == STAGE_RUNNING)
        kill_all(s);
}

static void kill_by(struct supervisor *s, double time_s)
{
    if (!s->killing && time_s < s->kill_at)
        s->kill_at = time_s;
}

void supervisor_terminate(struct supervisor *s, double grace_s)
{
    process_tree_signal(&s->tree, SIGTERM);
    process_tree_signal(&s->tree, SIGCONT); /* a stopped process could not obey */
    kill_by(s, clock_monotonic_s() + grace_s);
}

/* Its first process ended, or never will. */
static void begin_cleaning(struct supervisor *s, double now)
{
    s->stage = STAGE_CLEANING;
    s->outcome.ended_at_us = clock_realtime_us();
    s->outcome.duration_s = now - s->started_s;
    s->give_up_at = now + GIVE_UP_S;
    s->clean_pause_s = 0.0005;
}

static void enforce_running(struct supervisor *s, double now)
{
    if (process_tree_reap_root(&s->tree, &s->wait_status)) {
        begin_cleaning(s, now);
        return;
    }
    if (now >= s->timeout_at) {
        s->timeout_at = INFINITY;
        supervisor_decide(s, OUTCOME_FAILED, "timed out after %g s", s->attempt.timeout_s);
        supervisor_terminate(s, s->attempt.grace_s);
    }
    if (s->has_result)
        kill_by(s, now + s->attempt.grace_s);
    if (now >= s->kill_at)
        kill_all(s);
    if (now >= s->give_up_at) {
        supervisor_decide(s, OUTCOME_FAILED, "could not be killed: it hangs in the kernel");
        s->lost = true;
        begin_cleaning(s, now);
    }
}

static void enforce_cleaning(struct supervisor *s, double now)
{
    bool clean = process_tree_kill(&s->tree);
    s->clean_pause_s = fmin(2 * s->clean_pause_s, 0.02);
    if (!clean && now < s->give_up_at && !s->lost)
        return;
    if (!clean)
        log_warn("%s: processes are left that cannot be killed", s->attempt.program);
    s->stage = STAGE_DRAINED;
    supervisor_drain(s);
}

void supervisor_enforce(struct supervisor *s, double now)
{
    if (s->stage == STAGE_RUNNING)
        enforce_running(s, now);
    if (s->stage == STAGE_CLEANING)
        enforce_cleaning(s, now);
    if (s->stage == STAGE_SIMULATED && now >= s->timeout_at) {
        s->timeout_at = INFINITY;
        supervisor_decide(s, OUTCOME_FAILED, "timed out after %g s", s->attempt.timeout_s);
    }
}

enum status supervisor_take_result(struct supervisor *s, const struct json *result,
                                   struct error *err)
{
    struct protocol_terms terms = {
        .objectives = (const char *const *)s->attempt.objectives,
        .params = s->attempt.params,
        .takes_energy = s->attempt.reported_as != REPORTED_REFUSED,
        .needs_energy = s->attempt.reported_as == REPORTED_BOOKED,
    };
    return protocol_take_result(&s->outcome, &s->reported_j, result, &terms, err);
}

/* A program that knows nothing of WATTUNE_FD prints its result as its last line. */
static enum status take_printed_result(struct supervisor *s, struct error *err)
{
    size_t length;
    bool whole;
    struct json *result = NULL;
    char *line = tail_last_line(&s->output, &length, &whole);
    enum status status;
    if (!line)
        status = error_set(err, ST_NOTFOUND, "nothing on WATTUNE_FD or standard output");
    else if (!whole || length > PROTOCOL_LINE_MAX)
        status = error_set(err, ST_FORMAT,
                           "the last line of its standard output is longer than 64 KiB");
    else
        status = protocol_read_output(&result, line, length, err);
    if (!status)
        status = supervisor_take_result(s, result, err);
    json_free(result);
    free(line);
    return status;
}

static void judge_signal(struct supervisor *s, int number)
{
    bool oom = number == SIGKILL && s->oom_kills >= 0 && process_oom_kills() > s->oom_kills;
    if (oom)
        supervisor_decide(s, OUTCOME_FAILED,
                          "ran out of memory: killed by the kernel (signal 9)");
    else
        supervisor_decide(s, OUTCOME_FAILED, "killed by signal %d (%s)%s", number,
                          strsignal(number),
                          number == SIGKILL ? ", from outside or for want of memory" : "");
}

static void judge_stopped(struct supervisor *s, bool clean)
{
    if (s->killing)
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early: killed after %g s of grace",
                          s->attempt.grace_s);
    else if (clean)
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early");
    else if (WIFEXITED(s->wait_status))
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early: exited with status %d",
                          WEXITSTATUS(s->wait_status));
    else
        supervisor_decide(s, OUTCOME_PRUNED, "stopped early: ended by signal %d (%s)",
                          WTERMSIG(s->wait_status), strsignal(WTERMSIG(s->wait_status)));
}

/* What the end of the first process says, unless something else was decided before. */
static void judge(struct supervisor *s)
{
    bool exited = WIFEXITED(s->wait_status);
    int code = exited ? WEXITSTATUS(s->wait_status) : 0;
    bool clean = exited && code == 0;
    struct error err;
    if (clean && !s->has_result) {
        s->has_result = take_printed_result(s, &err) == ST_OK;
        if (!s->has_result && !s->stop_asked)
            supervisor_decide(s, OUTCOME_FAILED, "ended without a result: %s", err.what);
    }
    if (s->decided)
        return;
    if (s->stop_asked) {
        judge_stopped(s, clean);
    } else if (clean || (s->has_result && s->killing)) {
        s->outcome.state = OUTCOME_COMPLETE;
    } else if (exited) {
        supervisor_decide(s, OUTCOME_FAILED, "exited with status %d%s", code,
                          s->has_result ? " after its result" : "");
    } else {
        judge_signal(s, WTERMSIG(s->wait_status));
    }
}

/* What the kernel counts as a child's peak begins with the image that it had before its exec: a
 * copy of ours. So the figure stands only when it is larger; else what was sampled does. */
static double peak_memory_mb(const struct supervisor *s)
{
    long kb = s->tree.peak_kb;
    if (kb <= s->own_kb && s->sampled_kb >= 0)
        kb = s->sampled_kb;
    return kb > 0 ? (double)kb / 1024 : (double)NAN;
}

/* What its control group has counted, or NaN: that has even what nobody has waited for. */
static double grouped_cpu_s(const struct supervisor *s)
{
    uint64_t cpu_ns;
    int usage = s->process.in_cgroup ? cgroup_open_usage(s->cgroup.path) : -1;
    if (usage < 0)
        return (double)NAN;
    bool known = cgroup_usage_ns(usage, &cpu_ns);
    close(usage);
    return known ? (double)cpu_ns * 1e-9 : (double)NAN;
}

/* What the trial itself has told counts whatever became of it: it was spent. */
static void book_reported(struct supervisor *s)
{
    unsigned as = s->attempt.reported_as;
    if (as == REPORTED_REFUSED || isnan(s->reported_j))
        return;
    meter_reported_book(as == REPORTED_BOOKED ? &s->outcome.energy
                                              : &s->outcome.beside[as - REPORTED_BESIDE],
                        s->reported_j);
}

void supervisor_finish(struct supervisor *s)
{
    bool failed = s->outcome.state == OUTCOME_FAILED || s->outcome.state == OUTCOME_CANCELLED;
    if (failed || !s->has_result)
        outcome_clear_metrics(&s->outcome);
    if (s->outcome.state != OUTCOME_COMPLETE) {
        s->outcome.stderr_tail = tail_text(&s->errors);
        if (!s->outcome.stderr_tail)
            s->outcome.stderr_tail = tail_text(&s->output);
    }
    if (s->ledger) {
        ledger_trial_end(s->ledger, s->outcome.cpu_s, &s->outcome.energy);
        s->outcome.n_beside = ledger_trial_beside(s->ledger, s->outcome.beside);
    }
    book_reported(s);
}

void supervisor_conclude(struct supervisor *s)
{
    if (!s->decided)
        judge(s);
    s->outcome.cpu_s = fmax(s->lost ? (double)NAN : s->tree.cpu_s, grouped_cpu_s(s));
    s->outcome.peak_memory_mb = peak_memory_mb(s);
    supervisor_finish(s);
}
