#include "orchestrator/profile_sweep.h"

#include "base/clock.h"
#include "base/rng.h"
#include "cnn/profile.h"
#include "orchestrator/profile_progress.h"
#include "orchestrator/signals.h"
#include "results/stats.h"

#include <math.h>
#include <stdlib.h>

/* Channels of the convolutions, unless width says so. */
#define CHANNELS 32

/* Steps of a visit whose median is taken; more are run if there is time. */
#define STEPS_MAX 256

static void describe(struct sweep_member *member, const struct profile *profile)
{
    member->params = member->flops = 0;
    for (size_t i = 0; i < profile_count(profile); i++) {
        const struct profile_part *part = profile_part(profile, i);
        member->params += part->params;
        for (int d = 0; d < PROFILE_DIRECTIONS; d++)
            member->flops += part->work[d].flops;
    }
    member->flops /= (int64_t)profile_batch(profile);
}

/* Steps for about so long, at least two, after one that touches the memory. */
static enum status run_steps(struct sweep *sweep, struct sweep_member *member,
                             struct profile *profile, double time_s, struct error *err)
{
    double seconds[STEPS_MAX], begun_s, step_s;
    size_t n = 0;
    enum status status = profile_step(profile, NULL, err);
    begun_s = clock_monotonic_s();
    profile_meter_begin(&sweep->meter);
    while (!status && !signals_came() && (n < 2 || clock_monotonic_s() - begun_s < time_s)) {
        step_s = profile_clock_s(profile_threads(profile));
        status = profile_step(profile, NULL, err);
        step_s = profile_clock_s(profile_threads(profile)) - step_s;
        if (n < STEPS_MAX)
            seconds[n] = step_s;
        n++;
    }
    struct profile_joules joules = member->joules;
    profile_meter_end(&sweep->meter, &joules);
    if (status || n < 2)
        return status ? status : ST_INTERRUPTED;
    /* Images without a figure are not counted. */
    if (joules.time_s > member->joules.time_s)
        member->n_images += n * profile_batch(profile);
    member->joules = joules;
    member->image_s[member->n_visits++] =
        stats_median(seconds, n < STEPS_MAX ? n : STEPS_MAX).median /
        (double)profile_batch(profile);
    return ST_OK;
}

static enum status visit(struct sweep *sweep, struct sweep_member *member,
                         struct profile_images *images, double time_s, struct error *err)
{
    const struct train_settings *settings = &sweep->plan->request->settings;
    struct graph graph;
    struct profile *profile = NULL;
    enum status status = family_build(&graph, member->member, &images->input,
                                      settings->width > 0 ? settings->width : CHANNELS, err);
    if (!status)
        status =
            profile_create(&profile, &graph, settings, images, sweep->plan->inference, err);
    if (!status) {
        describe(member, profile);
        status = run_steps(sweep, member, profile, time_s, err);
    }
    profile_free(profile);
    graph_free(&graph);
    return status;
}

/* Go round all networks, each round in an order of its own. */
static enum status visit_all(struct sweep *sweep, struct profile_images *images,
                             struct profile_progress_line *line, size_t *order,
                             struct error *err)
{
    struct rng rng;
    double begun_s = clock_monotonic_s(), time_s = sweep->plan->time_s;
    size_t n_visits = SWEEP_VISITS * sweep->n;
    rng_seed(&rng, (uint64_t)sweep->plan->request->settings.seed);
    enum status status = ST_OK;
    for (size_t i = 0; i < n_visits && !status; i++) {
        if (i % sweep->n == 0)
            rng_shuffle(&rng, order, sweep->n);
        if (!profile_progress_go_on(line, (double)i / (double)n_visits))
            return ST_INTERRUPTED;
        double left_s = time_s - (clock_monotonic_s() - begun_s);
        status = visit(sweep, &sweep->members[order[i % sweep->n]], images,
                       left_s / (double)(n_visits - i), err);
    }
    return status;
}

static enum status run(struct sweep *sweep, struct profile_images *images, size_t *order,
                       bool *interrupted, struct error *err)
{
    struct profile_progress_line line;
    profile_progress_open(&line);
    profile_progress_begin(&line, "sweep", 0, 1);
    enum status status = visit_all(sweep, images, &line, order, err);
    *interrupted = signals_came();
    profile_progress_close(&line);
    for (size_t i = 0; i < sweep->n && status == ST_INTERRUPTED; i++)
        if (sweep->members[i].n_visits > 0)
            status = ST_OK;
    if (status == ST_INTERRUPTED)
        error_set(err, status, "interrupted before a network was measured");
    return status;
}

enum status sweep_measure(struct sweep *sweep, const struct profile_plan *plan,
                          bool *interrupted, struct error *err)
{
    const struct profile_request *request = plan->request;
    *sweep = (struct sweep){.plan = plan};
    const struct family_member *members = family_members(&sweep->n);
    size_t *order = calloc(sweep->n, sizeof *order);
    sweep->members = calloc(sweep->n, sizeof *sweep->members);
    if (!order || !sweep->members) {
        free(order);
        return error_set(err, ST_NOMEM, "out of memory for a sweep");
    }
    for (size_t i = 0; i < sweep->n; i++) {
        order[i] = i;
        sweep->members[i].member = &members[i];
    }
    struct profile_images images;
    enum status status = profile_images_open(
        &images, &request->settings, request->uses_data_set ? NULL : &request->made_up, err);
    if (!status)
        status = profile_meter_open(&sweep->meter, request->settings.threads, err);
    if (!status)
        status = run(sweep, &images, order, interrupted, err);
    profile_images_close(&images);
    free(order);
    return status;
}

void sweep_close(struct sweep *sweep)
{
    profile_meter_close(&sweep->meter);
    free(sweep->members);
    sweep->members = NULL;
}
