/* clock.h - time, by the clock that fits the question.
 * Threading: all calls are safe from any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* For durations: never steps back, and stands for nothing but differences. Nanoseconds. */
int64_t clock_monotonic_ns(void);

/* The same in seconds. */
double clock_monotonic_s(void);

/* For dates: microseconds since 1970-01-01 UTC. */
int64_t clock_realtime_us(void);

/* Processor time that the calling thread, and that the whole process, has used. Seconds. */
double clock_thread_cpu_s(void);
double clock_process_cpu_s(void);

/* Room for "2026-11-21T08:53:39.123Z" and its NUL. */
#define CLOCK_TEXT_SIZE 32

/* Write time_us as ISO 8601 in UTC with milliseconds. */
void clock_format(int64_t time_us, char text[CLOCK_TEXT_SIZE]);

/* Give way to other processes for `time_s` seconds (at least until a signal arrives). */
void clock_sleep(double time_s);

#endif
