#include "results/points.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const reserved[] = {"study",          "arm",           "strategy",
                                       "repeat",         "trial",         "attempt",
                                       "state",          "reason",        "energy_j",
                                       "energy_low_j",   "energy_high_j", "energy_idle_j",
                                       "energy_quality", "energy_meters", "duration_s",
                                       "cpu_s",          "epochs_done",   "peak_memory_mb",
                                       "host",           "worker",        "started_at",
                                       "ended_at",       "seed"};

bool points_name_is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    return false;
}

static enum status parse_arm(struct json **objects, const struct snapshot_arm *arm,
                             struct error *err)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < arm->n_trials && !status; i++) {
        const char *text = arm->trials[i].params;
        status = json_parse(&objects[i], text, strlen(text), "parameters of a trial", err);
    }
    return status;
}

enum status points_open(struct points *points, const struct snapshot *snapshot,
                        struct error *err)
{
    enum status status = ST_OK;
    points->snapshot = snapshot;
    points->objects = calloc(snapshot->n_arms + 1, sizeof *points->objects);
    if (!points->objects)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < snapshot->n_arms && !status; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        points->objects[i] = calloc(arm->n_trials + 1, sizeof *points->objects[i]);
        if (!points->objects[i])
            return error_set(err, ST_NOMEM, "out of memory");
        status = parse_arm(points->objects[i], arm, err);
    }
    return status;
}

void points_close(struct points *points)
{
    for (size_t i = 0; points->objects && i < points->snapshot->n_arms; i++) {
        for (size_t j = 0; points->objects[i] && j < points->snapshot->arms[i].n_trials; j++)
            json_free(points->objects[i][j]);
        free(points->objects[i]);
    }
    free(points->objects);
    points->objects = NULL;
}

static enum column_kind kind_of(const struct points *points, const char *name)
{
    enum column_kind kind = COLUMN_INTEGER;
    for (size_t i = 0; i < points->snapshot->n_arms; i++) {
        for (size_t j = 0; j < points->snapshot->arms[i].n_trials; j++) {
            const struct json *value = json_member(points->objects[i][j], name);
            double number = json_number(value);
            if (json_kind(value) == JSON_STRING || json_kind(value) == JSON_BOOL)
                return COLUMN_TEXT;
            if (value && number != floor(number))
                kind = COLUMN_NUMBER;
        }
    }
    return kind;
}

void points_add_columns(const struct points *points, struct table *table)
{
    const struct study_record *study = points->snapshot->study;
    for (size_t i = 0; i < study->n_params; i++) {
        const char *name = study->params[i];
        struct strbuf column = STRBUF_INIT;
        strbuf_printf(&column, "%s%s", points_name_is_reserved(name) ? "param_" : "", name);
        table_add_column(table, strbuf_text(&column), name, kind_of(points, name));
        strbuf_free(&column);
    }
}

static void put(struct table *table, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NUMBER:
        table_put_number(table, json_number(value));
        return;
    case JSON_STRING:
        table_put_text(table, json_string(value));
        return;
    case JSON_BOOL:
        table_put_text(table, json_bool(value) ? "true" : "false");
        return;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        table_put_missing(table);
        return;
    }
}

void points_put(const struct points *points, size_t arm, size_t trial, struct table *table)
{
    const struct study_record *study = points->snapshot->study;
    for (size_t i = 0; i < study->n_params; i++)
        put(table, json_member(points->objects[arm][trial], study->params[i]));
}
