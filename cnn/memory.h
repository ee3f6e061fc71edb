/* memory.h - does so much memory fit this machine?
 *
 * Linux promises more memory than there is and kills a process that uses what it was promised.
 * A network that is too large for the machine shall end with a sentence instead: whoever is
 * about to use much asks here first. Threading: no shared state. */
#ifndef CNN_MEMORY_H
#define CNN_MEMORY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that a process may still get: what /proc/meminfo calls available, or what the limits of
 * its control groups leave where that is lower; what the kernel keeps of files counts as free.
 * root is "" on a live machine (control_group.h). UINT64_MAX when the system does not say. */
uint64_t memory_available(const char *root);

/* Would the system give so many bytes now, within the process's own limits (ulimit -v, -d)?
 * They are asked for and given back. */
bool memory_has_room(size_t bytes);

/* `what` ends the sentence "... for ...". Errors: ST_NOMEM, with both figures. */
enum status memory_check(uint64_t bytes, const char *what, struct error *err);

#endif
