#include "cnn/graph.h"
#include "cnn/model.h"
#include "cnn/model_summary.h"
#include "tests/check.h"
#include "tests/cnn/any_model.h"

#include <string.h>

/* The graph of a model; the caller frees it. */
static enum status build(struct graph *graph, const char *name, struct train_settings *settings,
                         int64_t channels, int64_t side, int64_t classes, struct error *err)
{
    struct model_input input = {channels, side, side, classes};
    int model = 0;
    while (strcmp(model_names[model], name) != 0)
        model++;
    choose_model(settings, model);
    return model_build(graph, settings, &input, err);
}

struct published {
    const char *model;
    int64_t channels, side, classes, params;
    double multiply_adds, within; /* of the forward pass of an image, in 10^6; 0: not known */
    int64_t width;
};

/* torchvision's tables for 1,000 classes; LeCun et al. 1998; He et al. 2016, with 2,752 more
 * for the projections; the widely used adaptions to CIFAR; and for resnet8 and vgg what their
 * layers' formulas give by hand. */
static const struct published published[] = {
    {"lenet5", 1, 28, 10, 61706, 0.417, 0.001, 0},
    {"lenet5", 1, 32, 10, 61706, 0.417, 0.001, 0},
    {"vgg", 3, 32, 10, 307946, 0, 0, 0},
    {"resnet8", 3, 32, 10, 78042, 0, 0, 0},
    {"resnet20", 3, 32, 10, 272474, 40.8, 0.3, 0},
    {"resnet20", 1, 28, 10, 272186, 0, 0, 0},
    {"resnet32", 3, 32, 10, 466906, 69.1, 0.5, 0},
    {"resnet56", 3, 32, 10, 855770, 125.7, 0.5, 0},
    {"resnet18", 3, 224, 1000, 11689512, 1814, 1, 0},
    {"resnet34", 3, 224, 1000, 21797672, 3664, 1, 0},
    {"resnet50", 3, 224, 1000, 25557032, 4089, 1, 0},
    {"resnet18", 3, 32, 10, 11173962, 556, 1, 0},
    {"resnet50", 3, 32, 10, 23520842, 0, 0, 0},
    {"mobilenet_v1", 3, 224, 1000, 4231976, 569, 1, 0},
    {"mobilenet_v2", 3, 224, 1000, 3504872, 301, 1, 0},
    {"mobilenet_v2", 3, 32, 10, 2236682, 0, 0, 0},
    {"mobilenet_v2", 3, 224, 1000, 1968680, 97, 1, 16}, /* half as wide */
    {"shufflenet_v2", 3, 224, 1000, 2278604, 145, 1, 0},
    {"efficientnet_b0", 3, 224, 1000, 5288548, 386, 1, 0},
    {"efficientnet_b1", 3, 240, 1000, 7794184, 687, 2, 0},
    {"efficientnet_b2", 3, 288, 1000, 9109994, 1088, 3, 0},
};

static void counts_are_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        const struct published *p = &published[i];
        struct train_settings settings;
        struct graph graph;
        struct error err;
        settings_init(&settings);
        settings.width = p->width;
        assert_ok(build(&graph, p->model, &settings, p->channels, p->side, p->classes, &err),
                  err);
        struct model_summary sum = model_summary_total(&graph);
        if (sum.params != p->params)
            fail_msg("%s for %d classes has %lld parameters, not %lld", p->model,
                     (int)p->classes, (long long)sum.params, (long long)p->params);
        if (p->multiply_adds > 0)
            assert_near((double)sum.flops / 2e6, p->multiply_adds, p->within);
        graph_free(&graph);
    }
}

static void every_model_takes_every_size_and_width(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++)
        for (int64_t side = 16; side <= 64; side += 7)
            for (int64_t width = 0; width <= 40; width += width ? 13 : 1) {
                struct train_settings settings;
                struct graph graph;
                struct error err;
                settings_init(&settings);
                settings.width = width;
                settings.dropout = 0.1;
                assert_ok(build(&graph, model_names[model], &settings, 2, side, 7, &err), err);
                const struct shape *out = &graph.shapes[graph.n_layers];
                assert_true(shape_equal(out, &(struct shape){2, {1, 7}}));
                if (width && strcmp(model_names[model], "layers") != 0)
                    assert_int_equal(graph.shapes[1].dims[1], width);
                graph_free(&graph);
            }
}

static void images_too_small_are_refused_with_their_size(void **state)
{
    (void)state;
    struct train_settings settings;
    struct graph graph;
    struct error err = {0};
    settings_init(&settings);
    assert_int_equal(build(&graph, "vgg", &settings, 3, 4, 10, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "vgg for images of 3 x 4 x 4: layer"));
    assert_non_null(strstr(err.remedy, "larger images"));
    graph_free(&graph);
    assert_int_equal(build(&graph, "lenet5", &settings, 3, 8, 10, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "a kernel of 5 does not fit an image of 4 x 4"));
    assert_non_null(strstr(err.remedy, "larger images"));
    graph_free(&graph);
}

static void channels_scale_with_the_first_ones(void **state)
{
    (void)state;
    static const struct {
        int64_t channels, width, first, scaled;
    } cases[] = {{32, 0, 16, 32}, {32, 5, 16, 10}, {84, 1, 6, 14}, {16, 1, 6, 3},
                 {13, 1, 6, 2},   {16, 1, 64, 1},  {24, 1, 16, 2}, {64, 48, 32, 96}};
    static const double rounded[][2] = {{1, 8},   {11, 16}, {12, 16}, {17, 16},
                                        {18, 24}, {35, 32}, {44, 48}, {96, 96}};
    static struct train_settings settings;
    settings_init(&settings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        settings.width = cases[i].width;
        assert_int_equal(model_scale(&settings, cases[i].channels, cases[i].first),
                         cases[i].scaled);
    }
    for (size_t i = 0; i < sizeof rounded / sizeof *rounded; i++)
        assert_int_equal(model_round8(rounded[i][0]), (int64_t)rounded[i][1]);
}

/* Groups divide the weights and the operations; fan-in is that of one output. */
static void groups_divide_weights_and_operations(void **state)
{
    (void)state;
    struct graph graph;
    graph_init(&graph, 6, 8, 8);
    int x = graph_grouped_convolution(&graph, 0, 12, 3, 1, 1, 3, true);
    assert_ok(graph_check(&graph, NULL), graph.failure);
    assert_int_equal(model_summary_total(&graph).params, 12 * 2 * 9 + 12);
    assert_int_equal(model_summary_total(&graph).flops, 2 * 64 * 12 * 2 * 9);
    struct param_spec params[LAYER_PARAMS];
    layer_convolution.params(&graph.layers[0], &graph.shapes[0], params);
    assert_true(shape_equal(&params[0].shape, &(struct shape){4, {12, 2, 3, 3}}));
    assert_near(params[0].bound, 1 / sqrt(2.0 * 9), 1e-12);
    graph_grouped_convolution(&graph, x, 12, 5, 1, 2, 12, false);
    assert_int_equal(model_summary_total(&graph).params, 12 * 2 * 9 + 12 + 12 * 25);
    graph_free(&graph);
}

static enum status build_side(const char *name, const struct train_settings *settings,
                              int64_t side, struct graph *graph, struct error *err)
{
    struct train_settings own = *settings;
    return build(graph, name, &own, 3, side, 10, err);
}

/* Below some size every model refuses images in words, and from there on it takes them all. */
static void every_model_has_a_smallest_image(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++)
        for (int stem = STEM_AUTO; stem <= STEM_LARGE; stem++) {
            struct train_settings settings;
            bool taken = false;
            settings_init(&settings);
            settings.stem = stem;
            for (int64_t side = 1; side <= 40; side++) {
                struct graph graph;
                struct error err = {0};
                enum status status =
                    build_side(model_names[model], &settings, side, &graph, &err);
                assert_int_equal(status, taken || status == ST_OK ? ST_OK : ST_INVALID);
                taken = status == ST_OK;
                assert_true(taken ? side > 1 : side < 32);
                if (!taken) {
                    assert_non_null(strstr(err.what, model_names[model]));
                    assert_non_null(strstr(err.remedy, "larger images"));
                }
                graph_free(&graph);
            }
        }
}

static void the_stem_follows_the_images(void **state)
{
    (void)state;
    static const struct {
        int stem;
        int64_t side, left; /* pixels a side in front of the first block */
    } cases[] = {{STEM_AUTO, 63, 63},
                 {STEM_AUTO, 64, 16},
                 {STEM_AUTO, 224, 56},
                 {STEM_SMALL, 64, 64},
                 {STEM_LARGE, 32, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct train_settings settings;
        struct graph graph;
        struct error err;
        settings_init(&settings);
        settings.stem = cases[i].stem;
        assert_ok(build_side("resnet18", &settings, cases[i].side, &graph, &err), err);
        assert_int_equal(graph.shapes[4].dims[2], cases[i].left);
        graph_free(&graph);
    }
}

static int64_t params_at_depth(const char *name, int64_t depth)
{
    struct train_settings settings;
    struct graph graph;
    struct error err;
    settings_init(&settings);
    settings.depth = depth;
    assert_ok(build_side(name, &settings, 32, &graph, &err), err);
    int64_t params = model_summary_total(&graph).params;
    graph_free(&graph);
    return params;
}

static void depth_is_the_blocks_of_every_stage(void **state)
{
    (void)state;
    assert_int_equal(params_at_depth("resnet8", 3), params_at_depth("resnet20", 0));
    assert_int_equal(params_at_depth("resnet56", 5), params_at_depth("resnet32", 0));
    assert_int_equal(params_at_depth("resnet34", 2), params_at_depth("resnet18", 0));
    static const char *const staged[] = {"resnet50",      "mobilenet_v1",    "mobilenet_v2",
                                         "shufflenet_v2", "efficientnet_b0", "efficientnet_b2"};
    for (size_t i = 0; i < sizeof staged / sizeof *staged; i++)
        assert_true(params_at_depth(staged[i], 1) < params_at_depth(staged[i], 2));
}

/* Two convolutions of 1 x 1 on the means, and a factor a channel. */
static void squeeze_excite_has_two_convolutions(void **state)
{
    (void)state;
    struct graph graph;
    graph_init(&graph, 16, 8, 8);
    int x = graph_squeeze_excite(&graph, 0, 4);
    assert_ok(graph_check(&graph, NULL), graph.failure);
    assert_true(shape_equal(&graph.shapes[x], &graph.shapes[0]));
    assert_int_equal(model_summary_total(&graph).params, 16 * 4 + 4 + 4 * 16 + 16);
    assert_int_equal(model_summary_total(&graph).flops, 2 * (16 * 4 + 4 * 16));
    graph_free(&graph);
}

static void a_factor_is_one_number_a_channel(void **state)
{
    (void)state;
    static const int64_t sides[][2] = {{1, 1}, {1, 3}, {3, 1}};
    for (int i = 0; i < 3; i++) {
        struct graph graph;
        graph_init(&graph, 2, sides[i][0], sides[i][1]);
        graph_scale(&graph, 0, 0);
        assert_int_equal(graph_check(&graph, NULL), i == 0 ? ST_OK : ST_INVALID);
        graph_free(&graph);
    }
}

static void a_list_of_layers_is_checked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",      "M,", "32,,32",   "x",
                                        "32;32", "0",  "99999999", "32,"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct train_settings settings;
        struct graph graph;
        struct error err = {0};
        settings_init(&settings);
        strcpy(settings.vgg_layers, wrong[i]);
        assert_int_equal(build(&graph, "vgg", &settings, 3, 32, 10, &err), ST_INVALID);
        assert_non_null(strstr(err.what, "vgg_layers"));
        graph_free(&graph);
    }
}

static void a_graph_keeps_its_first_failure(void **state)
{
    (void)state;
    struct graph graph;
    struct error err;
    graph_init(&graph, 1, 4, 4);
    graph_linear(&graph, 0, 3);
    graph_flatten(&graph, 0);
    graph_flatten(&graph, 9);
    assert_int_equal(graph_check(&graph, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "layer 0: linear"));
    assert_int_equal(graph.n_layers, 0);
    graph_free(&graph);
    graph_init(&graph, 1, 4, 4);
    graph_relu(&graph, 1);
    assert_int_equal(graph_check(&graph, &err), ST_INVALID);
    assert_non_null(strstr(err.what, "value 1"));
    graph_free(&graph);
}

static void layers_refuse_sizes_that_do_not_fit(void **state)
{
    (void)state;
    for (int i = 0; i < 31; i++) {
        struct graph graph;
        graph_init(&graph, 2, 4, 4);
        int flat = graph_flatten(&graph, 0);
        assert_int_equal(graph_check(&graph, NULL), ST_OK);
        if (i == 0)
            graph_convolution(&graph, 0, 3, 5, 1, 0, false);
        if (i == 1)
            graph_convolution(&graph, flat, 3, 1, 1, 0, false);
        if (i == 2)
            graph_max_pool(&graph, 0, 5, 1, 0);
        if (i == 3)
            graph_batch_norm(&graph, flat, false);
        if (i == 4)
            graph_flatten(&graph, flat);
        if (i == 5)
            graph_add_values(&graph, 0, flat, false);
        if (i == 6)
            graph_global_pool(&graph, flat);
        if (i == 7)
            graph_dropout(&graph, 0, 1);
        if (i == 8)
            graph_dropout(&graph, 0, 0.99999);
        if (i == 9)
            graph_grouped_convolution(&graph, 0, 4, 1, 1, 0, 4, false);
        if (i == 10)
            graph_grouped_convolution(&graph, 0, 3, 1, 1, 0, 2, false);
        if (i == 11)
            graph_grouped_convolution(&graph, 0, 4, 1, 1, 0, -2, false);
        if (i == 12)
            graph_convolution(&graph, 0, 0, 1, 1, 0, false);
        if (i == 13)
            graph_convolution(&graph, 0, 4, 1, 0, 0, false);
        if (i == 14)
            graph_convolution(&graph, 0, 4, 3, 1, -1, false);
        if (i == 15)
            graph_max_pool(&graph, 0, 0, 1, 0);
        if (i == 16)
            graph_average_pool(&graph, 0, 3, 2, 2);
        if (i == 17)
            graph_concat(&graph, 0, flat);
        if (i == 18)
            graph_concat(&graph, 0, graph_max_pool(&graph, 0, 2, 1, 0));
        if (i == 19)
            graph_split(&graph, 0, 1, 2);
        if (i == 20)
            graph_split(&graph, 0, -1, 1);
        if (i == 21)
            graph_split(&graph, 0, 0, 0);
        if (i == 22)
            graph_split(&graph, flat, 0, 1);
        if (i == 23)
            graph_shuffle(&graph, 0, 3);
        if (i == 24)
            graph_shuffle(&graph, flat, 2);
        if (i == 25)
            graph_scale(&graph, 0, 0);
        if (i == 26)
            graph_scale(&graph, 0, flat);
        if (i == 27)
            graph_squeeze_excite(&graph, 0, 0);
        if (i == 28)
            graph_squeeze_excite(&graph, flat, 1);
        for (int users = 0; i == 29 && users < VALUE_CONSUMERS; users++)
            graph_relu(&graph, 0); /* flatten is one user already */
        for (int users = 0; i == 30 && users < VALUE_CONSUMERS - 2; users++)
            graph_relu(&graph, 0);
        if (i == 30) {
            assert_int_equal(graph_check(&graph, NULL), ST_OK);
            graph_add_values(&graph, 0, 0, false); /* which counts twice */
        }
        assert_int_equal(graph_check(&graph, NULL), ST_INVALID);
        graph_free(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_as_published),
        cmocka_unit_test(every_model_takes_every_size_and_width),
        cmocka_unit_test(images_too_small_are_refused_with_their_size),
        cmocka_unit_test(channels_scale_with_the_first_ones),
        cmocka_unit_test(groups_divide_weights_and_operations),
        cmocka_unit_test(every_model_has_a_smallest_image),
        cmocka_unit_test(the_stem_follows_the_images),
        cmocka_unit_test(depth_is_the_blocks_of_every_stage),
        cmocka_unit_test(squeeze_excite_has_two_convolutions),
        cmocka_unit_test(a_factor_is_one_number_a_channel),
        cmocka_unit_test(a_list_of_layers_is_checked),
        cmocka_unit_test(a_graph_keeps_its_first_failure),
        cmocka_unit_test(layers_refuse_sizes_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
