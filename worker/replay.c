#include "worker/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct table_figures unknown = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

static enum status add_metrics(struct outcome *outcome, const struct trial_table *table,
                               const struct table_row *row)
{
    for (size_t i = 0; i < trial_table_metrics(table); i++) {
        const char *name = trial_table_metric_name(table, i);
        double value = trial_table_metric(table, row, i);
        if (name && !isnan(value) && outcome_add_metric(outcome, name, value))
            return ST_NOMEM;
    }
    return ST_OK;
}

/* What nobody recorded is not run either. */
static void fail(struct replay *replay, const char *reason)
{
    replay->state = OUTCOME_FAILED;
    replay->reason = strdup(reason);
    replay->figures.duration_s = 0;
    if (trial_table_has_energy(replay->table))
        replay->figures.energy_j = 0;
}

static const struct table_step *last_step(const struct replay *replay)
{
    return &replay->run.steps[replay->run.n - 1];
}

static void repeat(struct replay *replay)
{
    const struct table_step *end = last_step(replay);
    const char *reason = *end->row->reason ? end->row->reason
                         : end->row->state == OUTCOME_COMPLETE
                             ? NULL
                             : outcome_state_text(end->row->state);
    replay->state = end->row->state;
    replay->reason = reason ? strdup(reason) : NULL;
    replay->figures = end->figures;
    replay->length_s = end->figures.duration_s > 0 ? end->figures.duration_s : 0;
}

enum status replay_begin(struct replay *replay, struct outcome *outcome,
                         const struct attempt *attempt, struct error *err)
{
    struct table_point point = {.params = attempt->params, .seed = attempt->seed};
    struct table_point continued = {attempt->continued_params, attempt->continued_seed,
                                    attempt->continued_stopped_at};
    *replay = (struct replay){.figures = unknown, .table = attempt->spec->table};
    enum status status = trial_table_run(&replay->run, replay->table, &point,
                                         continued.params ? &continued : NULL, err);
    if (status == ST_NOMEM)
        return status;
    if (status == ST_OK) {
        repeat(replay);
        status = add_metrics(outcome, replay->table, last_step(replay)->row);
    } else {
        fail(replay, err->what);
        status = ST_OK;
    }
    if (!status && (replay->reason || replay->state == OUTCOME_COMPLETE))
        return ST_OK;
    replay_end(replay);
    return error_set(err, ST_NOMEM, "out of memory for the result");
}

void replay_end(struct replay *replay)
{
    free(replay->reason);
    table_run_free(&replay->run);
    *replay = (struct replay){.figures = unknown};
}

size_t replay_reports(const struct replay *replay)
{
    return replay->run.n > 0 ? replay->run.n - 1 : 0;
}

struct json *replay_report(const struct replay *replay, size_t i)
{
    const struct table_step *step = &replay->run.steps[i];
    struct json *report = json_object_create();
    json_put_number(report, "epoch", step->fidelity);
    for (size_t m = 0; m < trial_table_metrics(replay->table); m++) {
        const char *name = trial_table_metric_name(replay->table, m);
        double value = trial_table_metric(replay->table, step->row, m);
        if (name && !isnan(value))
            json_put_number(report, name, value);
    }
    return report;
}

/* How many steps, the end included, were made by then. */
static size_t steps_made(const struct replay *replay, double share)
{
    size_t made = 0;
    while (made < replay->run.n && replay->run.steps[made].at <= share)
        made++;
    return made;
}

enum status replay_stop(const struct replay *replay, double share, struct outcome *outcome)
{
    size_t made = steps_made(replay, share);
    outcome_clear_metrics(outcome);
    return made > 0 ? add_metrics(outcome, replay->table, replay->run.steps[made - 1].row)
                    : ST_OK;
}

/* What had been used after a share of the time: what the steps say, and evenly between them. */
static double used(const struct replay *replay, double share, double whole,
                   double (*figure)(const struct table_figures *figures))
{
    size_t made = steps_made(replay, share);
    if (replay->run.n == 0 || made == replay->run.n)
        return whole;
    const struct table_step *next = &replay->run.steps[made];
    const struct table_step *last = made > 0 ? next - 1 : NULL;
    double begun = last ? last->at : 0, before = last ? figure(&last->figures) : 0;
    double after = figure(&next->figures);
    if (isnan(before) || isnan(after)) /* a step that was not measured */
        return whole * share;
    return before + (after - before) * (share - begun) / (next->at - begun);
}

static double energy(const struct table_figures *figures)
{
    return figures->energy_j;
}

static double energy_low(const struct table_figures *figures)
{
    return isnan(figures->energy_low_j) ? figures->energy_j : figures->energy_low_j;
}

static double energy_high(const struct table_figures *figures)
{
    return isnan(figures->energy_high_j) ? figures->energy_j : figures->energy_high_j;
}

static double cpu(const struct table_figures *figures)
{
    return figures->cpu_s;
}

static int64_t used_uj(const struct replay *replay, double share,
                       double (*figure)(const struct table_figures *figures))
{
    return llround(used(replay, share, figure(&replay->figures), figure) * 1e6);
}

static void book_energy(const struct replay *replay, double share, struct energy *booked)
{
    *booked = (struct energy){0};
    if (isnan(replay->figures.energy_j))
        return;
    booked->quality = ENERGY_REPORTED;
    booked->dynamic_uj = used_uj(replay, share, energy);
    booked->low_uj = used_uj(replay, share, energy_low);
    booked->high_uj = used_uj(replay, share, energy_high);
    snprintf(booked->meters, sizeof booked->meters, "recorded trials");
    snprintf(booked->method, sizeof booked->method, "recorded");
}

/* Of a trial that was ended on its way, those of its last step; without steps, an even part. */
static double epochs_done(const struct replay *replay, double share)
{
    size_t made = steps_made(replay, share);
    if (made > 0)
        return replay->run.steps[made - 1].figures.epochs_done;
    return replay->run.n > 1 ? (double)NAN : replay->figures.epochs_done * share;
}

void replay_book(const struct replay *replay, double share, struct outcome *outcome)
{
    const struct table_figures *figures = &replay->figures;
    double epochs = epochs_done(replay, share);
    book_energy(replay, share, &outcome->energy);
    if (!isnan(figures->duration_s))
        outcome->duration_s = figures->duration_s * share;
    outcome->cpu_s = used(replay, share, figures->cpu_s, cpu);
    outcome->peak_memory_mb = figures->peak_memory_mb;
    if (!isnan(epochs))
        outcome->epochs_done = (int64_t)epochs;
}
