#include "worker/printable.h"

#include <stdbool.h>
#include <string.h>

/* The length of the UTF-8 sequence at s, of which `room` bytes can be read; 0 when there is
 * none. */
static size_t sequence_length(const unsigned char *s, size_t room)
{
    /* By the first byte: the length, and the bounds of the second byte, which exclude
     * overlong forms, surrogates and what lies beyond U+10FFFF. */
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (*s < forms[i].first_low || *s > forms[i].first_high)
            continue;
        bool good = forms[i].length <= room && s[1] >= forms[i].second_low &&
                    s[1] <= forms[i].second_high;
        for (size_t k = 2; good && k < forms[i].length; k++)
            good = (s[k] & 0xC0) == 0x80;
        return good ? forms[i].length : 0;
    }
    return 0;
}

size_t utf8_length(const char *text, size_t length)
{
    size_t at = 0, n = 1;
    while (at < length && n > 0) {
        const unsigned char *s = (const unsigned char *)text + at;
        n = *s < 0x80 ? 1 : sequence_length(s, length - at);
        at += n;
    }
    return at;
}

void printable(char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        bool ascii = (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n';
        size_t n = ascii ? 1 : sequence_length((unsigned char *)text + i, length - i);
        if (n == 0)
            text[i] = '?';
        i += n > 0 ? n : 1;
    }
}

void printable_line(char *text)
{
    printable(text, strlen(text));
    for (char *c = strpbrk(text, "\n\t"); c; c = strpbrk(c, "\n\t"))
        *c = ' ';
}
