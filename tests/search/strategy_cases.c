#include "tests/search/strategy_cases.h"

#include <stdio.h>
#include <string.h>

struct problem case_problem(const struct space *space)
{
    struct problem problem = fixture_problem(space, 11);
    problem.budget_trials = CASE_TRIALS;
    return problem;
}

bool case_takes(const char *entry, const struct space *space)
{
    struct problem problem = case_problem(space);
    struct json *json = fixture_json(entry);
    struct json_problems problems = {.source = "t.json"};
    struct strategy *strategy;
    enum status status = strategy_create(&strategy, &problem, json, NULL, "s", &problems);
    if (status) {
        assert_non_null(strstr(strbuf_text(&problems.text), "'epochs'"));
        assert_int_equal(space_find(space, "epochs"), space_count(space));
    }
    strategy_free(strategy);
    json_problems_free(&problems);
    json_free(json);
    return status == ST_OK;
}

static void for_each_space(const char *entry, case_check *check)
{
    size_t cases = 0;
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        assert_true(space_count(space) <= CASE_POINT_MAX);
        if (case_takes(entry, space)) {
            check(entry, space);
            cases++;
        }
        space_free(space);
    }
    assert_true(cases >= 3);
}

/* Options that make another strategy of a type. */
static const char *const other_entries[] = {
    "{\"name\": \"bayes\", \"fidelity\": \"epochs\"}",
    "{\"name\": \"random\", \"prune\": {\"after_trials\": 2}}",
};

void case_for_each(case_check *check)
{
    for (size_t t = 0; strategy_types[t]; t++) {
        char entry[64];
        snprintf(entry, sizeof entry, "\"%s\"", strategy_types[t]->name);
        for_each_space(entry, check);
    }
    for (size_t i = 0; i < sizeof other_entries / sizeof other_entries[0]; i++)
        for_each_space(other_entries[i], check);
}

double case_loss(const struct space *space, const double *point)
{
    double u[CASE_POINT_MAX], sum = 0;
    space_to_unit(space, point, u);
    for (size_t d = 0; d < space_dims(space); d++)
        sum += (u[d] - 0.2) * (u[d] - 0.2);
    return sum;
}

struct intermediate case_report(const struct space *space, const double *point, size_t k)
{
    return (struct intermediate){(double)(1 << k),
                                 case_loss(space, point) + 1 / (1.0 + (double)k)};
}

/* True when the strategy wants it to stop. */
static bool send_reports(struct strategy *strategy, const struct space *space,
                         const struct trial *trial, size_t *n_reports)
{
    for (*n_reports = 0; *n_reports < 4;) {
        struct intermediate report = case_report(space, trial->point, (*n_reports)++);
        if (strategy_report(strategy, trial->number, report) == VERDICT_STOP)
            return true;
    }
    return false;
}

void case_conclude(struct strategy *strategy, const struct space *space, uint64_t number,
                   struct case_event *event)
{
    const struct trial *trial = &strategy_history(strategy)->trials[number];
    size_t n_reports;
    bool stopped = send_reports(strategy, space, trial, &n_reports);
    *event = (struct case_event){.number = number,
                                 .state = number % 5 == 3 ? TRIAL_FAILED
                                          : stopped       ? TRIAL_PRUNED
                                                          : TRIAL_COMPLETE,
                                 .value = case_loss(space, trial->point),
                                 .n_reports = n_reports};
    bool complete = event->state == TRIAL_COMPLETE;
    assert_int_equal(
        strategy_tell(
            strategy, number, event->state,
            &(struct trial_result){.values = complete ? &event->value : NULL, .energy_j = 10}),
        ST_OK);
}

static double epochs_of(const struct space *space, const double *point)
{
    size_t i = space_find(space, "epochs");
    const struct param *param = space_param(space, i);
    return param->kind == PARAM_ORDINAL ? param->levels[(size_t)point[i]].number : point[i];
}

void case_check_continued(const struct history *history, const struct trial *trial)
{
    const struct space *space = history->space;
    if (trial->continues == TRIAL_NONE)
        return;
    assert_true(trial->continues >= 0 && (uint64_t)trial->continues < trial->number);
    const struct trial *parent = &history->trials[trial->continues];
    assert_true(parent->state == TRIAL_COMPLETE || parent->state == TRIAL_PRUNED);
    size_t epochs = space_find(space, "epochs");
    double point[CASE_POINT_MAX];
    memcpy(point, trial->point, space_count(space) * sizeof *point);
    point[epochs] = parent->point[epochs];
    assert_true(space_equal(space, point, parent->point));
    double more = epochs_of(space, trial->point) - epochs_of(space, parent->point);
    assert_true(more > 0 || (more == 0 && parent->state == TRIAL_PRUNED));
}
