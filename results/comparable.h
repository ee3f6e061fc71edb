/* comparable.h - may the arms of a study be ranked by their joules?
 *
 * Not when they are of unequal provenance: when the attempts or the overhead of the arms that
 * have begun are of several qualities, when arms were metered differently, when the idle power
 * was known in one and not in another, or when the share of attempts without a figure or with
 * failed reads in it differs by more than 5 points. A study without any joules has none to
 * rank. Threading: no state. */
#ifndef RESULTS_COMPARABLE_H
#define RESULTS_COMPARABLE_H

#include "base/strbuf.h"
#include "results/snapshot.h"

/* Append what differs, strategy by strategy; nothing when the arms may be ranked. */
void comparable_differences(const struct snapshot *snapshot, struct strbuf *out);

/* Append what differs in how the same was counted, and forbids no ranking: the methods. */
void comparable_remarks(const struct snapshot *snapshot, struct strbuf *out);

/* Errors: ST_INVALID with what differs; ST_NOMEM. */
enum status comparable_check(const struct snapshot *snapshot, struct error *err);

#endif
