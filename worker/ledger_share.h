/* ledger_share.h - book an interval of one set of meters to the ranks and to the others.
 * For the ledger's own files only. */
#ifndef WORKER_LEDGER_SHARE_H
#define WORKER_LEDGER_SHARE_H

#include "worker/ledger_cut.h"
#include "worker/ledger_interval.h"

/* The processor time since the last cut is in ledger->weights. A meter that has not moved since
 * then has nothing to share: its interval goes on, and the processor time waits for it. */
void ledger_share(struct ledger *ledger, struct ledger_books *books, size_t set,
                  const struct ledger_interval *interval);

/* The same for its GPUs alone: to those that hold them. Answers what was booked, in
 * microjoules. */
int64_t ledger_share_gpus(struct ledger *ledger, struct ledger_books *books, size_t set,
                          const struct ledger_interval *interval);

/* Book a part of the interval to the slot's trial as dynamic or idle energy, with bounds as
 * wide as the interval's. */
void ledger_add_dynamic(struct ledger_account *account, int64_t part_uj,
                        const struct ledger_interval *interval);
void ledger_add_idle(struct ledger_account *account, int64_t part_uj,
                     const struct ledger_interval *interval);

#endif
