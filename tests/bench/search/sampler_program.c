/* Another program as a sampler. README.md has the protocol. */
#include "base/log.h"
#include "tests/bench/program.h"
#include "tests/bench/search/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The slowest answers are those of a process that is refitted to many trials. */
static const double LIMIT_S = 600;

struct program_sampler {
    struct program program;
    const char *label;
    const struct target *target; /* of the present run */
    uint64_t n_asked;
    struct strbuf line;
};

/* Name the program in what went wrong with it. */
static enum status blame(const struct program_sampler *sampler, enum status status,
                         const struct error *cause, struct error *err)
{
    return error_set(err, status, "%s: %s", sampler->label, cause->what);
}

static enum status send(struct program_sampler *sampler, struct json *message,
                        struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    struct error cause = {0};
    enum status status = json_print(message, false, &text);
    if (status)
        error_set(&cause, status, "out of memory");
    else
        status = program_send(&sampler->program, strbuf_text(&text), &cause);
    strbuf_free(&text);
    json_free(message);
    return status ? blame(sampler, status, &cause, err) : ST_OK;
}

/* The next line as JSON, the caller's to free. An answer with "error" is one:
 * ST_UNAVAILABLE. */
static enum status receive(struct program_sampler *sampler, struct json **answer,
                           struct error *err)
{
    struct error cause = {0};
    *answer = NULL;
    enum status status = program_receive(&sampler->program, &sampler->line, LIMIT_S, &cause);
    if (!status)
        status = json_parse(answer, strbuf_text(&sampler->line), sampler->line.length,
                            "its answer", &cause);
    const char *said = json_string(json_member(*answer, "error"));
    if (!status && said)
        status = error_set(&cause, ST_UNAVAILABLE, "%s", said);
    if (!status)
        return ST_OK;
    json_free(*answer);
    *answer = NULL;
    return blame(sampler, status, &cause, err);
}

static void program_sampler_close(void *state)
{
    struct program_sampler *sampler = state;
    program_end(&sampler->program);
    strbuf_free(&sampler->line);
    free(sampler);
}

static enum status program_sampler_open(void **state, const struct sampler_choice *choice,
                                        struct error *err)
{
    struct json *ready = NULL;
    struct program_sampler *sampler = calloc(1, sizeof *sampler);
    if (!sampler)
        return error_set(err, ST_NOMEM, "out of memory");
    sampler->label = choice->label;
    enum status status = program_start(&sampler->program, choice->command, err);
    if (!status)
        status = receive(sampler, &ready, err);
    if (!status && !json_string(json_member(ready, "ready")))
        status =
            error_set(err, ST_FORMAT, "%s: its first line must have \"ready\"", choice->label);
    json_free(ready);
    if (status)
        program_sampler_close(sampler);
    else
        *state = sampler;
    return status;
}

static enum status program_sampler_begin(void *state, const struct target *target,
                                         const struct run_plan *plan, struct error *err)
{
    struct program_sampler *sampler = state;
    struct json *run = json_object_create(), *message = json_object_create();
    sampler->target = target;
    sampler->n_asked = 0;
    json_put_string(run, "problem", target->name);
    json_put_value(run, "space", json_copy(target->space_json));
    json_put_number(run, "objectives", (double)target->n_values);
    json_put_bool(run, "noisy", target->noise > 0);
    json_put_number(run, "seed", (double)plan->seed);
    json_put_number(run, "trials", (double)plan->trials);
    json_put_value(message, "begin", run);
    return send(sampler, message, err);
}

/* The next run begins anew, so there is nothing to say. */
static void program_sampler_end(void *state)
{
    struct program_sampler *sampler = state;
    sampler->target = NULL;
}

static enum status read_point(const struct program_sampler *sampler, const struct json *answer,
                              double *point, struct error *err)
{
    struct json_problems problems = {.source = sampler->label};
    enum status status = space_point_from_json(
        sampler->target->space, json_member(answer, "point"), "point", point, &problems);
    if (status)
        error_set(err, status, "%s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    return status;
}

static enum ask program_sampler_ask(void *state, struct asked *asked, struct error *err)
{
    struct program_sampler *sampler = state;
    struct json *message = json_object_create(), *answer = NULL;
    json_put_number(message, "ask", (double)sampler->n_asked++);
    enum status status = send(sampler, message, err);
    if (!status)
        status = receive(sampler, &answer, err);
    bool done = json_bool(json_member(answer, "done"));
    if (!status && !done)
        status = read_point(sampler, answer, asked->point, err);
    if (!status)
        asked->cpu_s += fmax(0, json_number(json_member(answer, "cpu_s")));
    json_free(answer);
    return status ? ASK_FAILED : done ? ASK_DONE : ASK_PROPOSED;
}

static enum status program_sampler_tell(void *state, uint64_t number,
                                        const struct measurement *measurement, double *cpu_s,
                                        struct error *err)
{
    (void)cpu_s; /* the next answer counts it */
    struct program_sampler *sampler = state;
    struct json *values = json_array_create(), *message = json_object_create();
    for (size_t v = 0; v < sampler->target->n_values && !measurement->failed; v++)
        json_append_number(values, measurement->told[v]);
    json_put_number(message, "tell", (double)number);
    json_put_value(message, "values", values);
    json_put_number(message, "energy_j", measurement->energy_j);
    return send(sampler, message, err);
}

const struct sampler_type sampler_program = {
    .open = program_sampler_open,
    .close = program_sampler_close,
    .begin = program_sampler_begin,
    .end = program_sampler_end,
    .ask = program_sampler_ask,
    .tell = program_sampler_tell,
};
