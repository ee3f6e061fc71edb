/* synthetic_prototype.h - what the classes of the synthetic images look like.
 *
 * A class is a shape (a mask with a soft outline) filled with a texture (crossed gratings),
 * both sums of plane waves drawn from the seed. Each class has several variants, slightly
 * turned and scaled. Values are whole numbers, so that images composed of them do not depend on
 * the compiler. Threading: read-only once created. */
#ifndef CNN_SYNTHETIC_PROTOTYPE_H
#define CNN_SYNTHETIC_PROTOTYPE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define PROTOTYPE_VARIANTS 12

/* Canvases are twice as wide as an image, so that a window of the image's size can be moved
 * across them. */
struct prototypes {
    size_t n_classes;
    size_t side;       /* of a canvas */
    int16_t *textures; /* [n_classes][PROTOTYPE_VARIANTS][side][side], -127 to 127 */
    int16_t *masks;    /* likewise, 0 (outside) to 256 (inside); the shape is in the middle */
};

/* Draw the prototypes for images of image_side x image_side.
 * Errors: ST_NOMEM. */
enum status prototypes_create(struct prototypes *prototypes, size_t n_classes,
                              size_t image_side, uint64_t seed);
void prototypes_free(struct prototypes *prototypes);

/* The canvases of one variant, [side][side]. */
const int16_t *prototype_texture(const struct prototypes *prototypes, size_t label,
                                 size_t variant);
const int16_t *prototype_mask(const struct prototypes *prototypes, size_t label,
                              size_t variant);

#endif
