#include "tests/check.h"
#include "worker/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An outcome with every member set. */
static struct outcome whole_outcome(void)
{
    struct outcome outcome = {.state = OUTCOME_PRUNED,
                              .reason = strdup("stopped early"),
                              .stderr_tail = strdup("a\n\"b\"\n"),
                              .started_at_us = 1795251219139000,
                              .ended_at_us = 1795251220139001,
                              .duration_s = 1.1,
                              .cpu_s = 0.1 + 0.2,
                              .peak_memory_mb = 12.5,
                              .epochs_done = 3};
    outcome.energy = (struct energy){.quality = ENERGY_ESTIMATED,
                                     .meters = "model:EPYC 9005",
                                     .dynamic_uj = 9007199254740991,
                                     .idle_uj = 2,
                                     .low_uj = 1,
                                     .high_uj = 7,
                                     .wraps = 4294967295U,
                                     .gaps = 1,
                                     .ambiguous = 5,
                                     .skews = 6,
                                     .method = "cpu time (/proc), idle measured"};
    outcome.beside[0] = (struct energy){.quality = ENERGY_NONE};
    outcome.beside[1] =
        (struct energy){.quality = ENERGY_MEASURED, .meters = "command:pdu", .dynamic_uj = 8};
    outcome.n_beside = 2;
    assert_non_null(outcome.reason);
    assert_non_null(outcome.stderr_tail);
    assert_int_equal(outcome_add_metric(&outcome, "val_accuracy", 0.1), ST_OK);
    assert_int_equal(outcome_add_metric(&outcome, "params", 272474), ST_OK);
    return outcome;
}

/* What arrives at the other end of the wire. */
static struct outcome sent(const struct outcome *outcome)
{
    struct json *object = outcome_to_json(outcome);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(object, false, &text), ST_OK);
    json_free(object);
    struct json *parsed;
    struct error err;
    struct outcome arrived;
    assert_ok(json_parse(&parsed, text.text, text.length, "wire", &err), err);
    assert_ok(outcome_from_json(&arrived, parsed, &err), err);
    json_free(parsed);
    strbuf_free(&text);
    return arrived;
}

static void everything_crosses_the_wire(void **state)
{
    (void)state;
    struct outcome before = whole_outcome(), after = sent(&before);
    assert_int_equal(after.state, before.state);
    assert_string_equal(after.reason, before.reason);
    assert_string_equal(after.stderr_tail, before.stderr_tail);
    assert_int_equal(after.n_metrics, 2);
    assert_near(outcome_metric(&after, "val_accuracy"), 0.1, 0);
    assert_near(outcome_metric(&after, "params"), 272474, 0);
    assert_true(isnan(outcome_metric(&after, "val_loss")));
    assert_true(after.started_at_us == before.started_at_us);
    assert_true(after.ended_at_us == before.ended_at_us);
    assert_near(after.duration_s, before.duration_s, 0);
    assert_near(after.cpu_s, before.cpu_s, 0);
    assert_near(after.peak_memory_mb, before.peak_memory_mb, 0);
    assert_int_equal(after.epochs_done, 3);
    assert_string_equal(after.energy.meters, before.energy.meters);
    assert_int_equal(after.energy.quality, ENERGY_ESTIMATED);
    assert_true(after.energy.dynamic_uj == before.energy.dynamic_uj);
    assert_true(after.energy.low_uj == 1 && after.energy.high_uj == 7);
    assert_true(after.energy.idle_uj == 2 && after.energy.gaps == 1);
    assert_true(after.energy.wraps == before.energy.wraps);
    assert_true(after.energy.ambiguous == 5 && after.energy.skews == 6);
    assert_string_equal(after.energy.method, before.energy.method);
    assert_int_equal(after.n_beside, 2);
    assert_int_equal(after.beside[0].quality, ENERGY_NONE);
    assert_string_equal(after.beside[1].meters, "command:pdu");
    assert_true(after.beside[1].dynamic_uj == 8);
    outcome_clear(&before);
    outcome_clear(&after);
}

static void what_is_unknown_stays_unknown(void **state)
{
    (void)state;
    struct outcome before = {0};
    outcome_clear(&before);
    struct outcome after = sent(&before);
    assert_null(after.reason);
    assert_null(after.stderr_tail);
    assert_true(isnan(after.cpu_s));
    assert_true(isnan(after.peak_memory_mb));
    assert_int_equal(after.epochs_done, -1);
    assert_int_equal(after.n_metrics, 0);
    assert_int_equal(after.energy.quality, ENERGY_NONE);
    outcome_clear(&after);
}

static struct json *copy_without(const struct json *object, const char *key)
{
    struct json *copy = json_object_create();
    for (const struct json *m = json_first(object); m; m = json_next(m))
        if (strcmp(json_key(m), key) != 0)
            json_put_value(copy, json_key(m), json_copy(m));
    return copy;
}

static void check_refused(const struct json *damaged, const char *key)
{
    struct outcome outcome;
    struct error err;
    assert_int_equal(outcome_from_json(&outcome, damaged, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, key));
    assert_null(outcome.metrics);
}

/* Take members out of the text one at a time, and spoil them one at a time. */
static void a_malformed_object_is_refused_by_name(void **state)
{
    (void)state;
    struct outcome whole = whole_outcome();
    struct json *object = outcome_to_json(&whole);
    assert_true(json_count(object) > 0);
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        struct json *damaged = copy_without(object, json_key(m));
        check_refused(damaged, json_key(m));
        json_put_bool(damaged, json_key(m), true);
        check_refused(damaged, json_key(m));
        json_free(damaged);
    }
    json_free(object);
    outcome_clear(&whole);
}

static void energies_and_counts_keep_their_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        double value;
    } wrong[] = {{"dynamic_uj", -1}, {"idle_uj", -1}, {"gaps", -1}, {"wraps", 0x1p32}};
    struct outcome whole = whole_outcome();
    struct json *object = outcome_to_json(&whole);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct json *damaged = copy_without(object, "energy");
        struct json *energy = copy_without(json_member(object, "energy"), wrong[i].key);
        json_put_number(energy, wrong[i].key, wrong[i].value);
        json_put_value(damaged, "energy", energy);
        check_refused(damaged, "energy");
        json_free(damaged);
    }
    json_free(object);
    outcome_clear(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_crosses_the_wire),
        cmocka_unit_test(what_is_unknown_stays_unknown),
        cmocka_unit_test(a_malformed_object_is_refused_by_name),
        cmocka_unit_test(energies_and_counts_keep_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
