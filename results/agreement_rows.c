/* The comparison of meters for programs: pairs, then attempts. */
#include "results/agreement_impl.h"

#include <math.h>

static double joules(double energy_uj)
{
    return energy_uj / 1e6;
}

static void add_bias_columns(struct table *table)
{
    table_add_column(table, "compared", NULL, COLUMN_INTEGER);
    table_add_column(table, "missing", NULL, COLUMN_INTEGER);
    table_add_column(table, "doubtful", NULL, COLUMN_INTEGER);
    table_add_column(table, "difference_deviation_j", NULL, COLUMN_JOULES);
    table_add_column(table, "difference_from_j", NULL, COLUMN_JOULES);
    table_add_column(table, "difference_to_j", NULL, COLUMN_JOULES);
    table_add_column(table, "limits_from_j", NULL, COLUMN_JOULES);
    table_add_column(table, "limits_to_j", NULL, COLUMN_JOULES);
    table_add_column(table, "ratio_log_deviation", NULL, COLUMN_NUMBER);
    table_add_column(table, "ratio_from", NULL, COLUMN_NUMBER);
    table_add_column(table, "ratio_to", NULL, COLUMN_NUMBER);
    table_add_column(table, "ratio_limits_from", NULL, COLUMN_NUMBER);
    table_add_column(table, "ratio_limits_to", NULL, COLUMN_NUMBER);
}

static void add_columns(struct table *table)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "booked_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "arm", NULL, COLUMN_INTEGER);
    table_add_column(table, "strategy", NULL, COLUMN_TEXT);
    table_add_column(table, "repeat", NULL, COLUMN_INTEGER);
    table_add_column(table, "trial", NULL, COLUMN_INTEGER);
    table_add_column(table, "attempt", NULL, COLUMN_INTEGER);
    table_add_column(table, "state", NULL, COLUMN_TEXT);
    table_add_column(table, "booked_j", NULL, COLUMN_JOULES);
    table_add_column(table, "booked_low_j", NULL, COLUMN_JOULES);
    table_add_column(table, "booked_high_j", NULL, COLUMN_JOULES);
    table_add_column(table, "booked_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "booked_method", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_low_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_high_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_method", NULL, COLUMN_TEXT);
    table_add_column(table, "difference_j", NULL, COLUMN_JOULES);
    table_add_column(table, "ratio", NULL, COLUMN_NUMBER);
    add_bias_columns(table);
}

static void put_missing(struct table *table, int n)
{
    for (int i = 0; i < n; i++)
        table_put_missing(table);
}

static void put_worst(struct qualities qualities, struct table *table)
{
    table_put_text(table, qualities.worst < 0 ? NULL : energy_quality_name(qualities.worst));
}

static void put_pair(const struct agreement *agreement, const struct agreement_pair *pair,
                     struct table *table)
{
    const struct stats_mean *difference = &pair->difference_j, *ratio = &pair->ratio;
    const double figures[] = {
        difference->deviation,  difference->low,  difference->high, difference->limit_low,
        difference->limit_high, ratio->deviation, ratio->low,       ratio->high,
        ratio->limit_low,       ratio->limit_high};
    table_begin_row(table);
    table_put_text(table, agreement->snapshot->study->name);
    table_put_text(table, pair->booked);
    table_put_text(table, pair->beside);
    put_missing(table, 6); /* arm to state */
    table_put_number(table, joules(pair->booked_uj));
    put_missing(table, 2);
    put_worst(pair->booked_quality, table);
    put_missing(table, 1);
    table_put_number(table, joules(pair->beside_uj));
    put_missing(table, 2);
    put_worst(pair->beside_quality, table);
    put_missing(table, 1);
    table_put_number(table, difference->mean);
    table_put_number(table, ratio->mean);
    table_put_integer(table, (int64_t)difference->n);
    table_put_integer(table, (int64_t)pair->missing);
    table_put_integer(table, (int64_t)pair->doubtful);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        table_put_number(table, figures[i]);
}

static void put_energy(const struct energy_record *energy, struct table *table)
{
    bool known = energy_known(energy);
    table_put_number(table, energy_joules(energy));
    table_put_number(table, known ? joules((double)energy->low_uj) : (double)NAN);
    table_put_number(table, known ? joules((double)energy->high_uj) : (double)NAN);
    table_put_text(table, energy->quality);
    table_put_text(table, energy->method);
}

static void put_row(const struct agreement *agreement, const struct agreement_row *row,
                    struct table *table)
{
    table_begin_row(table);
    table_put_text(table, agreement->snapshot->study->name);
    table_put_text(table, row->attempt->energy.meters);
    table_put_text(table, row->beside->meters);
    table_put_integer(table, row->arm->arm->number);
    table_put_text(table, row->arm->arm->strategy);
    table_put_integer(table, row->arm->arm->repeat);
    table_put_integer(table, (int64_t)row->attempt->trial);
    table_put_integer(table, row->attempt->attempt);
    table_put_text(table, trial_state_text(row->attempt->state));
    put_energy(&row->attempt->energy, table);
    put_energy(row->beside, table);
    table_put_number(table, row->difference_j);
    table_put_number(table, row->ratio);
}

void agreement_fill_rows(const struct agreement *agreement, struct table *table)
{
    add_columns(table);
    for (size_t i = 0; i < agreement->n_pairs; i++)
        put_pair(agreement, &agreement->pairs[i], table);
    for (size_t i = 0; i < agreement->n_rows; i++)
        put_row(agreement, &agreement->rows[i], table);
}
