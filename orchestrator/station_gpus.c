/* Which GPUs this worker's trials run on. */
#include "orchestrator/station.h"

#include "base/log.h"
#include "worker/gpu_share.h"

#include <stdlib.h>
#include <string.h>

/* All ranks divided what they saw when they joined. A rank that sees something else now, such
 * as a GPU less, is alone with its list. */
static enum status divide(const struct gpu_devices *devices, const struct transport_host *host,
                          int first_worker, struct gpu_part *part)
{
    size_t n = (size_t)(host->size - first_worker), self = (size_t)(host->rank - first_worker);
    struct gpu_list *lists = calloc(n, sizeof *lists);
    if (!lists)
        return ST_NOMEM;
    if (host->notices)
        memcpy(lists, (const struct gpu_list *)host->notices + first_worker, n * sizeof *lists);
    lists[self] = gpu_list_of(devices);
    *part = gpu_share(lists, n, self);
    free(lists);
    return ST_OK;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* Said once for all workers that divide the same GPUs. */
static void warn_of_division(const struct gpu_devices *devices, const struct gpu_part *part)
{
    if (part->place > 0)
        return;
    if (part->shared)
        log_warn(
            "%zu workers of this host share %zu GPU%s: what a GPU uses is divided by the "
            "processor time of their trials (modelled); start no more workers than GPUs to "
            "measure it",
            part->n_workers, devices->n, plural(devices->n));
    if (part->n_unused > 0)
        log_warn("%zu workers of this host have %zu GPU%s each, so that their trials compare; "
                 "unused: %zu",
                 part->n_workers, part->n, plural(part->n), part->n_unused);
}

/* Whoever else computes on this worker's own GPU is booked to its trials. */
static void warn_of_company(const struct gpu_devices *devices, const struct gpu_part *part)
{
    for (size_t i = 0; i < part->n && !part->shared; i++) {
        const struct gpu_device *device = &devices->list[part->first + i];
        unsigned n;
        if (gpu_device_processes(devices, device, &n) && n > 0)
            log_warn("%u other process%s on GPU %u (%s): what they use there is booked to this "
                     "worker's trials",
                     n, n > 1 ? "es compute" : " computes", device->number, device->uuid);
    }
}

/* The books know whole GPUs only. */
static void tell_ledger(const struct gpu_devices *devices, const struct gpu_part *part,
                        struct ledger *ledger)
{
    uint64_t ids[GPU_DEVICES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < part->n; i++)
        if (!devices->list[part->first + i].is_instance)
            ids[n++] = devices->list[part->first + i].id;
    ledger_set_gpus(ledger, ids, n);
}

static enum status take_part(struct station_gpus *gpus, const struct gpu_part *part)
{
    struct strbuf text = STRBUF_INIT;
    gpu_part_text(gpus->devices, part, &text);
    gpus->visible = strbuf_take(&text);
    for (size_t i = 0; i < part->n; i++)
        gpus->ids[i] = gpus->devices->list[part->first + i].id;
    gpus->n = part->n;
    return gpus->visible ? ST_OK : ST_NOMEM;
}

enum status station_take_gpus(struct station_gpus *gpus, const struct transport_host *host,
                              int first_worker, struct ledger *ledger, struct error *err)
{
    struct strbuf report = STRBUF_INIT;
    struct gpu_part part;
    enum meter_presence presence = gpu_devices_open(&gpus->devices, meter_root(), &report);
    strbuf_free(&report);
    if (presence != METER_PRESENT)
        return ST_OK;
    enum status status = divide(gpus->devices, host, first_worker, &part);
    if (!status)
        status = take_part(gpus, &part);
    if (status)
        return error_set(err, status, "no memory for the GPUs of this worker");
    tell_ledger(gpus->devices, &part, ledger);
    warn_of_division(gpus->devices, &part);
    warn_of_company(gpus->devices, &part);
    return ST_OK;
}

void station_leave_gpus(struct station_gpus *gpus)
{
    gpu_devices_close(gpus->devices);
    free(gpus->visible);
    *gpus = (struct station_gpus){0};
}
