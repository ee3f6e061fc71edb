#include "results/carbon.h"

#include "base/clock.h"
#include "base/strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct carbon {
    double pue;
    struct carbon_table table;          /* that the region is borrowed from */
    const struct carbon_region *region; /* NULL: by the series */
    struct carbon_series series;
    char *basis;
};

double carbon_kg_per_j(double g_per_kwh, double pue)
{
    return pue * g_per_kwh / 1000 / 3.6e6;
}

double carbon_factor(const struct carbon *carbon, int64_t from_us, int64_t to_us)
{
    double g_per_kwh = carbon->region ? carbon->region->g_per_kwh
                                      : carbon_series_mean(&carbon->series, from_us, to_us);
    return carbon_kg_per_j(g_per_kwh, carbon->pue);
}

const struct carbon_series *carbon_series(const struct carbon *carbon)
{
    return carbon->region ? NULL : &carbon->series;
}

const char *carbon_basis(const struct carbon *carbon)
{
    return carbon->basis;
}

static bool write_basis(struct carbon *carbon)
{
    struct strbuf text = STRBUF_INIT;
    if (carbon->region)
        strbuf_printf(&text, "%s %d: %.15g g/kWh, ", carbon->region->iso3, carbon->region->year,
                      carbon->region->g_per_kwh);
    else
        strbuf_printf(&text, "%s, ", carbon->series.path);
    strbuf_printf(&text, "PUE %.15g", carbon->pue);
    carbon->basis = strbuf_take(&text);
    return carbon->basis;
}

/* Hand out what was opened, or free it when that failed. */
static enum status finish(struct carbon **out, struct carbon *carbon, enum status status,
                          struct error *err)
{
    if (!status && !write_basis(carbon))
        status = error_set(err, ST_NOMEM, "out of memory");
    if (status)
        carbon_free(carbon);
    else
        *out = carbon;
    return status;
}

static struct carbon *create(double pue)
{
    struct carbon *carbon = calloc(1, sizeof *carbon);
    if (carbon)
        carbon->pue = pue;
    return carbon;
}

enum status carbon_open_region(struct carbon **out, const char *iso3, double pue,
                               struct error *err)
{
    struct carbon *carbon = create(pue);
    if (!carbon)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status status = carbon_table_load(&carbon->table, err);
    if (!status)
        status = carbon_table_find(&carbon->table, iso3, &carbon->region, err);
    return finish(out, carbon, status, err);
}

enum status carbon_open_series(struct carbon **out, const char *path, double pue,
                               struct error *err)
{
    struct carbon *carbon = create(pue);
    if (!carbon)
        return error_set(err, ST_NOMEM, "out of memory");
    return finish(out, carbon, carbon_series_load(&carbon->series, path, err), err);
}

void carbon_free(struct carbon *carbon)
{
    if (!carbon)
        return;
    carbon_table_free(&carbon->table);
    carbon_series_free(&carbon->series);
    free(carbon->basis);
    free(carbon);
}

const char *carbon_pue_text(double pue)
{
    return pue > 1 ? "the building's share included" : "nothing but the machines";
}

static void note_series(const struct carbon *carbon, struct table *table)
{
    const struct carbon_series *series = &carbon->series;
    char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
    clock_format(series->times_us[0], from);
    clock_format(series->times_us[series->n], to);
    double low = series->g_per_kwh[0], high = low;
    for (size_t i = 1; i < series->n; i++) {
        low = fmin(low, series->g_per_kwh[i]);
        high = fmax(high, series->g_per_kwh[i]);
    }
    table_add_note(table,
                   "CO2e is by %s (%.15g to %.15g g/kWh, %zu points from %s to %s), PUE %.15g "
                   "(%s).",
                   series->path, low, high, series->n, from, to, carbon->pue,
                   carbon_pue_text(carbon->pue));
}

void carbon_add_note(const struct carbon *carbon, struct table *table)
{
    const struct carbon_region *region = carbon->region;
    if (region)
        table_add_note(table,
                       "CO2e is by %.15g g/kWh (%s, mean of %d; %s, %s), PUE %.15g (%s).",
                       region->g_per_kwh, region->iso3, region->year, region->source,
                       region->licence, carbon->pue, carbon_pue_text(carbon->pue));
    else
        note_series(carbon, table);
}
