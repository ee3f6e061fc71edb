#include "cnn/model.h"

/* X(name): the models; each has a builder model_<name>(). */
#define MODEL_LIST(X)                                                                          \
    X(lenet5)                                                                                  \
    X(vgg)                                                                                     \
    X(resnet8)                                                                                 \
    X(resnet20)                                                                                \
    X(resnet32)                                                                                \
    X(resnet56)                                                                                \
    X(resnet18)                                                                                \
    X(resnet34)                                                                                \
    X(resnet50)                                                                                \
    X(mobilenet_v1)                                                                            \
    X(mobilenet_v2)                                                                            \
    X(shufflenet_v2)                                                                           \
    X(efficientnet_b0)                                                                         \
    X(efficientnet_b1)                                                                         \
    X(efficientnet_b2)                                                                         \
    X(layers)

#define MODEL_NAME(name) #name,
const char *const model_names[] = {MODEL_LIST(MODEL_NAME) NULL};
#undef MODEL_NAME

#define MODEL_BUILDER(name) model_##name,
static model_builder *const builders[] = {MODEL_LIST(MODEL_BUILDER)};
#undef MODEL_BUILDER

enum status model_build(struct graph *graph, const struct train_settings *settings,
                        const struct model_input *input, struct error *err)
{
    graph_init(graph, input->channels, input->height, input->width);
    struct error failure;
    enum status status = builders[settings->model](graph, settings, input, &failure);
    if (status == ST_OK)
        status = graph_check(graph, &failure);
    if (status == ST_OK)
        return ST_OK;
    error_set(err, status, "%s for images of %d x %d x %d: %s", model_names[settings->model],
              (int)input->channels, (int)input->height, (int)input->width, failure.what);
    error_remedy(err, "%s", failure.remedy);
    return status;
}
