/* fake_ledger.h - books that only count the entries, for tests of who makes them. Every tick
 * and the end of a trial are a cut a millisecond after the one before, and book a microjoule to
 * the trial. */
#ifndef TESTS_WORKER_FAKE_LEDGER_H
#define TESTS_WORKER_FAKE_LEDGER_H

#include "worker/ledger.h"

struct ledger {
    int begun, ended, ticks;
    pid_t root;
    double cpu_s;
    struct ledger_view view; /* what a look sees */
};

#endif
