#include "results/series.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

/* The first byte; another way to write them will have another. */
enum { VERSION = 1 };

/* What the next value of a column is expected to be: the last one, or as far from it as that
 * was from the one before. Differences wrap round, so that any two values have one. */
struct guess {
    unsigned order; /* 1 or 2 */
    uint64_t last, step;
};

static uint64_t guess_next(const struct guess *guess)
{
    return guess->order == 2 ? guess->last + guess->step : guess->last;
}

static void guess_learn(struct guess *guess, uint64_t value)
{
    guess->step = value - guess->last;
    guess->last = value;
}

/* Small numbers of either sign become small numbers. */
static uint64_t zigzag(uint64_t difference)
{
    return (difference << 1) ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t code)
{
    return (code >> 1) ^ (code & 1 ? UINT64_MAX : 0);
}

static void put_varint(struct strbuf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        strbuf_append_char(out, (char)(value | 0x80));
    strbuf_append_char(out, (char)value);
}

static void put_column(const int64_t *values, size_t n, size_t stride, unsigned order,
                       struct strbuf *out)
{
    struct guess guess = {.order = order};
    size_t zeros = 0;
    put_varint(out, order);
    for (size_t i = 0; i < n; i++) {
        uint64_t value = (uint64_t)values[i * stride],
                 code = zigzag(value - guess_next(&guess));
        guess_learn(&guess, value);
        if (code == 0) {
            zeros++;
            continue;
        }
        if (zeros > 0) {
            put_varint(out, 0);
            put_varint(out, zeros - 1);
            zeros = 0;
        }
        put_varint(out, code);
    }
    if (zeros > 0) {
        put_varint(out, 0);
        put_varint(out, zeros - 1);
    }
}

void series_encode(const int64_t *values, size_t n_rows, size_t n_columns, struct strbuf *out)
{
    assert(n_rows <= SERIES_ROWS_MAX && n_columns <= SERIES_COLUMNS_MAX);
    put_varint(out, VERSION);
    put_varint(out, n_rows);
    put_varint(out, n_columns);
    for (size_t c = 0; c < n_columns; c++) {
        struct strbuf steady = STRBUF_INIT;
        size_t before = out->length;
        put_column(values + c, n_rows, n_columns, 1, out);
        put_column(values + c, n_rows, n_columns, 2, &steady);
        if (strbuf_ok(out) && strbuf_ok(&steady) && steady.length < out->length - before) {
            out->length = before;
            strbuf_append_bytes(out, strbuf_text(&steady), steady.length);
        }
        strbuf_free(&steady);
    }
}

struct cursor {
    const unsigned char *at, *end;
    bool wrong;
};

static uint64_t get_varint(struct cursor *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        unsigned char byte = *cursor->at++;
        uint64_t bits = byte & 0x7F;
        if (shift == 63 && bits > 1)
            break;
        value |= bits << shift;
        if (!(byte & 0x80))
            return value;
    }
    cursor->wrong = true;
    return 0;
}

/* A number that is no more than `most`. */
static size_t get_count(struct cursor *cursor, size_t most)
{
    uint64_t count = get_varint(cursor);
    if (count > most) {
        cursor->wrong = true;
        return 0;
    }
    return (size_t)count;
}

static void get_column(struct cursor *cursor, int64_t *values, size_t n, size_t stride)
{
    struct guess guess = {.order = (unsigned)get_count(cursor, 2)};
    cursor->wrong |= guess.order == 0;
    size_t zeros = 0;
    for (size_t i = 0; i < n && !cursor->wrong; i++) {
        uint64_t code = 0;
        if (zeros > 0)
            zeros--;
        else if ((code = get_varint(cursor)) == 0)
            zeros = get_count(cursor, n - 1 - i);
        uint64_t value = guess_next(&guess) + unzigzag(code);
        guess_learn(&guess, value);
        values[i * stride] = (int64_t)value;
    }
}

enum status series_decode(int64_t **values, size_t *n_rows, size_t *n_columns,
                          const unsigned char *bytes, size_t size)
{
    struct cursor cursor = {bytes, bytes + size, false};
    cursor.wrong = get_varint(&cursor) != VERSION;
    size_t rows = get_count(&cursor, SERIES_ROWS_MAX);
    size_t columns = get_count(&cursor, SERIES_COLUMNS_MAX);
    if (cursor.wrong)
        return ST_FORMAT;
    int64_t *read = calloc(rows * columns + 1, sizeof *read);
    if (!read)
        return ST_NOMEM;
    for (size_t c = 0; c < columns; c++)
        get_column(&cursor, read + c, rows, columns);
    if (cursor.wrong || cursor.at != cursor.end) {
        free(read);
        return ST_FORMAT;
    }
    *values = read;
    *n_rows = rows;
    *n_columns = columns;
    return ST_OK;
}
