#include "worker/channel.h"

#include "base/clock.h"
#include "worker/sysfile.h"

#include <math.h>

/* A counter that has not moved for this long and five of its refreshes is stuck: no part of a
 * running machine uses nothing. */
#define STILL_S 2.0

/* Samples of power that lie further apart say little about what was between. */
#define APART_S 10.0

void reading_begin(struct meter_reading *reading)
{
    reading->time_ns = clock_monotonic_ns();
}

void reading_put(struct meter_reading *reading, size_t i, bool ok, uint64_t value)
{
    if (ok && (!reading->valid[i] || value != reading->counters[i]))
        reading->changed_ns[i] = reading->time_ns;
    if (ok)
        reading->counters[i] = value;
    reading->valid[i] = ok;
}

void reading_put_file(struct meter_reading *reading, size_t i, const char *path)
{
    uint64_t value = 0;
    bool ok = sysfile_read_u64(path, &value) == 0;
    reading_put(reading, i, ok, value);
}

static double still_s(const struct channel *channel)
{
    return STILL_S + 5 * channel->refresh_s;
}

static bool stands_still(const struct channel *channel, const struct channel_value *from,
                         const struct channel_value *to)
{
    return to->counter == from->counter &&
           (double)(to->time_ns - to->changed_ns) * 1e-9 >= still_s(channel);
}

/* What a counter shows may be of all the time since it was seen to move last, but for the time
 * in which it was stuck. */
static double owed_s(const struct channel *channel, const struct channel_value *from,
                     const struct channel_value *to)
{
    double time_s = (double)(to->time_ns - from->time_ns) * 1e-9;
    double since_s = (double)(to->time_ns - from->changed_ns) * 1e-9;
    return fmax(time_s, fmin(since_s, still_s(channel)));
}

/* What a counter may have lost are whole rounds: as many as the ceiling has room for. */
static double hidden_uj(const struct channel *channel, double counted_uj, double most_uj)
{
    double range_uj = (double)channel->range_uj;
    return most_uj > counted_uj ? floor((most_uj - counted_uj) / range_uj) * range_uj : 0;
}

/* It went back, jumped or stood still: that is told, and not summed. */
static void refuse(struct meter_step *step)
{
    step->gaps++;
    step->negative++;
}

static void energy_step(const struct channel *channel, const struct channel_value *before,
                        const struct channel_value *after, struct meter_step *step)
{
    uint64_t from = before->counter, to = after->counter;
    bool wrapped = to < from;
    if (wrapped && from > channel->range_uj) {
        refuse(step); /* no range, or one that cannot be right */
        return;
    }
    uint64_t counted_uj = wrapped ? channel->range_uj - from + to : to - from;
    double owed = owed_s(channel, before, after) + channel->refresh_s;
    if ((double)counted_uj > owed * channel->ceiling_w * 1e6) {
        refuse(step); /* it was reset, or jumped */
        return;
    }
    double most_uj = (double)(after->time_ns - before->time_ns) * 1e-3 * channel->ceiling_w;
    bool ambiguous = channel->range_uj > 0 && most_uj >= (double)channel->range_uj;
    double hidden = ambiguous ? hidden_uj(channel, (double)counted_uj, most_uj) : 0;
    step->energy_uj[channel->scope] += (int64_t)counted_uj;
    step->low_uj += (int64_t)counted_uj;
    step->high_uj += (int64_t)counted_uj + (int64_t)hidden;
    step->counted++;
    step->wraps += wrapped;
    step->ambiguous += ambiguous;
}

static void power_step(const struct channel *channel, uint64_t from, uint64_t to, double time_s,
                       struct meter_step *step)
{
    uint64_t low_uw = from < to ? from : to, high_uw = from < to ? to : from;
    if ((double)high_uw > channel->ceiling_w * 1e6) {
        step->gaps++;
        return;
    }
    step->energy_uj[channel->scope] += llround(((double)from + (double)to) / 2 * time_s);
    step->low_uj += (int64_t)floor((double)low_uw * (1 - channel->accuracy) * time_s);
    step->high_uj += (int64_t)ceil((double)high_uw * (1 + channel->accuracy) * time_s);
    step->counted++;
    step->ambiguous += time_s > APART_S;
}

void channel_step_values(const struct channel *channel, const struct channel_value *from,
                         const struct channel_value *to, struct meter_step *step)
{
    double time_s = (double)(to->time_ns - from->time_ns) * 1e-9;
    if (!from->valid || !to->valid || time_s < 0) {
        step->gaps++;
        return;
    }
    if (channel->kind == CHANNEL_POWER)
        power_step(channel, from->counter, to->counter, time_s, step);
    else if (stands_still(channel, from, to))
        refuse(step);
    else
        energy_step(channel, from, to, step);
}

static struct channel_value value_at(const struct meter_reading *reading, size_t i)
{
    return (struct channel_value){reading->valid[i], reading->time_ns, reading->changed_ns[i],
                                  reading->counters[i]};
}

void channel_step(const struct channel *channel, size_t i, const struct meter_reading *from,
                  const struct meter_reading *to, struct meter_step *step)
{
    struct channel_value before = value_at(from, i), after = value_at(to, i);
    channel_step_values(channel, &before, &after, step);
}
