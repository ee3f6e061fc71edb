#include "results/agreement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *name_of(const struct energy_record *energy)
{
    return energy->meters ? energy->meters : "";
}

/* Meters that failed have no name: their place tells which they would have been. */
static bool of_pair(const struct agreement_row *row, const struct agreement_pair *pair)
{
    const struct energy_record *booked = &row->attempt->energy, *beside = row->beside;
    return row->place == pair->place &&
           (!energy_known(booked) || strcmp(name_of(booked), pair->booked) == 0) &&
           (!energy_known(beside) || strcmp(name_of(beside), pair->beside) == 0);
}

static struct agreement_row row_of(const struct snapshot_arm *arm,
                                   const struct attempt_record *attempt, size_t place)
{
    const struct energy_record *beside = &attempt->beside[place];
    double booked_j = energy_joules(&attempt->energy), beside_j = energy_joules(beside);
    return (struct agreement_row){.arm = arm,
                                  .attempt = attempt,
                                  .beside = beside,
                                  .place = place,
                                  .difference_j = beside_j - booked_j,
                                  .ratio = booked_j > 0 && beside_j > 0 ? beside_j / booked_j
                                                                        : (double)NAN};
}

static enum status list_rows(struct agreement *agreement)
{
    const struct snapshot *snapshot = agreement->snapshot;
    size_t n = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        for (size_t j = 0; j < snapshot->arms[i].n_attempts; j++)
            n += snapshot->arms[i].attempts[j].n_beside;
    agreement->rows = calloc(n + 1, sizeof *agreement->rows);
    agreement->pairs = calloc(n + 1, sizeof *agreement->pairs);
    if (!agreement->rows || !agreement->pairs)
        return ST_NOMEM;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        for (size_t j = 0; j < arm->n_attempts; j++)
            for (size_t k = 0; k < arm->attempts[j].n_beside; k++)
                agreement->rows[agreement->n_rows++] = row_of(arm, &arm->attempts[j], k);
    }
    return ST_OK;
}

static bool doubtful(const struct energy_record *energy)
{
    return energy->gaps > 0 || energy->ambiguous > 0;
}

/* Exact up to 9e15, and no overflow beyond it, whatever a trial reports or a file holds. */
static double total_uj(const struct energy_record *energy)
{
    return (double)energy->dynamic_uj + (double)energy->idle_uj;
}

static void add_row(struct agreement_pair *pair, const struct agreement_row *row)
{
    int booked = energy_quality_rank(row->attempt->energy.quality);
    int beside = energy_quality_rank(row->beside->quality);
    if (isnan(row->difference_j)) {
        pair->missing++;
        return;
    }
    qualities_merge(&pair->booked_quality, (struct qualities){booked, booked});
    qualities_merge(&pair->beside_quality, (struct qualities){beside, beside});
    pair->booked_uj += total_uj(&row->attempt->energy);
    pair->beside_uj += total_uj(row->beside);
    pair->doubtful += doubtful(&row->attempt->energy) || doubtful(row->beside);
}

/* Sum up the rows of a pair; `values` has room for all rows. */
static void measure(const struct agreement *agreement, struct agreement_pair *pair,
                    double *values)
{
    size_t n = 0;
    for (size_t i = 0; i < agreement->n_rows; i++) {
        if (!of_pair(&agreement->rows[i], pair))
            continue;
        add_row(pair, &agreement->rows[i]);
        if (!isnan(agreement->rows[i].difference_j))
            values[n++] = agreement->rows[i].difference_j;
    }
    pair->difference_j = stats_mean(values, n);
    n = 0;
    for (size_t i = 0; i < agreement->n_rows; i++)
        if (of_pair(&agreement->rows[i], pair) && !isnan(agreement->rows[i].ratio))
            values[n++] = agreement->rows[i].ratio;
    pair->ratio = stats_geometric_mean(values, n);
}

static bool known(const struct agreement *agreement, const struct agreement_row *row)
{
    for (size_t i = 0; i < agreement->n_pairs; i++)
        if (of_pair(row, &agreement->pairs[i]))
            return true;
    return false;
}

static enum status find_pairs(struct agreement *agreement)
{
    double *values = calloc(agreement->n_rows + 1, sizeof *values);
    if (!values)
        return ST_NOMEM;
    for (size_t i = 0; i < agreement->n_rows; i++) {
        const struct agreement_row *row = &agreement->rows[i];
        if (isnan(row->difference_j) || known(agreement, row))
            continue;
        struct agreement_pair *pair = &agreement->pairs[agreement->n_pairs++];
        *pair = (struct agreement_pair){.booked = name_of(&row->attempt->energy),
                                        .beside = name_of(row->beside),
                                        .place = row->place,
                                        .booked_quality = {-1, -1},
                                        .beside_quality = {-1, -1}};
        measure(agreement, pair, values);
    }
    free(values);
    return ST_OK;
}

enum status agreement_create(struct agreement **out, const struct snapshot *snapshot,
                             struct error *err)
{
    struct agreement *agreement = calloc(1, sizeof *agreement);
    enum status status = agreement ? ST_OK : ST_NOMEM;
    if (!status) {
        agreement->snapshot = snapshot;
        status = list_rows(agreement);
    }
    if (!status)
        status = find_pairs(agreement);
    if (status) {
        agreement_free(agreement);
        return error_set(err, status, "out of memory");
    }
    *out = agreement;
    return ST_OK;
}

void agreement_free(struct agreement *agreement)
{
    if (!agreement)
        return;
    free(agreement->rows);
    free(agreement->pairs);
    free(agreement);
}
