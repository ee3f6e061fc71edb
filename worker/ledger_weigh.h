/* ledger_weigh.h - who used how much processor time since the last cut.
 * For ledger_cut.c and ledger_trial.c only. */
#ifndef WORKER_LEDGER_WEIGH_H
#define WORKER_LEDGER_WEIGH_H

#include "worker/ledger_cut.h"

/* Watch this rank's trial from its very beginning: a short one may have left its control group
 * before the next cut. */
void ledger_weigh_begin(struct ledger *ledger, const struct ledger_slot *slot);

/* Look for the processes of all trials, now and then or when new_processes says so: on a large
 * node that takes milliseconds, so it comes before the meters are read. Answers whether it was
 * done. */
bool ledger_weigh_prepare(struct ledger *ledger, const struct ledger_books *books,
                          bool new_processes);

/* Right after the meters were read: fill ledger->weights with nanoseconds: [rank * SLOT_WEIGHTS
 * + TRIAL] and so on, and the others last. What is counted here is noted in the books, so that
 * it is counted once, and ranks that were found dead are marked in ledger->watches. `thorough`
 * is what ledger_weigh_prepare() answered, cpu_s is that of ledger_cut_books(). */
void ledger_weigh(struct ledger *ledger, struct ledger_books *books, bool thorough,
                  double cpu_s);

#endif
