/* Joules into CO2: by hand for the regions, against a sum by the second for the series. */
#include "results/emissions.h"

#include "base/rng.h"
#include "base/strbuf.h"
#include "results/timestamp.h"
#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fixture_folder folder;
static struct snapshot *snapshot;
static char path[160];
static struct error err;

static int set_up(void **state)
{
    (void)state;
    fixture_folder_make(&folder);
    fixture_fill(&folder);
    snapshot = fixture_snapshot(&folder);
    snprintf(path, sizeof path, "%s/grid.csv", folder.path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_free(snapshot);
    fixture_folder_remove(&folder);
    return 0;
}

static void write_series(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static struct carbon *open_region(const char *iso3, double pue)
{
    struct carbon *carbon = NULL;
    assert_ok(carbon_open_region(&carbon, iso3, pue, &err), err);
    return carbon;
}

static void a_kilowatt_hour_has_the_grams_of_the_table(void **state)
{
    (void)state;
    struct carbon *carbon = open_region("NLD", 1);
    assert_near(3.6e6 * carbon_factor(carbon, 0, 1), 0.2676, 1e-15);
    assert_string_equal(carbon_basis(carbon), "NLD 2023: 267.6 g/kWh, PUE 1");
    assert_null(carbon_series(carbon));
    carbon_free(carbon);
    carbon = open_region("pol", 1.5);
    assert_near(1e6 * carbon_factor(carbon, 0, 1), 661.9 / 3.6 / 1000 * 1.5, 1e-15);
    assert_string_equal(carbon_basis(carbon), "POL 2023: 661.9 g/kWh, PUE 1.5");
    carbon_free(carbon);
}

/* The figures of Our World in Data / Ember for 2023. */
static void the_table_that_ships_is_whole(void **state)
{
    (void)state;
    static const struct {
        const char *iso3;
        double g_per_kwh;
    } expected[] = {{"NLD", 267.6}, {"DEU", 381.0}, {"FRA", 56.0},  {"GBR", 237.6},
                    {"BEL", 138.1}, {"DNK", 151.7}, {"SWE", 40.7},  {"NOR", 30.1},
                    {"FIN", 79.2},  {"AUT", 110.8}, {"CHE", 34.8},  {"ESP", 174.1},
                    {"ITA", 330.7}, {"POL", 661.9}, {"USA", 369.5}, {"CAN", 170.0},
                    {"BRA", 98.3},  {"CHN", 582.3}, {"IND", 713.4}, {"JPN", 485.4},
                    {"KOR", 430.6}, {"AUS", 548.7}};
    struct carbon_table table;
    assert_ok(carbon_table_load(&table, &err), err);
    assert_int_equal(table.n, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < table.n; i++) {
        const struct carbon_region *region = NULL;
        assert_ok(carbon_table_find(&table, expected[i].iso3, &region, &err), err);
        assert_near(region->g_per_kwh, expected[i].g_per_kwh, 0);
        assert_int_equal(region->year, 2023);
        assert_string_equal(region->source, "Our World in Data / Ember");
        assert_string_equal(region->licence, "CC BY 4.0");
    }
    carbon_table_free(&table);
}

static void an_unknown_region_is_told_the_closest(void **state)
{
    (void)state;
    struct carbon *carbon = NULL;
    assert_int_equal(carbon_open_region(&carbon, "NDL", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "'NDL'; did you mean NLD?"));
    assert_non_null(strstr(err.remedy, "AUS, AUT"));
    assert_non_null(strstr(err.remedy, "POL, SWE, USA"));
    assert_int_equal(carbon_open_region(&carbon, "de", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "did you mean DEU?"));
    assert_int_equal(carbon_open_region(&carbon, "GBX", 1, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "did you mean GBR?"));
    assert_int_equal(carbon_open_region(&carbon, "", 1, &err), ST_INVALID);
    assert_int_equal(carbon_open_region(&carbon, "the Netherlands", 1, &err), ST_INVALID);
    assert_null(strstr(err.what, "did you mean"));
}

static void malformed_tables_name_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *row, *says;
    } cases[] = {
        {"NLD,x,2023,a,b", "t.csv:3: expected a number from 0 to 3000, got 'x'"},
        {"NLD,-1,2023,a,b", "t.csv:3: expected a number from 0 to 3000, got '-1'"},
        {"NLD,1e300,2023,a,b", "t.csv:3: expected a number from 0 to 3000, got '1e300'"},
        {"NLD,1,23,a,b", "t.csv:3: expected a number from 1990 to 2100, got '23'"},
        {"NLD,1,2023.5,a,b", "t.csv:3: a year is a whole number"},
        {"NLD,1,2023,,b", "t.csv:3: a figure needs its source and licence"},
        {"NLD,1,2023,a,", "t.csv:3: a figure needs its source and licence"},
        {"NLD,1,2023,a", "t.csv:3: fewer fields than the first line has columns"},
        {"nl,1,2023,a,b", "t.csv:3: expected three capitals of ISO 3166, got 'nl'"},
        {"FRA,1,2023,a,b", "t.csv:3: FRA is there twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf text = STRBUF_INIT;
        struct carbon_table table;
        strbuf_printf(&text, "iso3,g_per_kwh,year,source,licence\nFRA,56,2023,a,b\n%s\n",
                      cases[i].row);
        assert_int_equal(carbon_table_read(&table, "t.csv", strbuf_text(&text), &err),
                         ST_FORMAT);
        assert_string_equal(err.what, cases[i].says);
        carbon_table_free(&table);
        strbuf_free(&text);
    }
    struct carbon_table table;
    assert_int_equal(
        carbon_table_read(&table, "t.csv", "iso3,g_per_kwh,year,source,licence\n", &err),
        ST_FORMAT);
    assert_string_equal(err.what, "t.csv: no region");
}

/* Points at odd seconds; the mean is compared with a sum over every second. */
static void a_series_is_integrated_over_an_interval(void **state)
{
    (void)state;
    enum { POINTS = 40 };
    int64_t starts_s[POINTS + 1];
    double values[POINTS];
    struct strbuf text = STRBUF_INIT;
    struct rng rng;
    rng_seed(&rng, 11);
    strbuf_append(&text, "zone,timestamp,g_per_kwh\n");
    int64_t at_s = 0;
    for (size_t i = 0; i < POINTS; i++) {
        starts_s[i] = at_s;
        values[i] = floor(1000 * rng_uniform(&rng));
        strbuf_printf(&text, "x,2026-11-21T%02d:%02d:%02dZ,%g\n", (int)(at_s / 3600),
                      (int)(at_s / 60 % 60), (int)(at_s % 60), values[i]);
        at_s += 1 + (int64_t)rng_below(&rng, 30);
    }
    starts_s[POINTS] = 2 * starts_s[POINTS - 1] - starts_s[POINTS - 2];
    write_series(strbuf_text(&text));
    strbuf_free(&text);
    struct carbon_series series;
    assert_ok(carbon_series_load(&series, path, &err), err);
    assert_int_equal(series.n, POINTS);
    int64_t zero_us = series.times_us[0], end_s = starts_s[POINTS];
    assert_int_equal(series.times_us[POINTS] - zero_us, end_s * 1000000);
    for (int i = 0; i < 2000; i++) {
        int64_t from_s = (int64_t)rng_below(&rng, (uint64_t)end_s);
        int64_t to_s = from_s + 1 + (int64_t)rng_below(&rng, (uint64_t)(end_s - from_s));
        double sum = 0;
        for (int64_t s = from_s; s < to_s; s++) {
            size_t point = 0;
            while (starts_s[point + 1] <= s)
                point++;
            sum += values[point];
        }
        assert_near(
            carbon_series_mean(&series, zero_us + from_s * 1000000, zero_us + to_s * 1000000),
            sum / (double)(to_s - from_s), 1e-9);
    }
    for (size_t i = 0; i < POINTS; i++)
        assert_near(carbon_series_mean(&series, series.times_us[i], series.times_us[i]),
                    values[i], 0);
    assert_near(carbon_series_mean(&series, zero_us + 1, zero_us), values[0], 0);
    assert_true(isnan(carbon_series_mean(&series, zero_us - 1, zero_us + 5)));
    assert_true(isnan(carbon_series_mean(&series, zero_us, zero_us + end_s * 1000000 + 1)));
    assert_true(isnan(carbon_series_mean(&series, INT64_MAX, INT64_MIN)));
    carbon_series_free(&series);
}

static void malformed_series_name_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *says;
    } cases[] = {
        {"", ": a series needs two points or more"},
        {"2026-11-21T08:00Z,1\n", ": a series needs two points or more"},
        {"2026-11-21T08:00,1\n", ":2: expected a time with its zone, got '2026-11-21T08:00'"},
        {"2026-11-21T08:00Z,1\n2026-11-21T08:00Z,1\n",
         ":3: '2026-11-21T08:00Z' is not after the time before it"},
        {"2026-11-21T08:00Z,1\n2026-11-21T08:30+01:00,1\n",
         ":3: '2026-11-21T08:30+01:00' is not after the time before it"},
        {"2026-11-21T08:00Z,-0.5\n", ":2: expected a number from 0 to 3000, got '-0.5'"},
        {"2026-11-21T08:00Z,1e9\n", ":2: expected a number from 0 to 3000, got '1e9'"},
        {"2026-11-21T08:00Z\n", ":2: fewer fields than the first line has columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf text = STRBUF_INIT, says = STRBUF_INIT;
        struct carbon *carbon = NULL;
        strbuf_printf(&text, "timestamp,g_per_kwh\n%s", cases[i].rows);
        strbuf_printf(&says, "%s%s", path, cases[i].says);
        write_series(strbuf_text(&text));
        assert_int_equal(carbon_open_series(&carbon, path, 1, &err), ST_FORMAT);
        assert_string_equal(err.what, strbuf_text(&says));
        strbuf_free(&text);
        strbuf_free(&says);
    }
    struct carbon *carbon = NULL;
    write_series("time,value\n");
    assert_int_equal(carbon_open_series(&carbon, path, 1, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "grid.csv:1: no column \"timestamp\""));
    assert_int_equal(carbon_open_series(&carbon, "/no/such.csv", 1, &err), ST_NOTFOUND);
}

/* kg per joule at 1 g/kWh. */
static const double unit = 1 / 3.6e9;

static void an_arm_has_the_sum_of_its_parts(void **state)
{
    (void)state;
    struct emissions *emissions = NULL;
    struct carbon *carbon = open_region("NLD", 2);
    assert_ok(emissions_create(&emissions, carbon, snapshot, &err), err);
    /* The arms have 38, 54, 50 and 50 J, overhead included. */
    static const double joules[FIXTURE_ARMS] = {38, 54, 50, 50};
    for (size_t i = 0; i < FIXTURE_ARMS; i++)
        assert_near(emissions_of_arm(emissions, snapshot, i), joules[i] * 2 * 267.6 * unit,
                    1e-18);
    emissions_free(emissions);
    carbon_free(carbon);
}

/* Attempts start 10 s x (2 x trial + attempt) after 22:13:20 and take 10 s. The first arm: 10 J
 * from 22:13:30, 4 J from 22:13:50, 10 J from 22:14:00, 10 J from 22:14:10 to 22:14:20, and 4 J
 * of overhead between 22:13:30 and 22:14:20. */
static void each_attempt_has_the_intensity_of_its_time(void **state)
{
    (void)state;
    write_series("timestamp,g_per_kwh\n"
                 "2023-11-14T22:00:00Z,100\n"
                 "2023-11-14T22:13:55Z,200\n"
                 "2023-11-14T22:14:05Z,400\n"
                 "2023-11-14T22:16:00Z,800\n");
    struct emissions *emissions = NULL;
    struct carbon *carbon = NULL;
    assert_ok(carbon_open_series(&carbon, path, 1, &err), err);
    assert_ok(emissions_create(&emissions, carbon, snapshot, &err), err);
    const double *factors = emissions->attempts[0];
    assert_near(factors[0], 100 * unit, 1e-18);
    assert_near(factors[1], 150 * unit, 1e-18);
    assert_near(factors[2], 300 * unit, 1e-18);
    assert_near(factors[3], 400 * unit, 1e-18);
    double span = (25 * 100 + 10 * 200 + 15 * 400) / 50.0;
    assert_near(emissions->overhead[0], span * unit, 1e-18);
    assert_near(emissions_of_arm(emissions, snapshot, 0),
                (10 * 100 + 4 * 150 + 10 * 300 + 10 * 400 + 4 * span) * unit, 1e-18);
    emissions_free(emissions);
    carbon_free(carbon);
}

static void a_trial_outside_of_the_series_is_named(void **state)
{
    (void)state;
    write_series("timestamp,g_per_kwh\n2023-11-14T22:13:40Z,100\n2023-11-14T22:20:00Z,200\n");
    struct emissions *emissions = NULL;
    struct carbon *carbon = NULL;
    assert_ok(carbon_open_series(&carbon, path, 1, &err), err);
    assert_int_equal(emissions_create(&emissions, carbon, snapshot, &err), ST_NOTFOUND);
    assert_null(emissions);
    assert_non_null(strstr(err.what, "trial 0 of grid (repeat 0) ran from "
                                     "2023-11-14T22:13:30.000Z to 2023-11-14T22:13:40.000Z, "
                                     "but the series goes from 2023-11-14T22:13:40.000Z to "
                                     "2023-11-14T22:26:20.000Z"));
    assert_non_null(strstr(err.remedy, "--region"));
    carbon_free(carbon);
}

/* Attempts without joules and arms without attempts have no CO2, and no time to be covered. */
static void no_joules_is_missing_and_never_nought(void **state)
{
    (void)state;
    struct fixture_folder dark;
    struct store *store = NULL;
    fixture_folder_make(&dark);
    assert_ok(
        store_create(&store, dark.database, &fixture_study, fixture_arms, FIXTURE_ARMS, &err),
        err);
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1000000, 0);
    attempt.energy.quality = "none";
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    struct snapshot *unmetered = NULL;
    assert_ok(snapshot_load(&unmetered, store, &err), err);
    write_series("timestamp,g_per_kwh\n2001-01-01T00:00Z,100\n2001-01-02T00:00Z,200\n");
    struct carbon *carbons[2] = {open_region("NLD", 1), NULL};
    assert_ok(carbon_open_series(&carbons[1], path, 1, &err), err);
    for (size_t i = 0; i < 2; i++) {
        struct emissions *emissions = NULL;
        assert_ok(emissions_create(&emissions, carbons[i], unmetered, &err), err);
        assert_true(isnan(emissions->attempts[0][0]));
        for (size_t arm = 0; arm < FIXTURE_ARMS; arm++)
            assert_true(isnan(emissions_of_arm(emissions, unmetered, arm)));
        emissions_free(emissions);
        carbon_free(carbons[i]);
    }
    snapshot_free(unmetered);
    store_close(store);
    fixture_folder_remove(&dark);
}

static void without_a_region_there_is_nothing(void **state)
{
    (void)state;
    struct emissions *emissions = (struct emissions *)&folder;
    assert_ok(emissions_create(&emissions, NULL, snapshot, &err), err);
    assert_null(emissions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kilowatt_hour_has_the_grams_of_the_table),
        cmocka_unit_test(the_table_that_ships_is_whole),
        cmocka_unit_test(an_unknown_region_is_told_the_closest),
        cmocka_unit_test(malformed_tables_name_file_and_line),
        cmocka_unit_test(a_series_is_integrated_over_an_interval),
        cmocka_unit_test(malformed_series_name_file_and_line),
        cmocka_unit_test(an_arm_has_the_sum_of_its_parts),
        cmocka_unit_test(each_attempt_has_the_intensity_of_its_time),
        cmocka_unit_test(a_trial_outside_of_the_series_is_named),
        cmocka_unit_test(no_joules_is_missing_and_never_nought),
        cmocka_unit_test(without_a_region_there_is_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
