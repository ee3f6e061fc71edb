/* table_impl.h - a table's memory and its writers. Private to results/table*.c. */
#ifndef RESULTS_TABLE_IMPL_H
#define RESULTS_TABLE_IMPL_H

#include "results/table.h"

enum cell_kind { CELL_MISSING, CELL_TEXT, CELL_NUMBER, CELL_INTEGER };

struct cell {
    enum cell_kind kind;
    enum column_kind shown; /* for numbers: how, in text */
    union {
        char *text; /* owned */
        double number;
        int64_t integer;
    };
};

struct column {
    char *name;    /* NULL: in the text form alone */
    char *heading; /* NULL: not in the text form */
    enum column_kind kind;
};

struct table {
    char *title;
    struct column *columns;
    size_t n_columns;
    struct cell *cells; /* [n_rows x n_columns] row-major */
    size_t n_rows;
    size_t room;   /* cells allocated */
    size_t filled; /* cells put into the last row */
    char **notes;
    size_t n_notes;
    struct table *below; /* owned; NULL: none */
    bool failed;         /* out of memory */
};

const struct cell *table_cell(const struct table *table, size_t row, size_t column);

/* Append a number with as many digits as tell it from its neighbours. */
void table_append_exact(struct strbuf *out, double value);

enum status table_write_text(const struct table *table, size_t width, bool colour,
                             struct strbuf *out);
enum status table_write_csv(const struct table *table, struct strbuf *out);
enum status table_write_json(const struct table *table, struct strbuf *out);

#endif
