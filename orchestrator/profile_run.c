#include "orchestrator/profile_run.h"

#include "cnn/machine_peak.h"
#include "cnn/profile_time.h"
#include "orchestrator/profile_power.h"
#include "orchestrator/profile_progress.h"
#include "orchestrator/profile_table.h"
#include "orchestrator/signals.h"

#include <inttypes.h>
#include <math.h>

/* Seconds for the machine's peak, which shows in one, and what that is at most of the time. */
#define PEAK_S 1.0
#define PEAK_SHARE 0.05

/* Shares of the time for the joules, which are sooner known where they only follow the time. */
#define POWER_SHARE 0.45
#define POWER_SHARE_BY_TIME 0.2

/* What is measured, and what comes of it. */
struct session {
    const struct profile_plan *plan;
    struct profile_images images;
    struct graph graph;
    struct profile *profile;
    struct profile_meter meter;
    struct profile_times times;
    struct profile_power power;
    double peak;
    struct profile_progress_line line;
};

static enum status open_network(struct session *session, struct error *err)
{
    const struct profile_request *request = session->plan->request;
    enum status status =
        profile_images_open(&session->images, &request->settings,
                            request->uses_data_set ? NULL : &request->made_up, err);
    if (!status)
        status = model_build(&session->graph, &request->settings, &session->images.input, err);
    return status;
}

static void close_session(struct session *session)
{
    profile_times_free(&session->times);
    profile_power_free(&session->power);
    profile_meter_close(&session->meter);
    profile_free(session->profile);
    graph_free(&session->graph);
    profile_images_close(&session->images);
}

static void append_title(struct strbuf *title, const struct session *session)
{
    const struct train_settings *settings = &session->plan->request->settings;
    const struct model_input *input = &session->images.input;
    strbuf_printf(title,
                  "%s for %" PRId64 " classes, images of %" PRId64 " x %" PRId64 " x %" PRId64,
                  model_names[settings->model], input->classes, input->channels, input->height,
                  input->width);
}

static void append_step(struct strbuf *title, const struct session *session)
{
    const struct train_settings *settings = &session->plan->request->settings;
    strbuf_printf(title, ": %s of %" PRId64 " images in %s, %" PRId64 " thread%s",
                  session->plan->inference ? "inference" : "a training step",
                  settings->batch_size, precision_names[settings->precision], settings->threads,
                  settings->threads == 1 ? "" : "s");
}

static enum status measure(struct session *session, struct error *err)
{
    double time_s = session->plan->time_s;
    struct profile_progress progress = {&session->line, profile_progress_go_on};
    profile_progress_begin(&session->line, "the machine's peak", 0, PEAK_SHARE);
    enum status status = machine_peak(&session->peak, &session->plan->request->settings,
                                      fmin(PEAK_S, PEAK_SHARE * time_s), err);
    if (!status)
        status = profile_meter_open(&session->meter, profile_threads(session->profile), err);
    if (status)
        return status;
    double power_share = !session->meter.ledger              ? 0
                         : isfinite(session->meter.window_s) ? POWER_SHARE
                                                             : POWER_SHARE_BY_TIME;
    profile_progress_begin(&session->line, "times", PEAK_SHARE, 1 - power_share);
    status = profile_time(&session->times, session->profile,
                          (1 - power_share - PEAK_SHARE) * time_s, &progress, err);
    profile_progress_begin(&session->line, "joules", 1 - power_share, 1);
    if (!status)
        status = profile_power_measure(&session->power, &session->meter, session->profile,
                                       &session->times, power_share * time_s, &progress, err);
    return status;
}

static enum status make_table(struct table **out, const struct session *session,
                              struct error *err)
{
    struct strbuf title = STRBUF_INIT;
    append_title(&title, session);
    append_step(&title, session);
    struct profile_report report = {
        .title = strbuf_text(&title),
        .findings = {session->profile, &session->times, &session->power},
        .meter = &session->meter,
        .peak = session->peak,
        .threads = session->plan->request->settings.threads,
        .by_type = session->plan->by_type,
        .inference = session->plan->inference};
    enum status status = profile_table(out, &report, err);
    strbuf_free(&title);
    return status;
}

enum status profile_run(struct table **out, const struct profile_plan *plan, bool *interrupted,
                        struct error *err)
{
    struct session session = {.plan = plan};
    enum status status = open_network(&session, err);
    if (!status)
        status = profile_create(&session.profile, &session.graph, &plan->request->settings,
                                &session.images, plan->inference, err);
    if (!status) {
        profile_progress_open(&session.line);
        status = measure(&session, err);
        *interrupted = signals_came();
        profile_progress_close(&session.line);
    }
    if (!status)
        status = make_table(out, &session, err);
    if (status == ST_INTERRUPTED)
        error_set(err, status, "interrupted before a step was measured");
    close_session(&session);
    return status;
}

enum status profile_run_list(struct table **out, const struct profile_plan *plan,
                             struct error *err)
{
    struct session session = {.plan = plan};
    struct strbuf title = STRBUF_INIT;
    enum status status = open_network(&session, err);
    if (!status) {
        append_title(&title, &session);
        status =
            profile_list_table(out, &session.graph, strbuf_text(&title), plan->by_type, err);
    }
    strbuf_free(&title);
    close_session(&session);
    return status;
}
