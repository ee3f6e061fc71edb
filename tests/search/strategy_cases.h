/* strategy_cases.h - every strategy of the table on spaces of every sort, and trials of them,
 * for the tests of the contract of strategy.h. A new type is picked up from the table. */
#ifndef TESTS_SEARCH_STRATEGY_CASES_H
#define TESTS_SEARCH_STRATEGY_CASES_H

#include "tests/search/fixture.h"

enum { CASE_TRIALS = 20, CASE_POINT_MAX = 8 };

/* A problem of CASE_TRIALS trials over the space. */
struct problem case_problem(const struct space *space);

/* A type may refuse a space that has no epochs, and only such a one. */
bool case_takes(const char *entry, const struct space *space);

/* Check each entry on each space that it takes. */
typedef void case_check(const char *entry, const struct space *space);
void case_for_each(case_check *check);

/* A bowl around a corner of the unit cube. */
double case_loss(const struct space *space, const double *point);

/* One step of a run: a trial was asked for, or its outcome told. */
struct case_event {
    bool asked;
    uint64_t number;
    enum trial_state state;
    double value;
    double point[CASE_POINT_MAX];
    int64_t continues;
    size_t n_reports; /* before it was told */
};

/* The k-th of the reports of a trial: its loss comes down. */
struct intermediate case_report(const struct space *space, const double *point, size_t k);

/* Report up to four times and tell the loss, into *event; every fifth trial fails, and one that
 * the strategy stops is pruned. */
void case_conclude(struct strategy *strategy, const struct space *space, uint64_t number,
                   struct case_event *event);

/* A trial that goes on from another one's checkpoint differs from that in the epochs alone. A
 * complete one goes on to more of them, one that was stopped perhaps to as many as it had. */
void case_check_continued(const struct history *history, const struct trial *trial);

#endif
