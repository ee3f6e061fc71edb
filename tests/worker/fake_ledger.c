#include "tests/worker/fake_ledger.h"

void ledger_tick(struct ledger *ledger)
{
    ledger->ticks++;
}

void ledger_trial_begin(struct ledger *ledger, pid_t root)
{
    ledger->begun++;
    ledger->root = root;
}

void ledger_trial_end(struct ledger *ledger, double cpu_s, struct energy *energy)
{
    ledger->ended++;
    ledger->cpu_s = cpu_s;
    *energy = (struct energy){.quality = ENERGY_MEASURED, .dynamic_uj = 42};
}

bool ledger_look(struct ledger *ledger, struct ledger_view *view)
{
    *view = ledger->view;
    return true;
}
