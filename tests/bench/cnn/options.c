#include "tests/bench/cnn/options.h"

#include "tests/bench/option_values.h"

#include <stdlib.h>
#include <string.h>

const char options_usage[] =
    "usage: cnn_bench [OPTION VALUE]...\n"
    "How fast the training engine is, beside PyTorch and beside its own convolutions.\n"
    "  --parts LIST       of speed, start, batches, threads (all)\n"
    "  --networks LIST    of lenet5, vgg6, resnet8, resnet20, mobilenet_v2, for the part "
    "speed\n"
    "                     (all but resnet8)\n"
    "  --sweep NETWORK    for the parts batches and threads (resnet20)\n"
    "  --seconds S        of processor time for each figure of a round (0.25)\n"
    "  --rounds N         in which all take their turns (5)\n"
    "  --batch N          images of a step (the network's usual)\n"
    "  --threads N        of all parts but threads (1)\n"
    "  --batch-most N     of the part batches (512)\n"
    "  --starts N         of the part start (5)\n"
    "  --pytorch PYTHON   the interpreter that has torch, or none (python3)\n"
    "  --wattune PROGRAM  for the part start (the one of this build)\n"
    "  --data FOLDER      CIFAR-10 for the part start (a generated one of the same size)\n"
    "  --format NAME      of table, json, csv (table)\n"
    "  --quick            a few seconds, to see that it works\n"
    "Progress goes to standard error.\n";

static enum status want_part(struct options *options, const char *name, struct error *err)
{
    const struct {
        const char *name;
        bool *wanted;
    } parts[] = {{"speed", &options->speed},
                 {"start", &options->start},
                 {"batches", &options->batches},
                 {"threads", &options->threads}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, name) == 0) {
            *parts[i].wanted = true;
            return ST_OK;
        }
    return error_set(err, ST_INVALID,
                     "there is no part '%s': there are speed, start, batches and threads",
                     name);
}

static enum status read_parts(struct options *options, const char *value, struct error *err)
{
    options->speed = options->start = options->batches = options->threads = false;
    return option_list(options, value, want_part, err);
}

static enum status find_network(int *found, const char *name, struct error *err)
{
    *found = bench_network_find(name);
    return *found >= 0
               ? ST_OK
               : error_set(err, ST_INVALID, "there is no network '%s': see --help", name);
}

static enum status want_network(struct options *options, const char *name, struct error *err)
{
    int found;
    enum status status = find_network(&found, name, err);
    if (!status)
        options->network_wanted[found] = true;
    return status;
}

static enum status read_networks(struct options *options, const char *value, struct error *err)
{
    memset(options->network_wanted, 0, sizeof options->network_wanted);
    return option_list(options, value, want_network, err);
}

static enum status read_sweep(struct options *options, const char *value, struct error *err)
{
    return find_network(&options->sweep_network, value, err);
}

static enum status read_seconds(struct options *options, const char *value, struct error *err)
{
    char *end;
    options->seconds = strtod(value, &end);
    if (end == value || *end || !(options->seconds > 0 && options->seconds <= 3600))
        return error_set(err, ST_INVALID, "--seconds: '%s' is not between 0 and 3600", value);
    return ST_OK;
}

static enum status read_format(struct options *options, const char *value, struct error *err)
{
    static const char *const names[] = {"table", "json", "csv"};
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], value) == 0) {
            options->format = (enum bench_format)i;
            return ST_OK;
        }
    return error_set(err, ST_INVALID, "--format: there are table, json and csv, not '%s'",
                     value);
}

static enum status read_option(struct options *options, const char *name, const char *value,
                               struct error *err)
{
    const struct {
        const char *name;
        size_t *value;
        size_t most;
    } numbers[] = {{"--rounds", &options->rounds, ROUNDS_MAX},
                   {"--starts", &options->starts, ROUNDS_MAX},
                   {"--batch", &options->batch, 65536},
                   {"--threads", &options->n_threads, 1024},
                   {"--batch-most", &options->batch_most, 65536}};
    const struct {
        const char *name;
        option_reader *read;
    } readers[] = {{"--parts", read_parts},
                   {"--networks", read_networks},
                   {"--sweep", read_sweep},
                   {"--seconds", read_seconds},
                   {"--format", read_format}};
    const struct {
        const char *name, **value;
    } texts[] = {{"--pytorch", &options->pytorch},
                 {"--wattune", &options->wattune},
                 {"--data", &options->data}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i].name, name) == 0)
            return option_number(numbers[i].value, numbers[i].most, value, name, err);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (strcmp(readers[i].name, name) == 0)
            return readers[i].read(options, value, err);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0) {
            *texts[i].value = value;
            return ST_OK;
        }
    return error_set(err, ST_INVALID, "there is no option '%s': see --help", name);
}

static void set_defaults(struct options *options)
{
    *options = (struct options){.speed = true,
                                .start = true,
                                .batches = true,
                                .threads = true,
                                .seconds = 0.25,
                                .rounds = 5,
                                .starts = 5,
                                .n_threads = 1,
                                .batch_most = 512,
                                .pytorch = "python3",
                                .wattune = WATTUNE_PROGRAM,
                                .self = "/proc/self/exe"};
    for (int i = 0; i < BENCH_NETWORKS; i++)
        options->network_wanted[i] = i != bench_network_find("resnet8");
    options->sweep_network = bench_network_find("resnet20");
}

/* One short round. What was chosen before stays chosen. */
static void choose_quick(struct options *options)
{
    options->seconds = 0.001;
    options->rounds = options->starts = 1;
    options->batch = options->batch_most = 2;
}

enum status options_read(struct options *options, int argc, char **argv, struct error *err)
{
    enum status status = ST_OK;
    set_defaults(options);
    for (int i = 1; i < argc && !status; i++) {
        if (strcmp(argv[i], "--help") == 0)
            options->help = true;
        else if (strcmp(argv[i], "--driver") == 0)
            options->driver = true;
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
