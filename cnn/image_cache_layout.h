/* image_cache_layout.h - what the reader and the writer of image_cache.h share. Threading: no
 * shared state. */
#ifndef CNN_IMAGE_CACHE_LAYOUT_H
#define CNN_IMAGE_CACHE_LAYOUT_H

#include "cnn/image_cache.h"

#define IMAGE_CACHE_MAGIC "WTIMAGE\n"
/* To be raised when the layout changes, or what is made of the same files. */
#define IMAGE_CACHE_VERSION 1

enum { IMAGE_CACHE_PARTS = 3, IMAGE_CACHE_ALIGNMENT = 64 };

/* Images in all. */
static inline uint64_t image_cache_count(const struct image_cache_header *header)
{
    return header->n[0] + header->n[1] + header->n[2];
}

/* Bytes of the header, the labels and the names. */
static inline uint64_t image_cache_head_size(const struct image_cache_header *header)
{
    return sizeof *header + sizeof(uint16_t) * image_cache_count(header) + header->names_size;
}

/* Where the first image is. */
static inline uint64_t image_cache_start(const struct image_cache_header *header)
{
    uint64_t size = image_cache_head_size(header);
    return (size + IMAGE_CACHE_ALIGNMENT - 1) / IMAGE_CACHE_ALIGNMENT * IMAGE_CACHE_ALIGNMENT;
}

/* The checksum of head[0 .. image_cache_head_size()), with the one that is in it left out. */
uint32_t image_cache_head_crc(const struct image_cache_header *header, const void *head);

#endif
