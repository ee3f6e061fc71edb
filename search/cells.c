#include "search/cells.h"

#include "search/space_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The values that one parameter takes. */
struct axis {
    double n;
    double *values; /* [n]; NULL: all of the parameter's values in order */
    /* Positions of the values that conditions name, rising: all others are alike. */
    double *named;
    size_t n_named;
    bool lone; /* no condition is on it, and it has none */
};

struct cells {
    const struct space *space;
    struct axis *axes;
    size_t n;
    double total;
    bool *rows;    /* scratch: three sets of parameters for each depth of the recursion */
    double *point; /* scratch for counting */
};

static double axis_value(const struct cells *cells, size_t i, double k)
{
    const struct axis *axis = &cells->axes[i];
    return axis->values ? axis->values[(size_t)k]
                        : param_value(space_param(cells->space, i), k);
}

/* The position of a value on the axis, or -1. */
static double axis_position(const struct cells *cells, size_t i, double value)
{
    const struct axis *axis = &cells->axes[i];
    if (!axis->values)
        return param_place(space_param(cells->space, i), value);
    for (size_t k = 0; (double)k < axis->n; k++)
        if (axis->values[k] == value)
            return (double)k;
    return -1;
}

/* Setting up. */

static enum status make_axis(struct cells *cells, size_t i, enum cells_of what)
{
    struct axis *axis = &cells->axes[i];
    const struct param *param = space_param(cells->space, i);
    axis->n = param_count(param);
    axis->lone = param->n_when == 0;
    if (what == CELLS_ALL || param->grid == 0)
        return ST_OK;
    axis->values = calloc(param->grid, sizeof *axis->values);
    if (!axis->values)
        return ST_NOMEM;
    size_t n = 0;
    for (size_t k = 0; k < param->grid; k++) {
        double fraction = param->grid > 1 ? (double)k / (double)(param->grid - 1) : 0.5;
        double value = space_value_between(cells->space, i, fraction);
        if (n == 0 || value != axis->values[n - 1])
            axis->values[n++] = value;
    }
    axis->n = (double)n;
    return ST_OK;
}

static void add_named(struct axis *axis, double position)
{
    size_t k = axis->n_named;
    while (k > 0 && axis->named[k - 1] > position)
        k--;
    if (k > 0 && axis->named[k - 1] == position)
        return;
    memmove(axis->named + k + 1, axis->named + k, (axis->n_named - k) * sizeof *axis->named);
    axis->named[k] = position;
    axis->n_named++;
}

static enum status name_values(struct cells *cells, const struct condition *condition)
{
    struct axis *axis = &cells->axes[condition->param];
    axis->lone = false;
    double *more =
        realloc(axis->named, (axis->n_named + condition->n_values) * sizeof *axis->named);
    if (!more)
        return ST_NOMEM;
    axis->named = more;
    for (size_t v = 0; v < condition->n_values; v++) {
        double position = axis_position(cells, condition->param, condition->values[v]);
        if (position >= 0)
            add_named(axis, position);
    }
    return ST_OK;
}

static enum status make_axes(struct cells *cells, enum cells_of what)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < cells->n && !status; i++)
        status = make_axis(cells, i, what);
    for (size_t i = 0; i < cells->n; i++) {
        const struct param *param = space_param(cells->space, i);
        for (size_t c = 0; c < param->n_when && !status; c++)
            status = name_values(cells, &param->when[c]);
    }
    return status;
}

static enum status refuse_reals(const struct space *space, struct error *err)
{
    struct strbuf names = STRBUF_INIT;
    enum status status = ST_OK;
    for (size_t i = 0; i < space_count(space); i++) {
        const struct param *param = space_param(space, i);
        if (param->kind != PARAM_REAL || param->grid > 0)
            continue;
        strbuf_printf(&names, "%s'%s'", status ? ", " : "", param->name);
        status = ST_INVALID;
    }
    if (!strbuf_ok(&names))
        status = ST_NOMEM;
    if (status) {
        error_set(err, status, "a grid needs a number of levels for the real %s",
                  strbuf_text(&names));
        error_remedy(err, "give each of them \"grid\": 3, or another number of levels");
    }
    strbuf_free(&names);
    return status;
}

/* Counting and decoding. A set of parameters is a row of n flags: those that are not decided
 * yet. All other parameters stand in the point, or have nothing to do with the set. */

static bool *row(struct cells *cells, size_t depth, size_t which)
{
    return cells->rows + (3 * depth + which) * cells->n;
}

/* True when a condition of parameter i on a decided one does not hold. */
static bool is_out(const struct cells *cells, const bool *set, size_t i, const double *point)
{
    const struct param *param = space_param(cells->space, i);
    for (size_t c = 0; c < param->n_when; c++)
        if (!set[param->when[c].param] && !condition_holds(&param->when[c], point))
            return true;
    return false;
}

/* Take out the parameters that are inactive whatever the others will be. */
static void drop_inactive(const struct cells *cells, bool *set, double *point)
{
    for (size_t i = 0; i < cells->n; i++) {
        if (set[i] && is_out(cells, set, i, point)) {
            set[i] = false;
            point[i] = NAN;
        }
    }
}

/* True when one of the parameters i and j has a condition on the other. */
static bool linked(const struct cells *cells, size_t i, size_t j)
{
    size_t child = i > j ? i : j, parent = i > j ? j : i;
    const struct param *param = space_param(cells->space, child);
    for (size_t c = 0; c < param->n_when; c++)
        if (param->when[c].param == parent)
            return true;
    return false;
}

/* Move parameters of the set that are linked to `member` into the group. True when there were
 * any. */
static bool move_linked(const struct cells *cells, size_t member, bool *set, bool *group)
{
    bool moved = false;
    for (size_t i = 0; i < cells->n; i++) {
        if (set[i] && linked(cells, i, member)) {
            set[i] = false;
            group[i] = moved = true;
        }
    }
    return moved;
}

/* Move the first parameter of the set, and all that are linked to it by way of others, into
 * `group`. Answers the first, or n when the set is empty. */
static size_t take_group(const struct cells *cells, bool *set, bool *group)
{
    size_t n = cells->n, first = 0;
    memset(group, 0, n * sizeof *group);
    while (first < n && !set[first])
        first++;
    if (first == n)
        return n;
    set[first] = false;
    group[first] = true;
    bool grew = !cells->axes[first].lone;
    while (grew) {
        grew = false;
        for (size_t i = 0; i < n; i++)
            if (group[i] && move_linked(cells, i, set, group))
                grew = true;
    }
    return first;
}

/* The end of the run of values that starts at position k and makes no difference to the
 * conditions. */
static double run_end(const struct axis *axis, double k)
{
    for (size_t s = 0; s < axis->n_named; s++) {
        if (axis->named[s] == k)
            return k + 1;
        if (axis->named[s] > k)
            return axis->named[s];
    }
    return axis->n;
}

/* The group without its first parameter. */
static const bool *rest_of(struct cells *cells, const bool *group, size_t first, size_t depth)
{
    bool *rest = row(cells, depth, 2);
    memcpy(rest, group, cells->n * sizeof *rest);
    rest[first] = false;
    return rest;
}

static double count_set(struct cells *cells, const bool *set, size_t depth, double *point);

/* The points of a group. Its first parameter is active: all that it depends on is decided. */
static double count_group(struct cells *cells, const bool *group, size_t first, size_t depth,
                          double *point)
{
    const struct axis *axis = &cells->axes[first];
    if (axis->lone)
        return axis->n;
    const bool *rest = rest_of(cells, group, first, depth);
    double sum = 0;
    for (double k = 0, end; k < axis->n; k = end) {
        end = run_end(axis, k);
        point[first] = axis_value(cells, first, k);
        sum += (end - k) * count_set(cells, rest, depth + 1, point);
    }
    return sum;
}

static double count_set(struct cells *cells, const bool *set, size_t depth, double *point)
{
    bool *left = row(cells, depth, 0), *group = row(cells, depth, 1);
    memcpy(left, set, cells->n * sizeof *left);
    drop_inactive(cells, left, point);
    double product = 1;
    for (size_t first; (first = take_group(cells, left, group)) < cells->n;)
        product *= count_group(cells, group, first, depth, point);
    return product;
}

static void decode_set(struct cells *cells, const bool *set, size_t depth, double index,
                       double *point);

static void decode_group(struct cells *cells, const bool *group, size_t first, size_t depth,
                         double index, double *point)
{
    const struct axis *axis = &cells->axes[first];
    const bool *rest = rest_of(cells, group, first, depth);
    for (double k = 0, end; k < axis->n; k = end) {
        end = run_end(axis, k);
        point[first] = axis_value(cells, first, k);
        double each = count_set(cells, rest, depth + 1, point);
        if (index < (end - k) * each) {
            double steps = floor(index / each);
            point[first] = axis_value(cells, first, k + steps);
            decode_set(cells, rest, depth + 1, index - steps * each, point);
            return;
        }
        index -= (end - k) * each;
    }
}

static void decode_set(struct cells *cells, const bool *set, size_t depth, double index,
                       double *point)
{
    double after = count_set(cells, set, depth, point);
    bool *left = row(cells, depth, 0), *group = row(cells, depth, 1);
    memcpy(left, set, cells->n * sizeof *left);
    drop_inactive(cells, left, point);
    for (size_t first; (first = take_group(cells, left, group)) < cells->n;) {
        after /= count_group(cells, group, first, depth, point);
        double digit = floor(index / after);
        index -= digit * after;
        decode_group(cells, group, first, depth, digit, point);
    }
}

/* The set of all parameters lies behind the rows of the deepest recursion. */
static const bool *everything(struct cells *cells)
{
    return row(cells, cells->n + 1, 0);
}

static enum status make_scratch(struct cells *cells)
{
    size_t n = cells->n;
    cells->rows = calloc((3 * (n + 1) + 1) * n + 1, sizeof *cells->rows);
    cells->point = calloc(n + 1, sizeof *cells->point);
    if (!cells->rows || !cells->point)
        return ST_NOMEM;
    memset(row(cells, n + 1, 0), true, n * sizeof *cells->rows);
    return ST_OK;
}

enum status cells_create(struct cells **out, const struct space *space, enum cells_of what,
                         struct error *err)
{
    *out = NULL;
    enum status status = what == CELLS_GRID ? refuse_reals(space, err) : ST_OK;
    if (status)
        return status;
    struct cells *cells = calloc(1, sizeof *cells);
    if (!cells)
        return error_set(err, ST_NOMEM, "out of memory");
    cells->space = space;
    cells->n = space_count(space);
    cells->axes = calloc(cells->n + 1, sizeof *cells->axes);
    status = cells->axes ? make_axes(cells, what) : ST_NOMEM;
    if (!status)
        status = make_scratch(cells);
    if (status) {
        cells_free(cells);
        return error_set(err, status, "out of memory");
    }
    cells->total = count_set(cells, everything(cells), 0, cells->point);
    *out = cells;
    return ST_OK;
}

void cells_free(struct cells *cells)
{
    if (!cells)
        return;
    for (size_t i = 0; cells->axes && i < cells->n; i++) {
        free(cells->axes[i].values);
        free(cells->axes[i].named);
    }
    free(cells->axes);
    free(cells->rows);
    free(cells->point);
    free(cells);
}

double cells_count(const struct cells *cells)
{
    return cells->total;
}

void cells_point(struct cells *cells, uint64_t index, double *point)
{
    decode_set(cells, everything(cells), 0, (double)index, point);
}
