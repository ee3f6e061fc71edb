/* station.h - this process's place on its host: its meters, the books of the host, and its part
 * of the processors. Threading: one thread. */
#ifndef ORCHESTRATOR_STATION_H
#define ORCHESTRATOR_STATION_H

#include "base/status.h"
#include "orchestrator/study.h"
#include "orchestrator/transport.h"
#include "worker/gpu_devices.h"
#include "worker/ledger.h"
#include "worker/meter.h"

/* The GPUs of this worker's trials. */
struct station_gpus {
    struct gpu_devices *devices;   /* all that this process may use; NULL: none */
    uint64_t ids[GPU_DEVICES_MAX]; /* of its part of them */
    size_t n;
    char *visible; /* CUDA_VISIBLE_DEVICES for the trials; NULL: as it is for this process */
};

struct station {
    char host[64];
    struct meter_choice meters;
    struct ledger *ledger;
    struct station_gpus gpus; /* none for a coordinator that runs no trials */
    size_t n_ranks;           /* of the host */
    bool measures_idle;       /* this rank finds out the host's idle power */
    int threads; /* what "auto" comes to: an equal part of the host's processors, at least one
                  */
};

/* Open the meters that the study asks for. Errors: ST_UNAVAILABLE when they are not there, are
 * forbidden, or are less than the study requires; ST_NOMEM. */
enum status station_open_meters(struct meter_choice *meters, const struct study *study,
                                struct error *err);

/* The same without asking whether they will do. The watts of the study's "model" stand in for
 * the environment's where those are not set. Errors: those of meter_choice_open(); ST_INVALID
 * for an idle power that is given and makes no sense. */
enum status station_choose_meters(struct meter_choice *meters, const struct study *study,
                                  struct error *err);

/* The first part of a study that needs a meter, in words, or NULL. Simulated joules need none.
 */
const char *station_metered_part(const struct study *study);

/* Are these meters as good as the study requires, and enough for its objectives? Errors:
 * ST_UNAVAILABLE. */
enum status station_check_meters(const struct meter_set *meters, const struct study *study,
                                 struct error *err);

/* Find the host's GPUs, take this worker's part of them, and tell the ledger. `first_worker` is
 * the rank on the host of the first one that runs trials. Errors: ST_NOMEM. */
enum status station_take_gpus(struct station_gpus *gpus, const struct transport_host *host,
                              int first_worker, struct ledger *ledger, struct error *err);
void station_leave_gpus(struct station_gpus *gpus);

/* Open the meters and join the books. `coordinator_works`: rank 0 of the job is a worker too.
 * Errors: those of station_open_meters() and ledger_open(). */
enum status station_open(struct station *station, const struct study *study,
                         const struct transport_host *host, enum ledger_role role,
                         bool coordinator_works, struct error *err);
void station_close(struct station *station);

#endif
