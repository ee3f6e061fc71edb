#include "worker/trial_table.h"
#include "worker/trial_table_impl.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What six significant digits, as %g writes them, can be away from the number itself. */
#define FORMATTING 5e-6

/* Columns of positive numbers that span more than this are compared by their logarithm. */
#define DECADES_FROM 30

void trial_table_free(struct trial_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; table->params && i < table->n_params; i++)
        free(table->params[i]);
    csv_close(&table->csv);
    free(table->params);
    free(table->low);
    free(table->high);
    free(table->metrics);
    free(table->rows);
    free(table->values);
    free(table->results);
    free(table->file);
    free(table);
}

size_t trial_table_count(const struct trial_table *table)
{
    return table->n_rows;
}

bool trial_table_has_energy(const struct trial_table *table)
{
    return table->has_energy;
}

size_t trial_table_metrics(const struct trial_table *table)
{
    return table->n_metrics;
}

const char *trial_table_metric_name(const struct trial_table *table, size_t i)
{
    return table->metrics[i];
}

double trial_table_metric(const struct trial_table *table, const struct table_row *row,
                          size_t i)
{
    return table->results[(size_t)(row - table->rows) * table->n_metrics + i];
}

static bool is_whole(double x)
{
    return x == floor(x);
}

static bool same_number(double a, double b)
{
    double apart = fabs(a - b);
    if (!(apart <= FORMATTING * (fabs(a) + fabs(b)))) /* most are far apart */
        return a == b;
    return a == b ||
           (!(is_whole(a) && is_whole(b)) && apart <= FORMATTING * fmax(fabs(a), fabs(b)));
}

static bool same_value(const struct table_value *value, const struct sought *sought)
{
    if (!value->text)
        return true;
    switch (sought->kind) {
    case JSON_NUMBER:
        return same_number(value->number, sought->number);
    case JSON_NULL:
        return !*value->text;
    default:
        return strcmp(value->text, sought->text) == 0;
    }
}

bool trial_table_matches(const struct trial_table *table, size_t row,
                         const struct sought *sought, size_t except)
{
    const struct table_value *values = &table->values[row * table->n_params];
    for (size_t i = 0; i < table->n_params; i++)
        if (i != except && !same_value(&values[i], &sought[i]))
            return false;
    return true;
}

static bool same_point(const struct trial_table *table, size_t row, const struct sought *sought)
{
    return trial_table_matches(table, row, sought, NO_PARAM);
}

/* How far apart two values are: 1 is the range of the column, or any two different texts. */
static double distance(const struct trial_table *table, size_t i,
                       const struct table_value *value, const struct sought *sought)
{
    double low = table->low[i], high = table->high[i];
    if (same_value(value, sought))
        return 0;
    if (sought->kind != JSON_NUMBER || isnan(value->number) || !(high > low))
        return 1;
    if (low > 0 && high > DECADES_FROM * low && sought->number > 0)
        return fabs(log(value->number / sought->number)) / log(high / low);
    return fabs(value->number - sought->number) / (high - low);
}

static size_t nearest_row(const struct trial_table *table, const struct sought *sought)
{
    size_t nearest = 0;
    double least = INFINITY;
    for (size_t row = 0; row < table->n_rows; row++) {
        double sum = 0;
        for (size_t i = 0; i < table->n_params; i++)
            sum += distance(table, i, &table->values[row * table->n_params + i], &sought[i]);
        if (sum < least) {
            least = sum;
            nearest = row;
        }
    }
    return nearest;
}

static void append_sought(const struct sought *sought, struct strbuf *out)
{
    if (sought->kind == JSON_NUMBER)
        strbuf_printf(out, "%.15g", sought->number);
    else
        strbuf_append(out, sought->kind == JSON_NULL ? "nothing" : sought->text);
}

/* "no trial is recorded at this point: the nearest, trials.csv:7, has lr 0.01 instead of 0.02"
 */
static enum status not_found(const struct trial_table *table, const struct sought *sought,
                             struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    size_t row = nearest_row(table, sought), n = 0;
    for (size_t i = 0; i < table->n_params; i++) {
        const struct table_value *value = &table->values[row * table->n_params + i];
        if (same_value(value, &sought[i]))
            continue;
        strbuf_printf(&text, "%s%s %s instead of ", n++ ? ", " : "", table->params[i],
                      *value->text ? value->text : "nothing");
        append_sought(&sought[i], &text);
    }
    error_set(err, ST_NOTFOUND,
              "no trial is recorded at this point: the nearest, %s:%zu, has %s", table->file,
              table->rows[row].line, strbuf_text(&text));
    strbuf_free(&text);
    return ST_NOTFOUND;
}

struct sought *trial_table_seek(const struct trial_table *table, const struct json *point)
{
    struct sought *sought = calloc(table->n_params + 1, sizeof *sought);
    for (size_t i = 0; sought && i < table->n_params; i++) {
        const struct json *value = json_member(point, table->params[i]);
        enum json_kind kind = json_kind(value);
        sought[i] = (struct sought){kind, json_number(value),
                                    kind == JSON_BOOL ? (json_bool(value) ? "true" : "false")
                                                      : json_string(value)};
    }
    return sought;
}

size_t trial_table_draw(uint64_t seed, size_t n)
{
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "table", 0, 0));
    return (size_t)rng_below(&rng, n);
}

/* The row that the seed chooses among those at the point, best states first; NULL: none. */
static const struct table_row *choose(const struct trial_table *table,
                                      const struct sought *sought, uint64_t seed)
{
    static const enum outcome_state order[] = {OUTCOME_COMPLETE, OUTCOME_PRUNED,
                                               OUTCOME_FAILED};
    size_t counts[OUTCOME_CANCELLED + 1] = {0}, best = 0;
    for (size_t row = 0; row < table->n_rows; row++)
        counts[table->rows[row].state] += same_point(table, row, sought);
    while (best < 3 && counts[order[best]] == 0)
        best++;
    if (best == 3)
        return NULL;
    size_t left = trial_table_draw(seed, counts[order[best]]);
    for (size_t row = 0;; row++)
        if (table->rows[row].state == order[best] && same_point(table, row, sought) &&
            left-- == 0)
            return &table->rows[row];
}

enum status trial_table_find(const struct table_row **row, const struct trial_table *table,
                             const struct json *point, uint64_t seed, struct error *err)
{
    *row = NULL;
    struct sought *sought = trial_table_seek(table, point);
    if (!sought)
        return error_set(err, ST_NOMEM, "out of memory for the parameters");
    *row = choose(table, sought, seed);
    enum status status = *row ? ST_OK : not_found(table, sought, err);
    free(sought);
    return status;
}
