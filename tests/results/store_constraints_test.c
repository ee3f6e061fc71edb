/* Constraints, the metrics that they are on, and the trials of earlier studies come back as
 * they were stored. */
#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>
#include <string.h>

static struct error err;
static char energy[] = "energy_j", accuracy[] = "accuracy";
static const struct constraint constraints[] = {{energy, false, 0.1}, {accuracy, true, -3}};

static const double first_values[] = {0.1, 3e-300}, first_constrained[] = {3e-300, (double)NAN};
static const double second_values[] = {-1, 2};
static const struct earlier_record earlier[] = {
    {"old.db", "bayes.0.17", "{\"lr\":0.01}", first_values, first_constrained, 0.3},
    {"older.db", "grid.0.0", "{\"lr\":0.1}", second_values, NULL, (double)NAN},
};

static struct store *create(void)
{
    struct study_record study = fixture_study;
    struct store *store = NULL;
    study.constraints = constraints;
    study.n_constraints = 2;
    study.earlier = earlier;
    study.n_earlier = 2;
    assert_ok(store_create(&store, study_folder.database, &study, fixture_arms, 1, &err), err);
    return store;
}

static void constraints_come_back(void **state)
{
    (void)state;
    store_close(create());
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct study_record *study;
    enum study_state now;
    assert_ok(store_load_study(store, &study, &now, &err), err);
    assert_int_equal(study->n_constraints, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(study->constraints[i].metric, constraints[i].metric);
        assert_int_equal(study->constraints[i].at_least, constraints[i].at_least);
        assert_true(study->constraints[i].bound == constraints[i].bound);
    }
    store_study_free(study);
    store_close(store);
}

static void put(struct store *store, uint64_t number, const double *constrained)
{
    struct trial_record trial = fixture_trial(0, number);
    const double values[] = {1, 2};
    assert_ok(store_add_trial(store, &trial, &err), err);
    trial.state = TRIAL_COMPLETE;
    trial.values = values;
    trial.constrained = constrained;
    assert_ok(store_set_trial(store, &trial, &err), err);
    assert_ok(store_set_trial(store, &trial, &err), err); /* all of it, again */
}

static void constrained_metrics_come_back_to_the_bit(void **state)
{
    (void)state;
    struct store *store = create();
    put(store, 0, (double[]){0.1 + 0.2, -5e-324});
    put(store, 1, (double[]){NAN, 7});
    put(store, 2, NULL);
    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, 0, &trials, &n, &err), err);
    assert_int_equal(n, 3);
    assert_true(trials[0].constrained[0] == 0.1 + 0.2 && trials[0].constrained[1] == -5e-324);
    assert_true(isnan(trials[1].constrained[0]) && trials[1].constrained[1] == 7);
    assert_true(isnan(trials[2].constrained[0]) && isnan(trials[2].constrained[1]));
    assert_true(trials[2].values[1] == 2);
    store_trials_free(trials, n);
    store_close(store);
}

static void earlier_trials_come_back(void **state)
{
    (void)state;
    store_close(create());
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct earlier_record *found;
    size_t n;
    assert_ok(store_load_earlier(store, &found, &n, &err), err);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(found[i].source, earlier[i].source);
        assert_string_equal(found[i].name, earlier[i].name);
        assert_string_equal(found[i].params, earlier[i].params);
        assert_memory_equal(found[i].values, earlier[i].values, sizeof first_values);
    }
    assert_true(found[0].constrained[0] == 3e-300 && isnan(found[0].constrained[1]));
    assert_true(isnan(found[1].constrained[0]));
    assert_true(found[0].energy_j == 0.3 && isnan(found[1].energy_j));
    store_earlier_free(found, n);
    store_close(store);
}

static void a_hole_among_them_is_found(void **state)
{
    (void)state;
    store_close(create());
    fixture_execute(&study_folder, "DELETE FROM earlier_trial WHERE earlier = 0");
    struct store *store = fixture_open(&study_folder, STORE_READ);
    struct earlier_record *found;
    size_t n;
    assert_int_equal(store_load_earlier(store, &found, &n, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "earlier trial 0 is missing"));
    store_close(store);
}

static void the_view_judges(void **state)
{
    (void)state;
    struct store *store = create();
    put(store, 0, (double[]){0.1, -4});
    store_close(store);
    fixture_execute(&study_folder,
                    "CREATE TABLE verdict (kept INTEGER CHECK (kept = 1)) STRICT;"
                    "INSERT INTO verdict SELECT kept FROM constraints WHERE metric = 'energy_j'"
                    " AND sense = 'at_most' AND value = 0.1 AND strategy = 'grid';"
                    "INSERT INTO verdict SELECT 1 - kept FROM constraints WHERE bound = -3;"
                    "CREATE TABLE two (n INTEGER CHECK (n = 2)) STRICT;"
                    "INSERT INTO two SELECT count(*) FROM verdict");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(constraints_come_back),    TEST(constrained_metrics_come_back_to_the_bit),
        TEST(earlier_trials_come_back), TEST(a_hole_among_them_is_found),
        TEST(the_view_judges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
