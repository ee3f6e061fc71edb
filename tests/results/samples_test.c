#include "base/rng.h"
#include "results/sample.h"
#include "results/store.h"
#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct fixture_folder folder;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

/* A study with one attempt that runs. */
static struct store *create(void)
{
    struct store *store = NULL;
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(
        store_create(&store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS, &err),
        err);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_start_attempt(store, 0, 0, 1, "node7", 2, 1700000000000000, &err), err);
    return store;
}

/* Sample i of one a second: 1.5 cores, 100 W of 250 W, a memory that grows, no GPU. */
static struct sample_record sample(size_t i)
{
    return (struct sample_record){.end_us = 1000000 * (int64_t)(i + 1),
                                  .cpu_us = 1500000,
                                  .energy_uj = 100000000,
                                  .node_uj = 250000000,
                                  .memory_kb = 1024 * (int64_t)(i + 1),
                                  .gpu_permille = SAMPLE_UNKNOWN,
                                  .gpu_memory_kb = SAMPLE_UNKNOWN,
                                  .gpu_power_mw = SAMPLE_UNKNOWN};
}

static void add(struct store *store, size_t from, size_t n)
{
    struct sample_record samples[1200];
    for (size_t i = 0; i < n; i++)
        samples[i] = sample(from + i);
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
        struct sample_record expected = sample(from + i);
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
    struct sample_record one = sample(0);
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
            samples[i] = sample(n + i);
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
    assert_ok(store_open(&store, folder.database, STORE_WRITE, &err), err);
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
    struct sample_record one = sample(9);
    add(store, 0, 3);
    store_close(store);
    fixture_execute(&folder, "UPDATE sample SET series = x'0102'");
    assert_ok(store_open(&store, folder.database, STORE_WRITE, &err), err);
    assert_int_equal(store_load_samples(store, 0, 0, 1, 0, &series, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, folder.database));
    assert_int_equal(store_add_samples(store, 0, 0, 1, &one, 1, &err), ST_FORMAT);
    store_close(store);
}

static void figures_follow_from_the_counts(void **state)
{
    (void)state;
    struct sample_record samples[] = {sample(0), sample(1), sample(2)};
    struct sample_series series = {0, samples, 3};
    samples[1].energy_uj = 200000000;
    samples[2].end_us = 4000000; /* over two seconds */
    samples[2].energy_uj = SAMPLE_UNKNOWN;
    samples[2].gpu_permille = 250;
    assert_near(sample_length_s(&series, 2), 2, 1e-12);
    assert_near(sample_figure_at(&series, 0, SAMPLE_POWER), 100, 1e-9);
    assert_near(sample_figure_at(&series, 0, SAMPLE_NODE_POWER), 250, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_NODE_POWER), 125, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_CORES), 0.75, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_MEMORY), 3, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_GPU), 0.25, 1e-9);
    assert_true(isnan(sample_figure_at(&series, 2, SAMPLE_POWER)));
    assert_true(isnan(sample_figure_at(&series, 1, SAMPLE_GPU)));

    struct sample_summary power = sample_summarise(&series, SAMPLE_POWER);
    assert_near(power.mean, 150, 1e-9);
    assert_near(power.peak, 200, 1e-9);
    assert_near(power.last, 200, 1e-9);
    struct sample_summary cores = sample_summarise(&series, SAMPLE_CORES);
    assert_near(cores.mean, 4.5 / 4, 1e-9);
    assert_near(sample_summarise(&series, SAMPLE_MEMORY).mean, (1 + 2 + 3 * 2) / 4.0, 1e-9);
    assert_true(isnan(sample_summarise(&series, SAMPLE_GPU_POWER).mean));
    assert_true(isnan(sample_summarise(&series, SAMPLE_GPU_POWER).peak));
}

/* What ends a millisecond after its last sample has no peak of a thousand watts for that. */
static void a_stub_has_no_peak(void **state)
{
    (void)state;
    struct sample_record samples[] = {sample(0), sample(1)};
    struct sample_series series = {0, samples, 2};
    samples[1].end_us = samples[0].end_us + 1000;
    assert_near(sample_figure_at(&series, 1, SAMPLE_POWER), 100000, 1e-6);
    struct sample_summary whole = sample_summarise(&series, SAMPLE_POWER);
    assert_near(whole.mean, 200 / 1.001, 1e-9); /* its joules are in it */
    assert_near(whole.peak, whole.mean, 1e-9);  /* no mean is above its peak */
    series.samples++;
    series.n = 1;
    series.begin_us = samples[0].end_us;
    assert_near(sample_summarise(&series, SAMPLE_POWER).peak, 100000, 1e-6);
}

int main(void)
{
#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        with_folder(samples_come_back_in_their_order),
        with_folder(the_last_samples_alone_can_be_had),
        with_folder(a_message_that_came_twice_is_stored_once),
        with_folder(samples_of_an_attempt_that_is_not_there_are_refused),
        with_folder(the_end_of_an_attempt_keeps_its_samples),
        with_folder(a_full_disk_loses_the_last_batch_alone),
        with_folder(damaged_samples_are_an_error),
        cmocka_unit_test(figures_follow_from_the_counts),
        cmocka_unit_test(a_stub_has_no_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
