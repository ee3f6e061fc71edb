#include "orchestrator/coordinator_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two writes of overhead while no attempt ends. */
#define FLUSH_EVERY_S 30.0
/* Rows of the books are cumulative: this is no more than the resolution in which they are seen.
 */
#define BOOKS_EVERY_S 10.0

static enum ask plain_ask(void *context, struct strategy *strategy, const struct trial **trial)
{
    (void)context;
    return strategy_ask(strategy, trial);
}

static enum status plain_tell(void *context, struct strategy *strategy, uint64_t number,
                              enum trial_state state, const struct trial_result *result)
{
    (void)context;
    return strategy_tell(strategy, number, state, result);
}

static enum verdict plain_report(void *context, struct strategy *strategy, uint64_t number,
                                 struct intermediate report)
{
    (void)context;
    return strategy_report(strategy, number, report);
}

static enum status plain_restore(void *context, struct strategy *strategy, const double *point,
                                 int64_t continues)
{
    (void)context;
    return strategy_restore(strategy, point, continues);
}

static enum status plain_restore_report(void *context, struct strategy *strategy,
                                        uint64_t number, struct intermediate report)
{
    (void)context;
    return strategy_restore_report(strategy, number, report);
}

const struct coordinator_ops coordinator_ops_plain = {.ask = plain_ask,
                                                      .tell = plain_tell,
                                                      .report = plain_report,
                                                      .restore = plain_restore,
                                                      .restore_report = plain_restore_report};

static void init_arm(struct arm *arm, const struct coordinator_options *options,
                     const struct coordinator_arm *spec)
{
    arm->shown = (struct run_arm){.strategy = spec->label,
                                  .repeat = spec->repeat,
                                  .limit = options->budget.trials,
                                  .best = NAN,
                                  .energy_j = NAN};
}

enum status coordinator_create(struct coordinator **out,
                               const struct coordinator_options *options, double now_s)
{
    struct coordinator *c = calloc(1, sizeof *c);
    if (!c)
        return ST_NOMEM;
    size_t n_workers = (size_t)options->n_ranks + 1;
    c->options = *options;
    c->arms = calloc(options->n_arms, sizeof *c->arms);
    c->workers = calloc(n_workers, sizeof *c->workers);
    c->shown_running = calloc(n_workers, sizeof *c->shown_running);
    c->shown_arms = calloc(options->n_arms, sizeof *c->shown_arms);
    if (!c->arms || !c->workers || !c->shown_running || !c->shown_arms) {
        coordinator_free(c);
        return ST_NOMEM;
    }
    for (size_t i = 0; i < options->n_arms; i++)
        init_arm(&c->arms[i], options, &options->arms[i]);
    snprintf(c->workers[options->n_ranks].host, sizeof c->workers->host, "%s",
             options->host ? options->host : "");
    c->start_s = c->now_s = c->ticked_s = c->attended_s = c->flushed_s = c->books_s = now_s;
    c->deadline_s = now_s + options->muster_s;
    *out = c;
    return ST_OK;
}

static void free_arm(struct arm *arm)
{
    for (size_t i = 0; i < arm->n_tasks; i++) {
        free(arm->tasks[i].params);
        free(arm->tasks[i].values);
        free(arm->tasks[i].constrained);
    }
    free(arm->tasks);
    free(arm->queue);
}

void coordinator_free(struct coordinator *c)
{
    if (!c)
        return;
    for (size_t i = 0; c->arms && i < c->options.n_arms; i++)
        free_arm(&c->arms[i]);
    free(c->arms);
    free(c->workers);
    free(c->shown_running);
    free(c->shown_arms);
    free(c);
}

void coordinator_trial_name(const struct coordinator *c, struct attempt_id id, char *name,
                            size_t size)
{
    const struct coordinator_arm *arm = &c->options.arms[id.arm];
    snprintf(name, size, "%s.%u.%llu", arm->label, (unsigned)arm->repeat,
             (unsigned long long)id.trial);
}

bool coordinator_better(const struct coordinator *c, double value, double best)
{
    bool maximize = c->options.objectives[0].goal == GOAL_MAXIMIZE;
    return isnan(best) || (maximize ? value > best : value < best);
}

void coordinator_note_quality(struct coordinator *c, enum energy_quality quality)
{
    c->quality = energy_quality_worse(c->quality, quality);
}

/* The first reason stands; the manner only becomes more pressing. */
void coordinator_wind_down(struct coordinator *c, enum winding how, int exit_status,
                           const char *why)
{
    if (!c->winding) {
        c->exit_status = exit_status;
        c->end_text = why;
    }
    if (how > c->winding)
        c->winding = how;
}

/* The first signal lets trials end by themselves for a while, the second does not, and the
 * third does not even wait for their end. */
static void interrupted(struct coordinator *c, bool urgent)
{
    if (c->winding == WINDING_CANCEL && !urgent)
        c->phase = PHASE_OVER;
    enum winding how = c->winding || urgent ? WINDING_CANCEL : WINDING_GENTLE;
    if (how == WINDING_GENTLE)
        c->grace_until_s = c->now_s + c->options.grace_s;
    coordinator_wind_down(c, how, EXIT_INTERRUPTED, "interrupted");
}

static enum status tick(struct coordinator *c, double gap_s)
{
    crew_forgive_gap(c, gap_s);
    enum status status = crew_lose_silent(c);
    if (!status && (c->attempt_ended || c->now_s - c->flushed_s >= FLUSH_EVERY_S))
        status = overhead_flush(c);
    if (!status && c->now_s - c->books_s >= BOOKS_EVERY_S)
        status = overhead_store_books(c);
    return status ? status : phase_advance(c);
}

static enum status refused(struct coordinator *c, const struct event *event)
{
    c->workers[event->worker].refused = true;
    if (event->unmeasured)
        coordinator_wind_down(c, WINDING_CANCEL, EXIT_UNMEASURED,
                              "a worker cannot measure what the study requires");
    return ST_OK;
}

static enum status take(struct coordinator *c, const struct event *event, double gap_s)
{
    switch (event->kind) {
    case EVENT_JOINED:
        return crew_joined(c, event);
    case EVENT_REFUSED:
        return refused(c, event);
    case EVENT_LOST:
        return crew_lose(c, event->worker);
    case EVENT_REPORT:
        return result_report(c, event);
    case EVENT_SAMPLES:
        return result_samples(c, event);
    case EVENT_FINISHED:
        return result_finished(c, event);
    case EVENT_OVERHEAD:
        overhead_add(c, event);
        return ST_OK;
    case EVENT_INTERRUPT:
        interrupted(c, event->urgent);
        return ST_OK;
    case EVENT_TICK:
        return tick(c, gap_s);
    case EVENT_HEARTBEAT:
        break;
    }
    return ST_OK;
}

/* True for what a worker itself has sent. */
static bool sign_of_life(const struct event *event)
{
    return event->worker >= 0 && event->kind != EVENT_JOINED && event->kind != EVENT_LOST &&
           event->kind != EVENT_INTERRUPT && event->kind != EVENT_TICK;
}

enum status coordinator_handle(struct coordinator *c, const struct event *event, double now_s,
                               struct action_list *actions)
{
    if (c->ended || event->worker >= c->options.n_ranks)
        return ST_OK;
    double gap_s = now_s - c->ticked_s;
    c->now_s = now_s;
    c->actions = actions;
    if (event->kind == EVENT_TICK)
        c->ticked_s = now_s;
    enum status status = sign_of_life(event) ? crew_heard(c, event) : ST_OK;
    if (!status)
        status = take(c, event, gap_s);
    c->actions = NULL;
    return status;
}
