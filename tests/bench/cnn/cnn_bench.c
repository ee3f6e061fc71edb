/* cnn_bench - how fast the training engine is, beside PyTorch and beside its own convolutions,
 * and whether the goals of the design are met. README.md says how to read what it prints, and
 * cnn_bench --help lists the options. */
#include "tests/bench/cnn/driver.h"
#include "tests/bench/cnn/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Whom the sweeps compare: more would take too long. */
#define SWEPT (1u << WATTUNE | 1u << PYTORCH | 1u << PYTORCH_LAST | 1u << WATTUNE_BF16)

static enum status run_heat(struct results *results, struct runners *runners,
                            const struct options *options, const struct heat *wanted)
{
    struct heat *heat = results_add(results);
    if (!heat)
        return ST_NOMEM;
    *heat = *wanted;
    fprintf(stderr, "%s: %s, batch %d, threads %zu\n", heat->part, heat->network->name,
            (int)heat->batch, heat->threads);
    runners_heat(runners, options, heat);
    return ST_OK;
}

static int64_t batch_of(const struct options *options, const struct bench_network *network)
{
    return options->batch ? (int64_t)options->batch : network->batch;
}

/* New processes for every network, so that the peaks of memory are its own. */
static enum status measure_speed(struct results *results, const struct options *options)
{
    enum status status = ST_OK;
    for (int i = 0; i < BENCH_NETWORKS && !status; i++) {
        struct runners runners = {0};
        const struct bench_network *network = &bench_networks[i];
        if (!options->network_wanted[i])
            continue;
        status = run_heat(results, &runners, options,
                          &(struct heat){.part = "speed",
                                         .network = network,
                                         .batch = batch_of(options, network),
                                         .threads = options->n_threads,
                                         .rounds = options->rounds,
                                         .runners = (1u << RUNNERS) - 1});
        runners_end(&runners);
    }
    return status;
}

static enum status sweep_batches(struct results *results, const struct options *options)
{
    struct runners runners = {0};
    enum status status = ST_OK;
    for (size_t batch = 1; batch <= options->batch_most && !status; batch *= 2)
        status = run_heat(results, &runners, options,
                          &(struct heat){.part = "batches",
                                         .network = &bench_networks[options->sweep_network],
                                         .batch = (int64_t)batch,
                                         .threads = options->n_threads,
                                         .rounds = 1,
                                         .runners = SWEPT});
    runners_end(&runners);
    return status;
}

/* Powers of two, and all there are. PyTorch wants to know before it starts. */
static enum status sweep_threads(struct results *results, const struct options *options)
{
    const struct bench_network *network = &bench_networks[options->sweep_network];
    size_t all = (size_t)get_nprocs();
    enum status status = ST_OK;
    for (size_t n = 1; n <= all && !status; n = n < all && 2 * n > all ? all : 2 * n) {
        struct runners runners = {0};
        status = run_heat(results, &runners, options,
                          &(struct heat){.part = "threads",
                                         .network = network,
                                         .batch = batch_of(options, network),
                                         .threads = n,
                                         .rounds = 1,
                                         .runners = SWEPT});
        runners_end(&runners);
    }
    return status;
}

static enum status measure(struct results *results, const struct options *options)
{
    enum status status = options->speed ? measure_speed(results, options) : ST_OK;
    if (options->start)
        start_measure(&results->start, options);
    if (!status && options->batches)
        status = sweep_batches(results, options);
    if (!status && options->threads)
        status = sweep_threads(results, options);
    return status;
}

static enum status report(const struct results *results, enum bench_format format)
{
    if (format == FORMAT_JSON)
        return report_json(stdout, results);
    if (format == FORMAT_CSV)
        report_csv(stdout, results);
    else
        report_table(stdout, results);
    return ST_OK;
}

static int fail(const struct error *err)
{
    fprintf(stderr, "cnn_bench: %s\n", err->what);
    return 2;
}

int main(int argc, char **argv)
{
    struct options options;
    struct results results = {0};
    struct error err = {0};
    char self[PATH_MAX] = "";
    if (options_read(&options, argc, argv, &err))
        return fail(&err);
    if (options.help) {
        fputs(options_usage, stdout);
        return 0;
    }
    if (options.driver)
        return driver_serve();
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return fail((error_errno(&err, errno, "/proc/self/exe"), &err));
    options.self = self;
    enum status status = measure(&results, &options);
    if (!status)
        status = report(&results, options.format);
    results_free(&results);
    return status ? fail((error_set(&err, status, "%s", status_text(status)), &err)) : 0;
}
