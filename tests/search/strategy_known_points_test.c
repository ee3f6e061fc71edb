/* Every strategy of the table where points run out or are known: finite spaces, the trials of
 * earlier studies, and points that may come again. */
#include "tests/search/strategy_cases.h"

#include <math.h>
#include <string.h>

/* Sequential, until the strategy has nothing more to propose. */
static void check_exhaustion(const char *entry, const struct space *space)
{
    if (!isfinite(space_size(space)))
        return;
    struct problem problem = case_problem(space);
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct history *history = strategy_history(strategy);
    const struct trial *trial;
    struct case_event event;
    enum ask ask;
    double count = strategy_count(strategy);
    size_t continued = 0, repeated = 0;
    while ((ask = strategy_ask(strategy, &trial)) == ASK_PROPOSED) {
        assert_true((double)history->n <= count);
        case_check_continued(history, trial);
        continued += trial->continues != TRIAL_NONE;
        repeated += trial->continues != TRIAL_NONE &&
                    space_equal(space, trial->point, history->trials[trial->continues].point);
        case_conclude(strategy, space, trial->number, &event);
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
    case_for_each(check_exhaustion);
}

enum { EARLIER = 12 };

/* Trials of an earlier study, as another strategy chose their points. */
struct earlier {
    struct trial trials[EARLIER];
    double points[EARLIER][CASE_POINT_MAX], values[EARLIER];
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
        earlier->values[i] = case_loss(space, trial->point);
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
    bool taken = case_takes(entry, space);
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
    struct case_event event;
    assert_true(history_contains(strategy_history(first), earlier.points[earlier.n - 1]));
    bool anew = halves(entry);
    for (size_t i = 0; i < CASE_TRIALS; i++) {
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
        case_conclude(first, space, trial->number, &event);
        case_conclude(second, space, same->number, &event);
    }
    strategy_free(first);
    strategy_free(second);
}

static void points_of_earlier_studies_are_known(void **state)
{
    (void)state;
    case_for_each(check_earlier);
}

static void check_duplicates_allowed(const char *entry, const struct space *space)
{
    if (space_size(space) > 100)
        return;
    struct problem problem = case_problem(space);
    problem.allow_duplicates = true;
    struct strategy *strategy = fixture_strategy(&problem, entry, NULL);
    const struct trial *trial;
    struct case_event event;
    for (size_t k = 0; (double)k < space_size(space) + 5; k++) {
        assert_int_equal(strategy_ask(strategy, &trial), ASK_PROPOSED);
        case_conclude(strategy, space, trial->number, &event);
    }
    strategy_free(strategy);
}

static void a_study_may_ask_for_points_again(void **state)
{
    (void)state;
    case_for_each(check_duplicates_allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finite_space_ends_without_duplicates),
        cmocka_unit_test(points_of_earlier_studies_are_known),
        cmocka_unit_test(a_study_may_ask_for_points_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
