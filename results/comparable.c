#include "results/comparable.h"

#include "results/provenance.h"

#include <math.h>
#include <string.h>

/* Arms that lack more of their figures than others by this share look cheaper than they were.
 */
#define HOLES_TOLERATED 0.05

static bool is_hole(const struct attempt_record *attempt)
{
    return attempt->state != TRIAL_RUNNING &&
           (!attempt_has_energy(attempt) || attempt->energy.gaps > 0 ||
            attempt->energy.ambiguous > 0);
}

static size_t count_holes(const struct snapshot_arm *arm)
{
    size_t holes = 0;
    for (size_t i = 0; i < arm->n_attempts; i++)
        holes += is_hole(&arm->attempts[i]);
    return holes;
}

/* A text by which attempts differ; NULL when this one has none. */
typedef const char *trait(const struct attempt_record *attempt);

static const char *meters_of(const struct attempt_record *attempt)
{
    const char *meters = attempt->energy.meters;
    if (!attempt_has_energy(attempt))
        return NULL;
    return meters && *meters ? meters : "an unnamed meter";
}

static const char *method_of(const struct attempt_record *attempt)
{
    return attempt_has_energy(attempt) ? attempt->energy.method : NULL;
}

/* Where the idle power is unknown, it is shared out by processor time, and part of it goes to
 * other processes: that counts something else. How it came to be known does not. */
static const char *idle_of(const struct attempt_record *attempt)
{
    const char *method = method_of(attempt);
    if (!method || !strstr(method, "idle "))
        return NULL;
    return strstr(method, "idle unknown") ? "unknown" : "known";
}

/* Has an attempt of the arm this text? */
static bool has_text(const struct snapshot_arm *arm, trait *of, const char *text)
{
    for (size_t i = 0; i < arm->n_attempts; i++) {
        const char *found = of(&arm->attempts[i]);
        if (found && strcmp(found, text) == 0)
            return true;
    }
    return false;
}

/* Are all the texts of a among those of b? */
static bool texts_within(const struct snapshot_arm *a, const struct snapshot_arm *b, trait *of)
{
    for (size_t i = 0; i < a->n_attempts; i++) {
        const char *text = of(&a->attempts[i]);
        if (text && !has_text(b, of, text))
            return false;
    }
    return true;
}

static bool has_any(const struct snapshot_arm *arm, trait *of)
{
    for (size_t i = 0; i < arm->n_attempts; i++)
        if (of(&arm->attempts[i]))
            return true;
    return false;
}

/* Do arms that have such texts differ in them? */
static bool texts_differ(const struct snapshot *snapshot, trait *of)
{
    const struct snapshot_arm *first = NULL;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        if (!has_any(arm, of))
            continue;
        if (first && (!texts_within(arm, first, of) || !texts_within(first, arm, of)))
            return true;
        first = first ? first : arm;
    }
    return false;
}

/* The first arm of each strategy stands for it in what is told. */
static bool first_of_strategy(const struct snapshot *snapshot, size_t arm)
{
    for (size_t i = 0; i < arm; i++)
        if (strcmp(snapshot->arms[i].arm->strategy, snapshot->arms[arm].arm->strategy) == 0)
            return false;
    return true;
}

/* Add texts to a list of which each part stands between bars, unless they are there. */
static void append_texts(const struct snapshot_arm *arm, trait *of, struct strbuf *list)
{
    for (size_t i = 0; i < arm->n_attempts; i++) {
        struct strbuf part = STRBUF_INIT;
        const char *text = of(&arm->attempts[i]);
        if (!text)
            continue;
        strbuf_printf(&part, "|%s|", text);
        if (!strstr(strbuf_text(list), strbuf_text(&part)))
            strbuf_append(list, strbuf_text(&part));
        list->failed = list->failed || part.failed;
        strbuf_free(&part);
    }
}

/* "|a||b|" as "a and b". */
static void append_listed(struct strbuf *out, const char *list)
{
    for (size_t n = 0; *list; n++) {
        size_t length = strcspn(list + 1, "|");
        strbuf_append(out, n ? " and " : "");
        strbuf_append_bytes(out, list + 1, length);
        list += length + 2;
    }
}

enum aspect { QUALITY, OVERHEAD, METERS, IDLE, METHOD, HOLES };

/* Of aspects that are texts. */
static trait *const traits[] = {[METERS] = meters_of, [IDLE] = idle_of, [METHOD] = method_of};

static void append_aspect(struct strbuf *out, enum aspect aspect, struct qualities all,
                          const struct strbuf *texts, size_t holes, size_t ended)
{
    if (aspect == HOLES)
        strbuf_printf(out, "%zu of %zu", holes, ended);
    else if (aspect != QUALITY && aspect != OVERHEAD)
        append_listed(out, texts->length ? strbuf_text(texts) : "|none|");
    else if (all.worst < 0)
        strbuf_append(out, "none");
    else
        qualities_append(out, all);
}

/* What the arms of the strategy that begins with this arm are in one aspect. */
static void describe(const struct snapshot *snapshot, size_t first, enum aspect aspect,
                     struct strbuf *out)
{
    struct qualities all = {-1, -1};
    struct strbuf texts = STRBUF_INIT;
    size_t holes = 0, ended = 0;
    const char *strategy = snapshot->arms[first].arm->strategy;
    for (size_t i = first; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        if (strcmp(arm->arm->strategy, strategy) != 0)
            continue;
        struct provenance of = provenance_of(snapshot, arm);
        qualities_merge(&all, aspect == OVERHEAD ? of.overhead : of.attempts);
        if (aspect == METERS || aspect == IDLE || aspect == METHOD)
            append_texts(arm, traits[aspect], &texts);
        holes += count_holes(arm);
        ended += of.ended;
    }
    strbuf_printf(out, " %s ", strategy);
    append_aspect(out, aspect, all, &texts, holes, ended);
    out->failed = out->failed || texts.failed;
    strbuf_free(&texts);
}

static void tell(const struct snapshot *snapshot, enum aspect aspect, const char *heading,
                 struct strbuf *out)
{
    strbuf_printf(out, "%s%s:", out->length ? "; " : "", heading);
    size_t told = 0;
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        if (!first_of_strategy(snapshot, i))
            continue;
        strbuf_append(out, told++ ? "," : "");
        describe(snapshot, i, aspect, out);
    }
}

/* How the arms that have begun compare. */
struct spread {
    size_t begun;
    double least_holes, most_holes; /* share of an arm's attempts */
};

static struct spread measure(const struct snapshot *snapshot)
{
    struct spread spread = {.least_holes = (double)NAN, .most_holes = (double)NAN};
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &snapshot->arms[i];
        struct provenance of = provenance_of(snapshot, arm);
        if (of.ended == 0)
            continue;
        spread.begun++;
        double holes = (double)count_holes(arm) / (double)of.ended;
        spread.least_holes = fmin(spread.least_holes, holes); /* these pass a NaN over */
        spread.most_holes = fmax(spread.most_holes, holes);
    }
    return spread;
}

void comparable_differences(const struct snapshot *snapshot, struct strbuf *out)
{
    struct provenance all = provenance_of(snapshot, NULL);
    struct spread spread = measure(snapshot);
    if (spread.begun < 2 || !all.meters)
        return;
    if (all.attempts.worst != all.attempts.best)
        tell(snapshot, QUALITY, "quality of the trials' joules", out);
    if (all.overhead.worst != all.overhead.best)
        tell(snapshot, OVERHEAD, "quality of the joules outside of trials", out);
    if (texts_differ(snapshot, meters_of))
        tell(snapshot, METERS, "meters", out);
    if (texts_differ(snapshot, idle_of))
        tell(snapshot, IDLE, "idle power", out);
    if (spread.most_holes - spread.least_holes > HOLES_TOLERATED)
        tell(snapshot, HOLES, "attempts without a figure or with doubtful reads", out);
}

void comparable_remarks(const struct snapshot *snapshot, struct strbuf *out)
{
    if (!texts_differ(snapshot, idle_of) && texts_differ(snapshot, method_of))
        tell(snapshot, METHOD, "methods", out);
}

enum status comparable_check(const struct snapshot *snapshot, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = ST_OK;
    comparable_differences(snapshot, &text);
    if (!strbuf_ok(&text)) {
        status = error_set(err, ST_NOMEM, "out of memory");
    } else if (text.length > 0) {
        status = error_set(err, ST_INVALID,
                           "the arms' joules are of unequal provenance, so they are not "
                           "ranked: %s",
                           strbuf_text(&text));
        error_remedy(err, "`wattune trials` has energy_quality and energy_meters of every "
                          "attempt; --force compares them all the same");
    }
    strbuf_free(&text);
    return status;
}
