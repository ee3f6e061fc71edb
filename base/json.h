/* json.h - JSON values, and readers that collect everything that is wrong with a document.
 *
 * A thin layer over cJSON, so that no other file depends on it. struct json is one value of a
 * tree. A tree has one owner, who frees its root; values handed out are borrowed from it.
 * Parsed values remember their line. Threading: a tree belongs to one thread at a time. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Parsing. */

/* Parse the whole of text[0 .. length): anything but white space after the value is an error.
 * `source` names the document in messages ("study.json"). *out is the caller's to json_free().
 * Errors: ST_FORMAT with the line and column; ST_NOMEM. */
enum status json_parse(struct json **out, const char *text, size_t length, const char *source,
                       struct error *err);

/* Parse a file of at most 64 MiB.
 * Errors: those of json_parse(), and what the system says of the file. */
enum status json_parse_file(struct json **out, const char *path, struct error *err);

/* Free a tree by its root. NULL is safe. */
void json_free(struct json *root);

/* Looking at values (all accept NULL, which is the kind JSON_NULL). */

enum json_kind json_kind(const struct json *value);
/* "a number", "an object", ... for messages. */
const char *json_kind_text(const struct json *value);
/* The line that the value starts on, 1-based; 0 for a value that was built, not parsed. */
int json_line(const struct json *value);
/* The name of the member that this value is, or NULL. */
const char *json_key(const struct json *value);

bool json_bool(const struct json *value);          /* false unless it is true */
double json_number(const struct json *value);      /* NaN unless it is a number */
const char *json_string(const struct json *value); /* NULL unless it is a string */

/* Members of an object or items of an array, in order. */
size_t json_count(const struct json *value);
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *value);
/* The member of that name (the first of them), or NULL. Case matters. */
const struct json *json_member(const struct json *object, const char *key);

/* Building (a failed allocation is remembered and reported by json_print()). */

struct json *json_object_create(void);
struct json *json_array_create(void);
/* A deep copy without lines; NULL when out of memory. */
struct json *json_copy(const struct json *value);

/* Add a member. A number that is not finite is written as null. put_value takes ownership of
 * `value`. */
void json_put_null(struct json *object, const char *key);
void json_put_bool(struct json *object, const char *key, bool value);
void json_put_number(struct json *object, const char *key, double value);
void json_put_string(struct json *object, const char *key,
                     const char *value); /* NULL gives null */
void json_put_value(struct json *object, const char *key, struct json *value);

/* Append an item, likewise. */
void json_append_number(struct json *array, double value);
void json_append_string(struct json *array, const char *value);
void json_append_value(struct json *array, struct json *value);

/* Append the value's text: on one line, or indented. Numbers keep every bit.
 * Errors: ST_NOMEM, also for an allocation that failed while the tree was built. */
enum status json_print(const struct json *value, bool pretty, struct strbuf *out);

/* Readers: all the mistakes of a document at once. */

/* The mistakes found so far, one line each: "study.json:12: space.batch_size: expected a list,
 * got a number". */
struct json_problems {
    const char *source; /* names the document; not owned */
    struct strbuf text;
    size_t count;
};

/* Note a mistake at a value (its line is used when it has one) under a path such as
 * "space.batch_size". */
void json_problem(struct json_problems *problems, const struct json *at, const char *path,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void json_problems_free(struct json_problems *problems);

/* Reads the members of one object. Every key that is asked for is thereby a known one, so
 * json_reader_close() can name the unknown ones, with the closest known name. The path is that
 * of the object, "" for the root. */
#define JSON_READER_KEYS 64
struct json_reader {
    const struct json *object;
    struct json_problems *problems;
    char path[192];
    const char *known[JSON_READER_KEYS];
    size_t n_known;
};

/* Start reading. A value that is no object is a problem, and then every read gives its
 * fallback; NULL (a missing member) is read as an empty object. `problems` and `object` must
 * outlive the reader. */
void json_reader_open(struct json_reader *reader, const struct json *object, const char *path,
                      struct json_problems *problems);
/* Start reading the member `key` of an open reader. */
void json_reader_enter(struct json_reader *child, struct json_reader *parent, const char *key);
/* Report unknown and repeated keys. */
void json_reader_close(struct json_reader *reader);

/* Note a mistake with the member `key` (or with the object itself when key is NULL). */
void json_reader_problem(struct json_reader *reader, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The member, of any kind, or NULL. Keys must be string literals or outlive the reader. */
const struct json *json_read_any(struct json_reader *reader, const char *key);
/* The same, but a missing member is a problem: "needs <what>". */
const struct json *json_require(struct json_reader *reader, const char *key, const char *what);

/* Typed reads: a missing member gives the fallback, a wrong one is a problem and gives the
 * fallback too. */
bool json_read_bool(struct json_reader *reader, const char *key, bool fallback);
/* A finite number in [low, high]. */
double json_read_number(struct json_reader *reader, const char *key, double fallback,
                        double low, double high);
/* A whole number in [low, high], at most 2^53 in size. */
int64_t json_read_integer(struct json_reader *reader, const char *key, int64_t fallback,
                          int64_t low, int64_t high);
/* A string that is not empty; borrowed from the document. */
const char *json_read_string(struct json_reader *reader, const char *key, const char *fallback);
/* One of the n names; answers its index. The problem lists all the names. */
size_t json_read_choice(struct json_reader *reader, const char *key, size_t fallback,
                        const char *const *names, size_t n);
/* An array or NULL. */
const struct json *json_read_array(struct json_reader *reader, const char *key);

/* The name among `names` that is closest to a misspelt one, or NULL when none is near. */
const char *json_closest_name(const char *name, const char *const *names, size_t n);

#endif
