#include "search/tpe_split.h"

#include "search/history.h"
#include "tests/check.h"
#include "tests/search/fixture.h"

static char metric[] = "m";

struct told {
    enum trial_state state;
    double values[2];
};

/* A history of these trials, one pending trial at the end, and its split. */
static void make(struct history *history, struct tpe_split *split,
                 const struct problem *problem, const struct told *told, size_t n)
{
    history_init(history, problem);
    tpe_split_init(split, problem);
    for (size_t i = 0; i < n; i++) {
        double x = (double)i;
        bool complete = told[i].state == TRIAL_COMPLETE;
        assert_int_equal(history_append(history, &(struct proposal){&x, TRIAL_NONE}), ST_OK);
        history_conclude(history, 0, told[i].state,
                         &(struct trial_result){.values = complete ? told[i].values : NULL,
                                                .energy_j = NAN});
        assert_int_equal(tpe_split_update(split, history), ST_OK);
    }
    double x = (double)n;
    assert_int_equal(history_append(history, &(struct proposal){&x, TRIAL_NONE}), ST_OK);
    assert_int_equal(tpe_split_update(split, history), ST_OK);
}

static void check_ranks(const struct objective *objectives, size_t n_objectives,
                        const struct told *told, size_t n, const size_t *expected)
{
    struct space *space =
        fixture_space("{\"x\": {\"type\": \"real\", \"low\": 0, \"high\": 10}}");
    struct problem problem = fixture_problem(space, 1);
    struct history history;
    struct tpe_split split;
    problem.objectives = objectives;
    problem.n_objectives = n_objectives;
    make(&history, &split, &problem, told, n);
    assert_int_equal(split.n_complete, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(split.ranked[i].trial, expected[i]);
    /* Failed, pruned, and the one that is pending; the cancelled one is not there. */
    assert_int_equal(split.n_bad, 3);
    assert_int_equal(split.bad[0], 1);
    assert_int_equal(split.bad[1], 4);
    assert_int_equal(split.bad[2], n);
    assert_int_equal(tpe_split_good(&split, 1), n_objectives == 1 ? 1 : 2);
    assert_int_equal(tpe_split_good(&split, 3), 3);
    assert_int_equal(tpe_split_good(&split, 9), 4);
    tpe_split_free(&split);
    history_free(&history);
    space_free(space);
}

/* The goal turns the sign, equal values stand in the order of telling, and the largest numbers
 * are no trouble. */
static void one_objective_ranks_by_value(void **state)
{
    (void)state;
    static const struct told told[] = {
        {TRIAL_COMPLETE, {3, 0}},      {TRIAL_FAILED, {0, 0}}, {TRIAL_COMPLETE, {1e308, 0}},
        {TRIAL_CANCELLED, {0, 0}},     {TRIAL_PRUNED, {0, 0}}, {TRIAL_COMPLETE, {3, 0}},
        {TRIAL_COMPLETE, {-1e308, 0}},
    };
    struct objective objective = {metric, GOAL_MINIMIZE};
    check_ranks(&objective, 1, told, 7, (size_t[]){6, 0, 5, 2});
    objective.goal = GOAL_MAXIMIZE;
    check_ranks(&objective, 1, told, 7, (size_t[]){2, 0, 5, 6});
}

/* Two trials that none dominates are both good; the next is dominated by one, the last by
 * three. */
static void several_objectives_rank_by_domination(void **state)
{
    (void)state;
    static const struct told told[] = {
        {TRIAL_COMPLETE, {5, 1}},  {TRIAL_FAILED, {0, 0}}, {TRIAL_COMPLETE, {2, 4}},
        {TRIAL_CANCELLED, {0, 0}}, {TRIAL_PRUNED, {0, 0}}, {TRIAL_COMPLETE, {1, 7}},
        {TRIAL_COMPLETE, {2, 8}},
    };
    static const struct objective objectives[] = {{metric, GOAL_MINIMIZE},
                                                  {metric, GOAL_MAXIMIZE}};
    check_ranks(objectives, 2, told, 7, (size_t[]){5, 6, 2, 0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_objective_ranks_by_value),
        cmocka_unit_test(several_objectives_rank_by_domination),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
