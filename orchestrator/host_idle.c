#include "orchestrator/host_idle.h"

#include "base/log.h"
#include "base/strbuf.h"
#include "worker/cpu_times.h"

#include <math.h>
#include <stdio.h>

static const struct meter_set *set_at(const struct meter_choice *meters, size_t set)
{
    return set == 0 ? &meters->booked : &meters->beside[set - 1];
}

/* Has the set a meter of the host whose idle power must be measured? GPUs have theirs booked
 * with their holders. */
static bool needs_window(const struct meter_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        if (!set->types[i]->knows_idle &&
            set->types[i]->scopes(set->meters[i]) != 1u << SCOPE_GPU)
            return true;
    return false;
}

/* The idle power that the set's meters tell themselves: a step of one second in which nothing
 * has moved but time. 0: they tell none. */
static double told_w(const struct meter_set *set)
{
    double power_w = 0;
    for (size_t i = 0; i < set->n; i++) {
        if (!set->types[i]->knows_idle)
            continue;
        struct meter_reading from = {0};
        struct meter_step step;
        set->types[i]->read(set->meters[i], &from);
        struct meter_reading to = from;
        to.time_ns += 1000000000;
        set->types[i]->step(set->meters[i], &from, &to, &step);
        power_w += (double)step.idle_uj * 1e-6;
    }
    return power_w;
}

/* What the site gives for what is booked; 0: nothing. Opening the meters has checked it. */
static double given_w(const struct study *study)
{
    double power_w;
    return idle_power_given(study->energy.idle_w, &power_w, NULL) ? 0 : power_w;
}

double host_idle_window_s(const struct study *study, const struct meter_choice *meters)
{
    /* Joules that are simulated have no idle part. */
    if (trial_spec_simulates_energy(study->trial) || given_w(study) > 0)
        return 0;
    for (size_t set = 0; set <= meters->n_beside; set++)
        if (needs_window(set_at(meters, set)))
            return study->energy.idle_window_s;
    return 0;
}

void host_idle_known(const struct study *study, const struct meter_choice *meters, size_t set,
                     struct idle_power *power)
{
    const struct meter_set *meter_set = set_at(meters, set);
    *power = (struct idle_power){
        .source = IDLE_METER, .power_w = told_w(meter_set), .deviation_w = NAN, .busy = NAN};
    if (power->power_w > 0)
        return;
    power->power_w = set == 0 && needs_window(meter_set) ? given_w(study) : 0;
    power->source = IDLE_SITE;
    if (power->power_w > 0)
        return;
    power->power_w = NAN;
    power->source = IDLE_UNKNOWN;
}

double host_idle_patience_s(const struct study *study)
{
    double window_s = study->energy.idle_window_s;
    return window_s > 0 ? QUIET_GATHER_S + QUIET_TRIES * (window_s + 1) : 0;
}

static void look(void *context, struct quiet_look *look)
{
    struct ledger *ledger = context;
    *look = (struct quiet_look){.joined = ledger_joined(ledger)};
    look->busy_known = cpu_times_busy_ns(meter_root(), &look->busy_ns);
    ledger_cut(ledger);
    for (size_t set = 0; set < QUIET_SETS; set++)
        ledger_idle_point(ledger, set, &look->points[set]);
}

static void add_figure(struct host_idle *idle, size_t set, const struct idle_power *power)
{
    struct idle_figure *figure = &idle->figures.items[idle->figures.n++];
    *figure = (struct idle_figure){.set = (uint32_t)set, .power = *power};
    snprintf(figure->meters, sizeof figure->meters, "%s",
             set_at(&idle->station->meters, set)->text);
    if (power->source == IDLE_UNKNOWN)
        return;
    ledger_set_idle(idle->station->ledger, set, power);
    log_debug("%s draws %.4g W at rest by %s (%s)", idle->station->host, power->power_w,
              figure->meters, idle_source_text(power->source));
}

/* True when the set has an idle power, known or not. */
static bool has_idle(const struct meter_set *set, const struct idle_power *power)
{
    return power->source != IDLE_UNKNOWN || needs_window(set);
}

static void conclude(struct host_idle *idle)
{
    const struct meter_choice *meters = &idle->station->meters;
    struct ledger_host host;
    ledger_begin_overhead(idle->station->ledger);
    ledger_host(idle->station->ledger, &host);
    idle->over = true;
    idle->figures.opened_at_us = host.opened_at_us;
    for (size_t set = 0; set <= meters->n_beside; set++) {
        struct idle_power power;
        host_idle_known(idle->study, meters, set, &power);
        if (power.source == IDLE_UNKNOWN)
            power = idle->window.powers[set];
        if (has_idle(set_at(meters, set), &power))
            add_figure(idle, set, &power);
    }
}

/* Watts that nobody uses are a misunderstanding. */
static void warn_of_useless_watts(const struct host_idle *idle)
{
    const struct meter_set *booked = &idle->station->meters.booked;
    double watts = given_w(idle->study);
    if (watts > 0 && !needs_window(booked))
        log_warn("%s: the idle power of %g W that was given is not used: %s",
                 idle->station->host, watts,
                 told_w(booked) > 0 ? "the booked meter tells its own"
                                    : "no meter of packages, memory or the node is booked");
}

void host_idle_begin(struct host_idle *idle, const struct station *station,
                     const struct study *study, double now_s)
{
    double window_s = host_idle_window_s(study, &station->meters);
    struct quiet_plan plan = {.window_s = window_s,
                              .n_ranks = station->n_ranks,
                              .processors = cpu_times_online(meter_root()),
                              .context = station->ledger,
                              .look = look};
    *idle = (struct host_idle){.station = station, .study = study};
    for (size_t set = 0; set <= station->meters.n_beside; set++)
        plan.wanted[set] = needs_window(set_at(&station->meters, set));
    quiet_window_begin(&idle->window, &plan, now_s);
    warn_of_useless_watts(idle);
    if (window_s > 0)
        return;
    idle->over = true;
    if (!trial_spec_simulates_energy(study->trial))
        conclude(idle);
}

static bool has_verdict(const struct host_idle *idle, size_t set, enum idle_verdict verdict)
{
    return idle->window.plan.wanted[set] && idle->window.verdicts[set] == verdict;
}

/* The watts of the site are those of what is booked. */
static const char *remedy_of_unrest(const struct host_idle *idle)
{
    return has_verdict(idle, 0, IDLE_BUSY)
               ? "stop what else runs there, or give the watts with WATTUNE_IDLE_W or "
                 "\"idle_w\" in the study's \"energy\""
               : "stop what else runs there";
}

/* All sets had the same window, so one line tells of those that it was too busy for. */
static void warn_of_unrest(const struct host_idle *idle)
{
    struct strbuf meters = STRBUF_INIT;
    char what[80] = "/proc/stat does not say whether it was quiet";
    double busy = NAN;
    for (size_t set = 0; set <= idle->station->meters.n_beside; set++) {
        if (!has_verdict(idle, set, IDLE_BUSY))
            continue;
        busy = idle->window.powers[set].busy;
        strbuf_printf(&meters, "%s%s", meters.length ? " and " : "",
                      set_at(&idle->station->meters, set)->text);
    }
    if (!isnan(busy))
        snprintf(what, sizeof what, "its processors were %.1f %% busy, and %.0f %% may be",
                 100 * busy, 100 * IDLE_BUSY_MAX);
    if (meters.length > 0)
        log_warn("%s: the idle power by %s is unknown, so all energy that it tells is shared "
                 "out by processor time: %s; %s",
                 idle->station->host, strbuf_text(&meters), what, remedy_of_unrest(idle));
    strbuf_free(&meters);
}

/* A meter that moves too seldom for the window. */
static void warn_of_no_figure(const struct host_idle *idle, size_t set)
{
    log_warn("%s: the idle power by %s is unknown, so all energy that it tells is shared out "
             "by processor time: its figure moved %u times in the quiet window, and %d are "
             "needed; make \"idle_window_s\" in the study's \"energy\" longer, or look at "
             "`wattune meters --watch`",
             idle->station->host, set_at(&idle->station->meters, set)->text,
             idle->window.powers[set].samples, IDLE_SAMPLES_MIN);
}

/* What could not be found out, and what to do about it. */
static void warn_of_unknown(const struct host_idle *idle)
{
    warn_of_unrest(idle);
    for (size_t set = 0; set <= idle->station->meters.n_beside; set++)
        if (has_verdict(idle, set, IDLE_NO_FIGURE))
            warn_of_no_figure(idle, set);
}

bool host_idle_step(struct host_idle *idle, double now_s)
{
    if (idle->over)
        return true;
    if (!quiet_window_step(&idle->window, now_s))
        return false;
    conclude(idle);
    warn_of_unknown(idle);
    return true;
}
