#include "results/carbon_table.h"

#include "base/csv_reader.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum column { ISO3, G_PER_KWH, YEAR, SOURCE, LICENCE, COLUMNS };

static enum status read_code(const struct csv_reader *csv, struct carbon_region *region,
                             struct error *err)
{
    const char *code = csv_field(csv, ISO3);
    if (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return error_set(err, ST_FORMAT,
                         "%s:%zu: expected three capitals of ISO 3166, got '%.40s'",
                         csv->source, csv->line, code);
    memcpy(region->iso3, code, 4);
    return ST_OK;
}

static enum status read_region(const struct csv_reader *csv, struct carbon_region *region,
                               struct error *err)
{
    double year = 0;
    enum status status = read_code(csv, region, err);
    if (!status)
        status = csv_number(csv, G_PER_KWH, 0, CARBON_INTENSITY_MAX, &region->g_per_kwh, err);
    if (!status)
        status = csv_number(csv, YEAR, CARBON_YEAR_MIN, CARBON_YEAR_MAX, &year, err);
    if (!status && year != floor(year))
        status = error_set(err, ST_FORMAT, "%s:%zu: a year is a whole number", csv->source,
                           csv->line);
    if (!status && (!*csv_field(csv, SOURCE) || !*csv_field(csv, LICENCE)))
        status = error_set(err, ST_FORMAT, "%s:%zu: a figure needs its source and licence",
                           csv->source, csv->line);
    region->year = (int)year;
    return status;
}

/* Append the region of the present record. */
static enum status add_region(struct carbon_table *table, const struct csv_reader *csv,
                              struct error *err)
{
    struct carbon_region region = {0};
    enum status status = read_region(csv, &region, err);
    if (status)
        return status;
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->regions[i].iso3, region.iso3) == 0)
            return error_set(err, ST_FORMAT, "%s:%zu: %s is there twice", csv->source,
                             csv->line, region.iso3);
    struct carbon_region *grown =
        reallocarray(table->regions, table->n + 1, sizeof *table->regions);
    if (grown)
        table->regions = grown;
    region.source = strdup(csv_field(csv, SOURCE));
    region.licence = strdup(csv_field(csv, LICENCE));
    if (!grown || !region.source || !region.licence) {
        free(region.source);
        free(region.licence);
        return error_set(err, ST_NOMEM, "%s: out of memory", csv->source);
    }
    table->regions[table->n++] = region;
    return ST_OK;
}

enum status carbon_table_read(struct carbon_table *table, const char *name, const char *text,
                              struct error *err)
{
    static const char *const columns[COLUMNS] = {"iso3", "g_per_kwh", "year", "source",
                                                 "licence"};
    struct csv_reader csv;
    *table = (struct carbon_table){0};
    enum status status = csv_open_text(&csv, name, text, columns, COLUMNS, err);
    if (status)
        return status;
    bool more = false;
    do {
        status = csv_next(&csv, &more, err);
        if (!status && more)
            status = add_region(table, &csv, err);
    } while (!status && more);
    csv_close(&csv);
    if (!status && table->n == 0)
        status = error_set(err, ST_FORMAT, "%s: no region", name);
    if (status)
        carbon_table_free(table);
    return status;
}

enum status carbon_table_load(struct carbon_table *table, struct error *err)
{
    return carbon_table_read(table, "carbon_intensity.csv", (const char *)carbon_intensity_csv,
                             err);
}

void carbon_table_free(struct carbon_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        free(table->regions[i].source);
        free(table->regions[i].licence);
    }
    free(table->regions);
    *table = (struct carbon_table){0};
}

/* Is this a slip of the code: two of its three letters in place, two neighbours swapped, or the
 * code of two letters that most often begins the one of three? */
static bool resembles(const char *text, const char *code)
{
    size_t length = strlen(text);
    if (length == 2)
        return strncasecmp(text, code, 2) == 0;
    if (length != 3)
        return false;
    int same = 0;
    for (size_t i = 0; i < 3; i++)
        same += toupper((unsigned char)text[i]) == code[i];
    char swapped[2][4] = {{text[1], text[0], text[2], '\0'}, {text[0], text[2], text[1], '\0'}};
    return same == 2 || strcasecmp(swapped[0], code) == 0 || strcasecmp(swapped[1], code) == 0;
}

static enum status unknown_region(const struct carbon_table *table, const char *iso3,
                                  struct error *err)
{
    struct strbuf list = STRBUF_INIT;
    const char *near = NULL;
    for (size_t i = 0; i < table->n; i++) {
        const char *code = table->regions[i].iso3;
        strbuf_printf(&list, "%s%s", i ? ", " : "", code);
        near = !near && resembles(iso3, code) ? code : near;
    }
    error_set(err, ST_INVALID, "no carbon intensity for the region '%.40s'%s%s%s", iso3,
              near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    error_remedy(err, "the regions are %s", strbuf_text(&list));
    strbuf_free(&list);
    return ST_INVALID;
}

enum status carbon_table_find(const struct carbon_table *table, const char *iso3,
                              const struct carbon_region **out, struct error *err)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strcasecmp(table->regions[i].iso3, iso3) == 0) {
            *out = &table->regions[i];
            return ST_OK;
        }
    }
    return unknown_region(table, iso3, err);
}
