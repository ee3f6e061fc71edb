/* wattune check: a study read, counted and explained, and nothing run. */
#include "base/strbuf.h"
#include "orchestrator/commands.h"
#include "orchestrator/forecast.h"
#include "orchestrator/host_idle.h"
#include "orchestrator/output.h"
#include "orchestrator/station.h"
#include "orchestrator/study_options.h"
#include "orchestrator/table_coverage.h"
#include "orchestrator/warm_start.h"
#include "results/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_options {
    bool no_forecast;
};

static const struct cli_option options[] = {
    {.name = "no-forecast",
     .kind = CLI_FLAG,
     .help = "leave out the time and joules of a trial, which take a second or two to find out",
     .offset = offsetof(struct check_options, no_forecast)},
    {0},
};

static const char *kind_text(const struct param *param)
{
    static const char *const texts[] = {"real", "integer", "ordinal", "categorical",
                                        "constant"};
    return texts[param->kind];
}

/* One value, written as in a point: the number itself, or the index of its level. */
static void append_value(const struct param *param, double value, struct strbuf *out)
{
    const struct level *level = param->n_levels ? &param->levels[(size_t)value] : NULL;
    if (!level)
        strbuf_printf(out, "%.6g", value);
    else if (level->kind == LEVEL_TEXT)
        strbuf_append(out, level->text);
    else if (level->kind == LEVEL_BOOL)
        strbuf_append(out, level->number != 0 ? "true" : "false");
    else
        strbuf_printf(out, "%.6g", level->number);
}

static void append_values(const struct param *param, struct strbuf *out)
{
    for (size_t i = 0; i < param->n_levels; i++) {
        strbuf_append(out, i ? ", " : "");
        append_value(param, (double)i, out);
    }
    if (param->n_levels)
        return;
    strbuf_printf(out, "%.6g to %.6g", param->low, param->high);
    if (param->kind == PARAM_INTEGER && param->step > 1)
        strbuf_printf(out, " in steps of %.6g", param->step);
    strbuf_append(out, param->log ? ", log" : "");
    if (param->grid)
        strbuf_printf(out, ", %zu grid levels", param->grid);
}

/* "exists when optimizer is sgd or adam" */
static void append_conditions(const struct space *space, const struct param *param,
                              struct strbuf *out)
{
    for (size_t i = 0; i < param->n_when; i++) {
        const struct condition *when = &param->when[i];
        const struct param *on = space_param(space, when->param);
        strbuf_printf(out, "%s %s is ", i ? " and" : "; exists when", on->name);
        for (size_t j = 0; j < when->n_values; j++) {
            strbuf_append(out, j ? " or " : "");
            append_value(on, when->values[j], out);
        }
    }
}

static void append_space(const struct space *space, struct strbuf *out)
{
    int width = 0;
    for (size_t i = 0; i < space_count(space); i++)
        if ((int)strlen(space_param(space, i)->name) > width)
            width = (int)strlen(space_param(space, i)->name);
    strbuf_append(out, "space\n");
    for (size_t i = 0; i < space_count(space); i++) {
        const struct param *param = space_param(space, i);
        strbuf_printf(out, "  %-*s  %-11s  ", width, param->name, kind_text(param));
        append_values(param, out);
        append_conditions(space, param, out);
        strbuf_append_char(out, '\n');
    }
    double size = space_size(space);
    if (isinf(size))
        strbuf_append(out, "  without end: a real parameter varies\n");
    else
        strbuf_printf(out, "  %.15g point%s\n", size, size == 1 ? "" : "s");
}

static void append_goals(const struct study *study, struct strbuf *out)
{
    strbuf_append(out, "objectives\n");
    for (size_t i = 0; i < study->n_objectives; i++)
        strbuf_printf(out, "  %s %s\n",
                      study->objectives[i].goal == GOAL_MAXIMIZE ? "maximize" : "minimize",
                      study->objectives[i].metric);
    if (study->n_constraints > 0)
        strbuf_append(out, "constraints\n");
    for (size_t i = 0; i < study->n_constraints; i++)
        strbuf_printf(out, "  %s %s %g\n", study->constraints[i].metric,
                      study->constraints[i].at_least ? "at least" : "at most",
                      study->constraints[i].bound);
}

static void append_warm_start(const struct study *study, struct strbuf *out)
{
    if (!study->warm)
        return;
    strbuf_append(out, "warm start\n");
    warm_start_append(study->warm, out);
    if (study->warm->n > 0 && !study->allow_duplicates)
        strbuf_append(out, "  their points are known, and not tried again\n");
}

static void append_arms(const struct study *study, struct strbuf *out)
{
    strbuf_append(out, "strategies\n");
    for (size_t i = 0; i < study->n_strategies; i++) {
        double most = study->strategies[i].count;
        if (study->budget.trials && (double)study->budget.trials < most)
            most = (double)study->budget.trials;
        strbuf_printf(out, "  %-10s ", study->strategies[i].label);
        if (isinf(most))
            strbuf_append(out, "as many trials as the budget of joules or time allows");
        else
            strbuf_printf(out, "up to %.15g trial%s", most, most == 1 ? "" : "s");
        if (study->repeats > 1)
            strbuf_printf(out, ", %u times", study->repeats);
        strbuf_append_char(out, '\n');
    }
}

static void append_budget(const struct study *study, struct strbuf *out)
{
    strbuf_append(out, "budget of each strategy and repeat\n ");
    if (study->budget.trials)
        strbuf_printf(out, " %zu trials", study->budget.trials);
    if (study->budget.energy_j > 0) {
        strbuf_append_char(out, ' ');
        units_append_energy(out, study->budget.energy_j);
    }
    if (study->budget.time_s > 0) {
        strbuf_append_char(out, ' ');
        units_append_time(out, study->budget.time_s);
    }
    if (!study->budget.trials && !(study->budget.energy_j > 0) && !(study->budget.time_s > 0))
        strbuf_append(out, " none: each strategy ends by itself");
    strbuf_append_char(out, '\n');
}

static void append_range(struct strbuf *out, void (*append)(struct strbuf *, double),
                         double mean, double low, double high)
{
    append(out, mean);
    strbuf_append(out, " (");
    append(out, low);
    strbuf_append(out, " to ");
    append(out, high);
    strbuf_append(out, ")");
}

/* What the trials would take here. A study whose data is not there yet is still a good one. */
static void append_forecast(const struct study *study, const struct meter_choice *meters,
                            struct strbuf *out)
{
    struct forecast forecast;
    struct error err = {0};
    if (study->trial->kind != TRIAL_CNN)
        return;
    int threads = study->trial->threads > 0 ? study->trial->threads : 1;
    strbuf_printf(out, "a trial on %d thread%s of this machine%s\n  ", threads,
                  threads == 1 ? "" : "s",
                  study->trial->threads > 0 ? "" : " (a run may give a worker more)");
    if (forecast_study(study, meters, &forecast, &err)) {
        strbuf_printf(out, "cannot be forecast: %s%s%s\n", err.what, *err.remedy ? "; " : "",
                      err.remedy);
        return;
    }
    append_range(out, units_append_time, forecast.time_s, forecast.time_low_s,
                 forecast.time_high_s);
    if (!isnan(forecast.energy_j)) {
        strbuf_append(out, ", ");
        append_range(out, units_append_energy, forecast.energy_j, forecast.energy_low_j,
                     forecast.energy_high_j);
        strbuf_printf(out, " %s", energy_quality_text(forecast.quality));
    }
    strbuf_printf(
        out,
        "\n  from a few training steps at each of %zu points, as fast as they are now; no "
        "trial was run\n",
        forecast.points);
}

/* What would be known of the machine at rest. */
static void append_idle(const struct study *study, const struct meter_choice *meters,
                        struct strbuf *out)
{
    struct idle_power power;
    double window_s = host_idle_window_s(study, meters);
    host_idle_known(study, meters, 0, &power);
    if (power.source != IDLE_UNKNOWN)
        strbuf_printf(out, "  idle power: %.4g W, given by the %s\n", power.power_w,
                      idle_source_text(power.source));
    else if (window_s > 0)
        strbuf_printf(
            out, "  idle power: measured in a quiet window of %g s before the first trial\n",
            window_s);
}

/* What would be booked here, and whether the study accepts it. */
static enum exit_status append_energy(const struct study *study, bool forecast,
                                      struct strbuf *out, struct error *err)
{
    struct meter_choice meters;
    if (station_choose_meters(&meters, study, err))
        return EXIT_UNMEASURED;
    strbuf_printf(out, "energy on this machine\n  %s (%s)\n",
                  meters.booked.n ? meters.booked.text : "no meter",
                  energy_quality_text(meters.booked.quality));
    for (size_t i = 0; i < meters.n_beside; i++)
        strbuf_printf(out, "  beside it %s (%s)\n", meters.beside[i].text,
                      energy_quality_text(meters.beside[i].quality));
    append_idle(study, &meters, out);
    enum exit_status status =
        station_check_meters(&meters.booked, study, err) ? EXIT_UNMEASURED : EXIT_DONE;
    if (forecast)
        append_forecast(study, &meters, out);
    meter_choice_close(&meters);
    return status;
}

static enum exit_status explain(const struct cli_command *command, const struct study *study,
                                bool forecast)
{
    struct strbuf out = STRBUF_INIT;
    struct error err = {0};
    strbuf_printf(&out, "%s: no mistakes\n\n", study->name);
    append_space(study->space, &out);
    append_goals(study, &out);
    append_warm_start(study, &out);
    append_arms(study, &out);
    append_budget(study, &out);
    enum exit_status status = EXIT_DONE;
    if (study->trial->kind == TRIAL_TABLE && table_coverage_append(study, &out, &err))
        status = EXIT_FAILED;
    if (!status)
        status = append_energy(study, forecast, &out, &err);
    enum status written = strbuf_ok(&out)
                              ? output_text(strbuf_text(&out), out.length, NULL, &err)
                              : error_set(&err, ST_NOMEM, "out of memory");
    if (written)
        status = EXIT_FAILED;
    strbuf_free(&out);
    if (status)
        output_error(command, &err);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct check_options chosen = {0};
    const char *path;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &path);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct study *study;
    enum exit_status status = study_options_read(&study, command, path, NULL);
    if (status != EXIT_DONE)
        return status;
    status = explain(command, study, !chosen.no_forecast);
    study_free(study);
    return status;
}

const struct cli_command cmd_check = {
    .name = "check",
    .arguments = "STUDY.json",
    .n_arguments = 1,
    .summary = "Validate a study and say what it would do; run nothing.",
    .details = "All mistakes are listed at once, with their line and what was expected. Of a "
               "warm start it tells which trials of earlier studies are taken. For networks it "
               "times a few training steps and forecasts the time and joules of a trial here.",
    .example = "  wattune check examples/cifar10.json",
    .options = options,
    .run = run,
};
