/* batches_ahead.h - the batches of an epoch, the next one prepared while the last one is worked
 * on.
 *
 * What comes out is what batches_next() would give, to the last bit. A thread of its own
 * prepares, on one processor, which pays where there is one to spare: otherwise it would take
 * turns with a thread of the step, for which all others of the step would wait. Where there is
 * none, or where the thread or its memory are not to be had, the batch is prepared when it is
 * asked for, by all threads of the step.
 *
 * Threading: for one thread, which also opened it; nobody else may use the batches meanwhile.
 */
#ifndef CNN_BATCHES_AHEAD_H
#define CNN_BATCHES_AHEAD_H

#include "cnn/batches.h"

#include <pthread.h>
#include <stdbool.h>

/* Owned by the caller, who looks at `threaded` alone: is there a thread? */
struct batches_ahead {
    struct batches *batches;
    bool threaded;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool wanted, ends; /* under the mutex: the thread shall prepare a batch, or end */
    size_t n;          /* of the batch that was prepared, while it is not wanted */
    float *images;
    int32_t *labels;
};

/* Go on from where the batches stand (batches_start()). */
void batches_ahead_open(struct batches_ahead *ahead, struct batches *batches, bool threaded);

/* End at any time; the batches may stand one further than was asked for. */
void batches_ahead_close(struct batches_ahead *ahead);

/* As batches_next(). */
size_t batches_ahead_next(struct batches_ahead *ahead, float *x, int32_t *labels);

#endif
