#include "orchestrator/study_read.h"

#include "base/rng.h"
#include "search/strategy.h"
#include "worker/monitor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 200, LIST_MAX = 64, TRIALS_MAX = 1000000000 };

static const char *const goal_names[] = {"minimize", "maximize"};

/* The file's name without its folder and its ending. */
static char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t length = strlen(base);
    if (length > 5 && strcmp(base + length - 5, ".json") == 0)
        length -= 5;
    return strndup(base, length);
}

void study_check_line(const char *text, struct json_reader *reader, const char *key)
{
    for (; text && *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            json_reader_problem(reader, key, "expected a text without control characters");
            return;
        }
}

static enum status read_name(struct study *study, struct json_reader *reader)
{
    const char *name = json_read_string(reader, "name", NULL);
    if (name && strlen(name) > NAME_BYTES)
        json_reader_problem(reader, "name", "expected a name of at most %d bytes", NAME_BYTES);
    study_check_line(name, reader, "name");
    study->name = name ? strdup(name) : name_of_path(study->path);
    return study->name ? ST_OK : ST_NOMEM;
}

static enum status read_objective(struct study *study, const struct json *item, size_t i,
                                  struct json_problems *problems)
{
    struct json_reader reader;
    char path[64];
    snprintf(path, sizeof path, "objectives[%zu]", i);
    json_reader_open(&reader, item, path, problems);
    struct objective *objective = &study->objectives[i];
    json_require(&reader, "metric", "the name of a metric, such as \"val_accuracy\"");
    const char *metric = json_read_string(&reader, "metric", "");
    study_check_line(metric, &reader, "metric");
    json_require(&reader, "goal", "\"maximize\" or \"minimize\"");
    objective->goal =
        (enum goal)json_read_choice(&reader, "goal", GOAL_MINIMIZE, goal_names, 2);
    json_reader_close(&reader);
    for (size_t j = 0; j < i; j++)
        if (strcmp(study->objectives[j].metric, metric) == 0 && *metric)
            json_problem(problems, item, path, "'%s' is an objective already", metric);
    objective->metric = strdup(metric);
    study->n_objectives = i + 1;
    return objective->metric ? ST_OK : ST_NOMEM;
}

/* A list that must be there and hold 1 to LIST_MAX items; NULL, with the mistake noted,
 * otherwise. */
static const struct json *required_list(struct json_reader *reader, const char *key,
                                        const char *what)
{
    json_require(reader, key, what);
    const struct json *list = json_read_array(reader, key);
    size_t n = json_count(list);
    if (list && n == 0)
        json_reader_problem(reader, key, "the list is empty: it needs %s", what);
    else if (n > LIST_MAX)
        json_reader_problem(reader, key, "at most %d are possible, got %zu", LIST_MAX, n);
    return n > 0 && n <= LIST_MAX ? list : NULL;
}

static enum status read_objectives(struct study *study, struct json_reader *reader)
{
    const struct json *list =
        required_list(reader, "objectives",
                      "at least one {\"metric\": ..., \"goal\": \"maximize\" or \"minimize\"}");
    study->objectives = calloc(json_count(list) + 1, sizeof *study->objectives);
    if (!study->objectives)
        return ST_NOMEM;
    enum status status = ST_OK;
    size_t i = 0;
    for (const struct json *item = json_first(list); item && !status; item = json_next(item))
        status = read_objective(study, item, i++, reader->problems);
    return status;
}

static void read_budget(struct study *study, struct json_reader *reader)
{
    struct json_reader budget;
    json_reader_enter(&budget, reader, "budget");
    study->budget.trials = (size_t)json_read_integer(&budget, "trials", 0, 1, TRIALS_MAX);
    study->budget.energy_j = json_read_number(&budget, "energy_j", 0, 1e-6, 1e15);
    study->budget.time_s = json_read_number(&budget, "time_s", 0, 1e-3, 1e10);
    json_reader_close(&budget);
}

static void override_budget(struct study *study, const struct study_overrides *overrides)
{
    if (overrides && overrides->trials > 0)
        study->budget.trials = (size_t)overrides->trials;
    if (overrides && overrides->energy_j > 0)
        study->budget.energy_j = overrides->energy_j;
    if (overrides && overrides->time_s > 0)
        study->budget.time_s = overrides->time_s;
}

static void read_monitor(struct study *study, struct json_reader *reader)
{
    struct json_reader monitor;
    json_reader_enter(&monitor, reader, "monitor");
    double interval_s = json_read_number(&monitor, "interval_s", 1, 0, 3600);
    if (interval_s > 0 && interval_s < MONITOR_INTERVAL_MIN_S)
        json_reader_problem(
            &monitor, "interval_s",
            "expected 0 (do not watch) or at least %g s: meters are noise below",
            MONITOR_INTERVAL_MIN_S);
    study->monitor.interval_s = interval_s;
    json_reader_close(&monitor);
}

static enum status read_space_and_trial(struct study *study, struct json_reader *reader)
{
    struct json_problems *problems = reader->problems;
    const struct json *space = json_require(reader, "space", "an object of parameters");
    const struct json *trial = json_require(reader, "trial", "an object with a \"kind\"");
    enum status status = space ? space_read(&study->space, space, problems) : ST_OK;
    if (status == ST_NOMEM)
        return status;
    status = trial ? trial_spec_read(&study->trial, trial, "trial", study->base_dir, problems)
                   : ST_OK;
    return status == ST_NOMEM ? status : ST_OK;
}

/* "bayes", or "bayes-2" when an earlier entry has that name. */
static char *make_label(const struct study *study, const char *name)
{
    size_t same = 1;
    for (size_t i = 0; i < study->n_strategies; i++) {
        const char *label = study->strategies[i].label;
        size_t length = strlen(name);
        same += strncmp(label, name, length) == 0 &&
                (label[length] == '\0' || label[length] == '-');
    }
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, name);
    if (same > 1)
        strbuf_printf(&text, "-%zu", same);
    return strbuf_take(&text);
}

/* Make the strategy once, for its checks of the options and to know whether it ends. */
static enum status check_strategy(struct study *study, size_t i, struct json_problems *problems)
{
    if (!study->space || study->n_objectives == 0)
        return ST_OK;
    struct problem problem = study_problem(study);
    char path[64];
    snprintf(path, sizeof path, "strategies[%zu]", i);
    struct strategy *strategy = NULL;
    /* Points to try first are the same for all: their mistakes are told once. */
    enum status status =
        strategy_create(&strategy, &problem, study->strategies[i].entry,
                        i == 0 || problems->count == 0 ? study->enqueue : NULL, path, problems);
    if (!status) {
        study->strategies[i].count = strategy_count(strategy);
        study->strategies[i].continues = strategy_continues(strategy);
    }
    strategy_free(strategy);
    return status == ST_NOMEM ? status : ST_OK;
}

static enum status read_strategies(struct study *study, struct json_reader *reader)
{
    const struct json *list =
        required_list(reader, "strategies", "at least one of the strategies' names");
    study->strategies = calloc(json_count(list) + 1, sizeof *study->strategies);
    if (!study->strategies)
        return ST_NOMEM;
    enum status status = ST_OK;
    for (const struct json *item = json_first(list); item && !status; item = json_next(item)) {
        const char *name = json_string(item);
        if (!name)
            name = json_string(json_member(item, "name"));
        struct study_strategy *strategy = &study->strategies[study->n_strategies];
        strategy->entry = item;
        strategy->label = make_label(study, name ? name : "unnamed");
        if (!strategy->label)
            return ST_NOMEM;
        status = check_strategy(study, study->n_strategies++, reader->problems);
    }
    return status;
}

static void check_database(const struct json *list, const struct json *item, size_t i,
                           struct json_problems *problems)
{
    const char *name = json_string(item);
    char path[32];
    snprintf(path, sizeof path, "warm_start[%zu]", i);
    if (!name || !*name)
        json_problem(problems, item, path,
                     "expected the path of a database that `wattune run` wrote, got %s",
                     name ? "an empty text" : json_kind_text(item));
    for (const struct json *m = json_first(list); name && m != item; m = json_next(m))
        if (json_string(m) && strcmp(json_string(m), name) == 0)
            json_problem(problems, item, path, "'%s' is named twice", name);
}

static void read_warm_start(struct study *study, struct json_reader *reader)
{
    const struct json *list = json_read_array(reader, "warm_start");
    size_t n = json_count(list), i = 0;
    if (n > LIST_MAX) {
        json_reader_problem(reader, "warm_start", "at most %d are possible, got %zu", LIST_MAX,
                            n);
        return;
    }
    for (const struct json *item = json_first(list); item; item = json_next(item))
        check_database(list, item, i++, reader->problems);
    study->warm_start = n > 0 ? list : NULL;
}

/* Something must end every arm. */
static void check_end(const struct study *study, struct json_reader *reader)
{
    const struct study_budget *b = &study->budget;
    if (b->trials || b->energy_j > 0 || b->time_s > 0)
        return;
    for (size_t i = 0; i < study->n_strategies; i++)
        if (isinf(study->strategies[i].count)) {
            json_reader_problem(
                reader, "budget",
                "it needs \"trials\", \"energy_j\" or \"time_s\": '%s' has no end by itself",
                study->strategies[i].label);
            return;
        }
}

enum status study_read(struct study *study, const struct study_overrides *overrides,
                       struct json_problems *problems)
{
    struct json_reader reader;
    json_reader_open(&reader, study->document, "", problems);
    study->seed = (uint64_t)json_read_integer(&reader, "seed", 0, 0, (int64_t)RNG_SEED_MAX);
    study->repeats = (uint32_t)json_read_integer(&reader, "repeats", 1, 1, STUDY_REPEATS_MAX);
    if (overrides && overrides->repeats > 0)
        study->repeats = (uint32_t)overrides->repeats;
    study->allow_duplicates = json_read_bool(&reader, "allow_duplicates", false);
    study->enqueue = json_read_array(&reader, "enqueue");
    read_warm_start(study, &reader);
    read_budget(study, &reader);
    override_budget(study, overrides);
    enum status status = read_name(study, &reader);
    if (!status)
        status = read_space_and_trial(study, &reader);
    if (!status)
        status = read_objectives(study, &reader);
    if (!status)
        status = study_read_constraints(study, &reader);
    if (!status)
        status = read_strategies(study, &reader);
    if (!status)
        status = study_read_energy(study, &reader);
    read_monitor(study, &reader);
    check_end(study, &reader);
    json_reader_close(&reader);
    if (!status && study->space && study->trial)
        status = study_check_trial(study, problems);
    return status;
}
