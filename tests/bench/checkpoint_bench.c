/* checkpoint_bench.c - what checkpoints cost: checkpoint_bench FOLDER [SETTINGS] writes and
 * reads one of the network of the settings (a JSON object) for colour images of 32 x 32. */
#include "base/clock.h"
#include "cnn/checkpoint.h"
#include "cnn/model.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TIMES = 50, SIDE = 32, CLASSES = 10, BATCH = 64 };

struct bench {
    struct train_settings settings;
    struct dataset dataset;
    struct train_data data;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    struct train_result result;
};

static enum status build(struct bench *b, const char *settings, struct error *err)
{
    struct model_input input = {3, SIDE, SIDE, CLASSES};
    settings_init(&b->settings);
    b->dataset.shape = (struct image_shape){3, SIDE, SIDE};
    b->dataset.n_classes = CLASSES;
    b->data.dataset = &b->dataset;
    enum status status =
        settings_read(&b->settings, settings, strlen(settings), "the settings", err);
    if (!status)
        status = model_build(&b->graph, &b->settings, &input, err);
    if (!status)
        status = network_create(&b->network, &b->graph,
                                &(struct network_options){.batch = BATCH, .seed = 1}, err);
    if (!status && optimizer_create(&b->optimizer, &b->settings, network_size(b->network)))
        status = error_set(err, ST_NOMEM, "out of memory for the optimizer");
    return status;
}

/* Milliseconds a time, on the clock and of the processor. */
static enum status measure(struct bench *b, const char *folder, bool reads, struct error *err)
{
    struct checkpoint c = {&b->settings, &b->data, b->network, b->optimizer, &b->result};
    char latest[PATH_MAX];
    snprintf(latest, sizeof latest, "%s/%s", folder, CHECKPOINT_LATEST);
    double start_s = clock_monotonic_s(), cpu_s = clock_process_cpu_s();
    for (int i = 0; i < TIMES; i++) {
        enum status status = reads ? checkpoint_read(latest, &c, err)
                                   : checkpoint_write(folder, CHECKPOINT_AS_LATEST, &c, err);
        if (status)
            return status;
    }
    struct stat st = {0};
    stat(latest, &st);
    printf("%-5s  %lld bytes  %.2f ms  %.2f ms of processor time\n", reads ? "read" : "write",
           (long long)st.st_size, (clock_monotonic_s() - start_s) * 1e3 / TIMES,
           (clock_process_cpu_s() - cpu_s) * 1e3 / TIMES);
    return ST_OK;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct error err = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: checkpoint_bench FOLDER ['{\"model\": \"resnet20\"}']\n");
        return 2;
    }
    if (build(&bench, argc > 2 ? argv[2] : "{\"model\": \"resnet20\"}", &err) ||
        measure(&bench, argv[1], false, &err) || measure(&bench, argv[1], true, &err)) {
        fprintf(stderr, "%s; %s\n", err.what, err.remedy);
        return 1;
    }
    checkpoint_delete(argv[1]);
    optimizer_free(bench.optimizer);
    network_free(bench.network);
    graph_free(&bench.graph);
    return 0;
}
