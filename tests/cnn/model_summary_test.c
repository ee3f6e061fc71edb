#include "cnn/model_summary.h"
#include "tests/check.h"

#include <string.h>

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

static void the_table_has_a_line_a_layer_and_the_sums(void **state)
{
    (void)state;
    struct graph graph;
    struct strbuf text = STRBUF_INIT;
    build(&graph);
    assert_int_equal(model_summary_print(&graph, &text), ST_OK);
    assert_string_equal(
        strbuf_text(&text),
        "layer  type                      output    parameters    FLOP an image         bytes\n"
        "    0  convolution            4 x 4 x 4           108             3456           432\n"
        "    1  batch_norm             4 x 4 x 4             8                0            64\n"
        "    2  global_pool            4 x 1 x 1             0                0             0\n"
        "    3  flatten                        4             0                0             0\n"
        "    4  linear                         2            10               16            40\n"
        "       all                                        126             3472           "
        "536\n");
    strbuf_free(&text);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_have_what_their_formulas_say),
        cmocka_unit_test(the_table_has_a_line_a_layer_and_the_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
