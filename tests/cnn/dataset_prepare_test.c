/* The cache of prepared images: when it is used, and what becomes of damaged ones, of several
 * processes and of places that cannot be written to. */
#include "cnn/dataset_prepare.h"

#include "base/log.h"
#include "cnn/image_cache.h"
#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 5, SIDE = 4, IMAGE = SIDE * SIDE };

static struct error err;
static char folder[PATH_MAX];

/* What is prepared, and how often. */
struct source {
    size_t described, produced;
    size_t fails_at; /* the image that cannot be produced; N: none */
    uint8_t first;   /* the colour of image 0 */
};

static enum status describe(void *context, struct dataset *dataset, struct error *error)
{
    struct source *source = context;
    static const char *const names[] = {"no", "yes"};
    source->described++;
    dataset->shape = (struct image_shape){1, SIDE, SIDE};
    dataset->n_classes = 2;
    dataset->class_names = calloc(2, sizeof *dataset->class_names);
    assert_non_null(dataset->class_names);
    for (size_t i = 0; i < 2; i++)
        dataset->class_names[i] = strdup(names[i]);
    assert_ok(dataset_reserve(&dataset->train, 3, error), err);
    assert_ok(dataset_reserve(&dataset->test, 2, error), err);
    dataset->train.labels[2] = dataset->test.labels[0] = 1;
    return ST_OK;
}

static enum status produce(void *context, size_t i, uint8_t *image, struct error *error)
{
    struct source *source = context;
    source->produced++;
    if (i == source->fails_at)
        return error_set(error, ST_FORMAT, "image %zu is damaged", i);
    memset(image, source->first + (int)i, IMAGE);
    return ST_OK;
}

static struct preparation preparation(struct source *source, uint64_t key)
{
    return (struct preparation){.source = folder,
                                .folder = folder,
                                .name = "test",
                                .key = key,
                                .context = source,
                                .describe = describe,
                                .produce = produce};
}

static enum status prepare(struct dataset **out, struct source *source, uint64_t key)
{
    struct preparation p = preparation(source, key);
    *out = calloc(1, sizeof **out);
    assert_non_null(*out);
    return dataset_prepare(*out, &p, &err);
}

/* Prepare; the images must be right, and have been produced `produced` times. */
static void assert_prepared(struct source *source, uint64_t key, size_t produced)
{
    struct dataset *dataset;
    source->produced = source->described = 0;
    assert_ok(prepare(&dataset, source, key), err);
    assert_int_equal(source->produced, produced);
    assert_int_equal(dataset->train.n, 3);
    assert_int_equal(dataset->val.n, 0);
    assert_int_equal(dataset->test.n, 2);
    assert_int_equal(dataset->n_classes, 2);
    assert_string_equal(dataset->class_names[1], "yes");
    for (size_t i = 0; i < N; i++) {
        const struct dataset_split *split = i < 3 ? &dataset->train : &dataset->test;
        size_t at = i < 3 ? i : i - 3;
        assert_int_equal(split->labels[at], i == 2 || i == 3);
        for (size_t k = 0; k < IMAGE; k++)
            assert_int_equal(split->images[at][k], source->first + i);
    }
    dataset_close(dataset);
}

static char personal[PATH_MAX];

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR); /* the warnings are meant */
    snprintf(folder, sizeof folder, "%s/data", scratch_create());
    scratch_make_folders("data/x");
    snprintf(personal, sizeof personal, "%s", scratch_path("caches"));
    setenv("XDG_CACHE_HOME", personal, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

#define CACHE "data/.wattune-images-test"

static void images_are_prepared_once(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    assert_prepared(&source, 7, N);
    assert_prepared(&source, 7, 0);
    assert_int_equal(source.described, 0);
    assert_int_equal(access(scratch_path(CACHE), R_OK), 0);
    assert_int_not_equal(access(scratch_path(CACHE ".new"), F_OK), 0);
    assert_int_not_equal(access(personal, F_OK), 0);
    source.first = 20; /* what is told by another key */
    assert_prepared(&source, 8, N);
    assert_prepared(&source, 8, 0);
}

/* The bytes of a file; *size is how many. */
static uint8_t *read_all(const char *name, size_t *size)
{
    FILE *file = fopen(scratch_path(name), "rb");
    uint8_t *bytes = malloc(4096);
    assert_non_null(file);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 4096, file);
    assert_in_range(*size, 100, 4095);
    fclose(file);
    return bytes;
}

/* Each byte but some of the images' changed in turn, and many lengths: the cache is made anew.
 */
static void a_damaged_cache_is_made_anew(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    size_t size;
    assert_prepared(&source, 7, N);
    uint8_t *bytes = read_all(CACHE, &size);
    size_t end = sizeof(struct image_cache_header) + 2 * N + strlen("no\nyes\n");
    for (size_t at = 0; at < size; at += at < end ? 1 : 19) {
        if (at == end) /* zeros that nobody reads */
            at = size - N * IMAGE;
        bytes[at] ^= 0x40;
        scratch_write(CACHE, bytes, size);
        bytes[at] ^= 0x40;
        assert_prepared(&source, 7, N);
        assert_prepared(&source, 7, 0);
    }
    for (size_t length = 0; length <= size + 1; length += length < 100 ? 1 : 13) {
        if (length == size)
            continue;
        scratch_write(CACHE, bytes, length < size ? length : size);
        if (length > size) {
            FILE *file = fopen(scratch_path(CACHE), "ab");
            assert_non_null(file);
            fputc(0, file);
            fclose(file);
        }
        assert_prepared(&source, 7, N);
    }
    free(bytes);
}

/* A copy has another time: it is read once, and then has the right one. */
static void a_copy_is_as_good(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    struct stat before, after;
    size_t size;
    assert_prepared(&source, 7, N);
    uint8_t *bytes = read_all(CACHE, &size);
    assert_int_equal(stat(scratch_path(CACHE), &before), 0);
    scratch_write(CACHE, bytes, size);
    assert_prepared(&source, 7, 0);
    assert_int_equal(stat(scratch_path(CACHE), &after), 0);
    assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    assert_int_equal(after.st_mtim.tv_nsec, 0);
    free(bytes);
}

static void a_source_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct source source = {.fails_at = 3, .first = 10};
    struct dataset *dataset;
    assert_int_equal(prepare(&dataset, &source, 7), ST_FORMAT);
    assert_string_equal(err.what, "image 3 is damaged");
    assert_int_equal(source.produced, 4);
    dataset_close(dataset);
    assert_int_not_equal(access(scratch_path(CACHE), F_OK), 0);
    assert_int_not_equal(access(scratch_path(CACHE ".new"), F_OK), 0);
}

/* A folder in the place of the cache stands for one that cannot be written to: root may write
 * anywhere. */
static void the_next_place_is_the_users_own(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    scratch_make_folders(CACHE "/x");
    assert_prepared(&source, 7, 2 * N);
    assert_int_equal(access(scratch_path("caches/wattune"), R_OK), 0);
    assert_prepared(&source, 7, 0);
}

static void without_a_place_images_are_in_memory(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    scratch_make_folders(CACHE "/x");
    scratch_make_folders(CACHE ".new/x"); /* cannot even be begun */
    scratch_write("caches", "", 0);
    for (int i = 0; i < 2; i++) {
        assert_prepared(&source, 7, N);
        assert_int_equal(source.described, 1);
    }
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", "relative", 1);
    assert_prepared(&source, 7, N);
    source.fails_at = 0;
    struct dataset *dataset;
    assert_int_equal(prepare(&dataset, &source, 7), ST_FORMAT);
    dataset_close(dataset);
}

/* A limit of the size of files stands for a full disk. */
static void a_full_disk_is_survived(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {100, 100};
        struct dataset *dataset;
        bool good = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                    prepare(&dataset, &source, 7) == ST_OK && source.produced == N &&
                    dataset->test.images[1][IMAGE - 1] == 14;
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_not_equal(access(scratch_path(CACHE), F_OK), 0);
    assert_int_not_equal(access(scratch_path(CACHE ".new"), F_OK), 0);
}

/* What a writer that was killed has left is written over. */
static void leftovers_are_in_nobodys_way(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    static uint8_t rubbish[5000];
    memset(rubbish, 1, sizeof rubbish);
    scratch_write(CACHE ".new", rubbish, sizeof rubbish);
    assert_prepared(&source, 7, N);
    assert_prepared(&source, 7, 0);
}

/* A link where the unfinished file would be may lead to what somebody needs. */
static void links_in_the_way_are_not_followed(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    char found[8] = "";
    scratch_write("precious", "mine", 4);
    assert_int_equal(symlink("../precious", scratch_path(CACHE ".new")), 0);
    assert_prepared(&source, 7, N);
    assert_prepared(&source, 7, 0); /* from the user's own folder */
    FILE *file = fopen(scratch_path("precious"), "rb");
    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof found, file), 4);
    fclose(file);
    assert_string_equal(found, "mine");
}

/* While the lock is held, another process waits, and then takes what it finds. */
static void who_comes_second_waits_and_takes_the_result(void **state)
{
    (void)state;
    struct source source = {.fails_at = N, .first = 10};
    struct image_cache_writer writer;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    assert_ok(image_cache_lock(&writer, scratch_path(CACHE), &err), err);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct dataset *dataset;
        close(writer.fd); /* with it the child would hold the lock too */
        assert_int_equal(write(ready[1], "x", 1), 1);
        bool good = prepare(&dataset, &source, 7) == ST_OK && source.produced == 0 &&
                    dataset->train.images[1][0] == 11;
        _exit(good ? 0 : 1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct dataset *dataset = calloc(1, sizeof *dataset);
    assert_non_null(dataset);
    assert_ok(describe(&source, dataset, &err), err);
    assert_ok(image_cache_begin(&writer, dataset, 7, &err), err);
    for (size_t i = 0; i < N; i++) {
        uint8_t image[IMAGE];
        assert_ok(produce(&source, i, image, &err), err);
        assert_ok(image_cache_put(&writer, image, &err), err);
    }
    assert_ok(image_cache_commit(&writer, &err), err);
    image_cache_abandon(&writer);
    dataset_close(dataset);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
}

static void processes_at_once_get_the_same_images(void **state)
{
    (void)state;
    enum { PROCESSES = 6 };
    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child > 0)
            continue;
        struct source source = {.fails_at = N, .first = 10};
        struct dataset *dataset;
        bool good = prepare(&dataset, &source, 7) == ST_OK;
        for (size_t k = 0; good && k < 3; k++)
            good = dataset->train.images[k][IMAGE - 1] == 10 + k;
        _exit(good ? source.produced > 0 : 99);
    }
    int producers = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        producers += WEXITSTATUS(status);
    }
    assert_int_equal(producers, 1);
}

static void keys_depend_on_everything(void **state)
{
    (void)state;
    assert_true(preparation_key(0, 1) != preparation_key(0, 2));
    assert_true(preparation_key(1, 2) != preparation_key(2, 1));
    assert_true(preparation_key_text(0, "ab", 2) != preparation_key_text(0, "ab", 1));
    assert_true(preparation_key_text(5, "", 0) != preparation_key_text(6, "", 0));
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(images_are_prepared_once),
        in_folder(a_damaged_cache_is_made_anew),
        in_folder(a_copy_is_as_good),
        in_folder(a_source_that_fails_leaves_nothing),
        in_folder(the_next_place_is_the_users_own),
        in_folder(without_a_place_images_are_in_memory),
        in_folder(a_full_disk_is_survived),
        in_folder(leftovers_are_in_nobodys_way),
        in_folder(links_in_the_way_are_not_followed),
        in_folder(who_comes_second_waits_and_takes_the_result),
        in_folder(processes_at_once_get_the_same_images),
        cmocka_unit_test(keys_depend_on_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
