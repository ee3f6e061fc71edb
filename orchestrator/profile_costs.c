#include "orchestrator/profile_costs.h"

#include "base/strbuf.h"
#include "results/stats.h"

#include <math.h>
#include <stdlib.h>

/* What the counts explain. The frame has the first convolution and the last linear layer, which
 * are smaller than those that are added. */
enum { FRAME, CONVOLUTION, LINEAR, RELU, COUNTS };
static const char *const count_names[COUNTS] = {"frame", "convolution", "linear", "relu"};

double sweep_time_s(const struct sweep_member *member)
{
    double seconds[SWEEP_VISITS];
    for (size_t i = 0; i < member->n_visits; i++)
        seconds[i] = member->image_s[i];
    return SWEEP_IMAGES * stats_median(seconds, member->n_visits).median;
}

double sweep_energy_j(const struct sweep *sweep, const struct sweep_member *member)
{
    bool follows = isinf(sweep->meter.window_s);
    if (member->n_images == 0 || (!follows && member->joules.time_s < sweep->meter.window_s))
        return (double)NAN;
    return SWEEP_IMAGES * member->joules.energy_j / (double)member->n_images;
}

static bool fit(struct regression *regression, const struct sweep *sweep,
                double (*figure)(const struct sweep *sweep, const struct sweep_member *member))
{
    double *x = calloc(sweep->n * COUNTS, sizeof *x), *y = calloc(sweep->n, sizeof *y);
    size_t n = 0;
    for (size_t i = 0; x && y && i < sweep->n; i++) {
        const struct sweep_member *member = &sweep->members[i];
        y[n] = figure(sweep, member);
        if (isnan(y[n]))
            continue;
        double *row = x + n++ * COUNTS;
        row[FRAME] = 1;
        row[CONVOLUTION] = member->member->convolutions - 1;
        row[LINEAR] = member->member->linears - 1;
        row[RELU] = member->member->relus;
    }
    bool good = x && y && regression_fit(regression, x, y, n, COUNTS) == ST_OK;
    free(x);
    free(y);
    return good;
}

static double time_figure(const struct sweep *sweep, const struct sweep_member *member)
{
    (void)sweep;
    return sweep_time_s(member);
}

struct sweep_costs sweep_costs_find(const struct sweep *sweep)
{
    struct sweep_costs costs;
    costs.energy_known = fit(&costs.energy, sweep, sweep_energy_j);
    costs.time_known = fit(&costs.time, sweep, time_figure);
    return costs;
}

static void put_coefficient(struct table *table, const struct regression *regression,
                            bool known, size_t i)
{
    const struct regression_coefficient none = {(double)NAN, (double)NAN, (double)NAN};
    const struct regression_coefficient *c = known ? &regression->coefficients[i] : &none;
    table_put_number(table, c->estimate);
    table_put_number(table, c->low);
    table_put_number(table, c->high);
}

void sweep_costs_add_rows(struct table *table, const struct sweep_costs *costs)
{
    table_add_column(table, "type", "a layer of type", COLUMN_TEXT);
    table_add_column(table, "energy_j", "energy", COLUMN_JOULES);
    table_add_column(table, "energy_low_j", "at least", COLUMN_JOULES);
    table_add_column(table, "energy_high_j", "at most", COLUMN_JOULES);
    table_add_column(table, "time_s", "time", COLUMN_SECONDS);
    table_add_column(table, "time_low_s", "at least", COLUMN_SECONDS);
    table_add_column(table, "time_high_s", "at most", COLUMN_SECONDS);
    for (size_t i = CONVOLUTION; i <= COUNTS; i++) {
        size_t count = i % COUNTS; /* the frame comes last */
        table_begin_row(table);
        table_put_text(table, count_names[count]);
        put_coefficient(table, &costs->energy, costs->energy_known, count);
        put_coefficient(table, &costs->time, costs->time_known, count);
    }
}

/* "12.3 times that of a ReLU", or that the ReLU's cannot be told from nought. */
static void append_ratio(struct strbuf *text, const struct regression *regression, size_t other)
{
    static const char *const names[COUNTS] = {[LINEAR] = "a linear layer", [RELU] = "a ReLU"};
    const struct regression_coefficient *c = &regression->coefficients[other];
    double ratio = regression->coefficients[CONVOLUTION].estimate / c->estimate;
    if (c->low > 0)
        strbuf_printf(text, "%.3g times that of %s", ratio, names[other]);
    else
        strbuf_printf(text, "beyond that of %s, which cannot be told from nought",
                      names[other]);
}

void sweep_costs_note(struct table *table, const struct sweep_costs *costs)
{
    bool energy = costs->energy_known;
    const struct regression *regression = energy ? &costs->energy : &costs->time;
    if (!energy && !costs->time_known) {
        table_add_note(table, "Too few networks were measured to tell the types apart.");
        return;
    }
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "The %s of a convolution is ", energy ? "energy" : "time");
    if (regression->coefficients[CONVOLUTION].low > 0) {
        append_ratio(&text, regression, LINEAR);
        strbuf_append(&text, " and ");
        append_ratio(&text, regression, RELU);
    } else {
        strbuf_append(&text, "not to be told from nought: measure for longer");
    }
    table_add_note(table, "%s.", strbuf_text(&text));
    strbuf_free(&text);
    table_add_note(
        table,
        "Least squares over %zu networks with 95 %% intervals; the numbers of layers "
        "explain %.2f %% of the variance. The frame is what all networks share, the first "
        "convolution and the last linear layer included.",
        regression->n, 100 * regression->r_squared);
}
