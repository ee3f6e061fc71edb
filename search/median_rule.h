/* median_rule.h - stopping a trial that does worse than half of the others did by then.
 *
 * A running trial is stopped when the best value it has reported so far is worse than the
 * median of what the others, complete or stopped early, had as their best by the same step.
 * (Golovin et al. 2017, "Google Vizier", section 3.2.2, compare it with the others' running
 * averages, which the first steps of a loss that falls dominate.) A trial that continues
 * another one has that one's values too. Values are those of the first objective. Threading:
 * one owner at a time. */
#ifndef SEARCH_MEDIAN_RULE_H
#define SEARCH_MEDIAN_RULE_H

#include "search/strategy.h"

struct median_rule;

/* Read "prune", if there is one: {"rule": "median", "after_trials": 5, "from_step": 1}. *out is
 * NULL without it. The problem's objectives must outlive it. Errors: ST_NOMEM; mistakes go to
 * the problems. */
enum status median_rule_read(struct median_rule **out, const struct problem *problem,
                             struct json_reader *options);
void median_rule_free(struct median_rule *rule);

/* What the rule says after the last report of a pending trial. It goes on while less than
 * `after_trials` others have reported at that step, and when memory runs out. O(log n), and
 * O(n) for every new report of a told trial. */
enum verdict median_rule_judge(struct median_rule *rule, const struct history *history,
                               const struct trial *trial);

#endif
