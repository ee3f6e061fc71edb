#include "base/clock.h"
#include "tests/check.h"
#include "worker/ledger.h"
#include "worker/open_files.h"
#include "worker/process.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIVEN 200

static rlim_t limit_now(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit.rlim_cur;
}

static int give_few(void **state)
{
    struct rlimit limit;
    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return -1;
    limit.rlim_cur = GIVEN;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

/* What `ulimit -n` says in a process that is started as trials are. */
static unsigned long limit_of_a_trial(void)
{
    char shell[] = "/bin/sh", option[] = "-c", command[] = "ulimit -n", text[32] = "";
    char *argv[] = {shell, option, command, NULL};
    struct process_plan plan = {.argv = argv, .envp = environ, .cgroup = -1};
    struct process process;
    struct error err = {0};
    assert_ok(process_start(&process, &plan, &err), err);
    assert_int_equal(waitpid(process.pid, NULL, 0), process.pid);
    assert_true(read(process.fd[PROCESS_OUTPUT], text, sizeof text - 1) > 0);
    process_close(&process);
    return strtoul(text, NULL, 10);
}

static void a_rank_may_hold_on_to_many_and_its_trials_begin_as_ever(void **state)
{
    (void)state;
    struct meter_choice none = {0};
    struct ledger *ledger;
    struct error err = {0};
    assert_int_equal(limit_now(), GIVEN);
    assert_ok(ledger_open(&ledger, NULL, 150, 0, LEDGER_WORKER, &none, &err), err);
    assert_int_equal(limit_now(), GIVEN + 300);
    assert_int_equal(limit_of_a_trial(), GIVEN);
    ledger_close(ledger);
}

static void what_is_allowed_is_more_than_was_given_and_within_the_systems_limit(void **state)
{
    (void)state;
    struct rlimit limit;
    open_files_allow(400);
    open_files_allow(50);
    assert_int_equal(limit_now(), GIVEN + 400);
    open_files_allow(SIZE_MAX);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(limit.rlim_cur, limit.rlim_max);
    assert_int_equal(limit_of_a_trial(), GIVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rank_may_hold_on_to_many_and_its_trials_begin_as_ever),
        cmocka_unit_test(what_is_allowed_is_more_than_was_given_and_within_the_systems_limit),
    };
    return cmocka_run_group_tests(tests, give_few, NULL);
}
