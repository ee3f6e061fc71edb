#include "worker/nvml_library.h"

#include "worker/sysfile.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct symbol {
    const char *name;
    size_t offset; /* in struct nvml_library */
    bool required;
} symbols[] = {
    {"nvmlInit_v2", offsetof(struct nvml_library, init), true},
    {"nvmlShutdown", offsetof(struct nvml_library, shutdown), true},
    {"nvmlErrorString", offsetof(struct nvml_library, error_text), true},
    {"nvmlDeviceGetCount_v2", offsetof(struct nvml_library, device_count), true},
    {"nvmlDeviceGetHandleByIndex_v2", offsetof(struct nvml_library, device), true},
    {"nvmlDeviceGetUUID", offsetof(struct nvml_library, uuid), true},
    {"nvmlDeviceGetPowerUsage", offsetof(struct nvml_library, power_mw), true},
    {"nvmlSystemGetDriverVersion", offsetof(struct nvml_library, driver_version), false},
    {"nvmlDeviceGetName", offsetof(struct nvml_library, name), false},
    {"nvmlDeviceGetTotalEnergyConsumption", offsetof(struct nvml_library, energy_mj), false},
    {"nvmlDeviceGetUtilizationRates", offsetof(struct nvml_library, utilization), false},
    {"nvmlDeviceGetMemoryInfo", offsetof(struct nvml_library, memory), false},
    /* Later versions differ in the list's entries, of which none are asked for. */
    {"nvmlDeviceGetComputeRunningProcesses", offsetof(struct nvml_library, processes), false},
    {"nvmlDeviceGetMigMode", offsetof(struct nvml_library, mig_mode), false},
    {"nvmlDeviceGetMaxMigDeviceCount", offsetof(struct nvml_library, mig_count_max), false},
    {"nvmlDeviceGetMigDeviceHandleByIndex", offsetof(struct nvml_library, mig_device), false},
};

static bool find_symbols(struct nvml_library *library, struct strbuf *report)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *address = dlsym(library->handle, symbols[i].name);
        if (!address && symbols[i].required) {
            strbuf_printf(report, "libnvidia-ml has no %s: update the driver\n",
                          symbols[i].name);
            return false;
        }
        /* ISO C has no conversion from void * to a function's address; POSIX has. */
        memcpy((char *)library + symbols[i].offset, &address, sizeof address);
    }
    return true;
}

/* The files of another machine say nothing about the GPUs of this one. */
static void *load(const char *root, struct strbuf *report)
{
    char path[SYSFILE_PATH] = "libnvidia-ml.so.1";
    const char *name = getenv("WATTUNE_NVML");
    if (name && !*name)
        name = NULL;
    if (!name && *root && !sysfile_path(path, root, "/usr/lib/libnvidia-ml.so.1"))
        return NULL;
    void *handle = dlopen(name ? name : path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        strbuf_printf(report, "no NVIDIA driver: %s\n", dlerror());
    return handle;
}

bool nvml_library_open(struct nvml_library *library, const char *root, struct strbuf *report,
                       int *code)
{
    *library = (struct nvml_library){.handle = load(root, report)};
    *code = 0;
    if (!library->handle)
        return false;
    if (find_symbols(library, report)) {
        *code = library->init();
        if (*code == NVML_OK)
            return true;
        strbuf_printf(report, "the NVIDIA driver does not answer: %s\n",
                      library->error_text(*code));
        if (*code == NVML_VERSION_MISMATCH)
            strbuf_append(report, "the kernel runs another version of the driver than this "
                                  "library: boot, or load the driver anew\n");
    }
    dlclose(library->handle);
    library->handle = NULL;
    return false;
}

void nvml_library_close(struct nvml_library *library)
{
    if (!library->handle)
        return;
    library->shutdown();
    dlclose(library->handle);
    library->handle = NULL;
}
