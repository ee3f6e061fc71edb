/* Folders of images: what is found, in which order, and what is refused. The cache has
 * dataset_prepare_test.c. */
#include "cnn/dataset.h"

#include "tests/check.h"
#include "tests/cnn/image_files.h"
#include "tests/cnn/refusal.h"
#include "tests/cnn/scratch_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error err;

/* An image of 4 x 4 of one colour or one grey. */
static void write_image(const char *name, size_t channels, uint8_t value)
{
    uint8_t pixels[4 * 4 * 3], file[512];
    memset(pixels, value, sizeof pixels);
    if (channels == 3)
        for (size_t i = 0; i < 16; i++)
            pixels[3 * i] = (uint8_t)(value + 100);
    struct png_file png = {.width = 4,
                           .height = 4,
                           .depth = 8,
                           .colour = channels == 3 ? PNG_RGB : PNG_GREY,
                           .rows = pixels,
                           .row = 4 * channels};
    scratch_write(name, file, png_write(file, sizeof file, &png));
}

static struct dataset *open_folder(const char *options)
{
    struct dataset *dataset;
    assert_ok(dataset_open(&dataset, "folder", scratch_folder(), options, &err), err);
    return dataset;
}

static void assert_split(const struct dataset_split *split, size_t n, const uint16_t *labels,
                         const uint8_t *pixels)
{
    assert_int_equal(split->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(split->labels[i], labels[i]);
        assert_int_equal(split->images[i][0], pixels[i]);
    }
}

static void folders_are_classes_in_the_order_of_their_names(void **state)
{
    (void)state;
    write_image("zebra/2.png", 1, 12);
    write_image("zebra/1.PNG", 1, 11);
    write_image("Ant/10.png", 1, 2);
    write_image("Ant/1.png", 1, 1);
    write_image("cat/x.jpeg", 1, 3); /* what it is counts, not what it is called */
    scratch_write("zebra/readme.txt", "no image", 8);
    scratch_write("zebra/.hidden.png", "no image", 8);
    scratch_write("readme.txt", "no class", 8);
    struct dataset *dataset = open_folder("size=8");
    assert_int_equal(dataset->n_classes, 3);
    assert_string_equal(dataset->class_names[0], "Ant");
    assert_string_equal(dataset->class_names[1], "cat");
    assert_string_equal(dataset->class_names[2], "zebra");
    static const uint16_t labels[] = {0, 0, 1, 2, 2};
    static const uint8_t pixels[] = {1, 2, 3, 11, 12};
    assert_split(&dataset->train, 5, labels, pixels);
    assert_int_equal(dataset->shape.channels, 1);
    assert_int_equal(dataset->shape.height, 8);
    assert_int_equal(dataset->shape.width, 8);
    assert_int_equal(dataset->val.n, 0);
    assert_int_equal(dataset->test.n, 0);
    dataset_close(dataset);
}

static void parts_are_told_by_their_names(void **state)
{
    (void)state;
    static const char *const names[][3] = {{"train", "val", "test"},
                                           {"Training", "validation", "TESTING"},
                                           {"TRAIN", "Valid", "testing"}};
    static const uint16_t train[] = {0, 1}, one[] = {1};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        scratch_remove();
        scratch_create();
        snprintf(path, sizeof path, "%s/no/1.png", names[i][0]);
        write_image(path, 1, 1);
        snprintf(path, sizeof path, "%s/yes/1.png", names[i][0]);
        write_image(path, 1, 2);
        snprintf(path, sizeof path, "%s/yes/1.png", names[i][1]);
        write_image(path, 1, 3);
        snprintf(path, sizeof path, "%s/yes/1.png", names[i][2]);
        write_image(path, 1, 4);
        struct dataset *dataset = open_folder(NULL);
        assert_int_equal(dataset->n_classes, 2);
        assert_split(&dataset->train, 2, train, (const uint8_t[]){1, 2});
        assert_split(&dataset->val, 1, one, (const uint8_t[]){3});
        assert_split(&dataset->test, 1, one, (const uint8_t[]){4});
        dataset_close(dataset);
    }
}

static void colours_are_kept_where_any_image_has_them(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 50);
    write_image("b/1.png", 1, 60);
    struct dataset *dataset = open_folder("size=4,channels=3");
    assert_int_equal(dataset->shape.channels, 3);
    assert_int_equal(dataset->train.images[0][47], 50);
    dataset_close(dataset);

    write_image("b/2.png", 3, 100);
    dataset = open_folder("size=4");
    assert_int_equal(dataset->shape.channels, 3);
    static const uint8_t planes[] = {200, 100, 100};
    for (size_t i = 0; i < 48; i++)
        assert_int_equal(dataset->train.images[2][i], planes[i / 16]);
    assert_int_equal(dataset->train.images[0][47], 50);
    dataset_close(dataset);

    dataset = open_folder("size=4,channels=1");
    assert_int_equal(dataset->shape.channels, 1);
    assert_int_equal(dataset->train.images[2][0], 130); /* 0.299 x 200 + 0.701 x 100 */
    dataset_close(dataset);
    assert_says(refusal("folder", scratch_folder(), "channels=2", ST_INVALID)->what,
                "0, 1 or 3");
}

/* The size stays, and so does the second. */
static void images_that_change_are_prepared_anew(void **state)
{
    (void)state;
    write_image("b/1.png", 1, 7);
    for (uint8_t i = 1; i <= 2; i++) {
        write_image("a/1.png", 1, i);
        scratch_set_time("a/1.png", 1000000000, i);
        struct dataset *dataset = open_folder(NULL);
        assert_split(&dataset->train, 2, (const uint16_t[]){0, 1}, (const uint8_t[]){i, 7});
        dataset_close(dataset);
    }
}

static void links_are_followed(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 1);
    write_image("elsewhere/.b/1.png", 1, 2);
    scratch_make_folders("a/x");
    assert_int_equal(symlink("elsewhere/.b", scratch_path("b")), 0);
    assert_int_equal(symlink("1.png", scratch_path("a/2.png")), 0);
    write_image("elsewhere/1.png", 1, 3);
    struct dataset *dataset = open_folder(NULL);
    static const uint16_t labels[] = {0, 0, 1, 2};
    assert_split(&dataset->train, 4, labels, (const uint8_t[]){1, 1, 2, 3});
    dataset_close(dataset);
}

static void links_that_lead_nowhere_are_refused(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 1);
    write_image("b/1.png", 1, 1);
    assert_int_equal(symlink("loop.png", scratch_path("a/loop.png")), 0);
    const struct error *refused = refusal("folder", scratch_folder(), NULL, ST_IO);
    assert_says(refused->what, "a/loop.png: cannot read the image: ");
    scratch_delete("a/loop.png");
    assert_int_equal(symlink("gone.png", scratch_path("a/link.png")), 0);
    refused = refusal("folder", scratch_folder(), NULL, ST_NOTFOUND);
    assert_says(refused->what, "a/link.png: cannot read the image: ");
    assert_string_equal(refused->remedy, "");
    scratch_delete("a/link.png");
    assert_int_equal(symlink("loop", scratch_path("loop")), 0); /* no folder, so no class */
    dataset_close(open_folder(NULL));
}

static void folders_that_are_no_classes_are_refused(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 1);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "expected a folder of images for each of at least two classes, found one");
    scratch_make_folders("b/x");
    const struct error *refused = refusal("folder", scratch_folder(), NULL, ST_FORMAT);
    assert_says(refused->what, "/b: expected at least one JPEG or PNG image of the class");
    assert_says(refused->remedy, "remove the folder");
    write_image("b/1.png", 1, 1);
    write_image("test/a/1.png", 1, 1);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "expected a folder train beside test, found none");
    write_image("Train/a/1.png", 1, 1);
    write_image("Train/c/1.png", 1, 1);
    write_image("test/b/1.png", 1, 1);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "/test/b: expected a class that there are images to train on of");
    write_image("training/a/1.png", 1, 1);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "expected one of the folders Train and training, found both");
}

static void classes_called_like_a_part_are_told_so(void **state)
{
    (void)state;
    write_image("bus/1.png", 1, 1);
    write_image("train/1.png", 1, 1);
    const struct error *refused = refusal("folder", scratch_folder(), NULL, ST_NOTFOUND);
    assert_says(refused->what, "/train: expected a folder of images for each of");
    assert_says(refused->remedy, "if train is a class itself, give its folder another name");
    scratch_delete("train/1.png");
    assert_int_equal(rmdir(scratch_path("train")), 0);
    write_image("Test/1.png", 1, 1);
    refused = refusal("folder", scratch_folder(), NULL, ST_FORMAT);
    assert_says(refused->what, "expected a folder train beside Test, found none");
    assert_says(refused->remedy, "if Test is a class itself, give its folder another name");
}

/* A class of the test set may have no images, and its folder may be missing. */
static void classes_may_be_missing_from_the_test_set(void **state)
{
    (void)state;
    write_image("train/a/1.png", 1, 1);
    write_image("train/b/1.png", 1, 1);
    scratch_make_folders("test/b/x");
    struct dataset *dataset = open_folder(NULL);
    assert_int_equal(dataset->test.n, 0);
    dataset_close(dataset);
}

static void names_may_have_any_bytes_but_not_those_of_classes(void **state)
{
    (void)state;
    write_image("\xc3\xa4rger/\xff\xfe\n.png", 1, 1);
    write_image("b/1.png", 1, 1);
    struct dataset *dataset = open_folder(NULL);
    assert_string_equal(dataset->class_names[1], "\xc3\xa4rger");
    dataset_close(dataset);
    static const char *const bad[] = {"\xff\xfe/1.png", "two\nlines/1.png", "\xe2\x82/1.png",
                                      "\xc3/1.png", "\x7f/1.png"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        scratch_remove();
        scratch_create();
        write_image("b/1.png", 1, 1);
        write_image(bad[i], 1, 1);
        assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                    "expected the name of a class, in UTF-8 without control characters");
    }
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 1);
    write_image("b/1.png", 1, 1);
    if (geteuid() == 0)
        skip();
    assert_int_equal(chmod(scratch_path("b/1.png"), 0), 0);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORBIDDEN)->what, "b/1.png");
    assert_int_equal(chmod(scratch_path("b"), 0), 0);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORBIDDEN)->what, "/b/1.png");
    assert_int_equal(chmod(scratch_path("b"), 0700), 0);
}

static void a_damaged_file_is_named_with_the_byte(void **state)
{
    (void)state;
    write_image("a/1.png", 1, 1);
    write_image("b/1.png", 1, 1);
    scratch_write("b/2.jpg", "GIF89a", 6);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "/b/2.jpg: at byte 0: expected the beginning of a JPEG or PNG file");
    scratch_write("b/2.jpg", "", 0);
    assert_says(refusal("folder", scratch_folder(), NULL, ST_FORMAT)->what,
                "found an empty file");
    assert_int_not_equal(access(scratch_path(".wattune-images-64-auto.new"), F_OK), 0);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(folders_are_classes_in_the_order_of_their_names),
        in_folder(parts_are_told_by_their_names),
        in_folder(colours_are_kept_where_any_image_has_them),
        in_folder(images_that_change_are_prepared_anew),
        in_folder(links_are_followed),
        in_folder(links_that_lead_nowhere_are_refused),
        in_folder(folders_that_are_no_classes_are_refused),
        in_folder(classes_called_like_a_part_are_told_so),
        in_folder(classes_may_be_missing_from_the_test_set),
        in_folder(names_may_have_any_bytes_but_not_those_of_classes),
        in_folder(a_file_that_cannot_be_read_is_named),
        in_folder(a_damaged_file_is_named_with_the_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
