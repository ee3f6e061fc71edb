/* ask_times.h - processor time of one ask and one tell, and the memory, after many trials.
 *
 * Each sampler works in a process of its own, on hartmann6. The first thousand trials are asked
 * for; beyond, the history is filled up with points drawn at random, and then some are asked
 * for. Threading: forks; call it before there are threads. */
#ifndef TESTS_BENCH_SEARCH_ASK_TIMES_H
#define TESTS_BENCH_SEARCH_ASK_TIMES_H

#include "base/json.h"
#include "base/status.h"

#include <stddef.h>
#include <stdio.h>

enum { ASK_MARKS = 8 };
extern const size_t ask_marks[ASK_MARKS]; /* 10 to 10,000 told trials */

/* At one mark; all NaN where it was not reached. */
struct ask_time {
    double median_s, mean_s, longest_s; /* of an ask; the mean has its share of the refits */
    double catch_up_s;                  /* of the first ask after filling up; NaN without */
    double tell_s;                      /* the mean */
    double memory_mb;                   /* largest resident set so far */
};

/* Measure up to so many told trials; a mark that takes more than limit_s seconds of real time
 * is given up, and so are those after it. Errors: those of a strategy that cannot be made (said
 * in err) and of the system. */
enum status ask_times_measure(struct ask_time times[ASK_MARKS], const char *entry,
                              const char *label, size_t up_to, double limit_s,
                              struct error *err);

void ask_times_print(FILE *out, const char *label, const struct ask_time times[ASK_MARKS]);

#endif
