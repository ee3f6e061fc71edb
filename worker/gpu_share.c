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
    size_t n_alike = 0, place = 0, n_devices = lists[self].n;
    for (size_t i = 0; i < n; i++) {
        if (!is_equal(&lists[i], &lists[self]))
            continue;
        place += i < self;
        n_alike++;
    }
    if (n_devices == 0)
        return (struct gpu_part){0};
    if (n_devices < n_alike)
        return (struct gpu_part){.first = place % n_devices, .n = 1, .shared = true};
    size_t each = n_devices / n_alike;
    return (struct gpu_part){
        .first = place * each, .n = each, .n_unused = n_devices - each * n_alike};
}

void gpu_part_text(const struct gpu_devices *devices, const struct gpu_part *part,
                   struct strbuf *text)
{
    for (size_t i = 0; i < part->n; i++)
        strbuf_printf(text, "%s%s", i > 0 ? "," : "", devices->list[part->first + i].uuid);
}
