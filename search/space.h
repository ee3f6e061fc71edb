/* space.h - the search space: what a study may vary, and how a point of it is written.
 *
 * A point is double[space_count()]: the value itself for real and integer parameters, the index
 * of the level for ordinal, categorical and constant ones, and NaN for a parameter whose
 * condition does not hold. Points are always lattice points: inside the bounds, rounded, with
 * inactive parameters NaN, so that equal points compare equal bit by bit.
 *
 * The unit cube is the strategies' world: one coordinate in [0, 1] for each parameter that
 * varies (constants have none), log scales taken first, ordinals of positive numbers placed by
 * the logarithm of their value. Threading: a space does not change once it is read and may be
 * shared. */
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

/* "when": parameter `param` (an earlier one) must be active with one of the values marked in
 * `allowed`. */
struct condition {
    size_t param;
    bool *allowed; /* [n_levels of that parameter] */
};

struct param {
    char *name;
    enum param_kind kind;
    bool log;         /* real, integer: the scale */
    double low, high; /* real, integer: inclusive bounds */
    double step;      /* integer: distance of neighbouring values, from low on */
    size_t grid; /* levels that the grid strategy takes; 0: all of them (an error for a real one
                    in a grid) */
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

size_t space_count(const struct space *space);
const struct param *space_param(const struct space *space, size_t i);
/* The index of a name, or space_count() when there is none. */
size_t space_find(const struct space *space, const char *name);

/* Coordinates of the unit cube, and the parameter that coordinate d belongs to. */
size_t space_dims(const struct space *space);
size_t space_dim_param(const struct space *space, size_t d);

/* How many different points there are; INFINITY when a real parameter makes them uncountable.
 */
double space_size(const struct space *space);

/* u[space_dims()] to the nearest lattice point, and back to the middle of that point's cell. An
 * inactive parameter's coordinate is 0.5. Coordinates outside [0, 1] are clamped. */
void space_from_unit(const struct space *space, const double *u, double *point);
void space_to_unit(const struct space *space, const double *point, double *u);

/* Set inactive parameters to NaN and give parameters that became active their middle value;
 * rounds the rest. */
void space_repair(const struct space *space, double *point);

bool space_active(const struct space *space, const double *point, size_t i);
bool space_equal(const struct space *space, const double *a, const double *b);
uint64_t space_hash(const struct space *space, const double *point);

/* A point as a JSON object of parameter names and values, without inactive ones, constants
 * included; and the reverse, for "enqueue" and for the store (wrong or missing values are noted
 * under `path`). */
struct json *space_point_to_json(const struct space *space, const double *point);
enum status space_point_from_json(const struct space *space, const struct json *object,
                                  const char *path, double *point,
                                  struct json_problems *problems);

/* Append the value of parameter i as text, the way that tables and command lines show it:
 * "0.01", "sgd", "32". */
void space_format(const struct space *space, const double *point, size_t i, struct strbuf *out);

#endif
