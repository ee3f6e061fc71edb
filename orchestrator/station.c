#include "orchestrator/station.h"

#include "orchestrator/objective.h"

#include <stdio.h>
#include <stdlib.h>

const char *station_metered_part(const struct study *study)
{
    if (trial_spec_simulates_energy(study->trial))
        return NULL;
    for (size_t i = 0; i < study->n_objectives; i++)
        if (objective_needs_energy(study->objectives[i].metric))
            return "an objective of energy";
    for (size_t i = 0; i < study->n_constraints; i++)
        if (objective_needs_energy(study->constraints[i].metric))
            return "a constraint on energy";
    /* Without one it would never be spent. */
    return study->budget.energy_j > 0 ? "a budget of energy" : NULL;
}

enum status station_check_meters(const struct meter_set *meters, const struct study *study,
                                 struct error *err)
{
    enum energy_quality require = study->energy.require;
    const char *part = station_metered_part(study);
    if (meters->quality < require)
        error_set(err, ST_UNAVAILABLE,
                  "the study requires %s energy, and here it would be %s%s%s",
                  energy_quality_text(require), energy_quality_text(meters->quality),
                  meters->n ? ", by " : "", meters->text);
    else if (meters->quality == ENERGY_NONE && part)
        error_set(err, ST_UNAVAILABLE, "%s needs a meter, and here is none", part);
    else
        return ST_OK;
    error_remedy(err, "`wattune meters` says what is missing; or require less in the study's "
                      "\"energy\", \"objectives\", \"constraints\" and \"budget\"");
    return ST_UNAVAILABLE;
}

/* The variables are what the site says of this machine, so they go before the study. */
static void pass_model_watts(const struct study_energy *energy)
{
    char text[32];
    if (!(energy->model_idle_w > 0) || getenv("WATTUNE_MODEL_IDLE_W") ||
        getenv("WATTUNE_MODEL_MAX_W"))
        return;
    snprintf(text, sizeof text, "%.17g", energy->model_idle_w);
    setenv("WATTUNE_MODEL_IDLE_W", text, 1);
    snprintf(text, sizeof text, "%.17g", energy->model_max_w);
    setenv("WATTUNE_MODEL_MAX_W", text, 1);
}

enum status station_choose_meters(struct meter_choice *meters, const struct study *study,
                                  struct error *err)
{
    const struct study_energy *energy = &study->energy;
    double idle_w;
    enum status status = idle_power_given(energy->idle_w, &idle_w, err);
    if (status)
        return status;
    pass_model_watts(energy);
    return meter_choice_open(meters, meter_root(), energy->n_meters ? energy->meters : NULL,
                             energy->n_meters, err);
}

enum status station_open_meters(struct meter_choice *meters, const struct study *study,
                                struct error *err)
{
    enum status status = station_choose_meters(meters, study, err);
    if (status == ST_NOMEM)
        return status;
    if (status) {
        if (err)
            err->status = ST_UNAVAILABLE;
        return ST_UNAVAILABLE;
    }
    status = station_check_meters(&meters->booked, study, err);
    if (status)
        meter_choice_close(meters);
    return status;
}

/* The coordinator is the first rank of its host. */
static int first_worker(const struct transport_host *host, bool coordinator_works)
{
    return host->size > 1 && host->has_coordinator && !coordinator_works;
}

static int share_of_processors(const struct transport_host *host, bool coordinator_works)
{
    int workers = host->size - first_worker(host, coordinator_works);
    int share = host->processors / workers;
    if (share > host->own_processors)
        share = host->own_processors;
    return share > 0 ? share : 1;
}

enum status station_open(struct station *station, const struct study *study,
                         const struct transport_host *host, enum ledger_role role,
                         bool coordinator_works, struct error *err)
{
    *station =
        (struct station){.threads = share_of_processors(host, coordinator_works),
                         .n_ranks = (size_t)host->size,
                         .measures_idle = host->rank == first_worker(host, coordinator_works)};
    snprintf(station->host, sizeof station->host, "%s", host->name);
    enum status status = station_open_meters(&station->meters, study, err);
    if (status)
        return status;
    status = ledger_open(&station->ledger, host->shared, (size_t)host->size, (size_t)host->rank,
                         role, &station->meters, err);
    if (!status && role != LEDGER_COORDINATOR)
        status = station_take_gpus(&station->gpus, host, first_worker(host, coordinator_works),
                                   station->ledger, err);
    if (status)
        station_close(station);
    return status;
}

void station_close(struct station *station)
{
    ledger_close(station->ledger);
    station_leave_gpus(&station->gpus);
    meter_choice_close(&station->meters);
    *station = (struct station){0};
}
