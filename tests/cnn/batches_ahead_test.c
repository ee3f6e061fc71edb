/* Batches that a thread prepares are those that are prepared in line, however the pass ends. */
#include "cnn/batches_ahead.h"
#include "tests/check.h"
#include "tests/failing_memory.h"

#include <signal.h>
#include <string.h>

#define N 53
#define BATCH 8
#define CHANNELS 2
#define SIDE 6
#define IMAGE (CHANNELS * SIDE * SIDE)

static const struct image_shape shape = {CHANNELS, SIDE, SIDE};
static uint8_t bytes[N][IMAGE];
static const uint8_t *images[N];
static uint16_t labels[N];
static const struct dataset_split split = {N, images, labels};

static struct batches *open_batches(bool drop_last)
{
    static const struct pixel_norm norm = {{0.1f, 0.2f}, {-1, 3}};
    struct batch_options options = {.batch_size = BATCH,
                                    .shuffle = true,
                                    .drop_last = drop_last,
                                    .augment = {.flip = true, .crop = 2},
                                    .seed = 9};
    struct batches *batches;
    struct error err;
    size_t indices[N];
    for (size_t i = 0; i < N; i++) {
        indices[i] = i;
        images[i] = bytes[i];
        labels[i] = (uint16_t)i;
        for (size_t k = 0; k < IMAGE; k++)
            bytes[i][k] = (uint8_t)(31 * i + 7 * k);
    }
    assert_ok(batches_create(&batches, &shape, &split, indices, N, &norm, &options, &err), err);
    return batches;
}

/* One pass both ways; answers how many batches there were. */
static size_t compare(struct batches *ahead_of, struct batches *straight, uint64_t epoch,
                      size_t skip)
{
    float x[BATCH * IMAGE], y[BATCH * IMAGE];
    int32_t a[BATCH], b[BATCH];
    size_t n, count = 0;
    struct batches_ahead ahead;
    batches_start(ahead_of, epoch, skip);
    batches_start(straight, epoch, skip);
    batches_ahead_open(&ahead, ahead_of, true);
    assert_true(ahead.threaded);
    while ((n = batches_ahead_next(&ahead, x, a))) {
        assert_int_equal(batches_next(straight, y, b), n);
        assert_memory_equal(x, y, n * IMAGE * sizeof *x);
        assert_memory_equal(a, b, n * sizeof *a);
        count++;
    }
    assert_int_equal(batches_ahead_next(&ahead, x, a), 0); /* the end stays the end */
    assert_int_equal(batches_next(straight, y, b), 0);
    batches_ahead_close(&ahead);
    return count;
}

static void a_thread_prepares_the_same_batches(void **state)
{
    (void)state;
    for (int drop_last = 0; drop_last < 2; drop_last++) {
        struct batches *ahead_of = open_batches(drop_last), *straight = open_batches(drop_last);
        for (uint64_t epoch = 0; epoch < 20; epoch++)
            assert_int_equal(compare(ahead_of, straight, epoch, epoch % 5),
                             (drop_last ? 6 : 7) - epoch % 5);
        batches_free(ahead_of);
        batches_free(straight);
    }
}

static void a_pass_may_end_at_any_time(void **state)
{
    (void)state;
    float x[BATCH * IMAGE];
    int32_t got[BATCH];
    struct batches *batches = open_batches(false);
    for (size_t taken = 0; taken < 100; taken++) {
        struct batches_ahead ahead;
        batches_start(batches, taken, 0);
        batches_ahead_open(&ahead, batches, true);
        for (size_t i = 0; i < taken % 9; i++)
            batches_ahead_next(&ahead, x, got);
        batches_ahead_close(&ahead);
    }
    batches_free(batches);
}

static void without_a_thread_it_is_the_straight_way(void **state)
{
    (void)state;
    float x[BATCH * IMAGE], y[BATCH * IMAGE];
    int32_t a[BATCH], b[BATCH];
    struct batches *through = open_batches(false), *straight = open_batches(false);
    struct batches_ahead ahead;
    batches_ahead_open(&ahead, through, false);
    assert_false(ahead.threaded);
    for (size_t n = 1; n;) {
        n = batches_ahead_next(&ahead, x, a);
        assert_int_equal(batches_next(straight, y, b), n);
        assert_memory_equal(x, y, n * IMAGE * sizeof *x);
    }
    batches_ahead_close(&ahead);
    batches_free(through);
    batches_free(straight);
}

/* Nothing is lost but time. */
static void without_memory_it_prepares_in_line(void **state)
{
    (void)state;
    float x[BATCH * IMAGE];
    int32_t got[BATCH];
    struct batches *batches = open_batches(false);
    for (long n = 0; n < 2; n++) {
        struct batches_ahead ahead;
        batches_start(batches, 1, 0);
        memory_countdown = n;
        batches_ahead_open(&ahead, batches, true);
        memory_countdown = -1;
        assert_false(ahead.threaded);
        assert_int_equal(batches_ahead_next(&ahead, x, got), BATCH);
        batches_ahead_close(&ahead);
    }
    batches_free(batches);
}

static void set_mark(int signal)
{
    (void)signal;
}

/* A signal that comes while a thread prepares is handled by the thread that trains: it is
 * blocked here, so it stays pending for the process. */
static void the_thread_takes_no_signals(void **state)
{
    (void)state;
    struct batches *batches = open_batches(false);
    struct batches_ahead ahead;
    struct sigaction action = {.sa_handler = set_mark};
    sigset_t set, pending;
    float x[BATCH * IMAGE];
    int32_t got[BATCH];
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    batches_ahead_open(&ahead, batches, true);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    assert_int_equal(batches_ahead_next(&ahead, x, got), BATCH);
    assert_int_equal(batches_ahead_next(&ahead, x, got), BATCH);
    assert_int_equal(sigpending(&pending), 0);
    assert_true(sigismember(&pending, SIGUSR1));
    assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
    batches_ahead_close(&ahead);
    batches_free(batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_prepares_the_same_batches),
        cmocka_unit_test(a_pass_may_end_at_any_time),
        cmocka_unit_test(without_a_thread_it_is_the_straight_way),
        cmocka_unit_test(without_memory_it_prepares_in_line),
        cmocka_unit_test(the_thread_takes_no_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
