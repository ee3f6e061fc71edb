#include "base/rng.h"
#include "base/strbuf.h"
#include "cnn/checkpoint.h"
#include "cnn/loss.h"
#include "cnn/train_start.h"
#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/failing_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 4, SIDE = 6, CLASSES = 3, ROOM = 65536 };

/* A training of a network that is small enough for every byte of its checkpoint to be tried: it
 * has channels that no vector register fits, running statistics and a random stream. */
struct training {
    struct train_settings settings;
    struct dataset dataset;
    struct train_data data;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    struct train_result result;
};

/* What may be different from the usual. */
struct variant {
    int optimizer;
    int64_t channels;
    bool no_dropout;
};

static void build(struct graph *graph, const struct variant *variant)
{
    graph_init(graph, 2, SIDE, SIDE);
    int at =
        graph_convolution(graph, 0, variant->channels ? variant->channels : 5, 3, 1, 1, false);
    at = graph_batch_norm(graph, at, true);
    at = graph_flatten(graph, graph_global_pool(graph, at));
    if (!variant->no_dropout)
        at = graph_dropout(graph, at, 0.4);
    graph_linear(graph, at, CLASSES);
}

static void open_training(struct training *t, uint64_t seed, const struct variant *variant)
{
    struct error err;
    memset(t, 0, sizeof *t);
    settings_init(&t->settings);
    t->settings.optimizer = variant->optimizer;
    t->dataset.shape = (struct image_shape){2, SIDE, SIDE};
    t->dataset.n_classes = CLASSES;
    t->data.dataset = &t->dataset;
    t->data.split.n_train = 100;
    t->data.split.n_val = 10;
    t->data.norm = (struct pixel_norm){{0.5f, 0.25f}, {-1, -2}};
    build(&t->graph, variant);
    assert_ok(network_create(&t->network, &t->graph,
                             &(struct network_options){.batch = BATCH, .seed = seed}, &err),
              err);
    assert_int_equal(optimizer_create(&t->optimizer, &t->settings, network_size(t->network)),
                     ST_OK);
}

static void close_training(struct training *t)
{
    optimizer_free(t->optimizer);
    network_free(t->network);
    graph_free(&t->graph);
}

static struct checkpoint view(struct training *t)
{
    return (struct checkpoint){&t->settings, &t->data, t->network, t->optimizer, &t->result};
}

static double step(struct training *t, uint64_t seed)
{
    static const int32_t labels[BATCH] = {0, 1, 2, 1};
    struct error err;
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < BATCH * 2 * SIDE * SIDE; i++)
        network_images(t->network)[i] = (float)rng_normal(&rng);
    assert_ok(network_forward(t->network, true, &err), err);
    struct loss loss = loss_cross_entropy(network_output(t->network), labels, BATCH, CLASSES, 0,
                                          network_output_gradient(t->network));
    assert_ok(network_backward(t->network, &err), err);
    optimizer_step(t->optimizer, network_params(t->network), network_gradients(t->network),
                   0.05);
    return loss.sum;
}

static void save(struct training *t)
{
    struct error err;
    struct checkpoint c = view(t);
    assert_ok(checkpoint_write(scratch_path("."), CHECKPOINT_AS_LATEST, &c, &err), err);
}

static enum status restore(struct training *t, struct error *err)
{
    struct checkpoint c = view(t);
    return checkpoint_read(scratch_path(CHECKPOINT_LATEST), &c, err);
}

/* Parameters, running statistics and what the optimizer remembers: to the bit. */
static void must_be_equal(const struct training *a, const struct training *b)
{
    float x[256], y[256];
    size_t bytes = network_size(a->network) * sizeof *x;
    assert_memory_equal(network_params(a->network), network_params(b->network), bytes);
    for (size_t i = 0; i < network_count(a->network); i++) {
        size_t n = (size_t)shape_count(&network_param(a->network, i)->shape);
        assert_true(n <= 256);
        assert_int_equal(network_read(a->network, i, x), ST_OK);
        assert_int_equal(network_read(b->network, i, y), ST_OK);
        assert_memory_equal(x, y, n * sizeof *x);
    }
    struct optimizer_memory m = optimizer_memory(a->optimizer);
    struct optimizer_memory k = optimizer_memory(b->optimizer);
    assert_int_equal(m.n_arrays, k.n_arrays);
    for (size_t i = 0; i < m.n_arrays; i++)
        assert_memory_equal(m.arrays[i], k.arrays[i], bytes);
    assert_true(*m.powers[0] == *k.powers[0] && *m.powers[1] == *k.powers[1]);
}

/* For every optimizer: another network, of another seed, takes over and goes on equally. */
static void a_training_goes_on_in_another_network(void **state)
{
    (void)state;
    for (int rule = 0; optimizer_names[rule]; rule++) {
        struct training a, b;
        struct error err;
        open_training(&a, 1, &(struct variant){.optimizer = rule});
        open_training(&b, 2, &(struct variant){.optimizer = rule});
        for (uint64_t i = 0; i < 3; i++)
            step(&a, i);
        a.result.last = (struct train_report){3, 0.1, 0.2, 0.3, 0.4, 0.5, 0, false};
        a.result.best_val_accuracy = 0.6;
        a.result.best_epoch = 2;
        a.result.best_val_loss = 0.35;
        a.result.lowest_val_loss = 0.25;
        a.result.lowest_epoch = 1;
        a.result.under_way = (struct train_under_way){7, 1.5, 9};
        save(&a);
        b.result.params = 77;
        assert_ok(restore(&b, &err), err);
        must_be_equal(&a, &b);
        assert_memory_equal(&a.result.last, &b.result.last, sizeof a.result.last);
        assert_true(b.result.best_val_accuracy == 0.6 && b.result.lowest_val_loss == 0.25);
        assert_true(b.result.best_val_loss == 0.35);
        assert_int_equal(b.result.best_epoch, 2);
        assert_int_equal(b.result.lowest_epoch, 1);
        assert_memory_equal(&a.result.under_way, &b.result.under_way,
                            sizeof a.result.under_way);
        assert_int_equal(b.result.params, 77);
        for (uint64_t i = 3; i < 6; i++)
            assert_true(step(&a, i) == step(&b, i));
        must_be_equal(&a, &b);
        close_training(&a);
        close_training(&b);
    }
}

static size_t read_latest(unsigned char bytes[ROOM])
{
    FILE *file = fopen(scratch_path(CHECKPOINT_LATEST), "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, ROOM, file);
    fclose(file);
    assert_true(size > 1000 && size < 8192);
    return size;
}

/* Whatever is wrong with the file, it is told, and the training is what it was. */
static void a_damaged_file_changes_nothing(void **state)
{
    (void)state;
    static unsigned char bytes[ROOM];
    struct training a, b, untouched;
    struct error err;
    open_training(&a, 1, &(struct variant){0});
    open_training(&b, 2, &(struct variant){0});
    open_training(&untouched, 2, &(struct variant){0});
    step(&a, 1);
    save(&a);
    size_t size = read_latest(bytes);
    int fd = open(scratch_path(CHECKPOINT_LATEST), O_WRONLY);
    assert_true(fd >= 0);
    for (size_t i = 0; i < size; i++) {
        unsigned char flipped = (unsigned char)(bytes[i] ^ 1u << i % 8);
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)i), 1);
        assert_int_equal(restore(&b, &err), ST_FORMAT);
        assert_int_equal(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
    }
    for (size_t n = size; n-- > 0;) {
        assert_int_equal(ftruncate(fd, (off_t)n), 0);
        assert_int_equal(restore(&b, &err), ST_FORMAT);
        assert_non_null(strstr(err.what, CHECKPOINT_LATEST));
    }
    close(fd);
    must_be_equal(&b, &untouched);
    scratch_write(CHECKPOINT_LATEST, bytes, size);
    assert_ok(restore(&b, &err), err);
    must_be_equal(&b, &a);
    close_training(&a);
    close_training(&b);
    close_training(&untouched);
}

static void must_refuse(struct training *t, const char *what)
{
    struct error err = {0};
    assert_int_equal(restore(t, &err), ST_INVALID);
    if (!strstr(err.what, what) || !strstr(err.what, "belongs to another training"))
        fail_msg("expected '%s' in '%s'", what, err.what);
    assert_true(err.remedy[0]);
}

static void another_network_or_other_data_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct variant variant;
        const char *what;
    } cases[] = {
        {{.channels = 6}, "size of a parameter: 5 there, 6 here"},
        {{.optimizer = 1}, "numbers that the optimizer keeps: 1 there, 2 here"},
        {{.no_dropout = true}, "random streams: 1 there, 0 here"},
    };
    struct training a, b;
    open_training(&a, 1, &(struct variant){0});
    step(&a, 1);
    save(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_training(&b, 2, &cases[i].variant);
        must_refuse(&b, cases[i].what);
        close_training(&b);
    }
    open_training(&b, 2, &(struct variant){0});
    b.data.split.n_train++;
    must_refuse(&b, "training images: 100 there, 101 here");
    b.data.split.n_train--;
    b.data.norm.shift[1] = -3;
    must_refuse(&b, "brightness of the training images: -2 there, -3 here");
    b.dataset.n_classes++;
    must_refuse(&b, "classes: 3 there, 4 here");
    b.dataset.shape.height++;
    must_refuse(&b, "height of the images");
    close_training(&a);
    close_training(&b);
}

static void put_settings(const void *length, const char *text)
{
    struct checkpoint_writer writer;
    struct error err;
    assert_ok(checkpoint_create(&writer, scratch_path("."), &err), err);
    checkpoint_put(&writer, length, sizeof(uint64_t));
    checkpoint_put(&writer, text, strlen(text));
    assert_ok(checkpoint_commit(&writer, CHECKPOINT_AS_LATEST, &err), err);
}

static void a_beginning_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t length;
        enum status status;
        const char *what;
    } cases[] = {
        {"{\"flux\": 1}", 11, ST_INVALID, "there is no setting \"flux\""},
        {"{\"epochs\": 0}", 13, ST_INVALID, "epochs: expected 1"},
        {"{\"epochs\": 0}", 12, ST_INVALID, "its settings"},
        {"[]", 2, ST_INVALID, "expected an object of settings"},
        {"{}", UINT64_MAX, ST_FORMAT, "settings of 18446744073709551615 bytes"},
        {"{}", 65536, ST_FORMAT, "ends too early"},
        {"{}", 2, ST_FORMAT, "ends too early"},
        {"{}\xff\xff\xff\xff", 2, ST_FORMAT, "-1 epochs done"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct checkpoint_head head;
        struct error err = {0};
        put_settings(&cases[i].length, cases[i].text);
        assert_int_equal(checkpoint_read_head(scratch_path(CHECKPOINT_LATEST), &head, &err),
                         cases[i].status);
        if (!strstr(err.what, cases[i].what) || !strstr(err.what, CHECKPOINT_LATEST))
            fail_msg("expected '%s' in '%s'", cases[i].what, err.what);
    }
}

/* Where a run would begin with what lies in the folder. */
static enum status find(char path[PATH_MAX], struct error *refused, struct error *err)
{
    struct checkpoint_head head;
    return train_start_find(path, &head, scratch_path("."), refused, err);
}

static void the_one_before_is_found_when_the_latest_is_bad(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct error refused, err;
    struct training a;
    open_training(&a, 1, &(struct variant){0});
    assert_int_equal(find(path, &refused, &err), ST_NOTFOUND);
    assert_non_null(strstr(err.what, "there is no checkpoint"));
    save(&a);
    save(&a);
    assert_ok(find(path, &refused, &err), err);
    assert_non_null(strstr(path, CHECKPOINT_LATEST));
    assert_int_equal(refused.status, ST_OK);
    scratch_write(CHECKPOINT_LATEST, "WTCHKPT\n", 8);
    assert_ok(find(path, &refused, &err), err);
    assert_non_null(strstr(path, CHECKPOINT_BEFORE));
    assert_int_equal(refused.status, ST_FORMAT);
    assert_non_null(strstr(refused.what, "latest.ckpt: is cut short"));
    scratch_delete(CHECKPOINT_LATEST); /* between two renames */
    assert_ok(find(path, &refused, &err), err);
    assert_int_equal(refused.status, ST_OK);
    scratch_write(CHECKPOINT_LATEST, "x", 1);
    scratch_write(CHECKPOINT_BEFORE, "y", 1);
    assert_int_equal(find(path, &refused, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, CHECKPOINT_LATEST));
    close_training(&a);
}

/* Writing or reading with every allocation failing once (the sanitizers watch for leaks). */
static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    struct training a;
    open_training(&a, 1, &(struct variant){0});
    save(&a);
    for (int reads = 0; reads < 2; reads++) {
        enum status status = ST_NOMEM;
        long n = 0;
        for (; status != ST_OK; n++) {
            struct checkpoint c = view(&a);
            struct error err = {0};
            memory_countdown = n;
            status = reads
                         ? restore(&a, &err)
                         : checkpoint_write(scratch_path("."), CHECKPOINT_AS_LATEST, &c, &err);
            memory_countdown = -1;
            if (status == ST_OK)
                break;
            assert_int_equal(status, ST_NOMEM);
            assert_non_null(strstr(err.what, "memory"));
        }
        assert_true(n > 1);
    }
    close_training(&a);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_training_goes_on_in_another_network),
        TEST(a_damaged_file_changes_nothing),
        TEST(another_network_or_other_data_are_refused),
        TEST(a_beginning_that_cannot_be_read_is_refused),
        TEST(the_one_before_is_found_when_the_latest_is_bad),
        TEST(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
