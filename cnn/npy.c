#include "cnn/npy.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The text of the header, a dictionary as Python writes it, and where the reader is in it. */
struct cursor {
    const char *source; /* for messages */
    const char *text;
    size_t at, length;
    size_t offset; /* of the text in the file */
    struct error *err;
};

static enum status expected(const struct cursor *c, const char *what)
{
    char found[2] = {c->at < c->length ? c->text[c->at] : '\0', '\0'};
    bool shown = isprint((unsigned char)found[0]);
    return error_set(c->err, ST_FORMAT, "%s: at byte %zu: expected %s, found %s%s%s", c->source,
                     c->offset + c->at, what, shown ? "\"" : "",
                     shown               ? found
                     : c->at < c->length ? "something else"
                                         : "the end of the header",
                     shown ? "\"" : "");
}

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->length && strchr(" \n", c->text[c->at]) && c->text[c->at])
        c->at++;
}

/* Take the character, with blanks around it, if it is next. */
static bool take(struct cursor *c, char character)
{
    skip_blanks(c);
    if (c->at == c->length || c->text[c->at] != character)
        return false;
    c->at++;
    skip_blanks(c);
    return true;
}

static bool take_word(struct cursor *c, const char *word)
{
    size_t length = strlen(word);
    if (c->length - c->at < length || memcmp(c->text + c->at, word, length) != 0)
        return false;
    c->at += length;
    return true;
}

/* A string in quotes of either kind, without escapes. */
static enum status read_string(struct cursor *c, char out[], size_t room)
{
    char quote = c->at < c->length ? c->text[c->at] : '\0';
    if (quote != '\'' && quote != '"')
        return expected(c, "a string");
    size_t start = c->at + 1, end = start;
    while (end < c->length && c->text[end] != quote)
        end++;
    if (end == c->length || end - start >= room)
        return expected(c, "a short string");
    memcpy(out, c->text + start, end - start);
    out[end - start] = '\0';
    c->at = end + 1;
    return ST_OK;
}

/* Integers of 1, 2, 4 or 8 bytes: "|u1", "<i8", ">u2" and so on; truth values are integers. */
static enum status read_descr(struct cursor *c, struct npy_header *header)
{
    char text[16];
    size_t at = c->at;
    enum status status = read_string(c, text, sizeof text);
    if (status)
        return status;
    bool three = strlen(text) == 3, one = three && text[2] == '1';
    bool sound = three && strchr("1248", text[2]) &&
                 (one ? strchr("|<>=", text[0]) && strchr("uib", text[1])
                      : strchr("<>", text[0]) && strchr("ui", text[1]));
    if (!sound) {
        c->at = at;
        return expected(c, "an array of integers of 1, 2, 4 or 8 bytes");
    }
    header->kind = text[1] == 'i' ? 'i' : 'u';
    header->item = (size_t)(text[2] - '0');
    header->big_endian = text[0] == '>';
    return ST_OK;
}

static enum status read_order(struct cursor *c, struct npy_header *header)
{
    header->column_wise = take_word(c, "True");
    if (header->column_wise || take_word(c, "False"))
        return ST_OK;
    return expected(c, "True or False");
}

static enum status read_dim(struct cursor *c, struct npy_header *header)
{
    uint64_t size = 0, limit = INT64_MAX / 8;
    size_t digits = 0;
    for (; c->at < c->length && isdigit((unsigned char)c->text[c->at]); c->at++, digits++) {
        size = 10 * size + (uint64_t)(c->text[c->at] - '0');
        if (size > limit)
            return expected(c, "a size that fits a file");
    }
    if (digits == 0)
        return expected(c, "a size");
    if (header->n_dims == NPY_DIMS_MAX)
        return expected(c, "fewer dimensions");
    if (size > 0 && header->count > limit / size)
        return expected(c, "sizes whose product fits a file");
    header->count *= size;
    header->dims[header->n_dims++] = size;
    return ST_OK;
}

/* A tuple: (), (5,) or (5, 28, 28). */
static enum status read_shape(struct cursor *c, struct npy_header *header)
{
    header->n_dims = 0;
    header->count = 1;
    if (!take(c, '('))
        return expected(c, "a tuple of sizes");
    while (!take(c, ')')) {
        enum status status = read_dim(c, header);
        if (status)
            return status;
        bool comma = take(c, ',');
        bool end = c->at < c->length && c->text[c->at] == ')';
        if (!comma && (!end || header->n_dims == 1))
            return expected(c, "a comma");
    }
    return ST_OK;
}

/* The three entries of the dictionary, each once, in any order. */
static enum status read_entry(struct cursor *c, struct npy_header *header, bool seen[3])
{
    static const struct {
        const char *name;
        enum status (*read)(struct cursor *c, struct npy_header *header);
    } entries[] = {{"descr", read_descr}, {"fortran_order", read_order}, {"shape", read_shape}};
    char name[16];
    size_t at = c->at;
    enum status status = read_string(c, name, sizeof name);
    if (status)
        return status;
    for (size_t i = 0; i < 3; i++) {
        if (seen[i] || strcmp(name, entries[i].name) != 0)
            continue;
        seen[i] = true;
        return take(c, ':') ? entries[i].read(c, header) : expected(c, "a colon");
    }
    c->at = at;
    return expected(c, "descr, fortran_order and shape, each once");
}

static enum status read_dictionary(struct cursor *c, struct npy_header *header)
{
    bool seen[3] = {false, false, false};
    if (!take(c, '{'))
        return expected(c, "a dictionary");
    while (!take(c, '}')) {
        enum status status = read_entry(c, header, seen);
        if (status)
            return status;
        bool comma = take(c, ',');
        if (!comma && (c->at == c->length || c->text[c->at] != '}'))
            return expected(c, "a comma");
    }
    if (c->at < c->length)
        return expected(c, "the end of the header");
    return seen[0] && seen[1] && seen[2] ? ST_OK
                                         : expected(c, "descr, fortran_order and shape");
}

/* The length of the text and where it starts. */
static enum status read_preamble(struct cursor *c, const uint8_t *bytes, size_t size)
{
    static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    if (size < 12 || memcmp(bytes, magic, sizeof magic) != 0)
        return expected(c, "the beginning of a NumPy array");
    c->at = sizeof magic;
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return error_set(c->err, ST_FORMAT,
                         "%s: at byte 6: expected version 1.0, 2.0 or 3.0, found %d.%d",
                         c->source, bytes[6], bytes[7]);
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1)
        length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    c->offset = bytes[6] == 1 ? 10 : 12;
    if (length > NPY_HEADER_MAX - c->offset || length > size - c->offset)
        return error_set(c->err, ST_FORMAT,
                         "%s: at byte 8: expected a header of at most %zu bytes, found %zu",
                         c->source, (size < NPY_HEADER_MAX ? size : NPY_HEADER_MAX) - c->offset,
                         length);
    c->at = 0;
    c->text = (const char *)bytes + c->offset;
    c->length = length;
    return ST_OK;
}

enum status npy_read_header(struct npy_header *header, const char *source, const uint8_t *bytes,
                            size_t size, struct error *err)
{
    *header = (struct npy_header){.kind = 'u'};
    struct cursor c = {.source = source, .err = err};
    enum status status = read_preamble(&c, bytes, size);
    if (status == ST_OK)
        status = read_dictionary(&c, header);
    header->size = c.offset + c.length;
    return status;
}

bool npy_integer(const struct npy_header *header, const uint8_t *bytes, size_t i,
                 int64_t *value)
{
    uint64_t bits = 0;
    const uint8_t *number = bytes + i * header->item;
    for (size_t k = 0; k < header->item; k++)
        bits |= (uint64_t)number[header->big_endian ? header->item - 1 - k : k] << (8 * k);
    unsigned unused = (unsigned)(64 - 8 * header->item);
    bool negative = header->kind == 'i' && bits >> (63 - unused) & 1;
    if (negative) /* the sign goes on to the left; ~ turns the two's complement round */
        *value = -1 - (int64_t)(~bits << unused >> unused);
    else
        *value = (int64_t)bits;
    return negative || bits <= INT64_MAX;
}
