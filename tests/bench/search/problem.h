/* problem.h - what the search benchmark minimises: a space, a function of its points with one
 * value or two, and the joules that a trial at a point costs.
 *
 * A problem is one row of the table in problem_table.c. Everything is minimised. Sources:
 * worker/functions.h; Hansen 2016, "The CMA Evolution Strategy: a tutorial" (rotated
 * ellipsoid); Dixon & Szego 1978 (Shekel); Van Veldhuizen & Lamont 1999 (VLMOP2); Deb, Thiele,
 * Laumanns & Zitzler 2002 (DTLZ2). The tables of tuning results follow formulas of ours, which
 * have what recorded ones have: interactions, cliffs where training diverges, and a rough
 * ground. Threading: pure functions. */
#ifndef TESTS_BENCH_SEARCH_PROBLEM_H
#define TESTS_BENCH_SEARCH_PROBLEM_H

#include <stddef.h>

enum { VALUES_MAX = 2 };

/* X(name, text): the kinds of problems. Of kind EPOCHS, the last parameter says for how many
 * epochs a trial trains; after fewer it is worth what the point with fewer is worth. What is of
 * kind SPACE has a function of no interest: only the time of the strategies counts on it. */
#define PROBLEM_KIND_LIST(X)                                                                   \
    X(SMOOTH, "smooth")                                                                        \
    X(MULTIMODAL, "multimodal")                                                                \
    X(ILL_CONDITIONED, "ill-conditioned")                                                      \
    X(MIXED, "mixed")                                                                          \
    X(CONDITIONAL, "conditional")                                                              \
    X(NOISY, "noisy")                                                                          \
    X(TABLE, "tuning table")                                                                   \
    X(EPOCHS, "learning curves")                                                               \
    X(FRONT, "two objectives")                                                                 \
    X(SPACE, "space")

enum problem_kind {
#define PROBLEM_KIND_ENUM(name, text) KIND_##name,
    PROBLEM_KIND_LIST(PROBLEM_KIND_ENUM)
#undef PROBLEM_KIND_ENUM
};

const char *problem_kind_text(enum problem_kind kind);

struct bench_problem {
    const char *name;
    enum problem_kind kind;
    size_t dims; /* > 0: so many real parameters x1, x2, ... in [low, high] */
    double low, high;
    const char *space;    /* JSON, when dims is 0 */
    const char *function; /* of worker/functions.h, or NULL for `evaluate` */
    void (*evaluate)(double *values, const double *point, size_t n); /* point[n] */
    double noise; /* standard deviation of what the strategies are told */
    /* Joules of a trial. NULL: 100 at the low end of the first parameter, 1000 at its high end,
     * by its coordinate in the unit cube. */
    double (*energy_j)(const double *point);
    double
        minimum; /* of `evaluate` with one value; NaN: the least of all points of the space */
    /* Two values: where the hypervolume ends, and the front at t in [0, 1] (NULL: that of all
     * points of the space). */
    double reference[VALUES_MAX];
    void (*front)(double *values, double t);
};

extern const struct bench_problem bench_problems[]; /* problem_table.c */
extern const size_t bench_n_problems;

/* The row of that name, or NULL. */
const struct bench_problem *bench_problem_find(const char *name);

/* The functions of the table. */

/* problem_functions.c */
void problem_shekel(double *values, const double *point, size_t n);
void problem_ellipsoid(double *values, const double *point, size_t n);
void problem_tuning(double *values, const double *point, size_t n);
void problem_branches(double *values, const double *point, size_t n);
void problem_levels(double *values, const double *point, size_t n);
void problem_wells(double *values, const double *point, size_t n);
void problem_pipeline(double *values, const double *point, size_t n);
void problem_distance(double *values, const double *point, size_t n);

/* problem_tuning.c */
void problem_cnn(double *values, const double *point, size_t n);
double problem_cnn_energy_j(const double *point);
void problem_cnn_front(double *values, const double *point, size_t n);
void problem_mlp(double *values, const double *point, size_t n);
double problem_mlp_energy_j(const double *point);
void problem_boost(double *values, const double *point, size_t n);
double problem_boost_energy_j(const double *point);

/* problem_curves.c */
void problem_curves(double *values, const double *point, size_t n);
double problem_curves_energy_j(const double *point);
void problem_cnn_epochs(double *values, const double *point, size_t n);
double problem_cnn_epochs_energy_j(const double *point);

/* problem_fronts.c */
void problem_vlmop2(double *values, const double *point, size_t n);
void problem_dtlz2(double *values, const double *point, size_t n);
void front_zdt1(double *values, double t);
void front_zdt2(double *values, double t);
void front_zdt3(double *values, double t);
void front_vlmop2(double *values, double t);
void front_dtlz2(double *values, double t);

#endif
