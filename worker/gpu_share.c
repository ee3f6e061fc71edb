#include "worker/gpu_share.h"

struct gpu_list gpu_list_of(const struct gpu_devices *devices)
{
    struct gpu_list list = {.n = devices->n};
    for (size_t i = 0; i < devices->n; i++)
        list.ids[i] = devices->list[i].id;
    return list;
}

static bool is_equal(const struct gpu_list *a, const struct gpu_list *b)
{
    bool equal = a->n == b->n;
    for (size_t i = 0; i < a->n && equal; i++)
        equal = a->ids[i] == b->ids[i];
    return equal;
}

struct gpu_part gpu_share(const struct gpu_list *lists, size_t n, size_t self)
{
    size_t n_alike = 1, place = 0, n_devices = lists[self].n;
    for (size_t i = 0; i < n; i++) {
        if (i == self || !is_equal(&lists[i], &lists[self]))
            continue;
        place += i < self;
        n_alike++;
    }
    struct gpu_part part = {.n_workers = n_alike, .place = place};
    if (n_devices > 0 && n_devices < n_alike) {
        part.first = place % n_devices;
        part.n = 1;
        part.shared = true;
    } else {
        part.n = n_devices / n_alike;
        part.first = place * part.n;
        part.n_unused = n_devices % n_alike;
    }
    return part;
}

void gpu_part_text(const struct gpu_devices *devices, const struct gpu_part *part,
                   struct strbuf *text)
{
    for (size_t i = 0; i < part->n; i++)
        strbuf_printf(text, "%s%s", i > 0 ? "," : "", devices->list[part->first + i].uuid);
}
