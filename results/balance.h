/* balance.h - where the joules of every host went, from the books that its ranks kept together.
 *
 * The books of a host hold all that its meters counted while the study ran there, other
 * processes included; the attempts and the overhead of the arms are what Wattune itself
 * answers for. Every run of a study opens books of its own. Threading: read-only once loaded.
 */
#ifndef RESULTS_BALANCE_H
#define RESULTS_BALANCE_H

#include "results/store.h"
#include "results/table.h"

/* X(name, text): the parts, in the order of tables; `name`_uj is the member of struct
 * host_record. They sum exactly to metered_uj. */
#define BALANCE_PART_LIST(X)                                                                   \
    X(trials, "  trials, above idle")                                                          \
    X(trials_idle, "  idle, while trials ran")                                                 \
    X(waiting, "  idle, while workers waited")                                                 \
    X(search, "  search")                                                                      \
    X(orchestrator, "  orchestrator")                                                          \
    X(other, "  other processes")                                                              \
    X(unattributed, "  unattributed")

/* All books of one host. Texts are borrowed from the rows. */
struct balance_host {
    struct host_record sum;         /* its times are those of the first and the last row */
    size_t runs;                    /* how many books these are */
    double covered_s;               /* the time that they cover */
    const struct idle_record *idle; /* of the booked meters in the last run; NULL: not stored */
};

struct balance {
    struct host_record *rows; /* as stored: cumulative, by host, books and interval */
    size_t n_rows;
    struct idle_record *idle;
    size_t n_idle;
    struct balance_host *hosts; /* by name */
    size_t n_hosts;
};

/* Errors: those of the store; ST_FORMAT for sums that no number holds; ST_NOMEM. */
enum status balance_load(struct balance *balance, struct store *store, struct error *err);
void balance_free(struct balance *balance);

/* What was booked between row i and the row before it of the same books: its times are those of
 * both ends. */
struct host_record balance_interval(const struct balance *balance, size_t i);

/* The tables of `wattune ledger`: what became of every host's joules, and what did between two
 * stored cuts. Errors: ST_NOMEM. */
enum status balance_table(struct table **out, const char *study, const struct balance *balance,
                          enum table_format format, struct error *err);
enum status balance_intervals_table(struct table **out, const char *study,
                                    const struct balance *balance, struct error *err);

#endif
