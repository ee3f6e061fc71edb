#include "results/record.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const state_texts[] = {
#define STUDY_STATE_TEXT(name, text) text,
    STUDY_STATE_LIST(STUDY_STATE_TEXT)
#undef STUDY_STATE_TEXT
};

static const char *const qualities[] = {"none",     "estimated",  "reported",
                                        "modelled", "integrated", "measured"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int find_name(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return (int)i;
    return -1;
}

bool study_is_simulated(const struct study_record *study)
{
    return study->energy_meters && strcmp(study->energy_meters, METERS_SIMULATED) == 0;
}

bool study_has_objective(const struct study_record *study, const char *metric)
{
    for (size_t i = 0; i < study->n_objectives; i++)
        if (strcmp(study->objectives[i].metric, metric) == 0)
            return true;
    return false;
}

const char *study_state_text(enum study_state state)
{
    size_t i = (size_t)state;
    return i < COUNT(state_texts) ? state_texts[i] : "unknown";
}

int study_state_from_text(const char *text)
{
    return find_name(text, state_texts, COUNT(state_texts));
}

int energy_quality_rank(const char *name)
{
    return find_name(name, qualities, COUNT(qualities));
}

const char *energy_quality_name(int rank)
{
    return rank >= 0 && (size_t)rank < COUNT(qualities) ? qualities[rank] : "unknown";
}

bool energy_known(const struct energy_record *energy)
{
    return energy_quality_rank(energy->quality) > 0;
}

double energy_joules(const struct energy_record *energy)
{
    return energy_known(energy) ? ((double)energy->dynamic_uj + (double)energy->idle_uj) / 1e6
                                : (double)NAN;
}

bool attempt_has_energy(const struct attempt_record *attempt)
{
    return energy_known(&attempt->energy);
}

double attempt_energy_j(const struct attempt_record *attempt)
{
    return energy_joules(&attempt->energy);
}

double overhead_joules(const struct overhead_record *overhead)
{
    if (energy_quality_rank(overhead->quality) <= 0)
        return (double)NAN;
    return (double)(overhead->waiting_uj + overhead->search_uj + overhead->orchestrator_uj) /
           1e6;
}

/* Without overflow, whatever a message or a database says. */
bool host_record_closes(const struct host_record *row)
{
    const int64_t parts[] = {row->trials_uj,      row->trials_idle_uj,  row->waiting_uj,
                             row->search_uj,      row->orchestrator_uj, row->other_uj,
                             row->unattributed_uj};
    int64_t rest_uj = row->metered_uj;
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (parts[i] < 0 || parts[i] > rest_uj)
            return false;
        rest_uj -= parts[i];
    }
    return rest_uj == 0;
}

void attempt_append_name(const struct attempt_record *attempt, const struct arm_record *arm,
                         struct strbuf *out)
{
    strbuf_printf(out, "%s.%" PRIu32 ".%" PRIu64, arm->strategy, arm->repeat, attempt->trial);
    if (attempt->attempt > 1)
        strbuf_printf(out, "#%" PRIu32, attempt->attempt);
}
