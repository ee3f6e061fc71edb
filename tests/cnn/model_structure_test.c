/* The layers of every family as its paper or torchvision has them, in the notation of
 * describe(): numbers of parameters and operations do not tell where activations stand, which
 * values are added, or what is a maximum and what a mean. */
#include "base/strbuf.h"
#include "cnn/model.h"
#include "tests/check.h"

#include <string.h>

static void build(struct graph *graph, const char *name, struct train_settings *settings,
                  int64_t channels, int64_t side, int64_t classes)
{
    struct model_input input = {channels, side, side, classes};
    struct error err;
    settings->model = 0;
    while (strcmp(model_names[settings->model], name) != 0)
        settings->model++;
    assert_ok(model_build(graph, settings, &input, &err), err);
}

/* "c64 7/2": channels, kernel, stride; "d" where every channel is seen alone; "p0" where the
 * padding is not half of the kernel. */
static void describe_convolution(struct strbuf *text, const struct graph *graph,
                                 const struct layer_spec *spec)
{
    bool depthwise = spec->groups > 1;
    if (depthwise) {
        assert_int_equal(spec->groups, spec->channels);
        assert_int_equal(spec->groups, graph->shapes[spec->inputs[0]].dims[1]);
    }
    strbuf_printf(text, "%c%d %d/%d", depthwise ? 'd' : 'c', (int)spec->channels,
                  (int)spec->kernel, (int)spec->stride);
    if (spec->padding != spec->kernel / 2)
        strbuf_printf(text, " p%d", (int)spec->padding);
    strbuf_append(text, spec->bias ? " bias" : "");
}

static void describe_layer(struct strbuf *text, const struct layer_spec *spec)
{
    strbuf_append(text, spec->type == &layer_batch_norm ? "bn" : spec->type->name);
    if (spec->type == &layer_linear)
        strbuf_printf(text, " %d", (int)spec->channels);
    if (spec->type == &layer_max_pool)
        strbuf_printf(text, " %d/%d p%d", (int)spec->kernel, (int)spec->stride,
                      (int)spec->padding);
    if (spec->type == &layer_split)
        strbuf_printf(text, " %d+%d", (int)spec->from, (int)spec->channels);
    if (spec->type == &layer_shuffle)
        strbuf_printf(text, " %d", (int)spec->groups);
}

/* Inputs are told where they are not what the layer before makes, by the numbers of their
 * values: 0 is the images, k + 1 what layer k makes. */
static void describe_inputs(struct strbuf *text, const struct layer_spec *spec, size_t layer)
{
    if (spec->type->n_inputs == 1 && spec->inputs[0] != (int)layer)
        strbuf_printf(text, " of %d", spec->inputs[0]);
    if (spec->type->n_inputs == 2)
        strbuf_printf(text, " %d %d", spec->inputs[0], spec->inputs[1]);
}

/* Layers that work on every number alone stand behind the one that makes it; a comma ends what
 * comes before any other. */
static bool goes_along(const struct layer_type *type)
{
    return type == &layer_batch_norm || type == &layer_relu || type == &layer_relu6 ||
           type == &layer_silu || type == &layer_sigmoid;
}

static void describe(struct strbuf *text, const struct graph *graph)
{
    for (size_t i = 0; i < graph->n_layers; i++) {
        const struct layer_spec *spec = &graph->layers[i];
        strbuf_append(text, i == 0 ? "" : goes_along(spec->type) ? " " : ", ");
        if (spec->type == &layer_convolution)
            describe_convolution(text, graph, spec);
        else
            describe_layer(text, spec);
        describe_inputs(text, spec, i);
        strbuf_append(text, spec->relu ? " relu" : "");
    }
    assert_true(strbuf_ok(text));
}

#define CLASSES(n) "global_pool, flatten, dropout, linear " #n

/* How a model begins, until everything that its blocks differ in was there once, and how it
 * ends. */
static const struct structure {
    const char *model;
    int64_t channels, side, classes;
    const char *begin, *end;
} structures[] = {
    {"lenet5", 1, 28, 10,
     "c6 5/1 bias, max_pool 2/2 p0 relu, "
     "c16 5/1 p0 bias, max_pool 2/2 p0 relu, "
     "flatten, linear 120 relu, linear 84 relu, dropout, linear 10",
     "linear 10"},
    {"vgg", 3, 32, 10,
     "c32 3/1 bn relu, c32 3/1 bn relu, max_pool 2/2 p0, "
     "c64 3/1 bn relu, c64 3/1 bn relu, max_pool 2/2 p0, ",
     "max_pool 2/2 p0, flatten, dropout, linear 10"},
    {"resnet20", 3, 32, 10,
     "c16 3/1 bn relu, "
     "c16 3/1 bn relu, c16 3/1 bn, add 6 2 relu, "
     "c16 3/1 bn relu, c16 3/1 bn, add 11 7 relu, "
     "c16 3/1 bn relu, c16 3/1 bn, add 16 12 relu, "
     "c32 3/2 bn relu, c32 3/1 bn, c32 1/2 of 17 bn, add 21 23 relu, ",
     "add 50 46 relu, " CLASSES(10)},
    {"resnet18", 3, 224, 1000,
     "c64 7/2 bn relu, max_pool 3/2 p1, "
     "c64 3/1 bn relu, c64 3/1 bn, add 7 3 relu, "
     "c64 3/1 bn relu, c64 3/1 bn, add 12 8 relu, "
     "c128 3/2 bn relu, c128 3/1 bn, c128 1/2 of 13 bn, add 17 19 relu, ",
     CLASSES(1000)},
    {"resnet50", 3, 224, 1000,
     "c64 7/2 bn relu, max_pool 3/2 p1, "
     "c64 1/1 bn relu, c64 3/1 bn relu, c256 1/1 bn, c256 1/1 of 3 bn, add 9 11 relu, "
     "c64 1/1 bn relu, c64 3/1 bn relu, c256 1/1 bn, add 18 12 relu, "
     "c64 1/1 bn relu, c64 3/1 bn relu, c256 1/1 bn, add 25 19 relu, "
     "c128 1/1 bn relu, c128 3/2 bn relu, c512 1/1 bn, c512 1/2 of 26 bn, add 32 34 relu, ",
     CLASSES(1000)},
    {"mobilenet_v1", 3, 224, 1000,
     "c32 3/2 bn relu, d32 3/1 bn relu, c64 1/1 bn relu, "
     "d64 3/2 bn relu, c128 1/1 bn relu, d128 3/1 bn relu, c128 1/1 bn relu, "
     "d128 3/2 bn relu, c256 1/1 bn relu, ",
     "c1024 1/1 bn relu, " CLASSES(1000)},
    {"mobilenet_v2", 3, 224, 1000,
     "c32 3/2 bn relu6, d32 3/1 bn relu6, c16 1/1 bn, "
     "c96 1/1 bn relu6, d96 3/2 bn relu6, c24 1/1 bn, "
     "c144 1/1 bn relu6, d144 3/1 bn relu6, c24 1/1 bn, add 24 16, "
     "c144 1/1 bn relu6, d144 3/2 bn relu6, c32 1/1 bn, ",
     "c1280 1/1 bn relu6, " CLASSES(1000)},
    {"shufflenet_v2", 3, 224, 1000,
     "c24 3/2 bn relu, max_pool 3/2 p1, d24 3/2 bn, c58 1/1 bn relu, "
     "c58 1/1 of 3 bn relu, d58 3/2 bn, c58 1/1 bn relu, concat 7 13, shuffle 2, "
     "split 0+58, split 58+58 of 15, "
     "c58 1/1 bn relu, d58 3/1 bn, c58 1/1 bn relu, concat 16 23, shuffle 2, ",
     "c1024 1/1 bn relu, " CLASSES(1000)},
    {"efficientnet_b0", 3, 224, 1000,
     "c32 3/2 bn silu, d32 3/1 bn silu, "
     "global_pool, c8 1/1 bias silu, c32 1/1 bias sigmoid, scale 6 11, c16 1/1 bn, "
     "c96 1/1 bn silu, d96 3/2 bn silu, "
     "global_pool, c4 1/1 bias silu, c96 1/1 bias sigmoid, scale 20 25, c24 1/1 bn, "
     "c144 1/1 bn silu, d144 3/1 bn silu, "
     "global_pool, c6 1/1 bias silu, c144 1/1 bias sigmoid, scale 34 39, c24 1/1 bn, "
     "add 42 28, c144 1/1 bn silu, d144 5/2 bn silu, ",
     "c1280 1/1 bn silu, " CLASSES(1000)},
    {"efficientnet_b2", 3, 260, 1000, "c32 3/2 bn silu, d32 3/1 bn silu, ",
     "c1408 1/1 bn silu, " CLASSES(1000)},
};

static void assert_structure(const struct structure *expected, const char *text)
{
    size_t length = strlen(text), begin = strlen(expected->begin), end = strlen(expected->end);
    if (strncmp(text, expected->begin, begin) != 0)
        fail_msg("%s begins\n%.*s ..., not\n%s", expected->model, (int)begin, text,
                 expected->begin);
    if (length < end || strcmp(text + length - end, expected->end) != 0)
        fail_msg("%s does not end\n%s, but is\n%s", expected->model, expected->end, text);
}

static void models_have_the_layers_of_their_papers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof structures / sizeof *structures; i++) {
        const struct structure *expected = &structures[i];
        static struct train_settings settings;
        struct graph graph;
        struct strbuf text = STRBUF_INIT;
        settings_init(&settings);
        settings.dropout = 0.2;
        build(&graph, expected->model, &settings, expected->channels, expected->side,
              expected->classes);
        describe(&text, &graph);
        assert_structure(expected, strbuf_text(&text));
        strbuf_free(&text);
        graph_free(&graph);
    }
}

/* Which layers still halve images of 32 pixels: those behind the first two of the network. */
static void the_small_stem_leaves_out_the_first_two_strides(void **state)
{
    (void)state;
    static const struct {
        const char *model, *halving;
    } cases[] = {
        {"resnet18", "128 3/2,128 1/2,256 3/2,256 1/2,512 3/2,512 1/2,"},
        {"mobilenet_v1", "128 3/2,256 3/2,512 3/2,"},
        {"mobilenet_v2", "144 3/2,192 3/2,576 3/2,"},
        {"shufflenet_v2", "24 3/2,58 3/2,116 3/2,116 3/2,232 3/2,232 3/2,"},
        {"efficientnet_b0", "144 5/2,240 3/2,672 5/2,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct train_settings settings;
        struct graph graph;
        struct strbuf text = STRBUF_INIT;
        settings_init(&settings);
        build(&graph, cases[i].model, &settings, 3, 32, 10);
        for (size_t k = 0; k < graph.n_layers; k++)
            if (graph.layers[k].stride > 1)
                strbuf_printf(&text, "%d %d/%d,", (int)graph.layers[k].channels,
                              (int)graph.layers[k].kernel, (int)graph.layers[k].stride);
        assert_string_equal(strbuf_text(&text), cases[i].halving);
        strbuf_free(&text);
        graph_free(&graph);
    }
}

/* The last convolution of networks for phones stays as wide as published. */
static void the_last_convolution_never_becomes_narrower(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        int64_t width, last;
    } cases[] = {{"shufflenet_v2", 12, 1024},
                 {"shufflenet_v2", 48, 2048},
                 {"mobilenet_v2", 16, 1280},
                 {"mobilenet_v2", 64, 2560}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct train_settings settings;
        struct graph graph;
        settings_init(&settings);
        settings.width = cases[i].width;
        build(&graph, cases[i].model, &settings, 3, 32, 10);
        assert_int_equal(graph.shapes[graph.n_layers - 1].dims[1], cases[i].last);
        graph_free(&graph);
    }
}

/* Without batch normalisation its convolutions have a bias and a rectifier of their own. */
static void vgg_may_do_without_batch_norm(void **state)
{
    (void)state;
    static struct train_settings settings;
    struct graph graph;
    struct strbuf text = STRBUF_INIT;
    settings_init(&settings);
    settings.batch_norm = false;
    strcpy(settings.vgg_layers, "8,M");
    build(&graph, "vgg", &settings, 3, 32, 10);
    describe(&text, &graph);
    assert_string_equal(strbuf_text(&text),
                        "c8 3/1 bias relu, max_pool 2/2 p0, flatten, linear 10");
    strbuf_free(&text);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_have_the_layers_of_their_papers),
        cmocka_unit_test(the_small_stem_leaves_out_the_first_two_strides),
        cmocka_unit_test(the_last_convolution_never_becomes_narrower),
        cmocka_unit_test(vgg_may_do_without_batch_norm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
