/* failing_memory.h - memory that runs out at any moment. The linker sends the allocations of
 * our own objects through failing_memory.c in a test that calls wattune_failing_memory(), see
 * cmake/Module.cmake; those inside shared libraries are their own business.
 *
 * Threading: one thread allocates while a countdown runs. */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#include <stdbool.h>

/* Allocations that still succeed before one fails, the only one; negative: none fails. */
extern long memory_countdown;

/* Count an allocation: is it the one to fail? For wrappers of a test's own. */
bool memory_fails(void);

#endif
