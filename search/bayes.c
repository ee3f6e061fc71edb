/* Bayesian optimisation: Gaussian processes over the space, and the point of the largest score
 * (search/bayes_score.h). What is proposed depends on (space, options, seed, history) alone:
 * the state kept here is a cache that any replay of the history rebuilds bit by bit. */
#include "search/bayes_epochs.h"
#include "search/bayes_kind.h"
#include "search/bayes_stop.h"
#include "search/past.h"
#include "search/spending.h"
#include "search/start.h"
#include "search/strategy.h"
#include "search/unasked.h"

#include <math.h>
#include <stdlib.h>

struct bayes {
    const struct problem *problem;
    size_t n_objectives;         /* that count */
    bool thrifty;                /* the joules of a proposal count */
    size_t start;                /* trials before the processes are asked */
    struct bayes_epochs *epochs; /* with "fidelity", which takes over; else NULL */
    const struct bayes_kind *kind;
    void *state; /* the kind's */
    struct unasked *unasked;
    struct start *first_points;
    struct bayes_stop stop;
    struct bayes_work work;
    double *u; /* [space_dims()] */
};

/* Creating. */

/* Where joules count, points that are chosen knowing nothing of them are few. */
static size_t default_start(const struct bayes *bayes)
{
    size_t usual = start_default(bayes->problem), dims = space_dims(bayes->problem->space);
    size_t few = dims > 4 ? dims + 2 : 6;
    return bayes->thrifty && few < usual ? few : usual;
}

static void read_options(struct bayes *bayes, struct json_reader *options)
{
    static const char *const acquisitions[] = {"logei"};
    static const char *const costs[] = {"none", "energy_j"};
    json_read_choice(options, "acquisition", 0, acquisitions, 1);
    bayes->thrifty =
        json_read_choice(options, "cost", bayes->problem->budget_energy_j > 0, costs, 2) == 1;
    bayes->start =
        (size_t)json_read_integer(options, "start", (int64_t)default_start(bayes), 2, 1000000);
    bool multi = json_read_bool(options, "multi", false);
    bayes->n_objectives = multi ? bayes->problem->n_objectives : 1;
    bayes_stop_read(&bayes->stop, options, bayes->n_objectives, bayes->start);
    bayes->kind = bayes->n_objectives == 1   ? &bayes_improvement
                  : bayes->n_objectives == 2 ? &bayes_hypervolume
                                             : &bayes_scalarised;
}

/* With "fidelity" one objective counts, and joules are those of the epochs. */
static void check_epochs(const struct problem *problem, struct json_reader *options)
{
    static const char *const others[] = {"multi", "cost", "stop"};
    for (size_t i = 0; i < 3; i++)
        if (json_read_any(options, others[i]))
            json_reader_problem(options, others[i],
                                "does not go together with \"fidelity\": remove one of them");
    if (problem->n_constraints > 0)
        json_reader_problem(options, "fidelity",
                            "does not go together with the study's \"constraints\": remove "
                            "one of them");
}

static void bayes_free(void *state)
{
    struct bayes *bayes = state;
    if (!bayes)
        return;
    bayes_epochs_free(bayes->epochs);
    start_free(bayes->first_points);
    unasked_free(bayes->unasked);
    if (bayes->state)
        bayes->kind->free(bayes->state);
    maximiser_free(bayes->work.maximiser);
    incumbents_free(&bayes->work.incumbents);
    bayes_score_free(&bayes->work.score);
    beliefs_free(bayes->work.beliefs);
    free(bayes->work.good);
    free(bayes->u);
    free(bayes);
}

/* Complete trials before the processes have anything to say. */
static size_t first_fit(size_t start)
{
    return start / 2 > 2 ? start / 2 : 2;
}

static bool wants_cost(const struct bayes *bayes)
{
    return bayes->thrifty || bayes->problem->budget_energy_j > 0 ||
           bayes->stop.gain_per_joule > 0;
}

static enum status create_work(struct bayes *bayes)
{
    const struct problem *problem = bayes->problem;
    struct bayes_work *work = &bayes->work;
    work->problem = problem;
    work->good = calloc(BAYES_GOOD * space_count(problem->space), sizeof *work->good);
    bayes->u = calloc(space_dims(problem->space) + 1, sizeof *bayes->u);
    if (!work->good || !bayes->u || maximiser_create(&work->maximiser, problem) ||
        beliefs_create(&work->beliefs, problem, bayes->n_objectives, wants_cost(bayes),
                       first_fit(bayes->start)))
        return ST_NOMEM;
    return bayes_score_init(&work->score, work->beliefs, space_dims(problem->space));
}

static enum status create_parts(struct bayes *bayes)
{
    const struct problem *problem = bayes->problem;
    if (unasked_create(&bayes->unasked, problem) ||
        start_create(&bayes->first_points, problem, bayes->unasked,
                     rng_derive(problem->seed, "bayes", 0, 0)) ||
        create_work(bayes))
        return ST_NOMEM;
    return bayes->kind->create(&bayes->state, problem);
}

static enum status bayes_create(void **state, const struct problem *problem,
                                struct json_reader *options, struct error *err)
{
    struct bayes *bayes = calloc(1, sizeof *bayes);
    if (!bayes)
        return error_set(err, ST_NOMEM, "out of memory");
    bayes->problem = problem;
    read_options(bayes, options);
    bool epochs = json_read_any(options, "fidelity") != NULL;
    if (epochs)
        check_epochs(problem, options);
    enum status status =
        epochs ? bayes_epochs_create(&bayes->epochs, problem, options, bayes->start)
               : create_parts(bayes);
    if (status) {
        bayes_free(bayes);
        return error_set(err, status, "%s", status_text(status));
    }
    *state = bayes;
    return ST_OK;
}

/* Good points, for the kinds. */

void bayes_add_good(struct bayes_work *work, size_t i)
{
    const struct space *space = work->problem->space;
    const struct incumbents *known = &work->incumbents;
    if (work->n_good < BAYES_GOOD)
        space_from_unit(space, known->u + i * known->dims,
                        work->good + work->n_good++ * space_count(space));
}

size_t bayes_best_are_good(struct bayes_work *work)
{
    size_t best[BAYES_GOOD] = {0};
    size_t n = incumbents_best(&work->incumbents, best, BAYES_GOOD);
    for (size_t k = 0; k < n; k++)
        bayes_add_good(work, best[k]);
    return best[0];
}

/* Asking. */

/* A point of the start. */
static enum ask propose_start(struct bayes *bayes, const struct history *history, double *point)
{
    return start_propose(bayes->first_points, history, point) ? ASK_PROPOSED : ASK_DONE;
}

/* A prediction costs O(n^2): fewer of them as the data grow. */
static struct effort effort_for(size_t n)
{
    if (n <= 80)
        return (struct effort){1024, 512, 128, 6, 30, 6};
    if (n <= 256)
        return (struct effort){768, 384, 128, 5, 25, 5};
    if (n <= 640)
        return (struct effort){512, 256, 96, 4, 20, 4};
    return (struct effort){384, 192, 64, 4, 16, 3};
}

/* Joules that no trial takes less of. */
#define NOTHING_LEFT 1e-12

/* ln of the joules that the pending trials leave of the budget. */
static double ln_affordable(struct bayes *bayes, const struct history *history)
{
    struct beliefs *beliefs = bayes->work.beliefs;
    struct prediction *prediction = &bayes->work.score.prediction;
    size_t cost = beliefs_cost(beliefs);
    double left = bayes->problem->budget_energy_j - spending_joules(history), unused;
    for (size_t k = 0; k < history->n_pending && beliefs_of(beliefs, cost); k++) {
        space_to_unit(bayes->problem->space, history->trials[history->pending[k]].point,
                      bayes->u);
        beliefs_predict(beliefs, bayes->u, 1, false, prediction);
        left -=
            exp(beliefs_ln_joules(beliefs, prediction->mean[cost * BELIEFS_BLOCK], &unused));
    }
    return log(fmax(left, NOTHING_LEFT)); /* finite: the cheapest point is then the best */
}

/* What is to be maximised for the next trial. */
static enum status prepare(struct bayes *bayes, const struct history *history)
{
    struct bayes_work *work = &bayes->work;
    struct bayes_score *score = &work->score;
    enum status status = incumbents_find(&work->incumbents, bayes->problem, work->beliefs);
    if (status)
        return status;
    work->n_good = 0;
    score->acquisition = NULL;
    score->thrift = 0;
    score->ln_affordable = INFINITY;
    if (work->incumbents.n_feasible > 0) {
        status = bayes->kind->prepare(bayes->state, work, history);
        score->thrift =
            bayes->thrifty ? spending_thrift(bayes->problem, history, bayes->start) : 0;
    } else {
        bayes_best_are_good(work);
    }
    if (bayes->problem->budget_energy_j > 0)
        score->ln_affordable = ln_affordable(bayes, history);
    return status;
}

/* Is the search to end? Before the next point is looked for when `u` is NULL, else instead of
 * the point u. */
static enum status decide_end(struct bayes *bayes, const struct history *history,
                              const double *u, bool *ends)
{
    *ends = false;
    if (bayes->work.incumbents.n_feasible == 0)
        return ST_OK;
    if (!u)
        return bayes_stop_by_gain(&bayes->stop, &bayes->work, history, ends);
    *ends = bayes_stop_by_price(&bayes->stop, &bayes->work, history, u);
    return ST_OK;
}

/* The point of the largest score; *ends when none is worth a trial. */
static enum status find_point(struct bayes *bayes, const struct history *history, uint64_t seed,
                              double *point, bool *ends)
{
    struct bayes_work *work = &bayes->work;
    struct score score = bayes_score_of(&work->score);
    struct effort effort = effort_for(beliefs_count(work->beliefs) + history->n_pending);
    enum status status = prepare(bayes, history);
    if (!status)
        status = decide_end(bayes, history, NULL, ends);
    if (status || *ends)
        return status;
    status = maximise(work->maximiser, &score, history, work->good, work->n_good, seed, &effort,
                      point);
    if (status)
        return status;
    space_to_unit(bayes->problem->space, point, bayes->u);
    return decide_end(bayes, history, bayes->u, ends);
}

static enum ask propose(struct bayes *bayes, const struct history *history, double *point)
{
    uint64_t seed = rng_derive(bayes->problem->seed, "bayes maximise", history->n, 0);
    bool ends = false;
    enum status status = find_point(bayes, history, seed, point, &ends);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (ends) /* for certain only when the results of the pending trials are known */
        return history->n_pending > 0 ? ASK_WAIT : ASK_DONE;
    if (status) /* what looks best has all been asked for */
        return unasked_draw(bayes->unasked, history, seed, point) ? ASK_PROPOSED : ASK_DONE;
    return ASK_PROPOSED;
}

/* The first points have been asked for, or have taken a quarter of the joules. */
static bool is_started(const struct bayes *bayes, const struct history *history)
{
    double budget_j = bayes->problem->budget_energy_j;
    return past_started(bayes->problem, history) >= bayes->start ||
           (budget_j > 0 && spending_joules(history) >= budget_j / 4);
}

static enum ask bayes_ask(void *state, const struct history *history, struct proposal *proposal)
{
    struct bayes *bayes = state;
    struct beliefs *beliefs = bayes->work.beliefs;
    bayes->stop.reason[0] = '\0';
    if (bayes->epochs)
        return bayes_epochs_ask(bayes->epochs, history, proposal);
    if (unasked_none(bayes->unasked, history))
        return ASK_DONE;
    if (!is_started(bayes, history))
        return propose_start(bayes, history, proposal->point);
    enum status status = beliefs_learn(beliefs, history);
    if (!status)
        status = beliefs_fantasize(beliefs, history);
    if (status == ST_NOMEM)
        return ASK_FAILED;
    if (status) /* nothing complete to learn from yet */
        return propose_start(bayes, history, proposal->point);
    return propose(bayes, history, proposal->point);
}

static const char *bayes_end_reason(const void *state)
{
    const struct bayes *bayes = state;
    return *bayes->stop.reason ? bayes->stop.reason : NULL;
}

static enum verdict bayes_report(void *state, const struct history *history,
                                 const struct trial *trial)
{
    struct bayes *bayes = state;
    return bayes->epochs ? bayes_epochs_report(bayes->epochs, history, trial) : VERDICT_GO_ON;
}

static double bayes_count(const void *state)
{
    const struct bayes *bayes = state;
    return bayes->epochs ? bayes_epochs_count(bayes->epochs) : HUGE_VAL;
}

static bool bayes_continues(const void *state)
{
    const struct bayes *bayes = state;
    return bayes->epochs != NULL;
}

const struct strategy_type strategy_bayes = {
    .name = "bayes",
    .summary = "Bayesian optimisation: Gaussian process and log expected improvement",
    .create = bayes_create,
    .free = bayes_free,
    .count = bayes_count,
    .continues = bayes_continues,
    .ask = bayes_ask,
    .end_reason = bayes_end_reason,
    .report = bayes_report,
};
