/* A training step allocates no buffer after the first. oneDNN keeps the arguments of a
 * primitive in small blocks of its own while it runs; what counts here is everything larger.
 * The test stands in for malloc, so the sanitizers go without. */
#include "cnn/loss.h"
#include "cnn/model.h"
#include "cnn/network.h"
#include "cnn/optimizer.h"
#include "tests/check.h"

#include <stdlib.h>

#define CLASSES 10
#define BATCH 4
#define SMALL 512

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC 0
static long allocations;
#else
#define OWN_MALLOC 1

/* glibc's allocator under its other name. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

static long allocations;

static void count(size_t bytes)
{
    allocations += bytes > SMALL;
}

void *malloc(size_t bytes)
{
    count(bytes);
    return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    count(n * bytes);
    return __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
    count(bytes);
    return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    count(bytes);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    count(bytes);
    *out = __libc_memalign(alignment, bytes);
    return *out ? 0 : 12;
}
#endif

static void step(struct network *network, struct optimizer *optimizer)
{
    static const int32_t labels[BATCH] = {1, 2, 3, 4};
    network_forward(network, true, NULL);
    loss_cross_entropy(network_output(network), labels, BATCH, CLASSES, 0,
                       network_output_gradient(network));
    network_backward(network, NULL);
    optimizer_step(optimizer, network_params(network), network_gradients(network), 0.01);
    network_forward(network, false, NULL);
}

static void a_step_allocates_nothing_after_the_first(void **state)
{
    (void)state;
    if (!OWN_MALLOC)
        skip();
    for (int model = 0; model_names[model]; model++) {
        struct train_settings settings;
        struct model_input input = {3, 16, 16, CLASSES};
        struct graph graph;
        struct network *network;
        struct optimizer *optimizer;
        struct error err;
        settings_init(&settings);
        settings.model = model;
        settings.dropout = 0.5;
        assert_ok(model_build(&graph, &settings, &input, &err), err);
        assert_ok(network_create(&network, &graph, BATCH, false, 1, &err), err);
        assert_int_equal(optimizer_create(&optimizer, &settings, network_size(network)), ST_OK);
        step(network, optimizer);
        long before = allocations;
        assert_true(before > 0);
        for (int i = 0; i < 3; i++)
            step(network, optimizer);
        if (allocations != before)
            fail_msg("%s: %ld allocations in three steps", model_names[model],
                     allocations - before);
        optimizer_free(optimizer);
        network_free(network);
        graph_free(&graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_allocates_nothing_after_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
