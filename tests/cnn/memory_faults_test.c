/* Every allocation on the way from files to batches fails once: each time the caller is told,
 * and nothing leaks or is used after it is gone (the sanitizers watch). */
#include "cnn/batches.h"
#include "cnn/dataset.h"
#include "cnn/split.h"
#include "tests/check.h"
#include "tests/cnn/image_files.h"
#include "tests/cnn/npz_files.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/failing_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The names are the linker's. */
void *__real_reallocarray(void *old, size_t n, size_t size);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
char *__real_strndup(const char *text, size_t n);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
char *__wrap_strndup(const char *text, size_t n);
int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    return memory_fails() ? NULL : __real_reallocarray(old, n, size);
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    if (!memory_fails())
        return __real_mmap(at, size, protection, flags, fd, offset);
    errno = ENOMEM;
    return MAP_FAILED;
}

char *__wrap_strndup(const char *text, size_t n)
{
    return memory_fails() ? NULL : __real_strndup(text, n);
}

int __wrap_asprintf(char **out, const char *format, ...)
{
    if (memory_fails())
        return -1;
    va_list args;
    va_start(args, format);
    int length = vasprintf(out, format, args);
    va_end(args);
    return length;
}

/* The whole way: open, split, batches. */
static enum status go(const char *format, const char *path, const char *options,
                      struct error *err)
{
    static const struct pixel_norm norm;
    struct dataset *dataset;
    struct data_split split = {0};
    struct batches *batches = NULL;
    enum status status = dataset_open(&dataset, format, path, options, err);
    if (status == ST_OK)
        status = data_split_create(&split, &dataset->train, dataset->n_classes, 0.5, 1, err);
    if (status == ST_OK)
        status =
            batches_create(&batches, &dataset->shape, &dataset->train, split.train,
                           split.n_train, &norm, &(struct batch_options){.batch_size = 1}, err);
    batches_free(batches);
    data_split_free(&split);
    dataset_close(dataset);
    return status;
}

static void fail_every_allocation(const char *format, const char *path, const char *options)
{
    struct error err;
    enum status status = ST_NOMEM;
    long n = 0;
    for (; status != ST_OK; n++) {
        assert_true(n < 1000);
        err.what[0] = '\0';
        memory_countdown = n;
        status = go(format, path, options, &err);
        memory_countdown = -1;
        if (status == ST_OK)
            break;
        assert_int_equal(status, ST_NOMEM);
        assert_int_equal(err.status, ST_NOMEM);
        assert_true(err.what[0]);
    }
    assert_true(n > 10);
}

static void generated_images(void **state)
{
    (void)state;
    fail_every_allocation("synthetic", NULL, "images=10,test_images=3");
}

static void cifar_files(void **state)
{
    (void)state;
    static uint8_t records[2 * 3073];
    const char *folder = scratch_create();
    scratch_write("data_batch_1.bin", records, sizeof records);
    scratch_write("test_batch.bin", records, sizeof records);
    scratch_write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", 20);
    fail_every_allocation("cifar10", folder, NULL);
    scratch_remove();
}

static void idx_files(void **state)
{
    (void)state;
    static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 9};
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    const char *folder = scratch_create();
    scratch_write_gzip("train-images-idx3-ubyte.gz", images, sizeof images);
    scratch_write("train-labels-idx1-ubyte", labels, sizeof labels);
    fail_every_allocation("idx", folder, "classes=2");
    scratch_remove();
}

/* Once while the images are prepared, and once when they are there. */
static void prepared_images(void **state)
{
    (void)state;
    static const uint8_t pixels[16] = {1, 2, 3}, labels[] = {0, 1};
    static const struct npz_member members[] = {
        {"train_images.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 2)}",
         pixels, 8},
        {"train_labels.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", labels,
         2}};
    const struct png_file png = {4, 4, 8, PNG_GREY, pixels, 4, NULL, 0, NULL, 0, false};
    uint8_t file[2048];
    const char *folder = scratch_create();
    setenv("XDG_CACHE_HOME", "/nowhere", 1);
    scratch_write("a/1.png", file, png_write(file, sizeof file, &png));
    scratch_write("b/1.png", file, png_write(file, sizeof file, &png));
    scratch_write("set.npz", file, npz_write(file, sizeof file, members, 2, true));
    for (int cached = 0; cached < 2; cached++) {
        fail_every_allocation("folder", folder, "size=8");
        fail_every_allocation("medmnist", folder, NULL);
    }
    scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_images),
        cmocka_unit_test(cifar_files),
        cmocka_unit_test(idx_files),
        cmocka_unit_test(prepared_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
