/* The hosts' books for reading: figures down, hosts across. */
#include "results/balance_impl.h"
#include "results/provenance.h"

#include <math.h>

const struct balance_member balance_parts[BALANCE_PARTS] = {
#define PART(name, text) {#name "_uj", text, offsetof(struct host_record, name##_uj)},
    BALANCE_PART_LIST(PART)
#undef PART
};

#define MEMBER(name, text)                                                                     \
    {                                                                                          \
#name, text, offsetof(struct host_record, name)                                        \
    }

const struct balance_member balance_troubles[BALANCE_TROUBLES] = {
    MEMBER(wraps, "counters that wrapped, corrected"),
    MEMBER(gaps, "reads that failed"),
    MEMBER(negative, "  went back, jumped or stood still"),
    MEMBER(ambiguous, "intervals longer than a counter's round"),
    MEMBER(skews, "clocks that disagreed, clamped"),
    MEMBER(deaths, "ranks that died"),
};

int64_t balance_member(const struct host_record *row, const struct balance_member *member)
{
    return *(const int64_t *)(const void *)((const char *)row + member->offset);
}

double balance_joules(int64_t energy_uj)
{
    return (double)energy_uj / 1e6;
}

static struct qualities qualities_of(const struct balance *balance)
{
    struct qualities all = {-1, -1};
    for (size_t i = 0; i < balance->n_hosts; i++) {
        int rank = energy_quality_rank(balance->hosts[i].sum.quality);
        qualities_merge(&all, (struct qualities){rank, rank});
    }
    return all;
}

static void add_host_columns(const struct balance *balance, struct table *table)
{
    table_add_column(table, "figure", "", COLUMN_TEXT);
    for (size_t i = 0; i < balance->n_hosts; i++)
        table_add_column(table, balance->hosts[i].sum.host, balance->hosts[i].sum.host,
                         COLUMN_FIGURE);
    if (balance->n_hosts == 1)
        table_add_column(table, "share", "share", COLUMN_PERCENT);
}

static void put_joules(const struct balance *balance, const char *text,
                       const struct balance_member *part, struct table *table)
{
    table_begin_row(table);
    table_put_text(table, text);
    for (size_t i = 0; i < balance->n_hosts; i++)
        table_put_figure(table, COLUMN_JOULES,
                         balance_joules(balance_member(&balance->hosts[i].sum, part)));
    const struct host_record *only = &balance->hosts[0].sum;
    if (balance->n_hosts == 1)
        table_put_number(table, (double)balance_member(only, part) / (double)only->metered_uj);
}

static bool any(const struct balance *balance, const struct balance_member *part)
{
    for (size_t i = 0; i < balance->n_hosts; i++)
        if (balance_member(&balance->hosts[i].sum, part) != 0)
            return true;
    return false;
}

/* Bounds that say no more than the total are left out. */
static bool bounded(const struct balance *balance)
{
    for (size_t i = 0; i < balance->n_hosts; i++) {
        const struct host_record *sum = &balance->hosts[i].sum;
        if (sum->low_uj != sum->metered_uj || sum->high_uj != sum->metered_uj)
            return true;
    }
    return false;
}

static void fill_joules(const struct balance *balance, struct table *table)
{
    static const struct balance_member totals[] = {MEMBER(metered_uj, "metered"),
                                                   MEMBER(low_uj, "  at least"),
                                                   MEMBER(high_uj, "  at most")};
    struct strbuf heading = STRBUF_INIT;
    qualities_append_heading(&heading, totals[0].text, qualities_of(balance));
    put_joules(balance, strbuf_text(&heading), &totals[0], table);
    strbuf_free(&heading);
    for (size_t i = 1; i < 3 && bounded(balance); i++)
        put_joules(balance, totals[i].text, &totals[i], table);
    for (size_t p = 0; p < BALANCE_PARTS; p++)
        put_joules(balance, balance_parts[p].text, &balance_parts[p], table);
}

/* The share column of a host alone stays empty beside what is no part. */
static void leave_share(const struct balance *balance, struct table *table)
{
    if (balance->n_hosts == 1)
        table_put_text(table, "");
}

static void fill_counts(const struct balance *balance, struct table *table)
{
    for (size_t p = 0; p < BALANCE_TROUBLES; p++) {
        if (!any(balance, &balance_troubles[p]))
            continue;
        table_begin_row(table);
        table_put_text(table, balance_troubles[p].text);
        for (size_t i = 0; i < balance->n_hosts; i++)
            table_put_figure(
                table, COLUMN_NUMBER,
                (double)balance_member(&balance->hosts[i].sum, &balance_troubles[p]));
        leave_share(balance, table);
    }
}

enum detail { MEAN_POWER, IDLE_POWER, COVERED, INTERVALS, LONGEST, DETAILS };

static double detail_of(const struct balance_host *host, enum detail detail)
{
    switch (detail) {
    case MEAN_POWER:
        return host->covered_s > 0 ? balance_joules(host->sum.metered_uj) / host->covered_s
                                   : (double)NAN;
    case IDLE_POWER:
        return host->idle ? host->idle->power_w : (double)NAN;
    case COVERED:
        return host->covered_s;
    case INTERVALS:
        return (double)host->sum.intervals;
    case LONGEST:
        return (double)host->sum.longest_interval_ms / 1e3;
    case DETAILS:
        break;
    }
    return (double)NAN;
}

static bool has_detail(const struct balance *balance, enum detail detail)
{
    for (size_t i = 0; i < balance->n_hosts; i++)
        if (!isnan(detail_of(&balance->hosts[i], detail)))
            return true;
    return false;
}

static void fill_details(const struct balance *balance, struct table *table)
{
    static const struct {
        const char *text;
        enum column_kind kind;
    } details[] = {[MEAN_POWER] = {"mean power", COLUMN_WATTS},
                   [IDLE_POWER] = {"idle power", COLUMN_WATTS},
                   [COVERED] = {"time covered", COLUMN_SECONDS},
                   [INTERVALS] = {"intervals", COLUMN_NUMBER},
                   [LONGEST] = {"longest interval", COLUMN_SECONDS}};
    for (int d = 0; d < DETAILS; d++) {
        if (!has_detail(balance, (enum detail)d))
            continue;
        table_begin_row(table);
        table_put_text(table, details[d].text);
        for (size_t i = 0; i < balance->n_hosts; i++)
            table_put_figure(table, details[d].kind,
                             detail_of(&balance->hosts[i], (enum detail)d));
        leave_share(balance, table);
    }
}

void balance_fill_across(const struct balance *balance, struct table *table)
{
    add_host_columns(balance, table);
    fill_joules(balance, table);
    fill_details(balance, table);
    fill_counts(balance, table);
}
