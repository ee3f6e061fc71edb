#include "worker/relay.h"

#include "worker/channel.h"

void relay_put(struct relay *relay, struct meter_reading *reading, size_t i, bool ok,
               uint64_t own)
{
    uint64_t before = reading->counters[i], common = before;
    if (ok && relay->joined && own < relay->own) {
        relay->joined = false;
        ok = false;
    }
    if (ok) {
        if (!relay->joined || (relay->exact && own + relay->offset < before))
            relay->offset = before - own;
        relay->joined = true;
        relay->own = own;
        if (own + relay->offset > before)
            common = own + relay->offset;
    }
    reading_put(reading, i, ok, common);
}
