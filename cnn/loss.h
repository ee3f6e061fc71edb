/* loss.h - softmax and cross-entropy, in one. Threading: no shared state. */
#ifndef CNN_LOSS_H
#define CNN_LOSS_H

#include <stddef.h>
#include <stdint.h>

struct loss {
    double sum;     /* of the examples' losses */
    size_t correct; /* examples whose largest logit is that of their label */
};

/* The loss of n examples: logits is [n][classes], labels is [n]. A share `smoothing` of every
 * target is spread over all classes. gradient, unless NULL, is [n][classes] and becomes that of
 * the mean loss. */
struct loss loss_cross_entropy(const float *logits, const int32_t *labels, size_t n,
                               size_t classes, double smoothing, float *gradient);

#endif
