#include "orchestrator/backoff.h"

#define SHORTEST_S 50e-6
#define LONGEST_S 20e-3
#define GROWTH 1.25

double backoff_next(struct backoff *backoff, bool active)
{
    if (active) {
        backoff->wait_s = 0;
        return 0;
    }
    backoff->wait_s = backoff->wait_s > 0 ? backoff->wait_s * GROWTH : SHORTEST_S;
    if (backoff->wait_s > LONGEST_S)
        backoff->wait_s = LONGEST_S;
    return backoff->wait_s;
}
