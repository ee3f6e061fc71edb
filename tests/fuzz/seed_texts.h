/* seed_texts.h - the examples of targets that read text. */
#ifndef TESTS_FUZZ_SEED_TEXTS_H
#define TESTS_FUZZ_SEED_TEXTS_H

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* fuzz_seed() over n texts. */
static inline size_t fuzz_seed_text(const char *const *texts, size_t n, size_t i, uint8_t *out)
{
    size_t length = i < n ? strlen(texts[i]) : 0;
    if (length > 0)
        memcpy(out, texts[i], length);
    return length;
}

#endif
