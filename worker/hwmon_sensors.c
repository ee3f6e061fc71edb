#include "worker/hwmon_sensors.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct search {
    struct hwmon_sensor *sensors;
    size_t n, capacity;
    const char *root;
    struct strbuf *report;
};

/* 0 or an errno. */
static int try_text(const struct search *search, const char *folder, const char *file,
                    char *text, size_t size)
{
    char path[SYSFILE_PATH];
    return sysfile_path(path, search->root, "%s/%s", folder, file)
               ? sysfile_read_line(path, text, size)
               : ENAMETOOLONG;
}

static bool read_text(const struct search *search, const char *folder, const char *file,
                      char *text, size_t size)
{
    return try_text(search, folder, file, text, size) == 0;
}

static struct hwmon_sensor *add(struct search *search, const char *folder, const char *file)
{
    struct hwmon_sensor *sensor = &search->sensors[search->n];
    if (search->n == search->capacity) {
        strbuf_printf(search->report, "%s/%s: more sensors than the %zu that fit\n", folder,
                      file, search->capacity);
        return NULL;
    }
    *sensor = (struct hwmon_sensor){0};
    if (!sysfile_path(sensor->path, search->root, "%s/%s", folder, file))
        return NULL;
    search->n++;
    return sensor;
}

static bool add_socket(struct search *search, const char *folder, const char *file,
                       const char *label)
{
    struct hwmon_sensor *sensor = add(search, folder, file);
    if (!sensor)
        return false;
    sensor->group = HWMON_AMD_SOCKETS;
    snprintf(sensor->label, sizeof sensor->label, "%s", label);
    sensor->channel = (struct channel){
        .kind = CHANNEL_ENERGY, .scope = SCOPE_PACKAGE, .ceiling_w = 1000, .refresh_s = 0.1};
    return true;
}

/* energyN_label is "Esocket0" for a package and "Ecore000" for a core, which is inside. Linux
 * 5.10 to 5.12 show the labels to root only: then one stands for all, and says so. */
static void find_amd(struct search *search, const char *folder)
{
    for (int i = 1; i < 4096; i++) {
        char file[32], label[48];
        snprintf(file, sizeof file, "energy%d_label", i);
        int failure = try_text(search, folder, file, label, sizeof label);
        if (failure == EACCES || failure == EPERM)
            add_socket(search, folder, file, "a label of amd_energy");
        if (failure)
            return;
        if (strncmp(label, "Esocket", 7) != 0)
            continue;
        snprintf(file, sizeof file, "energy%d_input", i);
        if (!add_socket(search, folder, file, label))
            return;
    }
}

struct kind {
    const char *prefix; /* of power1_oem_info */
    enum hwmon_group group;
    enum meter_scope scope;
    double ceiling_w;
};

/* The module holds a GPU, so nothing can be added to it. */
static const struct kind grace_kinds[] = {
    {"Module Power Socket", HWMON_GRACE_MODULE, SCOPE_NODE, 4000},
    {"Grace Power Socket", HWMON_GRACE, SCOPE_PACKAGE, 2000},
    {"CPU Power Socket", HWMON_GRACE_PARTS, SCOPE_PACKAGE, 2000},
    {"SysIO Power Socket", HWMON_GRACE_PARTS, SCOPE_PACKAGE, 2000},
    {"Total Power Socket", HWMON_SOCKETS, SCOPE_PACKAGE, 2000},
};
static const struct kind acpi_kind = {"", HWMON_ACPI, SCOPE_NODE, 20000};

static const struct kind *find_kind(const char *info)
{
    for (size_t i = 0; i < sizeof grace_kinds / sizeof grace_kinds[0]; i++)
        if (strncasecmp(info, grace_kinds[i].prefix, strlen(grace_kinds[i].prefix)) == 0)
            return &grace_kinds[i];
    return &acpi_kind;
}

static bool has_group(const struct search *search, enum hwmon_group group)
{
    for (size_t i = 0; i < search->n; i++)
        if (search->sensors[i].group == group)
            return true;
    return false;
}

/* "95.0%" becomes 0.05: what may be wrong. */
static double read_inaccuracy(const struct search *search, const char *folder)
{
    char text[32];
    if (!read_text(search, folder, "power1_accuracy", text, sizeof text))
        return 0;
    double percent = strtod(text, NULL);
    return percent > 0 && percent < 100 ? 1 - percent / 100 : 0;
}

static void find_power(struct search *search, const char *folder)
{
    char info[48] = "", interval[32] = "", path[SYSFILE_PATH];
    if (!sysfile_path(path, "", "%s/power1_average", folder) ||
        !sysfile_exists(search->root, path))
        return;
    if (!read_text(search, folder, "power1_oem_info", info, sizeof info))
        info[0] = '\0';
    const struct kind *kind = find_kind(info);
    if (kind->group == HWMON_ACPI && has_group(search, HWMON_ACPI)) {
        strbuf_printf(search->report,
                      "%s%s: a second power meter may count what the first "
                      "does: left out\n",
                      search->root, path);
        return;
    }
    struct hwmon_sensor *sensor = add(search, folder, "power1_average");
    if (!sensor)
        return;
    if (read_text(search, folder, "power1_average_interval", interval, sizeof interval))
        sensor->interval_s = strtod(interval, NULL) * 1e-3;
    sensor->group = kind->group;
    snprintf(sensor->label, sizeof sensor->label, "%s", info);
    sensor->channel = (struct channel){.kind = CHANNEL_POWER,
                                       .scope = kind->scope,
                                       .ceiling_w = kind->ceiling_w,
                                       .accuracy = read_inaccuracy(search, folder)};
}

/* Drivers put their files into the hwmon folder or, older ones, into the device's. */
static void look_into(struct search *search, const char *entry)
{
    static const char *const places[] = {"", "/device"};
    char folder[128], name[32];
    for (size_t i = 0; i < 2; i++) {
        snprintf(folder, sizeof folder, "/sys/class/hwmon/%.15s%s", entry, places[i]);
        if (!read_text(search, folder, "name", name, sizeof name))
            continue;
        size_t before = search->n;
        if (strcmp(name, "amd_energy") == 0 || strcmp(name, "zenergy") == 0)
            find_amd(search, folder);
        else if (strcmp(name, "power_meter") == 0)
            find_power(search, folder);
        if (search->n > before)
            return;
    }
}

static int is_hwmon(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return strncmp(name, "hwmon", 5) == 0 && strlen(name) < 16 &&
           name[5 + strspn(name + 5, "0123456789")] == '\0';
}

size_t hwmon_sensors_find(struct hwmon_sensor *sensors, size_t capacity, const char *root,
                          struct strbuf *report)
{
    struct search search = {
        .sensors = sensors, .capacity = capacity, .root = root, .report = report};
    char path[SYSFILE_PATH];
    struct dirent **entries;
    int n = -1;
    if (sysfile_path(path, root, "/sys/class/hwmon"))
        n = scandir(path, &entries, is_hwmon, versionsort);
    if (n < 0)
        return 0;
    for (int i = 0; i < n; i++) {
        look_into(&search, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return search.n;
}
