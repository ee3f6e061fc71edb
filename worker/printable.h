/* printable.h - foreign bytes as text that messages, JSON and the database can hold. */
#ifndef WORKER_PRINTABLE_H
#define WORKER_PRINTABLE_H

#include <stddef.h>

/* Put '?' over every byte of text[0 .. length) that is neither a printable ASCII character, a
 * tab or a newline, nor part of a well-formed UTF-8 sequence (RFC 3629). */
void printable(char *text, size_t length);

/* The same, and a space over every tab and newline: a reason is one line. */
void printable_line(char *text);

/* The length of the longest beginning of text[0 .. length) that is well-formed UTF-8: `length`
 * when all of it is. */
size_t utf8_length(const char *text, size_t length);

#endif
