/* What concerns several sections of a study at once. */
#include "cnn/settings.h"
#include "orchestrator/study_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A setting of the trainer with its value, wherever the study says it. */
static void check_setting(struct train_settings *scratch, const char *name,
                          const struct json *value, const struct json *at, const char *path,
                          struct json_problems *problems)
{
    struct error err = {0};
    if (!settings_set(scratch, name, value, &err))
        return;
    /* The path names the setting already. */
    size_t length = strlen(name);
    bool named =
        strncmp(err.what, name, length) == 0 && strncmp(err.what + length, ": ", 2) == 0;
    json_problem(problems, at, path, "%s%s%s", err.what + (named ? length + 2 : 0),
                 *err.remedy ? "; " : "", err.remedy);
}

static void check_number(struct train_settings *scratch, const char *name, double number,
                         const struct json *at, const char *path,
                         struct json_problems *problems)
{
    struct json *object = json_object_create();
    json_put_number(object, name, number);
    check_setting(scratch, name, json_member(object, name), at, path, problems);
    json_free(object);
}

static void check_level(struct train_settings *scratch, const struct param *param,
                        const struct level *level, const struct json *at, const char *path,
                        struct json_problems *problems)
{
    struct json *object = json_object_create();
    if (level->kind == LEVEL_TEXT)
        json_put_string(object, param->name, level->text);
    else if (level->kind == LEVEL_BOOL)
        json_put_bool(object, param->name, level->number != 0);
    else
        json_put_number(object, param->name, level->number);
    check_setting(scratch, param->name, json_member(object, param->name), at, path, problems);
    json_free(object);
}

/* Every value that a parameter can take must be one that the trainer takes. */
static void check_param(const struct study *study, struct train_settings *scratch,
                        const struct param *param, struct json_problems *problems)
{
    const struct json *at = json_member(json_member(study->document, "space"), param->name);
    char path[192];
    snprintf(path, sizeof path, "space.%s", param->name);
    if (json_member(study->trial->settings, param->name))
        json_problem(problems, at, path,
                     "is a fixed setting of the trial too: keep one of the two");
    if (param->kind == PARAM_REAL || param->kind == PARAM_INTEGER) {
        size_t before = problems->count;
        check_number(scratch, param->name, param->low, at, path, problems);
        if (problems->count == before)
            check_number(scratch, param->name, param->high, at, path, problems);
        return;
    }
    size_t before = problems->count;
    for (size_t i = 0; i < param->n_levels && problems->count == before; i++)
        check_level(scratch, param, &param->levels[i], at, path, problems);
}

/* Where the study says a setting of the trainer: the line to blame. */
static const struct json *setting_source(const struct json *trial, const char *name)
{
    const struct json *dataset = json_member(trial, "dataset");
    const struct json *at = json_member(json_member(trial, "settings"), name);
    if (!at)
        at = json_member(trial, name);
    if (!at)
        at = json_member(dataset, name);
    if (!at && strncmp(name, "dataset_", 8) == 0)
        at = json_member(dataset, name + 8);
    return at ? at : trial;
}

static void check_trainer(const struct study *study, struct json_problems *problems)
{
    struct train_settings *scratch = malloc(sizeof *scratch);
    if (!scratch)
        return; /* the trainer itself checks again */
    settings_init(scratch);
    const struct json *trial = json_member(study->document, "trial");
    for (const struct json *m = json_first(study->trial->settings); m; m = json_next(m)) {
        char path[192];
        snprintf(path, sizeof path, "trial.%.150s", json_key(m));
        check_setting(scratch, json_key(m), m, setting_source(trial, json_key(m)), path,
                      problems);
    }
    for (size_t i = 0; i < space_count(study->space); i++)
        check_param(study, scratch, space_param(study->space, i), problems);
    free(scratch);
}

static bool is_numeric(const struct param *param)
{
    if (param->kind == PARAM_REAL || param->kind == PARAM_INTEGER)
        return true;
    for (size_t i = 0; i < param->n_levels; i++)
        if (param->levels[i].kind != LEVEL_NUMBER)
            return false;
    return true;
}

/* The figures that the study cannot do without, ended by NULL. */
static void list_needed(const struct study *study, const char **needed)
{
    for (size_t i = 0; i < study->n_objectives; i++)
        *needed++ = study->objectives[i].metric;
    if (study->budget.energy_j > 0)
        *needed = "energy_j";
}

static enum status check_fit(const struct study *study, struct json_problems *problems)
{
    size_t n = space_count(study->space);
    const char **names = calloc(n + 1, sizeof *names);
    bool *numeric = calloc(n + 1, sizeof *numeric), *constant = calloc(n + 1, sizeof *constant);
    const char **needed = calloc(study->n_objectives + 2, sizeof *needed);
    struct trial_params params = {
        .names = names, .n = n, .numeric = numeric, .constant = constant, .needed = needed};
    enum status status = names && numeric && constant && needed ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < n && !status; i++) {
        const struct param *param = space_param(study->space, i);
        names[i] = param->name;
        numeric[i] = is_numeric(param);
        constant[i] = param->kind == PARAM_CONSTANT;
        params.n_numeric += numeric[i];
    }
    if (!status) {
        list_needed(study, needed);
        status = trial_spec_fit(study->trial, &params, json_member(study->document, "trial"),
                                "trial", problems);
    }
    free(names);
    free(numeric);
    free(constant);
    free(needed);
    return status;
}

/* Only a user's program has a figure of its own; simulated joules are booked as reported
 * anyway.
 */
static void check_reported(const struct study *study, struct json_problems *problems)
{
    const struct trial_spec *trial = study->trial;
    if (trial->kind == TRIAL_COMMAND || trial_spec_simulates_energy(trial))
        return;
    const struct json *meters = json_member(json_member(study->document, "energy"), "meters");
    for (size_t i = 0; i < study->energy.n_meters; i++)
        if (strcmp(study->energy.meters[i], "reported") == 0)
            json_problem(problems, meters, "energy.meters",
                         "'reported' is for trials of the kind 'command': this kind of trial "
                         "reports no joules");
}

enum status study_check_trial(const struct study *study, struct json_problems *problems)
{
    enum status status = check_fit(study, problems);
    if (status)
        return status;
    check_reported(study, problems);
    if (study->trial->kind == TRIAL_CNN)
        check_trainer(study, problems);
    return study_check_metrics(study, problems);
}
