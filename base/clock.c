#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

double clock_monotonic_s(void)
{
    return (double)read_ns(CLOCK_MONOTONIC) * 1e-9;
}

int64_t clock_realtime_us(void)
{
    return read_ns(CLOCK_REALTIME) / 1000;
}

double clock_thread_cpu_s(void)
{
    return (double)read_ns(CLOCK_THREAD_CPUTIME_ID) * 1e-9;
}

double clock_process_cpu_s(void)
{
    return (double)read_ns(CLOCK_PROCESS_CPUTIME_ID) * 1e-9;
}

void clock_format(int64_t time_us, char text[CLOCK_TEXT_SIZE])
{
    /* Floor division, so that times before 1970 keep a positive fraction. */
    int64_t seconds = time_us / 1000000 - (time_us % 1000000 < 0);
    int milliseconds = (int)((time_us - seconds * 1000000) / 1000);
    time_t t = (time_t)seconds;
    struct tm tm;
    char date[24];
    gmtime_r(&t, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, CLOCK_TEXT_SIZE, "%s.%03dZ", date, milliseconds);
}

void clock_sleep(double time_s)
{
    if (!(time_s > 0))
        return;
    struct timespec t = {.tv_sec = (time_t)time_s};
    t.tv_nsec = (long)((time_s - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}
