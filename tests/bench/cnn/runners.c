#include "tests/bench/cnn/runners.h"

#include "base/clock.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct runner_row runner_rows[RUNNERS] = {
    [WATTUNE] = {"wattune", "fp32", "step", false},
    [CONVOLUTIONS] = {"convolutions alone", "fp32", "convolutions", false},
    [DIRECT] = {"direct convolutions", "fp32", "direct", false},
    [PYTORCH] = {"pytorch, contiguous", "fp32", "contiguous", true},
    [PYTORCH_LAST] = {"pytorch, channels last", "fp32", "channels_last", true},
    [WATTUNE_BF16] = {"wattune", "bf16", "step", false},
    [CONVOLUTIONS_BF16] = {"convolutions alone", "bf16", "convolutions", false},
    [PYTORCH_BF16] = {"pytorch, contiguous", "bf16", "contiguous", true},
    [PYTORCH_LAST_BF16] = {"pytorch, channels last", "bf16", "channels_last", true},
};

/* Importing PyTorch from a cold disk, and a step of a large batch, take their time. */
static const double answer_limit_s = 300;

/* One question, one answer; the caller frees it. Errors: those of the program; ST_UNAVAILABLE
 * with what the driver says in place of an answer. */
static enum status ask(struct program *program, const char *question, struct json **answer,
                       struct error *err)
{
    struct strbuf line = STRBUF_INIT;
    *answer = NULL;
    enum status status = program_send(program, question, err);
    if (!status)
        status = program_receive(program, &line, answer_limit_s, err);
    if (!status)
        status = json_parse(answer, strbuf_text(&line), line.length, "its answer", err);
    const char *refusal = json_string(json_member(*answer, "error"));
    if (!status && refusal) {
        status = error_set(err, ST_UNAVAILABLE, "%s", refusal);
        json_free(*answer);
        *answer = NULL;
    }
    strbuf_free(&line);
    return status;
}

static enum status start(struct runners *runners, const struct options *options, int i,
                         struct error *err)
{
    char command[1200];
    if (runner_rows[i].pytorch && strcmp(options->pytorch, "none") == 0)
        return error_set(err, ST_UNAVAILABLE, "left out");
    if (runner_rows[i].pytorch)
        snprintf(command, sizeof command,
                 "exec '%s' '" TESTS_DIR "/bench/cnn/pytorch_driver.py'", options->pytorch);
    else
        snprintf(command, sizeof command, "exec '%s' --driver", options->self);
    runners->started_s[i] = clock_monotonic_s();
    return program_start(&runners->programs[i], command, err);
}

static enum status open_network(struct runners *runners, const struct options *options, int i,
                                struct heat *heat, struct error *err)
{
    const struct bench_network *network = heat->network;
    struct entry *entry = &heat->entries[i];
    char question[512];
    bool fresh = runners->programs[i].pid == 0;
    enum status status = fresh ? start(runners, options, i, err) : ST_OK;
    if (status)
        return status;
    snprintf(question, sizeof question,
             "{\"open\": {\"model\": \"%s\", \"channels\": %d, \"side\": %d, \"batch\": %d, "
             "\"threads\": %zu, \"precision\": \"%s\", \"form\": \"%s\"}}",
             network->model, (int)network->channels, (int)network->side, (int)heat->batch,
             heat->threads, runner_rows[i].precision, runner_rows[i].form);
    struct json *answer;
    status = ask(&runners->programs[i], question, &answer, err);
    json_free(answer);
    if (fresh)
        entry->start_s = clock_monotonic_s() - runners->started_s[i];
    return status;
}

static enum status run_round(struct runners *runners, double cpu_s, int i, struct entry *entry,
                             struct error *err)
{
    char question[64];
    struct json *answer;
    snprintf(question, sizeof question, "{\"run\": %g}", cpu_s);
    enum status status = ask(&runners->programs[i], question, &answer, err);
    if (status)
        return status;
    double images = json_number(json_member(answer, "images"));
    double per_cpu_s = images / json_number(json_member(answer, "cpu_s"));
    double per_s = images / json_number(json_member(answer, "wall_s"));
    double allocations = json_number(json_member(answer, "allocations"));
    entry->peak_bytes = json_number(json_member(answer, "peak_bytes"));
    json_free(answer);
    if (!isfinite(per_cpu_s) || !isfinite(per_s))
        return error_set(err, ST_FORMAT, "it answered no times");
    entry->per_cpu_s[entry->rounds] = per_cpu_s;
    entry->per_s[entry->rounds++] = per_s;
    entry->allocations += isfinite(allocations) ? allocations : 0;
    return ST_OK;
}

static void give_up(struct runners *runners, int i, struct entry *entry,
                    const struct error *err)
{
    snprintf(entry->why, sizeof entry->why, "%.*s", (int)sizeof entry->why - 1, err->what);
    entry->rounds = 0;
    program_end(&runners->programs[i]);
}

void runners_heat(struct runners *runners, const struct options *options, struct heat *heat)
{
    struct error err = {0};
    for (int i = 0; i < RUNNERS; i++)
        if (heat->runners & 1u << i && open_network(runners, options, i, heat, &err))
            give_up(runners, i, &heat->entries[i], &err);
    for (size_t round = 0; round < heat->rounds; round++)
        for (int i = 0; i < RUNNERS; i++)
            if (heat->runners & 1u << i && !heat->entries[i].why[0] &&
                run_round(runners, options->seconds, i, &heat->entries[i], &err))
                give_up(runners, i, &heat->entries[i], &err);
}

void runners_end(struct runners *runners)
{
    for (int i = 0; i < RUNNERS; i++)
        program_end(&runners->programs[i]);
}
