#include "results/table_impl.h"

#include "results/units.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Small shares are often the point: 0.018 % is not 0.0 %. */
static void append_percent(struct strbuf *out, double percent)
{
    double size = fabs(percent);
    if (size >= 0.995 || size == 0)
        strbuf_printf(out, "%.1f %%", percent);
    else if (size < 1e-4) /* where %g takes to exponents */
        strbuf_append(out, "< 0.0001 %");
    else
        strbuf_printf(out, "%.2g %%", percent);
}

/* Whole numbers stay whole: 12345 trials are not 1.234e+04. */
static void append_plain(struct strbuf *out, double value)
{
    strbuf_printf(out, value == rint(value) && fabs(value) < 1e12 ? "%.0f" : "%.4g", value);
}

static void append_number(struct strbuf *out, enum column_kind kind, double value)
{
    switch (kind) {
    case COLUMN_JOULES:
        units_append_energy(out, value);
        return;
    case COLUMN_CO2E:
        units_append_co2e(out, value);
        return;
    case COLUMN_DECIMAL:
        strbuf_printf(out, "%.2f", value);
        return;
    case COLUMN_RATIO:
        units_append_ratio(out, value);
        return;
    case COLUMN_WATTS:
        units_append_power(out, value);
        return;
    case COLUMN_MEMORY:
        units_append_memory(out, value);
        return;
    case COLUMN_OPERATIONS:
        units_append_operations(out, value);
        return;
    case COLUMN_SPEED:
        units_append_speed(out, value);
        return;
    case COLUMN_SECONDS:
        units_append_time(out, value);
        return;
    case COLUMN_PERCENT:
        append_percent(out, 100 * value);
        return;
    case COLUMN_INTEGER:
    case COLUMN_TEXT:
    case COLUMN_NUMBER:
    case COLUMN_FIGURE:
        append_plain(out, value);
        return;
    }
}

static void append_cell(struct strbuf *out, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_MISSING:
        strbuf_append(out, "-");
        break;
    case CELL_TEXT:
        strbuf_append(out, cell->text);
        break;
    case CELL_NUMBER:
        append_number(out, cell->shown, cell->number);
        break;
    case CELL_INTEGER:
        strbuf_printf(out, "%" PRId64, cell->integer);
        break;
    }
}

/* Of a UTF-8 text: the bytes that do not go on with one. */
static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* Only long texts are worth cutting: a state or a category would lose its meaning, and numbers
 * that are too many for the terminal would still not fit. */
static bool may_be_cut(const struct table *table, size_t column)
{
    enum { SHORT = 16 };
    for (size_t row = 0; row < table->n_rows; row++) {
        const struct cell *cell = table_cell(table, row, column);
        if (cell->kind == CELL_TEXT && characters(cell->text) > SHORT)
            return true;
    }
    return false;
}

static bool add_headings(struct libscols_table *laid, const struct table *table, bool colour)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *column = &table->columns[i];
        if (!column->heading)
            continue;
        int text = may_be_cut(table, i) ? SCOLS_FL_TRUNC : 0;
        struct libscols_column *made = scols_table_new_column(
            laid, column->heading, 0, column->kind == COLUMN_TEXT ? text : SCOLS_FL_RIGHT);
        if (!made)
            return false;
        if (colour && scols_cell_set_color(scols_column_get_header(made), "bold"))
            return false;
    }
    return true;
}

static bool add_row(struct libscols_table *laid, const struct table *table, size_t row)
{
    struct libscols_line *line = scols_table_new_line(laid, NULL);
    struct strbuf text = STRBUF_INIT;
    bool ok = line;
    size_t place = 0;
    for (size_t i = 0; i < table->n_columns && ok; i++) {
        if (!table->columns[i].heading)
            continue;
        strbuf_clear(&text);
        append_cell(&text, table_cell(table, row, i));
        ok = strbuf_ok(&text) && scols_line_set_data(line, place++, strbuf_text(&text)) == 0;
    }
    strbuf_free(&text);
    return ok;
}

static bool fill(struct libscols_table *laid, const struct table *table, size_t width,
                 bool colour)
{
    bool ok = scols_table_set_column_separator(laid, "  ") == 0 &&
              scols_table_set_termforce(laid, SCOLS_TERMFORCE_ALWAYS) == 0 &&
              scols_table_set_termwidth(laid, width ? width : 1 << 20) == 0 &&
              scols_table_enable_colors(laid, colour) == 0 && add_headings(laid, table, colour);
    for (size_t row = 0; row < table->n_rows && ok; row++)
        ok = add_row(laid, table, row);
    return ok;
}

/* Left-aligned last columns are padded by some versions of the library and not by others. */
static void append_trimmed(struct strbuf *out, const char *text)
{
    while (*text) {
        size_t line = strcspn(text, "\n"), length = line;
        while (length > 0 && text[length - 1] == ' ')
            length--;
        strbuf_append_bytes(out, text, length);
        strbuf_append_char(out, '\n');
        text += line + (text[line] == '\n');
    }
}

static enum status lay_out(const struct table *table, size_t width, bool colour,
                           struct strbuf *out)
{
    struct libscols_table *laid = scols_new_table();
    char *text = NULL;
    enum status status = ST_NOMEM;
    if (laid && fill(laid, table, width, colour) &&
        scols_print_table_to_string(laid, &text) == 0) {
        append_trimmed(out, text ? text : "");
        status = ST_OK;
    }
    free(text);
    scols_unref_table(laid);
    return status;
}

/* How much of a text stands in a line of so many columns: up to the last space that fits. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = strlen(text), n = 0, cut = 0;
    if (width == 0 || characters(text) <= width)
        return length;
    for (size_t i = 0; i < length && (n <= width || cut == 0); i++) {
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
        if (text[i] == ' ' && (n <= width + 1 || cut == 0))
            cut = i;
    }
    return cut > 0 ? cut : length;
}

/* A sentence, in as many lines as it needs. What it quotes from a file that somebody gave us
 * cannot move the cursor. */
static void append_sentence(struct strbuf *out, const char *text, size_t width)
{
    while (*text) {
        size_t length = line_length(text, width);
        for (size_t i = 0; i < length; i++) {
            bool control = (unsigned char)text[i] < 0x20 || text[i] == 0x7F;
            strbuf_append_char(out, control ? '?' : text[i]);
        }
        strbuf_append_char(out, '\n');
        text += length + (text[length] == ' ');
    }
}

enum status table_write_text(const struct table *table, size_t width, bool colour,
                             struct strbuf *out)
{
    if (table->title) {
        append_sentence(out, table->title, width);
        strbuf_append_char(out, '\n');
    }
    /* The library measures characters by the locale. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    enum status status = ST_OK;
    if (table->n_rows > 0)
        status = lay_out(table, width, colour, out);
    else
        strbuf_append(out, "(none)\n");
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    if (!status && table->below) {
        strbuf_append_char(out, '\n');
        status = table_write_text(table->below, width, colour, out);
    }
    strbuf_append(out, table->n_notes ? "\n" : "");
    for (size_t i = 0; i < table->n_notes; i++)
        append_sentence(out, table->notes[i], width);
    return !status && !strbuf_ok(out) ? ST_NOMEM : status;
}
