/* agreement_impl.h - the forms of the comparison of meters. Private to results/agreement*.c. */
#ifndef RESULTS_AGREEMENT_IMPL_H
#define RESULTS_AGREEMENT_IMPL_H

#include "results/agreement.h"

/* The columns and rows for programs. */
void agreement_fill_rows(const struct agreement *agreement, struct table *table);

#endif
