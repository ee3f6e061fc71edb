#include "base/rng.h"
#include "cnn/arena.h"
#include "tests/check.h"

#include <string.h>

#include <stdlib.h>

#include <stdbool.h>

#define N 60

static bool overlap(const struct arena_item *a, const struct arena_item *b)
{
    return a->bytes && b->bytes && a->offset < b->offset + b->bytes &&
           b->offset < a->offset + a->bytes;
}

/* The most bytes that live at one moment: no layout can be smaller. */
static size_t lower_bound(const struct arena_item *items, int n)
{
    size_t most = 0;
    for (int now = 0; now <= 3 * N; now++) {
        size_t alive = 0;
        for (int i = 0; i < n; i++)
            if (items[i].first <= now && now <= items[i].last)
                alive += items[i].bytes;
        most = alive > most ? alive : most;
    }
    return most;
}

static void what_lives_together_never_overlaps(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    for (int round = 0; round < 200; round++) {
        struct arena_item items[N];
        size_t sum = 0, total;
        for (int i = 0; i < N; i++) {
            items[i].bytes = (size_t)rng_below(&rng, 100000);
            items[i].first = (int)rng_below(&rng, 2 * N);
            items[i].last = items[i].first + (int)rng_below(&rng, N);
            sum += (items[i].bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
        }
        assert_int_equal(arena_layout(items, N, &total), ST_OK);
        assert_true(total >= lower_bound(items, N));
        assert_true(total < sum);
        for (int i = 0; i < N; i++) {
            assert_int_equal(items[i].offset % ARENA_ALIGNMENT, 0);
            assert_true(items[i].offset + items[i].bytes <= total);
            for (int j = 0; j < i; j++)
                if (items[i].first <= items[j].last && items[j].first <= items[i].last)
                    assert_false(overlap(&items[i], &items[j]));
        }
    }
}

static void lives_that_never_meet_share_memory(void **state)
{
    (void)state;
    struct arena_item items[] = {{640, 0, 1, 9}, {640, 2, 3, 9}, {128, 1, 2, 9}};
    size_t total;
    assert_int_equal(arena_layout(items, 3, &total), ST_OK);
    assert_int_equal(total, 640 + 128);
    assert_int_equal(items[0].offset, items[1].offset);
}

static void nothing_needs_nothing(void **state)
{
    (void)state;
    size_t total = 7;
    assert_int_equal(arena_layout(NULL, 0, &total), ST_OK);
    assert_int_equal(total, 0);
}

static void memory_of_any_size_is_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 64, (4 << 20) - 1, 4 << 20, (6 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *memory = arena_memory(sizes[i]);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % ARENA_ALIGNMENT, 0);
        memset(memory, 1, sizes[i]);
        free(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lives_together_never_overlaps),
        cmocka_unit_test(lives_that_never_meet_share_memory),
        cmocka_unit_test(nothing_needs_nothing),
        cmocka_unit_test(memory_of_any_size_is_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
