#include "base/clock.h"
#include "tests/check.h"
#include "tests/worker/fake_ledger.h"
#include "tests/worker/trial_run.h"
#include "worker/meter_reported.h"
#include "worker/supervisor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_way_to_fail_has_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *args[2];
        const char *reason;
    } cases[] = {
        {{"exit", "7"}, "exited with status 7"},
        {{"signal", "11"}, "killed by signal 11 (Segmentation fault)"},
        {{"signal", "6"}, "killed by signal 6 (Aborted)"},
        {{"signal", "9"}, "killed by signal 9 (Killed), from outside or for want of memory"},
        {{"say", "hello|"}, "a line on WATTUNE_FD is not JSON: 'hello'"},
        {{"say", "[1]|"}, "a line on WATTUNE_FD is not a JSON object: '[1]'"},
        {{"say", "<\"event\": \"reslut\">|"},
         "sent an unknown event 'reslut'; known are phase, report and result"},
        {{"say", "<\"event\": \"a\\u001b[2J\\nb\">|"},
         "sent an unknown event 'a?[2J b'; known are phase, report and result"},
        {{"say", "<\"value\": 1>|"}, "sent a line without \"event\""},
        {{"say", "<\"event\": \"report\", \"loss\": NaN>|"},
         "report: 'loss' is not a finite number"},
        {{"say", "<\"event\": \"result\", \"value\": Infinity>"},
         "result: 'value' is not a finite number"},
        {{"say", "<\"event\": \"result\", \"other\": 1>|"},
         "result: the objective 'value' is missing"},
        {{"say", "<\"event\": \"result\", \"value\": 1, \"seed\": 2>|"},
         "result: the name 'seed' is reserved for what Wattune measures"},
        {{"say", "<\"event\":\"result\",\"value\":1>|<\"event\":\"result\",\"value\":1>|"},
         "sent two results"},
        {{"result-and-exit", "3"}, "exited with status 3 after its result"},
        {{"long-line", "3"}, "sent a line of more than 64 KiB on WATTUNE_FD"},
        {{"long-line", "1"},
         "ended without a result: the last line of its standard output is longer than 64 KiB"},
        {{"say", ""}, "ended without a result: nothing on WATTUNE_FD or standard output"},
        {{"print", "done|"},
         "ended without a result: the last line of its standard output is not JSON: 'done'"},
        {{"print", "<\"value\": NaN>|"},
         "ended without a result: result: 'value' is not a finite number"},
        {{"print", "<\"value\": 1, \"x\": 0.25>|"},
         "ended without a result: result: 'x' is the name of a parameter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_plan plan = {.args = {cases[i].args[0], cases[i].args[1]}};
        struct run run;
        run_with(NULL, &plan, &run);
        if (run.outcome.state != OUTCOME_FAILED)
            fail_msg("it did not fail: %s", cases[i].reason);
        assert_string_equal(run.outcome.reason, cases[i].reason);
        assert_int_equal(run.outcome.n_metrics, 0);
        run_clear(&run);
    }
}

static void results_come_in_many_ways(void **state)
{
    (void)state;
    static const struct {
        const char *args[2];
        double value;
    } cases[] = {
        {{"result-and-exit", "0"}, 1.5},
        {{"say", "<\"event\": \"result\", \"value\": 2>"}, 2}, /* no newline at the end */
        {{"say", "| |<\"event\": \"result\", \"value\": 3>|\r|"}, 3},
        {{"print", "epoch 1|<\"value\": 4>|"}, 4},
        {{"print", "<\"event\": \"result\", \"value\": 5>  ||"}, 5},
        {{"close", ""}, 2.5},
        {{"flood", "1"}, 1.5},
        {{"flood", "2"}, 1.5},
        {{"memory", "1"}, 1.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_plan plan = {.args = {cases[i].args[0], cases[i].args[1]}};
        struct run run;
        run_with(NULL, &plan, &run);
        if (run.outcome.state != OUTCOME_COMPLETE)
            fail_msg("%s: %s", cases[i].args[0], run.outcome.reason);
        assert_null(run.outcome.reason);
        assert_null(run.outcome.stderr_tail);
        assert_near(outcome_metric(&run.outcome, "value"), cases[i].value, 0);
        assert_true(run.outcome.cpu_s >= 0);
        assert_true(run.outcome.duration_s >= 0);
        assert_true(run.outcome.ended_at_us >= run.outcome.started_at_us);
        assert_int_equal(run.outcome.energy.quality, ENERGY_NONE);
        run_clear(&run);
    }
}

static void phases_and_reports_arrive_in_order(void **state)
{
    (void)state;
    struct run_plan plan = {.args = {"reports", "5000"}};
    struct run run;
    run_with(NULL, &plan, &run);
    assert_int_equal(run.outcome.state, OUTCOME_COMPLETE);
    assert_int_equal(run.n_reports, 5000);
    for (size_t i = 0; i < RUN_NUMBERS; i++)
        assert_near(run.numbers[i], (double)(i + 1), 0);
    assert_int_equal(run.outcome.epochs_done, 5000);
    run_clear(&run);

    plan = (struct run_plan){.args = {"say", "<\"event\":\"phase\",\"name\":\"train\">|"
                                             "<\"event\":\"result\",\"value\":1>|"}};
    run_with(NULL, &plan, &run);
    assert_int_equal(run.n_phases, 1);
    assert_string_equal(run.phase, "train");
    assert_int_equal(run.outcome.epochs_done, -1);
    run_clear(&run);
}

static void a_failure_shows_what_it_wrote(void **state)
{
    (void)state;
    struct run run;
    run_with(NULL, &(struct run_plan){.args = {"exit", "1"}}, &run);
    assert_string_equal(run.outcome.stderr_tail, "about to exit");
    run_clear(&run);
    run_with(NULL, &(struct run_plan){.args = {"print", "only this|"}}, &run);
    assert_string_equal(run.outcome.stderr_tail, "only this");
    run_clear(&run);
}

static void a_program_that_cannot_run_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *program, *cwd, *reason;
    } cases[] = {
        {"./no-such-program", NULL, "./no-such-program: cannot run: No such file or directory"},
        {"no-such-program-anywhere", NULL,
         "no-such-program-anywhere: cannot run: No such file or directory"},
        {"/proc/self/environ", NULL,
         "/proc/self/environ: cannot run: Permission denied (is it executable?)"},
        {"true", "/no-such-folder",
         "true: cannot enter the folder '/no-such-folder': No such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *argv[] = {strdup(cases[i].program), NULL};
        struct run_plan plan = {.argv = argv, .cwd = cases[i].cwd};
        struct run run;
        run_with(NULL, &plan, &run);
        assert_int_equal(run.outcome.state, OUTCOME_FAILED);
        assert_string_equal(run.outcome.reason, cases[i].reason);
        run_clear(&run);
        free(argv[0]);
    }
}

static void a_timeout_ends_the_deaf_too(void **state)
{
    (void)state;
    static const char *const modes[] = {"hang", "ignore-term", "endless-reports"};
    for (size_t i = 0; i < 3; i++) {
        struct run_plan plan = {.args = {modes[i]}, .timeout_s = 0.2, .grace_s = 0.05};
        struct run run;
        run_with(NULL, &plan, &run);
        assert_int_equal(run.outcome.state, OUTCOME_FAILED);
        assert_string_equal(run.outcome.reason, "timed out after 0.2 s");
        assert_true(run.n_reports > 0);
        if (i < 2)
            assert_true(process_is_gone(run.numbers[0]));
        run_clear(&run);
    }
}

static void nothing_survives_its_trial(void **state)
{
    (void)state;
    static const struct {
        const char *args[2];
        size_t pids;
    } cases[] = {{{"grandchild", ""}, 1}, {{"daemon", ""}, 1}, {{"crowd", "20"}, 20}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_plan plan = {.args = {cases[i].args[0], cases[i].args[1]}, .grace_s = 0.05};
        struct run run;
        run_with(NULL, &plan, &run);
        assert_int_equal(run.outcome.state, OUTCOME_COMPLETE);
        assert_int_equal(run.n_reports, cases[i].pids);
        for (size_t k = 0; k < run.n_reports; k++)
            assert_true(process_is_gone(run.numbers[k]));
        run_clear(&run);
    }
}

static void a_result_ends_the_patience(void **state)
{
    (void)state;
    struct run run;
    run_with(NULL, &(struct run_plan){.args = {"linger"}, .grace_s = 0.05}, &run);
    assert_int_equal(run.outcome.state, OUTCOME_COMPLETE);
    assert_near(outcome_metric(&run.outcome, "value"), 1.5, 0);
    assert_true(process_is_gone(run.numbers[0]));
    run_clear(&run);
}

static void stopping_prunes(void **state)
{
    (void)state;
    static const struct {
        const char *args[2];
        const char *reason;
        size_t n_metrics;
    } cases[] = {
        {{"obey", ""}, "stopped early", 1},
        {{"obey", "15"}, "stopped early: ended by signal 15 (Terminated)", 0},
        {{"hang", ""}, "stopped early: killed after 0.05 s of grace", 0},
        {{"reports", "1"}, NULL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_plan plan = {.args = {cases[i].args[0], cases[i].args[1]},
                                .stop_at_report = true,
                                .grace_s = strcmp(cases[i].args[0], "hang") ? 10 : 0.05};
        struct run run;
        run_with(NULL, &plan, &run);
        /* The last one may have sent its result before it could be stopped. */
        if (cases[i].reason) {
            assert_int_equal(run.outcome.state, OUTCOME_PRUNED);
            assert_string_equal(run.outcome.reason, cases[i].reason);
        }
        assert_int_equal(run.outcome.n_metrics, cases[i].n_metrics);
        run_clear(&run);
    }
}

static void cancelling_ends_it(void **state)
{
    (void)state;
    static const char *const modes[] = {"hang", "ignore-term"};
    for (size_t i = 0; i < 2; i++) {
        struct run_plan plan = {
            .args = {modes[i]}, .cancel_at_report = true, .cancel_grace_s = 0.05};
        struct run run;
        run_with(NULL, &plan, &run);
        assert_int_equal(run.outcome.state, OUTCOME_CANCELLED);
        assert_string_equal(run.outcome.reason, "interrupted");
        assert_true(process_is_gone(run.numbers[0]));
        run_clear(&run);
    }
}

static void a_trial_starts_clean(void **state)
{
    (void)state;
    signal(SIGUSR2, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    static const struct {
        const char *name, *value;
    } variables[] = {
        {"WATTUNE_TRIAL", "test.0.1"},
        {"WATTUNE_SEED", "7"},
        {"WATTUNE_THREADS", "2"},
        {"OMP_NUM_THREADS", "2"},
        {"WATTUNE_FD", "3"},
        {"WATTUNE_CONTROL_FD", "4"},
        {"WATTUNE_PARAMS", "{\"x\":0.25}"},
        {"WATTUNE_CHECKPOINT_DIR", "unset"},
        {"OMPI_COMM_WORLD_RANK", "unset"},
    };
    setenv("OMPI_COMM_WORLD_RANK", "3", 1);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct run run;
        run_with(NULL, &(struct run_plan){.args = {"inspect", variables[i].name}}, &run);
        assert_string_equal(run.outcome.stderr_tail, variables[i].value);
        assert_int_equal(run.n_reports, 4);
        assert_near(run.numbers[0], 5, 0);       /* descriptors 0 to 4 */
        assert_near(run.numbers[1], 1, 0);       /* leads its session */
        assert_near(run.numbers[2], 0, 0);       /* nothing blocked */
        assert_near(run.numbers[3], SIGUSR1, 0); /* the only one ignored */
        run_clear(&run);
    }
    unsetenv("OMPI_COMM_WORLD_RANK");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGUSR2, SIG_DFL);
}

static void memory_is_that_of_the_trial(void **state)
{
    (void)state;
    struct run run;
    run_with(NULL, &(struct run_plan){.args = {"memory", "256"}}, &run);
    assert_int_equal(run.outcome.state, OUTCOME_COMPLETE);
    assert_true(run.outcome.peak_memory_mb >= 256);
    assert_true(run.outcome.peak_memory_mb < 4096);
    run_clear(&run);
}

static void nothing_leaks_over_many_attempts(void **state)
{
    (void)state;
    static const char *const args[][2] = {{"result-and-exit", "0"},
                                          {"exit", "7"},
                                          {"say", "x|"},
                                          {"grandchild", ""},
                                          {"daemon", ""}};
    struct supervisor *supervisor;
    struct error err;
    assert_ok(supervisor_create(&supervisor, NULL, &err), err);
    int before = count_fds();
    for (size_t i = 0; i < 200; i++) {
        struct run_plan plan = {.args = {args[i % 5][0], args[i % 5][1]}};
        struct run run;
        run_with(supervisor, &plan, &run);
        assert_int_equal(run.outcome.state,
                         i % 5 == 1 || i % 5 == 2 ? OUTCOME_FAILED : OUTCOME_COMPLETE);
        run_clear(&run);
        assert_int_equal(count_fds(), before);
    }
    supervisor_free(supervisor);
}

static void the_ledger_is_told(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    struct supervisor *supervisor;
    struct error err;
    struct run run;
    assert_ok(supervisor_create(&supervisor, &ledger, &err), err);
    run_with(supervisor, &(struct run_plan){.args = {"grandchild"}}, &run);
    assert_int_equal(ledger.begun, 1);
    assert_int_equal(ledger.ended, 1);
    assert_true(ledger.ticks > 0);
    assert_true(ledger.root > 0);
    assert_near(ledger.cpu_s, run.outcome.cpu_s, 0);
    assert_int_equal(run.outcome.energy.quality, ENERGY_MEASURED);
    assert_true(run.outcome.energy.dynamic_uj == 42);
    run_clear(&run);
    supervisor_free(supervisor);
}

/* Where the trial's own joules are booked or run beside, they stand in for what the ledger,
 * which knows nothing of them, has said. */
static void the_trials_own_joules_find_their_place(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    struct supervisor *supervisor;
    struct error err;
    struct run run;
    struct run_plan plan = {.args = {"print", "<\"value\": 1, \"energy_j\": 2.5>|"},
                            .reported_as = REPORTED_BOOKED};
    assert_ok(supervisor_create(&supervisor, &ledger, &err), err);
    run_with(supervisor, &plan, &run);
    assert_int_equal(run.outcome.state, OUTCOME_COMPLETE);
    assert_int_equal(run.outcome.energy.quality, ENERGY_REPORTED);
    assert_true(run.outcome.energy.dynamic_uj == 2500000 && run.outcome.energy.idle_uj == 0);
    assert_string_equal(run.outcome.energy.meters, "reported:trial");
    assert_string_equal(run.outcome.energy.method, "reported by the trial");
    assert_true(isnan(outcome_metric(&run.outcome, "energy_j")));
    run_clear(&run);
    plan.reported_as = REPORTED_BESIDE;
    run_with(supervisor, &plan, &run);
    assert_int_equal(run.outcome.energy.quality, ENERGY_MEASURED);
    assert_int_equal(run.outcome.n_beside, 1);
    assert_int_equal(run.outcome.beside[0].quality, ENERGY_REPORTED);
    assert_true(run.outcome.beside[0].dynamic_uj == 2500000);
    run_clear(&run);
    plan.reported_as = REPORTED_REFUSED;
    run_with(supervisor, &plan, &run);
    assert_int_equal(run.outcome.state, OUTCOME_FAILED);
    assert_non_null(strstr(run.outcome.reason, "'energy_j' is reserved"));
    assert_int_equal(run.outcome.energy.quality, ENERGY_MEASURED);
    run_clear(&run);
    supervisor_free(supervisor);
}

/* The joules were spent, whatever became of the trial; and those of one trial are not those of
 * the next. */
static void a_failed_trial_keeps_its_own_joules(void **state)
{
    (void)state;
    struct run run;
    struct run_plan plan = {
        .args = {"say", "<\"event\": \"result\", \"value\": 1, \"energy_j\": 2.5>|nonsense|"},
        .reported_as = REPORTED_BOOKED};
    run_with(NULL, &plan, &run);
    assert_int_equal(run.outcome.state, OUTCOME_FAILED);
    assert_int_equal(run.outcome.energy.quality, ENERGY_REPORTED);
    assert_true(run.outcome.energy.dynamic_uj == 2500000);
    run_clear(&run);
    plan.args[1] = "<\"event\": \"result\", \"value\": 1>|";
    run_with(NULL, &plan, &run);
    assert_int_equal(run.outcome.state, OUTCOME_FAILED);
    assert_non_null(strstr(run.outcome.reason, "'energy_j' is missing"));
    assert_int_equal(run.outcome.energy.quality, ENERGY_NONE);
    run_clear(&run);
}

/* However short or long, all that the books booked to it is in its samples. */
static void a_watched_trial_leaves_samples(void **state)
{
    (void)state;
    struct ledger ledger = {0};
    struct supervisor *supervisor;
    struct error err;
    struct run run;
    assert_ok(supervisor_create(&supervisor, &ledger, &err), err);
    assert_ok(supervisor_watch(supervisor, &(struct monitor_options){.interval_s = 0.1}, &err),
              err);
    run_with(supervisor, &(struct run_plan){.args = {"exit", "0"}}, &run);
    assert_true(run.n_samples >= 1);
    assert_int_equal(run.sampled_uj, ledger.view.trial_uj);
    run_clear(&run);
    int64_t before_uj = ledger.view.trial_uj;
    run_with(supervisor, &(struct run_plan){.args = {"hang"}, .timeout_s = 0.5}, &run);
    assert_true(run.n_samples >= 2);
    assert_int_equal(run.sampled_uj, ledger.view.trial_uj - before_uj);
    run_clear(&run);
    assert_ok(supervisor_watch(supervisor, &(struct monitor_options){0}, &err), err);
    run_with(supervisor, &(struct run_plan){.args = {"exit", "0"}}, &run);
    assert_int_equal(run.n_samples, 0);
    run_clear(&run);
    supervisor_free(supervisor);
}

static void waiting_costs_nothing(void **state)
{
    (void)state;
    double cpu_s = clock_process_cpu_s();
    struct run run;
    run_with(NULL, &(struct run_plan){.args = {"hang"}, .timeout_s = 1, .grace_s = 0.1}, &run);
    assert_true(run.outcome.duration_s >= 1);
    assert_true(clock_process_cpu_s() - cpu_s < 0.3);
    run_clear(&run);
}

static void one_attempt_at_a_time(void **state)
{
    (void)state;
    char *argv[] = {(char[]){"sleep"}, (char[]){"1000"}, NULL};
    static const char *const objectives[] = {"value", NULL};
    struct trial_spec spec = {.kind = TRIAL_COMMAND, .argv = argv, .grace_s = 1};
    struct json *params = json_object_create();
    struct attempt attempt = {.spec = &spec,
                              .params = params,
                              .objectives = objectives,
                              .id = "a.0.0",
                              .seed = 1,
                              .threads = 1};
    struct supervisor *supervisor;
    struct supervisor_event event;
    struct error err;
    assert_ok(supervisor_create(&supervisor, NULL, &err), err);
    assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_NOTHING);
    supervisor_stop(supervisor); /* without effect */
    assert_ok(supervisor_start(supervisor, &attempt, &err), err);
    assert_int_equal(supervisor_start(supervisor, &attempt, &err), ST_BUSY);
    assert_string_equal(err.what, "a.0.0: another trial still runs on this worker");
    assert_ok(supervisor_poll(supervisor, 0, &event, &err), err);
    assert_int_equal(event.kind, SUPERVISOR_NOTHING);
    supervisor_free(supervisor); /* kills it */
    json_free(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_fail_has_its_reason),
        cmocka_unit_test(results_come_in_many_ways),
        cmocka_unit_test(phases_and_reports_arrive_in_order),
        cmocka_unit_test(a_failure_shows_what_it_wrote),
        cmocka_unit_test(a_program_that_cannot_run_says_why),
        cmocka_unit_test(a_timeout_ends_the_deaf_too),
        cmocka_unit_test(nothing_survives_its_trial),
        cmocka_unit_test(a_result_ends_the_patience),
        cmocka_unit_test(stopping_prunes),
        cmocka_unit_test(cancelling_ends_it),
        cmocka_unit_test(a_trial_starts_clean),
        cmocka_unit_test(memory_is_that_of_the_trial),
        cmocka_unit_test(nothing_leaks_over_many_attempts),
        cmocka_unit_test(the_ledger_is_told),
        cmocka_unit_test(the_trials_own_joules_find_their_place),
        cmocka_unit_test(a_failed_trial_keeps_its_own_joules),
        cmocka_unit_test(a_watched_trial_leaves_samples),
        cmocka_unit_test(waiting_costs_nothing),
        cmocka_unit_test(one_attempt_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
