/* The phases of a study: muster, run an arm, close it, the next arm, the end. */
#include "orchestrator/coordinator_state.h"

#include <stdlib.h>
#include <string.h>

/* How long an arm's end waits for what workers spent outside of trials. */
#define CLOSING_S 2.0

static size_t count_answered(const struct coordinator *c)
{
    size_t n = 0;
    for (int i = 0; i < c->options.n_ranks; i++)
        n += c->workers[i].joined || c->workers[i].refused;
    return n;
}

static void begin_arm(struct coordinator *c)
{
    c->arms[c->arm].shown.started = true;
    c->arms[c->arm].started_s = c->now_s;
    c->phase = PHASE_RUNNING;
}

/* Wait for the workers that were started with us, so that all can measure what they must
 * before the first trial. */
static bool muster(struct coordinator *c)
{
    if (!c->winding && count_answered(c) < (size_t)c->options.n_workers &&
        c->now_s < c->deadline_s)
        return false;
    begin_arm(c);
    return true;
}

static enum status close_arm(struct coordinator *c)
{
    c->phase = PHASE_CLOSING;
    c->deadline_s = c->now_s + CLOSING_S;
    return overhead_collect(c);
}

static enum status run_arm(struct coordinator *c, bool *moved)
{
    enum status status = ST_OK;
    if (crew_count_alive(c) == 0 && c->now_s - c->attended_s >= c->options.patience_s)
        coordinator_wind_down(c, WINDING_CANCEL, EXIT_INTERRUPTED, "no worker is left");
    if (!c->winding)
        status = work_give_out(c);
    else if (c->winding == WINDING_GENTLE && c->now_s >= c->grace_until_s)
        c->winding = WINDING_CANCEL;
    if (!status && c->winding == WINDING_CANCEL)
        status = crew_cancel_all(c, c->end_text);
    bool over = crew_count_busy(c) == 0 && (c->winding || work_arm_over(c, c->arm));
    if (status || !over)
        return status;
    *moved = true;
    return close_arm(c);
}

/* Of an arm that is over, nobody goes on any more. */
static enum status drop_checkpoints(struct coordinator *c)
{
    if (!c->arms[c->arm].shown.ended || !c->options.arms[c->arm].continues)
        return ST_OK;
    struct action *action = action_append(c->actions, ACTION_DROP_ARM);
    if (!action)
        return ST_NOMEM;
    action->id.arm = (uint32_t)c->arm;
    return ST_OK;
}

static enum status finish_arm(struct coordinator *c, bool *moved)
{
    if (!overhead_collected(c) && c->now_s < c->deadline_s)
        return ST_OK;
    struct arm *arm = &c->arms[c->arm];
    enum status status = overhead_flush(c);
    if (!status)
        status = overhead_store_books(c);
    arm->shown.ended = work_arm_over(c, c->arm);
    if (!status)
        status = drop_checkpoints(c);
    *moved = true;
    if (c->winding || c->arm + 1 == c->options.n_arms) {
        c->phase = PHASE_OVER;
        return status;
    }
    c->arm++;
    begin_arm(c);
    return status;
}

static bool all_done(const struct coordinator *c)
{
    return c->arm + 1 == c->options.n_arms && work_arm_over(c, c->arm);
}

static size_t count_failed(const struct coordinator *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->options.n_arms; i++)
        n += c->arms[i].shown.failed;
    return n;
}

static void end_state(const struct coordinator *c, struct action *end, const char **why)
{
    *why = NULL;
    if (c->winding && !(c->exit_status == EXIT_INTERRUPTED && all_done(c))) {
        end->exit_status = c->exit_status;
        *why = c->end_text;
    } else if (!c->succeeded && !c->options.keep_going && count_failed(c) > 0) {
        end->exit_status = EXIT_FAILED;
        *why = "every trial has failed";
    }
    switch (end->exit_status) {
    case EXIT_DONE:
        end->study_state = STUDY_DONE;
        break;
    case EXIT_FAILED:
        end->study_state = STUDY_BROKEN;
        break;
    default:
        end->study_state = STUDY_INTERRUPTED;
    }
}

static enum status end_study(struct coordinator *c)
{
    struct action *bye = action_append(c->actions, ACTION_SHUT_DOWN);
    if (!bye)
        return ST_NOMEM;
    bye->worker = WORKER_NONE;
    struct action *end = action_append(c->actions, ACTION_END);
    if (!end)
        return ST_NOMEM;
    const char *why;
    end_state(c, end, &why);
    end->text = why ? strdup(why) : NULL;
    c->ended = true;
    return why && !end->text ? ST_NOMEM : ST_OK;
}

enum status phase_advance(struct coordinator *c)
{
    enum status status = ST_OK;
    for (bool moved = true; moved && !status;) {
        moved = false;
        switch (c->phase) {
        case PHASE_MUSTER:
            moved = muster(c);
            break;
        case PHASE_RUNNING:
            status = run_arm(c, &moved);
            break;
        case PHASE_CLOSING:
            status = finish_arm(c, &moved);
            break;
        case PHASE_OVER:
            return end_study(c);
        }
    }
    return status;
}
