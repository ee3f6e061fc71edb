/* The tables of a sweep. */
#include "base/strbuf.h"
#include "orchestrator/profile_notes.h"
#include "orchestrator/profile_sweep.h"
#include "results/regression.h"
#include "results/stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define PER_IMAGES 1000.0

/* What the counts explain. The frame has the first convolution and the last linear layer, which
 * are smaller than those that are added. */
enum { FRAME, CONVOLUTION, LINEAR, RELU, COUNTS };
static const char *const count_names[COUNTS] = {"frame", "convolution", "linear", "relu"};

static double time_of(const struct sweep_member *member)
{
    double seconds[SWEEP_VISITS];
    for (size_t i = 0; i < member->n_visits; i++)
        seconds[i] = member->image_s[i];
    return PER_IMAGES * stats_median(seconds, member->n_visits).median;
}

/* NaN also where the meters had too little time to resolve it. */
static double energy_of(const struct sweep *sweep, const struct sweep_member *member)
{
    bool follows = isinf(sweep->meter.window_s);
    if (member->n_images == 0 || (!follows && member->joules.time_s < sweep->meter.window_s))
        return (double)NAN;
    return PER_IMAGES * member->joules.energy_j / (double)member->n_images;
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
    return time_of(member);
}

/* What a layer of each type adds. */
struct costs {
    struct regression energy, time;
    bool energy_known, time_known;
};

static struct costs find_costs(const struct sweep *sweep)
{
    struct costs costs;
    costs.energy_known = fit(&costs.energy, sweep, energy_of);
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

static void add_cost_rows(struct table *table, const struct costs *costs)
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

static void note_costs(struct table *table, const struct costs *costs)
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

static struct profile_joules sum_joules(const struct sweep *sweep)
{
    struct profile_joules all = {.quality = ENERGY_NONE};
    for (size_t i = 0; i < sweep->n; i++) {
        const struct profile_joules *joules = &sweep->members[i].joules;
        if (joules->quality == ENERGY_NONE)
            continue;
        double time_s = all.time_s + joules->time_s, energy_j = all.energy_j + joules->energy_j;
        double low_j = all.low_j + joules->low_j, high_j = all.high_j + joules->high_j;
        all = *joules;
        all.time_s = time_s;
        all.energy_j = energy_j;
        all.low_j = low_j;
        all.high_j = high_j;
    }
    return all;
}

static void add_notes(struct table *table, const struct sweep *sweep, const struct costs *costs)
{
    struct profile_joules all = sum_joules(sweep);
    note_costs(table, costs);
    table_add_note(table,
                   "Figures are for 1,000 images; times, which the bars show, are medians%s.",
                   sweep->plan->request->settings.threads == 1 ? " of processor time" : "");
    profile_note_meters(table, &sweep->meter, &all);
}

/* A bar of at most so many characters, in eighths. */
static void append_bar(struct strbuf *out, double share)
{
    enum { WIDTH = 24 };
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int n = share > 0 ? (int)lround(8 * WIDTH * fmin(share, 1)) : 0;
    for (int i = 0; i < n / 8; i++)
        strbuf_append(out, "█");
    strbuf_append(out, eighths[n % 8]);
}

static void add_columns(struct table *table, const struct sweep *sweep)
{
    struct strbuf energy = STRBUF_INIT;
    profile_append_energy_heading(&energy, sum_joules(sweep).quality);
    table_add_column(table, "convolutions", "convolutions", COLUMN_INTEGER);
    table_add_column(table, "linears", "linear", COLUMN_INTEGER);
    table_add_column(table, "relus", "relu", COLUMN_INTEGER);
    table_add_column(table, "params", "params", COLUMN_INTEGER);
    table_add_column(table, "flops", "work", COLUMN_OPERATIONS);
    table_add_column(table, "time_s", "time", COLUMN_SECONDS);
    table_add_column(table, "energy_j", strbuf_text(&energy), COLUMN_JOULES);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "visits", NULL, COLUMN_INTEGER);
    table_add_column(table, NULL, "", COLUMN_TEXT);
    strbuf_free(&energy);
}

static void put_member(struct table *table, const struct sweep *sweep,
                       const struct sweep_member *member, double highest_s)
{
    struct strbuf bar = STRBUF_INIT;
    double energy_j = energy_of(sweep, member), time_s = time_of(member);
    append_bar(&bar, time_s / highest_s);
    table_begin_row(table);
    table_put_integer(table, member->member->convolutions);
    table_put_integer(table, member->member->linears);
    table_put_integer(table, member->member->relus);
    table_put_count(table, member->n_visits > 0 ? member->params : -1);
    table_put_number(table,
                     member->n_visits > 0 ? PER_IMAGES * (double)member->flops : (double)NAN);
    table_put_number(table, time_s);
    table_put_number(table, energy_j);
    table_put_text(table, isnan(energy_j) ? NULL : energy_quality_text(member->joules.quality));
    table_put_text(table, isnan(energy_j) ? NULL : sweep->meter.choice.booked.text);
    table_put_integer(table, (int64_t)member->n_visits);
    table_put_text(table, strbuf_text(&bar));
    strbuf_free(&bar);
}

static void add_members(struct table *table, const struct sweep *sweep)
{
    double highest_s = 0;
    for (size_t i = 0; i < sweep->n; i++)
        highest_s = fmax(highest_s, time_of(&sweep->members[i]));
    add_columns(table, sweep);
    for (size_t i = 0; i < sweep->n; i++)
        put_member(table, sweep, &sweep->members[i], highest_s);
}

static void append_title(struct strbuf *title, const struct sweep *sweep)
{
    const struct profile_plan *plan = sweep->plan;
    const struct train_settings *settings = &plan->request->settings;
    strbuf_printf(title,
                  "Networks of convolutions, linear layers and ReLUs: %s, batches of %" PRId64
                  " in %s, %" PRId64 " thread%s",
                  plan->inference ? "inference" : "training", settings->batch_size,
                  precision_names[settings->precision], settings->threads,
                  settings->threads == 1 ? "" : "s");
}

enum status sweep_table(struct table **out, const struct sweep *sweep, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    struct table *costs_table = NULL;
    struct costs costs = find_costs(sweep);
    append_title(&title, sweep);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (!status && !sweep->plan->by_type && (status = table_create(&costs_table, NULL)))
        table_free(*out);
    if (status)
        return error_set(err, status, "out of memory for the table of a sweep");
    add_cost_rows(costs_table ? costs_table : *out, &costs);
    if (costs_table) {
        add_members(*out, sweep);
        table_set_below(*out, costs_table);
    }
    add_notes(*out, sweep, &costs);
    return ST_OK;
}
