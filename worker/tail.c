#include "worker/tail.h"

#include "worker/printable.h"

#include <stdlib.h>
#include <string.h>

bool tail_create(struct tail *tail, size_t capacity)
{
    *tail = (struct tail){.bytes = malloc(capacity), .capacity = capacity};
    return tail->bytes != NULL;
}

void tail_free(struct tail *tail)
{
    free(tail->bytes);
    *tail = (struct tail){0};
}

void tail_clear(struct tail *tail)
{
    tail->start = tail->length = 0;
    tail->cut = false;
}

void tail_push(struct tail *tail, const char *bytes, size_t n)
{
    if (n > tail->capacity) {
        bytes += n - tail->capacity;
        n = tail->capacity;
        tail->cut = true;
    }
    size_t room = tail->capacity - tail->length;
    if (n > room) {
        tail->start = (tail->start + n - room) % tail->capacity;
        tail->length -= n - room;
        tail->cut = true;
    }
    size_t at = (tail->start + tail->length) % tail->capacity;
    size_t first = n < tail->capacity - at ? n : tail->capacity - at;
    memcpy(tail->bytes + at, bytes, first);
    memcpy(tail->bytes, bytes + first, n - first);
    tail->length += n;
}

/* The ring in a straight line, with a NUL; NULL when out of memory. */
static char *unroll(const struct tail *tail)
{
    char *text = malloc(tail->length + 1);
    if (!text)
        return NULL;
    for (size_t i = 0; i < tail->length; i++)
        text[i] = tail->bytes[(tail->start + i) % tail->capacity];
    text[tail->length] = '\0';
    return text;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of text without white space at its end. */
static size_t trimmed_length(const char *text, size_t length)
{
    while (length > 0 && is_space(text[length - 1]))
        length--;
    return length;
}

char *tail_text(const struct tail *tail)
{
    char *text = unroll(tail);
    if (!text)
        return NULL;
    size_t length = trimmed_length(text, tail->length);
    const char *newline = tail->cut ? memchr(text, '\n', length) : NULL;
    size_t skip = newline ? (size_t)(newline + 1 - text) : 0;
    length -= skip;
    memmove(text, text + skip, length);
    text[length] = '\0';
    printable(text, length);
    if (length > 0)
        return text;
    free(text);
    return NULL;
}

char *tail_last_line(const struct tail *tail, size_t *length, bool *whole)
{
    char *text = unroll(tail);
    if (!text)
        return NULL;
    size_t end = trimmed_length(text, tail->length), begin = end;
    while (begin > 0 && text[begin - 1] != '\n')
        begin--;
    *length = end - begin;
    *whole = begin > 0 || !tail->cut;
    memmove(text, text + begin, *length);
    text[*length] = '\0';
    if (*length > 0)
        return text;
    free(text);
    return NULL;
}
