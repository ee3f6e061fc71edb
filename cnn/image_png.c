/* PNG files, by libpng. */
#include "cnn/image_codec.h"

#include <png.h>
#include <string.h>

/* What else than pixels a file may carry: texts, profiles and the like. */
#define CHUNK_BYTES_MAX 8000000
#define CHUNKS_MAX 1000

struct decoder {
    png_structp png;
    png_infop info;
    enum status status;
    struct image *image;
    const struct image_file *file;
    size_t at; /* bytes read */
    struct error *err;
};

static _Noreturn void fail(struct decoder *d, enum status status)
{
    d->status = status;
    png_longjmp(d->png, 1);
}

static void on_error(png_structp png, png_const_charp text)
{
    struct decoder *d = png_get_error_ptr(png);
    fail(d,
         error_set(d->err, ST_FORMAT, "%s: at byte %zu: expected a sound PNG file, found: %s",
                   d->file->path, d->at, text));
}

/* Warnings are of what does not matter to the pixels. */
static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep out, size_t n)
{
    struct decoder *d = png_get_io_ptr(png);
    if (n > d->file->size - d->at)
        fail(d, error_set(d->err, ST_FORMAT,
                          "%s: at byte %zu: expected %zu more bytes, found the end of the file",
                          d->file->path, d->file->size, n - (d->file->size - d->at)));
    memcpy(out, d->file->bytes + d->at, n);
    d->at += n;
}

static void begin(struct decoder *d)
{
    png_set_read_fn(d->png, d, on_read);
    png_set_chunk_malloc_max(d->png, CHUNK_BYTES_MAX);
    png_set_chunk_cache_max(d->png, CHUNKS_MAX);
}

static void read_header(struct decoder *d)
{
    png_read_info(d->png, d->info);
    bool colour = png_get_color_type(d->png, d->info) & PNG_COLOR_MASK_COLOR;
    enum status status = image_set_shape(d->image, d->file, colour ? 3 : 1,
                                         png_get_image_height(d->png, d->info),
                                         png_get_image_width(d->png, d->info), d->err);
    if (status)
        fail(d, status);
}

/* Whatever the file has, 1 to 4 bytes a pixel: grey or colours, and perhaps how opaque it is.
 * Answers how many. */
static size_t ask_for_bytes(struct decoder *d, int *passes)
{
    png_set_expand(d->png);
    png_set_scale_16(d->png);
    *passes = png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
    return png_get_channels(d->png, d->info);
}

static void read_rows(struct decoder *d, size_t channels, int passes)
{
    size_t row = d->image->width * channels;
    /* An interlaced image is read in passes that fill in one another's gaps. */
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < d->image->height; y++)
            png_read_row(d->png, d->image->pixels + y * row, NULL);
    png_read_end(d->png, NULL);
}

/* Over black, in place: [n][channels + 1] becomes [n][channels]. */
static void drop_opacity(uint8_t *pixels, size_t n, size_t channels)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = pixels + i * (channels + 1);
        unsigned opacity = from[channels];
        for (size_t c = 0; c < channels; c++)
            pixels[i * channels + c] = (uint8_t)((from[c] * opacity + 127) / 255);
    }
}

static void read_pixels(struct decoder *d)
{
    int passes;
    size_t channels = ask_for_bytes(d, &passes);
    enum status status = image_allocate(d->image, d->file, channels, d->err);
    if (status)
        fail(d, status);
    read_rows(d, channels, passes);
    if (channels > d->image->channels)
        drop_opacity(d->image->pixels, d->image->height * d->image->width, d->image->channels);
}

/* In a function of its own: what it changes must not be its own variables. */
static void run(struct decoder *d)
{
    if (setjmp(png_jmpbuf(d->png)))
        return;
    begin(d);
    read_header(d);
    if (d->file->pixels)
        read_pixels(d);
}

static enum status decode(struct image *image, const struct image_file *file, struct error *err)
{
    struct decoder d = {.image = image, .file = file, .err = err};
    d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, on_error, on_warning);
    d.info = d.png ? png_create_info_struct(d.png) : NULL;
    if (d.info)
        run(&d);
    else
        d.status = error_set(err, ST_NOMEM, "%s: out of memory to decode it", file->path);
    png_destroy_read_struct(&d.png, &d.info, NULL);
    return d.status;
}

static const uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

const struct image_codec image_png = {magic, sizeof magic, decode};
