#include "tests/worker/fake_meter.h"
#include "tests/check.h"

#include "base/clock.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>

static void count_down(int *left)
{
    if (*left > 0 && --*left == 0)
        raise(SIGKILL);
}

static void read_counters(struct meter *meter, struct meter_reading *reading)
{
    struct fake_counter *counter = meter->counter;
    int64_t time_ns = atomic_load(&counter->time_ns);
    *reading = (struct meter_reading){.time_ns = time_ns ? time_ns : clock_monotonic_ns()};
    uint64_t more_uj = atomic_load(&counter->energy_per_read_uj);
    reading->counters[0] = atomic_fetch_add(&counter->energy_uj, more_uj) + more_uj;
    reading->counters[1] = atomic_load(&counter->idle_uj);
    for (int i = 0; i < FAKE_GPUS; i++)
        reading->counters[2 + i] = atomic_load(&counter->gpu_uj[i]);
    reading->valid[0] = !atomic_load(&counter->fails);
    count_down(&meter->reads_left);
}

static int64_t add_gpus(const struct meter_reading *from, const struct meter_reading *to,
                        struct meter_step *step)
{
    for (int i = 0; i < FAKE_GPUS; i++) {
        int64_t energy_uj = (int64_t)(to->counters[2 + i] - from->counters[2 + i]);
        step->gpus[step->n_gpus++] = (struct gpu_step){FAKE_GPU_ID(i), energy_uj};
        step->energy_uj[SCOPE_GPU] += energy_uj;
    }
    return step->energy_uj[SCOPE_GPU];
}

static void compute_step(const struct meter *meter, const struct meter_reading *from,
                         const struct meter_reading *to, struct meter_step *step)
{
    struct meter *own =
        (struct meter *)(uintptr_t)meter; /* the death is not the type's matter */
    *step = (struct meter_step){.gaps = !from->valid[0] || !to->valid[0]};
    if (!step->gaps) {
        int64_t energy_uj = (int64_t)(to->counters[0] - from->counters[0]);
        step->counted = 1;
        step->energy_uj[SCOPE_NODE] = energy_uj;
        step->idle_uj = (int64_t)(to->counters[1] - from->counters[1]);
        if (meter->scopes & (1u << SCOPE_GPU))
            energy_uj += add_gpus(from, to, step);
        step->low_uj = energy_uj - energy_uj / 10;
        step->high_uj = energy_uj + energy_uj / 10;
    }
    count_down(&own->steps_left);
}

static unsigned scopes(const struct meter *meter)
{
    return meter->scopes;
}

static void describe(const struct meter *meter, struct strbuf *text)
{
    strbuf_append(text, meter->scopes & (1u << SCOPE_GPU) ? "fake:GPUs" : "fake:node");
}

static const struct meter_type fake_type = {.name = "fake",
                                            .quality = ENERGY_MEASURED,
                                            .scopes = scopes,
                                            .describe = describe,
                                            .read = read_counters,
                                            .step = compute_step};

void fake_meter_set(struct meter_set *set, struct meter *meter, struct fake_counter *counter)
{
    *meter = (struct meter){
        .counter = counter, .scopes = 1u << SCOPE_NODE, .reads_left = -1, .steps_left = -1};
    *set = (struct meter_set){.n = 1, .quality = ENERGY_MEASURED, .text = "fake:node"};
    set->types[0] = &fake_type;
    set->meters[0] = meter;
}

struct fake_counter *fake_counter_create(void)
{
    void *memory = mmap(NULL, sizeof(struct fake_counter), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

void fake_counter_free(struct fake_counter *counter)
{
    munmap(counter, sizeof *counter);
}
