/* rapl_player ROOT IDLE_W BUSY_W RANGE_UJ LOG: play RAPL counters below ROOT until killed, two
 * hundred times a second. Each line of LOG is the microseconds since the epoch at which values
 * were visible at the latest, and what each counter has counted by then in microjoules. */
#include "tests/worker/played_rapl.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_S 0.005

int main(int argc, char **argv)
{
    struct tree tree;
    if (argc != 6 || strlen(argv[1]) >= sizeof tree.root)
        return 2;
    strcpy(tree.root, argv[1]);
    struct played_rapl *rapl =
        played_rapl_create(&tree, atof(argv[2]), atof(argv[3]), strtoull(argv[4], NULL, 10));
    FILE *log = fopen(argv[5], "we");
    if (!log)
        return 1;
    setvbuf(log, NULL, _IOLBF, 0);
    for (;;) {
        uint64_t counts_uj[PLAYED_ZONES];
        played_rapl_publish(rapl);
        played_rapl_counts(rapl, counts_uj);
        fprintf(log, "%lld", (long long)clock_realtime_us());
        for (size_t i = 0; i < PLAYED_ZONES; i++)
            fprintf(log, " %llu", (unsigned long long)counts_uj[i]);
        fputc('\n', log);
        clock_sleep(PERIOD_S);
    }
}
