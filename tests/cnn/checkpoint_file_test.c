#include "cnn/checkpoint_file.h"
#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The folder without a name behind it. */
static const char *folder(void)
{
    return scratch_path(".");
}

static enum status write_text(const char *where, const char *text, struct error *err)
{
    struct checkpoint_writer writer;
    enum status status = checkpoint_create(&writer, where, err);
    if (status)
        return status;
    checkpoint_put(&writer, text, strlen(text));
    return checkpoint_commit(&writer, CHECKPOINT_AS_LATEST, err);
}

static void must_write_best(const char *text)
{
    struct checkpoint_writer writer;
    struct error err;
    assert_ok(checkpoint_create(&writer, folder(), &err), err);
    checkpoint_put(&writer, text, strlen(text));
    assert_ok(checkpoint_commit(&writer, CHECKPOINT_AS_BEST, &err), err);
}

static void must_write(const char *text)
{
    struct error err;
    assert_ok(write_text(folder(), text, &err), err);
}

/* The body of that file is this text. */
static void must_hold(const char *name, const char *text)
{
    struct checkpoint_reader reader;
    struct error err;
    char bytes[256];
    assert_ok(checkpoint_open(&reader, scratch_path(name), &err), err);
    assert_int_equal(reader.left, strlen(text));
    assert_ok(checkpoint_get(&reader, bytes, strlen(text), &err), err);
    assert_memory_equal(bytes, text, strlen(text));
    checkpoint_close(&reader);
}

static size_t read_file(const char *name, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(scratch_path(name), "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, room, file);
    fclose(file);
    assert_true(size > 0 && size < room);
    return size;
}

/* A file of these bytes is refused; answers why, static storage. */
static const struct error *refusal(const unsigned char *bytes, size_t size)
{
    static struct error err;
    struct checkpoint_reader reader;
    scratch_write(CHECKPOINT_LATEST, bytes, size);
    enum status status = checkpoint_open(&reader, scratch_path(CHECKPOINT_LATEST), &err);
    if (status != ST_FORMAT)
        fail_msg("a bad file of %zu bytes: %s", size, status_text(status));
    assert_non_null(strstr(err.what, CHECKPOINT_LATEST));
    assert_true(err.remedy[0]);
    return &err;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    must_write("first");
    must_hold(CHECKPOINT_LATEST, "first");
    must_write("");
    must_hold(CHECKPOINT_LATEST, "");
    must_hold(CHECKPOINT_BEFORE, "first");
    must_write("third");
    must_hold(CHECKPOINT_BEFORE, "");
}

static void nothing_is_read_beyond_the_end(void **state)
{
    (void)state;
    struct checkpoint_reader reader;
    struct error err;
    char bytes[8];
    must_write("body");
    assert_ok(checkpoint_open(&reader, scratch_path(CHECKPOINT_LATEST), &err), err);
    assert_ok(checkpoint_get(&reader, bytes, 3, &err), err);
    assert_int_equal(checkpoint_get(&reader, bytes, 2, &err), ST_FORMAT);
    assert_non_null(strstr(err.what, "ends too early"));
    checkpoint_close(&reader);
}

static void a_file_of_any_other_length_is_refused(void **state)
{
    (void)state;
    unsigned char bytes[256] = {0};
    must_write("some numbers");
    size_t size = read_file(CHECKPOINT_LATEST, bytes, sizeof bytes - 1);
    assert_int_equal(size, CHECKPOINT_FRAME + 12);
    for (size_t n = 0; n < size; n++)
        assert_non_null(strstr(refusal(bytes, n)->what, "cut short"));
    assert_non_null(strstr(refusal(bytes, size + 1)->what, "damaged"));
}

static void every_flipped_bit_is_noticed(void **state)
{
    (void)state;
    unsigned char bytes[256];
    must_write("some numbers");
    size_t size = read_file(CHECKPOINT_LATEST, bytes, sizeof bytes);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        refusal(bytes, size);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    scratch_write(CHECKPOINT_LATEST, bytes, size);
    must_hold(CHECKPOINT_LATEST, "some numbers");
}

static void what_else_it_may_be_is_told(void **state)
{
    (void)state;
    unsigned char bytes[256];
    must_write("some numbers");
    size_t size = read_file(CHECKPOINT_LATEST, bytes, sizeof bytes);
    bytes[8] = 1;
    assert_non_null(strstr(refusal(bytes, size)->what, "version 1, this program reads"));
    bytes[8] = 2;
    bytes[12] = 2;
    assert_non_null(strstr(refusal(bytes, size)->what, "not 32-bit floats"));
    bytes[0] = 'X';
    const struct error *refused = refusal(bytes, size);
    assert_non_null(strstr(refused->what, "is no checkpoint"));
    assert_null(strstr(refused->remedy, "delete")); /* it is some other file of theirs */
    memset(bytes + 16, 0xff, 8);                    /* no memory is asked for by this length */
    bytes[0] = 'W';
    bytes[12] = 1;
    assert_non_null(strstr(refusal(bytes, size)->what, "18446744073709551615"));
    struct checkpoint_reader reader;
    struct error err;
    assert_int_equal(checkpoint_open(&reader, folder(), &err), ST_IO);
    assert_int_equal(checkpoint_open(&reader, scratch_path("none"), &err), ST_NOTFOUND);
}

static void a_folder_that_cannot_be_written_to_is_named(void **state)
{
    (void)state;
    struct error err;
    scratch_write("file", "", 0);
    assert_int_equal(write_text(scratch_path("file"), "x", &err), ST_IO);
    assert_non_null(strstr(err.what, "/file: cannot write a checkpoint"));
    assert_int_equal(write_text(scratch_path("none"), "x", &err), ST_NOTFOUND);
    assert_non_null(strstr(err.remedy, "folder that can be written to"));
    static char longest[PATH_MAX];
    memset(longest, 'x', sizeof longest - 1);
    assert_int_equal(write_text(longest, "x", &err), ST_IO);
}

/* A disk that is full, played by a limit on the size of files: nothing is left of the attempt,
 * and what was there before stays. */
static void a_full_disk_keeps_the_checkpoint_before(void **state)
{
    (void)state;
    struct rlimit old, small;
    struct error err;
    char body[100];
    memset(body, 'b', sizeof body);
    must_write("kept");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 64;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct checkpoint_writer writer;
    enum status begun = checkpoint_create(&writer, folder(), &err);
    checkpoint_put(&writer, body, sizeof body);
    enum status status = checkpoint_commit(&writer, CHECKPOINT_AS_LATEST, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(begun, ST_OK);
    assert_int_equal(status, ST_IO);
    assert_non_null(strstr(err.what, "cannot write a checkpoint: File too large"));
    assert_non_null(strstr(err.remedy, "make room"));
    assert_int_equal(access(writer.path, F_OK), -1);
    must_hold(CHECKPOINT_LATEST, "kept");
}

static void a_writer_that_gives_up_or_is_killed_leaves_the_rest_alone(void **state)
{
    (void)state;
    struct checkpoint_writer writer;
    struct error err;
    must_write("kept");
    assert_ok(checkpoint_create(&writer, folder(), &err), err);
    assert_ok(checkpoint_commit(&writer, CHECKPOINT_NOWHERE, &err), err);
    assert_int_equal(access(writer.path, F_OK), -1);
    scratch_write("writing-abcdef", "half", 4);
    scratch_write("notes.txt", "mine", 4);
    must_hold(CHECKPOINT_LATEST, "kept");
    checkpoint_sweep(folder());
    assert_int_equal(access(scratch_path("writing-abcdef"), F_OK), -1);
    assert_true(checkpoint_exists(folder()));
    checkpoint_delete(folder());
    assert_false(checkpoint_exists(folder()));
    assert_int_equal(access(scratch_path("notes.txt"), F_OK), 0);
    checkpoint_delete(scratch_path("none"));
}

/* The best stays while others come and go, and may be the latest at the same time. */
static void the_best_has_a_place_of_its_own(void **state)
{
    (void)state;
    assert_false(checkpoint_best_is_latest(folder()));
    must_write_best("best");
    assert_true(checkpoint_exists(folder()));
    assert_true(checkpoint_best_is_latest(folder()));
    must_hold(CHECKPOINT_LATEST, "best");
    must_write("second");
    must_write("third");
    must_hold(CHECKPOINT_BEST, "best");
    must_hold(CHECKPOINT_BEFORE, "second");
    must_write_best("better");
    must_hold(CHECKPOINT_LATEST, "third");
    assert_true(checkpoint_best_is_latest(folder()));
    must_hold(CHECKPOINT_LATEST, "better");
    must_hold(CHECKPOINT_BEFORE, "third");
    must_write("fourth");
    must_hold(CHECKPOINT_BEST, "better");
    must_hold(CHECKPOINT_BEFORE, "better");
    scratch_write("writing-link", "left by one that was killed", 27);
    must_write_best("best of all");
    assert_false(checkpoint_best_is_latest(folder()));
    must_hold(CHECKPOINT_LATEST, "fourth");
    checkpoint_delete(folder());
    assert_false(checkpoint_exists(folder()));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(nothing_is_read_beyond_the_end),
        TEST(a_file_of_any_other_length_is_refused),
        TEST(every_flipped_bit_is_noticed),
        TEST(what_else_it_may_be_is_told),
        TEST(a_folder_that_cannot_be_written_to_is_named),
        TEST(a_full_disk_keeps_the_checkpoint_before),
        TEST(the_best_has_a_place_of_its_own),
        TEST(a_writer_that_gives_up_or_is_killed_leaves_the_rest_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
