#include "results/store_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void *store_next_row(void *rows, size_t *n, size_t *room, size_t size, struct query *query)
{
    char **array = rows;
    if (*n == *room) {
        size_t wanted = *room ? 2 * *room : 16;
        char *grown = reallocarray(*array, wanted, size);
        if (!grown) {
            query->out_of_memory = true;
            return NULL;
        }
        *array = grown;
        *room = wanted;
    }
    return memset(*array + size * (*n)++, 0, size);
}

double *store_unknown_values(size_t n, struct query *query)
{
    double *values = calloc(n + 1, sizeof *values);
    for (size_t i = 0; values && i < n; i++)
        values[i] = NAN;
    query->out_of_memory |= !values;
    return values;
}

void store_free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

enum status store_begin_read(struct store *store, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_BEGIN_READ);
    return query_run(&query, err, "begin to read");
}

void store_end_read(struct store *store)
{
    struct query query;
    query_open(&query, store, SQL_COMMIT);
    if (query_run(&query, NULL, "end reading"))
        store_rollback(store);
}

static enum status load_objectives(struct store *store, struct study_record *study,
                                   struct error *err)
{
    struct objective *objectives = NULL;
    size_t room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_OBJECTIVES);
    while (query_step(&query)) {
        struct objective *objective =
            store_next_row(&objectives, &study->n_objectives, &room, sizeof *objective, &query);
        if (!objective)
            break;
        objective->metric = query_text(&query);
        char *goal = query_text(&query);
        objective->goal = goal && strcmp(goal, "maximize") == 0 ? GOAL_MAXIMIZE : GOAL_MINIMIZE;
        free(goal);
    }
    study->objectives = objectives;
    return query_close(&query, err, "read its objectives");
}

static enum status load_params(struct store *store, struct study_record *study,
                               struct error *err)
{
    const char **names = NULL;
    size_t room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_PARAMS);
    while (query_step(&query)) {
        const char **name =
            store_next_row(&names, &study->n_params, &room, sizeof *name, &query);
        if (!name)
            break;
        *name = query_text(&query);
    }
    study->params = names;
    return query_close(&query, err, "read its parameters");
}

static enum status load_study_row(struct store *store, struct study_record *study,
                                  enum study_state *state, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_STUDY);
    bool found = query_step(&query);
    if (found) {
        study->name = query_text(&query);
        study->json = query_text(&query);
        study->path = query_text(&query);
        study->seed = (uint64_t)query_integer(&query, 0);
        char *text = query_text(&query);
        *state = (enum study_state)study_state_from_text(text);
        free(text);
        study->idle_policy = query_text(&query);
        study->energy_meters = query_text(&query);
        study->energy_quality = query_text(&query);
        study->reason = query_text(&query);
    }
    enum status status = query_close(&query, err, "read the study");
    if (!status && !found)
        status = error_set(err, ST_FORMAT, "%s: holds no study", store->path);
    return status;
}

enum status store_load_study(struct store *store, struct study_record **out,
                             enum study_state *state, struct error *err)
{
    struct study_record *study = calloc(1, sizeof *study);
    if (!study)
        return error_set(err, ST_NOMEM, "%s: out of memory", store->path);
    enum status status = load_study_row(store, study, state, err);
    if (!status)
        status = load_objectives(store, study, err);
    if (!status)
        status = load_params(store, study, err);
    if (!status)
        status = store_load_constraints(store, study, err);
    if (status)
        store_study_free(study);
    else
        *out = study;
    return status;
}

void store_study_free(struct study_record *study)
{
    if (!study)
        return;
    const char *const texts[] = {
        study->name,          study->json,           study->path,  study->idle_policy,
        study->energy_meters, study->energy_quality, study->reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        store_free_text(texts[i]);
    for (size_t i = 0; i < study->n_objectives; i++)
        free(study->objectives[i].metric);
    for (size_t i = 0; i < study->n_constraints; i++)
        free(study->constraints[i].metric);
    for (size_t i = 0; i < study->n_params; i++)
        store_free_text(study->params[i]);
    free((void *)(uintptr_t)study->objectives);
    free((void *)(uintptr_t)study->constraints);
    free((void *)(uintptr_t)study->params);
    free(study);
}

enum status store_load_arms(struct store *store, struct arm_record **out, size_t *n,
                            struct error *err)
{
    struct arm_record *arms = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_ARMS);
    while (query_step(&query)) {
        struct arm_record *arm = store_next_row(&arms, &count, &room, sizeof *arm, &query);
        if (!arm)
            break;
        arm->number = (uint32_t)query_integer(&query, 0);
        arm->strategy = query_text(&query);
        arm->repeat = (uint32_t)query_integer(&query, 0);
        arm->seed = (uint64_t)query_integer(&query, 0);
    }
    enum status status = query_close(&query, err, "read its arms");
    if (status) {
        store_arms_free(arms, count);
        return status;
    }
    *out = arms;
    *n = count;
    return ST_OK;
}

void store_arms_free(struct arm_record *arms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        store_free_text(arms[i].strategy);
    free(arms);
}

static void read_trial(struct query *query, struct trial_record *trial, uint32_t arm)
{
    trial->arm = arm;
    trial->number = (uint64_t)query_integer(query, 0);
    trial->seed = (uint64_t)query_integer(query, 0);
    char *state = query_text(query);
    trial->state = (enum trial_state)(state ? trial_state_from_text(state) : 0);
    free(state);
    trial->told = query_integer(query, -1);
    trial->params = query_text(query);
    trial->energy_j = query_number(query);
    trial->continues = query_integer(query, TRIAL_NONE);
    trial->attempts = (uint32_t)query_integer(query, 0);
    trial->values = store_unknown_values(query->store->n_objectives, query);
    trial->constrained = store_unknown_values(query->store->n_constraints, query);
}

/* The values come in the order of the trials. */
static enum status load_values(struct store *store, uint32_t arm, struct trial_record *trials,
                               size_t n, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_VALUES);
    query_bind_integer(&query, arm);
    size_t i = 0;
    while (query_step(&query)) {
        uint64_t number = (uint64_t)query_integer(&query, 0);
        size_t objective = (size_t)query_integer(&query, 0);
        while (i < n && trials[i].number < number)
            i++;
        if (i < n && trials[i].number == number && objective < store->n_objectives)
            ((double *)(uintptr_t)trials[i].values)[objective] = query_number(&query);
    }
    return query_close(&query, err, "read its values");
}

enum status store_load_trials(struct store *store, uint32_t arm, struct trial_record **out,
                              size_t *n, struct error *err)
{
    struct trial_record *trials = NULL;
    size_t count = 0, room = 0;
    struct query query;
    query_open(&query, store, SQL_LOAD_TRIALS);
    query_bind_integer(&query, arm);
    while (query_step(&query)) {
        struct trial_record *trial =
            store_next_row(&trials, &count, &room, sizeof *trial, &query);
        if (!trial)
            break;
        read_trial(&query, trial, arm);
    }
    enum status status = query_close(&query, err, "read its trials");
    if (!status)
        status = load_values(store, arm, trials, count, err);
    if (!status)
        status = store_load_constrained(store, arm, trials, count, err);
    if (status) {
        store_trials_free(trials, count);
        return status;
    }
    *out = trials;
    *n = count;
    return ST_OK;
}

void store_trials_free(struct trial_record *trials, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_free_text(trials[i].params);
        free((void *)(uintptr_t)trials[i].values);
        free((void *)(uintptr_t)trials[i].constrained);
    }
    free(trials);
}

enum status store_load_spent(struct store *store, uint32_t arm, double *energy_j,
                             double *time_s, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_SPENT_ENERGY);
    query_bind_integer(&query, arm);
    query_step(&query);
    double energy_uj = query_number(&query); /* an aggregate: always one row */
    enum status status = query_close(&query, err, "read what was spent");
    if (status)
        return status;
    query_open(&query, store, SQL_LOAD_SPENT_TIME);
    query_bind_integer(&query, arm);
    int64_t first = 0, last = 0;
    if (query_step(&query)) {
        first = query_bounded(&query, 0);
        last = query_bounded(&query, first);
    }
    status = query_close(&query, err, "read what was spent");
    *energy_j = energy_uj / 1e6;
    *time_s = last > first ? (double)(last - first) / 1e6 : 0;
    return status;
}
