/* Gradients of a value that goes to several slices, which layer_test.c tries one at a time. */
#include "cnn/graph.h"
#include "cnn/network.h"
#include "tests/check.h"

#define CHANNELS 20
#define AREA 6

/* A network that takes and gives images of CHANNELS channels, run once forward and backward
 * with 1, 2, ... as images and gradients. */
static struct network *run(struct graph *graph)
{
    struct network *network;
    struct error err;
    const struct network_options options = {.batch = 2, .input_gradient = true, .seed = 1};
    assert_ok(graph_check(graph, &err), err);
    assert_ok(network_create(&network, graph, &options, &err), err);
    for (int i = 0; i < 2 * CHANNELS * AREA; i++) {
        network_images(network)[i] = (float)i;
        network_output_gradient(network)[i] = (float)(i + 1);
    }
    assert_ok(network_forward(network, true, &err), err);
    assert_ok(network_backward(network, &err), err);
    return network;
}

/* Two halves, put together in the other order. */
static void halves_get_their_gradients_back(void **state)
{
    (void)state;
    struct graph graph;
    graph_init(&graph, CHANNELS, 2, 3);
    int a = graph_split(&graph, 0, 0, 7), b = graph_split(&graph, 0, 7, CHANNELS - 7);
    graph_concat(&graph, b, a);
    struct network *network = run(&graph);
    for (int i = 0; i < 2 * CHANNELS * AREA; i++) {
        int image = i / AREA / CHANNELS, channel = i / AREA % CHANNELS;
        int from = (image * CHANNELS + (channel + 7) % CHANNELS) * AREA + i % AREA;
        assert_true(network_output(network)[i] == (float)from);
        assert_true(network_input_gradient(network)[from] == (float)(i + 1));
    }
    network_free(network);
    graph_free(&graph);
}

/* Channels 0 to 11 and 8 to 15, and 16 to 19 not at all. */
static void slices_may_overlap_and_leave_gaps(void **state)
{
    (void)state;
    struct graph graph;
    graph_init(&graph, CHANNELS, 2, 3);
    int a = graph_split(&graph, 0, 0, 12), b = graph_split(&graph, 0, 8, 8);
    graph_concat(&graph, a, b);
    struct network *network = run(&graph);
    for (int i = 0; i < 2 * CHANNELS * AREA; i++) {
        int channel = i / AREA % CHANNELS;
        float expected = 0;
        if (channel < 12)
            expected += (float)(i + 1);
        if (channel >= 8 && channel < 16)
            expected += (float)(i + 4 * AREA + 1); /* it is channel c + 4 of the output */
        assert_true(network_input_gradient(network)[i] == expected);
    }
    network_free(network);
    graph_free(&graph);
}

/* A slice that nobody takes has no gradient: zeros. */
static void slices_without_a_user_count_as_zero(void **state)
{
    (void)state;
    struct graph graph;
    graph_init(&graph, CHANNELS, 2, 3);
    graph_split(&graph, 0, 0, 10);
    int b = graph_split(&graph, 0, 10, 10);
    graph_concat(&graph, b, b);
    struct network *network = run(&graph);
    for (int i = 0; i < CHANNELS * AREA; i++) {
        float gradient = network_input_gradient(network)[i];
        if (i < 10 * AREA)
            assert_true(gradient == 0);
        else
            assert_true(gradient == (float)(i - 10 * AREA + 1) + (float)(i + 1));
    }
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_get_their_gradients_back),
        cmocka_unit_test(slices_may_overlap_and_leave_gaps),
        cmocka_unit_test(slices_without_a_user_count_as_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
