#include "base/rng.h"
#include "results/sample.h"
#include "results/store.h"
#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static struct error err;

/* A study with one attempt that runs. */
static struct store *create(void)
{
    struct store *store = fixture_create(&study_folder);
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_start_attempt(store, 0, 0, 1, "node7", 2, 1700000000000000, &err), err);
    return store;
}

static void add(struct store *store, size_t from, size_t n)
{
    struct sample_record samples[1200];
    for (size_t i = 0; i < n; i++)
        samples[i] = fixture_sample(from + i);
    assert_ok(store_add_samples(store, 0, 0, 1, samples, n, &err), err);
}

static struct sample_series load(struct store *store, size_t wanted)
{
    struct sample_series series = {0};
    assert_ok(store_load_samples(store, 0, 0, 1, wanted, &series, &err), err);
    return series;
}

static void check_samples(const struct sample_series *series, size_t from, size_t n)
{
    assert_int_equal(series->n, n);
    assert_int_equal(series->begin_us, 1000000 * (int64_t)from);
    for (size_t i = 0; i < n; i++) {
        struct sample_record expected = fixture_sample(from + i);
        assert_memory_equal(&series->samples[i], &expected, sizeof expected);
    }
}

/* However they come: one by one, a few, or more than a row holds. */
static void samples_come_back_in_their_order(void **state)
{
    (void)state;
    struct store *store = create();
    struct rng rng;
    size_t n = 0;
    rng_seed(&rng, 1);
    for (int i = 0; i < 40; i++) {
        size_t more = i == 20 ? 600 : rng_below(&rng, 12);
        add(store, n, more);
        n += more;
    }
    struct sample_series series = load(store, 0);
    check_samples(&series, 0, n);
    sample_series_free(&series);
    store_close(store);
}

static void the_last_samples_alone_can_be_had(void **state)
{
    (void)state;
    struct store *store = create();
    struct sample_series series = load(store, 10);
    assert_int_equal(series.n, 0);
    sample_series_free(&series);
    for (size_t n = 0; n < 1000; n += 50) {
        add(store, n, 50);
        series = load(store, 300);
        assert_true(series.n >= (n + 50 < 300 ? n + 50 : 300));
        check_samples(&series, n + 50 - series.n, series.n);
        sample_series_free(&series);
    }
    store_close(store);
}

static void a_message_that_came_twice_is_stored_once(void **state)
{
    (void)state;
    struct store *store = create();
    add(store, 0, 10);
    add(store, 5, 10);
    add(store, 3, 4);
    struct sample_series series = load(store, 0);
    check_samples(&series, 0, 15);
    sample_series_free(&series);
    store_close(store);
}

static void samples_of_an_attempt_that_is_not_there_are_refused(void **state)
{
    (void)state;
    struct store *store = create();
    struct sample_record one = fixture_sample(0);
    assert_int_equal(store_add_samples(store, 0, 0, 2, &one, 1, &err), ST_INVALID);
    assert_int_equal(store_add_samples(store, 0, 7, 1, &one, 1, &err), ST_INVALID);
    store_close(store);
}

static void the_end_of_an_attempt_keeps_its_samples(void **state)
{
    (void)state;
    struct store *store = create();
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 5, 6);
    add(store, 0, 3);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    struct sample_series series = load(store, 0);
    check_samples(&series, 0, 3);
    sample_series_free(&series);
    store_close(store);
}

/* Batches of ten until no more fit. Answers how many did. */
static size_t fill(struct store *store)
{
    struct sample_record samples[10];
    for (size_t n = 0; n < 20000; n += 10) {
        for (size_t i = 0; i < 10; i++)
            samples[i] = fixture_sample(n + i);
        if (store_add_samples(store, 0, 0, 1, samples, 10, &err))
            return n;
    }
    fail_msg("the disk was never full");
    return 0;
}

static void a_full_disk_loses_the_last_batch_alone(void **state)
{
    (void)state;
    struct store *store = create();
    struct rlimit before, little = {.rlim_cur = 200000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    size_t n = fill(store);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(n > 10);
    assert_true(err.remedy[0] != '\0');
    struct sample_series series = load(store, 0);
    check_samples(&series, 0, n);
    sample_series_free(&series);
    store_close(store);
    assert_ok(store_open(&store, study_folder.database, STORE_WRITE, &err), err);
    add(store, n, 10); /* and it goes on where it was */
    series = load(store, 0);
    check_samples(&series, 0, n + 10);
    sample_series_free(&series);
    store_close(store);
}

static void damaged_samples_are_an_error(void **state)
{
    (void)state;
    struct store *store = create();
    struct sample_series series;
    struct sample_record one = fixture_sample(9);
    add(store, 0, 3);
    store_close(store);
    fixture_execute(&study_folder, "UPDATE sample SET series = x'0102'");
    assert_ok(store_open(&store, study_folder.database, STORE_WRITE, &err), err);
    assert_int_equal(store_load_samples(store, 0, 0, 1, 0, &series, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, study_folder.database));
    assert_int_equal(store_add_samples(store, 0, 0, 1, &one, 1, &err), ST_FORMAT);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(samples_come_back_in_their_order),
        TEST(the_last_samples_alone_can_be_had),
        TEST(a_message_that_came_twice_is_stored_once),
        TEST(samples_of_an_attempt_that_is_not_there_are_refused),
        TEST(the_end_of_an_attempt_keeps_its_samples),
        TEST(a_full_disk_loses_the_last_batch_alone),
        TEST(damaged_samples_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
