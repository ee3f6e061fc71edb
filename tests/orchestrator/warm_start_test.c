/* Which trials of an earlier study a new one starts from, and with what figures. */
#include "orchestrator/warm_start.h"

#include "orchestrator/study_store.h"
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"
#include "tests/orchestrator/warm_start_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct error err;

static const struct warm_old_trial mixed[] = {
    {"{\"x\":5,\"y\":0.5}", TRIAL_COMPLETE, 0.25, 0.9, TRIAL_NONE, 1.5},
    {"{\"x\":3,\"y\":0.5}", TRIAL_COMPLETE, 1, 0.9, TRIAL_NONE, 1},
    {"{\"x\":0,\"y\":0.25}", TRIAL_FAILED, 1, 0.9, TRIAL_NONE, 1},
    {"{\"x\":10,\"y\":7}", TRIAL_COMPLETE, 1, 0.9, TRIAL_NONE, 1},
    {"{\"x\":10}", TRIAL_COMPLETE, 1, 0.9, TRIAL_NONE, 1},
    {"{\"x\":10,\"y\":1,\"z\":2}", TRIAL_COMPLETE, 1, 0.9, TRIAL_NONE, 1},
    {"{\"x\":10,\"y\":1}", TRIAL_COMPLETE, 0.5, (double)NAN, TRIAL_NONE, (double)NAN},
    {"{\"x\":0,\"y\":0}", TRIAL_PRUNED, 1, 0.9, TRIAL_NONE, 1},
};
enum { MIXED = sizeof mixed / sizeof mixed[0] };

static void what_fits_is_taken_and_the_rest_is_counted(void **state)
{
    (void)state;
    warm_add_old(mixed, MIXED);
    struct study *study = warm_read_study(warm_space_xy, warm_loss_only, NULL);
    const struct warm_start *warm = study->warm;
    assert_int_equal(warm->n, 2);
    assert_int_equal(warm->sources[0].complete, 6);
    assert_int_equal(warm->sources[0].left_out[WARM_NO_POINT], 3);
    assert_int_equal(warm->sources[0].left_out[WARM_MORE], 1);
    assert_string_equal(warm->records[0].name, "grid.0.0");
    assert_string_equal(warm->records[0].params, "{\"x\":5,\"y\":0.5}");
    assert_near(warm->trials[0].point[0], 5, 0);
    assert_near(warm->trials[0].values[0], 0.25, 0);
    assert_near(warm->trials[0].energy_j, 1.5, 0);
    assert_true(isnan(warm->trials[1].energy_j));
    struct problem problem = study_problem(study);
    assert_int_equal(problem.n_earlier, 2);
    assert_ptr_equal(problem.earlier, warm->trials);
    study_free(study);
}

static void the_report_says_why(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    warm_add_old(mixed, MIXED);
    struct study *study = warm_read_study(warm_space_xy,
                                          "\"objectives\": [{\"metric\": \"accuracy\","
                                          " \"goal\": \"maximize\"}]",
                                          NULL);
    warm_start_append(study->warm, &text);
    assert_string_equal(
        strbuf_text(&text),
        "  old.db (old): 1 of 6 complete trials are taken\n"
        "    3 left out, no points of this space; the first is grid.0.1: 'x' must be a whole "
        "number from 0 to 10 in steps of 5, got 3\n"
        "    1 left out, parameters that neither this space nor \"settings\" has; the first is "
        "grid.0.5: z\n"
        "    1 left out, without the figure of an objective; the first is grid.0.6: accuracy\n"
        "    what a trial is differs there: \"argv\", \"settings\"\n");
    strbuf_free(&text);
    study_free(study);
}

/* Measured figures are those that an objective would have: idle energy by the policy "equal",
 * and of all the trials of a chain. */
static void figures_are_as_objectives_have_them(void **state)
{
    (void)state;
    static const struct warm_old_trial chain[] = {
        {"{\"x\":0,\"y\":0}", TRIAL_PRUNED, 1, 0.5, TRIAL_NONE, 0.75},
        {"{\"x\":5,\"y\":0}", TRIAL_COMPLETE, 0.5, 0.75, 0, 0.75},
    };
    warm_add_old(chain, 2);
    struct study *study = warm_read_study(
        warm_space_xy,
        "\"objectives\": [{\"metric\": \"energy_j\", \"goal\": \"minimize\"},"
        " {\"metric\": \"accuracy\", \"goal\": \"maximize\"}],"
        " \"constraints\": [{\"metric\": \"duration_s\", \"at_most\": 9},"
        " {\"metric\": \"cpu_s\", \"at_most\": 9}, {\"metric\": \"loss\", \"at_most\": 9}]",
        NULL);
    const struct warm_start *warm = study->warm;
    assert_int_equal(warm->n, 1);
    assert_near(warm->trials[0].values[0], 1.5, 1e-12);
    assert_near(warm->trials[0].values[1], 0.75, 0);
    assert_near(warm->trials[0].constrained[0], 4, 1e-12);
    assert_true(isnan(warm->trials[0].constrained[1]));
    assert_near(warm->trials[0].constrained[2], 0.5, 0);
    assert_near(warm->trials[0].energy_j, 1.5, 0);
    study_free(study);
}

/* What the old study fixed in its settings is a value of the parameter that varies now. */
static void fixed_settings_fill_in(void **state)
{
    (void)state;
    static const char with_momentum[] =
        "\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 10, \"step\": 5},"
        " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1},"
        " \"momentum\": {\"type\": \"ordinal\", \"values\": [0.5, 0.9]}";
    static const char other_constant[] =
        "\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 10, \"step\": 5},"
        " \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 1}, \"momentum\": 0.5";
    warm_add_old(mixed, 1);
    struct study *study = warm_read_study(with_momentum, warm_loss_only, NULL);
    assert_int_equal(study->warm->n, 1);
    assert_near(study->warm->trials[0].point[2], 1, 0);
    study_free(study);
    study = warm_read_study(other_constant, warm_loss_only, NULL);
    assert_int_equal(study->warm->n, 0);
    assert_int_equal(study->warm->sources[0].left_out[WARM_NO_POINT], 1);
    study_free(study);
}

static void same_trials(const struct warm_start *a, const struct warm_start *b, size_t width)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->points, b->points, a->n * width * sizeof *a->points);
    for (size_t i = 0; i < a->n; i++) {
        assert_true(a->trials[i].values[0] == b->trials[i].values[0]);
        assert_memory_equal(&a->trials[i].energy_j, &b->trials[i].energy_j, sizeof(double));
        assert_int_equal(a->trials[i].continues, TRIAL_NONE);
    }
}

static struct store *create_new(const struct study *study)
{
    struct arm_record arm = {.strategy = "random"};
    struct store *store = NULL;
    struct study_store wanted = {.study = study, .arms = &arm, .n_arms = 1};
    assert_ok(study_store_create(&store, warm_new_db, &wanted, &err), err);
    return store;
}

/* A resumed study has them without the old database, to the bit. */
static void the_studys_own_database_keeps_them(void **state)
{
    (void)state;
    warm_add_old(mixed, MIXED);
    struct study *study = warm_read_study(warm_space_xy, warm_loss_only, NULL);
    struct store *store = create_new(study);
    assert_int_equal(unlink(warm_old_db), 0);
    struct study *resumed = study_of_text(study->json, warm_new_path);
    assert_null(resumed->warm);
    assert_ok(warm_start_load(resumed, store, &err), err);
    same_trials(study->warm, resumed->warm, 2);
    assert_int_equal(study_problem(resumed).n_earlier, 2);
    study_free(resumed);
    store_close(store);
    study_free(study);
}

static void overrides_keep_them(void **state)
{
    (void)state;
    warm_add_old(mixed, MIXED);
    struct study_overrides overrides = STUDY_OVERRIDES_INIT;
    overrides.trials = 7;
    struct study *study = warm_read_study(warm_space_xy, warm_loss_only, &overrides);
    assert_int_equal(study->budget.trials, 7);
    assert_int_equal(study->warm->n, 2);
    study_free(study);
}

static void a_stored_trial_that_does_not_fit_is_damage(void **state)
{
    (void)state;
    warm_add_old(mixed, MIXED);
    struct study *study = warm_read_study(warm_space_xy, warm_loss_only, NULL);
    struct store *store = create_new(study);
    char *text = warm_study_text("\"x\": {\"type\": \"integer\", \"low\": 0, \"high\": 4}",
                                 warm_loss_only, "\"old.db\"");
    struct study *other = study_of_text(text, warm_new_path);
    assert_int_equal(warm_start_load(other, store, &err), ST_FORMAT);
    assert_non_null(strstr(err.remedy, "do not belong together"));
    assert_null(other->warm);
    study_free(other);
    free(text);
    store_close(store);
    study_free(study);
}

/* Infinite figures are unknown ones; an infinite objective is none. */
static void infinite_figures_are_forgotten(void **state)
{
    (void)state;
    static const struct warm_old_trial odd[] = {
        {"{\"x\":5,\"y\":0.5}", TRIAL_COMPLETE, 1, INFINITY, TRIAL_NONE, INFINITY},
        {"{\"x\":0,\"y\":0.5}", TRIAL_COMPLETE, INFINITY, 1, TRIAL_NONE, 1},
    };
    warm_add_old(odd, 2);
    char more[160];
    snprintf(more, sizeof more,
             "%s, \"constraints\": [{\"metric\": \"accuracy\", \"at_least\": 1}]",
             warm_loss_only);
    struct study *study = warm_read_study(warm_space_xy, more, NULL);
    assert_int_equal(study->warm->n, 1);
    assert_true(isnan(study->warm->trials[0].energy_j));
    assert_true(isnan(study->warm->trials[0].constrained[0]));
    assert_int_equal(study->warm->sources[0].left_out[WARM_NO_FIGURE], 1);
    study_free(study);
}

static void an_old_study_without_trials_gives_none(void **state)
{
    (void)state;
    store_close(warm_create_old());
    struct study *study = warm_read_study(warm_space_xy, warm_loss_only, NULL);
    assert_int_equal(study->warm->n, 0);
    assert_int_equal(study->warm->sources[0].complete, 0);
    assert_int_equal(study_problem(study).n_earlier, 0);
    study_free(study);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, warm_set_up, warm_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_fits_is_taken_and_the_rest_is_counted), TEST(the_report_says_why),
        TEST(figures_are_as_objectives_have_them),        TEST(fixed_settings_fill_in),
        TEST(the_studys_own_database_keeps_them),         TEST(overrides_keep_them),
        TEST(a_stored_trial_that_does_not_fit_is_damage), TEST(infinite_figures_are_forgotten),
        TEST(an_old_study_without_trials_gives_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
