#include "tests/worker/trial_run.h"

#include "base/clock.h"
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define DEADLINE_S 60.0

/* Arguments are const char *; exec wants char *. */
static char *unconst(const char *text)
{
    char *plain;
    memcpy(&plain, &text, sizeof plain);
    return plain;
}

static void see_samples(const struct supervisor_event *event, struct run *run)
{
    bool may_have = event->kind == SUPERVISOR_SAMPLES || event->kind == SUPERVISOR_FINISHED;
    assert_true(may_have || event->n_samples == 0);
    for (size_t i = 0; i < event->n_samples; i++)
        run->sampled_uj += event->samples[i].energy_uj;
    run->n_samples += event->n_samples;
}

static void see(struct supervisor *supervisor, const struct run_plan *plan,
                const struct supervisor_event *event, struct run *run)
{
    if (event->kind == SUPERVISOR_PHASE) {
        run->n_phases++;
        snprintf(run->phase, sizeof run->phase, "%s", event->text);
    }
    if (event->kind != SUPERVISOR_REPORT)
        return;
    const struct json *number = json_next(json_first(event->report));
    if (run->n_reports < RUN_NUMBERS)
        run->numbers[run->n_reports] = json_number(number);
    run->n_reports++;
    if (plan->stop_at_report)
        supervisor_stop(supervisor);
    if (plan->cancel_at_report)
        supervisor_cancel(supervisor, plan->cancel_grace_s, "interrupted");
}

static void follow(struct supervisor *supervisor, const struct run_plan *plan, struct run *run)
{
    double deadline = clock_monotonic_s() + DEADLINE_S;
    struct supervisor_event event = {0};
    struct error err;
    while (event.kind != SUPERVISOR_FINISHED) {
        assert_true(clock_monotonic_s() < deadline);
        assert_true(supervisor_running(supervisor));
        assert_ok(supervisor_poll(supervisor, 0.5, &event, &err), err);
        see(supervisor, plan, &event, run);
        see_samples(&event, run);
    }
    assert_false(supervisor_running(supervisor));
    run->outcome = *event.outcome;
    memset(event.outcome, 0, sizeof *event.outcome);
}

static void assert_no_child(void)
{
    siginfo_t info;
    assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), -1);
    assert_int_equal(errno, ECHILD);
}

void run_with(struct supervisor *given, const struct run_plan *plan, struct run *run)
{
    char *argv[5] = {unconst(MISBEHAVE)};
    for (size_t i = 0; i < 3 && plan->args[i]; i++)
        argv[i + 1] = unconst(plan->args[i]);
    struct trial_spec spec = {.kind = TRIAL_COMMAND,
                              .argv = plan->argv ? plan->argv : argv,
                              .env = plan->env,
                              .cwd = unconst(plan->cwd),
                              .timeout_s = plan->timeout_s,
                              .grace_s = plan->grace_s > 0 ? plan->grace_s : 10};
    static const char *const objectives[] = {"value", NULL};
    struct json *params = json_object_create();
    json_put_number(params, "x", 0.25);
    struct attempt attempt = {.spec = &spec,
                              .params = params,
                              .objectives = objectives,
                              .id = "test.0.1",
                              .seed = 7,
                              .threads = 2,
                              .reported_as = plan->reported_as};
    struct supervisor *own = NULL;
    struct error err;
    if (!given)
        assert_ok(supervisor_create(&own, NULL, &err), err);
    *run = (struct run){0};
    assert_ok(supervisor_start(given ? given : own, &attempt, &err), err);
    json_free(params);
    follow(given ? given : own, plan, run);
    supervisor_free(own);
    assert_no_child();
}

void run_clear(struct run *run)
{
    outcome_clear(&run->outcome);
}

bool process_is_gone(double pid)
{
    assert_true(pid > 1);
    return kill((pid_t)pid, 0) == -1 && errno == ESRCH;
}

int count_fds(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}
