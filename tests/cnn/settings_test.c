#include "cnn/settings.h"
#include "tests/check.h"

#include <stdio.h>
#include <string.h>

/* settings_set() with a value given as JSON text. */
static enum status set(struct train_settings *settings, const char *name, const char *text,
                       struct error *err)
{
    struct json *value;
    assert_ok(json_parse(&value, text, strlen(text), "test", err), *err);
    enum status status = settings_set(settings, name, value, err);
    json_free(value);
    return status;
}

static void every_row_is_complete(void **state)
{
    (void)state;
    size_t n;
    const struct setting *table = settings_table(&n);
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &table[i];
        assert_ptr_equal(settings_find(s->name), s);
        assert_true(strlen(s->summary) > 10);
        assert_int_equal(s->kind == SETTING_CHOICE, s->choices != NULL);
        assert_int_equal(s->kind == SETTING_TEXT || s->kind == SETTING_LIST,
                         s->fallback_text != NULL);
        assert_int_equal(s->kind == SETTING_LIST, s->check != NULL);
        if (s->kind == SETTING_INTEGER || s->kind == SETTING_REAL)
            assert_true(s->low <= s->fallback && s->fallback <= s->high);
    }
}

/* Writing the defaults as JSON and setting them again changes no byte. */
static void every_default_goes_through_json_and_back(void **state)
{
    (void)state;
    struct train_settings a, b;
    settings_init(&a);
    settings_init(&b);
    size_t n;
    const struct setting *table = settings_table(&n);
    struct json *object = json_object_create();
    for (size_t i = 0; i < n; i++)
        settings_put(&a, &table[i], object);
    assert_int_equal(json_count(object), n);
    struct error err;
    for (const struct json *m = json_first(object); m; m = json_next(m))
        assert_ok(settings_set(&b, json_key(m), m, &err), err);
    json_free(object);
    assert_memory_equal(&a, &b, sizeof a);
}

static void values_reach_their_members(void **state)
{
    (void)state;
    struct train_settings s;
    struct error err;
    settings_init(&s);
    assert_ok(set(&s, "batch_size", "128", &err), err);
    assert_ok(set(&s, "learning_rate", "0.25", &err), err);
    assert_ok(set(&s, "nesterov", "true", &err), err);
    assert_ok(set(&s, "optimizer", "\"adam\"", &err), err);
    assert_ok(set(&s, "dataset_path", "\"data/x\"", &err), err);
    assert_int_equal(s.batch_size, 128);
    assert_true(s.learning_rate == 0.25 && s.nesterov);
    assert_string_equal(settings_choice(&s, settings_find("optimizer")), "adam");
    assert_string_equal(s.dataset_path, "data/x");
}

static void the_ends_of_every_range_are_inside_and_beyond_is_not(void **state)
{
    (void)state;
    size_t n;
    const struct setting *table = settings_table(&n);
    int checked = 0;
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &table[i];
        if (s->kind != SETTING_INTEGER && s->kind != SETTING_REAL)
            continue;
        struct train_settings settings, before;
        struct error err;
        char text[64];
        settings_init(&settings);
        snprintf(text, sizeof text, "%.17g", s->low);
        assert_ok(set(&settings, s->name, text, &err), err);
        snprintf(text, sizeof text, "%.17g", s->high);
        assert_ok(set(&settings, s->name, text, &err), err);
        before = settings;
        snprintf(text, sizeof text, "%.17g", s->high + 2);
        assert_int_equal(set(&settings, s->name, text, &err), ST_INVALID);
        snprintf(text, sizeof text, "%.17g", s->low - 1);
        assert_int_equal(set(&settings, s->name, text, &err), ST_INVALID);
        assert_non_null(strstr(err.what, s->name));
        assert_memory_equal(&settings, &before, sizeof before);
        checked++;
    }
    assert_true(checked > 10);
}

/* Another value of the row than its default, as JSON. */
static const char *other_value(const struct setting *s)
{
    static char text[64];
    switch (s->kind) {
    case SETTING_INTEGER:
    case SETTING_REAL:
        snprintf(text, sizeof text, "%.17g", s->fallback == s->high ? s->low : s->high);
        return text;
    case SETTING_BOOL:
        return s->fallback ? "false" : "true";
    case SETTING_CHOICE:
        snprintf(text, sizeof text, "\"%s\"", s->choices[s->fallback ? 0 : 1]);
        return text;
    case SETTING_TEXT:
        return "\"another\"";
    case SETTING_LIST:
        return "[{\"type\": \"relu\"}]";
    }
    return NULL;
}

static void settings_clash_in_what_may_not_change(void **state)
{
    (void)state;
    static struct train_settings a, b;
    struct error err;
    size_t n;
    const struct setting *table = settings_table(&n);
    settings_init(&a);
    for (size_t i = 0; i < n; i++) {
        settings_init(&b);
        assert_null(settings_clash(&a, &b));
        assert_ok(set(&b, table[i].name, other_value(&table[i]), &err), err);
        assert_ptr_equal(settings_clash(&a, &b), table[i].may_change ? NULL : &table[i]);
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    struct train_settings s;
    settings_init(&s);
    static const struct {
        const char *name, *value;
        enum status status;
        const char *what, *remedy;
    } cases[] = {
        {"batchsize", "1", ST_NOTFOUND, "\"batchsize\"", "batch_size"},
        {"epochs", "1.5", ST_INVALID, "whole number", ""},
        {"epochs", "\"3\"", ST_INVALID, "epochs: expected a whole number, got a string", ""},
        {"learning_rate", "true", ST_INVALID, "expected a number", ""},
        {"nesterov", "1", ST_INVALID, "true or false", ""},
        {"optimizer", "\"adamm\"", ST_INVALID, "sgd, adam, adamw", "\"adam\""},
        {"optimizer", "0", ST_INVALID, "expected a name", ""},
        {"dataset_path", "null", ST_INVALID, "expected a string", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_int_equal(set(&s, cases[i].name, cases[i].value, &err), cases[i].status);
        assert_non_null(strstr(err.what, cases[i].what));
        assert_non_null(strstr(err.remedy, cases[i].remedy));
    }
}

static void a_text_too_long_is_refused(void **state)
{
    (void)state;
    struct train_settings s;
    struct error err;
    settings_init(&s);
    char text[SETTING_TEXT_SIZE + 3];
    memset(text, 'x', sizeof text);
    text[0] = text[SETTING_TEXT_SIZE + 1] = '"';
    text[SETTING_TEXT_SIZE + 2] = 0;
    assert_int_equal(set(&s, "dataset_path", text, &err), ST_INVALID);
    assert_string_equal(s.dataset_path, "");
    text[SETTING_TEXT_SIZE] = '"';
    text[SETTING_TEXT_SIZE + 1] = 0;
    assert_ok(set(&s, "dataset_path", text, &err), err);
    assert_int_equal(strlen(s.dataset_path), SETTING_TEXT_SIZE - 1);
}

/* Every setting has its row in the documentation, with the same words. */
static void every_setting_is_documented(void **state)
{
    (void)state;
    FILE *file = fopen(TESTS_DIR "/../docs/training.md", "r");
    assert_non_null(file);
    static char text[65536];
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    size_t n;
    const struct setting *table = settings_table(&n);
    for (size_t i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof name, "| `%s` | ", table[i].name);
        const char *row = strstr(text, name);
        if (!row || !strstr(row, table[i].summary))
            fail_msg("docs/training.md: no row for %s: %s", name, table[i].summary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(every_setting_is_documented),
        cmocka_unit_test(every_default_goes_through_json_and_back),
        cmocka_unit_test(values_reach_their_members),
        cmocka_unit_test(the_ends_of_every_range_are_inside_and_beyond_is_not),
        cmocka_unit_test(settings_clash_in_what_may_not_change),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_text_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
