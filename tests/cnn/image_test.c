#include "cnn/image.h"

#include "cnn/image_resize.h"
#include "tests/check.h"
#include "tests/cnn/image_files.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 65536 };

static uint8_t file[ROOM];
static struct error err;

static struct image decode(size_t size)
{
    struct image image;
    assert_ok(image_decode(&image, "scan", file, size, &err), err);
    return image;
}

/* The file of that size is refused with a text that has the part. */
static void assert_refused(size_t size, const char *part)
{
    struct image image;
    assert_int_equal(image_decode(&image, "scan", file, size, &err), ST_FORMAT);
    assert_null(image.pixels);
    if (!strstr(err.what, part))
        fail_msg("expected \"%s\" in \"%s\"", part, err.what);
    assert_ptr_equal(strstr(err.what, "scan: "), err.what);
}

static void assert_pixels(const struct image *image, size_t channels, const uint8_t *pixels,
                          int tolerance)
{
    assert_int_equal(image->channels, channels);
    for (size_t i = 0; i < image->height * image->width * channels; i++)
        if (abs(image->pixels[i] - pixels[i]) > tolerance)
            fail_msg("byte %zu: expected %d, found %d", i, pixels[i], image->pixels[i]);
}

/* Every kind of PNG file of 2 x 2 pixels, and what they are. */
static void every_kind_of_png_becomes_bytes(void **state)
{
    (void)state;
    static const uint8_t colours[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7};
    static const uint8_t opaque_half[] = {200, 255, 200, 128, 200, 0, 7, 255};
    static const uint8_t rgba[] = {255, 100, 50, 255, 255, 100, 50, 0,
                                   1,   2,   3,  255, 4,   5,   6,  255};
    static const uint8_t deep[] = {0, 0, 0xff, 0xff, 0x80, 0x80, 0x12, 0x00};
    const struct {
        struct png_file png;
        size_t channels;
        uint8_t pixels[12];
    } cases[] = {
        {{2, 2, 8, PNG_GREY, (const uint8_t[]){1, 2, 3, 4}, 2, NULL, 0, NULL, 0, false},
         1,
         {1, 2, 3, 4}},
        {{2, 2, 1, PNG_GREY, (const uint8_t[]){0x80, 0x40}, 1, NULL, 0, NULL, 0, false},
         1,
         {255, 0, 0, 255}},
        {{2, 2, 16, PNG_GREY, deep, 4, NULL, 0, NULL, 0, false}, 1, {0, 255, 128, 18}},
        {{2, 2, 8, PNG_RGB, colours, 6, NULL, 0, NULL, 0, false},
         3,
         {255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7}},
        {{2, 2, 8, PNG_PALETTE, (const uint8_t[]){3, 2, 1, 0}, 2, colours, 12, NULL, 0, false},
         3,
         {9, 8, 7, 0, 0, 255, 0, 255, 0, 255, 0, 0}},
        {{2, 2, 8, PNG_PALETTE, (const uint8_t[]){0, 1, 0, 1}, 2, colours, 12,
          (const uint8_t[]){0, 255}, 2, false},
         3,
         {0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0}},
        {{2, 2, 8, PNG_GREY_ALPHA, opaque_half, 4, NULL, 0, NULL, 0, false},
         1,
         {200, 100, 0, 7}},
        {{2, 2, 8, PNG_RGBA, rgba, 8, NULL, 0, NULL, 0, false},
         3,
         {255, 100, 50, 0, 0, 0, 1, 2, 3, 4, 5, 6}},
        {{2, 2, 8, PNG_GREY, (const uint8_t[]){1, 2, 3, 4}, 2, NULL, 0, (const uint8_t[]){0, 3},
          2, false},
         1,
         {1, 2, 0, 4}},
        /* The first, the sixth and the seventh pass. */
        {{2, 2, 8, PNG_GREY, (const uint8_t[]){0, 1, 0, 2, 0, 3, 4}, 7, NULL, 0, NULL, 0, true},
         1,
         {1, 2, 3, 4}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct image image = decode(png_write(file, ROOM, &cases[i].png));
        assert_int_equal(image.height, 2);
        assert_int_equal(image.width, 2);
        assert_pixels(&image, cases[i].channels, cases[i].pixels, 0);
        free(image.pixels);
    }
}

/* Smooth, so that JPEG keeps it. */
static void paint(uint8_t *pixels, size_t width, size_t height, size_t channels)
{
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            for (size_t c = 0; c < channels; c++)
                pixels[(y * width + x) * channels + c] = (uint8_t)(5 * x + 3 * y + 40 * c);
}

static void every_kind_of_jpeg_becomes_bytes(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16 * 4], expected[24 * 16 * 4];
    for (int channels = 1; channels <= 4; channels += channels == 1 ? 2 : 1)
        for (int progressive = 0; progressive < 2; progressive++) {
            paint(pixels, 24, 16, (size_t)channels);
            size_t size = jpeg_write(file, ROOM, pixels, 24, 16, channels, progressive);
            struct image image = decode(size);
            assert_int_equal(image.width, 24);
            assert_int_equal(image.height, 16);
            memcpy(expected, pixels, sizeof pixels);
            for (size_t i = 0; channels == 4 && i < 24 * 16; i++)
                for (size_t c = 0; c < 3; c++) /* inverted inks times what black leaves */
                    expected[3 * i + c] =
                        (uint8_t)(pixels[4 * i + c] * pixels[4 * i + 3] / 255);
            assert_pixels(&image, channels == 1 ? 1 : 3, expected, 4);
            free(image.pixels);
        }
}

static void the_shape_comes_from_the_header_alone(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16 * 3] = {0};
    struct image image;
    size_t size = jpeg_write(file, ROOM, pixels, 24, 16, 3, false);
    assert_ok(image_read_shape(&image, "scan", file, size - 4, &err), err);
    assert_int_equal(image.channels, 3);
    assert_int_equal(image.width, 24);
    assert_null(image.pixels);
    struct png_file png = {24, 16, 8, PNG_GREY, pixels, 24, NULL, 0, NULL, 0, false};
    size = png_write(file, ROOM, &png);
    assert_ok(image_read_shape(&image, "scan", file, size - 4, &err), err);
    assert_int_equal(image.channels, 1);
    assert_int_equal(image.height, 16);
    assert_null(image.pixels);
}

/* No beginning of a file passes for the whole, and none is read beyond its end. */
static void a_file_that_is_cut_short_is_refused(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16 * 3];
    paint(pixels, 24, 16, 3);
    struct png_file png = {24, 16, 8, PNG_RGB, pixels, 72, NULL, 0, NULL, 0, false};
    for (int kind = 0; kind < 3; kind++) {
        size_t size = kind == 2 ? png_write(file, ROOM, &png)
                                : jpeg_write(file, ROOM, pixels, 24, 16, 3, kind == 1);
        assert_true(size > 100);
        for (size_t n = 0; n < size; n++) {
            uint8_t *copy = malloc(n ? n : 1);
            struct image image;
            assert_non_null(copy);
            memcpy(copy, file, n);
            if (image_decode(&image, "scan", copy, n, &err) != ST_FORMAT)
                fail_msg("kind %d: %zu of %zu bytes are accepted", kind, n, size);
            assert_non_null(strstr(err.what, "expected"));
            free(copy);
        }
        assert_refused(size - 2, "end of the file");
    }
}

static void other_files_are_refused(void **state)
{
    (void)state;
    assert_refused(0,
                   "at byte 0: expected the beginning of a JPEG or PNG file, found an empty");
    memcpy(file, "GIF89a", 6);
    assert_refused(6,
                   "at byte 0: expected the beginning of a JPEG or PNG file, found something");
}

/* A few bytes that ask for gigabytes are refused before the memory is there. */
static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{16385, 1}, {1, 16385}, {16384, 16384}, {8192, 8193}};
    struct image image;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct png_file png = {1, 1,    8, PNG_GREY, (const uint8_t[]){7}, 1, NULL,
                               0, NULL, 0, false};
        size_t size = png_write(file, ROOM, &png);
        png.width = sizes[i][0];
        png.height = sizes[i][1];
        png_write_header(file, &png);
        assert_refused(size, "expected an image of at most 16384 x 16384 and 67108864 pixels");
        assert_int_equal(image_read_shape(&image, "scan", file, size, &err), ST_FORMAT);
    }
    struct png_file png = {0x7fffffff, 0x7fffffff, 8,    PNG_GREY, NULL, 0,
                           NULL,       0,          NULL, 0,        false};
    png_write_header(file, &png);
    assert_refused(100, "expected a sound PNG file");
}

static void damage_is_refused_with_its_place(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16 * 3];
    paint(pixels, 24, 16, 3);
    struct png_file png = {24, 16, 8, PNG_RGB, pixels, 72, NULL, 0, NULL, 0, false};
    size_t size = png_write(file, ROOM, &png);
    file[60] ^= 1;
    assert_refused(size, "scan: at byte ");
    /* A JPEG whose coded part is overwritten by a marker, over which the library would go. */
    size = jpeg_write(file, ROOM, pixels, 24, 16, 3, false);
    memcpy(file + size - 60, "\xff\xd9", 2);
    assert_refused(size, "scan: at byte ");
}

/* Passes over the image that the file does not need, one behind the other. */
static void endless_passes_are_refused(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16];
    paint(pixels, 24, 16, 1);
    size_t size = jpeg_write(file, ROOM, pixels, 24, 16, 1, true);
    size_t scan = size - 2; /* the last one begins at the last start-of-scan marker */
    while (file[scan] != 0xff || file[scan + 1] != 0xda)
        scan--;
    size_t length = size - 2 - scan;
    for (int i = 0; i < 200; i++, size += length)
        memcpy(file + size - 2, file + scan, length);
    assert_true(size < ROOM);
    memcpy(file + size - 2, "\xff\xd9", 2);
    assert_refused(size, "expected");
}

static void what_does_not_matter_is_let_pass(void **state)
{
    (void)state;
    uint8_t pixels[24 * 16];
    paint(pixels, 24, 16, 1);
    size_t size = jpeg_write(file, ROOM, pixels, 24, 16, 1, false);
    memcpy(file + size, "trailing bytes", 14);
    struct image image = decode(size + 14);
    assert_pixels(&image, 1, pixels, 4);
    free(image.pixels);
    /* The version of the file format, which old programs did not agree on. */
    assert_memory_equal(file + 6, "JFIF", 5);
    file[11] = 2;
    image = decode(size);
    assert_pixels(&image, 1, pixels, 4);
    free(image.pixels);
    /* Garbage between two markers. */
    memmove(file + 23, file + 20, size - 20);
    memcpy(file + 20, "abc", 3);
    image = decode(size + 3);
    assert_pixels(&image, 1, pixels, 4);
    free(image.pixels);
}

/* An image to resize; its pixels are freed by the caller. */
static struct image blank(size_t channels, size_t height, size_t width)
{
    struct image image = {channels, height, width, calloc(height * width, channels)};
    assert_non_null(image.pixels);
    return image;
}

static void the_same_size_changes_nothing_but_the_order(void **state)
{
    (void)state;
    struct image image = blank(3, 5, 5);
    for (size_t i = 0; i < 75; i++)
        image.pixels[i] = (uint8_t)(i * 37);
    uint8_t planes[75];
    assert_ok(image_resize(planes, 3, 5, &image, &err), err);
    for (size_t i = 0; i < 25; i++)
        for (size_t c = 0; c < 3; c++)
            assert_int_equal(planes[c * 25 + i], image.pixels[3 * i + c]);
    free(image.pixels);
}

/* One colour stays as it is, whatever the sizes; so does a ramp, away from the borders. */
static void constants_and_ramps_are_kept(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 7},     {2, 3, 8},  {40, 30, 7},
                                      {31, 200, 16}, {7, 5, 64}, {100, 100, 99}};
    uint8_t out[64 * 64];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct image image = blank(1, sizes[i][0], sizes[i][1]);
        size_t side = sizes[i][2], n = image.height * image.width;
        memset(image.pixels, 201, n);
        uint8_t *constant = side <= 64 ? out : malloc(side * side);
        assert_non_null(constant);
        assert_ok(image_resize(constant, 1, side, &image, &err), err);
        for (size_t k = 0; k < side * side; k++)
            assert_int_equal(constant[k], 201);
        if (constant != out)
            free(constant);
        free(image.pixels);
    }
    struct image ramp = blank(1, 50, 100);
    for (size_t k = 0; k < 5000; k++)
        ramp.pixels[k] = (uint8_t)(2 * (k % 100));
    assert_ok(image_resize(out, 1, 10, &ramp, &err), err);
    for (size_t k = 0; k < 100; k++) /* of the middle 50 columns, 5 at a time */
        assert_in_range(out[k], 2 * (25 + 5 * (k % 10) + 2) - 1,
                        2 * (25 + 5 * (k % 10) + 2) + 1);
    free(ramp.pixels);
}

/* Stripes as fine as the pixels become their mean; picking single pixels would keep them. */
static void shrinking_does_not_alias(void **state)
{
    (void)state;
    struct image image = blank(1, 64, 64);
    for (size_t k = 0; k < 64 * 64; k++)
        image.pixels[k] = k % 2 ? 255 : 0;
    uint8_t out[64];
    assert_ok(image_resize(out, 1, 8, &image, &err), err);
    for (size_t k = 0; k < 64; k++)
        assert_in_range(out[k], 120, 135);
    free(image.pixels);
}

static void the_longer_side_is_cropped_in_the_middle(void **state)
{
    (void)state;
    for (int upright = 0; upright < 2; upright++) {
        struct image image = blank(1, upright ? 12 : 4, upright ? 4 : 12);
        for (size_t y = 0; y < image.height; y++)
            for (size_t x = 0; x < image.width; x++)
                image.pixels[y * image.width + x] = (uint8_t)(20 * (upright ? y : x));
        uint8_t out[16];
        assert_ok(image_resize(out, 1, 4, &image, &err), err);
        for (size_t k = 0; k < 16; k++)
            assert_int_equal(out[k], 20 * (4 + (upright ? k / 4 : k % 4)));
        free(image.pixels);
    }
}

static void colours_become_grey_and_grey_becomes_colours(void **state)
{
    (void)state;
    static const uint8_t colours[][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {9, 9, 9}};
    static const uint8_t luma[] = {76, 150, 29, 9};
    uint8_t out[3];
    for (size_t i = 0; i < 4; i++) {
        struct image image = blank(3, 1, 1);
        memcpy(image.pixels, colours[i], 3);
        assert_ok(image_resize(out, 1, 1, &image, &err), err);
        assert_int_equal(out[0], luma[i]);
        assert_int_equal(image.channels, 1);
        assert_ok(image_resize(out, 3, 1, &image, &err), err);
        for (size_t c = 0; c < 3; c++)
            assert_int_equal(out[c], luma[i]);
        free(image.pixels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_png_becomes_bytes),
        cmocka_unit_test(every_kind_of_jpeg_becomes_bytes),
        cmocka_unit_test(the_shape_comes_from_the_header_alone),
        cmocka_unit_test(a_file_that_is_cut_short_is_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(damage_is_refused_with_its_place),
        cmocka_unit_test(endless_passes_are_refused),
        cmocka_unit_test(what_does_not_matter_is_let_pass),
        cmocka_unit_test(the_same_size_changes_nothing_but_the_order),
        cmocka_unit_test(constants_and_ramps_are_kept),
        cmocka_unit_test(shrinking_does_not_alias),
        cmocka_unit_test(the_longer_side_is_cropped_in_the_middle),
        cmocka_unit_test(colours_become_grey_and_grey_becomes_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
