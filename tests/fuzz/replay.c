/* Reads the sound examples of a target, every beginning of them, and damaged copies, the same
 * ones each time. With a folder as its argument it writes the examples there instead, for
 * libFuzzer to start from. */
#include "base/rng.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGINNINGS 200
#define DAMAGED 400

static int write_seed(const char *folder, size_t i, const uint8_t *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        fprintf(stderr, "%s: cannot write; give a folder that can be written to\n", path);
        return 1;
    }
    return 0;
}

/* A copy that ends where its memory does, so that a sanitizer sees every byte read too much. */
static bool read_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    bool sound = fuzz_read(copy, size);
    free(copy);
    return sound;
}

static void read_damaged(const uint8_t *bytes, size_t size, struct rng *rng)
{
    uint8_t copy[FUZZ_SEED_MAX];
    memcpy(copy, bytes, size);
    for (uint64_t n = 1 + rng_below(rng, 4); n > 0; n--) {
        size_t at = rng_below(rng, size), length = 1 + rng_below(rng, 8);
        length = length < size - at ? length : size - at;
        if (rng_below(rng, 2))
            memmove(copy + at, bytes + rng_below(rng, size - length + 1), length);
        else
            copy[at] = (uint8_t)rng_next(rng);
    }
    read_copy(copy, size);
}

int main(int argc, char **argv)
{
    uint8_t seed[FUZZ_SEED_MAX];
    size_t size, n = 0;
    struct rng rng;
    rng_seed(&rng, 1);
    for (; (size = fuzz_seed(n, seed)) > 0; n++) {
        if (argc > 1) {
            if (write_seed(argv[1], n, seed, size))
                return 1;
            continue;
        }
        if (!read_copy(seed, size)) {
            fprintf(stderr, "example %zu is refused\n", n);
            return 1;
        }
        for (size_t i = 0; i < BEGINNINGS; i++)
            read_copy(seed, size * i / BEGINNINGS);
        for (size_t i = 0; i < DAMAGED; i++)
            read_damaged(seed, size, &rng);
    }
    printf("%zu examples\n", n);
    return n > 0 ? 0 : 1;
}
