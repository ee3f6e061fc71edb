#include "orchestrator/study.h"

#include "base/rng.h"
#include "base/strbuf.h"
#include "orchestrator/study_read.h"
#include "orchestrator/warm_start.h"
#include "worker/printable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void study_free(struct study *study)
{
    if (!study)
        return;
    for (size_t i = 0; i < study->n_objectives; i++)
        free(study->objectives[i].metric);
    for (size_t i = 0; i < study->n_constraints; i++)
        free(study->constraints[i].metric);
    for (size_t i = 0; i < study->n_strategies; i++)
        free(study->strategies[i].label);
    free(study->objectives);
    free(study->constraints);
    free(study->strategies);
    free(study->energy.meters);
    free(study->arms);
    warm_start_free(study->warm);
    trial_spec_free(study->trial);
    space_free(study->space);
    json_free(study->document);
    free(study->name);
    free(study->path);
    free(study->base_dir);
    free(study->json);
    free(study);
}

struct problem study_problem(const struct study *study)
{
    return (struct problem){.space = study->space,
                            .objectives = study->objectives,
                            .n_objectives = study->n_objectives,
                            .constraints = study->constraints,
                            .n_constraints = study->n_constraints,
                            .earlier = study->warm ? study->warm->trials : NULL,
                            .n_earlier = study->warm ? study->warm->n : 0,
                            .budget_trials = study->budget.trials,
                            .budget_energy_j = study->budget.energy_j,
                            .allow_duplicates = study->allow_duplicates};
}

/* Copy the path, made absolute, and its folder. */
static enum status set_path(struct study *study, const char *path)
{
    struct strbuf text = STRBUF_INIT;
    char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    if (here)
        strbuf_printf(&text, "%s/", here);
    strbuf_append(&text, path);
    free(here);
    study->path = strbuf_take(&text);
    if (!study->path)
        return ST_NOMEM;
    const char *slash = strrchr(study->path, '/');
    study->base_dir =
        slash ? strndup(study->path, slash == study->path ? 1 : (size_t)(slash - study->path))
              : strdup(".");
    return study->base_dir ? ST_OK : ST_NOMEM;
}

/* Arms run repeat by repeat, so that a slow drift of the machine meets all strategies alike. */
static enum status make_arms(struct study *study)
{
    study->n_arms = study->n_strategies * study->repeats;
    study->arms = calloc(study->n_arms, sizeof *study->arms);
    if (!study->arms)
        return ST_NOMEM;
    for (size_t i = 0; i < study->n_arms; i++) {
        struct study_arm *arm = &study->arms[i];
        arm->strategy = i % study->n_strategies;
        arm->repeat = (uint32_t)(i / study->n_strategies);
        arm->seed =
            rng_derive(study->seed, study->strategies[arm->strategy].label, arm->repeat, 0);
    }
    return ST_OK;
}

static enum status read_text(struct study *study, const char *text, const char *path,
                             const struct study_overrides *overrides,
                             struct json_problems *problems, struct error *err)
{
    size_t length = strlen(text);
    enum status status = set_path(study, path);
    if (!status && !(study->json = strdup(text)))
        status = ST_NOMEM;
    if (!status)
        status = json_parse(&study->document, text, length, path, err);
    if (status == ST_FORMAT)
        return status;
    size_t before = problems->count;
    if (!status)
        status = study_read(study, overrides, problems);
    if (!status && problems->count == before)
        status = make_arms(study);
    if (status)
        return error_set(err, status, "%s: %s", path, status_text(status));
    if (problems->count > before)
        return error_set(err, ST_INVALID, "%s: the study has %zu mistake%s", path,
                         problems->count - before, problems->count - before == 1 ? "" : "s");
    return ST_OK;
}

static enum status create_study(struct study **out, const char *text, const char *path,
                                const struct study_overrides *overrides,
                                struct json_problems *problems, struct error *err)
{
    *out = NULL;
    problems->source = path;
    struct study *study = calloc(1, sizeof *study);
    if (!study)
        return error_set(err, ST_NOMEM, "%s: out of memory", path);
    enum status status = read_text(study, text, path, overrides, problems, err);
    if (status)
        study_free(study);
    else
        *out = study;
    return status;
}

enum status study_read_text(struct study **out, const char *text, const char *path,
                            struct json_problems *problems, struct error *err)
{
    return create_study(out, text, path, NULL, problems, err);
}

/* A study's texts go into file names, tables and JSON: they must be text. */
static enum status check_bytes(const struct strbuf *text, const char *path, struct error *err)
{
    const char *bytes = strbuf_text(text);
    if (memchr(bytes, '\0', text->length))
        return error_set(err, ST_FORMAT, "%s: holds a NUL byte: it is no text", path);
    size_t good = utf8_length(bytes, text->length);
    if (good == text->length)
        return ST_OK;
    int line = 1;
    for (size_t i = 0; i < good; i++)
        line += bytes[i] == '\n';
    error_set(err, ST_FORMAT, "%s:%d: holds the byte 0x%02x, which is not UTF-8", path, line,
              (unsigned char)bytes[good]);
    error_remedy(err, "save the file as UTF-8");
    return ST_FORMAT;
}

/* The whole file as text; a study file of more than 16 MiB is a mistake. */
static enum status load(struct strbuf *text, const char *path, struct error *err)
{
    char block[16384];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_errno(err, errno, "%s: cannot open", path);
    while (text->length <= 16 << 20 && (n = fread(block, 1, sizeof block, file)) > 0)
        strbuf_append_bytes(text, block, n);
    enum status status = ST_OK;
    if (ferror(file))
        status = error_errno(err, errno, "%s: cannot read", path);
    else if (text->length > 16 << 20)
        status =
            error_set(err, ST_FORMAT, "%s: larger than 16 MiB, which no study file is", path);
    else if (!strbuf_ok(text))
        status = error_set(err, ST_NOMEM, "%s: out of memory", path);
    else
        status = check_bytes(text, path, err);
    fclose(file);
    return status;
}

/* The entry of the study's strategies with that label, else a new entry with that name. */
static struct json *chosen_entry(const struct study *study, const char *name, struct json *list)
{
    for (size_t i = 0; i < study->n_strategies; i++)
        if (strcmp(study->strategies[i].label, name) == 0)
            return json_copy(study->strategies[i].entry);
    json_append_string(list, name);
    return NULL;
}

static struct json *chosen_strategies(const struct study *study, const char *names)
{
    struct json *list = json_array_create();
    char *copy = strdup(names), *rest = copy;
    for (char *name = strsep(&rest, ","); copy && name; name = strsep(&rest, ",")) {
        struct json *entry = chosen_entry(study, name, list);
        if (entry)
            json_append_value(list, entry);
    }
    if (!copy) {
        json_free(list);
        return NULL;
    }
    free(copy);
    return list;
}

/* The budget, whose overrides were taken when it was read. */
static struct json *budget_to_json(const struct study_budget *budget)
{
    struct json *object = json_object_create();
    if (budget->trials)
        json_put_number(object, "trials", (double)budget->trials);
    if (budget->energy_j > 0)
        json_put_number(object, "energy_j", budget->energy_j);
    if (budget->time_s > 0)
        json_put_number(object, "time_s", budget->time_s);
    return object;
}

/* The study's text with the command line's changes in it, so that a resume needs no command
 * line. */
static enum status changed_text(const struct study *study,
                                const struct study_overrides *overrides, struct strbuf *text)
{
    static const char *const replaced[] = {"name", "strategies", "seed", "budget", "repeats"};
    struct json *changed = json_object_create();
    json_put_string(changed, "name", study->name);
    for (const struct json *m = json_first(study->document); m; m = json_next(m)) {
        bool kept = true;
        for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++)
            kept = kept && strcmp(json_key(m), replaced[i]) != 0;
        if (kept)
            json_put_value(changed, json_key(m), json_copy(m));
    }
    json_put_value(changed, "strategies",
                   overrides->strategies
                       ? chosen_strategies(study, overrides->strategies)
                       : json_copy(json_member(study->document, "strategies")));
    json_put_number(changed, "seed",
                    overrides->seed >= 0 ? (double)overrides->seed : (double)study->seed);
    json_put_value(changed, "budget", budget_to_json(&study->budget));
    json_put_number(changed, "repeats", (double)study->repeats);
    enum status status = json_print(changed, true, text);
    json_free(changed);
    return status;
}

static bool changes_anything(const struct study_overrides *o)
{
    return o && (o->strategies || o->seed >= 0 || o->trials > 0 || o->energy_j > 0 ||
                 o->time_s > 0 || o->repeats > 0);
}

/* Read it anew from the text that is stored; what the databases gave stays. */
static enum status apply_overrides(struct study **study,
                                   const struct study_overrides *overrides,
                                   struct json_problems *problems, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    struct study *changed = NULL;
    const char *path = problems->source;
    enum status status = changed_text(*study, overrides, &text);
    if (status)
        error_set(err, status, "%s: %s", path, status_text(status));
    else
        status = study_read_text(&changed, strbuf_text(&text), path, problems, err);
    strbuf_free(&text);
    if (status)
        return status;
    changed->warm = (*study)->warm;
    (*study)->warm = NULL;
    study_free(*study);
    *study = changed;
    return ST_OK;
}

enum status study_read_file(struct study **out, const char *path,
                            const struct study_overrides *overrides,
                            struct json_problems *problems, struct error *err)
{
    *out = NULL;
    problems->source = path;
    struct strbuf text = STRBUF_INIT;
    struct study *study = NULL;
    enum status status = load(&text, path, err);
    if (!status)
        status = create_study(&study, strbuf_text(&text), path, overrides, problems, err);
    if (!status)
        status = warm_start_read(study, problems, err);
    if (!status && changes_anything(overrides))
        status = apply_overrides(&study, overrides, problems, err);
    strbuf_free(&text);
    if (status)
        study_free(study);
    else
        *out = study;
    return status;
}
