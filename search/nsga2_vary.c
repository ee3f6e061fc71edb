#include "search/nsga2_vary.h"

#include "search/moves.h"

#include <math.h>

/* The distribution indices: the larger, the closer are children to parents and mutants to what
 * they were. */
#define CROSSOVER_INDEX 20
#define MUTATION_INDEX 20

/* The spread of a child as a multiple of its parents', for a parent that has `room` (in units
 * of the parents' distance) to the bound on its side. */
static double spread(double uniform, double room)
{
    double power = 1.0 / (CROSSOVER_INDEX + 1);
    double alpha = 2 - pow(1 + 2 * room, -(CROSSOVER_INDEX + 1));
    double x = uniform * alpha;
    return x <= 1 ? pow(x, power) : pow(1 / (2 - x), power);
}

double nsga2_cross(struct rng *rng, double a, double b)
{
    double low = fmin(a, b), distance = fmax(a, b) - low;
    double uniform = rng_uniform(rng);
    bool lower = rng_uniform(rng) < 0.5;
    if (distance < 1e-14)
        return a;
    double room = (lower ? low : 1 - low - distance) / distance;
    double away = (lower ? -0.5 : 0.5) * spread(uniform, fmax(room, 0)) * distance;
    return fmin(fmax(low + distance / 2 + away, 0), 1);
}

double nsga2_step(struct rng *rng, double u)
{
    double x = 2 * rng_uniform(rng), power = 1.0 / (MUTATION_INDEX + 1);
    double step = x < 1 ? pow(x + (1 - x) * pow(1 - u, MUTATION_INDEX + 1), power) - 1
                        : 1 - pow(2 - x + (x - 1) * pow(u, MUTATION_INDEX + 1), power);
    return fmin(fmax(step, -u), 1 - u);
}

/* What the parents have at a coordinate. NaN: the parameter is inactive there. */
struct gene {
    double value[2]; /* as in the points */
    double u[2];     /* as in the unit cube */
};

/* Give the gene to the parent that lacks it; drawn when both do. */
static void complete(const struct param *param, struct rng *rng, struct gene *gene)
{
    double u = rng_uniform(rng);
    bool here = !isnan(gene->value[0]), there = !isnan(gene->value[1]);
    if (!here && !there) {
        gene->u[0] = gene->u[1] = u;
        if (!move_is_continuous(param))
            gene->value[0] = gene->value[1] = param_value(param, floor(u * param_count(param)));
    } else if (!here || !there) {
        gene->u[!here ? 0 : 1] = gene->u[!here ? 1 : 0];
        gene->value[!here ? 0 : 1] = gene->value[!here ? 1 : 0];
    }
}

static double vary_continuous(const struct gene *gene, bool crossed, bool mutated,
                              struct rng *rng)
{
    double u = gene->u[0];
    if (crossed && rng_uniform(rng) < 0.5)
        u = nsga2_cross(rng, gene->u[0], gene->u[1]);
    return mutated ? u + nsga2_step(rng, u) : u;
}

static double vary_discrete(const struct param *param, const struct gene *gene, bool crossed,
                            bool mutated, struct rng *rng)
{
    bool other = crossed && rng_uniform(rng) < 0.5;
    double value = gene->value[other], u = gene->u[other];
    return mutated ? move_value(param, rng, value, nsga2_step(rng, u)) : value;
}

void nsga2_vary(const struct space *space, const struct chances *chances, struct rng *rng,
                const double *a, const double *b, double *scratch, double *child)
{
    size_t dims = space_dims(space);
    double *u_a = scratch, *u_b = scratch + dims, *u = scratch + 2 * dims;
    bool crossed = rng_uniform(rng) < chances->crossover;
    space_to_unit(space, a, u_a);
    space_to_unit(space, b, u_b);
    for (size_t d = 0; d < dims; d++) {
        size_t i = space_dim_param(space, d);
        const struct param *param = space_param(space, i);
        struct gene gene = {{a[i], b[i]}, {u_a[d], u_b[d]}};
        bool mutated = rng_uniform(rng) < chances->mutation;
        complete(param, rng, &gene);
        child[i] = NAN; /* where the coordinate below decides */
        if (move_is_continuous(param))
            u_a[d] = vary_continuous(&gene, crossed, mutated, rng);
        else
            child[i] = vary_discrete(param, &gene, crossed, mutated, rng);
    }
    space_to_unit(space, child, u);
    for (size_t d = 0; d < dims; d++)
        if (move_is_continuous(space_param(space, space_dim_param(space, d))))
            u[d] = u_a[d];
    space_from_unit(space, u, child);
}
