#include "tests/search/fixture.h"

static void a_conditional_space_is_used_up_without_duplicates(void **state)
{
    (void)state;
    struct space *space = fixture_space(fixture_spaces[5].text);
    struct problem problem = fixture_problem(space, 3);
    static const char *const names[] = {"\"grid\"", "\"random\"", "\"sobol\""};
    for (int s = 0; s < 3; s++) {
        struct strategy *strategy = fixture_strategy(&problem, names[s], NULL);
        const struct trial *trial;
        int n = 0;
        while (strategy_ask(strategy, &trial) == ASK_PROPOSED)
            n++;
        /* lenet: momentum 2+1; vgg: (1+1+2+2) x 3; none: 2 */
        assert_int_equal(n, 3 + 18 + 2);
        assert_near(space_size(space), 23, 0);
        strategy_free(strategy);
    }
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_conditional_space_is_used_up_without_duplicates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
