#include "search/median_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The best costs of told trials by a step. */
struct column {
    double step;
    double *costs; /* [n], rising */
    size_t n, capacity;
};

struct median_rule {
    enum goal goal;
    size_t after_trials;
    double from_step;
    struct column *columns; /* [n_columns], by step, rising */
    size_t n_columns, capacity;
    size_t seen;         /* told trials that are in the columns, */
    size_t seen_reports; /* and reports of the next one */
};

enum status median_rule_read(struct median_rule **out, const struct problem *problem,
                             struct json_reader *options)
{
    static const char *const rules[] = {"median"};
    *out = NULL;
    if (!json_read_any(options, "prune"))
        return ST_OK;
    struct median_rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return ST_NOMEM;
    struct json_reader prune;
    json_reader_enter(&prune, options, "prune");
    json_read_choice(&prune, "rule", 0, rules, 1);
    rule->goal = problem->objectives[0].goal;
    rule->after_trials = (size_t)json_read_integer(&prune, "after_trials", 5, 1, 1000000);
    rule->from_step = json_read_number(&prune, "from_step", 1, 0, 1e15);
    json_reader_close(&prune);
    *out = rule;
    return ST_OK;
}

void median_rule_free(struct median_rule *rule)
{
    if (!rule)
        return;
    for (size_t i = 0; i < rule->n_columns; i++)
        free(rule->columns[i].costs);
    free(rule->columns);
    free(rule);
}

/* The place of the first column at this step or a later one. */
static size_t find_column(const struct median_rule *rule, double step)
{
    size_t low = 0, high = rule->n_columns;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rule->columns[middle].step < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The column of a step, made when there is none; NULL when out of memory. */
static struct column *open_column(struct median_rule *rule, double step)
{
    size_t place = find_column(rule, step);
    if (place < rule->n_columns && rule->columns[place].step == step)
        return &rule->columns[place];
    if (rule->n_columns == rule->capacity) {
        size_t capacity = 2 * rule->capacity + 16;
        struct column *columns = realloc(rule->columns, capacity * sizeof *columns);
        if (!columns)
            return NULL;
        rule->columns = columns;
        rule->capacity = capacity;
    }
    struct column *column = rule->columns + place;
    memmove(column + 1, column, (rule->n_columns++ - place) * sizeof *column);
    *column = (struct column){.step = step};
    return column;
}

static enum status add_cost(struct column *column, double cost)
{
    if (column->n == column->capacity) {
        size_t capacity = 2 * column->capacity + 16;
        double *costs = realloc(column->costs, capacity * sizeof *costs);
        if (!costs)
            return ST_NOMEM;
        column->costs = costs;
        column->capacity = capacity;
    }
    size_t place = column->n++;
    for (; place > 0 && cost < column->costs[place - 1]; place--)
        column->costs[place] = column->costs[place - 1];
    column->costs[place] = cost;
    return ST_OK;
}

/* The best of a trial's first n reports and of those it goes on from. */
static double best_cost(const struct median_rule *rule, const struct history *history,
                        const struct trial *trial, size_t n)
{
    double best = HUGE_VAL;
    while (true) {
        for (size_t i = 0; i < n; i++)
            best = fmin(best, goal_cost(rule->goal, trial->reports[i].value));
        if (trial->continues == TRIAL_NONE)
            return best;
        trial = &history->trials[trial->continues];
        n = trial->n_reports;
    }
}

static enum status add_trial(struct median_rule *rule, const struct history *history,
                             const struct trial *trial)
{
    bool counts = trial->state == TRIAL_COMPLETE || trial->state == TRIAL_PRUNED;
    for (; counts && rule->seen_reports < trial->n_reports; rule->seen_reports++) {
        size_t i = rule->seen_reports;
        struct column *column = open_column(rule, trial->reports[i].step);
        if (!column || add_cost(column, best_cost(rule, history, trial, i + 1)))
            return ST_NOMEM;
    }
    rule->seen_reports = 0;
    return ST_OK;
}

static enum status update(struct median_rule *rule, const struct history *history)
{
    for (; rule->seen < history->n_told; rule->seen++)
        if (add_trial(rule, history, &history->trials[history->told[rule->seen]]))
            return ST_NOMEM;
    return ST_OK;
}

enum verdict median_rule_judge(struct median_rule *rule, const struct history *history,
                               const struct trial *trial)
{
    double step = trial->reports[trial->n_reports - 1].step;
    if (step < rule->from_step || update(rule, history))
        return VERDICT_GO_ON;
    size_t place = find_column(rule, step);
    if (place == rule->n_columns || rule->columns[place].step != step ||
        rule->columns[place].n < rule->after_trials)
        return VERDICT_GO_ON;
    const struct column *column = &rule->columns[place];
    double median = (column->costs[(column->n - 1) / 2] + column->costs[column->n / 2]) / 2;
    return best_cost(rule, history, trial, trial->n_reports) > median ? VERDICT_STOP
                                                                      : VERDICT_GO_ON;
}
