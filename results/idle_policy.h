/* idle_policy.h - whose is the energy that a node takes while it does nothing?
 *
 * Dynamic and idle energy are stored apart; the policy is applied when reading:
 *   equal         an attempt has the part that was booked to it: its worker's equal share of
 *                 the node's idle energy while it ran
 *   separate      no attempt has any of it
 *   proportional  the idle energy booked to an arm's attempts on a host is handed out anew, in
 *                 proportion to their dynamic energy
 * `equal` and `proportional` have the same sum. */
#ifndef RESULTS_IDLE_POLICY_H
#define RESULTS_IDLE_POLICY_H

#include "results/record.h"

enum idle_policy { IDLE_EQUAL, IDLE_SEPARATE, IDLE_PROPORTIONAL, IDLE_POLICIES };
extern const char *const idle_policy_names[IDLE_POLICIES];

/* energy_j[n] are the joules of the n attempts of one arm; NaN where there is no figure. A
 * policy of another name is `equal`. */
void idle_policy_apply(const char *policy, const struct attempt_record *attempts, size_t n,
                       double *energy_j);

#endif
