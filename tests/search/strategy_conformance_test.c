/* Every strategy of the table, through the contract of strategy.h, in runs of several workers.
 */
#include "tests/search/strategy_cases.h"

#include <string.h>

enum { WORKERS = 3, EVENTS_MAX = 2 * CASE_TRIALS + WORKERS };

struct run {
    struct case_event events[EVENTS_MAX];
    size_t n_events;
};

static void record_ask(struct run *run, const struct space *space, const struct trial *trial)
{
    struct case_event *event = &run->events[run->n_events++];
    *event = (struct case_event){
        .asked = true, .number = trial->number, .continues = trial->continues};
    memcpy(event->point, trial->point, space_count(space) * sizeof *trial->point);
}

/* Run CASE_TRIALS trials with WORKERS at a time that end in a random order. */
static void run_study(struct run *run, struct strategy *strategy, const struct space *space)
{
    const struct history *history = strategy_history(strategy);
    struct rng rng;
    rng_seed(&rng, 5);
    run->n_events = 0;
    bool more = true;
    while (more || history->n_pending > 0) {
        const struct trial *trial;
        bool room = more && history->n < CASE_TRIALS && history->n_pending < WORKERS;
        enum ask ask = room ? strategy_ask(strategy, &trial) : ASK_WAIT;
        more = ask != ASK_DONE && history->n < CASE_TRIALS;
        if (ask == ASK_PROPOSED) {
            case_check_continued(history, trial);
            record_ask(run, space, trial);
        } else if (ask == ASK_WAIT) {
            assert_true(history->n_pending > 0); /* there must be something to wait for */
            uint64_t which = history->pending[rng_below(&rng, history->n_pending)];
            case_conclude(strategy, space, which, &run->events[run->n_events++]);
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

static void assert_same_event(const struct case_event *a, const struct case_event *b,
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
        double repaired[CASE_POINT_MAX];
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
    case_for_each(check_points);
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
    case_for_each(check_determinism);
}

static void restore_reports(struct strategy *strategy, const struct case_event *event)
{
    const struct history *history = strategy_history(strategy);
    for (size_t k = 0; k < event->n_reports; k++) {
        const double *point = history->trials[event->number].point;
        assert_int_equal(strategy_restore_report(strategy, event->number,
                                                 case_report(history->space, point, k)),
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
        const struct case_event *event = &run->events[e];
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
    case_for_each(check_replay);
}

static struct json *two_points(const struct space *space, double points[2][CASE_POINT_MAX])
{
    struct json *list = json_array_create();
    for (int k = 0; k < 2; k++) {
        double u[CASE_POINT_MAX];
        for (size_t d = 0; d < CASE_POINT_MAX; d++)
            u[d] = k == 0 ? 0.05 : 0.95;
        space_from_unit(space, u, points[k]);
        json_append_value(list, space_point_to_json(space, points[k]));
    }
    return list;
}

static void check_enqueue(const char *entry, const struct space *space)
{
    double points[2][CASE_POINT_MAX];
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
    case_for_each(check_enqueue);
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
        cmocka_unit_test(enqueued_points_come_first_and_only_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
