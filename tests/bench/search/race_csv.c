#include "tests/bench/search/race_csv.h"

#include "base/csv_reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum column {
    PROBLEM,
    SAMPLER,
    SEED,
    WORKERS,
    BUDGET,
    TRIALS,
    TRIAL,
    VALUE1,
    VALUE2,
    TOLD1,
    TOLD2,
    ENERGY,
    TIME,
    COLUMNS
};

static const char *const names[COLUMNS] = {"problem", "sampler",  "seed",   "workers", "budget",
                                           "trials",  "trial",    "value1", "value2",  "told1",
                                           "told2",   "energy_j", "time_s"};

static const char *budget_text(const struct race *race, size_t target)
{
    return race_by_joules(race, target) ? "joules" : "trials";
}

/* Writing. */

static void write_run(FILE *file, const struct race *race, size_t t, size_t k, size_t s)
{
    const struct trace *trace = race_trace(race, t, k, s);
    for (size_t i = 0; i < trace->n; i++) {
        const struct step *step = &trace->steps[i];
        const struct measurement *measured = &step->measured;
        double lost = measured->failed || measured->pruned ? (double)NAN : 0;
        fprintf(file, "%s,%s,%zu,%zu,%s,%zu,%zu,%.17g,%.17g,%.17g,%.17g,%.17g,%.9f,%.6f\n",
                race->targets[t].name, race->choices[k].label, s + 1, race->workers,
                budget_text(race, t), race->trials, i, measured->values[0] + lost,
                measured->values[1] + lost, measured->told[0] + lost, measured->told[1] + lost,
                measured->energy_j, step->time_s, step->regret);
    }
}

static void write_race(FILE *file, const struct race *race)
{
    for (size_t t = 0; t < race->n_targets; t++)
        for (size_t k = 0; k < race->n_samplers; k++)
            for (size_t s = 0; s < race->seeds; s++)
                write_run(file, race, t, k, s);
}

enum status race_csv_write(const struct race *const *races, size_t n, const char *path,
                           struct error *err)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return error_errno(err, errno, "%s", path);
    for (size_t c = 0; c < COLUMNS; c++)
        fprintf(file, "%s,", names[c]);
    fputs("regret\n", file);
    for (size_t i = 0; i < n; i++)
        write_race(file, races[i]);
    bool failed = ferror(file);
    if (fclose(file) || failed)
        return error_errno(err, errno, "writing %s", path);
    return ST_OK;
}

/* Reading. */

/* A number, or what was written of one that there is not. */
static double number(const struct csv_reader *csv, enum column column)
{
    double value;
    return csv_parse_number(csv_field(csv, column), &value) ? value : (double)NAN;
}

static size_t find_target(const struct race *race, const char *name)
{
    size_t t = 0;
    while (t < race->n_targets && strcmp(race->targets[t].name, name) != 0)
        t++;
    return t;
}

static struct trace *find_trace(const struct race *race, const struct csv_reader *csv)
{
    size_t t = find_target(race, csv_field(csv, PROBLEM));
    size_t k = race_find(race, csv_field(csv, SAMPLER));
    double seed = number(csv, SEED);
    if (t == race->n_targets || k == race->n_samplers || !(seed >= 1) ||
        !(seed <= (double)race->seeds) || number(csv, WORKERS) != (double)race->workers ||
        number(csv, TRIALS) != (double)race->trials ||
        strcmp(csv_field(csv, BUDGET), budget_text(race, t)) != 0)
        return NULL;
    return race_trace(race, t, k, (size_t)seed - 1);
}

static enum status take_row(const struct race *race, const struct csv_reader *csv,
                            struct error *err)
{
    struct trace *trace = find_trace(race, csv);
    struct measurement measured = {.failed = isnan(number(csv, VALUE1)),
                                   .values = {number(csv, VALUE1), number(csv, VALUE2)},
                                   .told = {number(csv, TOLD1), number(csv, TOLD2)},
                                   .energy_j = number(csv, ENERGY)};
    if (!trace || number(csv, TRIAL) != (double)trace->n)
        return ST_OK;
    return trace_add(trace, &measured, number(csv, TIME))
               ? error_set(err, ST_NOMEM, "out of memory")
               : ST_OK;
}

static enum status judge_all(struct race *race)
{
    enum status status = ST_OK;
    for (size_t t = 0; t < race->n_targets; t++)
        for (size_t i = 0; i < race->n_samplers * race->seeds && !status; i++) {
            struct trace *trace = race_trace(race, t, 0, i);
            status = trace_judge(trace, &race->targets[t]);
        }
    return status;
}

enum status race_csv_read(struct race *race, const char *path, struct error *err)
{
    struct csv_reader csv;
    bool more = true;
    enum status status = csv_open_file(&csv, path, names, COLUMNS, err);
    while (!status && more) {
        status = csv_next(&csv, &more, err);
        if (!status && more)
            status = take_row(race, &csv, err);
    }
    csv_close(&csv);
    return status ? status : judge_all(race);
}

static enum status add_sampler(struct sampler_choice *choices, size_t *n, const char *label,
                               struct error *err)
{
    for (size_t k = 0; k < *n; k++)
        if (strcmp(choices[k].label, label) == 0)
            return ST_OK;
    if (*n == SAMPLERS_MAX)
        return error_set(err, ST_INVALID, "there are more than %d samplers", SAMPLERS_MAX);
    struct sampler_choice *choice = &choices[(*n)++];
    *choice = (struct sampler_choice){0};
    snprintf(choice->label, sizeof choice->label, "%s", label);
    return ST_OK;
}

enum status race_csv_samplers(struct sampler_choice *choices, size_t *n, const char *path,
                              struct error *err)
{
    struct csv_reader csv;
    bool more = true;
    enum status status = csv_open_file(&csv, path, names, COLUMNS, err);
    while (!status && more) {
        status = csv_next(&csv, &more, err);
        if (!status && more)
            status = add_sampler(choices, n, csv_field(&csv, SAMPLER), err);
    }
    csv_close(&csv);
    return status;
}
