/* wattune simulate: strategies race on recorded trials or functions, on a simulated clock. */
#include "base/log.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/signals.h"
#include "orchestrator/simulate.h"
#include "orchestrator/simulate_progress.h"
#include "orchestrator/study_options.h"
#include "orchestrator/study_store.h"
#include "orchestrator/view.h"
#include "orchestrator/warm_start.h"
#include "results/race.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 10000, NUMBERS_MAX = 16 };

struct simulate_options {
    const char *db, *workers;
    struct study_overrides overrides;
    struct output_options output;
    double target;
    bool keep_going, force;
    int numbers[NUMBERS_MAX]; /* of workers */
    size_t n_numbers;
};

#define AT(member) offsetof(struct simulate_options, member)

static const struct cli_option options[] = {
    {.name = "workers",
     .kind = CLI_TEXT,
     .placeholder = "N[,N...]",
     .help = "simulated workers; of several numbers, each strategy runs with every one (1)",
     .offset = AT(workers)},
    {.name = "repeats",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "instead of the study's repeats",
     .offset = AT(overrides.repeats),
     .low = 1,
     .high = STUDY_REPEATS_MAX},
    {.name = "db",
     .kind = CLI_TEXT,
     .placeholder = "FILE",
     .help = "where the runs go (NAME-simulated.db beside the study file unless given)",
     .offset = AT(db)},
    STUDY_OPTIONS(struct simulate_options),
    {.name = "target",
     .kind = CLI_NUMBER,
     .placeholder = "VALUE",
     .help = "the value of the first objective that counts as reached (the best that all runs "
             "reached)",
     .offset = AT(target),
     .low = -DBL_MAX,
     .high = DBL_MAX},
    {.name = "keep-going",
     .kind = CLI_FLAG,
     .help = "go on even when the first five attempts have all failed",
     .offset = AT(keep_going)},
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "replace the results that are in the same file",
     .offset = AT(force)},
    OUTPUT_OPTIONS(struct simulate_options),
    {0},
};

/* One number of the list, at *text, which is moved behind it; 0 for anything else. */
static int read_number(const char **text)
{
    char *end;
    errno = 0;
    long number = strtol(*text, &end, 10);
    bool good = end != *text && **text >= '0' && **text <= '9' && errno == 0 && number >= 1 &&
                number <= WORKERS_MAX && (*end == '\0' || (*end == ',' && end[1] != '\0'));
    *text = *end == ',' ? end + 1 : end;
    return good ? (int)number : 0;
}

static bool is_listed(const struct simulate_options *chosen, int number)
{
    for (size_t i = 0; i < chosen->n_numbers; i++)
        if (chosen->numbers[i] == number)
            return true;
    return false;
}

static bool read_workers(struct simulate_options *chosen)
{
    const char *text = chosen->workers ? chosen->workers : "1";
    do {
        int number = read_number(&text);
        if (number == 0 || is_listed(chosen, number) || chosen->n_numbers == NUMBERS_MAX)
            return false;
        chosen->numbers[chosen->n_numbers++] = number;
    } while (*text);
    return true;
}

static enum exit_status refuse_workers(const struct cli_command *command, const char *text)
{
    fprintf(stderr,
            "wattune %s: --workers takes up to %d different whole numbers from 1 to %d with "
            "commas between them, not '%.64s'\nTry 'wattune %s --help'.\n",
            command->name, NUMBERS_MAX, WORKERS_MAX, text, command->name);
    return EXIT_USAGE;
}

/* The medians over the runs that are stored. */
static enum status make_table(struct table **out, const char *db,
                              const struct simulate *simulate, double target, struct error *err)
{
    struct view view;
    struct comparison *comparison = NULL;
    struct race_entrant *entrants = calloc(simulate->n_entrants + 1, sizeof *entrants);
    if (!entrants)
        return error_set(err, ST_NOMEM, "out of memory");
    for (size_t i = 0; i < simulate->n_entrants; i++) {
        const struct simulate_entrant *entrant = &simulate->entrants[i];
        entrants[i] = (struct race_entrant){
            .label = entrant->label,
            .strategy = simulate->study->strategies[entrant->strategy].label,
            .workers = entrant->workers,
            .search_cpu_s = entrant->search_cpu_s,
            .n_search = entrant->n_runs};
    }
    enum status status = view_open(&view, db, err);
    if (!status)
        status = compare_create(&comparison, view.snapshot, NULL, target, err);
    if (!status)
        status = race_table(out, comparison, entrants, simulate->n_entrants, err);
    compare_free(comparison);
    view_close(&view);
    free(entrants);
    return status;
}

static enum exit_status show(const struct cli_command *command, const char *db,
                             const struct simulate *simulate,
                             const struct simulate_options *chosen)
{
    struct table *table;
    struct error err = {0};
    enum status status = make_table(&table, db, simulate, chosen->target, &err);
    if (!status) {
        status = output_table(table, &chosen->output, &err);
        table_free(table);
    }
    return status ? output_error(command, &err) : EXIT_DONE;
}

/* Make the runs, with the store open. */
static enum exit_status make_runs(const struct cli_command *command, const char *db,
                                  struct simulate *simulate, struct store *store)
{
    struct simulate_progress progress;
    struct error err = {0};
    enum simulate_end end;
    simulate->watch = simulate_progress_watch;
    simulate->context = &progress;
    simulate_progress_open(&progress);
    enum status status = simulate_run(simulate, store, &end, &err);
    simulate_progress_close(&progress);
    if (status || end == SIMULATE_BROKEN)
        return output_error(command, &err);
    if (end == SIMULATE_DONE)
        return EXIT_DONE;
    log_warn("interrupted: %s holds %zu of %zu runs; run it again with --force for all of them",
             db, simulate->n_runs, simulate_runs(simulate));
    return EXIT_INTERRUPTED;
}

static enum exit_status simulate_into(const struct cli_command *command, const char *db,
                                      struct simulate *simulate,
                                      const struct simulate_options *chosen)
{
    struct error err = {0};
    struct store *store;
    enum exit_status exit_status;
    signals_watch();
    if (simulate_create_store(&store, db, simulate, chosen->force, &err)) {
        exit_status = output_error(command, &err);
    } else {
        exit_status = make_runs(command, db, simulate, store);
        store_close(store);
    }
    signals_restore();
    return exit_status ? exit_status : show(command, db, simulate, chosen);
}

static enum exit_status simulate_study(const struct cli_command *command,
                                       const struct study *study,
                                       const struct simulate_options *chosen)
{
    struct error err = {0};
    struct simulate simulate;
    if (simulate_check(study, &err)) {
        output_error(command, &err);
        return EXIT_USAGE;
    }
    char *db = chosen->db ? strdup(chosen->db) : study_store_path(study, "-simulated");
    enum exit_status exit_status;
    if (simulate_open(&simulate, study, chosen->numbers, chosen->n_numbers) || !db) {
        error_set(&err, ST_NOMEM, "no memory for the runs");
        exit_status = output_error(command, &err);
    } else {
        simulate.keep_going = chosen->keep_going;
        exit_status = simulate_into(command, db, &simulate, chosen);
    }
    simulate_close(&simulate);
    free(db);
    return exit_status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct simulate_options chosen = {.overrides = STUDY_OVERRIDES_INIT, .target = (double)NAN};
    const char *path;
    struct study *study;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &path);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    if (!read_workers(&chosen))
        return refuse_workers(command, chosen.workers);
    enum exit_status exit_status = study_options_read(&study, command, path, &chosen.overrides);
    if (exit_status)
        return exit_status;
    warm_start_log(study->warm);
    exit_status = simulate_study(command, study, &chosen);
    study_free(study);
    return exit_status;
}

const struct cli_command cmd_simulate = {
    .name = "simulate",
    .arguments = "STUDY.json",
    .n_arguments = 1,
    .summary = "Race strategies on recorded trials or functions, on a simulated clock.",
    .details =
        "Nothing is trained and nobody waits: trials of the kinds 'table' and 'function' "
        "take their recorded time and joules on a clock that jumps from one end to the "
        "next, for as many workers and repeats as you like. The runs are stored as those "
        "of a study, for 'wattune compare' and the others; medians and their intervals "
        "are printed at the end.",
    .example =
        "  wattune simulate examples/replay.json --workers 1,4 --repeats 20\n"
        "  wattune simulate replay.json --strategy random,bayes --target 0.9 --format csv",
    .options = options,
    .run = run,
};
