#include "results/points.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

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

/* Numbers are aligned as numbers unless some value of the parameter is none. */
static enum column_kind kind_of(const struct points *points, const char *name)
{
    for (size_t i = 0; i < points->snapshot->n_arms; i++) {
        for (size_t j = 0; j < points->snapshot->arms[i].n_trials; j++) {
            enum json_kind kind = json_kind(json_member(points->objects[i][j], name));
            if (kind == JSON_STRING || kind == JSON_BOOL)
                return COLUMN_TEXT;
        }
    }
    return COLUMN_NUMBER;
}

void points_add_columns(const struct points *points, struct table *table)
{
    const struct study_record *study = points->snapshot->study;
    for (size_t i = 0; i < study->n_params; i++)
        table_add_column(table, study->params[i], study->params[i],
                         kind_of(points, study->params[i]));
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
