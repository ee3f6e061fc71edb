#include "results/footprint.h"

#include "results/carbon.h"
#include "results/provenance.h"
#include "results/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All that a study booked; NaN where there is no figure. */
struct total {
    double energy_j, low_j, high_j;
};

static double overhead_j(const struct snapshot *snapshot)
{
    double sum_j = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        for (size_t j = 0; j < snapshot->arms[i].n_overhead; j++) {
            double row_j = overhead_joules(&snapshot->arms[i].overhead[j]);
            if (!isnan(row_j))
                sum_j += row_j;
        }
    }
    return sum_j;
}

/* The overhead is as uncertain as the attempts, since the same meters counted both. */
static struct total total_of(const struct snapshot *snapshot)
{
    struct provenance all = provenance_of(snapshot, NULL);
    struct total attempts = {0, 0, 0};
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        for (size_t j = 0; j < snapshot->arms[i].n_attempts; j++) {
            const struct attempt_record *attempt = &snapshot->arms[i].attempts[j];
            if (!attempt_has_energy(attempt))
                continue;
            attempts.energy_j += attempt_energy_j(attempt);
            attempts.low_j += (double)attempt->energy.low_uj / 1e6;
            attempts.high_j += (double)attempt->energy.high_uj / 1e6;
        }
    }
    struct total total = {(double)NAN, (double)NAN, (double)NAN};
    if (provenance_of_totals(&all).worst < 0)
        return total;
    total.energy_j = attempts.energy_j + overhead_j(snapshot);
    if (attempts.energy_j > 0) {
        total.low_j = total.energy_j * (attempts.low_j / attempts.energy_j);
        total.high_j = total.energy_j * (attempts.high_j / attempts.energy_j);
    }
    return total;
}

/* The regions that were asked for, borrowed from the table. */
struct choice {
    const struct carbon_region **regions;
    size_t n;
};

static enum status choose(struct choice *choice, const struct carbon_table *table, char *list,
                          struct error *err)
{
    for (char *next = list, *code; (code = strsep(&next, ","));) {
        const struct carbon_region *region;
        enum status status = carbon_table_find(table, code, &region, err);
        if (status)
            return status;
        for (size_t i = 0; i < choice->n; i++)
            if (choice->regions[i] == region)
                return error_set(err, ST_INVALID, "the region %s is listed twice",
                                 region->iso3);
        choice->regions[choice->n++] = region;
    }
    return ST_OK;
}

static enum status choice_open(struct choice *choice, const struct carbon_table *table,
                               const char *regions, struct error *err)
{
    *choice = (struct choice){.regions = calloc(table->n, sizeof(struct carbon_region *))};
    char *list = regions ? strdup(regions) : NULL;
    enum status status = ST_OK;
    if (!choice->regions || (regions && !list))
        status = error_set(err, ST_NOMEM, "out of memory");
    else if (regions)
        status = choose(choice, table, list, err);
    for (size_t i = 0; !status && !regions && i < table->n; i++)
        choice->regions[choice->n++] = &table->regions[i];
    free(list);
    return status;
}

static double lowest_intensity(const struct choice *choice)
{
    double lowest = (double)NAN;
    for (size_t i = 0; i < choice->n; i++)
        lowest = fmin(lowest, choice->regions[i]->g_per_kwh); /* passes the NaN over */
    return lowest;
}

enum { CO2E_COLUMN = 8 };

static void add_columns(const struct snapshot *snapshot, struct table *table)
{
    struct provenance all = provenance_of(snapshot, NULL);
    struct strbuf heading = STRBUF_INIT;
    qualities_append_heading(&heading, "CO2e", provenance_of_totals(&all));
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "region", "region", COLUMN_TEXT);
    table_add_column(table, "g_per_kwh", "g/kWh", COLUMN_NUMBER);
    table_add_column(table, "year", "year", COLUMN_INTEGER);
    table_add_column(table, "pue", "PUE", COLUMN_NUMBER);
    table_add_column(table, "energy_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_kwh", NULL, COLUMN_NUMBER);
    table_add_column(table, "building_kwh", "kWh with PUE", COLUMN_NUMBER);
    table_add_column(table, "co2e_kg", strbuf_text(&heading), COLUMN_CO2E);
    table_add_column(table, "co2e_low_kg", "at least", COLUMN_CO2E);
    table_add_column(table, "co2e_high_kg", "at most", COLUMN_CO2E);
    table_add_column(table, "relative", "times the lowest", COLUMN_NUMBER);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "source", NULL, COLUMN_TEXT);
    table_add_column(table, "licence", NULL, COLUMN_TEXT);
    strbuf_free(&heading);
}

static void put_row(const struct snapshot *snapshot, const struct total *total,
                    const struct carbon_region *region, double pue, double lowest,
                    struct table *table)
{
    struct provenance all = provenance_of(snapshot, NULL);
    int worst = provenance_of_totals(&all).worst;
    double kg_per_j = carbon_kg_per_j(region->g_per_kwh, pue);
    table_begin_row(table);
    table_put_text(table, snapshot->study->name);
    table_put_text(table, region->iso3);
    table_put_number(table, region->g_per_kwh);
    table_put_integer(table, region->year);
    table_put_number(table, pue);
    table_put_number(table, total->energy_j);
    table_put_number(table, total->energy_j / 3.6e6);
    table_put_number(table, pue * total->energy_j / 3.6e6);
    table_put_number(table, kg_per_j * total->energy_j);
    table_put_number(table, kg_per_j * total->low_j);
    table_put_number(table, kg_per_j * total->high_j);
    table_put_number(table, lowest > 0 ? region->g_per_kwh / lowest : (double)NAN);
    table_put_text(table, worst < 0 ? NULL : energy_quality_name(worst));
    table_put_text(table, region->source);
    table_put_text(table, region->licence);
}

static void note_energy(const struct total *total, double pue, struct table *table)
{
    if (!isnan(total->energy_j)) {
        struct strbuf text = STRBUF_INIT;
        units_append_energy(&text, total->energy_j);
        table_add_note(
            table,
            "The study took %s (%.3g kWh): trials, failed attempts, waiting workers, "
            "search and orchestrator.",
            strbuf_text(&text), total->energy_j / 3.6e6);
        strbuf_free(&text);
    }
    table_add_note(table, "PUE %.15g (%s) at every place.", pue, carbon_pue_text(pue));
}

/* Each source once. */
static void note_sources(const struct choice *choice, struct table *table)
{
    for (size_t i = 0; i < choice->n; i++) {
        const struct carbon_region *region = choice->regions[i];
        size_t j = 0;
        while (strcmp(choice->regions[j]->source, region->source) != 0 ||
               strcmp(choice->regions[j]->licence, region->licence) != 0)
            j++;
        if (j == i)
            table_add_note(table, "Intensities are yearly means: %s, %s.", region->source,
                           region->licence);
    }
}

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              const struct choice *choice, double pue, struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Footprint of %s by location", snapshot->study->name);
    enum status status = table_create(out, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, ST_NOMEM, "out of memory");
    struct total total = total_of(snapshot);
    add_columns(snapshot, *out);
    for (size_t i = 0; i < choice->n; i++)
        put_row(snapshot, &total, choice->regions[i], pue, lowest_intensity(choice), *out);
    table_sort(*out, CO2E_COLUMN, false);
    note_energy(&total, pue, *out);
    note_sources(choice, *out);
    provenance_add_notes(snapshot, *out);
    return ST_OK;
}

enum status footprint_table(struct table **out, const struct snapshot *snapshot,
                            const char *regions, double pue, struct error *err)
{
    struct carbon_table table;
    struct choice choice = {0};
    enum status status = carbon_table_load(&table, err);
    if (status)
        return status;
    status = choice_open(&choice, &table, regions, err);
    if (!status)
        status = make_table(out, snapshot, &choice, pue, err);
    free(choice.regions);
    carbon_table_free(&table);
    return status;
}

enum status footprint_check_regions(const char *regions, struct error *err)
{
    struct carbon_table table;
    struct choice choice = {0};
    enum status status = carbon_table_load(&table, err);
    if (status)
        return status;
    status = choice_open(&choice, &table, regions, err);
    free(choice.regions);
    carbon_table_free(&table);
    return status;
}
