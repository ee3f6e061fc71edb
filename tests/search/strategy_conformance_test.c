/* Every strategy of the table, through the contract of strategy.h, over spaces of every sort. A
 * new type is picked up from the table. */
#include "tests/search/fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TRIALS = 20, WORKERS = 3, EVENTS_MAX = 2 * TRIALS + WORKERS, POINT_MAX = 8 };

/* One step of a run: a trial was asked for, or its outcome told. */
struct event {
    bool asked;
    uint64_t number;
    enum trial_state state;
    double value;
    double point[POINT_MAX];
    int64_t continues;
    size_t n_reports; /* before it was told */
};

struct run {
    struct event events[EVENTS_MAX];
    size_t n_events;
};

static struct problem case_problem(const struct space *space)
{
    struct problem problem = fixture_problem(space, 11);
    problem.budget_trials = TRIALS;
    return problem;
}

/* A type may refuse a space that has no epochs, and only such a one. */
static bool takes(const char *entry, const struct space *space)
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

typedef void check_case(const char *entry, const struct space *space);

static void for_each_space(const char *entry, check_case *check)
{
    size_t cases = 0;
    for (size_t s = 0; s < fixture_n_spaces; s++) {
        struct space *space = fixture_space(fixture_spaces[s].text);
        assert_true(space_count(space) <= POINT_MAX);
        if (takes(entry, space)) {
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

static void for_each_case(check_case *check)
{
    for (size_t t = 0; strategy_types[t]; t++) {
        char entry[64];
        snprintf(entry, sizeof entry, "\"%s\"", strategy_types[t]->name);
        for_each_space(entry, check);
    }
    for (size_t i = 0; i < sizeof other_entries / sizeof other_entries[0]; i++)
        for_each_space(other_entries[i], check);
}

/* A bowl around a corner of the unit cube. */
static double loss(const struct space *space, const double *point)
{
    double u[POINT_MAX], sum = 0;
    space_to_unit(space, point, u);
    for (size_t d = 0; d < space_dims(space); d++)
        sum += (u[d] - 0.2) * (u[d] - 0.2);
    return sum;
}

/* Of each trial the loss is reported four times, on its way down. */
static struct intermediate report_of(const struct space *space, const double *point, size_t k)
{
    return (struct intermediate){(double)(1 << k), loss(space, point) + 1 / (1.0 + (double)k)};
}

/* True when the strategy wants it to stop. */
static bool send_reports(struct strategy *strategy, const struct space *space,
                         const struct trial *trial, size_t *n_reports)
{
    for (*n_reports = 0; *n_reports < 4;) {
        struct intermediate report = report_of(space, trial->point, (*n_reports)++);
        if (strategy_report(strategy, trial->number, report) == VERDICT_STOP)
            return true;
    }
    return false;
}

/* Every fifth trial fails. */
static void conclude(struct strategy *strategy, const struct space *space, uint64_t number,
                     struct event *event)
{
    const struct trial *trial = &strategy_history(strategy)->trials[number];
    size_t n_reports;
    bool stopped = send_reports(strategy, space, trial, &n_reports);
    *event = (struct event){.number = number,
                            .state = number % 5 == 3 ? TRIAL_FAILED
                                     : stopped       ? TRIAL_PRUNED
                                                     : TRIAL_COMPLETE,
                            .value = loss(space, trial->point),
                            .n_reports = n_reports};
    bool complete = event->state == TRIAL_COMPLETE;
    assert_int_equal(
        strategy_tell(
            strategy, number, event->state,
            &(struct trial_result){.values = complete ? &event->value : NULL, .energy_j = 10}),
        ST_OK);
}

static void record_ask(struct run *run, const struct space *space, const struct trial *trial)
{
    struct event *event = &run->events[run->n_events++];
    *event =
        (struct event){.asked = true, .number = trial->number, .continues = trial->continues};
    memcpy(event->point, trial->point, space_count(space) * sizeof *trial->point);
}

static double epochs_of(const struct space *space, const double *point)
{
    size_t i = space_find(space, "epochs");
    const struct param *param = space_param(space, i);
    return param->kind == PARAM_ORDINAL ? param->levels[(size_t)point[i]].number : point[i];
}

/* A trial that goes on from another one's checkpoint differs from that in the epochs alone. A
 * complete one goes on to more of them, one that was stopped perhaps to as many as it had. */
static void check_continued(const struct history *history, const struct trial *trial)
{
    const struct space *space = history->space;
    if (trial->continues == TRIAL_NONE)
        return;
    assert_true(trial->continues >= 0 && (uint64_t)trial->continues < trial->number);
    const struct trial *parent = &history->trials[trial->continues];
    assert_true(parent->state == TRIAL_COMPLETE || parent->state == TRIAL_PRUNED);
    size_t epochs = space_find(space, "epochs");
    double point[POINT_MAX];
    memcpy(point, trial->point, space_count(space) * sizeof *point);
    point[epochs] = parent->point[epochs];
    assert_true(space_equal(space, point, parent->point));
    double more = epochs_of(space, trial->point) - epochs_of(space, parent->point);
    assert_true(more > 0 || (more == 0 && parent->state == TRIAL_PRUNED));
}

/* Run TRIALS trials with WORKERS at a time that end in a random order. */
static void run_study(struct run *run, struct strategy *strategy, const struct space *space)
{
    const struct history *history = strategy_history(strategy);
    struct rng rng;
    rng_seed(&rng, 5);
    run->n_events = 0;
    bool more = true;
    while (more || history->n_pending > 0) {
        const struct trial *trial;
        bool room = more && history->n < TRIALS && history->n_pending < WORKERS;
        enum ask ask = room ? strategy_ask(strategy, &trial) : ASK_WAIT;
        more = ask != ASK_DONE && history->n < TRIALS;
        if (ask == ASK_PROPOSED) {
            check_continued(history, trial);
            record_ask(run, space, trial);
        } else if (ask == ASK_WAIT) {
            assert_true(history->n_pending > 0); /* there must be something to wait for */
            uint64_t which = history->pending[rng_below(&rng, history->n_pending)];
            conclude(strategy, space, which, &run->events[run->n_events++]);
        } else {
            assert_int_equal(ask, ASK_DONE);
        }
    }
    assert_int_equal(run->n_events, 2 * history->n);
    for (size_t i = 0; i < history->n; i++)
        assert_true(history->trials[i].continues == TRIAL_NONE || strategy_continues(strategy));
    assert_int_equal(history->n_told, history->n);
}

static void start_and_run(struct run *run, const char *entry, const struct space *space)
{
    struct problem problem = case_problem(space);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    run_study(run, strategy, space);
    assert_true(strategy_history(strategy)->n > 4);
    strategy_free(strategy);
}

static void assert_same_event(const struct event *a, const struct event *b,
                              const struct space *space)
{
    assert_true(a->asked == b->asked);
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->continues, b->continues);
    assert_int_equal(a->n_reports, b->n_reports);
    if (a->asked)
        assert_true(space_equal(space, a->point, b->point));
}

/* Proposals are points of the lattice: repairing them changes nothing, and none comes twice but
 * to go on. */
static void check_points(const char *entry, const struct space *space)
{
    struct run run;
    start_and_run(&run, entry, space);
    size_t n = space_count(space);
    for (size_t e = 0; e < run.n_events; e++) {
        const double *point = run.events[e].point;
        double repaired[POINT_MAX];
        memcpy(repaired, point, n * sizeof *point);
        if (!run.events[e].asked)
            continue;
        space_repair(space, repaired);
        assert_true(space_equal(space, point, repaired));
        for (size_t f = 0; f < e && run.events[e].continues == TRIAL_NONE; f++)
            assert_false(run.events[f].asked && space_equal(space, point, run.events[f].point));
    }
}

static void proposals_are_new_points_of_the_space(void **state)
{
    (void)state;
    for_each_case(check_points);
}

static void check_determinism(const char *entry, const struct space *space)
{
    struct run first, second;
    start_and_run(&first, entry, space);
    start_and_run(&second, entry, space);
    assert_int_equal(first.n_events, second.n_events);
    for (size_t e = 0; e < first.n_events; e++)
        assert_same_event(&first.events[e], &second.events[e], space);
}

static void a_run_repeats_itself(void **state)
{
    (void)state;
    for_each_case(check_determinism);
}

static void restore_reports(struct strategy *strategy, const struct event *event)
{
    const struct history *history = strategy_history(strategy);
    for (size_t k = 0; k < event->n_reports; k++) {
        const double *point = history->trials[event->number].point;
        assert_int_equal(strategy_restore_report(strategy, event->number,
                                                 report_of(history->space, point, k)),
                         ST_OK);
    }
}

/* A fresh strategy with the past of the run's first `cut` events: the trials, then the results.
 */
static struct strategy *restore(const struct problem *problem, const char *entry,
                                const struct run *run, size_t cut)
{
    struct strategy *strategy = fixture_strategy(problem, entry, NULL);
    for (size_t e = 0; e < cut; e++)
        if (run->events[e].asked)
            assert_int_equal(
                strategy_restore(strategy, run->events[e].point, run->events[e].continues),
                ST_OK);
    for (size_t e = 0; e < cut; e++) {
        const struct event *event = &run->events[e];
        bool complete = event->state == TRIAL_COMPLETE;
        if (!event->asked)
            restore_reports(strategy, event);
        if (!event->asked)
            assert_int_equal(
                strategy_tell(strategy, event->number, event->state,
                              &(struct trial_result){.values = complete ? &event->value : NULL,
                                                     .energy_j = 10}),
                ST_OK);
    }
    return strategy;
}

static void check_replay(const char *entry, const struct space *space)
{
    struct problem problem = case_problem(space);
    struct run run;
    start_and_run(&run, entry, space);
    for (size_t cut = 0; cut < run.n_events; cut++) {
        if (!run.events[cut].asked)
            continue;
        struct strategy *strategy = restore(&problem, entry, &run, cut);
        const struct trial *trial;
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        assert_int_equal(trial->number, run.events[cut].number);
        assert_true(space_equal(space, trial->point, run.events[cut].point));
        assert_int_equal(trial->continues, run.events[cut].continues);
        strategy_free(strategy);
    }
}

static void a_restored_run_goes_on_as_it_would_have(void **state)
{
    (void)state;
    for_each_case(check_replay);
}

/* Sequential, until the strategy has nothing more to propose. */
static void check_exhaustion(const char *entry, const struct space *space)
{
    if (!isfinite(space_size(space)))
        return;
    struct problem problem = case_problem(space);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    struct event event;
    enum ask ask;
    double count = strategy_count(strategy);
    size_t continued = 0, repeated = 0;
    while ((ask = strategy_ask(strategy, &trial)) == ASK_PROPOSED) {
        assert_true((double)history->n <= count);
        check_continued(history, trial);
        continued += trial->continues != TRIAL_NONE;
        repeated += trial->continues != TRIAL_NONE &&
                    space_equal(space, trial->point, history->trials[trial->continues].point);
        conclude(strategy, space, trial->number, &event);
    }
    assert_int_equal(ask, ASK_DONE);
    assert_int_equal(strategy_ask(strategy, &trial), ASK_DONE);
    assert_int_equal(history->n_distinct + repeated, history->n);
    if (continued == 0)
        assert_int_equal(history->n, (size_t)space_size(space));
    else /* every configuration was tried, with few epochs or more */
        assert_true((double)history->n * 3 >= space_size(space));
    strategy_free(strategy);
}

static void a_finite_space_ends_without_duplicates(void **state)
{
    (void)state;
    for_each_case(check_exhaustion);
}

enum { EARLIER = 12 };

/* Trials of an earlier study, as another strategy chose their points. */
struct earlier {
    struct trial trials[EARLIER];
    double points[EARLIER][POINT_MAX], values[EARLIER];
    size_t n;
};

static void fill_earlier(struct earlier *earlier, const struct space *space)
{
    struct problem problem = case_problem(space);
    struct strategy *strategy = fixture_strategy(&problem, "\"random\"", NULL);
    const struct trial *trial;
    earlier->n = 0;
    while (earlier->n < EARLIER && strategy_ask(strategy, &trial) == ASK_PROPOSED) {
        size_t i = earlier->n++;
        memcpy(earlier->points[i], trial->point, space_count(space) * sizeof *trial->point);
        earlier->values[i] = loss(space, trial->point);
        earlier->trials[i] = (struct trial){.number = i,
                                            .state = TRIAL_COMPLETE,
                                            .point = earlier->points[i],
                                            .continues = TRIAL_NONE,
                                            .values = &earlier->values[i],
                                            .energy_j = NAN};
    }
    strategy_free(strategy);
}

static bool among(const struct earlier *earlier, const struct space *space, const double *point)
{
    for (size_t i = 0; i < earlier->n; i++)
        if (space_equal(space, earlier->points[i], point))
            return true;
    return false;
}

/* A type that lives by epochs trains configurations anew. */
static bool halves(const char *entry)
{
    struct space *space = fixture_space(fixture_spaces[0].text);
    bool taken = takes(entry, space);
    space_free(space);
    return !taken;
}

/* With a past in another study: its points are not proposed, a space that it exhausted is done,
 * and the run repeats itself. */
static void check_earlier(const char *entry, const struct space *space)
{
    struct earlier earlier;
    struct problem problem = case_problem(space);
    fill_earlier(&earlier, space);
    problem.earlier = earlier.trials;
    problem.n_earlier = earlier.n;
    struct strategy *first = fixture_strategy(&problem, entry, NULL);
    struct strategy *second = fixture_strategy(&problem, entry, NULL);
    const struct trial *trial, *same;
    struct event event;
    assert_true(history_contains(strategy_history(first), earlier.points[earlier.n - 1]));
    bool anew = halves(entry);
    for (size_t i = 0; i < TRIALS; i++) {
        enum ask ask = strategy_ask(first, &trial);
        assert_int_equal(strategy_ask(second, &same), ask);
        if (ask != ASK_PROPOSED) {
            assert_true(ask == ASK_DONE && isfinite(strategy_count(first)));
            break;
        }
        assert_true(space_equal(space, trial->point, same->point));
        assert_true(anew || trial->continues != TRIAL_NONE ||
                    !among(&earlier, space, trial->point));
        assert_true((double)i < strategy_count(first));
        conclude(first, space, trial->number, &event);
        conclude(second, space, same->number, &event);
    }
    strategy_free(first);
    strategy_free(second);
}

static void points_of_earlier_studies_are_known(void **state)
{
    (void)state;
    for_each_case(check_earlier);
}

static struct json *two_points(const struct space *space, double points[2][POINT_MAX])
{
    struct json *list = json_array_create();
    for (int k = 0; k < 2; k++) {
        double u[POINT_MAX];
        for (size_t d = 0; d < POINT_MAX; d++)
            u[d] = k == 0 ? 0.05 : 0.95;
        space_from_unit(space, u, points[k]);
        json_append_value(list, space_point_to_json(space, points[k]));
    }
    return list;
}

static void check_enqueue(const char *entry, const struct space *space)
{
    double points[2][POINT_MAX];
    struct json *list = two_points(space, points);
    struct strbuf text = STRBUF_INIT;
    assert_int_equal(json_print(list, false, &text), ST_OK);
    struct problem problem = case_problem(space);
    struct strategy *strategy = fixture_strategy(&problem, entry, strbuf_text(&text));
    struct run run;
    run_study(&run, strategy, space);
    size_t n_asked = 0;
    for (size_t e = 0; e < run.n_events; e++) {
        if (!run.events[e].asked)
            continue;
        for (size_t k = 0; k < 2 && run.events[e].continues == TRIAL_NONE; k++)
            assert_true(space_equal(space, run.events[e].point, points[k]) == (n_asked == k));
        n_asked++;
    }
    assert_true(n_asked > 4);
    strategy_free(strategy);
    strbuf_free(&text);
    json_free(list);
}

static void enqueued_points_come_first_and_only_once(void **state)
{
    (void)state;
    for_each_case(check_enqueue);
}

static void check_duplicates_allowed(const char *entry, const struct space *space)
{
    if (space_size(space) > 100)
        return;
    struct problem problem = case_problem(space);
    problem.allow_duplicates = true;
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct trial *trial;
    struct event event;
    for (size_t k = 0; (double)k < space_size(space) + 5; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        conclude(strategy, space, trial->number, &event);
    }
    strategy_free(strategy);
}

static void a_study_may_ask_for_points_again(void **state)
{
    (void)state;
    for_each_case(check_duplicates_allowed);
}

static void every_type_is_complete_and_found_by_name(void **state)
{
    (void)state;
    for (size_t t = 0; strategy_types[t]; t++) {
        const struct strategy_type *type = strategy_types[t];
        assert_ptr_equal(strategy_type_find(type->name), type);
        assert_true(type->summary && *type->summary && type->create && type->free && type->ask);
    }
    assert_null(strategy_type_find("nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_complete_and_found_by_name),
        cmocka_unit_test(proposals_are_new_points_of_the_space),
        cmocka_unit_test(a_run_repeats_itself),
        cmocka_unit_test(a_restored_run_goes_on_as_it_would_have),
        cmocka_unit_test(a_finite_space_ends_without_duplicates),
        cmocka_unit_test(points_of_earlier_studies_are_known),
        cmocka_unit_test(enqueued_points_come_first_and_only_once),
        cmocka_unit_test(a_study_may_ask_for_points_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
