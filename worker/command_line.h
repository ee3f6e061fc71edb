/* command_line.h - the arguments of a command trial: "{learning_rate}" becomes the parameter's
 * value.
 *
 * "{{" and "}}" stand for single braces; a "}" alone stands for itself. Threading: no shared
 * state. */
#ifndef WORKER_COMMAND_LINE_H
#define WORKER_COMMAND_LINE_H

#include "base/json.h"
#include "base/status.h"

#include <stddef.h>

/* Note every brace of `argument` that does not name one of the n parameters. `at` and `path`
 * say where the argument stands. */
void command_line_check(const char *argument, const char *const *names, size_t n,
                        const struct json *at, const char *path,
                        struct json_problems *problems);

/* Make argv for a point: the arguments of `pattern` (ended by NULL) with braces replaced by the
 * values in `params` (a JSON object). Numbers keep every bit; a parameter that the point does
 * not have, because its condition does not hold, gives an empty text. *out is ended by NULL and
 * is the caller's to strings_free(). Errors: ST_NOMEM. */
enum status command_line_create(char ***out, char *const *pattern, const struct json *params);

/* Free a list of strings that is ended by NULL. NULL is safe. */
void strings_free(char **strings);

#endif
