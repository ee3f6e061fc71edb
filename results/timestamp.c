#include "results/timestamp.h"

#include <ctype.h>
#include <time.h>

/* Exactly n digits that make a number in [low, high]. */
static bool digits(const char **text, int n, int low, int high, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, ++*text) {
        if (!isdigit((unsigned char)**text))
            return false;
        *value = 10 * *value + (**text - '0');
    }
    return low <= *value && *value <= high;
}

static bool skip(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

static bool read_date(const char **text, struct tm *tm)
{
    int year, month;
    bool ok = digits(text, 4, 1970, 9999, &year) && skip(text, '-') &&
              digits(text, 2, 1, 12, &month) && skip(text, '-') &&
              digits(text, 2, 1, 31, &tm->tm_mday);
    if (!ok)
        return false;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    /* timegm() makes 2 March of 30 February. */
    struct tm normal = *tm;
    return timegm(&normal) != -1 && normal.tm_mday == tm->tm_mday;
}

/* Microseconds behind the decimal point; digits after the sixth are dropped. */
static bool read_fraction(const char **text, int64_t *fraction_us)
{
    if (!isdigit((unsigned char)**text))
        return false;
    for (int64_t scale = 100000; isdigit((unsigned char)**text); scale /= 10, ++*text)
        *fraction_us += scale * (**text - '0');
    return true;
}

static bool read_clock(const char **text, struct tm *tm, int64_t *fraction_us)
{
    if (!digits(text, 2, 0, 23, &tm->tm_hour) || !skip(text, ':') ||
        !digits(text, 2, 0, 59, &tm->tm_min))
        return false;
    if (!skip(text, ':'))
        return true;
    return digits(text, 2, 0, 59, &tm->tm_sec) &&
           (!skip(text, '.') || read_fraction(text, fraction_us));
}

static bool read_zone(const char **text, int *offset_s)
{
    if (skip(text, 'Z') || skip(text, 'z'))
        return true;
    int sign = skip(text, '+') ? 1 : skip(text, '-') ? -1 : 0, hours, minutes = 0;
    if (!sign || !digits(text, 2, 0, 23, &hours))
        return false;
    bool colon = skip(text, ':');
    if ((colon || **text) && !digits(text, 2, 0, 59, &minutes))
        return false;
    *offset_s = sign * (3600 * hours + 60 * minutes);
    return true;
}

bool timestamp_parse(const char *text, int64_t *time_us)
{
    struct tm tm = {0};
    int64_t fraction_us = 0;
    int offset_s = 0;
    if (!read_date(&text, &tm) || !(skip(&text, 'T') || skip(&text, 't') || skip(&text, ' ')) ||
        !read_clock(&text, &tm, &fraction_us) || !read_zone(&text, &offset_s) || *text)
        return false;
    *time_us = ((int64_t)timegm(&tm) - offset_s) * 1000000 + fraction_us;
    return true;
}
