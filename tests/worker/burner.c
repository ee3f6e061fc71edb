/* burner SECONDS: use that much processor time, and report it as a trial's value. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    volatile unsigned sum = 0;
    double end_s = atof(argv[1]);
    while (cpu_s() < end_s)
        for (unsigned i = 0; i < 100000; i++)
            sum += i;
    printf("{\"value\": %.3f}\n", cpu_s());
    return 0;
}
