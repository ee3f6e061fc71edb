/* machine.h - is this a virtual machine or a container, and what does that mean for energy?
 * Threading: no shared state. */
#ifndef WORKER_MACHINE_H
#define WORKER_MACHINE_H

#include "base/strbuf.h"

#include <stdbool.h>

/* The maker of the virtual machine below the root ("QEMU", or "an unknown hypervisor"), or NULL
 * on physical hardware. The text is written to name. */
#define MACHINE_NAME 64
const char *machine_hypervisor(const char *root, char name[MACHINE_NAME]);

/* The container runtime ("docker", "podman", "kubernetes", "lxc", ...), or NULL outside of
 * one. Static storage. */
const char *machine_container(const char *root);

/* True when its processors are AMD's, or Hygon's, which count energy alike. */
bool machine_is_amd(const char *root);

/* Say what the machine is and what follows for its meters, in lines of text. */
void machine_report(const char *root, struct strbuf *text);

#endif
