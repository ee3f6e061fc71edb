/* golden.h - compare a text with a file below tests/, which tests/update-golden.sh rewrites. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "base/strbuf.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define assert_golden(name, text) check_golden((name), (text), __FILE__, __LINE__)

static inline void golden_read(FILE *file, struct strbuf *out)
{
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        strbuf_append_bytes(out, chunk, n);
}

static inline void check_golden(const char *name, const char *text, const char *source,
                                int line)
{
    char path[512];
    bool update = getenv("WATTUNE_UPDATE_GOLDEN");
    snprintf(path, sizeof path, "%s/%s", TESTS_DIR, name);
    FILE *file = fopen(path, update ? "wb" : "rb");
    if (!file) {
        print_error("%s: cannot be opened; tests/update-golden.sh writes it\n", path);
        _fail(source, line);
        return;
    }
    struct strbuf expected = STRBUF_INIT;
    if (update)
        fputs(text, file);
    else
        golden_read(file, &expected);
    fclose(file);
    bool same = update || strcmp(strbuf_text(&expected), text) == 0;
    if (!same)
        print_error("%s differs; expected:\n%s\ngot:\n%s\n", path, strbuf_text(&expected),
                    text);
    strbuf_free(&expected);
    if (!same)
        _fail(source, line);
}

#endif
