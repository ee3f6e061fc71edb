#include "base/rng.h"
#include "tests/check.h"
#include "worker/visible_devices.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The places that a list shows, as text: "2 0". */
static void check_pick(const char *list, const struct visible_unit *units, size_t n,
                       const char *expected)
{
    size_t picked[8];
    char text[32] = "";
    size_t n_picked = visible_devices_pick(list, units, n, picked);
    for (size_t i = 0; i < n_picked; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%zu", i ? " " : "",
                 picked[i]);
    if (strcmp(text, expected) != 0)
        fail_msg("\"%s\" shows \"%s\", not \"%s\"", list ? list : "(none)", text, expected);
}

static void lists_are_read_as_cuda_does(void **state)
{
    (void)state;
    static const struct visible_unit units[] = {
        {0, "GPU-aaa", "GPU-aaa"}, {1, "GPU-aab", "GPU-aab"}, {2, "GPU-b", "GPU-b"}};
    static const char *const cases[][2] = {
        {NULL, "0 1 2"},
        {"", ""},
        {"0", "0"},
        {"2, 0", "2 0"}, /* in this order */
        {" 1 ", "1"},
        {"1,7,0", "1"}, /* ends where it names nothing */
        {"-1,0", ""},
        {"0,,2", "0"},
        {"NoDevFiles", ""},
        {"GPU-b", "2"},
        {"GPU-b,GPU-aab", "2 1"},
        {"GPU-aaa", "0"},
        {"GPU-aa", ""}, /* not enough to tell two apart */
        {"GPU-", ""},
        {"MIG-aaa", ""},
        {"1x,2", "1 2"}, /* what stands behind a number is not looked at */
        {"0,1,0", ""},   /* one twice: none at all */
        {"99999999999999999999", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_pick(cases[i][0], units, 3, cases[i][1]);
}

static void instances_go_by_their_own_names(void **state)
{
    (void)state;
    static const struct visible_unit units[] = {{0, "GPU-a", "GPU-a"},
                                                {1, "GPU-b", "MIG-11"},
                                                {1, "GPU-b", "MIG-12"},
                                                {2, "GPU-c", "MIG-GPU-c/1/0"},
                                                {2, "GPU-c", "MIG-GPU-c/1/01"}};
    check_pick(NULL, units, 5, "0 1 2 3 4");
    check_pick("MIG-12,MIG-11", units, 5, "2 1");
    check_pick("MIG-1", units, 5, "");
    check_pick("1", units, 5, "1"); /* the GPU's first */
    check_pick("GPU-c,0", units, 5, "3 0");
    check_pick("MIG-GPU-c/1/0", units, 5,
               "3"); /* a whole name is not the beginning of another */
    check_pick("MIG-GPU-c/2/0", units, 5, "");
}

static void nothing_shows_nothing(void **state)
{
    (void)state;
    check_pick(NULL, NULL, 0, "");
    check_pick("0", NULL, 0, "");
}

/* Whatever the list: places that exist, none twice. */
static void any_list_shows_devices_once(void **state)
{
    (void)state;
    static const char *const pieces[] = {"0", "1", "2",     ",",    ",",    "-",     " ",
                                         "x", "G", "GPU-a", "MIG-", "GPU-", "MIG-1", "9"};
    static const struct visible_unit units[] = {
        {0, "GPU-a", "GPU-a"}, {1, "GPU-b", "MIG-1"}, {1, "GPU-b", "MIG-2"}};
    struct rng rng;
    size_t longest = 0;
    rng_seed(&rng, 5);
    for (int i = 0; i < 20000; i++) {
        char list[64] = "";
        size_t picked[3], n_pieces = rng_below(&rng, 9);
        bool seen[3] = {false};
        for (size_t j = 0; j < n_pieces; j++)
            strcat(list, pieces[rng_below(&rng, sizeof pieces / sizeof pieces[0])]);
        size_t n = visible_devices_pick(list, units, 3, picked);
        assert_true(n <= 3);
        for (size_t j = 0; j < n; j++) {
            assert_true(picked[j] < 3 && !seen[picked[j]]);
            seen[picked[j]] = true;
        }
        longest = n > longest ? n : longest;
    }
    assert_true(longest >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read_as_cuda_does),
        cmocka_unit_test(instances_go_by_their_own_names),
        cmocka_unit_test(nothing_shows_nothing),
        cmocka_unit_test(any_list_shows_devices_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
