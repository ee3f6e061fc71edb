/* ledger_interval.h - what a set of meters counted between two cuts.
 * For the ledger's own files only. */
#ifndef WORKER_LEDGER_INTERVAL_H
#define WORKER_LEDGER_INTERVAL_H

#include "worker/ledger_books.h"

struct ledger_interval {
    int64_t energy_uj;                /* of all scopes */
    int64_t gpu_uj;                   /* of it, of GPUs */
    int64_t idle_uj;                  /* of it, what the meters themselves tell */
    int64_t low_uj, high_uj;          /* bounds on energy_uj */
    int64_t time_ns;                  /* between the readings, GPUs' apart */
    bool covered;                     /* each meter gave a figure */
    bool lost;                        /* a meter gave none */
    struct gpu_step gpus[METER_GPUS]; /* of gpu_uj, where it is known whose */
    size_t n_gpus;
};

/* Read the set's meters, meter i's last reading being readings[places[i]], and note in the
 * books how well that went. */
void ledger_interval_read(const struct meter_set *set, struct meter_reading *readings,
                          const size_t *places, struct ledger_set_books *books,
                          struct ledger_interval *interval);

#endif
