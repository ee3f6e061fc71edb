#include "cnn/synthetic_prototype.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXTURE_WAVES 2
#define SHAPE_WAVES 4
/* Textures are drawn as if images were 16 pixels wide, and enlarged beyond: a small receptive
 * field sees the same at every size. */
#define REFERENCE_SIDE 16.0

/* amplitude * sin(kx * x + ky * y + phase), x and y in pixels from the middle of the canvas */
struct wave {
    double kx, ky, phase, amplitude;
};

/* What a class looks like before it is turned and scaled. Lengths are in image sides. */
struct class_look {
    struct wave texture[TEXTURE_WAVES];
    struct wave shape[SHAPE_WAVES];
    double radius, elongation;
};

struct pose {
    double cosine, sine, scale;
};

static double uniform_in(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_uniform(rng);
}

static struct wave draw_wave(struct rng *rng, double shortest, double longest, double amplitude)
{
    double angle = uniform_in(rng, 0, 2 * M_PI);
    double k = 2 * M_PI / uniform_in(rng, shortest, longest);
    return (struct wave){k * cos(angle), k * sin(angle), uniform_in(rng, 0, 2 * M_PI),
                         amplitude};
}

static struct class_look draw_look(struct rng *rng)
{
    struct class_look look;
    for (size_t i = 0; i < TEXTURE_WAVES; i++)
        look.texture[i] =
            draw_wave(rng, 3.0 / REFERENCE_SIDE, 7.0 / REFERENCE_SIDE, 1.0 / TEXTURE_WAVES);
    for (size_t i = 0; i < SHAPE_WAVES; i++)
        look.shape[i] = draw_wave(rng, 0.35, 0.9, 0.45);
    look.radius = uniform_in(rng, 0.3, 0.42);
    look.elongation = uniform_in(rng, 0.7, 1.4);
    return look;
}

static struct wave posed(const struct wave *wave, const struct pose *pose, double image_side)
{
    double unit = 1 / (pose->scale * image_side);
    return (struct wave){unit * (pose->cosine * wave->kx - pose->sine * wave->ky),
                         unit * (pose->sine * wave->kx + pose->cosine * wave->ky), wave->phase,
                         wave->amplitude};
}

/* Add a wave to the canvas. The sine of a sum is taken apart, so that no pixel needs one. */
static void add_wave(double *canvas, size_t side, const struct wave *wave)
{
    double middle = 0.5 * (double)(side - 1);
    for (size_t y = 0; y < side; y++) {
        double at_y = wave->ky * ((double)y - middle) + wave->phase;
        double sin_at = wave->amplitude * sin(at_y - wave->kx * middle);
        double cos_at = wave->amplitude * cos(at_y - wave->kx * middle);
        double turn_cos = cos(wave->kx), turn_sin = sin(wave->kx);
        for (size_t x = 0; x < side; x++) {
            canvas[y * side + x] += sin_at;
            double next = sin_at * turn_cos + cos_at * turn_sin;
            cos_at = cos_at * turn_cos - sin_at * turn_sin;
            sin_at = next;
        }
    }
}

static void draw_texture(int16_t *out, double *canvas, size_t side,
                         const struct class_look *look, const struct pose *pose)
{
    memset(canvas, 0, side * side * sizeof *canvas);
    for (size_t i = 0; i < TEXTURE_WAVES; i++) {
        struct wave wave = posed(&look->texture[i], pose, 0.5 * (double)side);
        add_wave(canvas, side, &wave);
    }
    for (size_t i = 0; i < side * side; i++)
        out[i] = (int16_t)lround(127 * canvas[i]);
}

/* Above zero inside an ellipse, below outside, so that the waves only bend its outline. */
static void add_ellipse(double *canvas, size_t side, const struct class_look *look,
                        const struct pose *pose)
{
    double middle = 0.5 * (double)(side - 1);
    double unit = 1 / (look->radius * pose->scale * 0.5 * (double)side);
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            double dx = unit * ((double)x - middle), dy = unit * ((double)y - middle);
            double u = (pose->cosine * dx + pose->sine * dy) * look->elongation;
            double v = (pose->cosine * dy - pose->sine * dx) / look->elongation;
            canvas[y * side + x] += 1 - (u * u + v * v);
        }
}

static void draw_mask(int16_t *out, double *canvas, size_t side, const struct class_look *look,
                      const struct pose *pose)
{
    memset(canvas, 0, side * side * sizeof *canvas);
    for (size_t i = 0; i < SHAPE_WAVES; i++) {
        struct wave wave = posed(&look->shape[i], pose, 0.5 * (double)side);
        add_wave(canvas, side, &wave);
    }
    add_ellipse(canvas, side, look, pose);
    for (size_t i = 0; i < side * side; i++)
        out[i] = (int16_t)lround(256 * fmin(1, fmax(0, 0.5 + 2 * canvas[i])));
}

static struct pose draw_pose(struct rng *rng)
{
    double angle = uniform_in(rng, -0.3, 0.3);
    return (struct pose){cos(angle), sin(angle), uniform_in(rng, 0.85, 1.18)};
}

static void draw_class(struct prototypes *prototypes, size_t label, double *canvas,
                       uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "class", label, 0));
    struct class_look look = draw_look(&rng);
    size_t pixels = prototypes->side * prototypes->side;
    for (size_t v = 0; v < PROTOTYPE_VARIANTS; v++) {
        struct pose pose = draw_pose(&rng);
        size_t at = (label * PROTOTYPE_VARIANTS + v) * pixels;
        draw_texture(prototypes->textures + at, canvas, prototypes->side, &look, &pose);
        draw_mask(prototypes->masks + at, canvas, prototypes->side, &look, &pose);
    }
}

enum status prototypes_create(struct prototypes *prototypes, size_t n_classes,
                              size_t image_side, uint64_t seed)
{
    size_t side = 2 * image_side, pixels = side * side;
    size_t values = n_classes * PROTOTYPE_VARIANTS * pixels;
    double *canvas = malloc(pixels * sizeof *canvas);
    *prototypes = (struct prototypes){n_classes, side, malloc(values * sizeof(int16_t)),
                                      malloc(values * sizeof(int16_t))};
    enum status status = ST_OK;
    if (!canvas || !prototypes->textures || !prototypes->masks) {
        prototypes_free(prototypes);
        status = ST_NOMEM;
    }
    for (size_t label = 0; status == ST_OK && label < n_classes; label++)
        draw_class(prototypes, label, canvas, seed);
    free(canvas);
    return status;
}

void prototypes_free(struct prototypes *prototypes)
{
    free(prototypes->textures);
    free(prototypes->masks);
    *prototypes = (struct prototypes){0};
}

static size_t offset_of(const struct prototypes *prototypes, size_t label, size_t variant)
{
    return (label * PROTOTYPE_VARIANTS + variant) * prototypes->side * prototypes->side;
}

const int16_t *prototype_texture(const struct prototypes *prototypes, size_t label,
                                 size_t variant)
{
    return prototypes->textures + offset_of(prototypes, label, variant);
}

const int16_t *prototype_mask(const struct prototypes *prototypes, size_t label, size_t variant)
{
    return prototypes->masks + offset_of(prototypes, label, variant);
}
