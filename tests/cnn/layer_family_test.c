#include "cnn/layer_family.h"

#include "cnn/model_summary.h"
#include "tests/check.h"

#include <string.h>

static int count(const struct graph *graph, const char *type)
{
    int n = 0;
    for (size_t i = 0; i < graph->n_layers; i++)
        n += strcmp(graph->layers[i].type->name, type) == 0;
    return n;
}

static void members_have_the_layers_that_they_say(void **state)
{
    (void)state;
    static const struct model_input inputs[] = {
        {3, 32, 32, 10}, {1, 28, 28, 10}, {3, 224, 200, 1000}, {1, 1, 1, 2}, {2, 5, 90, 3}};
    size_t n;
    const struct family_member *members = family_members(&n);
    for (size_t k = 0; k < sizeof inputs / sizeof inputs[0]; k++)
        for (size_t i = 0; i < n; i++) {
            struct graph graph;
            struct error err;
            assert_ok(family_build(&graph, &members[i], &inputs[k], 8, &err), err);
            assert_int_equal(count(&graph, "convolution"), members[i].convolutions);
            assert_int_equal(count(&graph, "linear"), members[i].linears);
            assert_int_equal(count(&graph, "relu"), members[i].relus);
            assert_int_equal(graph.shapes[graph.n_layers].dims[1], inputs[k].classes);
            graph_free(&graph);
        }
}

static int64_t flops_of(int convolutions, int linears)
{
    static const struct model_input input = {3, 20, 20, 10};
    struct family_member member = {convolutions, linears, 1};
    struct graph graph;
    struct error err;
    assert_ok(family_build(&graph, &member, &input, 8, &err), err);
    int64_t flops = model_summary_total(&graph).flops;
    graph_free(&graph);
    return flops;
}

/* Or a sum over layers could not be told apart by their number. */
static void each_further_layer_does_the_same_work(void **state)
{
    (void)state;
    for (int i = 2; i < 6; i++) {
        assert_int_equal(flops_of(i + 1, 1) - flops_of(i, 1), flops_of(2, 1) - flops_of(1, 1));
        assert_int_equal(flops_of(1, i + 1) - flops_of(1, i), flops_of(1, 2) - flops_of(1, 1));
    }
    assert_int_equal(flops_of(4, 4) - flops_of(1, 1),
                     3 * (flops_of(2, 1) + flops_of(1, 2) - 2 * flops_of(1, 1)));
}

static void what_a_graph_refuses_is_answered(void **state)
{
    (void)state;
    static const struct model_input input = {3, 16384, 16384, 10};
    struct family_member member = {2, 6, 1};
    struct graph graph;
    struct error err;
    assert_int_not_equal(family_build(&graph, &member, &input, INT64_C(1) << 30, &err), ST_OK);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_have_the_layers_that_they_say),
        cmocka_unit_test(each_further_layer_does_the_same_work),
        cmocka_unit_test(what_a_graph_refuses_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
