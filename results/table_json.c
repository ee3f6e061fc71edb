#include "results/table_impl.h"

#include "base/json.h"

/* Seeds and counts are below 2^53, which a JSON number holds exactly. */
static void put_cell(struct json *object, const char *key, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_MISSING:
        json_put_null(object, key);
        break;
    case CELL_TEXT:
        json_put_string(object, key, cell->text);
        break;
    case CELL_NUMBER:
        json_put_number(object, key, cell->number);
        break;
    case CELL_INTEGER:
        json_put_number(object, key, (double)cell->integer);
        break;
    }
}

/* One row to a line: a table of 100,000 trials stays readable for line tools, and only one row
 * is ever a tree. */
static enum status write_rows(const struct table *table, struct strbuf *out)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        struct json *object = json_object_create();
        if (!object)
            return ST_NOMEM;
        for (size_t i = 0; i < table->n_columns; i++)
            if (table->columns[i].name)
                put_cell(object, table->columns[i].name, table_cell(table, row, i));
        strbuf_append(out, row ? ",\n  " : "\n  ");
        enum status status = json_print(object, false, out);
        json_free(object);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status write_texts(char *const *texts, size_t n, struct strbuf *out)
{
    struct json *array = json_array_create();
    if (!array)
        return ST_NOMEM;
    for (size_t i = 0; i < n; i++)
        json_append_string(array, texts[i]);
    enum status status = json_print(array, false, out);
    json_free(array);
    return status;
}

static enum status write_title(const struct table *table, struct strbuf *out)
{
    struct json *object = json_object_create();
    struct strbuf text = STRBUF_INIT;
    if (!object)
        return ST_NOMEM;
    json_put_string(object, "title", table->title);
    enum status status = json_print(object, false, &text);
    json_free(object);
    if (!status) /* without its closing brace */
        strbuf_append_bytes(out, strbuf_text(&text), text.length - 1);
    strbuf_free(&text);
    return status;
}

enum status table_write_json(const struct table *table, struct strbuf *out)
{
    enum status status = write_title(table, out);
    strbuf_append(out, ",\n\"rows\": [");
    if (!status)
        status = write_rows(table, out);
    strbuf_append(out, "],\n\"notes\": ");
    if (!status)
        status = write_texts(table->notes, table->n_notes, out);
    strbuf_append(out, "}\n");
    return !status && !strbuf_ok(out) ? ST_NOMEM : status;
}
