#include "orchestrator/quiet_window.h"

#include <math.h>

/* Between two samples: the ledger's own pace, and ten times what a hardware counter needs. */
#define SAMPLE_S 0.1

void quiet_window_begin(struct quiet_window *window, const struct quiet_plan *plan,
                        double now_s)
{
    *window = (struct quiet_window){.plan = *plan, .began_s = now_s};
    for (size_t set = 0; set < QUIET_SETS; set++)
        window->powers[set] = (struct idle_power){
            .source = IDLE_UNKNOWN, .power_w = NAN, .deviation_w = NAN, .busy = NAN};
}

static void open_window(struct quiet_window *window, const struct quiet_look *look,
                        double now_s)
{
    window->stage = QUIET_LOOKS;
    window->tries++;
    window->first = *look;
    window->began_s = now_s;
    window->next_s = now_s + SAMPLE_S;
    for (size_t set = 0; set < QUIET_SETS; set++) {
        window->windows[set] = (struct idle_window){0};
        idle_window_add(&window->windows[set], &look->points[set]);
    }
}

/* The processor time that was used since the window began, as a share of what the processors
 * have in time_s; NaN: not known. */
static double busy_share(const struct quiet_window *window, const struct quiet_look *look,
                         double time_s)
{
    double most_s = time_s * window->plan.processors;
    if (!window->first.busy_known || !look->busy_known || !(most_s > 0))
        return NAN;
    double busy_s = ((double)look->busy_ns - (double)window->first.busy_ns) * 1e-9;
    return busy_s < 0 ? (double)NAN : fmin(1, busy_s / most_s);
}

/* Nothing that may come can make this window, the last, a quiet one. */
static bool is_hopeless(const struct quiet_window *window, const struct quiet_look *look)
{
    double busy = busy_share(window, look, window->plan.window_s);
    return isnan(busy) || (window->tries == QUIET_TRIES && busy > IDLE_BUSY_MAX);
}

/* True when all sets can be left at what they are. */
static bool judge(struct quiet_window *window, double busy)
{
    bool settled = true;
    for (size_t set = 0; set < QUIET_SETS; set++) {
        if (!window->plan.wanted[set])
            continue;
        window->verdicts[set] =
            idle_window_judge(&window->windows[set], busy, &window->powers[set]);
        settled = settled && window->verdicts[set] != IDLE_BUSY;
    }
    return settled;
}

static void sample(struct quiet_window *window, const struct quiet_look *look, double now_s)
{
    for (size_t set = 0; set < QUIET_SETS; set++)
        idle_window_add(&window->windows[set], &look->points[set]);
    /* In step with the beginning, unless whoever calls has fallen behind. */
    window->next_s = fmax(window->next_s, now_s - SAMPLE_S) + SAMPLE_S;
    bool hopeless = is_hopeless(window, look);
    if (!hopeless && now_s - window->began_s < window->plan.window_s)
        return;
    if (judge(window, busy_share(window, look, now_s - window->began_s)) || hopeless)
        window->stage = QUIET_OVER;
    else
        open_window(window, look, now_s);
}

bool quiet_window_step(struct quiet_window *window, double now_s)
{
    struct quiet_look look;
    if (window->stage == QUIET_OVER || now_s < window->next_s)
        return window->stage == QUIET_OVER;
    window->plan.look(window->plan.context, &look);
    if (window->stage == QUIET_LOOKS)
        sample(window, &look, now_s);
    else if (look.joined >= window->plan.n_ranks || now_s - window->began_s >= QUIET_GATHER_S)
        open_window(window, &look, now_s);
    return window->stage == QUIET_OVER;
}
