/* golden_table.h - compare a table, written in one of its forms, with a file below tests/. */
#ifndef TESTS_RESULTS_GOLDEN_TABLE_H
#define TESTS_RESULTS_GOLDEN_TABLE_H

#include "results/table.h"
#include "tests/golden.h"

/* Frees the table. */
#define assert_golden_table(name, table, format)                                               \
    check_golden_table((name), (table), (format), __FILE__, __LINE__)

static inline void check_golden_table(const char *name, struct table *table,
                                      enum table_format format, const char *source, int line)
{
    struct strbuf out = STRBUF_INIT;
    assert_int_equal(table_write(table, format, 0, false, &out), ST_OK);
    check_golden(name, strbuf_text(&out), source, line);
    strbuf_free(&out);
    table_free(table);
}

#endif
