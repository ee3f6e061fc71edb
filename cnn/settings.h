/* settings.h - every setting of the trainer: one table of names, types, ranges and defaults.
 *
 * The study's "settings", the parameters of its space and the options of `wattune train` all go
 * through this table, so a setting that is added to it is known everywhere. Threading: no
 * shared state. */
#ifndef CNN_SETTINGS_H
#define CNN_SETTINGS_H

#include "base/json.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting_kind { SETTING_INTEGER, SETTING_REAL, SETTING_BOOL, SETTING_CHOICE, SETTING_TEXT };

struct train_settings; /* the plain struct that train_run() takes, defined below by its owner */

/* One row of the table. */
struct setting {
    const char *name;
    enum setting_kind kind;
    double low, high;           /* integer, real: inclusive bounds */
    const char *const *choices; /* choice: its names, ended by NULL */
    const char *summary;        /* one line, for --help and the documentation */
    size_t offset;              /* of the member of struct train_settings */
};

/* All settings; *n is their number. */
const struct setting *settings_table(size_t *n);
const struct setting *settings_find(const char *name);

/* The defaults. */
void settings_init(struct train_settings *settings);

/* Set one member from a JSON value, with the checks of the table. Texts are copied into the
 * settings. Errors: ST_NOTFOUND for an unknown name (the closest is named); ST_INVALID for a
 * wrong type or range. */
enum status settings_set(struct train_settings *settings, const char *name,
                         const struct json *value, struct error *err);

#endif
