/* carbon_table.h - the carbon intensity of electricity by country, as it ships with Wattune.
 *
 * The figures, their years, their sources and their licences are in carbon_intensity.csv, which
 * the build puts into the program: there is one copy, and no file to find at run time.
 * Threading: read-only once loaded. */
#ifndef RESULTS_CARBON_TABLE_H
#define RESULTS_CARBON_TABLE_H

#include "base/status.h"

#include <stddef.h>

/* Grams of CO2 equivalent per kilowatt-hour that any grid may have; oil shale, the worst, has
 * about 1200. What lies above is another unit. */
#define CARBON_INTENSITY_MAX 3000.0

enum { CARBON_YEAR_MIN = 1990, CARBON_YEAR_MAX = 2100 };

/* The file, ended by a NUL. */
extern const unsigned char carbon_intensity_csv[];

struct carbon_region {
    char iso3[4]; /* ISO 3166-1 alpha-3, in capitals */
    double g_per_kwh;
    int year; /* that g_per_kwh is the mean of */
    char *source, *licence;
};

struct carbon_table {
    struct carbon_region *regions; /* [n] in the order of the file */
    size_t n;
};

/* Read a table; `name` is its file's name in messages. carbon_table_load() reads the one that
 * ships. Errors: ST_FORMAT with file and line; ST_NOMEM. */
enum status carbon_table_read(struct carbon_table *table, const char *name, const char *text,
                              struct error *err);
enum status carbon_table_load(struct carbon_table *table, struct error *err);
/* Safe after a failed read. */
void carbon_table_free(struct carbon_table *table);

/* The region of that code, in whatever case, borrowed from the table. Errors: ST_INVALID with
 * the closest code and the list of all. */
enum status carbon_table_find(const struct carbon_table *table, const char *iso3,
                              const struct carbon_region **out, struct error *err);

#endif
