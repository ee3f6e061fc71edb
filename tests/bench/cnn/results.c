#include "tests/bench/cnn/results.h"

#include "tests/bench/statistics.h"

#include <stdlib.h>
#include <string.h>

struct heat *results_add(struct results *results)
{
    struct heat *grown = realloc(results->heats, (results->n + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    results->heats = grown;
    grown[results->n] = (struct heat){0};
    return &grown[results->n++];
}

void results_free(struct results *results)
{
    free(results->heats);
    *results = (struct results){0};
}

struct spread results_spread(const double *rounds, size_t n)
{
    return (struct spread){statistics_quantile(rounds, n, 0.5),
                           statistics_quantile(rounds, n, 0),
                           statistics_quantile(rounds, n, 1)};
}

static const struct heat *heat_of(const struct results *results,
                                  const struct bench_network *network)
{
    for (size_t i = 0; i < results->n; i++)
        if (results->heats[i].network == network &&
            strcmp(results->heats[i].part, "speed") == 0)
            return &results->heats[i];
    return NULL;
}

static double median_speed(const struct entry *entry)
{
    return entry->rounds ? statistics_quantile(entry->per_cpu_s, entry->rounds, 0.5) : 0;
}

/* Ours over theirs, round by round: both ran within a moment of each other. */
static void compare(struct goal *goal, const struct entry *ours, const struct entry *theirs)
{
    double ratios[ROUNDS_MAX];
    size_t n = ours->rounds < theirs->rounds ? ours->rounds : theirs->rounds;
    const char *why = ours->why[0] ? ours->why : theirs->why;
    for (size_t i = 0; i < n; i++)
        ratios[i] = ours->per_cpu_s[i] / theirs->per_cpu_s[i];
    goal->measured = n > 0;
    if (n > 0)
        goal->reached = results_spread(ratios, n);
    else
        snprintf(goal->why, sizeof goal->why, "%s", why);
    goal->met = goal->measured && goal->reached.median >= goal->wanted;
}

static struct goal against_pytorch(const struct heat *heat, const struct bench_network *network,
                                   bool bf16)
{
    struct goal goal = {.wanted = bf16 ? network->bf16_goal : network->fp32_goal};
    snprintf(goal.text, sizeof goal.text, "%s, %s: times PyTorch's better layout",
             network->name, bf16 ? "bf16" : "fp32");
    if (!heat) {
        snprintf(goal.why, sizeof goal.why, "it did not run");
        return goal;
    }
    const struct entry *plain = &heat->entries[bf16 ? PYTORCH_BF16 : PYTORCH];
    const struct entry *last = &heat->entries[bf16 ? PYTORCH_LAST_BF16 : PYTORCH_LAST];
    compare(&goal, &heat->entries[bf16 ? WATTUNE_BF16 : WATTUNE],
            median_speed(last) > median_speed(plain) ? last : plain);
    return goal;
}

static struct goal share_of(const struct heat *heat, const struct bench_network *network,
                            enum runner convolutions)
{
    struct goal goal = {.wanted = network->share_goal};
    snprintf(goal.text, sizeof goal.text, "%s, fp32: share of %s", network->name,
             convolutions == DIRECT ? "direct convolutions' speed"
                                    : "its own convolutions' speed");
    if (heat)
        compare(&goal, &heat->entries[WATTUNE], &heat->entries[convolutions]);
    else
        snprintf(goal.why, sizeof goal.why, "it did not run");
    return goal;
}

static struct goal start_time(const struct start_times *start)
{
    struct goal goal = {.text = "process start to first step, ms on the clock",
                        .wanted = 150,
                        .at_most = true,
                        .measured = start->n > 0};
    double times_ms[ROUNDS_MAX];
    for (size_t i = 0; i < start->n; i++)
        times_ms[i] = start->wall_s[i] * 1e3;
    if (goal.measured)
        goal.reached = results_spread(times_ms, start->n);
    else
        snprintf(goal.why, sizeof goal.why, "%s",
                 start->wanted ? start->why : "it did not run");
    goal.met = goal.measured && goal.reached.median < goal.wanted;
    return goal;
}

static struct goal allocations(const struct results *results)
{
    struct goal goal = {.text = "allocations of ours in steps after the first",
                        .at_most = true};
    for (size_t i = 0; i < results->n; i++)
        for (int k = WATTUNE; k <= WATTUNE_BF16; k += WATTUNE_BF16 - WATTUNE) {
            const struct entry *entry = &results->heats[i].entries[k];
            goal.measured = goal.measured || entry->rounds > 0;
            goal.reached.median += entry->allocations;
        }
    goal.reached.low = goal.reached.high = goal.reached.median;
    goal.met = goal.measured && goal.reached.median == 0;
    if (!goal.measured)
        snprintf(goal.why, sizeof goal.why, "no step ran");
    return goal;
}

size_t results_goals(const struct results *results, struct goal goals[GOALS_MAX])
{
    size_t n = 0;
    for (int i = 0; i < BENCH_NETWORKS; i++) {
        const struct bench_network *network = &bench_networks[i];
        const struct heat *heat = heat_of(results, network);
        if (network->fp32_goal > 0)
            goals[n++] = against_pytorch(heat, network, false);
        if (network->bf16_goal > 0)
            goals[n++] = against_pytorch(heat, network, true);
        if (network->share_goal > 0) {
            goals[n++] = share_of(heat, network, DIRECT);
            goals[n++] = share_of(heat, network, CONVOLUTIONS);
        }
    }
    goals[n++] = start_time(&results->start);
    goals[n++] = allocations(results);
    return n;
}
