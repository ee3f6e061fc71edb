#include "results/export.h"

#include "base/json.h"
#include "results/importance_table.h"
#include "results/trials.h"

#include <math.h>

/* Print the value and free it. */
static enum status print(struct json *value, struct strbuf *out)
{
    enum status status = value ? json_print(value, false, out) : ST_NOMEM;
    json_free(value);
    return status;
}

static struct json *study_object(const struct snapshot *snapshot)
{
    const struct study_record *study = snapshot->study;
    struct json *object = json_object_create(), *objectives = json_array_create(),
                *constraints = json_array_create(), *params = json_array_create();
    for (size_t i = 0; i < study->n_objectives; i++) {
        struct json *objective = json_object_create();
        bool maximize = study->objectives[i].goal == GOAL_MAXIMIZE;
        json_put_string(objective, "metric", study->objectives[i].metric);
        json_put_string(objective, "goal", maximize ? "maximize" : "minimize");
        json_append_value(objectives, objective);
    }
    for (size_t i = 0; i < study->n_constraints; i++) {
        struct json *constraint = json_object_create();
        json_put_string(constraint, "metric", study->constraints[i].metric);
        json_put_number(constraint, study->constraints[i].at_least ? "at_least" : "at_most",
                        study->constraints[i].bound);
        json_append_value(constraints, constraint);
    }
    for (size_t i = 0; i < study->n_params; i++)
        json_append_string(params, study->params[i]);
    json_put_string(object, "name", study->name);
    json_put_string(object, "state", study_state_text(snapshot->state));
    json_put_number(object, "seed", (double)study->seed);
    json_put_string(object, "idle_policy", study->idle_policy);
    json_put_string(object, "energy_meters", study->energy_meters);
    json_put_string(object, "energy_quality", study->energy_quality);
    json_put_value(object, "objectives", objectives);
    json_put_value(object, "params", params);
    json_put_value(object, "constraints", constraints);
    return object;
}

static void put_overhead(struct json *list, const struct overhead_record *row)
{
    struct json *object = json_object_create();
    bool known = energy_quality_rank(row->quality) > 0;
    json_put_number(object, "after_attempts", (double)row->after);
    json_put_string(object, "host", row->host);
    json_put_string(object, "energy_quality", row->quality);
    json_put_number(object, "idle_j", known ? (double)row->waiting_uj / 1e6 : (double)NAN);
    json_put_number(object, "search_j", known ? (double)row->search_uj / 1e6 : (double)NAN);
    json_put_number(object, "orchestrator_j",
                    known ? (double)row->orchestrator_uj / 1e6 : (double)NAN);
    json_put_number(object, "search_cpu_s", row->search_cpu_s);
    json_append_value(list, object);
}

static struct json *arms_list(const struct snapshot *snapshot)
{
    struct json *arms = json_array_create();
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        struct json *object = json_object_create(), *overhead = json_array_create();
        for (size_t j = 0; j < arm->n_overhead; j++)
            put_overhead(overhead, &arm->overhead[j]);
        json_put_number(object, "arm", arm->arm->number);
        json_put_string(object, "strategy", arm->arm->strategy);
        json_put_number(object, "repeat", arm->arm->repeat);
        json_put_number(object, "seed", (double)arm->arm->seed);
        json_put_value(object, "overhead", overhead);
        json_append_value(arms, object);
    }
    return arms;
}

static struct json *report_object(const struct report_record *report)
{
    struct json *object = json_object_create(), *metrics = json_object_create();
    for (size_t i = 0; i < report->n_metrics; i++)
        json_put_number(metrics, report->metrics[i].name, report->metrics[i].value);
    json_put_number(object, "arm", report->arm);
    json_put_number(object, "trial", (double)report->trial);
    json_put_number(object, "attempt", report->attempt);
    json_put_number(object, "step", report->step);
    json_put_value(object, "metrics", metrics);
    return object;
}

/* One report to a line. */
static enum status write_reports(struct store *store, const struct snapshot *snapshot,
                                 struct strbuf *out, struct error *err)
{
    bool first = true;
    enum status status = ST_OK;
    for (size_t i = 0; i < snapshot->n_arms && !status; i++) {
        struct report_record *reports;
        size_t n;
        status = store_load_reports(store, snapshot->arms[i].arm->number, &reports, &n, err);
        if (status)
            return status;
        for (size_t j = 0; j < n && !status; j++, first = false) {
            strbuf_append(out, first ? "\n  " : ",\n  ");
            status = print(report_object(&reports[j]), out);
        }
        store_reports_free(reports, n);
        if (status)
            return error_set(err, status, "out of memory");
    }
    return ST_OK;
}

static enum status write_trials(const struct snapshot *snapshot, enum table_format format,
                                struct strbuf *out, struct error *err)
{
    struct table *table;
    enum status status = trials_table(&table, snapshot, NULL, err);
    if (status)
        return status;
    status = table_write(table, format, 0, false, out);
    table_free(table);
    return status ? error_set(err, status, "out of memory") : ST_OK;
}

/* The table of `wattune importance`, or null for a study that has no space to look at. */
static enum status write_importance(const struct snapshot *snapshot, struct strbuf *out,
                                    struct error *err)
{
    struct table *table;
    struct error own = {0};
    enum status status = importance_table(&table, snapshot, NULL, false, &own);
    if (status == ST_FORMAT) {
        strbuf_append(out, "null");
        return ST_OK;
    }
    if (!status) {
        status = table_write(table, TABLE_JSON, 0, false, out);
        table_free(table);
    }
    return status ? error_set(err, status, "out of memory") : ST_OK;
}

static enum status write_json(struct store *store, const struct snapshot *snapshot,
                              struct strbuf *out, struct error *err)
{
    strbuf_printf(
        out, "{\"format\": \"wattune-export\", \"version\": %d,\n\"study\": ", EXPORT_VERSION);
    enum status status = print(study_object(snapshot), out);
    strbuf_append(out, ",\n\"arms\": ");
    if (!status)
        status = print(arms_list(snapshot), out);
    if (status)
        return error_set(err, status, "out of memory");
    strbuf_append(out, ",\n\"trials\": ");
    status = write_trials(snapshot, TABLE_JSON, out, err);
    strbuf_append(out, ",\n\"reports\": [");
    if (!status)
        status = write_reports(store, snapshot, out, err);
    strbuf_append(out, "],\n\"importance\": ");
    if (!status)
        status = write_importance(snapshot, out, err);
    strbuf_append(out, "}\n");
    return status;
}

enum status export_write(struct store *store, const struct snapshot *snapshot,
                         enum table_format format, struct strbuf *out, struct error *err)
{
    enum status status = ST_INVALID;
    if (format == TABLE_CSV)
        status = write_trials(snapshot, TABLE_CSV, out, err);
    else if (format == TABLE_JSON)
        status = write_json(store, snapshot, out, err);
    else
        error_set(err, ST_INVALID, "an export is CSV or JSON");
    if (!status && !strbuf_ok(out))
        status = error_set(err, ST_NOMEM, "out of memory");
    return status;
}
