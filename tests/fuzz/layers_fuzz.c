/* Lists of layers. One that is accepted is kept as a text that is accepted again, and the graph
 * that it becomes ends in the classes, with sums that are counts. */
#include "cnn/model.h"
#include "cnn/model_summary.h"
#include "tests/cnn/any_model.h"
#include "tests/fuzz/seed_texts.h"

#include <stdlib.h>

static const char *const texts[] = {
    ANY_LAYERS,
    "[{\"type\":\"convolution\",\"channels\":6,\"kernel\":5,\"stride\":2,\"padding\":2,"
    "\"groups\":3,\"name\":\"a\"},{\"type\":\"silu\",\"name\":\"c\"},"
    "{\"type\":\"sigmoid\",\"input\":\"a\",\"name\":\"b\"},"
    "{\"type\":\"add\",\"inputs\":[\"c\",\"b\"]},{\"type\":\"average_pool\",\"kernel\":3,"
    "\"stride\":2,\"padding\":1},{\"type\":\"flatten\"},"
    "{\"type\":\"linear\",\"channels\":9,\"bias\":false},{\"type\":\"relu6\"},"
    "{\"type\":\"linear\",\"channels\":\"classes\"}]",
};

size_t fuzz_seed(size_t i, uint8_t *out)
{
    return fuzz_seed_text(texts, sizeof texts / sizeof texts[0], i, out);
}

static void check_graph(const struct train_settings *settings)
{
    struct graph graph;
    struct error err;
    struct model_input input = {3, 20, 24, 7};
    if (model_build(&graph, settings, &input, &err) == ST_OK) {
        const struct shape *out = &graph.shapes[graph.n_layers];
        struct model_summary sum = model_summary_total(&graph);
        if (out->n != 2 || out->dims[1] != 7 || sum.params < 0 || sum.flops < 0 ||
            sum.bytes < 4 * sum.params || sum.output_bytes <= 0)
            abort();
    }
    graph_free(&graph);
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    static struct train_settings settings, again;
    struct json *list;
    struct error err;
    if (json_parse(&list, (const char *)bytes, size, "fuzz", &err))
        return false;
    settings_init(&settings);
    while (strcmp(model_names[settings.model], "layers") != 0)
        settings.model++;
    bool sound =
        json_kind(list) == JSON_ARRAY && settings_set(&settings, "layers", list, &err) == ST_OK;
    json_free(list);
    if (!sound)
        return false;
    check_graph(&settings);
    again = settings;
    struct json *kept = NULL;
    if (json_parse(&kept, settings.layers, strlen(settings.layers), "kept", &err) ||
        settings_set(&again, "layers", kept, &err) || settings_clash(&settings, &again))
        abort();
    json_free(kept);
    return true;
}
