/* Reading the databases that a study starts from. */
#include "orchestrator/view.h"
#include "orchestrator/warm_start.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One database while it is read. */
struct reading {
    const struct snapshot *snapshot;
    struct warm_fit fit;
    struct warm_start *warm;
    struct warm_source *source;
    size_t room; /* of the records */
};

static enum status leave_out(struct reading *reading, enum warm_reason reason, const char *name,
                             const char *why)
{
    struct warm_source *source = reading->source;
    if (source->left_out[reason]++ > 0)
        return ST_OK;
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "%s: %s", name, why);
    source->examples[reason] = strbuf_take(&text);
    return source->examples[reason] ? ST_OK : ST_NOMEM;
}

static struct earlier_record *add_record(struct reading *reading)
{
    struct warm_start *warm = reading->warm;
    if (warm->n == reading->room) {
        size_t room = reading->room ? 2 * reading->room : 64;
        struct earlier_record *grown = reallocarray(warm->records, room, sizeof *grown);
        if (!grown)
            return NULL;
        warm->records = grown;
        reading->room = room;
    }
    struct earlier_record *record = &warm->records[warm->n++];
    *record = (struct earlier_record){.name = NULL};
    return record;
}

/* The point as this study writes it. */
static char *params_text(const struct warm_fit *fit)
{
    struct json *params = space_point_to_json(fit->study->space, fit->point);
    struct strbuf text = STRBUF_INIT;
    enum status status = params ? json_print(params, false, &text) : ST_NOMEM;
    json_free(params);
    if (!status)
        return strbuf_take(&text);
    strbuf_free(&text);
    return NULL;
}

/* Takes the values and the constrained metrics, in any case. */
static enum status take(struct reading *reading, const char *name, double energy_j,
                        double *values, double *constrained)
{
    struct earlier_record *record = add_record(reading);
    if (!record) {
        free(values);
        free(constrained);
        return ST_NOMEM;
    }
    record->source = strdup(reading->source->path);
    record->name = strdup(name);
    record->params = params_text(&reading->fit);
    record->values = values;
    record->constrained = constrained;
    record->energy_j = energy_j;
    reading->source->taken++;
    return record->source && record->name && record->params ? ST_OK : ST_NOMEM;
}

/* The objective that the values lack, or NULL. */
static const char *lacking(const struct study *study, const double *values)
{
    for (size_t i = 0; i < study->n_objectives; i++)
        if (!isfinite(values[i]))
            return study->objectives[i].metric;
    return NULL;
}

static enum status take_figures(struct reading *reading, const struct snapshot_arm *arm,
                                const struct trial_record *trial, const char *name)
{
    const struct study *study = reading->fit.study;
    struct warm_figures figures = {reading->snapshot->study, arm, trial};
    double *values = calloc(study->n_objectives + 1, sizeof *values);
    double *constrained = calloc(study->n_constraints + 1, sizeof *constrained);
    if (!values || !constrained) {
        free(values);
        free(constrained);
        return ST_NOMEM;
    }
    for (size_t i = 0; i < study->n_objectives; i++)
        values[i] = warm_figures_value(&figures, study->objectives[i].metric);
    for (size_t i = 0; i < study->n_constraints; i++)
        constrained[i] = warm_figures_value(&figures, study->constraints[i].metric);
    const char *missing = lacking(study, values);
    if (!missing)
        return take(reading, name, warm_figures_energy_j(&figures), values, constrained);
    free(values);
    free(constrained);
    return leave_out(reading, WARM_NO_FIGURE, name, missing);
}

static enum status read_trial(struct reading *reading, const struct snapshot_arm *arm,
                              const struct trial_record *trial)
{
    enum warm_reason reason;
    char name[96];
    struct strbuf why = STRBUF_INIT;
    snprintf(name, sizeof name, "%.60s.%u.%llu", arm->arm->strategy, (unsigned)arm->arm->repeat,
             (unsigned long long)trial->number);
    reading->source->complete++;
    enum status status;
    if (warm_fit_point(&reading->fit, trial->params, &reason, &why))
        status = take_figures(reading, arm, trial, name);
    else
        status = leave_out(reading, reason, name, strbuf_text(&why));
    strbuf_free(&why);
    return status;
}

static enum status read_trials(struct reading *reading)
{
    const struct snapshot *snapshot = reading->snapshot;
    enum status status = ST_OK;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        for (size_t j = 0; j < snapshot->arms[i].n_trials && !status; j++)
            if (snapshot->arms[i].trials[j].state == TRIAL_COMPLETE)
                status = read_trial(reading, &snapshot->arms[i], &snapshot->arms[i].trials[j]);
    return status;
}

/* A path of the study, as seen from its folder. */
static char *resolve(const struct study *study, const char *path)
{
    struct strbuf text = STRBUF_INIT;
    if (*path != '/')
        strbuf_printf(&text, "%s/", study->base_dir);
    strbuf_append(&text, path);
    return strbuf_take(&text);
}

static enum status read_snapshot(struct reading *reading)
{
    const struct study_record *old = reading->snapshot->study;
    struct warm_source *source = reading->source;
    struct json *document = NULL;
    struct strbuf differs = STRBUF_INIT;
    struct error err = {0};
    /* Without the text of the old study there is nothing that it fixes. */
    if (old->json && json_parse(&document, old->json, strlen(old->json), "study", &err))
        document = NULL;
    reading->fit.old = document;
    if (document)
        warm_fit_differences(&reading->fit, &differs);
    source->study = strdup(old->name ? old->name : "");
    source->differs = strbuf_take(&differs);
    enum status status = source->study && source->differs ? read_trials(reading) : ST_NOMEM;
    json_free(document);
    strbuf_free(&differs);
    return status;
}

/* The database that the study named before and that is the same file, perhaps under another
 * spelling; NULL when there is none. Its trials would count twice. */
static const struct warm_source *named_before(struct reading *reading, const char *path)
{
    struct warm_source *source = reading->source;
    struct stat st;
    if (stat(path, &st))
        return NULL; /* opening it says why */
    source->device = st.st_dev;
    source->inode = st.st_ino;
    for (const struct warm_source *s = reading->warm->sources; s < source; s++)
        if (s->device == source->device && s->inode == source->inode)
            return s;
    return NULL;
}

static enum status open_source(struct reading *reading, struct view *view, const char *path,
                               struct error *err)
{
    const struct warm_source *same = named_before(reading, path);
    if (!same)
        return view_open(view, path, err);
    error_set(err, ST_INVALID, "%s is the file that '%s' names already", path, same->path);
    error_remedy(err, "remove one of them: its trials would count twice");
    return ST_INVALID;
}

/* A database that cannot be read is noted at its place. */
static enum status read_source(struct reading *reading, const struct json *item, size_t i,
                               struct json_problems *problems)
{
    char *path = resolve(reading->fit.study, json_string(item)), place[32];
    struct view view;
    struct error err = {0};
    if (!path)
        return ST_NOMEM;
    enum status status = open_source(reading, &view, path, &err);
    free(path);
    if (status == ST_NOMEM)
        return status;
    if (status) {
        snprintf(place, sizeof place, "warm_start[%zu]", i);
        json_problem(problems, item, place, "%s%s%s", err.what, *err.remedy ? "; " : "",
                     err.remedy);
        return ST_OK;
    }
    reading->snapshot = view.snapshot;
    status = read_snapshot(reading);
    view_close(&view);
    return status;
}

static enum status read_sources(struct reading *reading, const struct json *list,
                                struct json_problems *problems)
{
    struct warm_start *warm = reading->warm;
    enum status status = ST_OK;
    for (const struct json *item = json_first(list); item && !status; item = json_next(item)) {
        reading->source = &warm->sources[warm->n_sources];
        reading->source->path = strdup(json_string(item));
        if (!reading->source->path)
            return ST_NOMEM;
        status = read_source(reading, item, warm->n_sources++, problems);
    }
    return status;
}

static enum status read_into(struct warm_start *warm, const struct study *study,
                             struct json_problems *problems, struct error *err)
{
    size_t before = problems->count;
    struct reading reading = {.warm = warm, .fit = {.study = study}};
    warm->sources = calloc(json_count(study->warm_start) + 1, sizeof *warm->sources);
    reading.fit.point = calloc(space_count(study->space) + 1, sizeof *reading.fit.point);
    enum status status = ST_NOMEM;
    if (warm->sources && reading.fit.point)
        status = read_sources(&reading, study->warm_start, problems);
    free(reading.fit.point);
    if (!status && problems->count > before)
        return error_set(err, ST_INVALID, "%s: %zu database%s of \"warm_start\" cannot be read",
                         study->path, problems->count - before,
                         problems->count - before == 1 ? "" : "s");
    return status ? error_set(err, status, "no memory for the trials of earlier studies")
                  : warm_start_make_trials(warm, study, err);
}

enum status warm_start_read(struct study *study, struct json_problems *problems,
                            struct error *err)
{
    if (!study->warm_start)
        return ST_OK;
    struct warm_start *warm = calloc(1, sizeof *warm);
    if (!warm)
        return error_set(err, ST_NOMEM, "no memory for the trials of earlier studies");
    enum status status = read_into(warm, study, problems, err);
    if (status)
        warm_start_free(warm);
    else
        study->warm = warm;
    return status;
}
