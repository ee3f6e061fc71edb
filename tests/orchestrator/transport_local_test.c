#include "tests/check.h"

#include "orchestrator/transport.h"

#include <string.h>

static void open_pair(struct transport **coordinator, struct transport **worker)
{
    assert_int_equal(transport_local_open(coordinator, worker, NULL), ST_OK);
}

static void expect(struct transport *transport, const char *wanted)
{
    struct strbuf text = STRBUF_INIT;
    int from;
    assert_int_equal(transport_receive(transport, &from, &text), ST_OK);
    assert_int_equal(from, wanted ? 0 : -1);
    if (wanted)
        assert_string_equal(strbuf_text(&text), wanted);
    strbuf_free(&text);
}

static void send(struct transport *transport, const char *text)
{
    assert_int_equal(transport_send(transport, 0, text, strlen(text)), ST_OK);
}

static void messages_arrive_in_their_order(void **state)
{
    (void)state;
    struct transport *coordinator, *worker;
    open_pair(&coordinator, &worker);
    expect(worker, NULL);
    send(coordinator, "one");
    send(coordinator, "two");
    send(worker, "three");
    expect(worker, "one");
    send(coordinator, "four");
    expect(worker, "two");
    expect(worker, "four");
    expect(worker, NULL);
    expect(coordinator, "three");
    expect(coordinator, NULL);
    assert_true(transport_sent(coordinator));
    transport_close(coordinator, true);
    transport_close(worker, true);
}

static void an_end_may_close_first(void **state)
{
    (void)state;
    struct transport *coordinator, *worker;
    open_pair(&coordinator, &worker);
    send(coordinator, "unread");
    send(worker, "read");
    transport_close(worker, true);
    send(coordinator, "to nobody");
    expect(coordinator, "read");
    transport_close(coordinator, false);
    transport_close(NULL, true);
}

static void the_host_is_known(void **state)
{
    (void)state;
    struct transport *coordinator, *worker;
    struct transport_host host = {.name = "elsewhere", .size = 3, .rank = 2, .processors = 7};
    assert_int_equal(transport_local_open(&coordinator, &worker, &host), ST_OK);
    assert_string_equal(worker->host.name, "elsewhere");
    assert_int_equal(worker->host.processors, 7);
    transport_close(coordinator, true);
    transport_close(worker, true);
    open_pair(&coordinator, &worker);
    assert_int_equal(worker->host.size, 1);
    assert_true(worker->host.processors >= 1);
    assert_true(worker->host.name[0] != '\0');
    assert_null(worker->host.shared);
    transport_close(coordinator, true);
    transport_close(worker, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_arrive_in_their_order),
        cmocka_unit_test(an_end_may_close_first),
        cmocka_unit_test(the_host_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
