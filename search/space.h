/* space.h - the search space: what a study may vary, and how a point of it is written.
 *
 * A point is double[space_count()]: the value itself for real and integer parameters, the index
 * of the level for ordinal, categorical and constant ones, and NaN for a parameter whose
 * condition does not hold. Points are always lattice points: inside the bounds, rounded, with
 * inactive parameters NaN, so that equal points compare equal bit by bit. Real values are
 * rounded too, to some 12 decimal digits (of the value on a log scale, else of the range),
 * which makes them the same on every machine and short in print.
 *
 * The unit cube is the strategies' world: one coordinate in [0, 1] for each parameter that
 * varies (constants and lists of one value have none), log scales taken first, ordinals of
 * positive numbers placed by the logarithm of their value, other levels evenly. Threading: a
 * space does not change once it is read and may be shared. */
#ifndef SEARCH_SPACE_H
#define SEARCH_SPACE_H

#include "base/json.h"
#include "base/rng.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum param_kind { PARAM_REAL, PARAM_INTEGER, PARAM_ORDINAL, PARAM_CATEGORICAL, PARAM_CONSTANT };

enum level_kind { LEVEL_NUMBER, LEVEL_TEXT, LEVEL_BOOL };

/* One value of an ordinal, categorical or constant parameter. A boolean has number 0 or 1. */
struct level {
    enum level_kind kind;
    double number;
    char *text;
};

/* "when": parameter `param` (an earlier one, not a real one) must be active with one of
 * `values`, written as in a point. */
struct condition {
    size_t param;
    double *values; /* [n_values] */
    size_t n_values;
};

struct param {
    char *name;
    enum param_kind kind;
    bool log;         /* real, integer: the scale */
    double low, high; /* real, integer: inclusive bounds; an integer's high is a value that the
                         steps reach, so 1 to 10 in steps of 4 ends at 9 */
    double step;      /* integer: distance of neighbouring values, from low on */
    size_t grid;      /* real, integer: levels that the grid strategy takes; 0: all of them (an
                         error for a real one in a grid) */
    struct level *levels;
    size_t n_levels;
    struct condition *when; /* all must hold */
    size_t n_when;
};

struct space;

/* Read the "space" object of a study. Every mistake is noted under "space.<name>..."; *out is
 * made only when there was none. Errors: ST_INVALID (see the problems); ST_NOMEM. */
enum status space_read(struct space **out, const struct json *object,
                       struct json_problems *problems);
void space_free(struct space *space);

/* A copy in which parameter i does not vary any more: a constant, which is 0 in every point. It
 * has no conditions, none names it, and it is no real one. Errors: ST_NOMEM. */
enum status space_hold(struct space **out, const struct space *space, size_t i);

size_t space_count(const struct space *space);
const struct param *space_param(const struct space *space, size_t i);
/* The index of a name, or space_count() when there is none. */
size_t space_find(const struct space *space, const char *name);

/* How many values a parameter takes (INFINITY for a real one), the k-th of them as it stands in
 * a point, and the k of such a value; k counts from 0 and the parameter is not a real one. */
double param_count(const struct param *param);
double param_value(const struct param *param, double k);
double param_place(const struct param *param, double value);

/* Append what the parameter can take: "a number from 0.001 to 0.1", "one of 'sgd', 'adam'". */
void param_describe(const struct param *param, struct strbuf *out);

/* Coordinates of the unit cube, and the parameter that coordinate d belongs to. */
size_t space_dims(const struct space *space);
size_t space_dim_param(const struct space *space, size_t d);

/* How many different points there are; INFINITY when a real parameter makes them uncountable.
 */
double space_size(const struct space *space);

/* u[space_dims()] to the nearest lattice point, and back to that point's place: the n values of
 * an evenly spaced parameter stand at 0.5/n, 1.5/n, ..., the bounds of a real one at 0 and 1.
 * from(to(point)) is the point, bit by bit. An inactive parameter's coordinate is 0.5.
 * Coordinates outside [0, 1] are clamped. */
void space_from_unit(const struct space *space, const double *u, double *point);
void space_to_unit(const struct space *space, const double *point, double *u);

/* The same for drawing: every level of an ordinal takes an equal share of its coordinate, so
 * that an even u gives even levels. (space_from_unit() gives 100 of [1, 2, 100] more than half,
 * since it is far from the others.) */
void space_sample(const struct space *space, const double *u, double *point);

/* Make any numbers a lattice point: set inactive parameters to NaN, give parameters that became
 * active their middle value, round and clamp the rest. */
void space_repair(const struct space *space, double *point);

/* True when the conditions of parameter i hold; looks only at the parameters before it. */
bool space_active(const struct space *space, const double *point, size_t i);
bool space_equal(const struct space *space, const double *a, const double *b);
uint64_t space_hash(const struct space *space, const double *point);

/* A point as a JSON object of parameter names and values, without inactive ones, constants
 * included; and the reverse, for "enqueue" and for the store (wrong or missing values are noted
 * under `path`). Constants may be missing, and inactive parameters must be missing or null.
 * Real values are rounded like those of any point. Errors: NULL when out of memory; ST_INVALID
 * (see the problems). */
struct json *space_point_to_json(const struct space *space, const double *point);
enum status space_point_from_json(const struct space *space, const struct json *object,
                                  const char *path, double *point,
                                  struct json_problems *problems);

/* Append the value of parameter i as text, the way that tables and command lines show it:
 * "0.01", "sgd", "32"; nothing for an inactive one. */
void space_format(const struct space *space, const double *point, size_t i, struct strbuf *out);

#endif
