#include "orchestrator/simulate.h"

#include "base/clock.h"
#include "orchestrator/objective.h"
#include "orchestrator/simulation.h"
#include "orchestrator/station.h"
#include "orchestrator/study_store.h"
#include "worker/simulated_trial.h"

#include <stdio.h>
#include <stdlib.h>

/* Between two commits: each waits for the disk. */
#define COMMIT_EVERY_S 1.0

static enum status refuse_kind(const struct study *study, struct error *err)
{
    error_set(err, ST_INVALID, "%s: its trials are programs, which cannot be simulated",
              study->path);
    error_remedy(err, "record them with 'wattune run' and 'wattune export', and give a study "
                      "whose trial is {\"kind\": \"table\", \"path\": \"FILE.csv\"}");
    return ST_INVALID;
}

enum status simulate_check(const struct study *study, struct error *err)
{
    const char *metered = station_metered_part(study);
    if (!trial_kind_simulated(study->trial->kind))
        return refuse_kind(study, err);
    if (!metered)
        return ST_OK;
    error_set(err, ST_INVALID, "%s: %s has no figure in a simulation of this study",
              study->path, metered);
    error_remedy(err, "give \"trial\" an \"energy_j\"");
    return ST_INVALID;
}

static enum status fill_entrant(struct simulate *simulate, struct simulate_entrant *entrant,
                                bool alone)
{
    const struct study *study = simulate->study;
    struct strbuf label = STRBUF_INIT;
    strbuf_append(&label, study->strategies[entrant->strategy].label);
    if (!alone)
        strbuf_printf(&label, "@%d", entrant->workers);
    entrant->label = strbuf_take(&label);
    entrant->search_cpu_s = calloc(study->repeats, sizeof *entrant->search_cpu_s);
    return entrant->label && entrant->search_cpu_s ? ST_OK : ST_NOMEM;
}

enum status simulate_open(struct simulate *simulate, const struct study *study,
                          const int *workers, size_t n)
{
    *simulate = (struct simulate){.study = study};
    simulate->objectives = objective_reported_list(study->objectives, study->n_objectives);
    simulate->entrants = calloc(study->n_strategies * n, sizeof *simulate->entrants);
    if (!simulate->objectives || !simulate->entrants)
        return ST_NOMEM;
    enum status status = ST_OK;
    for (; simulate->n_entrants < study->n_strategies * n && !status; simulate->n_entrants++) {
        struct simulate_entrant *entrant = &simulate->entrants[simulate->n_entrants];
        entrant->strategy = simulate->n_entrants / n;
        entrant->workers = workers[simulate->n_entrants % n];
        status = fill_entrant(simulate, entrant, n == 1);
    }
    return status;
}

void simulate_close(struct simulate *simulate)
{
    for (size_t i = 0; i < simulate->n_entrants; i++) {
        free(simulate->entrants[i].label);
        free(simulate->entrants[i].search_cpu_s);
    }
    free(simulate->entrants);
    free(simulate->objectives);
    *simulate = (struct simulate){0};
}

size_t simulate_runs(const struct simulate *simulate)
{
    return simulate->n_entrants * simulate->study->repeats;
}

/* Runs are numbered as the arms in the database are: repeat by repeat, as in a real run. */
static struct simulate_entrant *entrant_of(const struct simulate *simulate, size_t run)
{
    return &simulate->entrants[run % simulate->n_entrants];
}

/* The arm of the study whose seed and strategy a run has. */
static size_t study_arm_of(const struct simulate *simulate, size_t run)
{
    return run / simulate->n_entrants * simulate->study->n_strategies +
           entrant_of(simulate, run)->strategy;
}

enum status simulate_create_store(struct store **out, const char *path,
                                  const struct simulate *simulate, bool replace,
                                  struct error *err)
{
    const struct study *study = simulate->study;
    struct arm_record *arms = calloc(simulate_runs(simulate), sizeof *arms);
    if (!arms)
        return error_set(err, ST_NOMEM, "no memory for the runs");
    for (size_t i = 0; i < simulate_runs(simulate); i++) {
        const struct study_arm *arm = &study->arms[study_arm_of(simulate, i)];
        arms[i] = (struct arm_record){.number = (uint32_t)i,
                                      .strategy = entrant_of(simulate, i)->label,
                                      .repeat = arm->repeat,
                                      .seed = arm->seed};
    }
    bool joules = trial_spec_simulates_energy(study->trial);
    struct study_store wanted = {
        .study = study,
        .arms = arms,
        .n_arms = simulate_runs(simulate),
        .energy_meters = METERS_SIMULATED,
        .energy_quality = energy_quality_text(joules ? ENERGY_REPORTED : ENERGY_NONE),
        .replace = replace};
    enum status status = study_store_create(out, path, &wanted, err);
    if (status == ST_EXISTS)
        error_remedy(err,
                     "replace its results with --force, or write to another file with --db");
    free(arms);
    return status;
}

static void count_run(struct simulate *simulate, size_t run,
                      const struct simulation_result *result)
{
    struct simulate_entrant *entrant = entrant_of(simulate, run);
    entrant->search_cpu_s[entrant->n_runs++] = result->search_cpu_s;
    simulate->n_runs++;
    simulate->n_trials += result->books.trials.n;
    if (simulate->watch)
        simulate->watch(simulate->context, simulate->n_runs, simulate_runs(simulate),
                        simulate->n_trials);
}

static enum status report_broken(const struct simulate *simulate, size_t run,
                                 const struct simulation_result *result, struct store *store,
                                 struct error *err)
{
    error_set(err, ST_FAILED, "%s with %d worker%s: %s", entrant_of(simulate, run)->label,
              entrant_of(simulate, run)->workers,
              entrant_of(simulate, run)->workers == 1 ? "" : "s", result->why);
    enum status status = store_set_state(store, STUDY_BROKEN, err->what, err);
    error_remedy(err,
                 "'wattune trials' on its database shows the reasons; --keep-going goes on");
    return status;
}

/* One run, with a strategy of its own; it is written when it is over. */
static enum status simulate_one(struct simulate *simulate, size_t run, struct store *store,
                                enum simulate_end *end, struct error *err)
{
    struct coordinator_arm arm = {0};
    enum status status = arm_open(&arm, simulate->study, study_arm_of(simulate, run), err);
    if (status)
        return status;
    struct simulation_options options = {.study = simulate->study,
                                         .arm = &arm,
                                         .objectives = simulate->objectives,
                                         .n_workers = entrant_of(simulate, run)->workers,
                                         .keep_going = simulate->keep_going};
    struct simulation_result result;
    status = simulation_run(&result, &options, err);
    if (!status && result.interrupted) {
        *end = SIMULATE_INTERRUPTED;
    } else if (!status) {
        simulate->keep_going = simulate->keep_going || result.succeeded;
        status = simulated_books_write(&result.books, store, (uint32_t)run, err);
        count_run(simulate, run, &result);
    }
    if (!status && result.broken) {
        *end = SIMULATE_BROKEN;
        status = report_broken(simulate, run, &result, store, err);
    }
    simulation_free(&result);
    strategy_free(arm.strategy);
    return status;
}

static enum status commit_now_and_then(struct store *store, double *committed_s,
                                       struct error *err)
{
    double now_s = clock_monotonic_s();
    if (now_s - *committed_s < COMMIT_EVERY_S)
        return ST_OK;
    *committed_s = now_s;
    enum status status = store_commit(store, err);
    return status ? status : store_begin(store, err);
}

static enum status set_end(const struct simulate *simulate, struct store *store,
                           enum simulate_end end, struct error *err)
{
    char why[96];
    snprintf(why, sizeof why, "interrupted after %zu of %zu runs", simulate->n_runs,
             simulate_runs(simulate));
    switch (end) {
    case SIMULATE_DONE:
        return store_set_state(store, STUDY_DONE, NULL, err);
    case SIMULATE_INTERRUPTED:
        return store_set_state(store, STUDY_INTERRUPTED, why, err);
    case SIMULATE_BROKEN: /* with its reason already */
        break;
    }
    return ST_OK;
}

enum status simulate_run(struct simulate *simulate, struct store *store, enum simulate_end *end,
                         struct error *err)
{
    double committed_s = clock_monotonic_s();
    *end = SIMULATE_DONE;
    enum status status = store_begin(store, err);
    for (size_t i = 0; i < simulate_runs(simulate) && !status && *end == SIMULATE_DONE; i++) {
        status = simulate_one(simulate, i, store, end, err);
        if (!status)
            status = commit_now_and_then(store, &committed_s, err);
    }
    if (!status)
        status = set_end(simulate, store, *end, err);
    if (!status)
        return store_commit(store, err);
    store_rollback(store);
    store_set_state(store, STUDY_BROKEN, err->what, NULL);
    return status;
}
