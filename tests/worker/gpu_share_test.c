#include "tests/check.h"
#include "worker/gpu_share.h"

#define WORKERS 8

static struct gpu_list list_of(uint64_t first, uint64_t n)
{
    struct gpu_list list = {.n = n};
    for (uint64_t i = 0; i < n; i++)
        list.ids[i] = first + i;
    return list;
}

static void check_part(const struct gpu_list *lists, size_t n, size_t self, size_t first,
                       size_t n_devices)
{
    struct gpu_part part = gpu_share(lists, n, self);
    assert_int_equal(part.n, n_devices);
    assert_int_equal(part.first, first);
}

static void one_worker_has_all(void **state)
{
    (void)state;
    struct gpu_list list = list_of(1, 4);
    check_part(&list, 1, 0, 0, 4);
    assert_false(gpu_share(&list, 1, 0).shared);
    list = list_of(1, 0);
    check_part(&list, 1, 0, 0, 0);
}

/* For any numbers: no device twice and equally many for each, or one for each in turn. */
static void workers_that_see_the_same_divide_it(void **state)
{
    (void)state;
    for (size_t n = 1; n <= WORKERS; n++)
        for (uint64_t n_devices = 0; n_devices <= 20; n_devices++) {
            struct gpu_list lists[WORKERS];
            unsigned holders[20] = {0};
            for (size_t i = 0; i < n; i++)
                lists[i] = list_of(100, n_devices);
            for (size_t i = 0; i < n; i++) {
                struct gpu_part part = gpu_share(lists, n, i);
                size_t each = n_devices >= n ? n_devices / n : n_devices > 0;
                assert_int_equal(part.n, each);
                assert_int_equal(part.shared, n_devices > 0 && n_devices < n);
                assert_int_equal(part.n_unused, n_devices >= n ? n_devices % n : 0);
                assert_int_equal(part.n_workers, n);
                assert_int_equal(part.place, i);
                for (size_t j = 0; j < part.n; j++)
                    holders[part.first + j]++;
            }
            for (uint64_t i = 0; i < n_devices; i++)
                if (n_devices >= n)
                    assert_int_equal(holders[i], i < n_devices / n * n);
                else
                    assert_in_range(holders[i], n / n_devices, (n + n_devices - 1) / n_devices);
        }
}

static void a_worker_keeps_what_only_it_was_given(void **state)
{
    (void)state;
    struct gpu_list lists[] = {list_of(1, 1), list_of(2, 1), list_of(3, 2), list_of(4, 3)};
    check_part(lists, 4, 0, 0, 1);
    check_part(lists, 4, 1, 0, 1);
    check_part(lists, 4, 2, 0, 2);
    check_part(lists, 4, 3, 0, 3);
}

/* Two pairs of ranks, each pair with a socket's GPUs; and one rank without any. */
static void only_equal_lists_are_divided(void **state)
{
    (void)state;
    struct gpu_list lists[] = {list_of(1, 2), list_of(3, 2), list_of(1, 2), list_of(3, 2),
                               list_of(0, 0)};
    check_part(lists, 5, 0, 0, 1);
    check_part(lists, 5, 2, 1, 1);
    check_part(lists, 5, 1, 0, 1);
    check_part(lists, 5, 3, 1, 1);
    check_part(lists, 5, 4, 0, 0);
}

static void a_part_is_told_by_uuids(void **state)
{
    (void)state;
    static struct gpu_devices devices = {
        .n = 3, .list = {{.uuid = "GPU-a"}, {.uuid = "MIG-b"}, {.uuid = "GPU-c"}}};
    struct strbuf text = STRBUF_INIT;
    gpu_part_text(&devices, &(struct gpu_part){.first = 1, .n = 2}, &text);
    assert_string_equal(strbuf_text(&text), "MIG-b,GPU-c");
    strbuf_clear(&text);
    gpu_part_text(&devices, &(struct gpu_part){0}, &text);
    assert_string_equal(strbuf_text(&text), "");
    strbuf_free(&text);
}

static void a_list_holds_the_ids_in_their_order(void **state)
{
    (void)state;
    static struct gpu_devices devices = {.n = 2, .list = {{.id = 7}, {.id = 5}}};
    struct gpu_list list = gpu_list_of(&devices);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.ids[0], 7);
    assert_int_equal(list.ids[1], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_has_all),
        cmocka_unit_test(workers_that_see_the_same_divide_it),
        cmocka_unit_test(a_worker_keeps_what_only_it_was_given),
        cmocka_unit_test(only_equal_lists_are_divided),
        cmocka_unit_test(a_part_is_told_by_uuids),
        cmocka_unit_test(a_list_holds_the_ids_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
