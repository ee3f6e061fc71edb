/* The books of ranks that see different GPUs: what each reads is booked once, whoever cuts. */
#include "base/rng.h"
#include "tests/check.h"
#include "tests/worker/fake_driver.h"
#include "tests/worker/tree.h"
#include "worker/gpu_devices.h"
#include "worker/ledger.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANKS 3
#define GPUS 4

static const char *const uuids[GPUS] = {"GPU-a", "GPU-b", "GPU-c", "GPU-d"};

struct host {
    struct tree *tree;
    uint64_t energy_mj[GPUS];
    void *shared;
    struct meter_choice meters[RANKS];
    struct ledger *ledgers[RANKS];
    bool running[RANKS];
    int64_t trials_uj[RANKS], waiting_uj[RANKS];
};

static void show(const struct host *host)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "0\n");
    for (size_t i = 0; i < GPUS; i++)
        strbuf_printf(&text, "%s %llu 1000 0\n", uuids[i],
                      (unsigned long long)host->energy_mj[i]);
    write_gpus(host->tree, "%s", strbuf_text(&text));
    strbuf_free(&text);
}

static void draw(struct host *host, size_t gpu, uint64_t energy_mj)
{
    host->energy_mj[gpu] += energy_mj;
    show(host);
}

/* `visible` are the numbers that the rank sees; it holds all of them. */
static void join(struct host *host, size_t rank, const char *visible)
{
    static const char *const names[] = {"nvml"};
    struct error err = {0};
    uint64_t ids[GPUS];
    size_t n = 0;
    setenv("CUDA_VISIBLE_DEVICES", visible, 1);
    assert_ok(meter_choice_open(&host->meters[rank], host->tree->root, names, 1, &err), err);
    assert_ok(ledger_open(&host->ledgers[rank], host->shared, RANKS, rank, LEDGER_WORKER,
                          &host->meters[rank], &err),
              err);
    for (size_t i = 0; i < GPUS; i++)
        if (strchr(visible, '0' + (int)i))
            ids[n++] = gpu_id(uuids[i]);
    ledger_set_gpus(host->ledgers[rank], ids, n);
}

static void collect(struct host *host, size_t rank)
{
    struct ledger_overhead overhead;
    ledger_collect(host->ledgers[rank], &overhead);
    if (overhead.quality > ENERGY_NONE)
        host->waiting_uj[rank] += overhead.waiting_uj;
}

static void toggle_trial(struct host *host, size_t rank)
{
    struct energy energy;
    host->running[rank] = !host->running[rank];
    if (host->running[rank]) {
        ledger_trial_begin(host->ledgers[rank], 0);
        return;
    }
    ledger_trial_end(host->ledgers[rank], NAN, &energy);
    if (energy.quality > ENERGY_NONE)
        host->trials_uj[rank] += energy.dynamic_uj + energy.idle_uj;
}

static int set_up(void **state)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host || tree_setup((void **)&host->tree))
        return -1;
    fake_driver_load(host->tree);
    setenv("WATTUNE_SYSROOT", host->tree->root, 1);
    host->shared = aligned_alloc(64, (ledger_shared_size(RANKS) + 63) / 64 * 64);
    memset(host->shared, 0, ledger_shared_size(RANKS));
    for (size_t i = 0; i < GPUS; i++)
        host->energy_mj[i] = 1000 * (i + 1);
    show(host);
    *state = host;
    return 0;
}

static int tear_down(void **state)
{
    struct host *host = *state;
    for (size_t rank = 0; rank < RANKS; rank++) {
        ledger_close(host->ledgers[rank]);
        meter_choice_close(&host->meters[rank]);
    }
    fake_driver_unload();
    unsetenv("WATTUNE_SYSROOT");
    free(host->shared);
    int failed = tree_teardown((void **)&host->tree);
    free(host);
    return failed;
}

static void each_pays_for_its_own_gpu_whoever_cuts(void **state)
{
    struct host *host = *state;
    join(host, 0, "0");
    join(host, 1, "1");
    join(host, 2, "2");
    toggle_trial(host, 0);
    toggle_trial(host, 1);
    draw(host, 0, 500);
    draw(host, 1, 30);
    draw(host, 2, 7);
    draw(host, 3, 9999); /* nobody sees it */
    for (int i = 0; i < 3; i++)
        collect(host, 2);
    toggle_trial(host, 0);
    draw(host, 0, 11);
    toggle_trial(host, 1);
    for (size_t rank = 0; rank < RANKS; rank++)
        collect(host, rank);
    assert_int_equal(host->trials_uj[0], 500000);
    assert_int_equal(host->waiting_uj[0], 11000);
    assert_int_equal(host->trials_uj[1], 30000);
    assert_int_equal(host->waiting_uj[1], 0);
    assert_int_equal(host->waiting_uj[2], 7000);
    struct ledger_host books;
    ledger_host(host->ledgers[0], &books);
    assert_int_equal(books.metered_uj, 548000);
}

static void random_step(struct host *host, struct rng *rng)
{
    size_t rank = rng_below(rng, RANKS);
    switch (rng_below(rng, 4)) {
    case 0:
        toggle_trial(host, rank);
        break;
    case 1:
        collect(host, rank);
        break;
    default:
        draw(host, rng_below(rng, GPUS), rng_below(rng, 200));
    }
}

/* One GPU is seen by two ranks, which share it. */
static void no_joule_is_lost_or_doubled(void **state)
{
    struct host *host = *state;
    struct rng rng;
    int64_t drawn_mj = 0, booked_uj = 0;
    join(host, 0, "0,1");
    join(host, 1, "1,2");
    join(host, 2, "3");
    for (size_t i = 0; i < GPUS; i++)
        drawn_mj -= (int64_t)host->energy_mj[i];
    rng_seed(&rng, 11);
    for (int i = 0; i < 1500; i++)
        random_step(host, &rng);
    for (size_t rank = 0; rank < RANKS; rank++) {
        if (host->running[rank])
            toggle_trial(host, rank);
        collect(host, rank);
    }
    for (size_t rank = 0; rank < RANKS; rank++) {
        collect(host, rank); /* what another's cut has booked to it since */
        booked_uj += host->trials_uj[rank] + host->waiting_uj[rank];
    }
    for (size_t i = 0; i < GPUS; i++)
        drawn_mj += (int64_t)host->energy_mj[i];
    struct ledger_host books;
    ledger_host(host->ledgers[0], &books);
    assert_int_equal(books.metered_uj, drawn_mj * 1000);
    assert_int_equal(booked_uj, books.metered_uj);
    assert_int_equal(host->trials_uj[2] + host->waiting_uj[2],
                     ((int64_t)host->energy_mj[3] - 4000) * 1000);
}

#define host_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        host_test(each_pays_for_its_own_gpu_whoever_cuts),
        host_test(no_joule_is_lost_or_doubled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
