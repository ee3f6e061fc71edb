#include "tests/check.h"

#include "base/strbuf.h"
#include "orchestrator/progress.h"

#include <string.h>

static const struct run_arm arms[] = {
    {.strategy = "grid", .limit = 9, .asked = 7, .ended = true},
    {.strategy = "bayes", .limit = 9, .asked = 3},
};
static const struct run_trial running[] = {
    {.id = "bayes.0.1", .running_s = 2, .step = NAN},
    {.id = "bayes.0.2", .running_s = 5, .step = 4},
};

static struct run_snapshot in_the_middle(void)
{
    return (struct run_snapshot){.study = "toy",
                                 .metric = "val_accuracy",
                                 .left_s = 90,
                                 .arm = 1,
                                 .arms = arms,
                                 .n_arms = 2,
                                 .running = running,
                                 .n_running = 2,
                                 .complete = 7,
                                 .failed = 1,
                                 .best = 0.71239,
                                 .energy_j = 1234,
                                 .quality = ENERGY_ESTIMATED};
}

static void expect(const struct run_snapshot *snapshot, const char *wanted)
{
    struct strbuf line = STRBUF_INIT;
    progress_line(snapshot, 0, &line);
    assert_string_equal(strbuf_text(&line), wanted);
    strbuf_free(&line);
}

static void the_line_tells_how_far_a_study_is(void **state)
{
    (void)state;
    struct run_snapshot snapshot = in_the_middle();
    expect(&snapshot,
           "bayes 8/16 trials, 1 failed | best val_accuracy 0.7124 | 1.23 kJ estimated"
           " | 2 running (bayes.0.2 at epoch 4) | 1 min 30 s left");
    snapshot.interrupted = true;
    snapshot.quality = ENERGY_NONE;
    expect(&snapshot, "bayes 8/16 trials, 1 failed | best val_accuracy 0.7124"
                      " | 2 running (bayes.0.2 at epoch 4) | stopping");
}

/* The best is one that keeps the constraints: how many do is told. */
static void the_feasible_are_counted_where_there_are_constraints(void **state)
{
    (void)state;
    struct run_snapshot snapshot = in_the_middle();
    snapshot.constrained = true;
    snapshot.feasible = 3;
    snapshot.n_running = 0;
    snapshot.left_s = NAN;
    expect(&snapshot, "bayes 8/16 trials, 1 failed | best val_accuracy 0.7124 | 3 feasible"
                      " | 1.23 kJ estimated | 0 running");
    snapshot.best = NAN;
    snapshot.feasible = 0;
    expect(&snapshot, "bayes 8/16 trials, 1 failed | 0 feasible | 1.23 kJ estimated"
                      " | 0 running");
}

/* Nothing is made up where nothing is known. */
static void a_study_that_begins_has_little_to_tell(void **state)
{
    (void)state;
    struct run_arm endless = {.strategy = "random"};
    struct run_snapshot snapshot = {.arms = &endless,
                                    .n_arms = 1,
                                    .left_s = NAN,
                                    .best = NAN,
                                    .energy_j = NAN,
                                    .quality = ENERGY_MEASURED};
    expect(&snapshot, "random 0 trials | 0 running");
}

static void the_line_fits_every_terminal(void **state)
{
    (void)state;
    struct run_snapshot snapshot = in_the_middle();
    struct strbuf whole = STRBUF_INIT;
    progress_line(&snapshot, 0, &whole);
    for (size_t width = 1; width < whole.length + 3; width++) {
        struct strbuf line = STRBUF_INIT;
        strbuf_append(&line, "\r"); /* what stood there before does not count */
        progress_line(&snapshot, width, &line);
        size_t kept = width < whole.length ? width : whole.length;
        assert_int_equal(line.length, 1 + kept);
        assert_memory_equal(line.text + 1, whole.text, kept);
        strbuf_free(&line);
    }
    strbuf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_how_far_a_study_is),
        cmocka_unit_test(the_feasible_are_counted_where_there_are_constraints),
        cmocka_unit_test(a_study_that_begins_has_little_to_tell),
        cmocka_unit_test(the_line_fits_every_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
