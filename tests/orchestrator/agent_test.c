/* A worker's side alone, with a coordinator that is only the other end of a transport. */
#include "tests/check.h"

#include "orchestrator/agent.h"
#include "orchestrator/message.h"

#include <stdlib.h>
#include <string.h>

#define STUDY(energy)                                                                          \
    "{\"trial\": {\"kind\": \"function\", \"function\": \"sphere\"},"                          \
    " \"space\": {\"x\": {\"type\": \"real\", \"low\": -5, \"high\": 5}},"                     \
    " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"                      \
    " \"strategies\": [\"random\"], \"budget\": {\"trials\": 1}" energy "}"

struct pair {
    struct transport *coordinator, *worker;
    struct agent *agent;
};

static void open_pair(struct pair *pair, double patience_s)
{
    struct error err = {0};
    assert_int_equal(transport_local_open(&pair->coordinator, &pair->worker, NULL), ST_OK);
    assert_ok(agent_create_remote(&pair->agent, pair->worker, patience_s, &err), err);
}

static void close_pair(struct pair *pair)
{
    agent_free(pair->agent);
    transport_close(pair->coordinator, true);
    transport_close(pair->worker, true);
}

static void tell(struct pair *pair, const struct message *message)
{
    assert_int_equal(message_send(message, pair->coordinator, 0), ST_OK);
}

/* The next message of the agent, to message_clear(). */
static void hear(struct pair *pair, enum message_kind kind, struct message *message)
{
    struct strbuf text = STRBUF_INIT;
    struct error err = {0};
    int from;
    assert_int_equal(transport_receive(pair->coordinator, &from, &text), ST_OK);
    assert_int_equal(from, 0);
    assert_ok(message_read(message, text.text, text.length, &err), err);
    assert_int_equal(message->kind, kind);
    strbuf_free(&text);
}

static enum agent_state step(struct pair *pair)
{
    struct error err = {0};
    enum agent_state state;
    bool active;
    assert_ok(agent_step(pair->agent, 0, &active, &state, &err), err);
    return state;
}

static void set_up(struct pair *pair, const char *study)
{
    struct message message;
    hear(pair, MESSAGE_KIND_JOIN, &message);
    message_clear(&message);
    tell(pair, &(struct message){.kind = MESSAGE_KIND_SETUP,
                                 .text = study,
                                 .path = "/study.json",
                                 .name = "",
                                 .heartbeat_s = 1e6,
                                 .patience_s = 1e6});
    assert_int_equal(step(pair), AGENT_WORKS);
}

static void a_trial_runs_and_all_say_goodbye(void **state)
{
    (void)state;
    struct pair pair;
    struct message message;
    struct attempt_id id = {.arm = 0, .attempt = 1, .trial = 3};
    open_pair(&pair, 1e6);
    set_up(&pair, STUDY(""));
    hear(&pair, MESSAGE_KIND_READY, &message);
    message_clear(&message);
    tell(&pair, &(struct message){.kind = MESSAGE_KIND_ASSIGN,
                                  .id = id,
                                  .name = "random.0.3",
                                  .text = "{\"x\": 3}"});
    step(&pair);
    hear(&pair, MESSAGE_KIND_FINISHED, &message);
    assert_int_equal(message.id.trial, 3);
    assert_int_equal(message.outcome->state, OUTCOME_COMPLETE);
    assert_near(outcome_metric(message.outcome, "value"), 9, 1e-12);
    message_clear(&message);
    tell(&pair, &(struct message){.kind = MESSAGE_KIND_SHUT_DOWN});
    step(&pair);
    hear(&pair, MESSAGE_KIND_BYE, &message);
    message_clear(&message);
    tell(&pair, &(struct message){.kind = MESSAGE_KIND_LEAVE, .flag = true});
    assert_int_equal(step(&pair), AGENT_LEAVES);
    close_pair(&pair);
}

static void a_trial_that_cannot_start_has_failed(void **state)
{
    (void)state;
    struct pair pair;
    struct message message;
    open_pair(&pair, 1e6);
    set_up(&pair, STUDY(""));
    hear(&pair, MESSAGE_KIND_READY, &message);
    message_clear(&message);
    tell(&pair, &(struct message){.kind = MESSAGE_KIND_ASSIGN,
                                  .id = {.attempt = 1},
                                  .name = "random.0.0",
                                  .text = "no parameters"});
    step(&pair);
    hear(&pair, MESSAGE_KIND_FINISHED, &message);
    assert_int_equal(message.outcome->state, OUTCOME_FAILED);
    assert_non_null(strstr(message.outcome->reason, "not valid JSON"));
    message_clear(&message);
    close_pair(&pair);
}

/* A refusal says whether it is for want of a meter. */
static void a_study_that_is_impossible_here_is_refused(void **state)
{
    (void)state;
    struct pair pair;
    struct message message;
    setenv("WATTUNE_SYSROOT", TESTS_DIR "/no/such/tree", 1);
    open_pair(&pair, 1e6);
    set_up(&pair, STUDY(", \"energy\": {\"require\": \"measured\"}"));
    hear(&pair, MESSAGE_KIND_REFUSED, &message);
    assert_true(message.flag);
    assert_non_null(strstr(message.text, "requires measured energy"));
    message_clear(&message);
    close_pair(&pair);
    unsetenv("WATTUNE_SYSROOT");

    open_pair(&pair, 1e6);
    set_up(&pair, STUDY(", \"energie\": {}"));
    hear(&pair, MESSAGE_KIND_REFUSED, &message);
    assert_false(message.flag);
    assert_non_null(strstr(message.text, "energie"));
    message_clear(&message);
    close_pair(&pair);
}

static void a_coordinator_that_is_silent_has_vanished(void **state)
{
    (void)state;
    struct pair pair;
    struct error err = {0};
    enum agent_state agent_state;
    enum status status = ST_OK;
    bool active;
    open_pair(&pair, 0.05);
    while (!status)
        status = agent_step(pair.agent, 0.001, &active, &agent_state, &err);
    assert_int_equal(status, ST_TIMEOUT);
    assert_non_null(strstr(err.what, "no word from the coordinator"));
    close_pair(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_runs_and_all_say_goodbye),
        cmocka_unit_test(a_trial_that_cannot_start_has_failed),
        cmocka_unit_test(a_study_that_is_impossible_here_is_refused),
        cmocka_unit_test(a_coordinator_that_is_silent_has_vanished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
