#include "results/table_impl.h"

#include <inttypes.h>
#include <string.h>

/* RFC 4180: fields with a comma, a quote or a line end are quoted, quotes inside doubled. */
static void append_field(struct strbuf *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        strbuf_append(out, text);
        return;
    }
    strbuf_append_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            strbuf_append_char(out, '"');
        strbuf_append_char(out, *c);
    }
    strbuf_append_char(out, '"');
}

static void append_cell(struct strbuf *out, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_MISSING:
        break;
    case CELL_TEXT:
        append_field(out, cell->text);
        break;
    case CELL_NUMBER:
        table_append_exact(out, cell->number);
        break;
    case CELL_INTEGER:
        strbuf_printf(out, "%" PRId64, cell->integer);
        break;
    }
}

static void append_names(const struct table *table, struct strbuf *out)
{
    const char *comma = "";
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!table->columns[i].name)
            continue;
        strbuf_append(out, comma);
        append_field(out, table->columns[i].name);
        comma = ",";
    }
    strbuf_append(out, "\r\n");
}

static void append_row(const struct table *table, size_t row, struct strbuf *out)
{
    const char *comma = "";
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!table->columns[i].name)
            continue;
        strbuf_append(out, comma);
        append_cell(out, table_cell(table, row, i));
        comma = ",";
    }
    strbuf_append(out, "\r\n");
}

enum status table_write_csv(const struct table *table, struct strbuf *out)
{
    append_names(table, out);
    for (size_t row = 0; row < table->n_rows; row++)
        append_row(table, row, out);
    return strbuf_ok(out) ? ST_OK : ST_NOMEM;
}
