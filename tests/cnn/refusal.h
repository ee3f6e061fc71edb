/* refusal.h - data sets that must not open, and what is said about them. */
#ifndef TESTS_CNN_REFUSAL_H
#define TESTS_CNN_REFUSAL_H

#include "cnn/dataset.h"
#include "tests/check.h"

#include <string.h>

/* Open something that must be refused with the status; answers the error, static storage. */
static inline const struct error *refusal(const char *format, const char *path,
                                          const char *options, enum status expected)
{
    static struct error err;
    struct dataset *dataset;
    memset(&err, 0, sizeof err);
    enum status status = dataset_open(&dataset, format, path, options, &err);
    if (status != expected)
        fail_msg("expected \"%s\", got \"%s\": %s", status_text(expected), status_text(status),
                 err.what);
    assert_null(dataset);
    assert_int_equal(err.status, expected);
    return &err;
}

/* The text contains the part. */
#define assert_says(text, part)                                                                \
    do {                                                                                       \
        const char *said = (text), *wanted = (part);                                           \
        if (!strstr(said, wanted))                                                             \
            fail_msg("expected \"%s\" in \"%s\"", wanted, said);                               \
    } while (0)

#endif
