/* agreement.h - do the meters that ran side by side agree?
 *
 * For every pair of a booked set of meters and one that ran beside it: the joules of each
 * attempt by both, their difference and ratio, and over all attempts the bias with its
 * uncertainty, after Bland & Altman 1986, "Statistical methods for assessing agreement between
 * two methods of clinical measurement". Joules are dynamic and idle energy together, whatever
 * the study's idle policy is. Threading: read-only once made. */
#ifndef RESULTS_AGREEMENT_H
#define RESULTS_AGREEMENT_H

#include "results/provenance.h"
#include "results/snapshot.h"
#include "results/stats.h"
#include "results/table.h"

/* One attempt by both. Borrowed from the snapshot. */
struct agreement_row {
    const struct snapshot_arm *arm;
    const struct attempt_record *attempt;
    const struct energy_record *beside;
    size_t place;        /* among those beside */
    double difference_j; /* beside - booked; NaN when one of them has no figure */
    double ratio;        /* beside / booked; NaN unless both are above 0 */
};

struct agreement_pair {
    const char *booked, *beside; /* names of the meters, borrowed */
    size_t place;
    struct qualities booked_quality, beside_quality;
    double booked_uj, beside_uj; /* of the attempts that both have a figure of */
    size_t missing;              /* attempts that one of them has none of */
    size_t doubtful;             /* with reads that failed or rounds that may be unseen */
    struct stats_mean difference_j;
    struct stats_mean ratio; /* geometric */
};

struct agreement {
    const struct snapshot *snapshot;
    struct agreement_row *rows; /* by arm, trial, attempt and place among the meters beside */
    size_t n_rows;
    struct agreement_pair *pairs; /* by the first row that both have a figure of */
    size_t n_pairs;
};

/* The snapshot is borrowed and must outlive the agreement. Errors: ST_NOMEM. */
enum status agreement_create(struct agreement **out, const struct snapshot *snapshot,
                             struct error *err);
void agreement_free(struct agreement *agreement);

/* The table of `wattune compare --meters`. For reading: the attempts, and the bias below them.
 * For programs: a row for every pair, then one for every attempt by every meter, which is the
 * one with a `trial`. Errors: ST_NOMEM. */
enum status agreement_table(struct table **out, const struct agreement *agreement,
                            enum table_format format, struct error *err);

#endif
