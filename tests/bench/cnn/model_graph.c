#include "tests/bench/cnn/model_graph.h"

#include <string.h>

static int find_model(const char *name)
{
    for (int i = 0; model_names[i]; i++)
        if (strcmp(model_names[i], name) == 0)
            return i;
    return -1;
}

enum status model_graph_build(struct graph *graph, struct train_settings *settings,
                              const struct workload_setup *setup, struct error *err)
{
    *graph = (struct graph){0};
    settings_init(settings);
    settings->model = find_model(setup->model);
    settings->batch_size = setup->batch;
    if (settings->model < 0)
        return error_set(err, ST_NOTFOUND, "there is no model '%s'", setup->model);
    if (precision_check(setup->precision, err))
        return err->status;
    struct model_input input = {setup->channels, setup->side, setup->side, MODEL_GRAPH_CLASSES};
    return model_build(graph, settings, &input, err);
}
