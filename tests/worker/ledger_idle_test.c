#include "tests/check.h"
#include "worker/ledger.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

/* A meter of packages and GPUs whose counters and clock are the test's. */
struct meter {
    int64_t time_ns;
    uint64_t package_uj, gpu_uj;
    bool fails;
};

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    *reading = (struct meter_reading){.time_ns = meter->time_ns,
                                      .counters = {meter->package_uj, meter->gpu_uj},
                                      .valid = {!meter->fails}};
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    (void)meter;
    *step = (struct meter_step){.gaps = !from->valid[0] || !to->valid[0]};
    if (step->gaps)
        return;
    step->counted = 1;
    step->energy_uj[SCOPE_PACKAGE] = (int64_t)(to->counters[0] - from->counters[0]);
    step->energy_uj[SCOPE_GPU] = (int64_t)(to->counters[1] - from->counters[1]);
}

static unsigned scopes(const struct meter *meter)
{
    (void)meter;
    return 1u << SCOPE_PACKAGE | 1u << SCOPE_GPU;
}

static void describe(const struct meter *meter, struct strbuf *text)
{
    (void)meter;
    strbuf_append(text, "fake:package,gpu");
}

static const struct meter_type type = {.name = "fake",
                                       .quality = ENERGY_MEASURED,
                                       .scopes = scopes,
                                       .describe = describe,
                                       .read = read_counters,
                                       .step = compute_step};

static void take(struct meter_choice *choice, struct meter *meter)
{
    *meter = (struct meter){.time_ns = 5000000000, .package_uj = 777, .gpu_uj = 888};
    *choice = (struct meter_choice){.booked = {.n = 1, .quality = ENERGY_MEASURED}};
    choice->booked.types[0] = &type;
    choice->booked.meters[0] = meter;
}

static struct ledger *open_alone(struct meter_choice *choice)
{
    struct ledger *ledger;
    struct error err = {0};
    assert_ok(ledger_open(&ledger, NULL, 1, 0, LEDGER_BOTH, choice, &err), err);
    return ledger;
}

/* Time passes and counters move; then the books are cut, however young the last cut is. */
static struct ledger_overhead pass(struct ledger *ledger, struct meter *meter, double time_s,
                                   double package_j, double gpu_j)
{
    struct ledger_overhead overhead;
    meter->time_ns += llround(time_s * 1e9);
    meter->package_uj += (uint64_t)llround(package_j * 1e6);
    meter->gpu_uj += (uint64_t)llround(gpu_j * 1e6);
    ledger_collect(ledger, &overhead);
    return overhead;
}

static void points_are_what_the_host_without_gpus_has_counted(void **state)
{
    (void)state;
    struct meter meter;
    struct meter_choice choice;
    struct idle_point first, point;
    take(&choice, &meter);
    struct ledger *ledger = open_alone(&choice);
    pass(ledger, &meter, 0.1, 3, 20);
    ledger_idle_point(ledger, 0, &first);
    assert_true(first.time_ns == 5100000000);
    pass(ledger, &meter, 0.1, 8.5, 20);
    ledger_idle_point(ledger, 0, &point);
    assert_true(point.time_ns - first.time_ns == 100000000);
    assert_true(point.energy_uj - first.energy_uj == 8500000);
    assert_true(point.gaps == first.gaps);
    meter.fails = true;
    first = point;
    pass(ledger, &meter, 0.1, 8.5, 20);
    ledger_idle_point(ledger, 0, &point);
    assert_true(point.energy_uj == first.energy_uj);
    assert_true(point.gaps > first.gaps);
    ledger_idle_point(ledger, 1, &point); /* nothing runs beside */
    assert_true(point.time_ns == 0);
    ledger_close(ledger);
}

/* Idle power times time, at most what was counted, and none of it from a GPU. */
static void idle_power_is_booked_as_waiting(void **state)
{
    (void)state;
    struct idle_power idle = {.source = IDLE_MEASURED, .power_w = 50};
    struct meter meter;
    struct meter_choice choice;
    take(&choice, &meter);
    struct ledger *ledger = open_alone(&choice);
    pass(ledger, &meter, 1, 80, 0);
    ledger_set_idle(ledger, 0, &idle);
    assert_true(pass(ledger, &meter, 1, 80, 0).waiting_uj == 50000000);
    assert_true(pass(ledger, &meter, 1, 30, 0).waiting_uj == 30000000);
    assert_true(pass(ledger, &meter, 0.5, 80, 0).waiting_uj == 25000000);
    assert_true(pass(ledger, &meter, 1, 10, 500).waiting_uj == 10000000);
    ledger_close(ledger);
}

/* What a host spends before its first trial is no arm's, and stays in its own books. */
static void overhead_can_begin_anew(void **state)
{
    (void)state;
    struct idle_power idle = {.source = IDLE_SITE, .power_w = 50};
    struct ledger_overhead overhead;
    struct ledger_host host;
    struct meter meter;
    struct meter_choice choice;
    take(&choice, &meter);
    struct ledger *ledger = open_alone(&choice);
    ledger_set_idle(ledger, 0, &idle);
    meter.time_ns += 1000000000;
    meter.package_uj += 80000000;
    ledger_begin_overhead(ledger);
    ledger_collect(ledger, &overhead);
    assert_true(overhead.waiting_uj == 0 && overhead.orchestrator_uj == 0);
    assert_true(pass(ledger, &meter, 1, 60, 0).waiting_uj == 50000000);
    ledger_host(ledger, &host);
    assert_true(host.metered_uj == 140000000 && host.waiting_uj == 100000000);
    ledger_close(ledger);
}

static void ranks_are_counted_as_they_come_and_go(void **state)
{
    (void)state;
    struct meter meter;
    struct meter_choice choice;
    struct ledger *first, *second;
    struct error err = {0};
    size_t size = ledger_shared_size(2);
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    take(&choice, &meter);
    assert_ok(ledger_open(&first, shared, 2, 1, LEDGER_WORKER, &choice, &err), err);
    assert_int_equal(ledger_joined(first), 1);
    assert_ok(ledger_open(&second, shared, 2, 0, LEDGER_COORDINATOR, &choice, &err), err);
    assert_int_equal(ledger_joined(first), 2);
    ledger_close(second);
    assert_int_equal(ledger_joined(first), 1);
    ledger_close(first);
    munmap(shared, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_what_the_host_without_gpus_has_counted),
        cmocka_unit_test(idle_power_is_booked_as_waiting),
        cmocka_unit_test(overhead_can_begin_anew),
        cmocka_unit_test(ranks_are_counted_as_they_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
