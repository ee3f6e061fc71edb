#include "base/csv_reader.h"

#include "base/strbuf.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

static enum status malformed(const struct csv_reader *csv, const char *what, struct error *err)
{
    return error_set(err, ST_FORMAT, "%s:%zu: %s", csv->source, csv->line, what);
}

/* Cut the quoted field that begins at `text` out of it, its doubled quotes made single. Answers
 * where it ends, NULL when it does not. */
static char *cut_quoted(char *text)
{
    char *to = text;
    for (char *from = text + 1; *from; from++) {
        if (*from == '"' && from[1] != '"') {
            *to = '\0';
            return from + 1;
        }
        from += *from == '"';
        *to++ = *from;
    }
    return NULL;
}

/* Split one line, which ends with a NUL, into its fields. */
static enum status split(struct csv_reader *csv, char *text, struct error *err)
{
    csv->n_fields = 0;
    for (;;) {
        if (csv->n_fields == CSV_FIELDS_MAX)
            return malformed(csv, "more than 256 fields", err);
        csv->fields[csv->n_fields++] = text;
        char *end = *text == '"' ? cut_quoted(text) : text + strcspn(text, ",");
        if (!end)
            return malformed(csv, "a quoted field has no end", err);
        if (*end != ',' && *end != '\0')
            return malformed(csv, "a quoted field goes on after its end", err);
        bool last = *end == '\0';
        *end = '\0';
        if (last)
            return ST_OK;
        text = end + 1;
    }
}

/* The next line that is not empty, its end cut off; NULL after the last. */
static char *next_line(struct csv_reader *csv)
{
    while (csv->next) {
        char *line = csv->next, *end = line + strcspn(line, "\n");
        csv->next = *end ? end + 1 : NULL;
        csv->line++;
        if (end > line && end[-1] == '\r')
            end--;
        *end = '\0';
        if (*line)
            return line;
    }
    return NULL;
}

static enum status find_columns(struct csv_reader *csv, const char *const *wanted, size_t n,
                                struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t found = 0;
        for (size_t j = 0; j < csv->n_fields; j++) {
            if (strcmp(csv->fields[j], wanted[i]) != 0)
                continue;
            csv->columns[i] = j;
            found++;
        }
        if (found != 1) {
            error_set(err, ST_FORMAT, "%s:%zu: %s column \"%s\"", csv->source, csv->line,
                      found ? "more than one" : "no", wanted[i]);
            error_remedy(err, "the first line names the columns, such as %s,%s", wanted[0],
                         n > 1 ? wanted[1] : "...");
            return ST_FORMAT;
        }
    }
    csv->n_columns = n;
    return ST_OK;
}

static enum status read_heading(struct csv_reader *csv, const char *const *wanted, size_t n,
                                struct error *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    csv->next = csv->text;
    if (strncmp(csv->next, mark, sizeof mark - 1) == 0)
        csv->next += sizeof mark - 1;
    char *line = next_line(csv);
    if (!line)
        return error_set(err, ST_FORMAT, "%s: the file is empty", csv->source);
    enum status status = split(csv, line, err);
    return status ? status : find_columns(csv, wanted, n, err);
}

enum status csv_open_text(struct csv_reader *csv, const char *source, const char *text,
                          const char *const *wanted, size_t n, struct error *err)
{
    *csv = (struct csv_reader){.source = source, .text = strdup(text)};
    if (!csv->text)
        return error_set(err, ST_NOMEM, "%s: out of memory", source);
    enum status status = read_heading(csv, wanted, n, err);
    if (status)
        csv_close(csv);
    return status;
}

static enum status read_file(FILE *file, const char *path, struct strbuf *text,
                             struct error *err)
{
    char chunk[8192];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        if (memchr(chunk, '\0', n))
            return error_set(err, ST_FORMAT, "%s: not a text file: it has a NUL byte", path);
        strbuf_append_bytes(text, chunk, n);
        if (text->length > FILE_MAX)
            return error_set(err, ST_FORMAT, "%s: larger than 64 MiB", path);
    }
    if (ferror(file))
        return error_errno(err, errno, "%s: cannot read", path);
    if (!strbuf_ok(text))
        return error_set(err, ST_NOMEM, "%s: out of memory", path);
    return ST_OK;
}

enum status csv_open_file(struct csv_reader *csv, const char *path, const char *const *wanted,
                          size_t n, struct error *err)
{
    *csv = (struct csv_reader){.source = path};
    FILE *file = fopen(path, "r");
    if (!file)
        return error_errno(err, errno, "%s: cannot open", path);
    struct strbuf text = STRBUF_INIT;
    enum status status = read_file(file, path, &text, err);
    fclose(file);
    if (!status)
        status = csv_open_text(csv, path, strbuf_text(&text), wanted, n, err);
    strbuf_free(&text);
    return status;
}

void csv_close(struct csv_reader *csv)
{
    free(csv->text);
    csv->text = csv->next = NULL;
}

enum status csv_next(struct csv_reader *csv, bool *more, struct error *err)
{
    char *line = next_line(csv);
    *more = line != NULL;
    if (!line)
        return ST_OK;
    enum status status = split(csv, line, err);
    for (size_t i = 0; i < csv->n_columns && !status; i++)
        if (csv->columns[i] >= csv->n_fields)
            status = malformed(csv, "fewer fields than the first line has columns", err);
    return status;
}

const char *csv_field(const struct csv_reader *csv, size_t i)
{
    return csv->fields[csv->columns[i]];
}

bool csv_parse_number(const char *text, double *value)
{
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    /* strtod() takes more than decimals: 0x10, nan, infinity, white space before. */
    bool decimal = strspn(text, "0123456789+-.eE") == strlen(text);
    return decimal && end != text && !*end && errno != ERANGE && isfinite(*value);
}

enum status csv_number(const struct csv_reader *csv, size_t i, double low, double high,
                       double *value, struct error *err)
{
    const char *text = csv_field(csv, i);
    if (!csv_parse_number(text, value) || *value < low || *value > high)
        return error_set(err, ST_FORMAT,
                         "%s:%zu: expected a number from %.15g to %.15g, got '%.40s'",
                         csv->source, csv->line, low, high, text);
    return ST_OK;
}
