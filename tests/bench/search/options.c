#include "tests/bench/search/options.h"

#include "tests/bench/option_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 1000000

const char options_usage[] =
    "usage: search_bench [OPTION VALUE]...\n"
    "How good and how fast the search strategies are, beside other samplers.\n"
    "  --parts LIST           of times, race, joules, pending, goals (all)\n"
    "  --problems LIST        names, or kinds such as smooth, mixed, front, or none (all)\n"
    "  --study FILE           also the recorded trials of a study of the kind 'table'\n"
    "  --strategies LIST      of the table of strategies, or none (all)\n"
    "  --strategy LABEL=JSON  also a strategy with options: cautious={\"name\": \"bayes\", "
    "...}\n"
    "  --external LABEL=COMMAND\n"
    "                         also a program that speaks the protocol of README.md\n"
    "  --optuna PYTHON        also Optuna's GP, TPE and NSGA-II samplers, by this interpreter\n"
    "  --judge LABEL          whom the goals are for (bayes)\n"
    "  --seeds N              1 to N (20)\n"
    "  --trials N             of a run (60)\n"
    "  --workers N            trials under way at a time (1)\n"
    "  --joules-trials N      random trials whose joules a run of the part 'joules' has (200)\n"
    "  --pending N            workers of the part 'pending' (64)\n"
    "  --pending-trials N     and its trials (256)\n"
    "  --up-to N              told trials of the part 'times' (10000)\n"
    "  --limit N              seconds for each step of it (300)\n"
    "  --csv FILE             write every trial of the races\n"
    "  --earlier FILE         read such a file in place of running what it has\n"
    "  --quick                every part in a few seconds, to see that it works\n"
    "--study, --strategy, --external and --earlier may be given several times.\n"
    "Tables go to standard output, progress to standard error.\n";

static enum status want_part(struct options *options, const char *name, struct error *err)
{
    const struct {
        const char *name;
        bool *wanted;
    } parts[] = {{"times", &options->times},
                 {"race", &options->race},
                 {"joules", &options->joules},
                 {"pending", &options->pending},
                 {"goals", &options->goals}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, name) == 0) {
            *parts[i].wanted = true;
            return ST_OK;
        }
    return error_set(err, ST_INVALID,
                     "there is no part '%s': there are times, race, joules, pending and goals",
                     name);
}

static enum status read_parts(struct options *options, const char *value, struct error *err)
{
    options->times = options->race = options->joules = options->pending = options->goals =
        false;
    return option_list(options, value, want_part, err);
}

/* A problem's name, or the name of a kind. */
static enum status want_problem(struct options *options, const char *name, struct error *err)
{
    static const char *const kinds[] = {
        "smooth", "multimodal", "ill-conditioned", "mixed", "conditional",
        "noisy",  "table",      "epochs",          "front", "space"};
    bool found = false;
    for (size_t i = 0; i < bench_n_problems; i++)
        if (strcmp(bench_problems[i].name, name) == 0 ||
            strcmp(kinds[bench_problems[i].kind], name) == 0)
            options->problem_wanted[i] = found = true;
    return found || strcmp(name, "none") == 0
               ? ST_OK
               : error_set(err, ST_INVALID, "there is no problem and no kind of problems '%s'",
                           name);
}

static enum status read_problems(struct options *options, const char *value, struct error *err)
{
    memset(options->problem_wanted, 0, sizeof options->problem_wanted);
    return option_list(options, value, want_problem, err);
}

/* Samplers. */

/* The texts are copied; an entry or a command is NULL. */
static enum status add_sampler(struct options *options, const char *label, size_t length,
                               const char *entry, const char *command, struct error *err)
{
    struct sampler_choice *choice = &options->samplers[options->n_samplers];
    if (options->n_samplers == SAMPLERS_MAX)
        return error_set(err, ST_INVALID, "'%s' is one sampler too many", label);
    if (length == 0 || length >= sizeof choice->label)
        return error_set(err, ST_INVALID, "'%s' needs a label of 1 to 47 characters before '='",
                         label);
    *choice = (struct sampler_choice){.entry = entry ? strdup(entry) : NULL,
                                      .command = command ? strdup(command) : NULL};
    memcpy(choice->label, label, length);
    options->n_samplers++;
    for (size_t k = 0; k + 1 < options->n_samplers; k++)
        if (strcmp(options->samplers[k].label, choice->label) == 0)
            return error_set(err, ST_INVALID, "there are two samplers '%s'", choice->label);
    return choice->entry || choice->command ? ST_OK : error_set(err, ST_NOMEM, "out of memory");
}

static enum status want_strategy(struct options *options, const char *name, struct error *err)
{
    char entry[80];
    if (strcmp(name, "none") == 0)
        return ST_OK;
    if (!strategy_type_find(name))
        return error_set(err, ST_INVALID, "there is no strategy '%s'", name);
    snprintf(entry, sizeof entry, "\"%s\"", name);
    return add_sampler(options, name, strlen(name), entry, NULL, err);
}

static enum status read_strategies(struct options *options, const char *value,
                                   struct error *err)
{
    return option_list(options, value, want_strategy, err);
}

static enum status read_strategy(struct options *options, const char *value, struct error *err)
{
    const char *entry = strchr(value, '=');
    if (!entry)
        return error_set(err, ST_INVALID, "--strategy: '%s' is not LABEL=JSON", value);
    return add_sampler(options, value, (size_t)(entry - value), entry + 1, NULL, err);
}

static enum status read_external(struct options *options, const char *value, struct error *err)
{
    const char *command = strchr(value, '=');
    if (!command)
        return error_set(err, ST_INVALID, "--external: '%s' is not LABEL=COMMAND", value);
    return add_sampler(options, value, (size_t)(command - value), NULL, command + 1, err);
}

static enum status read_optuna(struct options *options, const char *value, struct error *err)
{
    static const char *const kinds[] = {"gp", "tpe", "nsga2"};
    enum status status = ST_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !status; i++) {
        char label[32], command[512];
        int length = snprintf(label, sizeof label, "optuna-%s", kinds[i]);
        snprintf(command, sizeof command,
                 "'%s' '" TESTS_DIR "/bench/search/optuna_driver.py' --sampler %s", value,
                 kinds[i]);
        status = add_sampler(options, label, (size_t)length, NULL, command, err);
    }
    return status;
}

/* Plain values. */

static enum status add_file(const char **files, size_t *n, size_t most, const char *value,
                            struct error *err)
{
    if (*n == most)
        return error_set(err, ST_INVALID, "'%s' is one file too many", value);
    files[(*n)++] = value;
    return ST_OK;
}

/* Short runs of everything. What was chosen before stays chosen. */
static void choose_quick(struct options *options)
{
    struct error err;
    read_problems(options, "branin,wells,branches,noisy6,boost,zdt1,switches15", &err);
    options->seeds = 3;
    options->trials = 16;
    options->joules_trials = 16;
    options->pending_workers = 4;
    options->pending_trials = 16;
    options->up_to = 100;
}

static enum status read_option(struct options *options, const char *name, const char *value,
                               struct error *err)
{
    const struct {
        const char *name;
        size_t *value;
    } numbers[] = {{"--seeds", &options->seeds},
                   {"--trials", &options->trials},
                   {"--workers", &options->workers},
                   {"--joules-trials", &options->joules_trials},
                   {"--pending", &options->pending_workers},
                   {"--pending-trials", &options->pending_trials},
                   {"--up-to", &options->up_to},
                   {"--limit", &options->limit_s}};
    const struct {
        const char *name;
        option_reader *read;
    } readers[] = {{"--parts", read_parts},           {"--problems", read_problems},
                   {"--strategies", read_strategies}, {"--strategy", read_strategy},
                   {"--external", read_external},     {"--optuna", read_optuna}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i].name, name) == 0)
            return option_number(numbers[i].value, NUMBER_MAX, value, name, err);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (strcmp(readers[i].name, name) == 0)
            return readers[i].read(options, value, err);
    if (strcmp(name, "--study") == 0)
        return add_file(options->studies, &options->n_studies, STUDIES_MAX, value, err);
    if (strcmp(name, "--earlier") == 0)
        return add_file(options->earlier, &options->n_earlier, FILES_MAX, value, err);
    if (strcmp(name, "--csv") == 0)
        options->csv = value;
    else if (strcmp(name, "--judge") == 0)
        options->judge = value;
    else
        return error_set(err, ST_INVALID, "there is no option '%s': see --help", name);
    return ST_OK;
}

/* Where none were named: all of them, the simplest first, since others are measured by it. */
static enum status want_all_strategies(struct options *options, struct error *err)
{
    enum status status = want_strategy(options, "random", err);
    for (size_t i = 0; strategy_types[i] && !status; i++)
        if (strcmp(strategy_types[i]->name, "random") != 0)
            status = want_strategy(options, strategy_types[i]->name, err);
    return status;
}

static bool names_strategies(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--strategies") == 0)
            return true;
    return false;
}

enum status options_read(struct options *options, int argc, char **argv, struct error *err)
{
    *options = (struct options){
        .times = true, .race = true, .joules = true, .pending = true, .goals = true};
    options->judge = "bayes";
    options->seeds = 20;
    options->trials = 60;
    options->workers = 1;
    options->joules_trials = 200;
    options->pending_workers = 64;
    options->pending_trials = 256;
    options->up_to = 10000;
    options->limit_s = 300;
    for (size_t i = 0; i < bench_n_problems; i++)
        options->problem_wanted[i] = true;
    enum status status =
        names_strategies(argc, argv) ? ST_OK : want_all_strategies(options, err);
    for (int i = 1; i < argc && !status; i++) {
        if (strcmp(argv[i], "--help") == 0)
            options->help = true;
        else if (strcmp(argv[i], "--quick") == 0)
            choose_quick(options);
        else if (i + 1 == argc)
            status = error_set(err, ST_INVALID, "%s needs a value, or is no option: see --help",
                               argv[i]);
        else {
            status = read_option(options, argv[i], argv[i + 1], err);
            i++;
        }
    }
    return status;
}

void options_free(struct options *options)
{
    for (size_t k = 0; k < options->n_samplers; k++) {
        free(options->samplers[k].entry);
        free(options->samplers[k].command);
    }
    options->n_samplers = 0;
}
