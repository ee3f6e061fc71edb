#include "tests/worker/fake_ledger.h"

static void cut(struct ledger *ledger)
{
    ledger->view.cut_ns += 1000000;
    ledger->view.intervals++;
    ledger->view.trial_uj++;
}

void ledger_tick(struct ledger *ledger)
{
    cut(ledger);
    ledger->ticks++;
}

void ledger_trial_begin(struct ledger *ledger, pid_t root)
{
    ledger->begun++;
    ledger->root = root;
}

void ledger_trial_end(struct ledger *ledger, double cpu_s, struct energy *energy)
{
    cut(ledger);
    ledger->ended++;
    ledger->cpu_s = cpu_s;
    *energy = (struct energy){.quality = ENERGY_MEASURED, .dynamic_uj = 42};
}

bool ledger_look(struct ledger *ledger, struct ledger_view *view)
{
    *view = ledger->view;
    return true;
}

size_t ledger_trial_beside(const struct ledger *ledger, struct energy beside[ENERGY_BESIDE_MAX])
{
    (void)ledger;
    beside[0] = (struct energy){.quality = ENERGY_ESTIMATED, .dynamic_uj = 40};
    return 1;
}
