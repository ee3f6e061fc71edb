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

enum setting_kind {
    SETTING_INTEGER,
    SETTING_REAL,
    SETTING_BOOL,
    SETTING_CHOICE,
    SETTING_TEXT,
    SETTING_LIST /* a JSON list, its text, or a file that holds it; kept as text on one line */
};

/* Room for a text setting and its NUL. */
#define SETTING_TEXT_SIZE 1024
/* The same for a list. */
#define SETTING_LIST_SIZE 32768

/* Everything that a run depends on. Plain data: copy it freely. The table says what each member
 * means; the members have its names. */
struct train_settings {
    /* the network */
    int model; /* index into model_names (cnn/model.h) */
    int64_t width, depth;
    int stem; /* index into model_stem_names (cnn/model.h) */
    char layers[SETTING_LIST_SIZE];
    char vgg_layers[SETTING_TEXT_SIZE];
    bool batch_norm;
    double dropout;

    /* the data */
    int dataset_format; /* index into the choices of its row */
    char dataset_path[SETTING_TEXT_SIZE];
    char dataset_options[SETTING_TEXT_SIZE];
    int64_t image_size;
    double val_fraction;
    int64_t train_limit;
    int64_t val_limit;
    bool augment_flip;
    int64_t augment_crop;
    int64_t augment_cutout;

    /* the optimisation */
    int64_t batch_size;
    int64_t epochs;
    int optimizer; /* index into optimizer_names (cnn/optimizer.h) */
    double learning_rate;
    double momentum;
    bool nesterov;
    double beta1, beta2, epsilon;
    double weight_decay;
    int schedule; /* index into schedule_names (cnn/schedule.h) */
    int64_t step_epochs;
    double step_gamma;
    double warmup_epochs;
    double label_smoothing;
    int64_t patience;
    double patience_delta;

    /* the run */
    int64_t seed;
    int precision; /* index into precision_names (cnn/precision.h) */
    int64_t threads;
    bool test;
    int64_t checkpoint_every;
};

/* One row of the table. */
struct setting {
    const char *name;
    enum setting_kind kind;
    double low, high;           /* integer, real: inclusive bounds */
    double fallback;            /* the default; 0 or 1 for a boolean, the index for a choice */
    const char *fallback_text;  /* text, list: the default */
    const char *const *choices; /* choice: its names, ended by NULL */
    /* list: is it sound? `source` names it in the message. */
    enum status (*check)(const struct json *list, const char *source, struct error *err);
    const char *summary; /* one line, for --help and the documentation */
    const char *section; /* of the table that begins with this row; NULL: as before */
    bool may_change;     /* between a checkpoint and the run that goes on from it */
    size_t offset;       /* of the member of struct train_settings */
};

/* There are at most so many rows. */
enum { SETTINGS_MAX = 64 };

/* All settings; *n is their number. */
const struct setting *settings_table(size_t *n);
/* The row of that name, or NULL. */
const struct setting *settings_find(const char *name);

/* The defaults. */
void settings_init(struct train_settings *settings);

/* Set one member from a JSON value, with the checks of the table. Texts are copied into the
 * settings. Errors: ST_NOTFOUND for an unknown name (the closest is named); ST_INVALID for a
 * wrong type or range. On an error the settings are as before. */
enum status settings_set(struct train_settings *settings, const char *name,
                         const struct json *value, struct error *err);

/* Add the setting's value to a JSON object, the way settings_set() takes it. */
void settings_put(const struct train_settings *settings, const struct setting *setting,
                  struct json *object);

/* All settings as a JSON object on one line, and settings from an object that holds some of
 * them; `source` names it in messages. Errors: ST_NOMEM; when reading, ST_FORMAT and those of
 * settings_set(), and ST_INVALID for what is no object. */
enum status settings_print(const struct train_settings *settings, struct strbuf *out);
enum status settings_read(struct train_settings *settings, const char *text, size_t length,
                          const char *source, struct error *err);

/* The first setting that a run must share with the one that it goes on from, and does not; NULL
 * when they fit. */
const struct setting *settings_clash(const struct train_settings *a,
                                     const struct train_settings *b);

/* The name that a choice stands at. */
const char *settings_choice(const struct train_settings *settings,
                            const struct setting *setting);

#endif
