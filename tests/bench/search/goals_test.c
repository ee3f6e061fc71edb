#include "tests/bench/search/goals.h"

#include "tests/bench/search/pending.h"
#include "tests/bench/search/race_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line of the table of goals that begins so; the caller frees. */
static char *goal_line(const struct findings *findings, const char *start)
{
    char *text = NULL, *line = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    goals_print(out, findings);
    fclose(out);
    for (char *at = strtok(text, "\n"); at; at = strtok(NULL, "\n"))
        if (strncmp(at, start, strlen(start)) == 0)
            line = strdup(at);
    free(text);
    assert_non_null(line);
    return line;
}

/* What stands behind the goal: "yes", "no" or "-", and the figures. */
static void assert_goal(const struct findings *findings, const char *start,
                        const char *expected)
{
    char found[128] = "", *line = goal_line(findings, start);
    const char *bound = strstr(line, "= ");
    assert_non_null(bound);
    char *words = strdup(strchr(bound + 2, ' '));
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        strcat(found, *found ? " " : "");
        strcat(found, word);
    }
    assert_string_equal(found, expected);
    free(words);
    free(line);
}

static struct findings findings_of(struct race_fixture *fixture)
{
    return (struct findings){.choices = fixture->choices,
                             .n_samplers = 2,
                             .judged = 1,
                             .race = &fixture->race,
                             .joules = &fixture->race};
}

static void what_was_not_measured_is_neither_met_nor_missed(void **state)
{
    (void)state;
    struct race_fixture fixture;
    fixture_init(&fixture, 3, 1);
    struct findings findings = findings_of(&fixture);
    assert_goal(&findings, "ask after 100", "- - -");
    assert_goal(&findings, "problems won against TPE", "- - -");
    assert_goal(&findings, "regret with many", "- - -");
    assert_goal(&findings, "joules to", "- - -");
    race_free(&fixture.race);
}

static void times_are_those_of_the_judged_one(void **state)
{
    (void)state;
    struct race_fixture fixture;
    struct ask_time times[2][ASK_MARKS];
    fixture_init(&fixture, 3, 1);
    struct findings findings = findings_of(&fixture);
    for (int k = 0; k < 2; k++)
        for (int m = 0; m < ASK_MARKS; m++)
            times[k][m] = (struct ask_time){.median_s = k ? 0.01 : 1, .memory_mb = 80};
    findings.times = times;
    assert_goal(&findings, "ask after 100", "no 10.00 1000.00");
    assert_goal(&findings, "ask after 500", "yes 10.00 1000.00");
    assert_goal(&findings, "memory", "yes 80 80");
    race_free(&fixture.race);
}

/* Three seeds in which bayes is a hundred times nearer; then one rival more, against which it
 * is not. */
static void rivals_must_all_be_beaten(void **state)
{
    (void)state;
    struct race_fixture fixture;
    fixture_init(&fixture, 3, 1);
    struct findings findings = findings_of(&fixture);
    for (size_t s = 0; s < 3; s++) {
        fixture_trial(&fixture, 0, 0, s, 1, 100);
        fixture_trial(&fixture, 0, 1, s, 0.01, 10);
    }
    assert_goal(&findings, "problems won against TPE", "yes - 1.00");
    assert_goal(&findings, "problems won against Optuna", "- - 1.00");
    assert_goal(&findings, "decades below", "- - 2.00");
    assert_goal(&findings, "joules to", "yes 0.10 1.00");
    assert_goal(&findings, "own time of a run, slowest", "yes 0.250 0.250");
    strcpy(fixture.choices[0].label, "optuna-gp");
    assert_goal(&findings, "problems won against Optuna", "yes - 1.00");
    assert_goal(&findings, "decades: p", "no - 0.2");
    findings.judged = 0;
    strcpy(fixture.choices[1].label, "tpe");
    assert_goal(&findings, "problems won against TPE", "no - 0.00");
    race_free(&fixture.race);
}

static void ties_are_left_out(void **state)
{
    (void)state;
    struct race_fixture fixture;
    fixture_init(&fixture, 1, 1);
    struct findings findings = findings_of(&fixture);
    fixture_trial(&fixture, 0, 0, 0, 1e-9, 1);
    fixture_trial(&fixture, 0, 1, 0, 1e-8, 1);
    assert_goal(&findings, "problems won against TPE", "- - -");
    race_free(&fixture.race);
}

/* Regrets ten times as large on one target; what two values and spaces do is passed over. */
static void pending_is_a_ratio_of_regrets(void **state)
{
    (void)state;
    struct race_fixture sequential, parallel;
    fixture_init(&sequential, 2, 1);
    fixture_init(&parallel, 2, 1);
    parallel.race.workers = 64;
    struct findings findings = findings_of(&sequential);
    findings.sequential = &sequential.race;
    findings.parallel = &parallel.race;
    for (size_t t = 0; t < 3; t++)
        for (size_t s = 0; s < 2; s++) {
            fixture_trial(&sequential, t, 1, s, 0.01, 1);
            fixture_trial(&parallel, t, 1, s, t == 0 ? 0.1 : 0.5, 1);
        }
    assert_near(pending_ratio(&sequential.race, &parallel.race, 1), 10, 1e-9);
    assert_true(isnan(pending_ratio(&sequential.race, &parallel.race, 0)));
    assert_goal(&findings, "regret with many", "no 10.00 -");
    race_free(&sequential.race);
    race_free(&parallel.race);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_measured_is_neither_met_nor_missed),
        cmocka_unit_test(times_are_those_of_the_judged_one),
        cmocka_unit_test(rivals_must_all_be_beaten),
        cmocka_unit_test(ties_are_left_out),
        cmocka_unit_test(pending_is_a_ratio_of_regrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
