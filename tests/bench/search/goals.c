#include "tests/bench/search/goals.h"

#include "tests/bench/search/pending.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A figure of one sampler, or of the judged one against another. NaN: not measured. */
typedef double figure(const struct findings *findings, size_t sampler);

struct goal_row {
    const char *what;
    figure *figure;
    const char *against; /* the judged one against this one; NULL: its own figure counts, */
                         /* "*": against each of tpe, optuna-tpe and random */
    double bound;
    bool at_least; /* else at most */
    int decimals;  /* of the figure; -1: as a power of ten */
};

/* Times. */

static double time_at(const struct findings *findings, size_t sampler, size_t mark)
{
    for (size_t m = 0; findings->times && m < ASK_MARKS; m++)
        if (ask_marks[m] == mark)
            return 1e3 * findings->times[sampler][m].median_s;
    return NAN;
}

static double ask_100_ms(const struct findings *findings, size_t sampler)
{
    return time_at(findings, sampler, 100);
}

static double ask_500_ms(const struct findings *findings, size_t sampler)
{
    return time_at(findings, sampler, 500);
}

static double ask_1000_ms(const struct findings *findings, size_t sampler)
{
    return time_at(findings, sampler, 1000);
}

static double ask_10000_ms(const struct findings *findings, size_t sampler)
{
    return time_at(findings, sampler, 10000);
}

static double memory_10000_mb(const struct findings *findings, size_t sampler)
{
    if (!findings->times)
        return NAN;
    return findings->times[sampler][ASK_MARKS - 1].memory_mb;
}

/* The largest median over the targets that count. */
static double longest_run_s(const struct findings *findings, size_t sampler, bool with_front)
{
    const struct race *race = findings->race;
    double longest = NAN;
    for (size_t t = 0; race && t < race->n_targets; t++)
        if (race_counts_front(&race->targets[t]) == with_front &&
            race_complete(race, t, sampler))
            longest = fmax(longest, race_median(race, t, sampler, race_time_s));
    return longest;
}

static double own_time_s(const struct findings *findings, size_t sampler)
{
    return longest_run_s(findings, sampler, false);
}

static double front_time_s(const struct findings *findings, size_t sampler)
{
    return longest_run_s(findings, sampler, true);
}

/* Quality. */

static struct race_pair against(const struct findings *findings, size_t sampler,
                                race_counts *counts)
{
    struct race_pair pair = {0};
    if (findings->race && sampler != findings->judged &&
        race_compare(&pair, findings->race, findings->judged, sampler, counts))
        pair = (struct race_pair){0};
    return pair;
}

/* Of those that were not tied. */
static double won_part(struct race_pair pair)
{
    size_t decided = pair.won + pair.lost;
    if (decided == 0)
        return NAN;
    return (double)pair.won / (double)decided;
}

static double won(const struct findings *findings, size_t sampler)
{
    return won_part(against(findings, sampler, race_counts_single));
}

static double fronts_won(const struct findings *findings, size_t sampler)
{
    return won_part(against(findings, sampler, race_counts_front));
}

static double decades(const struct findings *findings, size_t sampler)
{
    struct race_pair pair = against(findings, sampler, race_counts_single);
    return pair.won + pair.lost + pair.tied > 0 ? pair.decades : (double)NAN;
}

static double chance(const struct findings *findings, size_t sampler)
{
    struct race_pair pair = against(findings, sampler, race_counts_single);
    return pair.won + pair.lost + pair.tied > 0 ? pair.p : (double)NAN;
}

/* The geometric mean over the tuning tables of the median part of the joules. A run that never
 * gets there makes it infinite only when it is the median one. */
static double joules_part(const struct findings *findings, size_t sampler)
{
    const struct race *race = findings->joules;
    double logs = 0;
    size_t n = 0;
    for (size_t t = 0; race && t < race->n_targets; t++)
        if (race->targets[t].kind == KIND_TABLE && race_complete(race, t, sampler)) {
            logs += log(race_median(race, t, sampler, race_joules_to_random));
            n++;
        }
    return n == 0 ? (double)NAN : exp(logs / (double)n);
}

static double pending(const struct findings *findings, size_t sampler)
{
    if (!findings->sequential || !findings->parallel)
        return NAN;
    return pending_ratio(findings->sequential, findings->parallel, sampler);
}

/* The goals of the design. */

static const struct goal_row rows[] = {
    {"ask after 100 trials, 6 parameters, ms", ask_100_ms, NULL, 5, false, 2},
    {"ask after 500 trials, ms", ask_500_ms, NULL, 25, false, 2},
    {"ask after 1,000 trials, ms", ask_1000_ms, NULL, 60, false, 2},
    {"ask after 10,000 trials, ms", ask_10000_ms, NULL, 200, false, 2},
    {"memory after 10,000 trials, MB", memory_10000_mb, NULL, 500, false, 0},
    {"problems won against Optuna's GP, part", won, "optuna-gp", 2.0 / 3, true, 2},
    {"decades below Optuna's GP, mean", decades, "optuna-gp", 0.15, true, 2},
    {"decades: p of Wilcoxon's test", chance, "optuna-gp", 0.01, false, -1},
    {"problems won against TPE and random, part", won, "*", 1, true, 2},
    {"fronts won against Optuna's GP, part", fronts_won, "optuna-gp", 0.8, true, 2},
    {"own time of a run with two objectives, s", front_time_s, NULL, 1, false, 3},
    {"joules to where random search ends, part", joules_part, NULL, 0.12, false, 2},
    {"own time of a run, slowest space, s", own_time_s, NULL, 0.3, false, 3},
    {"regret with many pending, ratio", pending, NULL, 1.3, false, 2},
};
enum { ROWS = sizeof rows / sizeof rows[0], FIGURE_SIZE = 32 };

static bool is_rival(const struct goal_row *row, const char *label)
{
    if (strcmp(row->against, "*") != 0)
        return strcmp(row->against, label) == 0;
    return strcmp(label, "random") == 0 || strcmp(label, "tpe") == 0 ||
           strcmp(label, "optuna-tpe") == 0;
}

static bool reaches(const struct goal_row *row, double value)
{
    return row->at_least ? value >= row->bound : value <= row->bound;
}

/* "yes", "no", or "-" when nothing was measured. */
static const char *verdict(const struct goal_row *row, const struct findings *findings)
{
    const char *answer = "-";
    for (size_t k = 0; k < findings->n_samplers; k++) {
        bool counts =
            row->against ? is_rival(row, findings->choices[k].label) : k == findings->judged;
        double value = counts ? row->figure(findings, k) : (double)NAN;
        if (isnan(value))
            continue;
        if (!reaches(row, value))
            return "no";
        answer = "yes";
    }
    return answer;
}

static void format_figure(char text[FIGURE_SIZE], const struct goal_row *row, double value)
{
    if (row->decimals < 0)
        snprintf(text, FIGURE_SIZE, "%.1g", value);
    else
        snprintf(text, FIGURE_SIZE, "%.*f", row->decimals, value);
}

static void print_cell(FILE *out, const struct goal_row *row, double value)
{
    char text[FIGURE_SIZE] = "-";
    if (!isnan(value))
        format_figure(text, row, value);
    fprintf(out, " %11.11s", text);
}

/* The judged sampler's column comes first. */
static void print_row(FILE *out, const struct goal_row *row, const struct findings *findings)
{
    char bound[FIGURE_SIZE];
    format_figure(bound, row, row->bound);
    fprintf(out, "%-42s %s %-6s %-4s", row->what, row->at_least ? ">=" : "<=", bound,
            verdict(row, findings));
    print_cell(out, row, row->figure(findings, findings->judged));
    for (size_t k = 0; k < findings->n_samplers; k++)
        if (k != findings->judged)
            print_cell(out, row, row->figure(findings, k));
    fputc('\n', out);
}

void goals_print(FILE *out, const struct findings *findings)
{
    const char *judged = findings->choices[findings->judged].label;
    fprintf(out,
            "\nHow good it must be: the goals, whether %s meets them, and the figures.\n"
            "In the rows with \"against\" and the two about decades, a column is %s against "
            "that sampler.\n",
            judged, judged);
    fprintf(out, "%-42s %-9s %-4s %11.11s", "", "goal", "met", judged);
    for (size_t k = 0; k < findings->n_samplers; k++)
        if (k != findings->judged)
            fprintf(out, " %11.11s", findings->choices[k].label);
    fputc('\n', out);
    for (size_t r = 0; r < ROWS; r++)
        print_row(out, &rows[r], findings);
}
