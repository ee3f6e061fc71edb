#include "results/balance.h"

#include <stdlib.h>
#include <string.h>

static bool same_host(const struct host_record *a, const struct host_record *b)
{
    return strcmp(a->host, b->host) == 0;
}

static bool same_books(const struct host_record *a, const struct host_record *b)
{
    return a->opened_at_us == b->opened_at_us && same_host(a, b);
}

/* sum += sign * more, of all that is counted. False when a sum is beyond what 64 bits hold,
 * which a row that was read never is. */
static bool add(struct host_record *sum, const struct host_record *more, int sign)
{
    bool fits = true;
#define ADD(name) fits &= !__builtin_add_overflow(sum->name, sign * more->name, &sum->name);
#define ADD_PART(name, text) ADD(name##_uj)
    BALANCE_PART_LIST(ADD_PART)
#undef ADD_PART
    ADD(metered_uj)
    ADD(low_uj)
    ADD(high_uj)
    ADD(intervals)
    ADD(wraps)
    ADD(gaps)
    ADD(ambiguous)
    ADD(skews)
    ADD(negative)
    ADD(deaths)
#undef ADD
    return fits;
}

static bool add_books(struct balance_host *host, const struct host_record *last)
{
    struct host_record *sum = &host->sum;
    bool fits = true;
    if (host->runs++ == 0) {
        *sum = *last;
    } else {
        fits = add(sum, last, 1);
        sum->cut_at_us = last->cut_at_us;
        sum->meters = last->meters;
        if (energy_quality_rank(last->quality) < energy_quality_rank(sum->quality))
            sum->quality = last->quality;
        if (last->longest_interval_ms > sum->longest_interval_ms)
            sum->longest_interval_ms = last->longest_interval_ms;
    }
    host->covered_s += (double)(last->cut_at_us - last->opened_at_us) / 1e6;
    return fits;
}

static const struct idle_record *find_idle(const struct balance *balance, const char *host)
{
    const struct idle_record *found = NULL;
    for (size_t i = 0; i < balance->n_idle; i++)
        if (balance->idle[i].position == 0 && strcmp(balance->idle[i].host, host) == 0)
            found = &balance->idle[i];
    return found;
}

static enum status refuse_sums(const struct host_record *row, struct error *err)
{
    error_set(err, ST_FORMAT, "the books of host %s sum to more than any host can use",
              row->host);
    error_remedy(err, "the database was edited or is damaged: take a copy of it that is older");
    return ST_FORMAT;
}

static enum status sum_up(struct balance *balance, struct error *err)
{
    const struct host_record *rows = balance->rows;
    balance->hosts = calloc(balance->n_rows + 1, sizeof *balance->hosts);
    if (!balance->hosts)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < balance->n_rows; i++) {
        if (i == 0 || !same_host(&rows[i - 1], &rows[i]))
            balance->n_hosts++;
        if (i + 1 < balance->n_rows && same_books(&rows[i], &rows[i + 1]))
            continue;
        struct balance_host *host = &balance->hosts[balance->n_hosts - 1];
        if (!add_books(host, &rows[i]))
            return refuse_sums(&rows[i], err);
        host->idle = find_idle(balance, rows[i].host);
    }
    return ST_OK;
}

enum status balance_load(struct balance *balance, struct store *store, struct error *err)
{
    *balance = (struct balance){0};
    enum status status = store_begin_read(store, err);
    if (status)
        return status;
    status = store_load_hosts(store, &balance->rows, &balance->n_rows, err);
    if (!status)
        status = store_load_idle(store, &balance->idle, &balance->n_idle, err);
    store_end_read(store);
    if (!status)
        status = sum_up(balance, err);
    if (status)
        balance_free(balance);
    return status;
}

void balance_free(struct balance *balance)
{
    store_hosts_free(balance->rows, balance->n_rows);
    store_idle_free(balance->idle, balance->n_idle);
    free(balance->hosts);
    *balance = (struct balance){0};
}

struct host_record balance_interval(const struct balance *balance, size_t i)
{
    struct host_record interval = balance->rows[i];
    if (i > 0 && same_books(&balance->rows[i - 1], &balance->rows[i])) {
        add(&interval, &balance->rows[i - 1], -1);
        interval.opened_at_us = balance->rows[i - 1].cut_at_us;
    }
    return interval;
}
