#include "tests/check.h"
#include "worker/relay.h"

#include "base/rng.h"

#define RANKS 5
#define AGE 500

/* A rank whose own count began somewhere on the way. */
struct rank {
    struct relay relay;
    bool open;
    uint64_t opened_at; /* the true count then */
};

/* Ranks come, go and take turns at random; the true count grows all the while. */
static void the_common_count_follows_the_true_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct rng rng;
        rng_seed(&rng, seed);
        struct rank ranks[RANKS] = {0};
        struct meter_reading reading = {0};
        uint64_t count = rng_below(&rng, 1000000), start = 0, last = 0;
        for (int turn = 0; turn < 300; turn++) {
            count += rng_below(&rng, 1000);
            size_t i = turn ? rng_below(&rng, RANKS) : 0;
            struct rank *rank = &ranks[i];
            if (!rank->open)
                *rank = (struct rank){.relay.exact = true, .open = true, .opened_at = count};
            count += rng_below(&rng, 1000);
            start = turn ? start : count;
            relay_put(&rank->relay, &reading, 0, true, count - rank->opened_at);
            uint64_t common = reading.counters[0];
            assert_true(reading.valid[0]);
            assert_true(common >= last);
            assert_true(common <= count - start);
            if (i == 0) /* who was there from the start knows all of it */
                assert_int_equal(common, count - start);
            else if (rng_below(&rng, 20) == 0)
                rank->open = false; /* it dies, and another takes its place */
            last = common;
        }
        assert_true(last > 0);
    }
}

/* Where values are a little old, nobody may push another ahead: with a device that all of them
 * read, each newcomer adds the age of its first value, once. */
static void old_values_do_not_add_up(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct rng rng;
        rng_seed(&rng, seed);
        struct relay ranks[RANKS] = {0};
        uint64_t own[RANKS] = {0};
        struct meter_reading reading = {0};
        uint64_t count = 1000, last = 0;
        for (int turn = 0; turn < 300; turn++) {
            count += rng_below(&rng, 20);
            size_t i = turn ? rng_below(&rng, RANKS) : 0;
            uint64_t seen = count - rng_below(&rng, AGE);
            own[i] = seen > own[i] ? seen : own[i];
            relay_put(&ranks[i], &reading, 0, true, own[i]);
            assert_true(reading.valid[0] && reading.counters[0] >= last);
            last = reading.counters[0];
            assert_true(last <= count - 1000 + RANKS * AGE);
        }
        assert_true(last + RANKS * AGE >= count - 1000);
    }
}

/* The lag of a newcomer is what passed since some reading before one of its own: it shrinks. */
static void a_newcomer_catches_up(void **state)
{
    (void)state;
    struct relay first = {.exact = true}, second = {.exact = true};
    struct meter_reading reading = {0};
    relay_put(&first, &reading, 0, true, 0);
    relay_put(&second, &reading, 0, true, 7); /* at a true count of 100 */
    assert_int_equal(reading.counters[0], 0);
    relay_put(&first, &reading, 0, true, 110); /* nothing is lost */
    assert_int_equal(reading.counters[0], 110);
    relay_put(&second, &reading, 0, true, 7 + 12); /* at 112: it lags by 2 at most */
    assert_int_equal(reading.counters[0], 110);
    relay_put(&second, &reading, 0, true, 7 + 100); /* at 200 */
    assert_int_equal(reading.counters[0], 198);
}

static void a_count_that_begins_anew_is_a_gap(void **state)
{
    (void)state;
    struct relay relay = {0};
    struct meter_reading reading = {0};
    relay_put(&relay, &reading, 0, true, 500);
    relay_put(&relay, &reading, 0, true, 700);
    assert_int_equal(reading.counters[0], 200);
    relay_put(&relay, &reading, 0, true, 30);
    assert_false(reading.valid[0]);
    relay_put(&relay, &reading, 0, true, 40);
    assert_true(reading.valid[0]);
    assert_int_equal(reading.counters[0], 200);
    relay_put(&relay, &reading, 0, false, 0);
    assert_false(reading.valid[0]);
    relay_put(&relay, &reading, 0, true, 45);
    assert_int_equal(reading.counters[0], 205);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_common_count_follows_the_true_one),
        cmocka_unit_test(old_values_do_not_add_up),
        cmocka_unit_test(a_newcomer_catches_up),
        cmocka_unit_test(a_count_that_begins_anew_is_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
