#include "tests/bench/cnn/report.h"

#include <string.h>

static void print_entry(FILE *out, const struct heat *heat, int i)
{
    const struct entry *entry = &heat->entries[i];
    if (entry->rounds == 0) {
        fprintf(out, "  %-22s %-4s  not measured: %s\n", runner_rows[i].name,
                runner_rows[i].precision, entry->why);
        return;
    }
    struct spread cpu = results_spread(entry->per_cpu_s, entry->rounds);
    struct spread wall = results_spread(entry->per_s, entry->rounds);
    fprintf(out, "  %-22s %-4s %9.0f (%.0f to %.0f) %9.0f %8.0f", runner_rows[i].name,
            runner_rows[i].precision, cpu.median, cpu.low, cpu.high, wall.median,
            entry->peak_bytes / 1e6);
    if (entry->start_s > 0)
        fprintf(out, " %8.0f", entry->start_s * 1e3);
    fputc('\n', out);
}

static void print_heat(FILE *out, const struct heat *heat)
{
    fprintf(out, "%s, %s: %d x %d x %d, batch %d, threads %zu, rounds %zu\n", heat->part,
            heat->network->name, (int)heat->network->channels, (int)heat->network->side,
            (int)heat->network->side, (int)heat->batch, heat->threads, heat->rounds);
    for (int i = 0; i < RUNNERS; i++)
        if (heat->runners & 1u << i)
            print_entry(out, heat, i);
    fputc('\n', out);
}

static void print_start(FILE *out, const struct start_times *start)
{
    if (!start->wanted)
        return;
    fprintf(out, "start: wattune train from the start of its process to its first step, "
                 "ResNet-20\n");
    if (start->n == 0) {
        fprintf(out, "  not measured: %s\n\n", start->why);
        return;
    }
    struct spread wall = results_spread(start->wall_s, start->n);
    struct spread cpu = results_spread(start->cpu_s, start->n);
    fprintf(out,
            "  %.0f ms (%.0f to %.0f) on the clock, %.0f ms (%.0f to %.0f) of processor time, "
            "%zu starts\n\n",
            wall.median * 1e3, wall.low * 1e3, wall.high * 1e3, cpu.median * 1e3, cpu.low * 1e3,
            cpu.high * 1e3, start->n);
}

static void print_goal(FILE *out, const struct goal *goal)
{
    fprintf(out, "  %-50s %s %6g  ", goal->text, goal->at_most ? "<=" : ">=", goal->wanted);
    if (!goal->measured)
        fprintf(out, "not measured: %s\n", goal->why);
    else
        fprintf(out, "%8.4g (%.4g to %.4g)  %s\n", goal->reached.median, goal->reached.low,
                goal->reached.high, goal->met ? "met" : "missed");
}

void report_table(FILE *out, const struct results *results)
{
    struct goal goals[GOALS_MAX];
    size_t n = results_goals(results, goals);
    fprintf(out,
            "Images trained on a second of processor time (lowest to highest round), a "
            "second on the clock, peak MB of the\nprocess, and ms from its start to the end "
            "of its first step where it was started for this.\n\n");
    for (size_t i = 0; i < results->n; i++)
        print_heat(out, &results->heats[i]);
    print_start(out, &results->start);
    fprintf(out, "Goals, medians of the rounds (lowest to highest):\n");
    for (size_t i = 0; i < n; i++)
        print_goal(out, &goals[i]);
}

void report_csv(FILE *out, const struct results *results)
{
    fprintf(out, "part,network,runner,precision,batch,threads,rounds,images_per_cpu_s,low,high,"
                 "images_per_s,low_per_s,high_per_s,peak_bytes,start_s,allocations\n");
    for (size_t i = 0; i < results->n; i++)
        for (int k = 0; k < RUNNERS; k++) {
            const struct heat *heat = &results->heats[i];
            const struct entry *entry = &heat->entries[k];
            if (entry->rounds == 0)
                continue;
            struct spread cpu = results_spread(entry->per_cpu_s, entry->rounds);
            struct spread wall = results_spread(entry->per_s, entry->rounds);
            fprintf(out,
                    "%s,%s,\"%s\",%s,%d,%zu,%zu,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g,%.0f,%.4g,"
                    "%.0f\n",
                    heat->part, heat->network->name, runner_rows[k].name,
                    runner_rows[k].precision, (int)heat->batch, heat->threads, entry->rounds,
                    cpu.median, cpu.low, cpu.high, wall.median, wall.low, wall.high,
                    entry->peak_bytes, entry->start_s, entry->allocations);
        }
}
