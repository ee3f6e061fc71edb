/* Checkpoints: with the first byte odd, the length and the checksum are put right, so that what
 * they guard is reached. A file that is refused says why, and one of another training leaves
 * this one as it was. */
#include "cnn/checkpoint.h"
#include "cnn/checkpoint_model.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIDE = 4, CLASSES = 2, LENGTH_AT = 16, HEADER = 24, CRC = 4 };

/* A training whose checkpoint is small. */
struct training {
    struct train_settings settings;
    struct dataset dataset;
    struct train_data data;
    struct graph graph;
    struct network *network;
    struct optimizer *optimizer;
    struct train_result result;
};

static void check(enum status status)
{
    if (status)
        abort();
}

static struct training *the_training(void)
{
    static struct training t;
    struct error err;
    if (t.network)
        return &t;
    settings_init(&t.settings);
    t.dataset.shape = (struct image_shape){1, SIDE, SIDE};
    t.dataset.n_classes = CLASSES;
    t.data.dataset = &t.dataset;
    t.data.split.n_train = 10;
    t.data.split.n_val = 2;
    t.data.norm = (struct pixel_norm){{0.5f}, {-1}};
    graph_init(&t.graph, 1, SIDE, SIDE);
    int at = graph_convolution(&t.graph, 0, 3, 3, 1, 1, false);
    at = graph_batch_norm(&t.graph, at, true);
    at = graph_dropout(&t.graph, graph_flatten(&t.graph, graph_global_pool(&t.graph, at)), 0.4);
    graph_linear(&t.graph, at, CLASSES);
    check(network_create(&t.network, &t.graph, &(struct network_options){.batch = 2, .seed = 1},
                         &err));
    check(optimizer_create(&t.optimizer, &t.settings, network_size(t.network)));
    return &t;
}

static struct checkpoint view(struct training *t)
{
    return (struct checkpoint){&t->settings, &t->data, t->network, t->optimizer, &t->result};
}

size_t fuzz_seed(size_t i, uint8_t *out)
{
    if (i > 1)
        return 0;
    struct error err;
    struct checkpoint c = view(the_training());
    const char *folder = scratch_create();
    check(checkpoint_write(folder, CHECKPOINT_AS_LATEST, &c, &err));
    FILE *file = fopen(scratch_path(CHECKPOINT_LATEST), "rb");
    if (!file)
        abort();
    out[0] = i != 0;
    size_t size = 1 + fread(out + 1, 1, FUZZ_SEED_MAX - 1, file);
    fclose(file);
    scratch_remove();
    return size;
}

/* The layout is that of checkpoint_file.h. */
static void put_right(uint8_t *bytes, size_t size)
{
    if (size < CHECKPOINT_FRAME)
        return;
    uint64_t length = size - CHECKPOINT_FRAME;
    memcpy(bytes + LENGTH_AT, &length, sizeof length);
    uLong crc = crc32_z(0, bytes + HEADER, length);
    uint32_t sum = (uint32_t)crc32_z(crc, bytes, HEADER);
    memcpy(bytes + size - CRC, &sum, CRC);
}

/* What a checkpoint tells those who use its network keeps what its header promises. */
static void check_model(const char *path)
{
    struct error refused, err = {.status = ST_OK};
    struct checkpoint_model model;
    enum status status = checkpoint_model_read(&model, path, &refused, &err);
    const struct checkpoint_images *images = &model.images;
    if (status && (err.status != status || !err.what[0]))
        abort();
    if (status == ST_OK && (images->n_classes < 2 || image_bytes(&images->shape) == 0 ||
                            images->shape.channels > BATCH_CHANNELS_MAX))
        abort();
    for (size_t i = 0; status == ST_OK && images->class_names && i < images->n_classes; i++)
        if (strlen(images->class_names[i]) > FUZZ_SEED_MAX)
            abort();
    if (status == ST_OK)
        checkpoint_model_load(&model, the_training()->network, &err);
    checkpoint_model_free(&model);
}

static bool read_file(const char *path)
{
    check_model(path);
    struct error err = {.status = ST_OK};
    struct checkpoint_head head;
    struct checkpoint c = view(the_training());
    enum status first = checkpoint_read_head(path, &head, &err);
    if (first && (err.status != first || !err.what[0]))
        abort();
    enum status whole = checkpoint_read(path, &c, &err);
    if (whole && (err.status != whole || !err.what[0]))
        abort();
    return first == ST_OK && whole == ST_OK;
}

bool fuzz_read(const uint8_t *bytes, size_t size)
{
    return memory_file_read(bytes, size, put_right, read_file);
}
