#include "cnn/model_summary.h"
#include "tests/check.h"

/* Images of 3 x 8 x 8, a convolution of 4 channels that halves them, and two classes. */
static void build(struct graph *graph)
{
    struct error err;
    graph_init(graph, 3, 8, 8);
    int x = graph_convolution(graph, 0, 4, 3, 2, 1, false);
    x = graph_batch_norm(graph, x, true);
    x = graph_flatten(graph, graph_global_pool(graph, x));
    graph_linear(graph, x, 2);
    assert_ok(graph_check(graph, &err), err);
}

static void layers_have_what_their_formulas_say(void **state)
{
    (void)state;
    static const struct model_summary expected[] = {
        {4 * 3 * 9, 2 * 4 * 16 * 3 * 9, 4 * 4 * 3 * 9, 4 * 4 * 16}, /* the convolution */
        {2 * 4, 0, 4 * 4 * 4, 4 * 4 * 16},                          /* with its statistics */
        {0, 0, 0, 4 * 4},                                           /* the mean */
        {0, 0, 0, 4 * 4},
        {4 * 2 + 2, 2 * 4 * 2, 4 * (4 * 2 + 2), 4 * 2}};
    struct graph graph;
    struct model_summary sum = {0};
    build(&graph);
    assert_int_equal(graph.n_layers, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < graph.n_layers; i++) {
        struct model_summary layer = model_summary_layer(&graph, i);
        assert_memory_equal(&layer, &expected[i], sizeof layer);
        sum.params += layer.params;
        sum.flops += layer.flops;
        sum.bytes += layer.bytes;
        sum.output_bytes += layer.output_bytes;
    }
    struct model_summary total = model_summary_total(&graph);
    assert_memory_equal(&total, &sum, sizeof sum);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_have_what_their_formulas_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
