#include "worker/command_line.h"

#include <stdlib.h>
#include <string.h>

/* One piece of an argument. */
enum piece { PIECE_END, PIECE_TEXT, PIECE_NAME, PIECE_OPEN };

/* Take the next piece off *at: [*text, *text + *length) is literal text, or the name between
 * two braces, or all from a brace that nothing closes. */
static enum piece next_piece(const char **at, const char **text, size_t *length)
{
    const char *s = *at;
    *text = s;
    if (*s == '\0')
        return PIECE_END;
    if ((s[0] == '{' || s[0] == '}') && s[1] == s[0]) {
        *length = 1;
        *at = s + 2;
        return PIECE_TEXT;
    }
    if (*s == '{') {
        const char *close = strchr(s, '}');
        *text = s + 1;
        *length = close ? (size_t)(close - s - 1) : strlen(s + 1);
        *at = close ? close + 1 : s + strlen(s);
        return close ? PIECE_NAME : PIECE_OPEN;
    }
    *length = 1 + strcspn(s + 1, "{}");
    *at = s + *length;
    return PIECE_TEXT;
}

static void check_name(const char *text, size_t length, const char *const *names, size_t n,
                       const struct json *at, const char *path, struct json_problems *problems)
{
    char name[64];
    size_t kept = length < sizeof name ? length : sizeof name - 1;
    memcpy(name, text, kept);
    name[kept] = '\0';
    for (size_t i = 0; i < n && kept == length; i++)
        if (strcmp(names[i], name) == 0)
            return;
    const char *near = json_closest_name(name, names, n);
    if (near)
        json_problem(problems, at, path, "'{%s}' names no parameter, did you mean '{%s}'?",
                     name, near);
    else
        json_problem(problems, at, path,
                     "'{%s}' names no parameter of the space; write '{{' for a brace", name);
}

void command_line_check(const char *argument, const char *const *names, size_t n,
                        const struct json *at, const char *path, struct json_problems *problems)
{
    const char *text;
    size_t length;
    enum piece piece;
    while ((piece = next_piece(&argument, &text, &length)) != PIECE_END) {
        if (piece == PIECE_NAME)
            check_name(text, length, names, n, at, path, problems);
        else if (piece == PIECE_OPEN)
            json_problem(problems, at, path,
                         "'{%.*s' has no closing brace; write '{{' for a brace",
                         length > 60 ? 60 : (int)length, text);
    }
}

/* Append the value of the parameter that is named by [text, text + length). */
static void append_value(struct strbuf *out, const struct json *params, const char *text,
                         size_t length)
{
    const struct json *value = json_first(params);
    while (value &&
           (strlen(json_key(value)) != length || memcmp(json_key(value), text, length) != 0))
        value = json_next(value);
    if (json_string(value))
        strbuf_append(out, json_string(value));
    else if (value && json_print(value, false, out))
        out->failed = true;
}

static char *replace(const char *argument, const struct json *params)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;
    size_t length;
    enum piece piece;
    strbuf_append(&out, "");
    while ((piece = next_piece(&argument, &text, &length)) != PIECE_END) {
        if (piece == PIECE_NAME)
            append_value(&out, params, text, length);
        else
            strbuf_append_bytes(&out, text, length);
    }
    char *result = strbuf_take(&out);
    strbuf_free(&out);
    return result;
}

enum status command_line_create(char ***out, char *const *pattern, const struct json *params)
{
    size_t n = 0;
    while (pattern[n])
        n++;
    *out = calloc(n + 1, sizeof **out);
    if (!*out)
        return ST_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (!((*out)[i] = replace(pattern[i], params))) {
            strings_free(*out);
            *out = NULL;
            return ST_NOMEM;
        }
    return ST_OK;
}

void strings_free(char **strings)
{
    for (size_t i = 0; strings && strings[i]; i++)
        free(strings[i]);
    free(strings);
}
