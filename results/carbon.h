/* carbon.h - what turns joules into CO2: an intensity of the grid, and a PUE.
 *
 * Joules are stored raw; this is applied when reading. kg CO2e = J / 3.6e6 x PUE x g/kWh /
 * 1000. The PUE is what the building draws over what the machines draw. Threading: read-only
 * once made. */
#ifndef RESULTS_CARBON_H
#define RESULTS_CARBON_H

#include "results/carbon_series.h"
#include "results/carbon_table.h"
#include "results/table.h"

#define CARBON_PUE_MAX 10.0

struct carbon;

/* By the yearly mean of a region, an ISO 3166 code of three letters; or by a user's series.
 * Errors: those of carbon_table_find() and of carbon_series_load(). */
enum status carbon_open_region(struct carbon **out, const char *iso3, double pue,
                               struct error *err);
enum status carbon_open_series(struct carbon **out, const char *path, double pue,
                               struct error *err);
void carbon_free(struct carbon *carbon);

/* Kilograms of CO2 equivalent per joule: of a constant intensity, and of energy that was used
 * evenly between two times. NaN outside of a series. */
double carbon_kg_per_j(double g_per_kwh, double pue);
double carbon_factor(const struct carbon *carbon, int64_t from_us, int64_t to_us);

/* The series, NULL when the intensity is a region's. */
const struct carbon_series *carbon_series(const struct carbon *carbon);

/* In few words, for a column beside the figures: "NLD 2023: 267.6 g/kWh, PUE 1". */
const char *carbon_basis(const struct carbon *carbon);

/* The note under a table: intensity, year, source, licence and PUE. */
void carbon_add_note(const struct carbon *carbon, struct table *table);
/* "PUE 1 (nothing but the machines)": what a PUE stands for. */
const char *carbon_pue_text(double pue);

#endif
