/* The section "constraints" of a study. */
#include "orchestrator/study_read.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 64 };

/* The bound of that metric and that side which an earlier entry set, or NULL. */
static const struct constraint *find(const struct study *study, const char *metric,
                                     bool at_least)
{
    for (size_t i = 0; i < study->n_constraints; i++)
        if (study->constraints[i].at_least == at_least &&
            strcmp(study->constraints[i].metric, metric) == 0)
            return &study->constraints[i];
    return NULL;
}

/* Bounds of one metric must leave some value. */
static void check_opposite(const struct study *study, const char *metric, bool at_least,
                           double bound, struct json_reader *reader)
{
    const struct constraint *opposite = find(study, metric, !at_least);
    double low = at_least || !opposite ? bound : opposite->bound;
    double high = at_least && opposite ? opposite->bound : bound;
    if (opposite && low > high)
        json_reader_problem(reader, NULL, "no '%s' is at least %g and at most %g", metric, low,
                            high);
}

static enum status read_bound(struct study *study, struct json_reader *reader,
                              const char *metric, bool at_least)
{
    const char *key = at_least ? "at_least" : "at_most";
    double bound = json_read_number(reader, key, NAN, -DBL_MAX, DBL_MAX);
    if (isnan(bound) || !*metric)
        return ST_OK;
    if (find(study, metric, at_least)) {
        json_reader_problem(reader, key, "'%s' has such a bound already", metric);
        return ST_OK;
    }
    check_opposite(study, metric, at_least, bound, reader);
    char *copy = strdup(metric);
    if (!copy)
        return ST_NOMEM;
    study->constraints[study->n_constraints++] =
        (struct constraint){.metric = copy, .at_least = at_least, .bound = bound};
    return ST_OK;
}

static enum status read_entry(struct study *study, const struct json *item, size_t i,
                              struct json_problems *problems)
{
    struct json_reader reader;
    char path[64];
    snprintf(path, sizeof path, "constraints[%zu]", i);
    json_reader_open(&reader, item, path, problems);
    if (!reader.object)
        return ST_OK;
    json_require(&reader, "metric", "the name of a metric, such as \"energy_j\"");
    const char *metric = json_read_string(&reader, "metric", "");
    study_check_line(metric, &reader, "metric");
    enum status status = read_bound(study, &reader, metric, true);
    if (!status)
        status = read_bound(study, &reader, metric, false);
    if (!json_member(item, "at_least") && !json_member(item, "at_most"))
        json_reader_problem(&reader, NULL, "it needs \"at_most\" or \"at_least\", a number");
    json_reader_close(&reader);
    return status;
}

enum status study_read_constraints(struct study *study, struct json_reader *reader)
{
    const struct json *list = json_read_array(reader, "constraints");
    size_t n = json_count(list), i = 0;
    if (n > ENTRIES_MAX) {
        json_reader_problem(reader, "constraints", "at most %d are possible, got %zu",
                            ENTRIES_MAX, n);
        return ST_OK;
    }
    study->n_constraints = 0;
    study->constraints = calloc(2 * n + 1, sizeof *study->constraints);
    enum status status = study->constraints ? ST_OK : ST_NOMEM;
    for (const struct json *item = json_first(list); item && !status; item = json_next(item))
        status = read_entry(study, item, i++, reader->problems);
    return status;
}
