/* The contract of every format in the table, and the front door dataset_open(). */
#include "cnn/dataset.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct error err;

/* Open something that must be refused; answers the message. */
static const char *refusal(const char *format, const char *path, const char *options,
                           enum status expected)
{
    struct dataset *dataset;
    err.what[0] = err.remedy[0] = '\0';
    assert_int_equal(dataset_open(&dataset, format, path, options, &err), expected);
    assert_null(dataset);
    assert_int_equal(err.status, expected);
    return err.what;
}

#define assert_says(text, part)                                                                \
    do {                                                                                       \
        const char *said = (text);                                                             \
        if (!strstr(said, part))                                                               \
            fail_msg("expected \"%s\" in \"%s\"", part, said);                                 \
    } while (0)

static void every_format_is_complete(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++, n++) {
        assert_non_null((*f)->summary);
        assert_non_null((*f)->open);
        assert_true(((*f)->files == NULL) == ((*f)->remedy == NULL));
        assert_ptr_equal(dataset_format_find((*f)->name), *f);
        for (size_t i = 0; i < (*f)->n_options; i++) {
            const struct dataset_option *o = &(*f)->options[i];
            assert_non_null(o->summary);
            assert_true(o->low <= o->fallback && o->fallback <= o->high);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(o->name, (*f)->options[j].name);
        }
    }
    assert_true(n >= 3);
    assert_null(dataset_format_find("no such"));
}

static void an_unknown_format_is_named_with_the_closest(void **state)
{
    (void)state;
    const char *what = refusal("cifar-10", "x", NULL, ST_INVALID);
    assert_says(what, "\"cifar-10\"");
    assert_says(what, "synthetic, cifar10, idx");
    assert_says(err.remedy, "\"cifar10\"");
}

static void a_format_with_files_wants_a_folder(void **state)
{
    (void)state;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++) {
        if (!(*f)->files)
            continue;
        assert_says(refusal((*f)->name, NULL, NULL, ST_INVALID), "needs a path");
        assert_says(refusal((*f)->name, "", NULL, ST_INVALID), (*f)->files);
        assert_says(refusal((*f)->name, "/nowhere/at/all", NULL, ST_NOTFOUND),
                    "/nowhere/at/all");
        assert_says(err.remedy, "examples/get-data.sh");
        assert_says(refusal((*f)->name, __FILE__, NULL, ST_INVALID), "found no folder");
    }
}

static void a_format_without_files_refuses_a_path(void **state)
{
    (void)state;
    assert_says(refusal("synthetic", "/tmp", NULL, ST_INVALID), "takes no path");
}

static void wrong_options_are_named(void **state)
{
    (void)state;
    assert_says(refusal("synthetic", NULL, "size", ST_INVALID), "name=value, got \"size\"");
    assert_says(refusal("synthetic", NULL, "size=16,,", ST_INVALID), "got \"\"");
    assert_says(refusal("synthetic", NULL, "sise=16", ST_INVALID), "no option \"sise\"");
    assert_says(err.remedy, "\"size\"");
    assert_says(refusal("cifar10", ".", "size=16", ST_INVALID), "cifar10 has no option");
    const char *const bad[] = {"size=",    "size=x",        "size=16x", "size=7",
                               "size=129", "size=16.5",     "size=nan", "size=inf",
                               "seed=-1",  "difficulty=1.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refusal("synthetic", NULL, bad[i], ST_INVALID);
        assert_says(err.what, "expected a ");
        assert_says(err.what, strchr(bad[i], '=') + 1);
    }
}

static void every_option_takes_its_bounds_and_nothing_beyond(void **state)
{
    (void)state;
    for (const struct dataset_format *const *f = dataset_formats(); *f; f++)
        for (size_t i = 0; i < (*f)->n_options; i++) {
            const struct dataset_option *o = &(*f)->options[i];
            char text[96];
            snprintf(text, sizeof text, "%s=%.17g", o->name, o->low - 1);
            assert_says(refusal((*f)->name, (*f)->files ? "." : NULL, text, ST_INVALID),
                        o->name);
            snprintf(text, sizeof text, "%s=%.17g", o->name, o->high * 2 + 1);
            assert_says(refusal((*f)->name, (*f)->files ? "." : NULL, text, ST_INVALID),
                        o->name);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_complete),
        cmocka_unit_test(an_unknown_format_is_named_with_the_closest),
        cmocka_unit_test(a_format_with_files_wants_a_folder),
        cmocka_unit_test(a_format_without_files_refuses_a_path),
        cmocka_unit_test(wrong_options_are_named),
        cmocka_unit_test(every_option_takes_its_bounds_and_nothing_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
