/* curves.h - learning curves as the data of a Gaussian process over configurations and epochs.
 *
 * A curve is thinned out: one row for each doubling of the epochs, the first report from there
 * on, and one for the result. Coordinates are those of the configuration and, last, the
 * logarithm of the epochs from 0 (the fewest) to 1 (the most). Targets are minimised, and by
 * what a curve of these epochs has still fallen until the end, in the median of those that went
 * on, they are lower than what was reported: so curves of different length are compared.
 * Threading: one owner at a time. */
#ifndef SEARCH_CURVES_H
#define SEARCH_CURVES_H

#include "search/fidelity.h"

enum { CURVE_LEVELS = 32 };

struct curve_row {
    size_t trial;  /* the first one of the configuration */
    size_t level;  /* the last is that of the most epochs */
    size_t before; /* this row's predecessor on the curve; SIZE_MAX: none */
    double cost;   /* as reported, to be minimised; INFINITY: the trial failed */
};

struct curves {
    const struct problem *problem;
    const struct space *configs; /* the problem's, with the fidelity held */
    struct fidelity fidelity;
    size_t dims; /* of the rows: one more than those of configs */
    size_t n_levels;
    double level[CURVE_LEVELS]; /* epochs, rising */
    double
        fall[CURVE_LEVELS]; /* from here until the end, as of the last curves_learn_falls() */
    struct curve_row *rows; /* [n] */
    double *u;              /* [n x dims] */
    size_t n, capacity;
    size_t *last; /* [last_capacity]: of each trial number the last row of the curve that
                     begins with it; SIZE_MAX: none */
    size_t last_capacity;
    size_t n_ended;  /* rows of the last level with a cost */
    double *scratch; /* [capacity] */
    double *point;   /* [space_count()] */
};

/* No rows yet. The problem and the space must outlive it. A zeroed one may be freed. Errors:
 * ST_NOMEM. */
enum status curves_init(struct curves *curves, const struct problem *problem,
                        const struct space *configs, const struct fidelity *fidelity);
void curves_free(struct curves *curves);

/* The level that so many epochs reach. */
size_t curves_level(const struct curves *curves, double epochs);

/* The most epochs, and those that a trial or the ones that it continues have reported or are
 * complete with. */
double curves_most(const struct curves *curves);
double curves_epochs(const struct curves *curves, const struct history *history,
                     const struct trial *trial);

/* The last cost that one of these has come to; INFINITY when there is none. */
double curves_last_cost(const struct curves *curves, const struct history *history,
                        const struct trial *trial);

/* Add the rows of a trial, told or pending; what it continues has been added. Cancelled ones
 * have none. Errors: ST_NOMEM, and nothing has changed. */
enum status curves_add(struct curves *curves, const struct history *history,
                       const struct trial *trial);
/* Take away what was added after there were n rows. */
void curves_cut(struct curves *curves, size_t n);

/* Find the falls anew from all rows. */
void curves_learn_falls(struct curves *curves);

/* The target of a row; that of a failed one is `worst`, from curves_worst(). O(1). */
double curves_target(const struct curves *curves, size_t row, double worst);
/* The largest target of the first n rows that did not fail. */
double curves_worst(const struct curves *curves, size_t n);

/* The first trial of a trial's curve, and the curve's last row so far; SIZE_MAX: it has none.
 */
size_t curves_first(const struct history *history, const struct trial *trial);
size_t curves_last_row(const struct curves *curves, size_t first);

/* Coordinates of a trial's configuration into u[dims], the last for the most epochs. */
void curves_unit(const struct curves *curves, const double *point, double *u);

#endif
