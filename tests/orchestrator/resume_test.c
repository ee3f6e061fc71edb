/* A study on one worker, cut off after every single event and continued, has the same trials in
 * the same order as one that was never cut off, whatever the strategy: at every proposal the
 * strategy knows the same, to the bit. */
#include "tests/check.h"
#include "tests/orchestrator/short_lives.h"

#include "orchestrator/resume.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void same_trials(const struct kept *a, const struct kept *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct trial_record *x = &a->trials[i], *y = &b->trials[i];
        assert_string_equal(x->params, y->params);
        assert_int_equal(x->state, y->state);
        assert_int_equal(x->told, y->told);
        assert_int_equal(x->continues, y->continues);
        assert_true(x->seed == y->seed);
        assert_true(a->known[i] == b->known[i]);
        assert_int_equal(x->values != NULL, y->values != NULL);
        if (x->values)
            assert_true(x->values[0] == y->values[0] && x->constrained[0] == y->constrained[0]);
    }
}

static void cut_off_after_every_event(const char *strategy, int retries)
{
    bool ended;
    struct kept whole = {.retries = retries};
    size_t events = live(&whole, strategy, KEPT_EVENTS, &ended);
    assert_true(ended && events > KEPT_TRIALS && whole.n == KEPT_TRIALS);
    for (size_t cut = 1; cut < events; cut++) {
        struct kept kept = {.retries = retries};
        live(&kept, strategy, cut, &ended);
        assert_false(ended);
        live(&kept, strategy, KEPT_EVENTS, &ended);
        assert_true(ended);
        same_trials(&kept, &whole);
    }
}

static void one_cut(void **state)
{
    (void)state;
    size_t n = 0;
    for (; strategy_types[n]; n++)
        cut_off_after_every_event(strategy_types[n]->name, 0);
    assert_true(n >= 3);
}

/* What an attempt that failed took counts when the next one goes on from its checkpoint. */
static void one_cut_with_retries(void **state)
{
    (void)state;
    cut_off_after_every_event("asha", 1);
}

/* Six events at a time are just enough to get one trial done in every life. */
static void many_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; strategy_types[i]; i++) {
        bool ended;
        struct kept whole = {0}, kept = {0};
        live(&whole, strategy_types[i]->name, KEPT_EVENTS, &ended);
        ended = false;
        for (size_t lives = 0; !ended; lives++) {
            assert_true(lives < 10 * KEPT_TRIALS);
            live(&kept, strategy_types[i]->name, 6 + lives % 4, &ended);
        }
        same_trials(&kept, &whole);
    }
}

static void check_store(struct kept *kept, const struct kept *whole)
{
    struct trial_record *trials;
    struct attempt_record *attempts;
    struct error err = {0};
    size_t n, interrupted = 0, continued = 0;
    assert_ok(store_load_trials(kept->store, 0, &trials, &n, &err), err);
    assert_int_equal(n, whole->n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(trials[i].params, whole->trials[i].params);
        assert_int_equal(trials[i].state, whole->trials[i].state);
        assert_int_equal(trials[i].told, whole->trials[i].told);
        assert_int_equal(trials[i].continues, whole->trials[i].continues);
        assert_true(kept->known[i] == whole->known[i]);
        if (trials[i].state == TRIAL_COMPLETE)
            assert_true(trials[i].constrained[0] == whole->constrained[i]);
        continued += trials[i].continues != TRIAL_NONE;
    }
    assert_true(continued > 0);
    store_trials_free(trials, n);
    assert_ok(store_load_attempts(kept->store, 0, &attempts, &n, &err), err);
    assert_true(n > whole->n_attempts && whole->n_attempts > whole->n);
    for (size_t i = 0; i < n; i++) {
        assert_true(attempts[i].state != TRIAL_RUNNING);
        interrupted += attempts[i].state == TRIAL_CANCELLED;
    }
    assert_int_equal(interrupted, n - whole->n_attempts);
    store_attempts_free(attempts, n);
}

/* The same through a real database, which is closed and opened again at every cut. */
static void cuts_of_a_database(void **state)
{
    (void)state;
    bool ended = false;
    struct error err = {0};
    struct kept whole = {.retries = 1}, kept = {.retries = 1};
    live(&whole, "asha", KEPT_EVENTS, &ended);
    kept_open_store(&kept);
    ended = false;
    for (size_t lives = 0; !ended; lives++) {
        assert_true(lives < 10 * KEPT_TRIALS);
        live(&kept, "asha", 2 + 3 * (lives % 4), &ended);
        store_close(kept.store);
        assert_ok(store_open(&kept.store, kept.path, STORE_WRITE, &err), err);
    }
    check_store(&kept, &whole);
    kept_remove_store(&kept);
}

static void restore_refuses(const struct trial_record *record, const char *part)
{
    struct process process;
    struct kept kept = {0};
    struct coordinator_past past = {
        .trials = record, .n_trials = 1, .energy_j = NAN, .time_s = NAN};
    struct error err = {0};
    process_open(&process, &kept, "random");
    assert_int_equal(coordinator_restore(process.coordinator, 0, &past, &err), ST_FORMAT);
    if (!strstr(err.what, part))
        fail_msg("expected \"%s\" in \"%s\"", part, err.what);
    process_kill(&process);
}

static void a_database_of_another_study_is_refused(void **state)
{
    (void)state;
    struct trial_record record = {
        .told = -1, .params = "{\"rate\": 0.01}", .continues = TRIAL_NONE};
    restore_refuses(&record, "size");
    record.params = "{\"rate\": 7, \"size\": 32, \"epochs\": 3}";
    restore_refuses(&record, "rate");
    record.params = "nonsense";
    restore_refuses(&record, "trial 0");
    record.params = "{\"rate\": 0.01, \"size\": 32, \"epochs\": 3}";
    record.number = 5;
    restore_refuses(&record, "lacks trial 0");
    record.number = 0;
    record.state = TRIAL_COMPLETE;
    record.told = 0;
    restore_refuses(&record, "contradict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_cut),
        cmocka_unit_test(one_cut_with_retries),
        cmocka_unit_test(many_cuts),
        cmocka_unit_test(cuts_of_a_database),
        cmocka_unit_test(a_database_of_another_study_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
