#include "base/rng.h"
#include "base/strbuf.h"
#include "orchestrator/study.h"
#include "results/idle_policy.h"
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void a_study_is_read_whole(void **state)
{
    (void)state;
    struct study *study = study_of_text(study_good, "/somewhere/toy-study.json");
    assert_string_equal(study->name, "toy");
    assert_int_equal(study->seed, 7);
    assert_string_equal(study->base_dir, "/somewhere");
    assert_string_equal(study->json, study_good);
    assert_int_equal(space_count(study->space), 2);
    assert_int_equal(study->n_objectives, 2);
    assert_string_equal(study->objectives[1].metric, "energy_j");
    assert_int_equal(study->budget.trials, 12);
    assert_near(study->budget.time_s, 60, 0);
    assert_near(study->budget.energy_j, 0, 0);
    assert_int_equal(study->energy.require, ENERGY_NONE);
    assert_string_equal(study->energy.idle_policy, "equal");
    assert_near(study->monitor.interval_s, 1, 0);
    study_free(study);
}

static void trials_can_go_unwatched(void **state)
{
    (void)state;
    struct study *study = study_with("\"monitor\": {\"interval_s\": 0}");
    assert_near(study->monitor.interval_s, 0, 0);
    study_free(study);
    study = study_with("\"monitor\": {\"interval_s\": 0.1}");
    assert_near(study->monitor.interval_s, 0.1, 0);
    study_free(study);
    study = study_with("\"monitor\": {\"interval_s\": 60}");
    assert_near(study->monitor.interval_s, 60, 0);
    study_free(study);
}

/* Two bounds in one entry are two constraints. */
static void constraints_are_bounds_of_metrics(void **state)
{
    (void)state;
    struct study *study =
        study_with("\"constraints\": [{\"metric\": \"energy_j\", \"at_most\": 5000},"
                   " {\"metric\": \"value\", \"at_most\": 3.5, \"at_least\": -1}]");
    static const struct constraint wanted[] = {
        {(char *)(uintptr_t) "energy_j", false, 5000},
        {(char *)(uintptr_t) "value", true, -1},
        {(char *)(uintptr_t) "value", false, 3.5},
    };
    assert_int_equal(study->n_constraints, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(study->constraints[i].metric, wanted[i].metric);
        assert_int_equal(study->constraints[i].at_least, wanted[i].at_least);
        assert_near(study->constraints[i].bound, wanted[i].bound, 0);
    }
    struct problem problem = study_problem(study);
    assert_ptr_equal(problem.constraints, study->constraints);
    assert_int_equal(problem.n_constraints, 3);
    study_free(study);
    study = study_with("\"constraints\": []");
    assert_int_equal(study->n_constraints, 0);
    study_free(study);
}

static void a_problem_has_the_budget(void **state)
{
    (void)state;
    struct study *study = study_of_text(study_good, "/s/toy.json");
    assert_int_equal(study_problem(study).budget_trials, 12);
    assert_near(study_problem(study).budget_energy_j, 0, 0);
    study->budget.energy_j = 77;
    assert_near(study_problem(study).budget_energy_j, 77, 0);
    study_free(study);
}

static void arms_are_strategies_times_repeats(void **state)
{
    (void)state;
    struct study *study = study_of_text(study_good, "/s/toy.json");
    assert_int_equal(study->n_arms, 6);
    assert_string_equal(study->strategies[2].label, "random-2");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(study->arms[i].strategy, i % 3);
        assert_int_equal(study->arms[i].repeat, i / 3);
        for (size_t j = 0; j < i; j++)
            assert_true(study->arms[i].seed != study->arms[j].seed);
    }
    assert_true(study->arms[3].seed == rng_derive(7, "grid", 1, 0));
    study_free(study);
}

static void an_unnamed_study_has_its_files_name(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "{");
    strbuf_append(&text, strstr(study_good, "\"seed\""));
    struct study *study = study_of_text(strbuf_text(&text), "/somewhere/other.json");
    assert_string_equal(study->name, "other");
    study_free(study);
    strbuf_free(&text);
}

static void overrides_are_part_of_the_stored_text(void **state)
{
    (void)state;
    char path[64];
    study_write_temporary(path, study_good, strlen(study_good));
    struct study_overrides overrides = {
        .strategies = "random-2,sobol", .seed = 99, .trials = 5, .energy_j = 100, .repeats = 3};
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_ok(study_read_file(&study, path, &overrides, &problems, &err), err);
    for (int pass = 0; pass < 2; pass++) {
        assert_string_equal(study->name, "toy");
        assert_int_equal(study->n_strategies, 2);
        assert_string_equal(study->strategies[0].label, "random");
        assert_string_equal(study->strategies[1].label, "sobol");
        assert_int_equal(study->seed, 99);
        assert_int_equal(study->budget.trials, 5);
        assert_near(study->budget.energy_j, 100, 0);
        assert_near(study->budget.time_s, 60, 0);
        assert_int_equal(study->repeats, 3);
        struct study *again = study_of_text(study->json, path); /* what a resume does */
        study_free(study);
        study = again;
    }
    study_free(study);
    struct study_overrides wrong = {.strategies = "grid,,magic", .seed = -1};
    assert_int_equal(study_read_file(&study, path, &wrong, &problems, &err), ST_INVALID);
    assert_non_null(strstr(strbuf_text(&problems.text), "magic"));
    json_problems_free(&problems);
    unlink(path);
}

/* What the command line says is not missing in the file. */
static void a_budget_may_come_from_the_command_line(void **state)
{
    (void)state;
    static const char budget[] = "\"budget\": {\"trials\": 12, \"time_s\": 60}, ";
    const char *at = strstr(study_good, budget);
    struct strbuf text = STRBUF_INIT;
    strbuf_append_bytes(&text, study_good, (size_t)(at - study_good));
    strbuf_append(&text, at + strlen(budget));
    char path[64];
    study_write_temporary(path, strbuf_text(&text), text.length);
    struct study_overrides overrides = {.seed = -1, .time_s = 3};
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_int_equal(study_read_file(&study, path, NULL, &problems, &err), ST_INVALID);
    json_problems_free(&problems);
    assert_ok(study_read_file(&study, path, &overrides, &problems, &err), err);
    assert_near(study->budget.time_s, 3, 0);
    assert_int_equal(study->budget.trials, 0);
    study_free(study);
    strbuf_free(&text);
    json_problems_free(&problems);
    unlink(path);
}

/* A grid ends by itself, whatever varies in it; the others do not where a real varies. */
static void a_grid_needs_no_budget(void **state)
{
    (void)state;
    static const char text[] =
        "{\"trial\": {\"kind\": \"function\", \"function\": \"sphere\"},"
        "\"space\": {\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 1, \"grid\": 4}},"
        "\"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
        "\"strategies\": [\"grid\"], \"enqueue\": [{\"x\": 0.1}]}";
    struct study *study = study_of_text(text, "/s/toy.json");
    assert_near(study->strategies[0].count, 5, 0);
    study_free(study);
}

static void all_idle_policies_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < IDLE_POLICIES; i++) {
        char section[64];
        snprintf(section, sizeof section, "\"energy\": {\"idle_policy\": \"%s\"}",
                 idle_policy_names[i]);
        struct study *study = study_with(section);
        assert_string_equal(study->energy.idle_policy, idle_policy_names[i]);
        study_free(study);
    }
}

static void the_idle_window_is_two_seconds_unless_told(void **state)
{
    (void)state;
    struct study *study = study_with("\"energy\": {}");
    assert_near(study->energy.idle_window_s, 2, 0);
    assert_near(study->energy.idle_w, 0, 0);
    assert_near(study->energy.model_idle_w + study->energy.model_max_w, 0, 0);
    study_free(study);
    study = study_with("\"energy\": {\"idle_window_s\": 0}");
    assert_near(study->energy.idle_window_s, 0, 0);
    study_free(study);
}

static void a_site_gives_its_watts(void **state)
{
    (void)state;
    struct study *study = study_with("\"energy\": {\"idle_window_s\": 30, \"idle_w\": 85.5,"
                                     "\"model\": {\"max_w\": 1.7, \"idle_w\": 0.31}}");
    assert_near(study->energy.idle_window_s, 30, 0);
    assert_near(study->energy.idle_w, 85.5, 0);
    assert_near(study->energy.model_idle_w, 0.31, 0);
    assert_near(study->energy.model_max_w, 1.7, 0);
    study_free(study);
}

static void meters_are_named_in_their_order(void **state)
{
    (void)state;
    struct study *study =
        study_with("\"energy\": {\"meters\": [\"auto\", \"model\", \"perf\"]}");
    assert_int_equal(study->energy.n_meters, 3);
    assert_string_equal(study->energy.meters[0], "auto");
    assert_string_equal(study->energy.meters[2], "perf");
    study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_is_read_whole),
        cmocka_unit_test(trials_can_go_unwatched),
        cmocka_unit_test(constraints_are_bounds_of_metrics),
        cmocka_unit_test(a_problem_has_the_budget),
        cmocka_unit_test(arms_are_strategies_times_repeats),
        cmocka_unit_test(an_unnamed_study_has_its_files_name),
        cmocka_unit_test(overrides_are_part_of_the_stored_text),
        cmocka_unit_test(a_budget_may_come_from_the_command_line),
        cmocka_unit_test(a_grid_needs_no_budget),
        cmocka_unit_test(all_idle_policies_are_known),
        cmocka_unit_test(the_idle_window_is_two_seconds_unless_told),
        cmocka_unit_test(a_site_gives_its_watts),
        cmocka_unit_test(meters_are_named_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
