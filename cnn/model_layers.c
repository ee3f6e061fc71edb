/* A network that its user wrote down as a list of layers (the setting `layers`). */
#include "cnn/model.h"
#include "cnn/model_description.h"

#include <string.h>

/* The failure tells the layer by its number; people may have named it. */
static void name_layer(struct error *failure, const char *name)
{
    struct error plain = *failure;
    if (name)
        error_set(failure, plain.status, "\"%s\": %s", name, plain.what);
    error_remedy(failure, "%s", plain.remedy);
}

/* Append the layers as far as their sizes fit. */
static void append(struct graph *graph, const struct model_description *description,
                   int64_t classes)
{
    for (size_t i = 0; i < description->n && !graph->failure.status; i++) {
        struct layer_spec spec = description->specs[i];
        if (spec.type->takes & LAYER_CHANNELS && spec.channels == DESCRIPTION_CLASSES)
            spec.channels = classes;
        graph_add(graph, &spec);
        if (graph->failure.status)
            name_layer(&graph->failure, description->names[i]);
    }
}

static enum status check_output(const struct graph *graph, int64_t classes, struct error *err)
{
    const struct shape *out = &graph->shapes[graph->n_layers];
    if (graph->failure.status || (out->n == 2 && out->dims[1] == classes))
        return ST_OK;
    error_set(err, ST_INVALID, "the last layer, %zu, makes %s of %d channels",
              graph->n_layers - 1, out->n == 2 ? "a vector" : "images", (int)out->dims[1]);
    error_remedy(err,
                 "end with a linear layer, which makes one number for each of the %d "
                 "classes",
                 (int)classes);
    return ST_INVALID;
}

enum status model_layers(struct graph *graph, const struct train_settings *settings,
                         const struct model_input *input, struct error *err)
{
    struct json *list = NULL;
    struct model_description description = {0};
    const char *text = settings->layers;
    enum status status = json_parse(&list, text, strlen(text), "layers", err);
    if (status == ST_OK)
        status = model_description_read(&description, list, "layers", err);
    if (status == ST_OK && description.n == 0) {
        status = error_set(err, ST_INVALID, "the setting layers is empty");
        error_remedy(err, "give it a list of layers, or a file that holds one");
    } else if (status == ST_OK) {
        append(graph, &description, input->classes);
        status = check_output(graph, input->classes, err);
    }
    model_description_free(&description);
    json_free(list);
    return status;
}
