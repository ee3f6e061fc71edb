/* clones.h - loops that are compiled for several instruction sets; the loader picks one.
 * Sanitizers run before it can, so they get the plain code. */
#ifndef CNN_CLONES_H
#define CNN_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

#endif
