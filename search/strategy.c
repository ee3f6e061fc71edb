#include "search/strategy.h"

#include "search/history.h"
#include "search/median_rule.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 64 };

struct strategy {
    const struct strategy_type *type;
    void *state;
    struct median_rule *median_rule; /* NULL without one */
    struct problem problem;
    struct history history;
    double *enqueued; /* [n_enqueued x space_count()] */
    size_t n_enqueued;
    size_t n_known; /* different points of the earlier trials */
    double *point;  /* [space_count()], what a type proposes */
};

/* Reading. */

static void list_types(struct strbuf *out)
{
    for (size_t i = 0; strategy_types[i]; i++)
        strbuf_printf(out, "%s%s", i == 0 ? "" : ", ", strategy_types[i]->name);
}

static const char *closest_type(const char *name)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (; strategy_types[n] && n < NAMES_MAX; n++)
        names[n] = strategy_types[n]->name;
    return json_closest_name(name, names, n);
}

/* The type that the name stands for; NULL after a problem. */
static const struct strategy_type *find_type(const char *name, const struct json *at,
                                             const char *path, struct json_problems *problems)
{
    const struct strategy_type *type = strategy_type_find(name);
    if (type)
        return type;
    const char *near = closest_type(name);
    struct strbuf all = STRBUF_INIT;
    list_types(&all);
    json_problem(problems, at, path, "unknown strategy '%s'%s%s%s There are %s", name,
                 near ? ", did you mean '" : "", near ? near : "", near ? "'?" : ".",
                 strbuf_text(&all));
    strbuf_free(&all);
    return NULL;
}

static enum status make_type(struct strategy *strategy, const char *name, const struct json *at,
                             struct json_reader *options)
{
    const char *path = options->path;
    struct json_problems *problems = options->problems;
    const struct strategy_type *type = find_type(name, at, path, problems);
    if (!type)
        return ST_INVALID;
    size_t before = problems->count;
    struct error err = {0};
    enum status status = median_rule_read(&strategy->median_rule, &strategy->problem, options);
    if (!status)
        status = type->create(&strategy->state, &strategy->problem, options, &err);
    if (!status)
        strategy->type = type; /* from here on there is a state to free */
    else if (status != ST_NOMEM && problems->count == before)
        json_problem(problems, at, path, "%s%s%s", err.what, *err.remedy ? ": " : "",
                     err.remedy);
    if (status != ST_NOMEM) /* else they have perhaps not been read */
        json_reader_close(options);
    return !status && problems->count > before ? ST_INVALID : status;
}

static enum status read_entry(struct strategy *strategy, const struct json *entry,
                              const char *path, struct json_problems *problems)
{
    struct json_reader options;
    if (json_kind(entry) == JSON_STRING) {
        json_reader_open(&options, NULL, path, problems);
        return make_type(strategy, json_string(entry), entry, &options);
    }
    if (json_kind(entry) != JSON_OBJECT) {
        json_problem(problems, entry, path, "expected a strategy's name or an object, got %s",
                     json_kind_text(entry));
        return ST_INVALID;
    }
    json_reader_open(&options, entry, path, problems);
    if (!json_require(&options, "name", "the name of a strategy"))
        return ST_INVALID;
    const char *name = json_read_string(&options, "name", NULL);
    return name ? make_type(strategy, name, entry, &options) : ST_INVALID;
}

/* Note that the last point is one of those before it. (Points that were not read have a NaN
 * where none belongs, so they equal none that was.) */
static void check_repeated(const struct strategy *strategy, const struct json *at,
                           const char *path, struct json_problems *problems)
{
    const struct space *space = strategy->problem.space;
    size_t n = space_count(space), last = strategy->n_enqueued - 1;
    for (size_t i = 0; i < last; i++)
        if (space_equal(space, strategy->enqueued + i * n, strategy->enqueued + last * n))
            json_problem(problems, at, path, "is the same point as enqueue[%zu]", i);
}

static void read_enqueued(struct strategy *strategy, const struct json *item,
                          struct json_problems *problems)
{
    const struct space *space = strategy->problem.space;
    char path[32];
    snprintf(path, sizeof path, "enqueue[%zu]", strategy->n_enqueued);
    double *point = strategy->enqueued + strategy->n_enqueued++ * space_count(space);
    enum status status = space_point_from_json(space, item, path, point, problems);
    if (!status && !strategy->problem.allow_duplicates)
        check_repeated(strategy, item, path, problems);
}

static enum status read_enqueue(struct strategy *strategy, const struct json *list,
                                struct json_problems *problems)
{
    size_t before = problems->count, n = space_count(strategy->problem.space);
    if (!list)
        return ST_OK;
    if (json_kind(list) != JSON_ARRAY) {
        json_problem(problems, list, "enqueue", "expected a list of points, got %s",
                     json_kind_text(list));
        return ST_INVALID;
    }
    strategy->enqueued = calloc(json_count(list) + 1, n * sizeof *strategy->enqueued);
    if (!strategy->enqueued)
        return ST_NOMEM;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        read_enqueued(strategy, item, problems);
    return problems->count > before ? ST_INVALID : ST_OK;
}

enum status strategy_create(struct strategy **out, const struct problem *problem,
                            const struct json *entry, const struct json *enqueue,
                            const char *path, struct json_problems *problems)
{
    *out = NULL;
    struct strategy *strategy = calloc(1, sizeof *strategy);
    if (!strategy)
        return ST_NOMEM;
    strategy->problem = *problem;
    history_init(&strategy->history, problem);
    strategy->point = calloc(space_count(problem->space), sizeof *strategy->point);
    enum status status = strategy->point ? history_enter_earlier(&strategy->history) : ST_NOMEM;
    strategy->n_known = strategy->history.n_distinct;
    if (!status)
        status = read_entry(strategy, entry, path, problems);
    if (status != ST_NOMEM) {
        enum status second = read_enqueue(strategy, enqueue, problems);
        status = second ? second : status;
    }
    if (status)
        strategy_free(strategy);
    else
        *out = strategy;
    return status;
}

void strategy_free(struct strategy *strategy)
{
    if (!strategy)
        return;
    if (strategy->type)
        strategy->type->free(strategy->state);
    median_rule_free(strategy->median_rule);
    history_free(&strategy->history);
    free(strategy->enqueued);
    free(strategy->point);
    free(strategy);
}

const char *strategy_name(const struct strategy *strategy)
{
    return strategy->type->name;
}

const struct history *strategy_history(const struct strategy *strategy)
{
    return &strategy->history;
}

bool strategy_continues(const struct strategy *strategy)
{
    return strategy->type->continues && strategy->type->continues(strategy->state);
}

double strategy_count(const struct strategy *strategy)
{
    double all = space_size(strategy->problem.space);
    if (strategy->problem.allow_duplicates)
        return INFINITY;
    const struct strategy_type *type = strategy->type;
    double own = type->count ? type->count(strategy->state) : HUGE_VAL;
    if (isinf(own)) /* enqueued points are evaluated even when they are known */
        return fmin(all, all - (double)strategy->n_known + (double)strategy->n_enqueued);
    own += (double)strategy->n_enqueued;
    return strategy_continues(strategy) ? own : fmin(all, own);
}

/* Ask and tell. */

enum ask strategy_ask(struct strategy *strategy, const struct trial **trial)
{
    struct history *history = &strategy->history;
    size_t n = space_count(strategy->problem.space);
    struct proposal proposal = {strategy->point, TRIAL_NONE};
    *trial = NULL;
    if (history->n < strategy->n_enqueued) {
        proposal.point = strategy->enqueued + history->n * n;
    } else {
        enum ask ask = strategy->type->ask(strategy->state, history, &proposal);
        if (ask != ASK_PROPOSED)
            return ask;
    }
    if (history_append(history, &proposal))
        return ASK_FAILED;
    *trial = &history->trials[history->n - 1];
    return ASK_PROPOSED;
}

const char *strategy_end_reason(const struct strategy *strategy)
{
    return strategy->type->end_reason ? strategy->type->end_reason(strategy->state) : NULL;
}

static bool is_final(enum trial_state state)
{
    return state == TRIAL_COMPLETE || state == TRIAL_PRUNED || state == TRIAL_FAILED ||
           state == TRIAL_CANCELLED;
}

static bool all_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!values || !isfinite(values[i]))
            return false;
    return true;
}

enum status strategy_tell(struct strategy *strategy, uint64_t number, enum trial_state state,
                          const struct trial_result *result)
{
    struct history *history = &strategy->history;
    size_t place = history_find_pending(history, number);
    if (place == history->n_pending || !is_final(state) ||
        (state == TRIAL_COMPLETE && !all_finite(result->values, history->n_objectives)))
        return ST_INVALID;
    history_conclude(history, place, state, result);
    if (strategy->type->told)
        strategy->type->told(strategy->state, history, &history->trials[number]);
    return ST_OK;
}

enum verdict strategy_report(struct strategy *strategy, uint64_t number,
                             struct intermediate report)
{
    const struct strategy_type *type = strategy->type;
    struct history *history = &strategy->history;
    if (strategy_restore_report(strategy, number, report))
        return VERDICT_GO_ON;
    const struct trial *trial = &history->trials[number];
    enum verdict verdict = VERDICT_GO_ON;
    if (type->report)
        verdict = type->report(strategy->state, history, trial);
    if (verdict == VERDICT_GO_ON && strategy->median_rule)
        verdict = median_rule_judge(strategy->median_rule, history, trial);
    return verdict;
}

enum status strategy_restore(struct strategy *strategy, const double *point, int64_t continues)
{
    struct history *history = &strategy->history;
    if (continues != TRIAL_NONE && (continues < 0 || (uint64_t)continues >= history->n))
        return ST_INVALID;
    size_t size = space_count(history->space) * sizeof *point;
    memcpy(strategy->point, point, size);
    return history_append(history, &(struct proposal){strategy->point, continues});
}

enum status strategy_restore_report(struct strategy *strategy, uint64_t number,
                                    struct intermediate report)
{
    struct history *history = &strategy->history;
    size_t place = history_find_pending(history, number);
    if (place == history->n_pending || !isfinite(report.step) || !isfinite(report.value))
        return ST_INVALID;
    return history_report(history, place, report);
}
