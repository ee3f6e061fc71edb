/* JPEG files, by libjpeg or libjpeg-turbo. */
#include "cnn/image_codec.h"

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */

#include <jerror.h>
#include <jpeglib.h>

/* A file of a few kilobytes can ask for thousands of passes over a large image; real ones of
 * the progressive kind have about ten. */
#define SCANS_MAX 100

enum { CMYK = 4 };

struct decoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    enum status status;
    struct image *image;
    const struct image_file *file;
    struct error *err;
};

static struct decoder *decoder_of(j_common_ptr info)
{
    return info->client_data;
}

static size_t position(const struct decoder *d)
{
    return d->info.src ? d->file->size - d->info.src->bytes_in_buffer : 0;
}

static _Noreturn void fail(struct decoder *d, enum status status)
{
    d->status = status;
    longjmp(d->failed, 1);
}

static void on_error(j_common_ptr info)
{
    struct decoder *d = decoder_of(info);
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    if (info->err->msg_code == JERR_OUT_OF_MEMORY)
        fail(d, error_set(d->err, ST_NOMEM, "%s: out of memory to decode it", d->file->path));
    fail(d,
         error_set(d->err, ST_FORMAT, "%s: at byte %zu: expected a sound JPEG file, found: %s",
                   d->file->path, position(d), text));
}

/* The library goes on after damage and makes pixels up, with a warning. Some warnings are of
 * no consequence for them. */
static void on_message(j_common_ptr info, int level)
{
    int code = info->err->msg_code;
    if (level >= 0 || code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM ||
        code == JWRN_JFIF_MAJOR)
        return;
    struct decoder *d = decoder_of(info);
    if (code == JWRN_JPEG_EOF)
        fail(d, error_set(d->err, ST_FORMAT,
                          "%s: at byte %zu: expected more of the image, found the end of the "
                          "file",
                          d->file->path, d->file->size));
    on_error(info);
}

static void on_progress(j_common_ptr info)
{
    struct decoder *d = decoder_of(info);
    if (d->info.input_scan_number > SCANS_MAX)
        fail(d, error_set(d->err, ST_FORMAT,
                          "%s: at byte %zu: expected at most %d passes over the image, found "
                          "more",
                          d->file->path, position(d), SCANS_MAX));
}

static void begin(struct decoder *d)
{
    d->info.err = jpeg_std_error(&d->errors);
    d->errors.error_exit = on_error;
    d->errors.emit_message = on_message;
    d->info.client_data = d;
    jpeg_create_decompress(&d->info);
    d->progress.progress_monitor = on_progress;
    d->info.progress = &d->progress;
    jpeg_mem_src(&d->info, d->file->bytes, d->file->size);
}

static void read_header(struct decoder *d)
{
    jpeg_read_header(&d->info, TRUE);
    J_COLOR_SPACE space = d->info.jpeg_color_space;
    bool grey = space == JCS_GRAYSCALE, inks = space == JCS_CMYK || space == JCS_YCCK;
    d->info.out_color_space = grey ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
    enum status status = image_set_shape(d->image, d->file, grey ? 1 : 3, d->info.image_height,
                                         d->info.image_width, d->err);
    if (status)
        fail(d, status);
}

/* Cyan, magenta, yellow and black each take light away; Adobe stores what they leave. */
static void inks_to_rgb(uint8_t *rgb, const uint8_t *inks, size_t n, bool inverted)
{
    for (size_t i = 0; i < n; i++) {
        unsigned black = inverted ? inks[4 * i + 3] : 255u - inks[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            unsigned ink = inverted ? inks[4 * i + c] : 255u - inks[4 * i + c];
            rgb[3 * i + c] = (uint8_t)((ink * black + 127) / 255);
        }
    }
}

static void read_pixels(struct decoder *d)
{
    jpeg_start_decompress(&d->info);
    bool inks = d->info.output_components == CMYK;
    size_t row = d->image->width * d->image->channels;
    JSAMPARRAY buffer = NULL;
    if (inks)
        buffer = d->info.mem->alloc_sarray((j_common_ptr)&d->info, JPOOL_IMAGE,
                                           d->info.image_width * CMYK, 1);
    while (d->info.output_scanline < d->info.output_height) {
        uint8_t *pixels = d->image->pixels + d->info.output_scanline * row;
        jpeg_read_scanlines(&d->info, inks ? buffer : &pixels, 1);
        if (inks)
            inks_to_rgb(pixels, buffer[0], d->image->width, d->info.saw_Adobe_marker);
    }
    jpeg_finish_decompress(&d->info);
}

/* In a function of its own: what it changes must not be its own variables. */
static void run(struct decoder *d)
{
    if (setjmp(d->failed))
        return;
    begin(d);
    read_header(d);
    if (!d->file->pixels)
        return;
    enum status status = image_allocate(d->image, d->file, d->image->channels, d->err);
    if (status)
        fail(d, status);
    read_pixels(d);
}

static enum status decode(struct image *image, const struct image_file *file, struct error *err)
{
    struct decoder d = {.image = image, .file = file, .err = err};
    run(&d);
    jpeg_destroy_decompress(&d.info);
    return d.status;
}

static const uint8_t magic[] = {0xff, 0xd8, 0xff};

const struct image_codec image_jpeg = {magic, sizeof magic, decode};
