/* The joules in a database: of meters beside, of overhead, and all that was spent. */
#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <math.h>

static struct error err;

static void expect_energy(const struct energy_record *read, const struct energy_record *written)
{
    assert_string_equal(read->quality, written->quality);
    assert_string_equal(read->meters, written->meters);
    assert_string_equal(read->method, written->method);
    assert_int_equal(read->dynamic_uj, written->dynamic_uj);
    assert_int_equal(read->idle_uj, written->idle_uj);
    assert_int_equal(read->low_uj, written->low_uj);
    assert_int_equal(read->high_uj, written->high_uj);
    assert_int_equal(read->wraps, written->wraps);
    assert_int_equal(read->gaps, written->gaps);
    assert_int_equal(read->ambiguous, written->ambiguous);
    assert_int_equal(read->skews, written->skews);
}

/* A meter that failed keeps its place, without a figure. */
static void meters_beside_come_back_in_their_order(void **state)
{
    (void)state;
    struct store *store = fixture_create(&study_folder);
    struct energy_record beside[3] = {{.quality = "measured",
                                       .meters = "command:pdu",
                                       .method = "cpu time (/proc)",
                                       .dynamic_uj = 1,
                                       .idle_uj = 2,
                                       .low_uj = 3,
                                       .high_uj = 4,
                                       .wraps = 5,
                                       .gaps = 6,
                                       .ambiguous = 7,
                                       .skews = 8},
                                      {.quality = "none", .meters = ""},
                                      {.quality = "reported",
                                       .meters = "reported",
                                       .method = "reported by the trial",
                                       .dynamic_uj = 9}};
    struct attempt_record *attempts;
    size_t n;
    for (uint64_t i = 0; i < 3; i++) {
        struct trial_record trial = fixture_trial(0, i);
        struct attempt_record attempt = fixture_attempt(0, i, 1, 1, 1);
        attempt.energy = beside[0];
        attempt.beside = beside;
        attempt.n_beside = i == 1 ? 0 : 3;
        assert_ok(store_add_trial(store, &trial, &err), err);
        assert_ok(store_finish_attempt(store, &attempt, &err), err);
        assert_ok(store_finish_attempt(store, &attempt, &err), err); /* a late result */
    }
    assert_ok(store_load_attempts(store, 0, &attempts, &n, &err), err);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_energy(&attempts[i].energy, &beside[0]);
        assert_int_equal(attempts[i].n_beside, i == 1 ? 0 : 3);
        if (i == 1)
            continue;
        expect_energy(&attempts[i].beside[0], &beside[0]);
        assert_false(energy_known(&attempts[i].beside[1]));
        assert_true(isnan(energy_joules(&attempts[i].beside[1])));
        expect_energy(&attempts[i].beside[2], &beside[2]);
    }
    store_attempts_free(attempts, n);
    store_close(store);
}

static void overhead_adds_up_between_two_endings(void **state)
{
    (void)state;
    struct store *store = fixture_create(&study_folder);
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1000000, 0);
    struct overhead_record overhead = {.arm = 0,
                                       .host = "node7",
                                       .quality = "estimated",
                                       .waiting_uj = 100,
                                       .search_uj = 20,
                                       .orchestrator_uj = 3,
                                       .search_cpu_s = 0.5};
    struct overhead_record unmetered = overhead;
    unmetered.quality = "none";
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    assert_ok(store_add_overhead(store, &overhead, &err), err);
    assert_ok(store_add_overhead(store, &unmetered, &err), err);
    struct overhead_record *rows;
    size_t n;
    assert_ok(store_load_overhead(store, 0, &rows, &n, &err), err);
    assert_int_equal(n, 3);
    assert_int_equal(rows[0].after, 0);
    assert_int_equal(rows[0].waiting_uj, 200);
    assert_int_equal(rows[0].search_uj, 40);
    assert_int_equal(rows[0].orchestrator_uj, 6);
    assert_near(rows[0].search_cpu_s, 1, 0);
    assert_int_equal(rows[1].after, 1);
    assert_int_equal(rows[1].waiting_uj, 100);
    assert_string_equal(rows[2].quality, "none");
    assert_int_equal(rows[2].waiting_uj, 0);
    assert_near(rows[2].search_cpu_s, 0.5, 0);
    store_overhead_free(rows, n);

    double energy_j, time_s;
    assert_ok(store_load_spent(store, 0, &energy_j, &time_s, &err), err);
    assert_near(energy_j, 1.000369, 1e-12);
    assert_near(time_s, 10, 0);
    store_close(store);
}

static void nothing_spent_is_unknown_not_zero(void **state)
{
    (void)state;
    struct store *store = fixture_create(&study_folder);
    double energy_j, time_s;
    assert_ok(store_load_spent(store, 3, &energy_j, &time_s, &err), err);
    assert_true(isnan(energy_j));
    assert_near(time_s, 0, 0);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(meters_beside_come_back_in_their_order),
        TEST(overhead_adds_up_between_two_endings),
        TEST(nothing_spent_is_unknown_not_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
