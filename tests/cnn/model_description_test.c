/* Lists of layers: what they become, what is said about mistakes, and that hostile ones do no
 * harm. */
#include "base/strbuf.h"
#include "cnn/model.h"
#include "cnn/model_summary.h"
#include "tests/check.h"
#include "tests/cnn/any_model.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>

/* Set `layers` from a JSON text, which need not be a list. */
static enum status set_layers(struct train_settings *settings, const char *text,
                              struct error *err)
{
    struct json *value;
    settings_init(settings);
    while (strcmp(model_names[settings->model], "layers") != 0)
        settings->model++;
    enum status status = json_parse(&value, text, strlen(text), "layers", err);
    if (status == ST_OK)
        status = settings_set(settings, "layers", value, err);
    json_free(value);
    return status;
}

/* Build it for images of 3 x 16 x 16 and five classes. */
static enum status build(struct graph *graph, const char *text, struct error *err)
{
    static struct train_settings settings;
    struct model_input input = {3, 16, 16, 5};
    graph_init(graph, 1, 1, 1);
    enum status status = set_layers(&settings, text, err);
    if (status)
        return status;
    graph_free(graph);
    return model_build(graph, &settings, &input, err);
}

static void a_list_becomes_the_graph_that_it_says(void **state)
{
    (void)state;
    struct graph graph, expected;
    struct error err;
    assert_ok(build(&graph, ANY_LAYERS, &err), err);
    graph_init(&expected, 3, 16, 16);
    int start = graph_convolution(&expected, 0, 8, 3, 1, 1, false);
    start = graph_batch_norm(&expected, start, true);
    int x = graph_grouped_convolution(&expected, start, 8, 3, 1, 1, 2, true);
    x = graph_batch_norm(&expected, x, false);
    x = graph_add_values(&expected, x, start, true);
    x = graph_max_pool(&expected, x, 2, 2, 0);
    x = graph_flatten(&expected, graph_global_pool(&expected, x));
    graph_linear(&expected, graph_dropout(&expected, x, 0.1), 5);
    assert_int_equal(graph.n_layers, expected.n_layers);
    for (size_t i = 0; i < graph.n_layers; i++) {
        const struct layer_spec *a = &graph.layers[i], *b = &expected.layers[i];
        assert_ptr_equal(a->type, b->type);
        assert_memory_equal(a->inputs, b->inputs, sizeof a->inputs);
        assert_true(a->bias == b->bias && a->relu == b->relu && a->rate == b->rate);
        assert_true(shape_equal(&graph.shapes[i + 1], &expected.shapes[i + 1]));
    }
    assert_int_equal(model_summary_total(&graph).params, model_summary_total(&expected).params);
    graph_free(&graph);
    graph_free(&expected);
}

#define END "{\"type\":\"flatten\"},{\"type\":\"linear\"}]"

/* A unit of ShuffleNet with squeeze-and-excitation. */
static void layers_that_move_channels_can_be_said(void **state)
{
    (void)state;
    struct graph graph;
    struct error err;
    assert_ok(build(&graph,
                    "[{\"type\":\"convolution\",\"channels\":8,\"kernel\":1,\"name\":\"in\"},"
                    "{\"type\":\"split\",\"channels\":4,\"name\":\"a\"},"
                    "{\"type\":\"split\",\"channels\":4,\"from\":4,\"input\":\"in\"},"
                    "{\"type\":\"relu\"},"
                    "{\"type\":\"concat\",\"inputs\":[\"a\",\"previous\"]},"
                    "{\"type\":\"shuffle\",\"groups\":2,\"name\":\"x\"},"
                    "{\"type\":\"global_pool\"},{\"type\":\"sigmoid\"},"
                    "{\"type\":\"scale\",\"inputs\":[\"x\",\"previous\"]},"
                    "{\"type\":\"global_pool\"},{\"type\":\"flatten\"},{\"type\":\"linear\"}]",
                    &err),
              err);
    assert_int_equal(graph.layers[1].from, 0);
    assert_int_equal(graph.layers[2].from, 4);
    assert_int_equal(graph.layers[5].groups, 2);
    assert_true(shape_equal(&graph.shapes[9], &(struct shape){4, {1, 8, 16, 16}}));
    graph_free(&graph);
    assert_ok(build(&graph, "[{\"type\":\"average_pool\",\"kernel\":3}," END, &err), err);
    assert_int_equal(graph.shapes[1].dims[2], 5); /* windows lie side by side unless told */
    graph_free(&graph);
    assert_int_equal(build(&graph, "[{\"type\":\"split\",\"channels\":4}]", &err), ST_INVALID);
    assert_non_null(strstr(err.what, "split: 4 channels from 0 on, of 3"));
    graph_free(&graph);
}

#define LONGEST_NAME "abcdefghijklmnopqrstuvwxyz0123456789_.-Z"

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *what;
    } cases[] = {
        {"7", "layers: expected a list or the path of one, got a number"},
        {"[7]", "layer 0: expected an object, got a number"},
        {"[{}]", "layer 0: 'type' is missing"},
        {"[{\"type\":\"convolutoin\"}]",
         "layer 0.type: there is no 'convolutoin', did you mean 'convolution'?"},
        {"[{\"type\":\"xyzzy\"}]", "layer 0.type: expected 'convolution', "},
        {"[{\"type\":1}]", "layer 0.type: expected 'convolution', "},
        {"[{\"type\":\"relu\",\"name\":\"a\"},{\"type\":\"relu\",\"name\":\"b\",\"kernel\":3}"
         "," END,
         "layer 1 (b): unknown key 'kernel'"},
        {"[{\"type\":\"max_pool\",\"kernal\":3}," END,
         "'kernel' is missing: it needs a whole number (and 1 more)"},
        {"[{\"type\":\"max_pool\",\"kernel\":2,\"strides\":3}," END, "did you mean 'stride'?"},
        {"[{\"type\":\"max_pool\",\"kernel\":0}," END,
         "layer 0.kernel: expected a whole number from 1 to 1024, got 0"},
        {"[{\"type\":\"max_pool\",\"kernel\":2.5}," END, "whole number from 1 to 1024"},
        {"[{\"type\":\"max_pool\",\"kernel\":1e300}," END, "whole number from 1 to 1024"},
        {"[{\"type\":\"max_pool\",\"kernel\":2,\"padding\":-1}," END, "padding: expected"},
        {"[{\"type\":\"max_pool\",\"kernel\":2,\"padding\":1025}," END, "from 0 to 1024"},
        {"[{\"type\":\"convolution\",\"kernel\":1}," END, "'channels' is missing"},
        {"[{\"type\":\"convolution\",\"channels\":\"class\",\"kernel\":1}," END,
         "layer 0.channels: expected a whole number or 'classes', got 'class'"},
        {"[{\"type\":\"convolution\",\"channels\":99999999999,\"kernel\":1}," END,
         "layer 0.channels: expected a whole number from 1 to 65536"},
        {"[{\"type\":\"convolution\",\"channels\":4,\"kernel\":1,\"bias\":1}," END,
         "layer 0.bias: expected true or false, got a number"},
        {"[{\"type\":\"dropout\",\"rate\":1}," END, "layer 0.rate: expected a number from 0"},
        {"[{\"type\":\"dropout\",\"rate\":0.951}," END, "from 0 to 0.95"},
        {"[{\"type\":\"dropout\"}," END, "'rate' is missing"},
        {"[{\"type\":\"relu\",\"type\":\"relu\"}," END, "'type' is given twice"},
        {"[{\"type\":\"relu\",\"name\":\"a\"},{\"type\":\"relu\",\"name\":\"a\"}," END,
         "layer 1: layer 0 has the name 'a' too"},
        {"[{\"type\":\"relu\",\"name\":\"images\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":\"previous\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":\"" LONGEST_NAME "x\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":\"\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":\"a b\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":\"\\u001b[2J\"}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"name\":3}," END, "'name' is to be"},
        {"[{\"type\":\"relu\",\"input\":\"b\"},{\"type\":\"relu\",\"name\":\"b\"}," END,
         "layer 0.input: 'b' is layer 1: a layer takes what was made before it"},
        {"[{\"type\":\"relu\",\"name\":\"self\",\"input\":\"self\"}," END,
         "layer 0 (self).input: 'self' is layer 0"},
        {"[{\"type\":\"relu\",\"name\":\"start\"},{\"type\":\"relu\",\"input\":\"star\"}," END,
         "layer 1.input: no layer has the name 'star', did you mean 'start'?"},
        {"[{\"type\":\"relu\",\"input\":[\"images\"]}," END, "layer 0.input: expected a text"},
        {"[{\"type\":\"relu\",\"inputs\":[\"images\"]}," END, "unknown key 'inputs'"},
        {"[{\"type\":\"add\"}," END, "'inputs' is missing: it needs a list of names"},
        {"[{\"type\":\"add\",\"inputs\":\"images\"}," END, "layer 0.inputs: expected a list"},
        {"[{\"type\":\"add\",\"inputs\":[\"images\"]}," END, "expected 2 names, got 1"},
        {"[{\"type\":\"add\",\"inputs\":[\"images\",0]}," END,
         "layer 0.inputs: expected names, got a number"},
        {"[{\"type\":\"relu\"},{\"type\":\"relu\",\"input\":\"images\"}," END,
         "layer 0: no layer takes what this one makes"},
        {"\"no/such/file.json\"", "no/such/file.json: "},
        {"\"[1,\"", "layers:1: the text ends"},
        {"\" {}\"", "layers: expected a list of layers, got an object"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        static struct train_settings settings;
        enum status status = set_layers(&settings, cases[i].text, &err);
        if (status == ST_OK)
            fail_msg("%s is accepted", cases[i].text);
        assert_says(err.what, cases[i].what);
        assert_string_equal(settings.layers, "[]");
    }
}

/* What only the sizes of the images show. */
static void networks_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *what, *remedy;
    } cases[] = {
        {"[]", "the setting layers is empty", "give it a list"},
        {"[{\"type\":\"relu\"}]", "the last layer, 0, makes images of 3 channels",
         "each of the 5 classes"},
        {"[{\"type\":\"flatten\"},{\"type\":\"linear\",\"channels\":4}]", "a vector of 4", ""},
        {"[{\"type\":\"convolution\",\"channels\":\"classes\",\"kernel\":1}]",
         "the last layer, 0, makes images of 5 channels", "each of the 5 classes"},
        {"[{\"type\":\"linear\"}]", "layer 0: linear: needs vectors", ""},
        {"[{\"type\":\"max_pool\",\"kernel\":17,\"name\":\"big\"}," END,
         "\"big\": layer 0: pooling: a window of 17 does not fit", "larger images"},
        {"[{\"type\":\"convolution\",\"channels\":4,\"kernel\":1,\"groups\":3}," END,
         "layer 0: convolution", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph graph;
        struct error err = {0};
        assert_int_equal(build(&graph, cases[i].text, &err), ST_INVALID);
        assert_says(err.what, cases[i].what);
        assert_says(err.remedy, cases[i].remedy);
        graph_free(&graph);
    }
}

/* n times the layer, which begins with a comma, in front of a sound end. */
static enum status build_many(struct graph *graph, int n, const char *layer, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_append(&text, "[{\"type\":\"relu\",\"name\":\"a\"}");
    for (int i = 0; i < n; i++)
        strbuf_append(&text, layer);
    strbuf_append(&text, ",{\"type\":\"global_pool\"}," END);
    enum status status = build(graph, strbuf_text(&text), err);
    strbuf_free(&text);
    return status;
}

static void sizes_that_grow_without_end_are_refused(void **state)
{
    (void)state;
    static const struct {
        int n;
        const char *layer, *what; /* NULL: accepted */
    } cases[] = {
        {1020, ",{\"type\":\"relu\"}", NULL},
        {1021, ",{\"type\":\"relu\"}", "1025 layers; at most 1024 are possible"},
        {980, ",{\"type\":\"relu\",\"input\":\"previous\"}", "bytes, at most 32767 fit"},
        {400, ",{\"type\":\"max_pool\",\"kernel\":1,\"padding\":1024}", "layer"},
        {300, ",{\"type\":\"convolution\",\"channels\":65536,\"kernel\":1024,\"padding\":512}",
         "more than 2^40 numbers"},
        {300, ",{\"type\":\"convolution\",\"channels\":9,\"kernel\":1,\"padding\":1024}",
         "more than 2^"},
        {300, ",{\"type\":\"convolution\",\"channels\":16384,\"kernel\":5,\"padding\":1024}",
         "more than 2^50 operations"},
        {7, ",{\"type\":\"add\",\"inputs\":[\"a\",\"previous\"]}", NULL},
        {8, ",{\"type\":\"add\",\"inputs\":[\"a\",\"previous\"]}", "is taken 9 times; 8 are"},
        {9, ",{\"type\":\"add\",\"inputs\":[\"a\",\"previous\"]}", "layer 0 (a): is taken"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct graph graph;
        struct error err = {0};
        enum status status = build_many(&graph, cases[i].n, cases[i].layer, &err);
        assert_int_equal(status, cases[i].what ? ST_INVALID : ST_OK);
        if (cases[i].what)
            assert_says(err.what, cases[i].what);
        graph_free(&graph);
    }
}

/* Names make it as long as it may be, or a byte longer. */
static void the_longest_list_fits(void **state)
{
    (void)state;
    for (int length = SETTING_LIST_SIZE - 1; length <= SETTING_LIST_SIZE; length++) {
        static struct train_settings settings;
        struct strbuf text = STRBUF_INIT;
        struct error err = {0};
        strbuf_append(&text, "[");
        for (int i = 0; i < 496; i++)
            strbuf_printf(&text, "{\"type\":\"relu\",\"name\":\"%040d\"},", i);
        int rest =
            length - (int)text.length - (int)strlen("{\"type\":\"relu\",\"name\":\"\"}]");
        strbuf_printf(&text, "{\"type\":\"relu\",\"name\":\"%.*s\"}]", rest, LONGEST_NAME);
        assert_int_equal(text.length, length);
        enum status status = set_layers(&settings, strbuf_text(&text), &err);
        if (length < SETTING_LIST_SIZE)
            assert_ok(status, err);
        else
            assert_int_equal(status, ST_INVALID);
        assert_string_equal(settings.layers, status ? "[]" : strbuf_text(&text));
        strbuf_free(&text);
    }
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    static char text[200001];
    struct graph graph;
    struct error err;
    memset(text, '[', sizeof text - 1);
    assert_int_not_equal(build(&graph, text, &err), ST_OK);
    graph_free(&graph);
}

/* A file, its text and its list are the same setting, which outlives the file. */
static void the_settings_hold_the_list_itself(void **state)
{
    (void)state;
    static struct train_settings from_file, from_text, again;
    struct strbuf text = STRBUF_INIT;
    struct error err;
    scratch_create();
    scratch_write("net.json", ANY_LAYERS, strlen(ANY_LAYERS));
    strbuf_printf(&text, "\"%s\"", scratch_path("net.json"));
    assert_ok(set_layers(&from_file, strbuf_text(&text), &err), err);
    scratch_delete("net.json");
    scratch_remove();
    assert_ok(set_layers(&from_text, ANY_LAYERS, &err), err);
    assert_string_equal(from_file.layers, from_text.layers);
    strbuf_clear(&text);
    assert_int_equal(settings_print(&from_file, &text), ST_OK);
    settings_init(&again);
    assert_ok(settings_read(&again, text.text, text.length, "test", &err), err);
    assert_null(settings_clash(&from_file, &again));
    again.layers[strlen(again.layers) / 2]++;
    assert_string_equal(settings_clash(&from_file, &again)->name, "layers");
    strbuf_free(&text);
}

static void a_mistake_in_a_file_is_told_with_its_line(void **state)
{
    (void)state;
    static const char text[] = "[\n  {\"type\": \"relu\"},\n  {\"type\": \"pool\"}\n]\n";
    static struct train_settings settings;
    struct strbuf path = STRBUF_INIT;
    struct error err = {0};
    scratch_create();
    scratch_write("net.json", text, strlen(text));
    strbuf_printf(&path, "\"%s\"", scratch_path("net.json"));
    assert_int_equal(set_layers(&settings, strbuf_text(&path), &err), ST_INVALID);
    assert_says(err.what, "net.json:3: layer 1.type: ");
    strbuf_free(&path);
    scratch_remove();
}

/* The example of the documentation is a network. */
static void the_documented_list_is_sound(void **state)
{
    (void)state;
    static char text[131072];
    struct graph graph;
    struct error err;
    FILE *file = fopen(TESTS_DIR "/../docs/training.md", "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *list = strstr(text, "```json\n[");
    assert_non_null(list);
    list += strlen("```json\n");
    char *end = strstr(list, "```");
    assert_non_null(end);
    *end = '\0';
    assert_ok(build(&graph, list, &err), err);
    graph_free(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_becomes_the_graph_that_it_says),
        cmocka_unit_test(layers_that_move_channels_can_be_said),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(networks_that_do_not_fit_are_refused),
        cmocka_unit_test(sizes_that_grow_without_end_are_refused),
        cmocka_unit_test(the_longest_list_fits),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(the_settings_hold_the_list_itself),
        cmocka_unit_test(a_mistake_in_a_file_is_told_with_its_line),
        cmocka_unit_test(the_documented_list_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
