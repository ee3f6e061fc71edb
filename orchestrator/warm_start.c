#include "orchestrator/warm_start.h"

#include "base/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void free_source(struct warm_source *source)
{
    free(source->path);
    free(source->study);
    free(source->differs);
    for (size_t i = 0; i < WARM_REASONS; i++)
        free(source->examples[i]);
}

void warm_start_free(struct warm_start *warm)
{
    if (!warm)
        return;
    for (size_t i = 0; i < warm->n_sources; i++)
        free_source(&warm->sources[i]);
    store_earlier_free(warm->records, warm->n);
    free(warm->sources);
    free(warm->trials);
    free(warm->points);
    free(warm);
}

static enum status read_point(const struct study *study, const struct earlier_record *record,
                              double *point, struct error *err)
{
    struct json *params = NULL;
    const char *name = record->name ? record->name : "";
    struct json_problems problems = {.source = name};
    const char *text = record->params ? record->params : "";
    enum status status = json_parse(&params, text, strlen(text), name, err);
    if (!status)
        status = space_point_from_json(study->space, params, "", point, &problems);
    if (status == ST_INVALID)
        status = error_set(err, ST_FORMAT, "%s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    json_free(params);
    return status;
}

static bool has_values(const struct study *study, const struct earlier_record *record)
{
    for (size_t i = 0; i < study->n_objectives; i++)
        if (!isfinite(record->values[i]))
            return false;
    return true;
}

/* No search can do with infinite figures, which a damaged database may hold. */
static double known(double figure)
{
    return isfinite(figure) ? figure : (double)NAN;
}

static void forget_infinite(const struct study *study, struct earlier_record *record)
{
    double *constrained = (double *)(uintptr_t)record->constrained;
    for (size_t i = 0; i < study->n_constraints; i++)
        constrained[i] = known(constrained[i]);
    record->energy_j = known(record->energy_j);
}

/* From its record, so that a study that is resumed has it to the bit. */
static enum status make_trial(struct warm_start *warm, const struct study *study, size_t i,
                              struct error *err)
{
    struct earlier_record *record = &warm->records[i];
    forget_infinite(study, record);
    double *point = warm->points + i * space_count(study->space);
    enum status status = read_point(study, record, point, err);
    if (!status && !has_values(study, record))
        status = error_set(err, ST_FORMAT, "earlier trial %zu has no value", i);
    if (status == ST_FORMAT)
        error_remedy(err, "the database and its study do not belong together");
    warm->trials[i] = (struct trial){.number = i,
                                     .state = TRIAL_COMPLETE,
                                     .point = point,
                                     .continues = TRIAL_NONE,
                                     .values = (double *)(uintptr_t)record->values,
                                     .constrained = (double *)(uintptr_t)record->constrained,
                                     .energy_j = record->energy_j};
    return status;
}

enum status warm_start_make_trials(struct warm_start *warm, const struct study *study,
                                   struct error *err)
{
    warm->trials = calloc(warm->n + 1, sizeof *warm->trials);
    warm->points = calloc(warm->n + 1, (space_count(study->space) + 1) * sizeof *warm->points);
    if (!warm->trials || !warm->points)
        return error_set(err, ST_NOMEM, "no memory for the trials of earlier studies");
    enum status status = ST_OK;
    for (size_t i = 0; i < warm->n && !status; i++)
        status = make_trial(warm, study, i, err);
    return status;
}

enum status warm_start_load(struct study *study, struct store *store, struct error *err)
{
    struct warm_start *warm = calloc(1, sizeof *warm);
    if (!warm)
        return error_set(err, ST_NOMEM, "no memory for the trials of earlier studies");
    enum status status = store_load_earlier(store, &warm->records, &warm->n, err);
    if (!status)
        status = warm_start_make_trials(warm, study, err);
    if (status)
        warm_start_free(warm);
    else
        study->warm = warm;
    return status;
}

static void append_source(const struct warm_source *source, struct strbuf *out)
{
    static const char *const reasons[] = {
        [WARM_NO_POINT] = "no points of this space",
        [WARM_MORE] = "parameters that neither this space nor \"settings\" has",
        [WARM_NO_FIGURE] = "without the figure of an objective"};
    strbuf_printf(out, "  %s (%s): %zu of %zu complete trials are taken\n", source->path,
                  source->study, source->taken, source->complete);
    for (size_t i = 0; i < WARM_REASONS; i++)
        if (source->left_out[i] > 0)
            strbuf_printf(out, "    %zu left out, %s; the first is %s\n", source->left_out[i],
                          reasons[i], source->examples[i] ? source->examples[i] : "");
    if (*source->differs)
        strbuf_printf(out, "    what a trial is differs there: %s\n", source->differs);
}

void warm_start_append(const struct warm_start *warm, struct strbuf *out)
{
    for (size_t i = 0; i < warm->n_sources; i++)
        append_source(&warm->sources[i], out);
}

void warm_start_log(const struct warm_start *warm)
{
    for (size_t i = 0; warm && i < warm->n_sources; i++)
        if (warm->sources[i].taken == 0)
            log_warn("warm start: none of the %zu complete trials in %s is taken; 'wattune "
                     "check' says why",
                     warm->sources[i].complete, warm->sources[i].path);
    if (warm && warm->n > 0)
        log_info("warm start: the search begins with %zu trials of earlier studies", warm->n);
}
