/* What a set of meters counted between two cuts, from steps as a test writes them. */
#include "tests/check.h"
#include "worker/ledger_interval.h"

/* A meter whose readings hold the time alone, and whose step is the one given. */
struct meter {
    struct meter_step step;
    int64_t time_ns;
    bool of_gpus;
};

static void read_time(struct meter *meter, struct meter_reading *reading)
{
    reading->time_ns = meter->time_ns;
}

static void give_step(const struct meter *meter, const struct meter_reading *from,
                      const struct meter_reading *to, struct meter_step *step)
{
    (void)from, (void)to;
    *step = meter->step;
}

static unsigned scopes(const struct meter *meter)
{
    return meter->of_gpus ? 1u << SCOPE_GPU : 1u << SCOPE_NODE;
}

static const struct meter_type given = {
    .name = "given", .scopes = scopes, .read = read_time, .step = give_step};

/* Read these meters once, as one set. */
static struct ledger_interval read_once(struct meter *meters, size_t n,
                                        struct ledger_set_books *books)
{
    struct meter_set set = {.n = n};
    struct meter_reading readings[METERS_MAX] = {0};
    struct ledger_interval interval;
    size_t places[METERS_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
        places[i] = METERS_MAX - 1 - i;
        set.types[i] = &given;
        set.meters[i] = &meters[i];
    }
    *books = (struct ledger_set_books){0};
    ledger_interval_read(&set, readings, places, books, &interval);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(readings[places[i]].time_ns, meters[i].time_ns);
    return interval;
}

static void the_steps_of_a_set_are_summed(void **state)
{
    (void)state;
    struct meter meters[2] = {
        {.time_ns = 5,
         .step = {.energy_uj = {[SCOPE_PACKAGE] = 100, [SCOPE_DRAM] = 20},
                  .idle_uj = 30,
                  .low_uj = 110,
                  .high_uj = 130,
                  .counted = 2,
                  .wraps = 1}},
        {.time_ns = 7,
         .of_gpus = true,
         .step = {.energy_uj = {[SCOPE_GPU] = 500},
                  .gpus = {{11, 300}, {12, 150}},
                  .n_gpus = 2,
                  .low_uj = 450,
                  .high_uj = 600,
                  .counted = 3,
                  .gaps = 1,
                  .ambiguous = 1}},
    };
    struct ledger_set_books books;
    struct ledger_interval interval = read_once(meters, 2, &books);
    assert_int_equal(interval.energy_uj, 620);
    assert_int_equal(interval.gpu_uj, 500);
    assert_int_equal(interval.idle_uj, 30);
    assert_int_equal(interval.low_uj, 560);
    assert_int_equal(interval.high_uj, 730);
    assert_int_equal(interval.time_ns, 5);
    assert_int_equal(interval.n_gpus, 2);
    assert_int_equal(interval.gpus[1].energy_uj, 150);
    assert_true(interval.covered && !interval.lost);
    assert_true(books.meter_tells_idle);
    assert_int_equal(books.record.answers, 1);
    assert_int_equal(books.record.wraps, 1);
    assert_int_equal(books.record.gaps, 1);
    assert_int_equal(books.record.ambiguous, 1);
}

static void a_meter_without_a_figure_is_told(void **state)
{
    (void)state;
    struct meter meters[2] = {
        {.step = {.energy_uj = {[SCOPE_PACKAGE] = 100}, .counted = 1}},
        {.step = {.gaps = 2}},
    };
    struct ledger_set_books books;
    struct ledger_interval interval = read_once(meters, 2, &books);
    assert_int_equal(interval.energy_uj, 100);
    assert_true(!interval.covered && interval.lost);
    assert_int_equal(books.record.answers, 0);
    assert_int_equal(books.record.gaps, 2);
}

/* A step of a meter that is mistaken is a gap, with all that it says. */
static void nonsense_is_not_summed(void **state)
{
    (void)state;
    const struct meter_step nonsense[] = {
        {.energy_uj = {[SCOPE_PACKAGE] = 100, [SCOPE_DRAM] = -1}, .counted = 2, .high_uj = 99},
        {.energy_uj = {[SCOPE_GPU] = 10}, .gpus = {{1, 20}, {2, -10}}, .n_gpus = 2},
        {.energy_uj = {[SCOPE_GPU] = 10}, .gpus = {{1, 11}}, .n_gpus = 1, .counted = 1},
        {.energy_uj = {[SCOPE_NODE] = 10}, .idle_uj = -1, .counted = 1},
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        struct meter meter = {.step = nonsense[i]};
        struct ledger_set_books books;
        struct ledger_interval interval = read_once(&meter, 1, &books);
        assert_int_equal(interval.energy_uj, 0);
        assert_int_equal(interval.high_uj, 0);
        assert_int_equal(interval.n_gpus, 0);
        assert_true(!interval.covered && interval.lost);
        assert_int_equal(books.record.gaps, 1);
        assert_int_equal(books.record.negative, 1);
    }
}

/* Those that find no place stay in the sum, and are shared out with the rest. */
static void more_gpus_than_fit_stay_in_the_sum(void **state)
{
    (void)state;
    struct meter meters[2] = {
        {.step = {.energy_uj = {[SCOPE_GPU] = METER_GPUS}, .n_gpus = METER_GPUS, .counted = 1}},
        {.step =
             {.energy_uj = {[SCOPE_GPU] = 5}, .gpus = {{99, 5}}, .n_gpus = 1, .counted = 1}},
    };
    for (size_t i = 0; i < METER_GPUS; i++)
        meters[0].step.gpus[i] = (struct gpu_step){i + 1, 1};
    struct ledger_set_books books;
    struct ledger_interval interval = read_once(meters, 2, &books);
    assert_int_equal(interval.n_gpus, METER_GPUS);
    assert_int_equal(interval.gpu_uj, METER_GPUS + 5);
    assert_int_equal(interval.energy_uj, METER_GPUS + 5);
}

static void a_set_of_no_meters_answers_nothing(void **state)
{
    (void)state;
    struct ledger_set_books books;
    struct ledger_interval interval = read_once(NULL, 0, &books);
    assert_int_equal(interval.energy_uj, 0);
    assert_true(!interval.covered && !interval.lost);
    assert_int_equal(books.record.answers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steps_of_a_set_are_summed),
        cmocka_unit_test(a_meter_without_a_figure_is_told),
        cmocka_unit_test(nonsense_is_not_summed),
        cmocka_unit_test(more_gpus_than_fit_stay_in_the_sum),
        cmocka_unit_test(a_set_of_no_meters_answers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
