#include "worker/machine.h"

#include "worker/sysfile.h"

#include <stdio.h>
#include <string.h>

/* A virtual machine shows the bit in its CPU flags; DMI tells whose it is. */
const char *machine_hypervisor(const char *root, char name[MACHINE_NAME])
{
    char path[SYSFILE_PATH], cpuinfo[8192];
    if (!sysfile_path(path, root, "/proc/cpuinfo") ||
        sysfile_read(path, cpuinfo, sizeof cpuinfo) || !strstr(cpuinfo, " hypervisor"))
        return NULL;
    if (!sysfile_path(path, root, "/sys/class/dmi/id/sys_vendor") ||
        sysfile_read(path, name, MACHINE_NAME) || !*name)
        snprintf(name, MACHINE_NAME, "an unknown hypervisor");
    return name;
}

/* The runtime that the control groups of the first process name. */
static const char *container_of_cgroup(const char *root)
{
    static const struct {
        const char *mark, *name;
    } marks[] = {{"kubepods", "kubernetes"},   {"docker", "docker"},
                 {"libpod", "podman"},         {"lxc", "lxc"},
                 {"containerd", "containerd"}, {"garden", "garden"}};
    char path[SYSFILE_PATH], text[4096];
    if (!sysfile_path(path, root, "/proc/1/cgroup") || sysfile_read(path, text, sizeof text))
        return NULL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strstr(text, marks[i].mark))
            return marks[i].name;
    return NULL;
}

const char *machine_container(const char *root)
{
    const char *named = container_of_cgroup(root);
    if (named)
        return named;
    if (sysfile_exists(root, "/.dockerenv"))
        return "docker";
    if (sysfile_exists(root, "/run/.containerenv"))
        return "podman";
    return sysfile_exists(root, "/run/systemd/container") ? "systemd-nspawn or alike" : NULL;
}

void machine_report(const char *root, struct strbuf *text)
{
    char vendor[MACHINE_NAME];
    const char *hypervisor = machine_hypervisor(root, vendor);
    const char *container = machine_container(root);
    if (hypervisor)
        strbuf_printf(
            text,
            "This is a virtual machine (%s). Hypervisors hide the power counters of "
            "the host, so only an estimate is left: it takes each virtual CPU for one "
            "hardware thread and knows nothing of the host's other guests.\n",
            hypervisor);
    if (container)
        strbuf_printf(
            text,
            "This is a container (%s). Counters and processor time are those of the "
            "whole host: what other containers use is booked as other processes. "
            "Runtimes mask /sys/devices/virtual/powercap; mount it read-only into the "
            "container to measure.\n",
            container);
    if (!hypervisor && !container)
        strbuf_append(text, "No sign of a virtual machine or a container.\n");
}
