#include "tests/bench/cnn/driver.h"

#include "base/json.h"
#include "tests/bench/cnn/workload.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct driver {
    const struct workload_kind *kind;
    void *workload; /* NULL until it is opened */
};

static void say(struct json *answer)
{
    struct strbuf line = STRBUF_INIT;
    if (json_print(answer, false, &line) == ST_OK)
        puts(strbuf_text(&line));
    fflush(stdout);
    strbuf_free(&line);
    json_free(answer);
}

static void say_error(const struct error *err)
{
    struct json *answer = json_object_create();
    json_put_string(answer, "error", err->what);
    say(answer);
}

static const struct workload_kind *find_kind(const char *form)
{
    static const struct workload_kind *const kinds[] = {
        &workload_trainer, &workload_convolutions, &workload_direct};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i]->name, form) == 0)
            return kinds[i];
    return NULL;
}

/* The first step is part of it: what it allocates and warms up is over then. */
static enum status open_workload(struct driver *driver, const struct json *request,
                                 struct error *err)
{
    const char *form = json_string(json_member(request, "form"));
    const char *precision = json_string(json_member(request, "precision"));
    struct workload_setup setup = {
        .model = json_string(json_member(request, "model")),
        .channels = (int64_t)json_number(json_member(request, "channels")),
        .side = (int64_t)json_number(json_member(request, "side")),
        .batch = (int64_t)json_number(json_member(request, "batch")),
        .precision =
            precision && strcmp(precision, "bf16") == 0 ? PRECISION_BF16 : PRECISION_FP32};
    struct workload_time time;
    if (!setup.model || !form)
        return error_set(err, ST_INVALID, "open: needs a model and a form");
    omp_set_num_threads((int)json_number(json_member(request, "threads")));
    driver->kind = find_kind(form);
    if (!driver->kind)
        return error_set(err, ST_NOTFOUND, "open: there is no form '%s'", form);
    enum status status = driver->kind->open(&driver->workload, &setup, err);
    return status ? status : driver->kind->run(driver->workload, 0, &time, err);
}

static enum status answer_open(struct driver *driver, const struct json *request,
                               struct error *err)
{
    if (driver->workload)
        driver->kind->free(driver->workload);
    driver->workload = NULL;
    enum status status = open_workload(driver, request, err);
    if (status)
        return status;
    struct json *answer = json_object_create();
    json_put_string(answer, "opened", "Wattune");
    say(answer);
    return ST_OK;
}

static enum status answer_run(struct driver *driver, double cpu_s, struct error *err)
{
    struct workload_time time;
    struct rusage usage;
    if (!driver->workload)
        return error_set(err, ST_INVALID, "run: no network was opened");
    enum status status = driver->kind->run(driver->workload, cpu_s, &time, err);
    if (status)
        return status;
    getrusage(RUSAGE_SELF, &usage);
    struct json *answer = json_object_create();
    json_put_number(answer, "images", time.images);
    json_put_number(answer, "cpu_s", time.cpu_s);
    json_put_number(answer, "wall_s", time.wall_s);
    json_put_number(answer, "allocations", (double)time.allocations);
    json_put_number(answer, "peak_bytes", (double)usage.ru_maxrss * 1024);
    say(answer);
    return ST_OK;
}

static enum status answer_line(struct driver *driver, const char *line, size_t length,
                               struct error *err)
{
    struct json *request;
    enum status status = json_parse(&request, line, length, "standard input", err);
    if (status)
        return status;
    const struct json *open = json_member(request, "open"), *run = json_member(request, "run");
    if (open)
        status = answer_open(driver, open, err);
    else if (run)
        status = answer_run(driver, json_number(run), err);
    else
        status = error_set(err, ST_INVALID, "expected {\"open\": ...} or {\"run\": ...}");
    json_free(request);
    return status;
}

int driver_serve(void)
{
    struct driver driver = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        struct error err;
        if (answer_line(&driver, line, (size_t)length, &err))
            say_error(&err);
    }
    if (driver.kind)
        driver.kind->free(driver.workload);
    free(line);
    return 0;
}
