#include "orchestrator/signals.h"

#include <signal.h>
#include <stddef.h>

static const int watched[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP};
#define N_WATCHED (sizeof watched / sizeof watched[0])

static struct sigaction before[N_WATCHED];
static volatile sig_atomic_t interrupts, terminations;
static sig_atomic_t interrupts_taken, terminations_taken;

static void count(int number)
{
    if (number == SIGTERM)
        terminations = terminations + 1;
    else
        interrupts = interrupts + 1;
}

void signals_watch(void)
{
    /* No SA_RESTART: a signal must end the waiting. */
    struct sigaction action = {.sa_handler = count};
    /* Two signals count with the same variable: one must not come within the other. */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_WATCHED; i++)
        sigaddset(&action.sa_mask, watched[i]);
    for (size_t i = 0; i < N_WATCHED; i++) {
        sigaction(watched[i], &action, &before[i]);
        if (watched[i] == SIGHUP && before[i].sa_handler == SIG_IGN)
            sigaction(SIGHUP, &before[i], NULL); /* nohup: go on without the terminal */
    }
}

void signals_restore(void)
{
    for (size_t i = 0; i < N_WATCHED; i++)
        sigaction(watched[i], &before[i], NULL);
}

bool signals_came(void)
{
    return interrupts > 0 || terminations > 0;
}

bool signals_look(void)
{
    static bool watching;
    if (!watching)
        signals_watch();
    watching = !signals_came();
    if (!watching)
        signals_restore();
    return !watching;
}

bool signals_next(bool *terminated)
{
    *terminated = terminations_taken != terminations;
    if (*terminated) {
        terminations_taken++;
        return true;
    }
    if (interrupts_taken == interrupts)
        return false;
    interrupts_taken++;
    return true;
}
