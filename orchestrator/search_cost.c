#include "orchestrator/search_cost.h"

#include "base/clock.h"
#include "base/log.h"

/* The whole process is measured: the linear algebra of a strategy may use threads, and nothing
 * else runs meanwhile. An ask may take longer than the intervals of the books. */
static double begin(struct search_cost *cost)
{
    if (cost->ledger)
        ledger_begin_search(cost->ledger);
    return clock_process_cpu_s();
}

static void book(struct search_cost *cost, double start_s)
{
    double cpu_s = clock_process_cpu_s() - start_s;
    cost->cpu_s += cpu_s;
    if (cost->ledger)
        ledger_add_search(cost->ledger, cpu_s);
}

static enum ask measured_ask(void *context, struct strategy *strategy,
                             const struct trial **trial)
{
    double start_s = begin(context);
    enum ask answer = strategy_ask(strategy, trial);
    book(context, start_s);
    const char *reason = answer == ASK_DONE ? strategy_end_reason(strategy) : NULL;
    if (reason)
        log_info("%s ends: %s", strategy_name(strategy), reason);
    return answer;
}

static enum status measured_tell(void *context, struct strategy *strategy, uint64_t number,
                                 enum trial_state state, const struct trial_result *result)
{
    double start_s = begin(context);
    enum status status = strategy_tell(strategy, number, state, result);
    book(context, start_s);
    return status;
}

static enum verdict measured_report(void *context, struct strategy *strategy, uint64_t number,
                                    struct intermediate report)
{
    double start_s = begin(context);
    enum verdict verdict = strategy_report(strategy, number, report);
    book(context, start_s);
    return verdict;
}

static enum status measured_restore(void *context, struct strategy *strategy,
                                    const double *point, int64_t continues)
{
    double start_s = begin(context);
    enum status status = strategy_restore(strategy, point, continues);
    book(context, start_s);
    return status;
}

static enum status measured_restore_report(void *context, struct strategy *strategy,
                                           uint64_t number, struct intermediate report)
{
    double start_s = begin(context);
    enum status status = strategy_restore_report(strategy, number, report);
    book(context, start_s);
    return status;
}

struct coordinator_ops search_cost_ops(struct search_cost *cost)
{
    return (struct coordinator_ops){.context = cost,
                                    .ask = measured_ask,
                                    .tell = measured_tell,
                                    .report = measured_report,
                                    .restore = measured_restore,
                                    .restore_report = measured_restore_report};
}

double search_cost_take(struct search_cost *cost)
{
    double cpu_s = cost->cpu_s;
    cost->cpu_s = 0;
    return cpu_s;
}
