#include "tests/cnn/image_files.h"

#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <zlib.h>

static void put_number(uint8_t *out, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* Answers where the next chunk goes. */
static uint8_t *put_chunk(uint8_t *out, const char *type, const uint8_t *bytes, size_t size)
{
    put_number(out, (uint32_t)size);
    memcpy(out + 4, type, 4);
    if (size > 0)
        memcpy(out + 8, bytes, size);
    put_number(out + 8 + size, (uint32_t)crc32(0, out + 4, (uInt)(4 + size)));
    return out + 12 + size;
}

enum { HEADER = 33 };

void png_write_header(uint8_t *out, const struct png_file *file)
{
    static const uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t header[13] = {0};
    memcpy(out, magic, sizeof magic);
    put_number(header, file->width);
    put_number(header + 4, file->height);
    header[8] = file->depth;
    header[9] = (uint8_t)file->colour;
    header[12] = file->interlaced;
    put_chunk(out + sizeof magic, "IHDR", header, sizeof header);
}

/* The rows, each behind the byte that says it has no filter. Answers their size. */
static size_t filter(uint8_t *plain, const struct png_file *file)
{
    size_t line = file->row + 1;
    if (file->interlaced) {
        memcpy(plain, file->rows, file->row);
        return file->row;
    }
    for (size_t y = 0; y < file->height; y++) {
        plain[y * line] = 0;
        memcpy(plain + y * line + 1, file->rows + y * file->row, file->row);
    }
    return line * file->height;
}

static uint8_t *put_pixels(uint8_t *out, size_t room, const struct png_file *file)
{
    uint8_t *plain = malloc((file->row + 1) * file->height + 1), *packed = malloc(room);
    uLongf packed_size = room;
    if (!plain || !packed)
        abort();
    if (compress(packed, &packed_size, plain, filter(plain, file)) != Z_OK)
        abort();
    out = put_chunk(out, "IDAT", packed, packed_size);
    free(plain);
    free(packed);
    return out;
}

size_t png_write(uint8_t *out, size_t room, const struct png_file *file)
{
    png_write_header(out, file);
    uint8_t *at = out + HEADER;
    if (file->palette)
        at = put_chunk(at, "PLTE", file->palette, file->palette_size);
    if (file->transparent)
        at = put_chunk(at, "tRNS", file->transparent, file->transparent_size);
    at = put_pixels(at, room - (size_t)(at - out) - 24, file);
    at = put_chunk(at, "IEND", NULL, 0);
    return (size_t)(at - out);
}

static J_COLOR_SPACE space_of(int channels)
{
    return channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
}

size_t jpeg_write(uint8_t *out, size_t room, const uint8_t *pixels, unsigned width,
                  unsigned height, int channels, bool progressive)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *memory = NULL;
    unsigned long size = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &memory, &size);
    info.image_width = width;
    info.image_height = height;
    info.input_components = channels;
    info.in_color_space = space_of(channels);
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    for (int i = 0; i < info.num_components; i++)
        info.comp_info[i].h_samp_factor = info.comp_info[i].v_samp_factor = 1;
    if (progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    uint8_t *row = malloc((size_t)width * (size_t)channels);
    while (row && info.next_scanline < height) {
        size_t bytes = (size_t)width * (size_t)channels;
        memcpy(row, pixels + info.next_scanline * bytes, bytes);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    if (!row || size > room)
        abort();
    memcpy(out, memory, size);
    free(row);
    free(memory);
    return size;
}
