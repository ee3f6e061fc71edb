#include "cnn/dataset_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* One mapping or allocation, in a list. */
struct dataset_block {
    struct dataset_block *next;
    void *memory;
    size_t mapped; /* bytes to unmap; 0 for an allocation */
};

static enum status keep(struct dataset *dataset, void *memory, size_t mapped)
{
    struct dataset_block *block = malloc(sizeof *block);
    if (!block)
        return ST_NOMEM;
    *block = (struct dataset_block){dataset->blocks, memory, mapped};
    dataset->blocks = block;
    return ST_OK;
}

static void free_blocks(struct dataset_block *block)
{
    while (block) {
        struct dataset_block *next = block->next;
        if (block->mapped)
            munmap(block->memory, block->mapped);
        else
            free(block->memory);
        free(block);
        block = next;
    }
}

static void free_split(struct dataset_split *split)
{
    free(split->images);
    free(split->labels);
}

void dataset_reset(struct dataset *dataset)
{
    for (size_t i = 0; dataset->class_names && i < dataset->n_classes; i++)
        free(dataset->class_names[i]);
    free(dataset->class_names);
    free_split(&dataset->train);
    free_split(&dataset->val);
    free_split(&dataset->test);
    free_blocks(dataset->blocks);
    *dataset = (struct dataset){.format = dataset->format};
}

bool dataset_read_at_random(const struct dataset *dataset, uint64_t memory)
{
    uint64_t bytes = 0;
    for (const struct dataset_block *block = dataset->blocks; block; block = block->next)
        bytes += block->mapped;
    if (bytes <= memory)
        return false;
    for (const struct dataset_block *block = dataset->blocks; block; block = block->next)
        if (block->mapped)
            madvise(block->memory, block->mapped, MADV_RANDOM);
    return true;
}

void dataset_close(struct dataset *dataset)
{
    if (!dataset)
        return;
    dataset_reset(dataset);
    free(dataset);
}

static enum status out_of_memory(struct error *err, const char *path)
{
    return error_set(err, ST_NOMEM, "%s: out of memory", path);
}

enum status dataset_map(struct dataset *dataset, const char *path, struct file_bytes *file,
                        struct error *err)
{
    enum status status = file_map(file, path, err);
    if (status || file->size == 0)
        return status;
    if (keep(dataset, file->mapped, file->size)) {
        file_unmap(file);
        return out_of_memory(err, path);
    }
    return ST_OK;
}

uint8_t *dataset_allocate(struct dataset *dataset, size_t size)
{
    uint8_t *memory = malloc(size);
    if (memory && keep(dataset, memory, 0)) {
        free(memory);
        return NULL;
    }
    return memory;
}

static enum status grow(struct dataset_split *split, size_t n)
{
    const uint8_t **images = reallocarray(split->images, n, sizeof *images);
    if (!images)
        return ST_NOMEM;
    split->images = images;
    uint16_t *labels = reallocarray(split->labels, n, sizeof *labels);
    if (!labels)
        return ST_NOMEM;
    split->labels = labels;
    return ST_OK;
}

enum status dataset_reserve(struct dataset_split *split, size_t n, struct error *err)
{
    if (n > SIZE_MAX - split->n || grow(split, split->n + n))
        return error_set(err, ST_NOMEM, "out of memory for %zu more images", n);
    for (size_t i = split->n; i < split->n + n; i++) {
        split->images[i] = NULL;
        split->labels[i] = 0;
    }
    split->n += n;
    return ST_OK;
}

enum status dataset_append(struct dataset_split *split, const uint8_t *first, size_t stride,
                           size_t n, struct error *err)
{
    enum status status = dataset_reserve(split, n, err);
    for (size_t i = 0; status == ST_OK && i < n; i++)
        split->images[split->n - n + i] = first + i * stride;
    return status;
}

/* The length of the line at `at`, without a carriage return; *next is where the next starts. */
static size_t line_length(const struct file_bytes *text, size_t at, size_t *next)
{
    const uint8_t *start = text->bytes + at;
    const uint8_t *end = memchr(start, '\n', text->size - at);
    size_t length = end ? (size_t)(end - start) : text->size - at;
    *next = at + length + (end != NULL);
    return length > 0 && start[length - 1] == '\r' ? length - 1 : length;
}

static struct file_bytes without_empty_end(const struct file_bytes *text)
{
    struct file_bytes trimmed = *text;
    while (trimmed.size > 0 && strchr("\r\n", trimmed.bytes[trimmed.size - 1]) &&
           trimmed.bytes[trimmed.size - 1])
        trimmed.size--;
    return trimmed;
}

static enum status add_name(struct dataset *dataset, size_t i, const uint8_t *line,
                            size_t length, const char *source, struct error *err)
{
    if (i == dataset->n_classes)
        return error_set(err, ST_FORMAT,
                         "%s:%zu: expected the names of %zu classes, found more", source, i + 1,
                         dataset->n_classes);
    if (length == 0 || memchr(line, '\0', length))
        return error_set(err, ST_FORMAT, "%s:%zu: expected the name of class %zu, found %s",
                         source, i + 1, i, length ? "a zero byte" : "an empty line");
    dataset->class_names[i] = strndup((const char *)line, length);
    return dataset->class_names[i] ? ST_OK : out_of_memory(err, source);
}

enum status dataset_name_classes(struct dataset *dataset, const struct file_bytes *text,
                                 const char *source, struct error *err)
{
    dataset->class_names = calloc(dataset->n_classes, sizeof *dataset->class_names);
    if (!dataset->class_names)
        return out_of_memory(err, source);
    struct file_bytes lines = without_empty_end(text);
    size_t n = 0;
    for (size_t at = 0, next; at < lines.size; at = next) {
        size_t length = line_length(&lines, at, &next);
        enum status status = add_name(dataset, n++, lines.bytes + at, length, source, err);
        if (status)
            return status;
    }
    if (n < dataset->n_classes)
        return error_set(err, ST_FORMAT, "%s:%zu: expected the names of %zu classes, found %zu",
                         source, n, dataset->n_classes, n);
    return ST_OK;
}

char *dataset_path_join(const char *folder, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}
