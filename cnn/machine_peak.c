#include "cnn/machine_peak.h"

#include "base/clock.h"
#include "cnn/network.h"
#include "cnn/profile.h"

#include <math.h>
#include <omp.h>

/* The sides of the matrices: enough work for each of the threads. */
static int64_t choose_side(int64_t threads)
{
    return threads > 4 ? 2048 : 1024;
}

/* Time the linear layer alone, without the copies at the network's ends. */
static enum status time_product(double *best_s, const struct network *network, int64_t threads,
                                double budget_s, struct error *err)
{
    struct plan_walk walk = network_walk(network, PASS_INFER);
    double begun_s = clock_monotonic_s();
    *best_s = INFINITY;
    while (plan_walk_next(&walk) && walk.layer != 1)
        ;
    for (int i = 0; i < 3 || clock_monotonic_s() - begun_s < budget_s; i++) {
        double start_s = profile_clock_s(threads);
        if (!plan_walk_run(&walk, 1))
            return error_set(err, ST_FAILED, "oneDNN failed in a product of matrices");
        if (i > 0) /* the first touches the memory */
            *best_s = fmin(*best_s, profile_clock_s(threads) - start_s);
    }
    return ST_OK;
}

enum status machine_peak(double *flops_per_s, const struct train_settings *settings,
                         double budget_s, struct error *err)
{
    struct graph graph;
    struct network *network = NULL;
    omp_set_num_threads((int)settings->threads);
    int64_t side = choose_side(settings->threads);
    graph_init(&graph, side, 1, 1);
    graph_linear(&graph, graph_flatten(&graph, 0), side);
    struct network_options options = {.batch = side,
                                      .seed = 1,
                                      .precision = (enum precision)settings->precision,
                                      .inference = true};
    double best_s;
    enum status status = network_create(&network, &graph, &options, err);
    if (!status)
        status = time_product(&best_s, network, settings->threads, budget_s, err);
    if (!status)
        *flops_per_s = 2 * pow((double)side, 3) / best_s;
    network_free(network);
    graph_free(&graph);
    return status;
}
