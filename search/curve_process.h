/* curve_process.h - a Gaussian process over configurations and epochs, kept up to date with a
 * history, and what it believes of curves at their end.
 *
 * The covariance is a Matern 5/2 over the configuration and the logarithm of the epochs. Like
 * that of surrogate.h it is a function of the told trials in their order. Of more than 700 rows
 * it is given about 500 (curves_choose.h), so that no call costs more with a longer history but
 * for passes over it. Threading: one owner at a time. */
#ifndef SEARCH_CURVE_PROCESS_H
#define SEARCH_CURVE_PROCESS_H

#include "search/curves.h"
#include "search/gp.h"

struct curve_process;

/* What must outlive it: see curves_init(). Errors: ST_NOMEM. */
enum status curve_process_create(struct curve_process **out, const struct problem *problem,
                                 const struct space *configs, const struct fidelity *fidelity);
void curve_process_free(struct curve_process *process);

/* Take in what was told since the last time. Errors: ST_NUMERIC when no trial has come to its
 * end yet; ST_NOMEM, and the next call goes on. */
enum status curve_process_learn(struct curve_process *process, const struct history *history);

/* The curves of the told trials, after curve_process_learn(). */
const struct curves *curve_process_curves(const struct curve_process *process);

/* Condition on the ends of pending trials, or on nothing; see gp_fantasize(). */
enum status curve_process_fantasize(struct curve_process *process,
                                    const struct history *history, bool pending);

/* The process, and the lowest mean at the end of a complete trial. */
struct gp *curve_process_gp(const struct curve_process *process);
double curve_process_best(const struct curve_process *process);

/* Is the last row of a told trial's curve among the observations? */
bool curve_process_knows(const struct curve_process *process, const struct history *history,
                         const struct trial *trial);

/* The logarithm of the expected improvement at the end of a pending trial, given what it has
 * reported: its rows are appended and taken away again, O(n^2) for n observations. Drops what
 * curve_process_fantasize() conditioned on. Errors: ST_NUMERIC; ST_NOMEM. */
enum status curve_process_judge(struct curve_process *process, const struct history *history,
                                const struct trial *trial, double *improvement);

/* Configurations of the lowest means at the end among the complete trials, best first, into
 * good[most x space_count()]: answers how many. */
size_t curve_process_good(const struct curve_process *process, double *good, size_t most);

#endif
