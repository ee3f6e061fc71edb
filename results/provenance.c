#include "results/provenance.h"

#include <inttypes.h>
#include <string.h>

static void add_quality(struct qualities *sum, int rank)
{
    if (rank <= 0) /* "none": there are no joules */
        return;
    sum->worst = sum->worst < 0 || rank < sum->worst ? rank : sum->worst;
    sum->best = rank > sum->best ? rank : sum->best;
}

static void add_method(struct provenance *sum, const char *method)
{
    if (!method)
        return;
    if (!sum->method)
        sum->method = method;
    sum->one_method = sum->one_method && strcmp(sum->method, method) == 0;
}

/* Counters are updated every millisecond or so, and processor time in ticks of ten: an attempt
 * below a tenth of a second is booked by luck. What it reported itself has no such limit. */
static bool is_brief(const struct attempt_record *attempt)
{
    return attempt->duration_s < 0.1 && strcmp(attempt->energy.quality, "reported") != 0;
}

static void add_attempt(struct provenance *sum, const struct attempt_record *attempt)
{
    if (attempt->state == TRIAL_RUNNING)
        return;
    sum->ended++;
    if (!attempt_has_energy(attempt)) {
        sum->unmetered++;
        return;
    }
    add_quality(&sum->attempts, energy_quality_rank(attempt->energy.quality));
    const char *meters = attempt->energy.meters ? attempt->energy.meters : "";
    if (!sum->meters)
        sum->meters = meters;
    sum->one_meter = sum->one_meter && strcmp(sum->meters, meters) == 0;
    add_method(sum, attempt->energy.method);
    sum->wraps += attempt->energy.wraps;
    sum->gaps += attempt->energy.gaps;
    sum->ambiguous += attempt->energy.ambiguous > 0 ? (uint64_t)attempt->energy.ambiguous : 0;
    sum->skews += attempt->energy.skews > 0 ? (uint64_t)attempt->energy.skews : 0;
    sum->brief += is_brief(attempt);
}

struct provenance provenance_of(const struct snapshot *snapshot, const struct snapshot_arm *arm)
{
    struct provenance sum = {
        .attempts = {-1, -1}, .overhead = {-1, -1}, .one_meter = true, .one_method = true};
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *each = &snapshot->arms[i];
        for (size_t j = 0; (!arm || arm == each) && j < each->n_attempts; j++)
            add_attempt(&sum, &each->attempts[j]);
        for (size_t j = 0; (!arm || arm == each) && j < each->n_overhead; j++)
            add_quality(&sum.overhead, energy_quality_rank(each->overhead[j].quality));
    }
    return sum;
}

struct qualities provenance_of_totals(const struct provenance *provenance)
{
    struct qualities sum = provenance->attempts;
    qualities_merge(&sum, provenance->overhead);
    return sum;
}

void qualities_merge(struct qualities *sum, struct qualities more)
{
    add_quality(sum, more.worst);
    add_quality(sum, more.best);
}

void qualities_append(struct strbuf *out, struct qualities qualities)
{
    if (qualities.worst >= 0)
        strbuf_append(out, energy_quality_name(qualities.worst));
    if (qualities.best > qualities.worst)
        strbuf_printf(out, " to %s", energy_quality_name(qualities.best));
}

void qualities_append_heading(struct strbuf *out, const char *text, struct qualities of)
{
    strbuf_append(out, text);
    if (of.worst < 0)
        return;
    strbuf_append(out, " (");
    qualities_append(out, of);
    strbuf_append_char(out, ')');
}

void provenance_add_column(const struct snapshot *snapshot, const char *name,
                           const char *heading, enum column_kind kind, struct table *table)
{
    struct strbuf text = STRBUF_INIT;
    struct qualities of = provenance_of(snapshot, NULL).attempts;
    if (of.worst == of.best)
        qualities_append_heading(&text, heading, of);
    else
        strbuf_append(&text, heading);
    table_add_column(table, name, strbuf_text(&text), kind);
    strbuf_free(&text);
}

static void note_method(const struct provenance *all, struct table *table)
{
    if (all->method)
        table_add_note(table, "%s: %s%s.", all->one_method ? "Method" : "Methods", all->method,
                       all->one_method ? ""
                                       : " and others, see energy_method of `wattune trials`");
}

/* What went wrong while it was measured. */
static void note_troubles(const struct provenance *all, struct table *table)
{
    if (all->gaps > 0)
        table_add_note(table,
                       "%" PRIu64 " reads of the meters failed: their time is not in "
                       "the joules.",
                       all->gaps);
    if (all->ambiguous > 0)
        table_add_note(table,
                       "%" PRIu64 " intervals were so long that a counter may have gone round "
                       "unseen: their joules are a lower bound.",
                       all->ambiguous);
    if (all->skews > 0)
        table_add_note(
            table, "Clocks disagreed, and were clamped, %" PRIu64 " times while trials ran.",
            all->skews);
    if (all->brief > 0)
        table_add_note(table,
                       "Attempts under 100 ms, whose joules are mostly noise: %zu of %zu.",
                       all->brief, all->ended);
}

static void note_meters(const struct provenance *all, const char *policy, struct table *table)
{
    struct strbuf qualities = STRBUF_INIT;
    qualities_append(&qualities, all->attempts);
    table_add_note(table, "Energy is %s by %s%s, idle energy shared by the policy \"%s\".",
                   strbuf_text(&qualities), all->meters[0] ? all->meters : "an unnamed meter",
                   all->one_meter ? "" : " and others", policy ? policy : "equal");
    strbuf_free(&qualities);
    note_method(all, table);
    if (strcmp(energy_quality_name(all->attempts.worst), "estimated") == 0)
        table_add_note(table, "Estimated joules come from a model, not from a meter: they "
                              "compare runs on the same machine, within their bounds.");
}

void provenance_add_notes(const struct snapshot *snapshot, struct table *table)
{
    struct provenance all = provenance_of(snapshot, NULL);
    if (all.meters)
        note_meters(&all, snapshot->study->idle_policy, table);
    if (all.ended > 0 && !all.meters)
        table_add_note(table, "No meter worked: there are no joules (see `wattune meters`).");
    else if (all.unmetered > 0)
        table_add_note(table, "%zu of %zu attempts have no energy figure: totals lack them.",
                       all.unmetered, all.ended);
    note_troubles(&all, table);
    if (all.attempts.worst != all.attempts.best || !all.one_meter)
        table_add_note(table, "Joules of different meters or qualities are not comparable: see "
                              "energy_quality and energy_meters of `wattune trials`.");
}
