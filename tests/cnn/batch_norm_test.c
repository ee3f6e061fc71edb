/* What batch normalisation remembers from training for inference. */
#include "cnn/graph.h"
#include "cnn/network.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

/* Running statistics follow the batches' by a tenth a step, the variance unbiased, and
 * inference uses them. */
static void batch_norm_keeps_running_statistics(void **state)
{
    (void)state;
    struct graph graph;
    struct network *network;
    struct error err;
    graph_init(&graph, 1, 1, 4);
    graph_batch_norm(&graph, 0, false);
    assert_ok(network_create(&network, &graph, &(struct network_options){.batch = 1, .seed = 1},
                             &err),
              err);
    static const float images[] = {1, 2, 3, 6};
    memcpy(network_images(network), images, sizeof images);
    assert_ok(network_forward(network, true, &err), err);
    float mean, variance;
    assert_string_equal(network_param(network, 2)->name, "running_mean");
    assert_int_equal(network_read(network, 2, &mean), ST_OK);
    assert_int_equal(network_read(network, 3, &variance), ST_OK);
    assert_near((double)mean, 0.1 * 3, 1e-6);
    assert_near((double)variance, 0.9 + 0.1 * 14 / 3, 1e-6);
    assert_ok(network_forward(network, false, &err), err);
    for (int i = 0; i < 4; i++)
        assert_near((double)network_output(network)[i],
                    ((double)images[i] - 0.3) / sqrt(0.9 + 1.4 / 3 + 1e-5), 1e-5);
    network_free(network);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_norm_keeps_running_statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
