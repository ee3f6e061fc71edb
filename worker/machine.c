#include "worker/machine.h"

#include "worker/sysfile.h"

#include <stdio.h>
#include <string.h>

/* The description of the first processor is enough. */
#define CPUINFO 8192
static bool read_cpuinfo(const char *root, char text[CPUINFO])
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, root, "/proc/cpuinfo") && sysfile_read(path, text, CPUINFO) == 0;
}

static void read_dmi(const char *root, const char *file, char text[MACHINE_NAME])
{
    char path[SYSFILE_PATH];
    if (!sysfile_path(path, root, "/sys/class/dmi/id/%s", file) ||
        sysfile_read_line(path, text, MACHINE_NAME))
        text[0] = '\0';
}

/* Processors that are not x86 have no flag for it: their makers and products are told by name.
 * Clouds rent out whole machines too, under the same maker. */
static bool is_virtual_product(const char *vendor, const char *product)
{
    static const char *const vendors[] = {"QEMU", "VMware", "Xen", "Parallels"};
    static const char *const products[] = {"KVM",
                                           "Virtual Machine",
                                           "VirtualBox",
                                           "OpenStack",
                                           "Google Compute Engine",
                                           "Alibaba Cloud ECS",
                                           "Apple Virtualization"};
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++)
        if (strstr(vendor, vendors[i]))
            return true;
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
        if (strstr(product, products[i]))
            return true;
    return strcmp(vendor, "Amazon EC2") == 0 && !strstr(product, "metal");
}

const char *machine_hypervisor(const char *root, char name[MACHINE_NAME])
{
    char cpuinfo[CPUINFO], product[MACHINE_NAME];
    if (!read_cpuinfo(root, cpuinfo))
        cpuinfo[0] = '\0';
    read_dmi(root, "sys_vendor", name);
    read_dmi(root, "product_name", product);
    bool is_x86 = strstr(cpuinfo, "\nflags") != NULL;
    if (is_x86 ? !strstr(cpuinfo, " hypervisor") : !is_virtual_product(name, product))
        return NULL;
    if (!*name)
        snprintf(name, MACHINE_NAME, "an unknown hypervisor");
    return name;
}

bool machine_is_amd(const char *root)
{
    char cpuinfo[CPUINFO];
    return read_cpuinfo(root, cpuinfo) &&
           (strstr(cpuinfo, "AuthenticAMD") || strstr(cpuinfo, "HygonGenuine"));
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

/* Runtimes that give the first process a control group namespace of its own leave other marks.
 */
static const char *container_of_file(const char *root)
{
    static const struct {
        const char *path, *name;
    } marks[] = {{"/.dockerenv", "docker"},
                 {"/run/.containerenv", "podman"},
                 {"/var/run/secrets/kubernetes.io", "kubernetes"},
                 {"/run/secrets/kubernetes.io", "kubernetes"},
                 {"/.singularity.d", "apptainer"},
                 {"/dev/.lxc", "lxc"},
                 {"/run/systemd/container", "systemd-nspawn or alike"}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (sysfile_exists(root, marks[i].path))
            return marks[i].name;
    return NULL;
}

const char *machine_container(const char *root)
{
    const char *named = container_of_cgroup(root);
    return named ? named : container_of_file(root);
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
