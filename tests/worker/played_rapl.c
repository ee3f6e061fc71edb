#include "tests/worker/played_rapl.h"
#include "tests/check.h"

#include "base/clock.h"
#include "worker/cpu_times.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const folders[PLAYED_ZONES] = {"intel-rapl:0", "intel-rapl:1",
                                                  "intel-rapl:1:0"};
static const char *const names[PLAYED_ZONES] = {"package-0", "package-1", "dram"};
static const double shares[PLAYED_ZONES] = {0.5, 0.3, 0.2};

/* How far from its end each counter begins. */
#define ROOM_UJ 20000000

struct played_rapl {
    struct tree tree;
    double idle_w, busy_w;
    uint64_t range_uj;
    pthread_mutex_t mutex;
    int64_t time_ns;
    uint64_t busy_ns;
    double energy_uj[PLAYED_ZONES]; /* since they were made */
    uint64_t shown_uj;              /* their sum in whole microjoules, as published */
    unsigned wraps;
};

static uint64_t count(const struct played_rapl *rapl, size_t zone)
{
    return rapl->range_uj - ROOM_UJ + (uint64_t)rapl->energy_uj[zone];
}

/* By another name first: whoever reads it finds the old value or the new one. */
static void show(const struct played_rapl *rapl, size_t zone)
{
    char path[192], next[200];
    snprintf(path, sizeof path, "%s/sys/class/powercap/%s/energy_uj", rapl->tree.root,
             folders[zone]);
    snprintf(next, sizeof next, "%s.next", path);
    FILE *file = fopen(next, "we");
    assert_non_null(file);
    fprintf(file, "%llu\n", (unsigned long long)(count(rapl, zone) % rapl->range_uj));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(next, path), 0);
}

struct played_rapl *played_rapl_create(const struct tree *tree, double idle_w, double busy_w,
                                       uint64_t range_uj)
{
    struct played_rapl *rapl =
        mmap(NULL, sizeof *rapl, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(rapl, MAP_FAILED);
    *rapl = (struct played_rapl){
        .tree = *tree, .idle_w = idle_w, .busy_w = busy_w, .range_uj = range_uj};
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&rapl->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    for (size_t i = 0; i < PLAYED_ZONES; i++)
        tree_zone(tree, folders[i], names[i], count(rapl, i) + i, range_uj);
    char proc[128];
    snprintf(proc, sizeof proc, "%s/proc", tree->root);
    assert_int_equal(symlink("/proc", proc), 0);
    /* Different beginnings, or the zones would be twins. */
    for (size_t i = 0; i < PLAYED_ZONES; i++)
        rapl->energy_uj[i] = (double)i;
    rapl->shown_uj = 0;
    rapl->time_ns = clock_monotonic_ns();
    assert_true(cpu_times_busy_ns("", &rapl->busy_ns));
    return rapl;
}

void played_rapl_free(struct played_rapl *rapl)
{
    pthread_mutex_destroy(&rapl->mutex);
    munmap(rapl, sizeof *rapl);
}

static void move_on(struct played_rapl *rapl)
{
    uint64_t busy_ns = rapl->busy_ns;
    int64_t time_ns = clock_monotonic_ns();
    assert_true(cpu_times_busy_ns("", &busy_ns));
    double busy_s = busy_ns > rapl->busy_ns ? (double)(busy_ns - rapl->busy_ns) * 1e-9 : 0;
    double energy_uj =
        1e6 * (rapl->idle_w * (double)(time_ns - rapl->time_ns) * 1e-9 + rapl->busy_w * busy_s);
    rapl->time_ns = time_ns;
    rapl->busy_ns = busy_ns;
    for (size_t i = 0; i < PLAYED_ZONES; i++) {
        uint64_t before = count(rapl, i);
        rapl->energy_uj[i] += energy_uj * shares[i];
        rapl->shown_uj += count(rapl, i) - before;
        rapl->wraps += (unsigned)(count(rapl, i) / rapl->range_uj - before / rapl->range_uj);
    }
}

uint64_t played_rapl_publish(struct played_rapl *rapl)
{
    pthread_mutex_lock(&rapl->mutex);
    move_on(rapl);
    for (size_t i = 0; i < PLAYED_ZONES; i++)
        show(rapl, i);
    uint64_t shown_uj = rapl->shown_uj;
    pthread_mutex_unlock(&rapl->mutex);
    return shown_uj;
}

void played_rapl_counts(const struct played_rapl *rapl, uint64_t counts_uj[PLAYED_ZONES])
{
    for (size_t i = 0; i < PLAYED_ZONES; i++)
        counts_uj[i] = count(rapl, i);
}

unsigned played_rapl_wraps(const struct played_rapl *rapl)
{
    return rapl->wraps;
}
