/* search_bench - how good and how fast the search strategies are, beside other samplers.
 *
 * Parts: the times of asking and telling; a race of all samplers on all problems with the same
 * seeds; one on tuning tables with a budget in joules; the same trials with many of them
 * pending; and the table of goals that the design sets. README.md says how to read what it
 * prints, and search_bench --help lists the options. */
#include "tests/bench/search/goals.h"
#include "tests/bench/search/options.h"
#include "tests/bench/search/pending.h"
#include "tests/bench/search/race_csv.h"
#include "tests/bench/search/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct options options;
    struct target *targets;
    size_t n_targets;
    struct sampler_choice samplers[SAMPLERS_MAX]; /* of the options, and those that were read */
    size_t n_samplers, judged;
    struct ask_time (*times)[ASK_MARKS];
    struct race race, joules, sequential, parallel;
    struct error err;
};

static enum status out_of_memory(struct bench *bench)
{
    return error_set(&bench->err, ST_NOMEM, "out of memory");
}

static enum status open_targets(struct bench *bench)
{
    const struct options *options = &bench->options;
    enum status status = ST_OK;
    bench->targets = calloc(bench_n_problems + options->n_studies, sizeof *bench->targets);
    if (!bench->targets)
        return out_of_memory(bench);
    for (size_t i = 0; i < bench_n_problems && !status; i++)
        if (options->problem_wanted[i]) {
            status =
                target_open(&bench->targets[bench->n_targets], &bench_problems[i], &bench->err);
            bench->n_targets += !status;
        }
    for (size_t i = 0; i < options->n_studies && !status; i++) {
        status = target_open_study(&bench->targets[bench->n_targets], options->studies[i],
                                   &bench->err);
        bench->n_targets += !status;
    }
    return status;
}

static enum status list_samplers(struct bench *bench)
{
    const struct options *options = &bench->options;
    enum status status = ST_OK;
    memcpy(bench->samplers, options->samplers, sizeof bench->samplers);
    bench->n_samplers = options->n_samplers;
    for (size_t i = 0; i < options->n_earlier && !status; i++)
        status = race_csv_samplers(bench->samplers, &bench->n_samplers, options->earlier[i],
                                   &bench->err);
    while (bench->judged < bench->n_samplers &&
           strcmp(bench->samplers[bench->judged].label, options->judge) != 0)
        bench->judged++;
    if (!status && bench->judged == bench->n_samplers && options->goals)
        status = error_set(&bench->err, ST_INVALID,
                           "--judge: '%s' is not among the samplers: leave the part 'goals' "
                           "out, or name one of them",
                           options->judge);
    return status;
}

static enum status measure_times(struct bench *bench)
{
    const struct options *options = &bench->options;
    bench->times = calloc(bench->n_samplers, sizeof *bench->times);
    if (!bench->times)
        return out_of_memory(bench);
    printf("Processor time on hartmann6 (6 real parameters), ms: of one ask, median, mean with "
           "its\nrefits and the longest; of the first ask after trials were filled in; of one "
           "tell; MB\n%-14s %6s %9s %9s %9s %9s %9s %9s\n",
           "", "told", "median", "mean", "longest", "first", "tell", "memory");
    for (size_t k = 0; k < bench->n_samplers; k++) {
        struct ask_time *times = bench->times[k];
        const struct sampler_choice *choice = &bench->samplers[k];
        for (size_t m = 0; m < ASK_MARKS; m++)
            times[m] = (struct ask_time){NAN, NAN, NAN, NAN, NAN, NAN};
        if (!choice->entry)
            continue;
        fprintf(stderr, "times: %s\n", choice->label);
        if (ask_times_measure(times, choice->entry, choice->label, options->up_to,
                              (double)options->limit_s, &bench->err))
            fprintf(stderr, "%s: not timed: %s\n", choice->label, bench->err.what);
        ask_times_print(stdout, choice->label, times);
        fflush(stdout);
    }
    return ST_OK;
}

/* Run a race whose plan is filled in, but for what earlier files have of it. */
static enum status run_race(struct bench *bench, struct race *race)
{
    const struct options *options = &bench->options;
    race->targets = bench->targets;
    race->n_targets = bench->n_targets;
    race->choices = bench->samplers;
    race->n_samplers = bench->n_samplers;
    race->seeds = options->seeds;
    enum status status = race_init(race) ? out_of_memory(bench) : ST_OK;
    for (size_t i = 0; i < options->n_earlier && !status; i++)
        status = race_csv_read(race, options->earlier[i], &bench->err);
    return !status && race_run(race) ? out_of_memory(bench) : status;
}

static enum status race_by_trials(struct bench *bench)
{
    const struct options *options = &bench->options;
    bench->race = (struct race){.trials = options->trials, .workers = options->workers};
    enum status status = run_race(bench, &bench->race);
    if (!status && (report_targets(stdout, &bench->race, bench->judged) ||
                    report_pairs(stdout, &bench->race)))
        status = out_of_memory(bench);
    return status;
}

/* Tuning tables, where a budget in joules is all that ends a run. */
static enum status race_by_budget(struct bench *bench)
{
    bench->joules = (struct race){.trials = bench->options.joules_trials,
                                  .workers = 1,
                                  .by_joules = true,
                                  .only = race_counts_table};
    enum status status = run_race(bench, &bench->joules);
    if (status)
        return status;
    printf("\nRuns that have the joules of %zu random trials\n", bench->joules.trials);
    return report_targets(stdout, &bench->joules, bench->judged) ? out_of_memory(bench) : ST_OK;
}

/* Only strategies of ours, on one objective without noise: others take too long, and noise
 * hides the difference. */
static enum status race_pending(struct bench *bench)
{
    const struct options *options = &bench->options;
    bench->sequential = (struct race){.trials = options->pending_trials,
                                      .workers = 1,
                                      .only = race_counts_exact,
                                      .own_only = true};
    bench->parallel = bench->sequential;
    bench->parallel.workers = options->pending_workers;
    enum status status = run_race(bench, &bench->sequential);
    if (!status)
        status = run_race(bench, &bench->parallel);
    if (!status)
        pending_print(stdout, &bench->sequential, &bench->parallel);
    return status;
}

static enum status write_csv(struct bench *bench)
{
    const struct race *const all[] = {&bench->race, &bench->joules, &bench->sequential,
                                      &bench->parallel};
    const struct race *raced[4];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++)
        if (all[i]->traces)
            raced[n++] = all[i];
    return race_csv_write(raced, n, bench->options.csv, &bench->err);
}

static bool is_raced(const struct bench *bench, const char *label)
{
    for (size_t k = 0; k < bench->n_samplers; k++)
        if (strcmp(bench->samplers[k].label, label) == 0)
            return true;
    return false;
}

static void print_goals(const struct bench *bench)
{
    const struct options *options = &bench->options;
    const struct findings findings = {
        .choices = bench->samplers,
        .n_samplers = bench->n_samplers,
        .judged = bench->judged,
        .race = options->race ? &bench->race : NULL,
        .joules = options->joules ? &bench->joules : NULL,
        .sequential = options->pending ? &bench->sequential : NULL,
        .parallel = options->pending ? &bench->parallel : NULL,
        .times = bench->times,
    };
    goals_print(stdout, &findings);
    if (!is_raced(bench, "optuna-gp"))
        puts("Optuna was not raced; --optuna PYTHON races it.");
}

static enum status run_parts(struct bench *bench)
{
    const struct options *options = &bench->options;
    enum status status = list_samplers(bench);
    if (!status && options->times) /* first, while the process is small */
        status = measure_times(bench);
    if (!status)
        status = open_targets(bench);
    if (!status && options->race)
        status = race_by_trials(bench);
    if (!status && options->joules)
        status = race_by_budget(bench);
    if (!status && options->pending)
        status = race_pending(bench);
    if (!status && options->csv)
        status = write_csv(bench);
    if (!status && options->goals)
        print_goals(bench);
    return status;
}

static void close_bench(struct bench *bench)
{
    race_free(&bench->race);
    race_free(&bench->joules);
    race_free(&bench->sequential);
    race_free(&bench->parallel);
    for (size_t t = 0; t < bench->n_targets; t++)
        target_close(&bench->targets[t]);
    free(bench->targets);
    free(bench->times);
    options_free(&bench->options);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    enum status status = options_read(&bench.options, argc, argv, &bench.err);
    if (!status && bench.options.help)
        fputs(options_usage, stdout);
    else if (!status)
        status = run_parts(&bench);
    if (status)
        fprintf(stderr, "search_bench: %s\n", bench.err.what);
    close_bench(&bench);
    return status == ST_OK ? 0 : status == ST_INVALID ? 2 : 1;
}
