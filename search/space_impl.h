/* space_impl.h - what the files of the space share: its parts, and where a value stands in the
 * unit cube. Private to search/space*.c. */
#ifndef SEARCH_SPACE_IMPL_H
#define SEARCH_SPACE_IMPL_H

#include "search/space.h"

/* No coordinate: the parameter does not vary. */
#define NO_DIM ((size_t)-1)

/* Where the values of one parameter stand. Real and integer parameters: the value's distance
 * from low, or the logarithm of value / low, is `origin + u * span`. */
struct place {
    size_t dim;
    double origin, span;
    int decimals;       /* linear real: digits after the point that are kept */
    double *level_unit; /* [n_levels], rising; NULL for real and integer parameters */
    bool broken;        /* while reading: mistakes were found, so nothing can refer to it */
};

struct space {
    struct param *params; /* [n] */
    struct place *places; /* [n] */
    size_t n;
    size_t *dims; /* [n_dims], the parameter of a coordinate */
    size_t n_dims;
    double size;
};

/* Work out places and dims of params that are otherwise complete. Errors: ST_NOMEM. */
enum status space_place(struct space *space);

/* Read the values of a parameter from its open object. Mistakes are noted. Errors: ST_NOMEM. */
enum status param_read_levels(struct json_reader *reader, struct param *param);
enum status param_read_ordinal(struct json_reader *reader, struct param *param);
enum status param_read_constant(struct json_reader *reader, struct param *param);

/* Make it a constant of a scalar value: a finite number, a string or a boolean. Errors:
 * ST_NOMEM. */
bool space_is_scalar(const struct json *value);
enum status param_set_constant(struct param *param, const struct json *value);

/* Read the "when" of every parameter of the "space" object; the parameters have been read.
 * Mistakes are noted. Errors: ST_NOMEM. */
enum status space_read_conditions(struct space *space, const struct json *object,
                                  struct json_problems *problems);

/* The nearest value of an active parameter to a number. */
double space_round(const struct space *space, size_t i, double value);

/* The value at a coordinate of [0, 1]. */
double space_value_at(const struct space *space, size_t i, double u);

/* The value at a fraction of the way from the lowest to the highest, on the parameter's scale;
 * for real and integer parameters. */
double space_value_between(const struct space *space, size_t i, double fraction);

/* A JSON value as it stands in a point, before rounding. False when the parameter cannot take
 * it. */
bool param_parse(const struct param *param, const struct json *value, double *out);

/* True when the condition's parameter has one of its values in the point. */
bool condition_holds(const struct condition *condition, const double *point);

/* The parameter's name that is closest to a misspelt one, or NULL. */
const char *space_closest_name(const struct space *space, const char *name);

/* Append a number in the fewest digits that give it back. */
void number_format(double x, struct strbuf *out);

#endif
