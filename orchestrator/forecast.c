#include "orchestrator/forecast.h"

#include "base/clock.h"
#include "base/json.h"
#include "cnn/settings.h"
#include "cnn/train.h"
#include "search/sobol.h"
#include "worker/ledger.h"

#include <math.h>
#include <stdlib.h>

enum { POINTS = 5 };
static const double POINT_BUDGET_S = 0.2;

/* Settings of the trial, then of the point. The learning rate is nought, which takes as long
 * and cannot diverge. */
static enum status point_settings(const struct study *study, const double *point,
                                  struct train_settings *settings, struct error *err)
{
    struct json *params = space_point_to_json(study->space, point);
    if (!params)
        return error_set(err, ST_NOMEM, "out of memory");
    enum status status = ST_OK;
    settings_init(settings);
    for (const struct json *m = json_first(study->trial->settings); m && !status;
         m = json_next(m))
        status = settings_set(settings, json_key(m), m, err);
    for (const struct json *m = json_first(params); m && !status; m = json_next(m))
        status = settings_set(settings, json_key(m), m, err);
    json_free(params);
    settings->learning_rate = 0;
    settings->threads = study->trial->threads > 0 ? study->trial->threads : 1;
    return status;
}

static void add_time(struct forecast *forecast, double time_s)
{
    forecast->time_low_s = forecast->points ? fmin(forecast->time_low_s, time_s) : time_s;
    forecast->time_high_s = forecast->points ? fmax(forecast->time_high_s, time_s) : time_s;
    forecast->time_s += time_s / POINTS;
    forecast->points++;
}

/* Try the points, with this process's work booked as one trial. */
static enum status try_points(const struct study *study, struct forecast *forecast,
                              struct error *err)
{
    struct train_settings *settings = malloc(sizeof *settings);
    double *point = malloc((space_count(study->space) + 1) * sizeof *point);
    double *u = malloc((space_dims(study->space) + 1) * sizeof *u);
    struct sobol *sobol = NULL;
    enum status status = settings && point && u ? ST_OK : ST_NOMEM;
    if (!status)
        status = sobol_create(&sobol, space_dims(study->space), 1);
    if (status)
        error_set(err, status, "%s", status_text(status));
    for (size_t i = 0; i < POINTS && !status; i++) {
        struct train_probe probe;
        sobol_point(sobol, i, u);
        space_sample(study->space, u, point);
        status = point_settings(study, point, settings, err);
        if (!status)
            status = train_probe(settings, POINT_BUDGET_S, &probe, err);
        if (!status)
            add_time(forecast, probe.run_s);
    }
    sobol_free(sobol);
    free(settings);
    free(point);
    free(u);
    return status;
}

/* Joules follow from the time by the power that the points took on the whole. */
static void set_energy(struct forecast *forecast, const struct energy *spent, double elapsed_s)
{
    forecast->quality = spent->quality;
    forecast->energy_j = forecast->energy_low_j = forecast->energy_high_j = (double)NAN;
    if (spent->quality == ENERGY_NONE || !(elapsed_s > 0))
        return;
    double power_w = (double)(spent->dynamic_uj + spent->idle_uj) * 1e-6 / elapsed_s;
    forecast->energy_j = power_w * forecast->time_s;
    forecast->energy_low_j = power_w * forecast->time_low_s;
    forecast->energy_high_j = power_w * forecast->time_high_s;
}

enum status forecast_study(const struct study *study, const struct meter_choice *meters,
                           struct forecast *forecast, struct error *err)
{
    *forecast = (struct forecast){0};
    if (study->trial->kind != TRIAL_CNN)
        return error_set(err, ST_INVALID, "only trials of kind cnn can be forecast");
    struct ledger *ledger;
    enum status status = ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, meters, err);
    if (status)
        return status;
    struct energy spent;
    double start_s = clock_monotonic_s();
    ledger_trial_begin(ledger, 0);
    status = try_points(study, forecast, err);
    ledger_trial_end(ledger, (double)NAN, &spent);
    set_energy(forecast, &spent, clock_monotonic_s() - start_s);
    ledger_close(ledger);
    return status;
}
