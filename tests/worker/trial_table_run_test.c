#include "tests/check.h"
#include "worker/trial_spec.h"
#include "worker/trial_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"lr", "epochs"};
static const bool numeric[] = {true, true}, constant[] = {false, false};
static const char *const needed[] = {"accuracy", NULL};
static const struct trial_params params = {
    .names = names, .n = 2, .numeric = numeric, .constant = constant, .needed = needed};
static struct error err;

/* Configuration 1 has all lengths, in no order, and one of them cheaper than a shorter one; 2
 * failed at 9 epochs; 3 has two repeats. */
static const char recorded[] = "lr,epochs,state,accuracy,energy_j,energy_low_j,energy_high_j,"
                               "duration_s,cpu_s,peak_memory_mb,epochs_done\n"
                               "1,27,complete,0.9,270,250,290,27,54,100,27\n"
                               "1,3,complete,0.5,30,28,32,3,6,80,3\n"
                               "1,9,complete,0.7,20,18,22,9,18,90,9\n"
                               "2,3,complete,0.4,30,,,3,,,3\n"
                               "2,9,failed,,50,,,9,,,\n"
                               "3,3,complete,0.41,31,,,3,,,3\n"
                               "3,3,complete,0.42,32,,,3,,,3\n"
                               "3,3,pruned,0.1,1,,,1,,,1\n"
                               "3,9,complete,0.71,91,,,9,,,9\n"
                               "3,9,complete,0.72,92,,,9,,,9\n";

static struct trial_table *read_text(const char *text, struct json_problems *problems)
{
    char path[] = "/tmp/wattune-table-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    *problems = (struct json_problems){.source = "s.json"};
    struct table_source source = {path, NULL, "trial.path", problems};
    struct trial_table *table;
    enum status status = trial_table_read(&table, &source, &params);
    assert_int_equal(status, table ? ST_OK : ST_INVALID);
    unlink(path);
    return table;
}

static struct trial_table *open_table(const char *fidelity)
{
    struct json_problems problems;
    struct trial_table *table = read_text(recorded, &problems);
    assert_non_null(table);
    assert_int_equal(trial_table_set_fidelity(table, &params, fidelity),
                     strcmp(fidelity, "none") != 0);
    return table;
}

static struct json *point(double lr, double epochs)
{
    struct json *object = json_object_create();
    json_put_number(object, "lr", lr);
    json_put_number(object, "epochs", epochs);
    return object;
}

/* The run of a trial, from the end of another one's epochs unless these are 0. */
static struct table_run run_of(const struct trial_table *table, double lr, double epochs,
                               double earlier_epochs, uint64_t seed)
{
    struct json *here = point(lr, epochs), *before = point(lr, earlier_epochs);
    struct table_point at = {here, seed, 0}, earlier = {before, seed, 0};
    struct table_run run;
    assert_ok(trial_table_run(&run, table, &at, earlier_epochs > 0 ? &earlier : NULL, &err),
              err);
    json_free(here);
    json_free(before);
    return run;
}

static void check_step(const struct table_step *step, double fidelity, double at,
                       double energy_j, double duration_s)
{
    assert_near(step->fidelity, fidelity, 0);
    assert_near(step->at, at, 1e-15);
    assert_near(step->figures.energy_j, energy_j, 0);
    assert_near(step->figures.duration_s, duration_s, 0);
}

static void shorter_rows_are_steps_on_the_way(void **state)
{
    (void)state;
    struct trial_table *table = open_table("epochs");
    struct table_run run = run_of(table, 1, 27, 0, 1);
    assert_int_equal(run.n, 3);
    check_step(&run.steps[0], 3, 3.0 / 27, 30, 3);
    check_step(&run.steps[1], 9, 9.0 / 27, 20, 9);
    check_step(&run.steps[2], 27, 1, 270, 27);
    assert_near(trial_table_metric(table, run.steps[1].row, 0), 0.7, 0);
    table_run_free(&run);
    run = run_of(table, 1, 3, 0, 1);
    assert_int_equal(run.n, 1);
    check_step(&run.steps[0], 3, 1, 30, 3);
    table_run_free(&run);
    trial_table_free(table);
}

static void a_trial_that_goes_on_costs_the_rest(void **state)
{
    (void)state;
    struct trial_table *table = open_table("epochs");
    struct table_run run = run_of(table, 1, 27, 3, 1);
    assert_int_equal(run.n, 2);
    check_step(&run.steps[0], 9, 6.0 / 24, 0, 6); /* recorded as cheaper than 3 epochs */
    check_step(&run.steps[1], 27, 1, 240, 24);
    assert_near(run.steps[1].figures.energy_low_j, 222, 0);
    assert_near(run.steps[1].figures.energy_high_j, 258, 0);
    assert_near(run.steps[1].figures.cpu_s, 48, 0);
    assert_near(run.steps[1].figures.peak_memory_mb, 100, 0);
    assert_near(run.steps[1].figures.epochs_done, 27, 0);
    table_run_free(&run);
    trial_table_free(table);
}

/* The first epoch took as long as the next eight; where a time is not known, or is shorter than
 * one before, epochs share the time evenly. */
static void steps_come_when_they_were_recorded(void **state)
{
    (void)state;
    static const struct {
        const char *third;
        double at[2], after_one; /* of a whole trial, and of one that goes on from epoch 1 */
    } cases[] = {{"15", {0.5, 0.75}, 0.5},
                 {"", {1.0 / 9, 3.0 / 9}, 0.25},
                 {"10", {1.0 / 9, 3.0 / 9}, 0.25}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[128];
        struct json_problems problems;
        snprintf(text, sizeof text,
                 "lr,epochs,accuracy,duration_s\n1,9,0.9,20\n1,3,0.7,%s\n1,1,0.5,10\n",
                 cases[i].third);
        struct trial_table *table = read_text(text, &problems);
        assert_true(trial_table_set_fidelity(table, &params, "epochs"));
        struct table_run run = run_of(table, 1, 9, 0, 1);
        assert_int_equal(run.n, 3);
        assert_near(run.steps[0].at, cases[i].at[0], 1e-15);
        assert_near(run.steps[1].at, cases[i].at[1], 1e-15);
        table_run_free(&run);
        run = run_of(table, 1, 9, 1, 1);
        assert_int_equal(run.n, 2);
        assert_near(run.steps[0].at, cases[i].after_one, 1e-15);
        table_run_free(&run);
        trial_table_free(table);
    }
}

/* One that was stopped had used what its last step says, whatever it was meant to come to. */
static void after_a_stop_it_costs_what_was_left(void **state)
{
    (void)state;
    static const struct {
        double stopped_at, energy_j, duration_s;
        size_t n;
    } cases[] = {{3, 240, 24, 2}, {9, 250, 18, 1}, {20, 250, 18, 1}, {1, 270, 27, 3}};
    struct trial_table *table = open_table("epochs");
    struct json *here = point(1, 27);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct table_point at = {.params = here, .seed = 1};
        struct table_point earlier = {here, 1, cases[i].stopped_at};
        struct table_run run;
        assert_ok(trial_table_run(&run, table, &at, &earlier, &err), err);
        assert_int_equal(run.n, cases[i].n);
        check_step(&run.steps[run.n - 1], 27, 1, cases[i].energy_j, cases[i].duration_s);
        table_run_free(&run);
    }
    json_free(here);
    trial_table_free(table);
}

/* A chain of trials costs what the last of them cost when it was recorded. */
static void a_chain_adds_up_to_what_was_recorded(void **state)
{
    (void)state;
    struct trial_table *table = open_table("epochs");
    struct table_run whole = run_of(table, 3, 9, 0, 5);
    struct table_run first = run_of(table, 3, 3, 0, 5), second = run_of(table, 3, 9, 3, 5);
    assert_near(first.steps[0].figures.energy_j + second.steps[0].figures.energy_j,
                whole.steps[1].figures.energy_j, 0);
    table_run_free(&whole);
    table_run_free(&first);
    table_run_free(&second);
    trial_table_free(table);
}

static void a_row_that_failed_has_no_steps(void **state)
{
    (void)state;
    struct trial_table *table = open_table("epochs");
    struct table_run run = run_of(table, 2, 9, 0, 1);
    assert_int_equal(run.n, 1);
    assert_int_equal(run.steps[0].row->state, OUTCOME_FAILED);
    table_run_free(&run);
    run = run_of(table, 2, 9, 3, 1);
    check_step(&run.steps[0], 9, 1, 20, 6);
    assert_true(isnan(run.steps[0].figures.cpu_s));
    table_run_free(&run);
    trial_table_free(table);
}

/* Repeats are recorded in one order: a trial stays with its own. */
static void the_seed_stays_with_one_repeat(void **state)
{
    (void)state;
    bool seen[2] = {false, false};
    struct trial_table *table = open_table("epochs");
    for (uint64_t seed = 0; seed < 32; seed++) {
        struct table_run run = run_of(table, 3, 9, 0, seed);
        assert_int_equal(run.n, 2);
        size_t repeat = (size_t)(run.steps[0].figures.energy_j - 31);
        assert_true(repeat < 2);
        check_step(&run.steps[1], 9, 1, 91 + (double)repeat, 9);
        seen[repeat] = true;
        table_run_free(&run);
    }
    assert_true(seen[0] && seen[1]);
    trial_table_free(table);
}

static void without_epochs_there_is_only_the_end(void **state)
{
    (void)state;
    struct trial_table *table = open_table("none");
    struct table_run run = run_of(table, 1, 27, 3, 1);
    assert_int_equal(run.n, 1);
    assert_true(isnan(run.steps[0].fidelity));
    assert_near(run.steps[0].at, 1, 0);
    assert_near(run.steps[0].figures.energy_j, 240, 0);
    table_run_free(&run);
    trial_table_free(table);
}

static void what_was_not_recorded_has_no_run(void **state)
{
    (void)state;
    struct trial_table *table = open_table("epochs");
    struct json *here = point(4, 9), *known = point(1, 9);
    struct table_point at = {here, 1, 0}, good = {known, 1, 0};
    struct table_run run;
    assert_int_equal(trial_table_run(&run, table, &at, NULL, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "no trial is recorded"));
    table_run_free(&run);
    /* One that goes on from nowhere starts at the beginning. */
    assert_ok(trial_table_run(&run, table, &good, &at, &err), err);
    assert_int_equal(run.n, 2);
    check_step(&run.steps[1], 9, 1, 20, 9);
    table_run_free(&run);
    json_free(here);
    json_free(known);
    trial_table_free(table);
}

/* An export of successive halving, in which trial 2 was tried twice: what is recorded of a
 * trial is the whole way to its end. Trial 1 of the other arm has nothing to do with it. */
static void rows_that_continue_others_are_whole_trainings(void **state)
{
    (void)state;
    static const char text[] =
        "arm,trial,continues,lr,epochs,state,accuracy,energy_j,duration_s,cpu_s\n"
        "0,0,,1,3,complete,0.5,30,3,6\n"
        "0,1,,2,3,complete,0.4,31,3,6\n"
        "0,2,0,1,9,failed,,1000,500,\n"
        "0,2,0,1,9,complete,0.7,60,6,\n"
        "1,1,,1,1,complete,0.1,500,1,2\n"
        "0,3,2,1,27,complete,0.9,180,18,36\n";
    struct json_problems problems;
    struct trial_table *table = read_text(text, &problems);
    assert_non_null(table);
    assert_true(trial_table_set_fidelity(table, &params, "epochs"));
    struct table_run run = run_of(table, 1, 27, 0, 1);
    assert_int_equal(run.n, 4);
    check_step(&run.steps[1], 3, 3.0 / 27, 30, 3);
    check_step(&run.steps[2], 9, 9.0 / 27, 90, 9);
    check_step(&run.steps[3], 27, 1, 270, 27);
    assert_true(isnan(run.steps[3].figures.cpu_s)); /* a part of it is not known */
    table_run_free(&run);
    run = run_of(table, 1, 27, 9, 1);
    check_step(&run.steps[run.n - 1], 27, 1, 180, 18);
    table_run_free(&run);
    trial_table_free(table);
}

static void a_row_that_continues_no_row_is_a_mistake(void **state)
{
    (void)state;
    struct json_problems problems;
    assert_null(
        read_text("trial,continues,lr,epochs,accuracy\n1,0,1,9,0.7\n0,,1,3,0.5\n", &problems));
    assert_non_null(
        strstr(strbuf_text(&problems.text),
               ":2: column 'continues': expected a trial with a row above this one, "
               "got '0'"));
    json_problems_free(&problems);
    assert_null(read_text("trial,continues,lr,epochs,accuracy\n0,x,1,9,0.7\n", &problems));
    assert_non_null(
        strstr(strbuf_text(&problems.text), "column 'continues': expected a number"));
    json_problems_free(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shorter_rows_are_steps_on_the_way),
        cmocka_unit_test(a_trial_that_goes_on_costs_the_rest),
        cmocka_unit_test(steps_come_when_they_were_recorded),
        cmocka_unit_test(after_a_stop_it_costs_what_was_left),
        cmocka_unit_test(a_chain_adds_up_to_what_was_recorded),
        cmocka_unit_test(a_row_that_failed_has_no_steps),
        cmocka_unit_test(the_seed_stays_with_one_repeat),
        cmocka_unit_test(without_epochs_there_is_only_the_end),
        cmocka_unit_test(what_was_not_recorded_has_no_run),
        cmocka_unit_test(rows_that_continue_others_are_whole_trainings),
        cmocka_unit_test(a_row_that_continues_no_row_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
