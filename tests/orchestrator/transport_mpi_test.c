/* Run by mpirun, every rank the same program. Rank 0 talks to all the others at once. */
#include "tests/check.h"

#include "base/clock.h"
#include "orchestrator/transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL 200
#define LARGE_SIZE 3000000
#define PATIENCE_S 60

static struct transport *transport;

static size_t shared_size(size_t n_ranks)
{
    return n_ranks * sizeof(uint64_t);
}

/* The next message, whoever sent it. */
static int receive(struct strbuf *text)
{
    double until_s = clock_monotonic_s() + PATIENCE_S;
    int from = -1;
    while (from < 0) {
        assert_int_equal(transport_receive(transport, &from, text), ST_OK);
        if (from < 0)
            clock_sleep(1e-4);
        assert_true(clock_monotonic_s() < until_s);
    }
    return from;
}

static void send(int to, const char *text, size_t length)
{
    assert_int_equal(transport_send(transport, to, text, length), ST_OK);
}

static void send_number(int to, int number)
{
    char text[32];
    int length = snprintf(text, sizeof text, "message %d", number);
    send(to, text, (size_t)length);
}

static void expect_number(const struct strbuf *text, int number)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "message %d", number);
    assert_string_equal(strbuf_text(text), wanted);
}

static char *large_text(int rank)
{
    char *text = malloc(LARGE_SIZE);
    assert_non_null(text);
    for (int i = 0; i < LARGE_SIZE; i++)
        text[i] = (char)('a' + (i + rank) % 26);
    return text;
}

/* A large message does not let the small ones after it overtake. */
static void say(int to)
{
    char *large = large_text(transport->rank);
    for (int i = 0; i < SMALL; i++) {
        if (i == SMALL / 2)
            send(to, large, LARGE_SIZE);
        send_number(to, i);
    }
    free(large);
}

static void hear(void)
{
    int *heard = calloc((size_t)transport->size, sizeof *heard);
    int talkers = transport->rank == 0 ? transport->size - 1 : 1;
    struct strbuf text = STRBUF_INIT;
    for (int left = talkers * (SMALL + 1); left > 0; left--) {
        int from = receive(&text);
        if (text.length == LARGE_SIZE) {
            char *large = large_text(from);
            assert_int_equal(heard[from], SMALL / 2);
            assert_memory_equal(text.text, large, LARGE_SIZE);
            free(large);
        } else {
            expect_number(&text, heard[from]++);
        }
    }
    for (int i = 0; i < transport->size; i++)
        assert_int_equal(heard[i], i == transport->rank || (transport->rank && i) ? 0 : SMALL);
    strbuf_free(&text);
    free(heard);
}

static void messages_of_a_rank_keep_their_order(void **state)
{
    (void)state;
    if (transport->rank == 0)
        for (int to = 1; to < transport->size; to++)
            say(to);
    else
        say(0);
    hear();
    double until_s = clock_monotonic_s() + PATIENCE_S;
    while (!transport_sent(transport))
        assert_true(clock_monotonic_s() < until_s);
}

/* All ranks of this test are on one host. Each writes its place, and says so. */
static void ranks_of_a_host_share_memory(void **state)
{
    (void)state;
    const struct transport_host *host = &transport->host;
    uint64_t *places = host->shared;
    struct strbuf text = STRBUF_INIT;
    assert_non_null(places);
    assert_int_equal((uintptr_t)places % 64, 0);
    assert_int_equal(host->size, transport->size);
    assert_int_equal(host->rank, transport->rank);
    assert_true(host->has_coordinator);
    assert_true(host->processors >= host->own_processors && host->own_processors >= 1);
    assert_true(places[host->rank] == 0);
    places[host->rank] = 100 + (uint64_t)host->rank;
    if (transport->rank == 0) {
        for (int i = 1; i < transport->size; i++)
            receive(&text);
        for (int i = 0; i < transport->size; i++)
            assert_true(places[i] == 100 + (uint64_t)i);
        for (int i = 1; i < transport->size; i++)
            send_number(i, 0);
    } else {
        send_number(0, 0);
        receive(&text);
    }
    strbuf_free(&text);
}

/* Each finds its own where it belongs; and all are different processes. */
static void ranks_of_a_host_know_what_each_has_said(void **state)
{
    (void)state;
    const struct transport_host *host = &transport->host;
    const int *notices = host->notices;
    assert_int_equal(notices[host->rank], 1000 + getpid());
    for (int i = 0; i < host->size; i++)
        for (int j = 0; j < i; j++)
            assert_int_not_equal(notices[i], notices[j]);
}

int main(void)
{
    struct error err = {0};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_of_a_host_share_memory),
        cmocka_unit_test(ranks_of_a_host_know_what_each_has_said),
        cmocka_unit_test(messages_of_a_rank_keep_their_order),
    };
    int notice = 1000 + getpid();
    struct transport_entry entry = {shared_size, &notice, sizeof notice};
    if (!transport_mpi_wanted() || transport_mpi_open(&transport, &entry, &err)) {
        fprintf(stderr, "not under mpirun? %s\n", err.what);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed) /* the others wait for this rank */
        abort();
    transport_close(transport, true);
    return 0;
}
