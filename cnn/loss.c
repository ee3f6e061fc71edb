#include "cnn/loss.h"

#include <math.h>

/* The logarithm of the sum of the exponentials, shifted by the largest so that none overflows.
 */
static double log_sum_exp(const float *logits, size_t classes, size_t *largest)
{
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        if (logits[c] > logits[best])
            best = c;
    double sum = 0;
    for (size_t c = 0; c < classes; c++)
        sum += exp((double)logits[c] - (double)logits[best]);
    *largest = best;
    return (double)logits[best] + log(sum);
}

/* The target of class c is `spread`, and `peak` more for the label. */
static double example_loss(const float *logits, size_t label, size_t classes, double log_sum,
                           double spread, double peak)
{
    double loss = -peak * ((double)logits[label] - log_sum);
    if (spread > 0)
        for (size_t c = 0; c < classes; c++)
            loss -= spread * ((double)logits[c] - log_sum);
    return loss;
}

struct loss loss_cross_entropy(const float *logits, const int32_t *labels, size_t n,
                               size_t classes, double smoothing, float *gradient)
{
    struct loss loss = {0, 0};
    double spread = smoothing / (double)classes, peak = 1 - smoothing;
    for (size_t i = 0; i < n; i++) {
        const float *row = logits + i * classes;
        size_t label = (size_t)labels[i], largest;
        double log_sum = log_sum_exp(row, classes, &largest);
        loss.sum += example_loss(row, label, classes, log_sum, spread, peak);
        loss.correct += largest == label;
        if (!gradient)
            continue;
        for (size_t c = 0; c < classes; c++) {
            double target = spread + (c == label ? peak : 0);
            gradient[i * classes + c] =
                (float)((exp((double)row[c] - log_sum) - target) / (double)n);
        }
    }
    return loss;
}
