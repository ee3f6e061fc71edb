/* How an attempt's joules are stored: those that are booked in its own row, those of the meters
 * beside in rows of attempt_meter, with the same columns. */
#include "results/store_rows.h"

#include <stdlib.h>

void query_bind_energy(struct query *query, const struct energy_record *energy)
{
    bool known = energy_known(energy);
    query_bind_text(query, energy->quality);
    query_bind_text(query, energy->meters);
    query_bind_known(query, known, energy->dynamic_uj);
    query_bind_known(query, known, energy->idle_uj);
    query_bind_known(query, known, energy->low_uj);
    query_bind_known(query, known, energy->high_uj);
    query_bind_known(query, known, energy->wraps);
    query_bind_known(query, known, energy->gaps);
    query_bind_text(query, energy->method);
    query_bind_known(query, known && energy->ambiguous >= 0, energy->ambiguous);
    query_bind_known(query, known && energy->skews >= 0, energy->skews);
}

void query_read_energy(struct query *query, struct energy_record *energy)
{
    energy->quality = query_text(query);
    energy->meters = query_text(query);
    energy->dynamic_uj = query_bounded(query, 0);
    energy->idle_uj = query_bounded(query, 0);
    energy->low_uj = query_bounded(query, 0);
    energy->high_uj = query_bounded(query, 0);
    energy->wraps = (uint32_t)query_integer(query, 0);
    energy->gaps = (uint32_t)query_integer(query, 0);
    energy->method = query_text(query);
    energy->ambiguous = query_bounded(query, -1);
    energy->skews = query_bounded(query, -1);
}

enum status store_write_beside(struct store *store, const struct attempt_record *attempt,
                               struct error *err, const char *what)
{
    struct query query;
    query_open_attempt(&query, store, SQL_DROP_BESIDE, attempt->arm, attempt->trial,
                       attempt->attempt);
    enum status status = query_run(&query, err, what);
    for (size_t i = 0; i < attempt->n_beside && !status; i++) {
        query_open_attempt(&query, store, SQL_ADD_BESIDE, attempt->arm, attempt->trial,
                           attempt->attempt);
        query_bind_integer(&query, (int64_t)i);
        query_bind_energy(&query, &attempt->beside[i]);
        status = query_run(&query, err, what);
    }
    return status;
}

static bool append(struct query *query, struct attempt_record *attempt)
{
    struct energy_record *grown =
        reallocarray((void *)(uintptr_t)attempt->beside, attempt->n_beside + 1, sizeof *grown);
    if (!grown) {
        query->out_of_memory = true;
        return false;
    }
    attempt->beside = grown;
    query_read_energy(query, &grown[attempt->n_beside++]);
    return true;
}

/* The rows come in the order of the attempts. */
enum status store_load_beside(struct store *store, uint32_t arm,
                              struct attempt_record *attempts, size_t n, struct error *err)
{
    struct query query;
    query_open(&query, store, SQL_LOAD_BESIDE);
    query_bind_integer(&query, arm);
    size_t i = 0;
    while (query_step(&query)) {
        uint64_t trial = (uint64_t)query_integer(&query, 0);
        uint32_t attempt = (uint32_t)query_integer(&query, 0);
        while (i < n && store_attempt_is_before(&attempts[i], trial, attempt))
            i++;
        if (i == n || !append(&query, &attempts[i]))
            break;
    }
    return query_close(&query, err, "read what its meters beside found");
}
