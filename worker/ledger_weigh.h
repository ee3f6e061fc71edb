/* ledger_weigh.h - who used how much processor time since the last cut.
 * For ledger_cut.c only. */
#ifndef WORKER_LEDGER_WEIGH_H
#define WORKER_LEDGER_WEIGH_H

#include "worker/ledger_cut.h"

/* Fill ledger->weights with nanoseconds: [rank * SLOT_WEIGHTS + TRIAL] and so on, and the
 * others last. What is counted here is noted in the books, so that it is counted once, and
 * ranks that were found dead are marked in ledger->watches. The arguments are those of
 * ledger_cut_books(). */
void ledger_weigh(struct ledger *ledger, struct ledger_books *books, bool new_processes,
                  double cpu_s);

#endif
