#include "base/json.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 << 20 };

/* cJSON's valueint is only a rounded copy of valuedouble. In a parsed tree it holds the value's
 * line instead, and in a built container it holds BUILD_FAILED after an allocation that failed.
 * (Newer versions print valueint when it equals valuedouble: then the two are the same number,
 * whatever the field is used for.) */
enum { BUILD_FAILED = -1 };

static const cJSON *node(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static cJSON *node_mutable(struct json *value)
{
    return (cJSON *)(void *)value;
}

static struct json *wrap(cJSON *value)
{
    return (struct json *)(void *)value;
}

static const struct json *wrap_const(const cJSON *value)
{
    return (const struct json *)(const void *)value;
}

/* cJSON prints 15 digits and calls that equal when the last bit differs, and it gives whole
 * numbers of more digits an exponent, which makes them no integers for other readers. Such a
 * number becomes raw text with its value beside it. False when out of memory. */
static bool keep_bits(cJSON *number)
{
    char text[32];
    double value = number->valuedouble;
    snprintf(text, sizeof text, "%.15g", value);
    double again = strtod(text, NULL);
    bool whole = fabs(value) >= 1e15 && fabs(value) <= 0x1p53 && value == floor(value);
    /* The bits are the point: 0 and -0 differ. */
    // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
    if (!whole && memcmp(&again, &value, sizeof again) == 0)
        return true;
    int length = whole ? snprintf(text, sizeof text, "%.0f", value)
                       : snprintf(text, sizeof text, "%.17g", value);
    char *copy = cJSON_malloc((size_t)length + 1);
    if (!copy)
        return false;
    memcpy(copy, text, (size_t)length + 1);
    number->valuestring = copy;
    number->type = cJSON_Raw | (number->type & ~0xff);
    return true;
}

static bool is_number(const cJSON *value)
{
    return cJSON_IsNumber(value) || cJSON_IsRaw(value);
}

/* Parsing. */

struct line_scan {
    const char *at, *end;
    int line;
    int nul_line; /* where a text first holds \u0000; 0: nowhere */
};

/* cJSON takes every control character for white space. */
static bool is_space(char c)
{
    return (unsigned char)c <= ' ';
}

static void scan_space(struct line_scan *scan)
{
    while (scan->at < scan->end &&
           (is_space(*scan->at) || *scan->at == ',' || *scan->at == ':')) {
        scan->line += *scan->at == '\n';
        scan->at++;
    }
}

static void scan_string(struct line_scan *scan)
{
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        if (strncmp(scan->at, "\\u0000", 6) == 0 && scan->nul_line == 0)
            scan->nul_line = scan->line;
        scan->at += *scan->at == '\\' ? 2 : 1;
    }
    scan->at++;
}

/* Make every number of a parsed tree print exactly. */
static bool keep_all_bits(cJSON *value)
{
    if (cJSON_IsNumber(value) && isfinite(value->valuedouble) && !keep_bits(value))
        return false;
    for (cJSON *child = value->child; child; child = child->next)
        if (!keep_all_bits(child))
            return false;
    return true;
}

/* Walk the text beside the tree that was parsed from it: both are in the same order, so the
 * text is known to be well formed and each value can be given its line. */
static void mark_lines(cJSON *value, struct line_scan *scan)
{
    scan_space(scan);
    value->valueint = scan->line;
    if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        scan->at++;
        for (cJSON *child = value->child; child; child = child->next) {
            if (cJSON_IsObject(value)) {
                scan_space(scan);
                scan_string(scan);
            }
            mark_lines(child, scan);
        }
        scan_space(scan);
        scan->at++;
    } else if (cJSON_IsString(value)) {
        scan_string(scan);
    } else {
        while (scan->at < scan->end && !is_space(*scan->at) && !strchr(",]}", *scan->at))
            scan->at++;
    }
}

/* Strings end at a NUL here: what stands behind it would be lost without a word. */
static enum status refuse_nul(cJSON *root, const struct line_scan *scan, const char *source,
                              struct error *err)
{
    if (scan->nul_line == 0)
        return ST_OK;
    cJSON_Delete(root);
    return error_set(err, ST_FORMAT, "%s:%d: \\u0000 may not stand in a text", source,
                     scan->nul_line);
}

static enum status parse_failure(struct error *err, const char *text, const char *stop,
                                 const char *end, const char *source)
{
    int line = 1, column = 1;
    for (const char *c = text; c < stop; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    if (stop >= end)
        return error_set(err, ST_FORMAT, "%s:%d: the text ends in the middle of a value",
                         source, line);
    return error_set(err, ST_FORMAT, "%s:%d:%d: not valid JSON near '%.*s'", source, line,
                     column, (int)strcspn(stop, "\n") > 24 ? 24 : (int)strcspn(stop, "\n"),
                     stop);
}

enum status json_parse(struct json **out, const char *text, size_t length, const char *source,
                       struct error *err)
{
    *out = NULL;
    /* A copy with a NUL, which cJSON needs to tell where a number ends. */
    char *copy = malloc(length + 1);
    if (!copy)
        return error_set(err, ST_NOMEM, "%s: out of memory", source);
    memcpy(copy, text, length);
    copy[length] = '\0';
    const char *stop = copy;
    cJSON *root = cJSON_ParseWithLengthOpts(copy, length + 1, &stop, true);
    enum status status = ST_OK;
    if (!root) {
        status = parse_failure(err, copy, stop, copy + length, source);
    } else if (!keep_all_bits(root)) {
        cJSON_Delete(root);
        status = error_set(err, ST_NOMEM, "%s: out of memory", source);
    } else {
        bool marked = strncmp(copy, "\xEF\xBB\xBF", 3) == 0; /* a byte order mark is skipped */
        struct line_scan scan = {copy + (marked ? 3 : 0), copy + length, 1, 0};
        mark_lines(root, &scan);
        status = refuse_nul(root, &scan, source, err);
        *out = status ? NULL : wrap(root);
    }
    free(copy);
    return status;
}

static enum status read_file(struct strbuf *text, FILE *file, const char *path,
                             struct error *err)
{
    char block[16384];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0) {
        strbuf_append_bytes(text, block, n);
        if (text->length > FILE_BYTES_MAX)
            return error_set(err, ST_FORMAT, "%s: larger than 64 MiB", path);
    }
    if (ferror(file))
        return error_errno(err, errno, "%s: cannot read", path);
    return strbuf_ok(text) ? ST_OK : error_set(err, ST_NOMEM, "%s: out of memory", path);
}

enum status json_parse_file(struct json **out, const char *path, struct error *err)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_errno(err, errno, "%s: cannot open", path);
    struct strbuf text = STRBUF_INIT;
    enum status status = read_file(&text, file, path, err);
    fclose(file);
    if (!status)
        status = json_parse(out, strbuf_text(&text), text.length, path, err);
    strbuf_free(&text);
    return status;
}

void json_free(struct json *root)
{
    cJSON_Delete(node_mutable(root));
}

/* Looking at values. */

enum json_kind json_kind(const struct json *value)
{
    const cJSON *n = node(value);
    if (cJSON_IsBool(n))
        return JSON_BOOL;
    if (is_number(n))
        return JSON_NUMBER;
    if (cJSON_IsString(n))
        return JSON_STRING;
    if (cJSON_IsArray(n))
        return JSON_ARRAY;
    if (cJSON_IsObject(n))
        return JSON_OBJECT;
    return JSON_NULL;
}

const char *json_kind_text(const struct json *value)
{
    static const char *const texts[] = {"null",     "a boolean", "a number",
                                        "a string", "a list",    "an object"};
    return value ? texts[json_kind(value)] : "nothing";
}

int json_line(const struct json *value)
{
    return value && node(value)->valueint > 0 ? node(value)->valueint : 0;
}

const char *json_key(const struct json *value)
{
    return value ? node(value)->string : NULL;
}

bool json_bool(const struct json *value)
{
    return cJSON_IsTrue(node(value));
}

double json_number(const struct json *value)
{
    return is_number(node(value)) ? node(value)->valuedouble : (double)NAN;
}

const char *json_string(const struct json *value)
{
    return cJSON_IsString(node(value)) ? node(value)->valuestring : NULL;
}

size_t json_count(const struct json *value)
{
    size_t n = 0;
    for (const struct json *child = json_first(value); child; child = json_next(child))
        n++;
    return n;
}

const struct json *json_first(const struct json *value)
{
    enum json_kind kind = json_kind(value);
    return kind == JSON_ARRAY || kind == JSON_OBJECT ? wrap_const(node(value)->child) : NULL;
}

const struct json *json_next(const struct json *value)
{
    return value ? wrap_const(node(value)->next) : NULL;
}

const struct json *json_member(const struct json *object, const char *key)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    return wrap_const(cJSON_GetObjectItemCaseSensitive(node(object), key));
}

/* Building. */

struct json *json_object_create(void)
{
    return wrap(cJSON_CreateObject());
}

struct json *json_array_create(void)
{
    return wrap(cJSON_CreateArray());
}

static void clear_lines(cJSON *value)
{
    value->valueint = 0;
    for (cJSON *child = value->child; child; child = child->next)
        clear_lines(child);
}

struct json *json_copy(const struct json *value)
{
    cJSON *copy = cJSON_Duplicate(node(value), true);
    if (copy)
        clear_lines(copy);
    return wrap(copy);
}

/* Add `item` to an object (under key) or to an array (key NULL); on any failure the container
 * remembers it. */
static void attach(struct json *container, const char *key, cJSON *item)
{
    cJSON *n = node_mutable(container);
    bool ok = n && item &&
              (key ? cJSON_AddItemToObject(n, key, item) : cJSON_AddItemToArray(n, item));
    if (ok)
        return;
    cJSON_Delete(item);
    if (n)
        n->valueint = BUILD_FAILED;
}

static cJSON *create_number(double value)
{
    cJSON *item = isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull();
    if (!item)
        return NULL;
    item->valueint = 0;
    if (cJSON_IsNumber(item) && !keep_bits(item)) {
        cJSON_Delete(item);
        return NULL;
    }
    return item;
}

void json_put_null(struct json *object, const char *key)
{
    attach(object, key, cJSON_CreateNull());
}

void json_put_bool(struct json *object, const char *key, bool value)
{
    attach(object, key, cJSON_CreateBool(value));
}

void json_put_number(struct json *object, const char *key, double value)
{
    attach(object, key, create_number(value));
}

void json_put_string(struct json *object, const char *key, const char *value)
{
    attach(object, key, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

void json_put_value(struct json *object, const char *key, struct json *value)
{
    attach(object, key, node_mutable(value));
}

void json_append_number(struct json *array, double value)
{
    attach(array, NULL, create_number(value));
}

void json_append_string(struct json *array, const char *value)
{
    attach(array, NULL, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

void json_append_value(struct json *array, struct json *value)
{
    attach(array, NULL, node_mutable(value));
}

static bool built_whole(const cJSON *value)
{
    if (value->valueint == BUILD_FAILED)
        return false;
    for (const cJSON *child = value->child; child; child = child->next)
        if (!built_whole(child))
            return false;
    return true;
}

enum status json_print(const struct json *value, bool pretty, struct strbuf *out)
{
    if (!value || !built_whole(node(value)))
        return ST_NOMEM;
    char *text = cJSON_PrintBuffered(node(value), 512, pretty);
    if (!text)
        return ST_NOMEM;
    strbuf_append(out, text);
    cJSON_free(text);
    return strbuf_ok(out) ? ST_OK : ST_NOMEM;
}
