#include "orchestrator/simulation.h"

#include "orchestrator/search_cost.h"
#include "orchestrator/signals.h"
#include "orchestrator/simulated_crew.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What databases can hold, in microseconds and microjoules, with room to add up. */
#define CLOCK_MAX_S 1e11
#define WAITING_MAX_J 1e11

struct simulation {
    const struct simulation_options *options;
    struct simulation_result *result;
    struct coordinator *coordinator;
    struct simulated_crew crew;
    struct search_cost cost;
    struct action_list actions; /* of the event that was handled last */
    double now_s;
    double waiting_j; /* of all workers, so far */
    size_t n_trials;
    bool collect; /* the coordinator wants to know what the workers' waiting took */
    bool over;
};

static void note_end(struct simulation *sim, const struct action *end)
{
    sim->over = true;
    sim->result->broken = end->study_state != STUDY_DONE;
    snprintf(sim->result->why, sizeof sim->result->why, "%s", end->text ? end->text : "");
}

static enum status execute(struct simulation *sim, struct action *action)
{
    if (action_for_store(action->kind)) {
        sim->n_trials += action->kind == ACTION_ADD_TRIAL;
        return simulated_books_keep(&sim->result->books, action);
    }
    switch (action->kind) {
    case ACTION_ASSIGN:
        return simulated_crew_assign(&sim->crew, action, sim->now_s);
    case ACTION_STOP:
    case ACTION_CANCEL:
        return simulated_crew_end(&sim->crew, action, sim->now_s);
    case ACTION_COLLECT:
        sim->collect = true;
        return ST_OK;
    case ACTION_END:
        note_end(sim, action);
        return ST_OK;
    default:
        return ST_OK;
    }
}

/* Hand the coordinator an event, and carry its actions out. */
static enum status handle(struct simulation *sim, const struct event *event)
{
    enum status status = coordinator_handle(sim->coordinator, event, sim->now_s, &sim->actions);
    for (size_t i = 0; i < sim->actions.n && !status; i++)
        status = execute(sim, &sim->actions.items[i]);
    action_list_clear(&sim->actions);
    return status;
}

static enum status muster(struct simulation *sim)
{
    enum status status = ST_OK;
    for (int i = 0; i < sim->crew.n && !status; i++)
        status = handle(
            sim, &(struct event){.kind = EVENT_JOINED, .worker = i, .text = SIMULATED_HOST});
    return status;
}

/* What a worker's waiting took: the idle power that the study gives, where trials have joules
 * to stand beside it. */
static struct ledger_overhead waiting(struct simulation *sim, int worker)
{
    double idle_w = sim->options->study->energy.idle_w;
    double waiting_j = simulated_crew_waited_s(&sim->crew, worker, sim->now_s) * idle_w;
    struct ledger_overhead overhead = {.quality = ENERGY_NONE};
    if (!(idle_w > 0) || !trial_spec_simulates_energy(sim->options->study->trial))
        return overhead;
    sim->waiting_j += waiting_j;
    overhead.quality = ENERGY_REPORTED;
    overhead.waiting_uj = llround(fmin(waiting_j, WAITING_MAX_J) * 1e6);
    return overhead;
}

/* Every account in time for the budget of joules: after each event. */
static enum status book_waiting(struct simulation *sim)
{
    enum status status = ST_OK;
    bool answer = sim->collect;
    if (!answer && !(sim->options->study->energy.idle_w > 0))
        return ST_OK;
    sim->collect = false;
    for (int i = 0; i < sim->crew.n && !status; i++) {
        struct event event = {.kind = EVENT_OVERHEAD,
                              .worker = i,
                              .overhead = waiting(sim, i),
                              .search_cpu_s = NAN,
                              .answer = answer};
        if (answer || event.overhead.waiting_uj > 0)
            status = handle(sim, &event);
    }
    struct event own = {.kind = EVENT_OVERHEAD, .worker = WORKER_NONE, .answer = true};
    return status || !answer ? status : handle(sim, &own);
}

static enum status tell(struct simulation *sim, struct simulated_happening *happening)
{
    struct outcome *outcome = &happening->outcome;
    struct event event = {.kind = EVENT_REPORT,
                          .worker = happening->worker,
                          .id = happening->id,
                          .report = happening->report};
    if (!happening->report) {
        event.kind = EVENT_FINISHED;
        event.outcome = outcome;
        sim->result->succeeded = sim->result->succeeded || outcome->state == OUTCOME_COMPLETE ||
                                 outcome->state == OUTCOME_PRUNED;
    }
    return handle(sim, &event);
}

/* All that happens by now. */
static enum status take_happenings(struct simulation *sim)
{
    for (;;) {
        struct simulated_happening happening;
        enum status status = simulated_crew_take(&sim->crew, sim->now_s, &happening);
        bool any = happening.worker != WORKER_NONE;
        if (!status && any)
            status = tell(sim, &happening);
        simulated_happening_clear(&happening);
        if (status || !any)
            return status;
    }
}

static enum status look_around(struct simulation *sim)
{
    return handle(sim, &(struct event){.kind = EVENT_TICK, .worker = WORKER_NONE});
}

static enum status refuse_endless(const struct simulation *sim, struct error *err)
{
    size_t most = sim->options->trials_max ? sim->options->trials_max : SIMULATION_TRIALS_MAX;
    if (sim->options->study->budget.trials > 0 || sim->n_trials <= most)
        return ST_OK;
    error_set(err, ST_FAILED,
              "%s: %zu trials took %g simulated seconds, and the budget is not spent",
              sim->options->arm->label, sim->n_trials, sim->now_s);
    error_remedy(err, "give the study a budget of \"trials\"");
    return ST_FAILED;
}

static enum status refuse_huge(const struct simulation *sim, struct error *err)
{
    if (sim->now_s <= CLOCK_MAX_S && sim->waiting_j <= WAITING_MAX_J)
        return ST_OK;
    error_set(err, ST_FAILED,
              "%s: a run of %g s, with %g J in waiting, is more than a database can hold",
              sim->options->arm->label, sim->now_s, sim->waiting_j);
    error_remedy(err, "durations are in seconds, and \"idle_w\" in watts");
    return ST_FAILED;
}

/* The clock jumps to what happens next. */
static enum status jump(struct simulation *sim, struct error *err)
{
    double next_s = simulated_crew_next_s(&sim->crew);
    if (isinf(next_s))
        return error_set(err, ST_FAILED, "%s: the simulation stands still: no trial runs",
                         sim->options->arm->label);
    sim->now_s = next_s;
    return refuse_endless(sim, err);
}

/* From one instant at which something happens to the next. */
static enum status step(struct simulation *sim, struct error *err)
{
    enum status status = take_happenings(sim);
    if (!status)
        status = book_waiting(sim);
    if (!status)
        status = look_around(sim);
    bool closes = !status && sim->collect;
    if (closes) /* the answer, and what follows from it, at the same instant */
        status = book_waiting(sim);
    if (!status)
        status = refuse_huge(sim, err);
    return status || closes || sim->over ? status : jump(sim, err);
}

static enum status open_simulation(struct simulation *sim)
{
    const struct simulation_options *options = sim->options;
    struct coordinator_options wanted = arms_coordinator_options(options->study);
    wanted.arms = options->arm;
    wanted.n_arms = 1;
    wanted.keep_going = options->keep_going;
    wanted.host = SIMULATED_HOST;
    wanted.n_ranks = wanted.n_workers = options->n_workers;
    wanted.patience_s = INFINITY; /* nobody is lost */
    wanted.ops = search_cost_ops(&sim->cost);
    enum status status = simulated_crew_open(&sim->crew, options->study, options->objectives,
                                             options->n_workers);
    if (!status)
        status = coordinator_create(&sim->coordinator, &wanted, 0);
    sim->result->coordinator = sim->coordinator;
    return status ? status : muster(sim);
}

enum status simulation_run(struct simulation_result *result,
                           const struct simulation_options *options, struct error *err)
{
    struct simulation sim = {.options = options, .result = result};
    *result = (struct simulation_result){0};
    enum status status = open_simulation(&sim);
    while (!status && !sim.over && !result->interrupted) {
        status = step(&sim, err);
        result->interrupted = signals_came();
    }
    result->interrupted = result->interrupted && !sim.over;
    result->search_cpu_s = search_cost_take(&sim.cost);
    simulated_crew_close(&sim.crew);
    action_list_free(&sim.actions);
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "no memory for the simulation of %s", options->arm->label);
    return status;
}

void simulation_free(struct simulation_result *result)
{
    simulated_books_free(&result->books);
    coordinator_free(result->coordinator);
    *result = (struct simulation_result){0};
}
