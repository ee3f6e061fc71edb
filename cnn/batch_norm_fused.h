/* batch_norm_fused.h - layers of batch normalisation that apply the rectifier behind them
 * themselves: fused_norm.h as operations of a plan. Threading: those of the plan. */
#ifndef CNN_BATCH_NORM_FUSED_H
#define CNN_BATCH_NORM_FUSED_H

#include "cnn/layer.h"

/* Can the layer, whose input has its format, take along the rectifier that alone follows it?
 */
bool batch_norm_fuses(struct plan *plan, const struct layer *layer);

/* In place of the layer's own plan_forward() and plan_backward(). The output's data are those
 * of the rectifier (value->activated), and so are its gradients. */
void batch_norm_fused_forward(struct plan *plan, struct layer *layer);
void batch_norm_fused_backward(struct plan *plan, struct layer *layer);

#endif
