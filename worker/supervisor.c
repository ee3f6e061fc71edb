#include "worker/supervisor.h"

#include "base/clock.h"
#include "worker/command_line.h"
#include "worker/environment.h"
#include "worker/supervisor_state.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ERRORS_KEPT = 8192, OUTPUT_KEPT = PROTOCOL_LINE_MAX + 1024 };

/* How often the books of energy must be cut, a child be looked at that has no pidfd or was
 * killed, and the memory of a running one be sampled. */
#define LEDGER_PAUSE_S 0.1
#define CHILD_PAUSE_S 0.02
#define SAMPLE_PAUSE_S 0.2
#define SPOKEN_PAUSE_S 0.01

enum status supervisor_create(struct supervisor **out, struct ledger *ledger, struct error *err)
{
    *out = NULL;
    struct supervisor *s = calloc(1, sizeof *s);
    if (!s)
        return error_set(err, ST_NOMEM, "supervisor: out of memory");
    s->ledger = ledger;
    s->guard = (struct guard)GUARD_INIT;
    s->cgroup = (struct cgroup)CGROUP_INIT;
    cgroup_sweep();
    process_init(&s->process);
    outcome_clear(&s->outcome);
    enum status status = guard_start(&s->guard, err);
    if (!status &&
        (!tail_create(&s->output, OUTPUT_KEPT) || !tail_create(&s->errors, ERRORS_KEPT)))
        status = error_set(err, ST_NOMEM, "supervisor: out of memory");
    if (status) {
        supervisor_free(s);
        return status;
    }
    *out = s;
    return ST_OK;
}

enum status supervisor_watch(struct supervisor *s, const struct monitor_options *options,
                             struct error *err)
{
    monitor_free(s->monitor);
    s->monitor = NULL;
    if (!s->ledger || !(options->interval_s > 0))
        return ST_OK;
    if (monitor_create(&s->monitor, s->ledger, options))
        return error_set(err, ST_NOMEM, "supervisor: out of memory");
    return ST_OK;
}

/* Forget the attempt, but not its outcome. */
static void release_attempt(struct supervisor *s)
{
    free(s->attempt.program);
    free(s->attempt.cwd);
    strings_free(s->attempt.objectives);
    json_free(s->attempt.params);
    simulated_trial_free(&s->attempt.simulated);
    s->attempt = (struct kept_attempt){0};
    process_close(&s->process);
    process_tree_end(&s->tree);
    cgroup_remove(&s->cgroup);
    guard_watch(&s->guard, 0, "");
    strbuf_clear(&s->lines);
    s->stage = STAGE_IDLE;
}

void supervisor_free(struct supervisor *s)
{
    if (!s)
        return;
    supervisor_cancel(s, 0, "the worker ends");
    while (supervisor_running(s)) {
        struct supervisor_event event;
        if (supervisor_poll(s, CHILD_PAUSE_S, &event, NULL))
            break;
    }
    release_attempt(s);
    guard_end(&s->guard);
    monitor_free(s->monitor);
    outcome_clear(&s->outcome);
    json_free(s->event);
    strbuf_free(&s->lines);
    tail_free(&s->output);
    tail_free(&s->errors);
    free(s);
}

bool supervisor_running(const struct supervisor *s)
{
    return s->stage != STAGE_IDLE;
}

static char **copy_strings(const char *const *strings)
{
    size_t n = 0;
    while (strings[n])
        n++;
    char **copy = calloc(n + 1, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++)
        if (!(copy[i] = strdup(strings[i]))) {
            strings_free(copy);
            return NULL;
        }
    return copy;
}

/* What messages call the trial. */
static const char *program_of(const struct attempt *attempt)
{
    switch (attempt->spec->kind) {
    case TRIAL_COMMAND:
        return attempt->spec->argv[0];
    case TRIAL_FUNCTION:
        return attempt->spec->function->name;
    case TRIAL_TABLE:
        return attempt->spec->table_path;
    case TRIAL_CNN:
        break;
    }
    return attempt->self;
}

/* Keep what is needed after the start; false when out of memory. */
static bool keep_attempt(struct supervisor *s, const struct attempt *attempt)
{
    const struct trial_spec *spec = attempt->spec;
    s->attempt = (struct kept_attempt){.program = strdup(program_of(attempt)),
                                       .cwd = spec->cwd ? strdup(spec->cwd) : NULL,
                                       .objectives = copy_strings(attempt->objectives),
                                       .params = json_copy(attempt->params),
                                       .timeout_s = spec->timeout_s,
                                       .grace_s = spec->grace_s,
                                       .reported_as = attempt->reported_as};
    return s->attempt.program && (s->attempt.cwd || !spec->cwd) && s->attempt.objectives &&
           s->attempt.params;
}

/* Set everything to the moment before an attempt runs. */
static void reset(struct supervisor *s)
{
    outcome_clear(&s->outcome);
    json_free(s->event);
    s->event = NULL;
    tail_clear(&s->output);
    tail_clear(&s->errors);
    s->decided = s->has_result = s->stop_asked = s->killing = s->lost = false;
    s->wait_status = 0;
    s->kill_at = s->give_up_at = INFINITY;
    s->sampled_kb = -1;
    s->reported_j = NAN;
    s->started_s = s->sampled_at = clock_monotonic_s();
    s->outcome.started_at_us = clock_realtime_us();
    s->timeout_at =
        s->attempt.timeout_s > 0 ? s->started_s + s->attempt.timeout_s : (double)INFINITY;
}

/* The command line of the attempt: the study's, or the trainer's. */
static enum status create_argv(char ***out, const struct attempt *attempt)
{
    if (attempt->spec->kind == TRIAL_COMMAND)
        return command_line_create(out, attempt->spec->argv, attempt->params);
    const char *const trainer[] = {attempt->self, "train", NULL};
    *out = copy_strings(trainer);
    return *out ? ST_OK : ST_NOMEM;
}

static enum status start_process(struct supervisor *s, const struct attempt *attempt,
                                 struct error *err)
{
    char **argv = NULL, **envp = NULL;
    enum status status = guard_start(&s->guard, err);
    if (status)
        return status;
    status = create_argv(&argv, attempt);
    if (!status)
        status = environment_create(&envp, environ, attempt, s->guard.pid);
    if (!status)
        status = process_tree_begin(&s->tree, s->guard.pid);
    if (status)
        error_set(err, status, "%s: out of memory", attempt->id);
    /* The guard knows the group before anything is in it. */
    if (!status && cgroup_create(&s->cgroup))
        guard_watch(&s->guard, 0, s->cgroup.path);
    struct process_plan plan = {argv, envp, attempt->spec->cwd, s->cgroup.fd};
    s->own_kb = process_resident_kb(getpid());
    s->oom_kills = process_oom_kills();
    if (!status)
        status = process_start(&s->process, &plan, err);
    strings_free(argv);
    strings_free(envp);
    if (status)
        return status;
    s->tree.root = s->process.pid;
    if (!s->process.in_cgroup)
        cgroup_remove(&s->cgroup);
    guard_watch(&s->guard, s->process.pid, s->cgroup.path);
    s->stage = STAGE_RUNNING;
    if (s->ledger)
        ledger_trial_begin(s->ledger, s->process.pid);
    monitor_begin(s->monitor, s->process.pid, s->guard.pid, clock_monotonic_s());
    return ST_OK;
}

enum status supervisor_start(struct supervisor *s, const struct attempt *attempt,
                             struct error *err)
{
    enum status status = ST_OK;
    if (s->stage != STAGE_IDLE)
        return error_set(err, ST_BUSY, "%s: another trial still runs on this worker",
                         attempt->id);
    if (!keep_attempt(s, attempt))
        status = error_set(err, ST_NOMEM, "%s: out of memory", attempt->id);
    reset(s);
    if (!status && trial_kind_simulated(attempt->spec->kind))
        supervisor_start_simulated(s, attempt);
    else if (!status)
        status = start_process(s, attempt, err);
    if (status)
        release_attempt(s);
    return status;
}

/* Sleep, or until a signal arrives or one of the descriptors has something. */
static enum status wait_for(struct pollfd *fds, nfds_t n, double time_s, bool *interrupted,
                            struct error *err)
{
    time_s = fmax(0, fmin(time_s, 86400));
    struct timespec span = {.tv_sec = (time_t)time_s,
                            .tv_nsec = (long)((time_s - floor(time_s)) * 1e9)};
    int ready = ppoll(fds, n, &span, NULL);
    *interrupted = ready < 0 && errno == EINTR;
    if (ready < 0 && !*interrupted)
        return error_errno(err, errno, "cannot wait for a trial");
    return ST_OK;
}

/* How long nothing has to be done, if nothing comes. */
static double quiet_time(const struct supervisor *s, double now, double until)
{
    double next = fmin(until, s->timeout_at);
    if (s->stage == STAGE_SIMULATED)
        next = fmin(next, supervisor_simulated_due(s));
    if (s->stage == STAGE_RUNNING)
        next = fmin(next, fmin(s->kill_at, s->give_up_at));
    if (s->stage == STAGE_CLEANING)
        next = fmin(next, now + s->clean_pause_s);
    if (s->stage == STAGE_RUNNING && (s->process.pidfd < 0 || s->killing))
        next = fmin(next, now + CHILD_PAUSE_S);
    if (s->ledger && s->stage != STAGE_IDLE)
        next = fmin(next, now + LEDGER_PAUSE_S);
    return fmin(next, monitor_due_s(s->monitor)) - now;
}

static enum status wait_for_news(struct supervisor *s, double now, double until,
                                 bool *interrupted, struct error *err)
{
    struct pollfd fds[PROCESS_PIPES + 1];
    nfds_t n = 0;
    if (s->stage == STAGE_RUNNING || s->stage == STAGE_CLEANING)
        for (int i = 0; i < PROCESS_PIPES; i++)
            if (s->process.fd[i] >= 0)
                fds[n++] = (struct pollfd){.fd = s->process.fd[i], .events = POLLIN};
    if (s->stage == STAGE_RUNNING && s->process.pidfd >= 0)
        fds[n++] = (struct pollfd){.fd = s->process.pidfd, .events = POLLIN};
    return wait_for(fds, n, quiet_time(s, now, until), interrupted, err);
}

/* Samples are for trials that are smaller than this process, and worth a file read only now and
 * then: sooner when the trial says something, since that may be its last act. */
static void sample_memory(struct supervisor *s, double now)
{
    double pause_s = s->lines.length > 0 ? SPOKEN_PAUSE_S : SAMPLE_PAUSE_S;
    if (s->stage != STAGE_RUNNING || now < s->sampled_at + pause_s)
        return;
    long kb = process_peak_kb(s->process.pid);
    if (kb > s->sampled_kb)
        s->sampled_kb = kb;
    s->sampled_at = now;
}

/* Read, book and do what is due. All of it comes before any event is answered, or a trial that
 * reports without end could not be ended. */
static void look_after(struct supervisor *s, double now)
{
    if (s->stage == STAGE_RUNNING || s->stage == STAGE_CLEANING)
        supervisor_read(s);
    if (s->ledger && s->stage != STAGE_IDLE)
        ledger_tick(s->ledger);
    sample_memory(s, now);
    monitor_tick(s->monitor, now);
    supervisor_enforce(s, now);
}

/* Give what the monitor has to hand on to an event. True when there is any. */
static bool take_samples(struct supervisor *s, double now, struct supervisor_event *event)
{
    event->n_samples = monitor_take(s->monitor, now, &event->samples);
    return event->n_samples > 0;
}

/* Fill the outcome when the attempt is over: true then. */
static bool conclude(struct supervisor *s, double now)
{
    if (s->stage == STAGE_SIMULATED &&
        (s->decided || s->stop_asked || now >= supervisor_simulated_due(s))) {
        supervisor_conclude_simulated(s, now);
        return true;
    }
    if (s->stage != STAGE_DRAINED)
        return false;
    supervisor_conclude(s);
    return true;
}

enum status supervisor_poll(struct supervisor *s, double timeout_s,
                            struct supervisor_event *event, struct error *err)
{
    double now = clock_monotonic_s(), until = now + timeout_s;
    enum status status = ST_OK;
    bool interrupted = false;
    *event = (struct supervisor_event){0};
    for (;;) {
        look_after(s, now);
        if (supervisor_next_event(s, event) || supervisor_report_simulated(s, now, event))
            return ST_OK;
        if (conclude(s, now)) {
            release_attempt(s);
            monitor_end(s->monitor);
            take_samples(s, now, event);
            event->kind = SUPERVISOR_FINISHED;
            event->outcome = &s->outcome;
            return ST_OK;
        }
        if (take_samples(s, now, event)) {
            event->kind = SUPERVISOR_SAMPLES;
            return ST_OK;
        }
        if (status || interrupted || now >= until)
            return status;
        status = wait_for_news(s, now, until, &interrupted, err);
        now = clock_monotonic_s();
    }
}

void supervisor_stop(struct supervisor *s)
{
    bool can_obey =
        s->stage == STAGE_SIMULATED || (s->stage == STAGE_RUNNING && !s->has_result);
    if (!can_obey || s->stop_asked || s->decided)
        return;
    s->stop_asked = true;
    if (s->stage == STAGE_SIMULATED)
        return;
    ssize_t written = write(s->process.control, "stop\n", 5);
    (void)written; /* into an empty pipe whose reading end we hold too: it cannot fail */
    s->kill_at = fmin(s->kill_at, clock_monotonic_s() + s->attempt.grace_s);
}

void supervisor_cancel(struct supervisor *s, double grace_s, const char *reason)
{
    if (s->stage != STAGE_SIMULATED && s->stage != STAGE_RUNNING)
        return;
    supervisor_decide(s, OUTCOME_CANCELLED, "%s", reason);
    if (s->stage == STAGE_RUNNING)
        supervisor_terminate(s, grace_s);
}
