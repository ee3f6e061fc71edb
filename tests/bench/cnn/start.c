#include "tests/bench/cnn/start.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "tests/bench/program.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 1 + 3 * 32 * 32, FILES = 5, RECORDS = 10000, QUICK_RECORDS = 100 };

static const double step_limit_s = 60;

static enum status write_batch(const char *path, size_t records, struct rng *rng,
                               struct error *err)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return error_errno(err, errno, "%s", path);
    for (size_t i = 0; i < records; i++) {
        uint64_t words[RECORD / 8 + 1];
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            words[k] = rng_next(rng);
        unsigned char *bytes = (unsigned char *)words;
        bytes[0] = (unsigned char)(i % 10);
        fwrite(bytes, 1, RECORD, file);
    }
    bool failed = ferror(file) != 0;
    return fclose(file) || failed ? error_set(err, ST_IO, "%s: cannot be written", path)
                                  : ST_OK;
}

/* Files of CIFAR-10 in `folder`: five to train on and one to test with. */
static enum status write_data(const char *folder, size_t records, struct error *err)
{
    char path[PATH_MAX];
    struct rng rng;
    rng_seed(&rng, 1);
    enum status status = ST_OK;
    for (int i = 0; i <= FILES && !status; i++) {
        if (i < FILES)
            snprintf(path, sizeof path, "%s/data_batch_%d.bin", folder, i + 1);
        else
            snprintf(path, sizeof path, "%s/test_batch.bin", folder);
        status = write_batch(path, records, &rng, err);
    }
    return status;
}

static void remove_data(const char *folder)
{
    char path[PATH_MAX];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/data_batch_%d.bin", folder, i + 1);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/test_batch.bin", folder);
    unlink(path);
    rmdir(folder);
}

/* Read lines until the one that says that the training begins. */
static enum status wait_for_training(struct program *program, struct error *err)
{
    struct strbuf line = STRBUF_INIT;
    bool training = false;
    enum status status = ST_OK;
    while (!status && !training) {
        struct json *event = NULL;
        status = program_receive(program, &line, step_limit_s, err);
        if (!status)
            json_parse(&event, strbuf_text(&line), line.length, "its line", NULL);
        const char *name = json_string(json_member(event, "name"));
        training = name && strcmp(name, "train") == 0;
        json_free(event);
    }
    strbuf_free(&line);
    return status;
}

static double cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static enum status start_once(struct start_times *times, const struct options *options,
                              const char *data, struct error *err)
{
    char command[3 * PATH_MAX];
    struct program program = {0};
    snprintf(command, sizeof command,
             "WATTUNE_FD=1 exec '%s' train --model resnet20 --dataset_format cifar10 "
             "--dataset_path '%s' --threads 1",
             options->wattune, data);
    double started_s = clock_monotonic_s();
    enum status status = program_start(&program, command, err);
    if (!status)
        status = wait_for_training(&program, err);
    if (!status) {
        times->wall_s[times->n] = clock_monotonic_s() - started_s;
        times->cpu_s[times->n++] = cpu_of(program.pid);
    }
    program_end(&program);
    return status;
}

static enum status start_all(struct start_times *times, const struct options *options,
                             const char *data, struct error *err)
{
    enum status status = start_once(times, options, data, err);
    times->n = 0;
    for (size_t i = 0; i < options->starts && !status; i++)
        status = start_once(times, options, data, err);
    return status;
}

void start_measure(struct start_times *times, const struct options *options)
{
    struct error err = {0};
    char folder[] = "/tmp/cnn_bench_XXXXXX";
    bool quick = options->starts == 1;
    enum status status = ST_OK;
    times->wanted = true;
    if (options->data) {
        status = start_all(times, options, options->data, &err);
    } else if (!mkdtemp(folder)) {
        status = error_errno(&err, errno, "a folder in /tmp");
    } else {
        status = write_data(folder, quick ? QUICK_RECORDS : RECORDS, &err);
        if (!status)
            status = start_all(times, options, folder, &err);
        remove_data(folder);
    }
    if (status)
        snprintf(times->why, sizeof times->why, "%.*s", (int)sizeof times->why - 1, err.what);
}
