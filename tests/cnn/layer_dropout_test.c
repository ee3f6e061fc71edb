/* Dropout, which draws anew at every pass and so has no reference. */
#include "cnn/graph.h"
#include "cnn/network.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define DROPPED 4000

static void open_dropout(struct graph *graph, struct network **network, uint64_t seed)
{
    struct error err;
    graph_init(graph, 10, 20, 20);
    graph_dropout(graph, 0, 0.25);
    assert_ok(network_create(
                  network, graph,
                  &(struct network_options){.batch = 1, .input_gradient = true, .seed = seed},
                  &err),
              err);
    for (int i = 0; i < DROPPED; i++) {
        network_images(*network)[i] = 3;
        network_output_gradient(*network)[i] = 3;
    }
}

static void dropout_drops_its_share_and_passes_the_same_gradients(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    open_dropout(&graph, &network, 1);
    assert_ok(network_forward(network, true, &err), err);
    assert_ok(network_backward(network, &err), err);
    int kept = 0;
    for (int i = 0; i < DROPPED; i++) {
        float y = network_output(network)[i];
        assert_true(y == 0 || y == 4);
        assert_true(network_input_gradient(network)[i] == y);
        kept += y > 0;
    }
    assert_in_range(kept, 2850, 3150);
    assert_ok(network_forward(network, false, &err), err);
    for (int i = 0; i < DROPPED; i++)
        assert_true(network_output(network)[i] == 3);
    network_free(network);
    graph_free(&graph);
}

static void dropout_depends_on_its_seed_and_pass_alone(void **state)
{
    (void)state;
    struct graph graphs[3];
    struct network *networks[3];
    struct error err;
    int differ[3] = {0};
    for (int i = 0; i < 3; i++) {
        open_dropout(&graphs[i], &networks[i], i == 2 ? 9 : 8);
        assert_ok(network_forward(networks[i], true, &err), err);
    }
    float *first = malloc(DROPPED * sizeof *first);
    assert_non_null(first);
    memcpy(first, network_output(networks[0]), DROPPED * sizeof *first);
    for (int i = 0; i < DROPPED; i++) {
        differ[0] += first[i] != network_output(networks[1])[i];
        differ[1] += first[i] != network_output(networks[2])[i];
    }
    assert_ok(network_forward(networks[0], true, &err), err);
    for (int i = 0; i < DROPPED; i++)
        differ[2] += first[i] != network_output(networks[0])[i];
    assert_int_equal(differ[0], 0);
    assert_true(differ[1] > 1000 && differ[2] > 1000);
    free(first);
    for (int i = 0; i < 3; i++) {
        network_free(networks[i]);
        graph_free(&graphs[i]);
    }
}

/* Layers behind it, with memory of their own, between the mask and its gradient. */
static void the_mask_lives_until_its_gradient(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    graph_init(&graph, 10, 20, 20);
    int dropped = graph_dropout(&graph, 0, 0.25), x = dropped;
    for (int i = 0; i < 4; i++)
        x = graph_batch_norm(&graph, graph_convolution(&graph, x, 10, 3, 1, 1, false), true);
    graph_concat(&graph, dropped, x);
    struct network_options options = {.batch = 1, .input_gradient = true, .seed = 1};
    assert_ok(network_create(&network, &graph, &options, &err), err);
    for (int i = 0; i < DROPPED; i++) {
        network_images(network)[i] = 3;
        network_output_gradient(network)[i] = 1000; /* far beyond what the others send back */
        network_output_gradient(network)[DROPPED + i] = (float)(i % 7);
    }
    assert_ok(network_forward(network, true, &err), err);
    assert_ok(network_backward(network, &err), err);
    for (int i = 0; i < DROPPED; i++)
        assert_int_equal(network_input_gradient(network)[i] != 0,
                         network_output(network)[i] != 0);
    network_free(network);
    graph_free(&graph);
}

static void layers_draw_on_their_own(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    int differ = 0;
    graph_init(&graph, 10, 20, 20);
    graph_concat(&graph, graph_dropout(&graph, 0, 0.25), graph_dropout(&graph, 0, 0.25));
    assert_ok(network_create(&network, &graph, &(struct network_options){.batch = 1, .seed = 1},
                             &err),
              err);
    for (int i = 0; i < DROPPED; i++)
        network_images(network)[i] = 3;
    assert_ok(network_forward(network, true, &err), err);
    for (int i = 0; i < DROPPED; i++)
        differ += network_output(network)[i] != network_output(network)[DROPPED + i];
    assert_true(differ > 1000);
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropout_drops_its_share_and_passes_the_same_gradients),
        cmocka_unit_test(dropout_depends_on_its_seed_and_pass_alone),
        cmocka_unit_test(the_mask_lives_until_its_gradient),
        cmocka_unit_test(layers_draw_on_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
