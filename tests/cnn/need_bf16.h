/* need_bf16.h - tests that only some processors can run. */
#ifndef TESTS_CNN_NEED_BF16_H
#define TESTS_CNN_NEED_BF16_H

#include "cnn/precision.h"
#include "tests/check.h"

/* Skip the test, and say why, where bf16 is refused. */
static inline void need_bf16(void)
{
    struct error err;
    if (precision_check(PRECISION_BF16, &err) == ST_OK)
        return;
    print_message("skipped: %s\n", err.what);
    skip();
}

#endif
