/* onednn_winograd.h - when a convolution of 3 x 3 is faster by Winograd's algorithm than by its
 * definition: F(4 x 4, 3 x 3) of Lavin & Gray 2016, which oneDNN 2 has for 32-bit floats and
 * AVX-512. It takes 36 multiplications where the definition takes 144, and rounds a little more
 * coarsely. Version 3 has it no more. Threading: no shared state. */
#ifndef CNN_ONEDNN_WINOGRAD_H
#define CNN_ONEDNN_WINOGRAD_H

#include "cnn/onednn_create.h"

#if DNNL_VERSION_MAJOR < 3

#include <stdbool.h>

/* Is it worth trying for the pass that is described? A function of sizes alone, so that equal
 * runs stay equal; oneDNN may still have no kernel. */
bool onednn_winograd_pays(const dnnl_convolution_desc_t *desc);

#endif

#endif
