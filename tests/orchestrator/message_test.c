#include "tests/check.h"

#include "orchestrator/message.h"

#include <stdlib.h>
#include <string.h>

static const struct message_kind_row {
    const char *name;
    unsigned fields;
} kinds[] = {
#define KIND_ROW(name, text, fields) {text, fields},
    MESSAGE_LIST(KIND_ROW)
#undef KIND_ROW
};

#define N_KINDS (sizeof kinds / sizeof kinds[0])

/* A message of a kind with everything in it. */
struct sample {
    struct message message;
    struct outcome outcome;
    struct json *object;
};

static const struct monitor_sample monitored[] = {
    {1000000, 999000, 123456789, 4000000000000, 524288, 0, 1024, 300000},
    {2000001, 0, -1, -1, -1, -1, -1, -1}};

static const struct idle_figures idle = {
    .opened_at_us = 1763726400123456,
    .n = 2,
    .items = {{0, "powercap:package-0", {IDLE_MEASURED, 85.25, 1.5, 0.0125, 20, 2.001}},
              {1, "perf:dram", {IDLE_SITE, 12, 0, 0, 0, 0}}}};

/* More microjoules than a JSON number holds to the last digit. */
static const struct ledger_host books = {.quality = ENERGY_MEASURED,
                                         .meters = "powercap:package-0,dram",
                                         .opened_at_us = 1700000000000000,
                                         .cut_at_us = 1700000000000001,
                                         .metered_uj = 4000000000000000127,
                                         .low_uj = 5,
                                         .high_uj = INT64_MAX,
                                         .trials_uj = 4000000000000000001,
                                         .trials_idle_uj = 2,
                                         .waiting_uj = 4,
                                         .search_uj = 8,
                                         .orchestrator_uj = 16,
                                         .other_uj = 32,
                                         .unattributed_uj = 64,
                                         .intervals = 9,
                                         .longest_interval_ms = 101,
                                         .wraps = 1,
                                         .gaps = 2,
                                         .ambiguous = 3,
                                         .negative = 4,
                                         .skews = 5,
                                         .deaths = UINT32_MAX};

static void open_sample(struct sample *sample, enum message_kind kind)
{
    static const char text[] = "{\"epoch\": 3, \"loss\": 0.25, \"note\": \"x\"}";
    struct error err = {0};
    *sample = (struct sample){.outcome = {.state = OUTCOME_FAILED,
                                          .started_at_us = 1700000000000000,
                                          .ended_at_us = 1700000001000000,
                                          .duration_s = 1.0,
                                          .cpu_s = NAN,
                                          .peak_memory_mb = 12.5,
                                          .epochs_done = 3}};
    sample->outcome.reason = strdup("killed by signal 9");
    sample->outcome.stderr_tail = strdup("a \"quoted\" line\nand \xc3\xa4 another");
    assert_int_equal(outcome_add_metric(&sample->outcome, "loss", 0.1), ST_OK);
    assert_ok(json_parse(&sample->object, text, sizeof text - 1, "test", &err), err);
    sample->message = (struct message){.kind = kind,
                                       .id = {.arm = 3, .trial = 1234567, .attempt = 2},
                                       .seed = (UINT64_C(1) << 53) - 1,
                                       .name = "bayes.0.17",
                                       .text = "some \"text\"\nin two lines",
                                       .path = "/a b/study.json",
                                       .continues = {"bayes.0.16", 7, "{\"x\": 1}", 2.5},
                                       .object = sample->object,
                                       .outcome = &sample->outcome,
                                       .samples = monitored,
                                       .n_samples = 2,
                                       .idle = &idle,
                                       .overhead = {ENERGY_MEASURED, 1, 2, 4000000000000},
                                       .host = books,
                                       .heartbeat_s = 0.1,
                                       .patience_s = 20,
                                       .grace_s = 1.5,
                                       .flag = true};
}

static void close_sample(struct sample *sample)
{
    outcome_clear(&sample->outcome);
    json_free(sample->object);
}

static void write_sample(struct strbuf *text, enum message_kind kind)
{
    struct sample sample;
    open_sample(&sample, kind);
    assert_int_equal(message_write(&sample.message, text), ST_OK);
    close_sample(&sample);
}

static void compare(const struct message *a, const struct message *b, unsigned fields)
{
    assert_int_equal(a->kind, b->kind);
    if (fields & MESSAGE_ID)
        assert_memory_equal(&a->id, &b->id, sizeof a->id);
    if (fields & MESSAGE_SEED)
        assert_true(a->seed == b->seed);
    if (fields & MESSAGE_NAME)
        assert_string_equal(a->name, b->name);
    if (fields & MESSAGE_TEXT)
        assert_string_equal(a->text, b->text);
    if (fields & MESSAGE_PATH)
        assert_string_equal(a->path, b->path);
    if (fields & MESSAGE_CONTINUES) {
        assert_string_equal(a->continues.name, b->continues.name);
        assert_string_equal(a->continues.params, b->continues.params);
        assert_true(a->continues.seed == b->continues.seed);
        assert_near(a->continues.stopped_at, b->continues.stopped_at, 0);
    }
    if (fields & MESSAGE_IDLE)
        assert_memory_equal(a->idle, b->idle, sizeof *a->idle);
    if (fields & MESSAGE_OBJECT)
        assert_near(json_number(json_member(b->object, "loss")), 0.25, 0);
    if (fields & MESSAGE_OUTCOME) {
        assert_string_equal(a->outcome->reason, b->outcome->reason);
        assert_string_equal(a->outcome->stderr_tail, b->outcome->stderr_tail);
        assert_near(outcome_metric(b->outcome, "loss"), 0.1, 0);
        assert_true(isnan(b->outcome->cpu_s));
    }
    if (fields & MESSAGE_SAMPLES) {
        assert_int_equal(b->n_samples, 2);
        assert_memory_equal(b->samples, monitored, sizeof monitored);
    }
    if (fields & MESSAGE_OVERHEAD) {
        assert_int_equal(a->overhead.quality, b->overhead.quality);
        assert_int_equal(a->overhead.waiting_uj, b->overhead.waiting_uj);
        assert_int_equal(a->overhead.search_uj, b->overhead.search_uj);
        assert_int_equal(a->overhead.orchestrator_uj, b->overhead.orchestrator_uj);
        assert_memory_equal(&a->host, &b->host, sizeof a->host);
    }
    if (fields & MESSAGE_TIMES)
        assert_true(a->heartbeat_s == b->heartbeat_s && a->patience_s == b->patience_s);
    if (fields & MESSAGE_GRACE)
        assert_near(a->grace_s, b->grace_s, 0);
    if (fields & MESSAGE_FLAG)
        assert_int_equal(a->flag, b->flag);
}

static void every_kind_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        struct sample sample;
        struct strbuf text = STRBUF_INIT;
        struct message read;
        struct error err = {0};
        open_sample(&sample, (enum message_kind)i);
        assert_int_equal(message_write(&sample.message, &text), ST_OK);
        assert_null(strchr(strbuf_text(&text), '\n'));
        assert_ok(message_read(&read, text.text, text.length, &err), err);
        compare(&sample.message, &read, kinds[i].fields);
        message_clear(&read);
        close_sample(&sample);
        strbuf_free(&text);
    }
}

static void must_fail(const char *text, const char *part)
{
    struct message message;
    struct error err = {0};
    assert_int_equal(message_read(&message, text, strlen(text), &err), ST_FORMAT);
    if (!strstr(err.what, part))
        fail_msg("\"%s\": expected \"%s\" in \"%s\"", text, part, err.what);
}

/* Take each member out in turn, and then add one. */
static void members_are_required_and_known(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < N_KINDS; i++) {
        struct strbuf text = STRBUF_INIT;
        struct json *whole;
        write_sample(&text, (enum message_kind)i);
        assert_int_equal(json_parse(&whole, text.text, text.length, "test", NULL), ST_OK);
        for (const struct json *skip = json_first(whole);; skip = json_next(skip)) {
            struct json *changed = json_object_create();
            for (const struct json *m = json_first(whole); m; m = json_next(m))
                if (m != skip)
                    json_put_value(changed, json_key(m), json_copy(m));
            if (!skip)
                json_put_number(changed, "surplus", 1);
            strbuf_clear(&text);
            assert_int_equal(json_print(changed, false, &text), ST_OK);
            must_fail(text.text, skip ? json_key(skip) : "surplus");
            json_free(changed);
            tried++;
            if (!skip)
                break;
        }
        json_free(whole);
        strbuf_free(&text);
    }
    assert_true(tried > 3 * N_KINDS);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    must_fail("", "a message");
    must_fail("nonsense", "a message");
    must_fail("[]", "object");
    must_fail("{\"version\": 2}", "kind");
    must_fail("{\"version\": 3, \"kind\": \"bye\"}", "version 2");
    must_fail("{\"version\": 2, \"kind\": \"hello\"}", "kind");
    must_fail("{\"version\": 2, \"kind\": \"bye\"} x", "a message");
    must_fail("{\"version\": 2, \"kind\": \"stop\", \"arm\": -1, \"trial\": 0, \"attempt\": 1}",
              "arm");
    must_fail(
        "{\"version\": 2, \"kind\": \"stop\", \"arm\": 0, \"trial\": 0.5, \"attempt\": 1}",
        "trial");
    must_fail("{\"version\": 2, \"kind\": \"stop\", \"arm\": 0, \"trial\": 0, \"attempt\": 0}",
              "attempt");
    must_fail("{\"version\": 2, \"kind\": \"leave\", \"flag\": 1}", "flag");
    must_fail("{\"version\": 2, \"kind\": \"join\", \"name\": 1}", "name");
    must_fail(
        "{\"version\": 2, \"kind\": \"overhead\", \"flag\": true, \"quality\": \"perfect\", "
        "\"waiting_uj\": 1, \"search_uj\": 1, \"orchestrator_uj\": 1}",
        "perfect");
    must_fail(
        "{\"version\": 2, \"kind\": \"finished\", \"arm\": 0, \"trial\": 0, \"attempt\": 1, "
        "\"outcome\": {\"state\": \"dreamt\"}}",
        "outcome");
#define SAMPLES(list)                                                                          \
    "{\"version\": 2, \"kind\": \"samples\", \"arm\": 0, \"trial\": 0, \"attempt\": 1, "       \
    "\"samples\": " list "}"
    must_fail(SAMPLES("[]"), "1 to 64 samples");
    must_fail(SAMPLES("{}"), "1 to 64 samples");
    must_fail(SAMPLES("[7]"), "sample 0");
    must_fail(SAMPLES("[[1, 2, 3, 4, 5, 6, 7]]"), "sample 0");
    must_fail(SAMPLES("[[1, 2, 3, 4, 5, 6, 7, 8, 9]]"), "sample 0");
    must_fail(SAMPLES("[[1, 2, 3, 4, 5, 6, 7, -2]]"), "sample 0");
    must_fail(SAMPLES("[[1, 2.5, 3, 4, 5, 6, 7, 8]]"), "sample 0");
    must_fail(SAMPLES("[[1, 2, null, 4, 5, 6, 7, 8]]"), "sample 0");
    must_fail(SAMPLES("[[1, 2, 3, 4, 5, 6, 7, 1e300]]"), "sample 0");
    must_fail(SAMPLES("[[0, 2, 3, 4, 5, 6, 7, 8]]"), "rising times");
    must_fail(SAMPLES("[[5, 2, 3, 4, 5, 6, 7, 8], [5, 2, 3, 4, 5, 6, 7, 8]]"), "sample 1");
    must_fail(
        "{\"version\": 2, \"kind\": \"report\", \"arm\": 0, \"trial\": 0, \"attempt\": 1, "
        "\"object\": 3}",
        "object");
}

/* Replace the first `from` in a message of overhead, and have it refused. */
static void must_refuse_books(const char *from, const char *to, const char *part)
{
    struct strbuf text = STRBUF_INIT, changed = STRBUF_INIT;
    write_sample(&text, MESSAGE_KIND_OVERHEAD);
    const char *at = strstr(text.text, from);
    assert_non_null(at);
    strbuf_append_bytes(&changed, text.text, (size_t)(at - text.text));
    strbuf_append(&changed, to);
    strbuf_append(&changed, at + strlen(from));
    must_fail(strbuf_text(&changed), part);
    strbuf_free(&text);
    strbuf_free(&changed);
}

static void books_that_are_no_books_are_refused(void **state)
{
    (void)state;
    must_refuse_books("\"search_uj\":\"8\"", "\"search_uj\":\"9\"", "do not sum");
    must_refuse_books("\"search_uj\":\"8\"", "\"search_uj\":8", "whole number");
    must_refuse_books("\"search_uj\":\"8\"", "\"search_uj\":\"-8\"", "whole number");
    must_refuse_books("\"search_uj\":\"8\"", "\"search_uj\":\"8 J\"", "whole number");
    must_refuse_books("\"search_uj\":\"8\"", "\"search_uj\":\"9223372036854775808\"",
                      "whole number");
    must_refuse_books("\"gaps\":2", "\"gaps\":-2", "gaps");
    must_refuse_books("\"meters\":\"powercap:package-0,dram\"", "\"meters\":3", "meters");
    must_refuse_books("\"deaths\"", "\"death\"", "deaths");
}

/* Any prefix of a message, and any byte of it changed, is an error or a whole message. */
static void damage_never_crashes(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    struct message message;
    size_t refused = 0;
    write_sample(&text, MESSAGE_KIND_FINISHED);
    for (size_t i = 0; i < text.length; i++)
        assert_int_equal(message_read(&message, text.text, i, NULL), ST_FORMAT);
    for (size_t i = 0; i < text.length; i++) {
        char before = text.text[i];
        text.text[i] = (char)(before ^ 0x15);
        if (message_read(&message, text.text, text.length, NULL))
            refused++;
        else
            message_clear(&message);
        text.text[i] = before;
    }
    assert_true(refused > text.length / 4);
    strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back),
        cmocka_unit_test(members_are_required_and_known),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(books_that_are_no_books_are_refused),
        cmocka_unit_test(damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
