#include "base/rng.h"
#include "cnn/loss.h"
#include "cnn/machine_peak.h"
#include "cnn/model.h"
#include "cnn/model_summary.h"
#include "cnn/network.h"
#include "cnn/profile_time.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 4
#define CLASSES 10

static const struct model_input input = {3, 16, 16, CLASSES};

/* A small network of every kind of layer that a model has. */
static void choose(struct train_settings *settings, const char *model)
{
    settings_init(settings);
    settings->width = 8;
    settings->batch_size = BATCH;
    settings->threads = 1;
    for (settings->model = 0; strcmp(model_names[settings->model], model) != 0;)
        settings->model++;
}

struct bench {
    struct train_settings settings;
    struct profile_images images;
    struct graph graph;
    struct profile *profile;
};

static void bench_open(struct bench *b, const char *model, bool inference)
{
    struct error err;
    choose(&b->settings, model);
    assert_ok(profile_images_open(&b->images, &b->settings, &input, &err), err);
    assert_ok(model_build(&b->graph, &b->settings, &input, &err), err);
    assert_ok(profile_create(&b->profile, &b->graph, &b->settings, &b->images, inference, &err),
              err);
}

static void bench_close(struct bench *b)
{
    profile_free(b->profile);
    graph_free(&b->graph);
    profile_images_close(&b->images);
}

/* Run a pass with every layer so many times over. */
static void run_pass(struct network *network, enum pass pass, size_t times)
{
    struct plan_walk walk = network_walk(network, pass);
    while (plan_walk_next(&walk))
        assert_true(plan_walk_run(&walk, times));
}

static void take_a_step(struct network *network, size_t times)
{
    static const int32_t labels[BATCH] = {1, 2, 3, 4};
    run_pass(network, PASS_TRAIN, times);
    loss_cross_entropy(network_output(network), labels, BATCH, CLASSES, 0,
                       network_output_gradient(network));
    run_pass(network, PASS_BACKWARD, times);
}

/* Repeats must not change what is repeated, or they would time other numbers than a step has.
 */
static void layers_can_be_repeated_where_they_stand(void **state)
{
    (void)state;
    for (int model = 0; model_names[model]; model++) {
        struct train_settings settings;
        struct graph graph;
        struct network *network;
        struct error err;
        struct rng rng;
        choose(&settings, model_names[model]);
        if (model_build(&graph, &settings, &input, &err)) {
            graph_free(&graph); /* it wants larger images, or a file */
            continue;
        }
        assert_ok(network_create(
                      &network, &graph,
                      &(struct network_options){.batch = BATCH, .seed = 3, .repeatable = true},
                      &err),
                  err);
        rng_seed(&rng, 1);
        for (int i = 0; i < BATCH * 3 * 16 * 16; i++)
            network_images(network)[i] = (float)rng_normal(&rng);
        size_t bytes = network_size(network) * sizeof(float);
        float *once = malloc(bytes);
        assert_non_null(once);
        take_a_step(network, 1);
        memcpy(once, network_gradients(network), bytes);
        take_a_step(network, 3);
        if (memcmp(once, network_gradients(network), bytes) != 0)
            fail_msg("%s: gradients of repeated layers differ", model_names[model]);
        free(once);
        network_free(network);
        graph_free(&graph);
    }
}

/* What a watcher has seen. */
struct seen {
    size_t begun, ended, leave_after;
    size_t (*times)[PROFILE_DIRECTIONS];
    size_t first, last;
};

static size_t begin(void *context, size_t part, enum profile_direction direction)
{
    struct seen *seen = context;
    (void)direction;
    if (seen->begun++ == 0)
        seen->first = part;
    return 2;
}

static bool end(void *context, size_t part, enum profile_direction direction, size_t times)
{
    struct seen *seen = context;
    seen->times[part][direction] += times;
    seen->last = part;
    return ++seen->ended != seen->leave_after;
}

static void watch(const struct bench *b, struct seen *seen, size_t leave_after)
{
    struct error err;
    *seen = (struct seen){.leave_after = leave_after,
                          .times = calloc(profile_count(b->profile), sizeof *seen->times)};
    assert_non_null(seen->times);
    struct profile_watcher watcher = {seen, begin, end};
    enum status status = profile_step(b->profile, &watcher, &err);
    assert_int_equal(status, leave_after ? ST_INTERRUPTED : ST_OK);
    assert_int_equal(seen->begun, seen->ended);
}

static void a_watcher_sees_the_parts_that_run(void **state)
{
    (void)state;
    for (int inference = 0; inference < 2; inference++) {
        struct bench b;
        struct seen seen;
        bench_open(&b, "resnet20", inference);
        watch(&b, &seen, 0);
        for (size_t i = 0; i < profile_count(b.profile); i++)
            for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
                bool runs = profile_part(b.profile, i)->work[d].runs;
                assert_int_equal(seen.times[i][d] > 0, runs);
                assert_false(inference && d == PROFILE_BACKWARD && runs);
            }
        assert_int_equal(profile_part(b.profile, seen.first)->kind, PROFILE_DATA);
        if (!inference)
            assert_int_equal(profile_part(b.profile, seen.last)->kind, PROFILE_OPTIMIZER);
        free(seen.times);
        bench_close(&b);
    }
}

static void a_watcher_may_leave_anywhere(void **state)
{
    (void)state;
    struct bench b;
    struct seen seen;
    struct error err;
    bench_open(&b, "lenet5", false);
    watch(&b, &seen, 0);
    size_t pieces = seen.ended;
    free(seen.times);
    for (size_t i = 1; i <= pieces; i++) {
        watch(&b, &seen, i);
        assert_int_equal(seen.ended, i);
        free(seen.times);
    }
    assert_ok(profile_step(b.profile, NULL, &err), err);
    bench_close(&b);
}

static void parts_have_the_work_of_the_network(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "resnet20", false);
    struct model_summary sum = model_summary_total(&b.graph);
    int64_t params = 0, flops[PROFILE_DIRECTIONS] = {0}, first = 0;
    for (size_t i = 0; i < profile_count(b.profile); i++) {
        const struct profile_part *part = profile_part(b.profile, i);
        params += part->params;
        for (int d = 0; d < PROFILE_DIRECTIONS; d++) {
            flops[d] += part->work[d].flops;
            assert_true(part->work[d].runs || part->work[d].bytes == 0);
        }
        if (part->kind == PROFILE_LAYER && part->layer == 0)
            first = part->work[PROFILE_FORWARD].flops;
    }
    assert_int_equal(params, sum.params);
    assert_int_equal(flops[PROFILE_FORWARD], BATCH * sum.flops);
    /* The images need no gradient. */
    assert_int_equal(flops[PROFILE_BACKWARD], 2 * BATCH * sum.flops - first);
    bench_close(&b);
}

static void equal_layers_are_alike(void **state)
{
    (void)state;
    struct bench b;
    size_t alike = 0;
    bench_open(&b, "resnet20", false);
    for (size_t i = 0; i < profile_count(b.profile); i++) {
        const struct profile_part *part = profile_part(b.profile, i);
        const struct profile_part *first = profile_part(b.profile, part->like);
        assert_true(part->like <= i);
        assert_int_equal(first->like, part->like);
        assert_string_equal(first->name, part->name);
        assert_int_equal(first->params, part->params);
        assert_int_equal(first->work[0].flops, part->work[0].flops);
        alike += part->like < i;
    }
    assert_true(alike >= 30); /* nine blocks in three stages */
    bench_close(&b);
}

static void depthwise_convolutions_are_a_kind_of_their_own(void **state)
{
    (void)state;
    static const struct shape grey = {4, {2, 1, 8, 8}}, wide = {4, {2, 8, 8, 8}};
    struct layer_spec spec = {.type = &layer_convolution, .groups = 8};
    assert_string_equal(profile_layer_name(&spec, &wide), "depthwise");
    spec.groups = 4;
    assert_string_equal(profile_layer_name(&spec, &wide), "convolution");
    spec.groups = 1;
    assert_string_equal(profile_layer_name(&spec, &grey), "convolution");
    spec = (struct layer_spec){.type = &layer_max_pool, .groups = 8};
    assert_string_equal(profile_layer_name(&spec, &wide), "max_pool");
}

static void folded_layers_run_with_their_convolution(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "resnet20", true);
    for (size_t i = 0; i < profile_count(b.profile); i++) {
        const struct profile_part *part = profile_part(b.profile, i);
        if (part->kind == PROFILE_LAYER)
            assert_int_equal(part->work[PROFILE_FORWARD].runs,
                             strcmp(part->name, "batch_norm") != 0);
    }
    bench_close(&b);
}

static bool stop_at(void *context, double share)
{
    int *left = context;
    assert_true(share >= 0 && share <= 1);
    return --*left >= 0;
}

static void times_are_those_of_the_parts_that_run(void **state)
{
    (void)state;
    struct bench b;
    struct profile_times times;
    struct error err;
    bench_open(&b, "lenet5", false);
    assert_ok(profile_time(&times, b.profile, 1e-9, NULL, &err), err);
    assert_int_equal(times.n_rounds, 1);
    assert_true(times.step_s > 0 && isfinite(times.gap) && times.running > 0);
    for (size_t i = 0; i < profile_count(b.profile); i++)
        for (int d = 0; d < PROFILE_DIRECTIONS; d++)
            assert_int_equal(times.part_s[i][d] >= 0, profile_part(b.profile, i)->work[d].runs);
    profile_times_free(&times);
    bench_close(&b);
}

static void timing_can_be_stopped(void **state)
{
    (void)state;
    struct bench b;
    struct profile_times times;
    struct error err;
    bench_open(&b, "lenet5", false);
    int left = 1;
    struct profile_progress progress = {&left, stop_at};
    assert_int_equal(profile_time(&times, b.profile, 1e9, &progress, &err), ST_INTERRUPTED);
    profile_times_free(&times);
    left = 100; /* some rounds */
    assert_ok(profile_time(&times, b.profile, 1e9, &progress, &err), err);
    assert_true(times.n_rounds > 0);
    profile_times_free(&times);
    bench_close(&b);
}

static void images_come_from_a_data_set_too(void **state)
{
    (void)state;
    struct train_settings settings;
    struct profile_images images;
    struct error err;
    int32_t labels[BATCH];
    choose(&settings, "lenet5");
    settings.train_limit = BATCH;
    assert_ok(profile_images_open(&images, &settings, NULL, &err), err);
    const struct model_input *in = &images.input;
    float *x = malloc(BATCH * (size_t)(in->channels * in->height * in->width) * sizeof *x);
    assert_non_null(x);
    for (int i = 0; i < 3; i++) /* one batch an epoch */
        assert_int_equal(profile_images_next(&images, x, labels), BATCH);
    free(x);
    profile_images_close(&images);
    settings.dataset_path[0] = 'x'; /* synthetic takes no path */
    assert_int_equal(profile_images_open(&images, &settings, NULL, &err), ST_INVALID);
    profile_images_close(&images);
}

static void what_does_not_fit_the_machine_is_refused(void **state)
{
    (void)state;
    struct train_settings settings;
    struct profile_images images;
    struct graph graph;
    struct profile *profile;
    struct error err;
    static const struct model_input huge = {16, DATASET_SIDE_MAX, DATASET_SIDE_MAX, 10};
    choose(&settings, "vgg");
    settings.batch_size = 65536;
    assert_int_equal(profile_images_open(&images, &settings, &huge, &err), ST_NOMEM);
    assert_non_null(strstr(err.remedy, "batch_size"));
    profile_images_close(&images);

    settings.batch_size = BATCH;
    assert_ok(profile_images_open(&images, &settings, &input, &err), err);
    settings.width = 0;
    strcpy(settings.vgg_layers, "32,65536,65536,65536,65536");
    assert_ok(model_build(&graph, &settings, &input, &err), err);
    assert_int_equal(profile_create(&profile, &graph, &settings, &images, false, &err),
                     ST_NOMEM);
    assert_null(profile);
    assert_non_null(strstr(err.remedy, "width"));
    graph_free(&graph);
    profile_images_close(&images);
}

static void a_machine_has_a_peak(void **state)
{
    (void)state;
    struct train_settings settings;
    struct error err;
    double flops_per_s = 0;
    choose(&settings, "lenet5");
    assert_ok(machine_peak(&flops_per_s, &settings, 0, &err), err);
    assert_true(flops_per_s > 1e6 && isfinite(flops_per_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_can_be_repeated_where_they_stand),
        cmocka_unit_test(a_watcher_sees_the_parts_that_run),
        cmocka_unit_test(a_watcher_may_leave_anywhere),
        cmocka_unit_test(parts_have_the_work_of_the_network),
        cmocka_unit_test(equal_layers_are_alike),
        cmocka_unit_test(depthwise_convolutions_are_a_kind_of_their_own),
        cmocka_unit_test(folded_layers_run_with_their_convolution),
        cmocka_unit_test(times_are_those_of_the_parts_that_run),
        cmocka_unit_test(timing_can_be_stopped),
        cmocka_unit_test(images_come_from_a_data_set_too),
        cmocka_unit_test(what_does_not_fit_the_machine_is_refused),
        cmocka_unit_test(a_machine_has_a_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
