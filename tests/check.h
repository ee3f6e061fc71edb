/* check.h - cmocka with the headers that it wants before it, and the assertions that it lacks.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

/* |actual - expected| <= tolerance; a NaN is near nothing. */
#define assert_near(actual, expected, tolerance)                                               \
    check_near((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)

static inline void check_near(double actual, double expected, double tolerance,
                              const char *what, const char *file, int line)
{
    if (fabs(actual - expected) <= tolerance)
        return;
    print_error("%s is %.17g, expected %.17g within %g\n", what, actual, expected, tolerance);
    _fail(file, line);
}

/* A call that must succeed; prints the error's text when it does not. `call` uses &err. */
#define assert_ok(call, err)                                                                   \
    do {                                                                                       \
        if (call)                                                                              \
            fail_msg("%s", (err).what);                                                        \
    } while (0)

#endif
