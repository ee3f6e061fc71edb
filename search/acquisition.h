/* acquisition.h - how much a point promises, given what a Gaussian process believes about it.
 *
 * Targets are minimised. Threading: pure functions. */
#ifndef SEARCH_ACQUISITION_H
#define SEARCH_ACQUISITION_H

/* ln(phi(z) + z Phi(z)), the logarithm of the expected positive part of a normal variable with
 * mean z and variance 1, and in *slope its derivative by z. Accurate to some 1e-12 of its
 * size for |z| < 1e150: where the plain formula cancels, far into the tail, the terms are
 * regrouped (Ament, Daulton, Eriksson, Balandat & Bakshy 2023, "Unexpected Improvements to
 * Expected Improvement for Bayesian Optimization", section 4.1), here by a continued fraction
 * of Mills' ratio, which has no difference in it. */
double log_positive_part(double z, double *slope);

/* ln Phi(z), the logarithm of the probability that a standard normal variable is below z, and
 * in *slope its derivative by z. Accurate in both tails. */
double log_probability(double z, double *slope);

/* ln of the expected improvement below `best` of a normal belief, and its derivatives by the
 * mean and the variance. variance > 0. */
double log_expected_improvement(double best, double mean, double variance, double *by_mean,
                                double *by_variance);

/* ln of the share of a point's uncertainty that one observation of the given noise takes away,
 * 1 - sqrt(noise / (variance + noise)), and its derivative by the variance: what augments the
 * expected improvement so that points that are known well enough are not observed again and
 * again (Huang, Allen, Notz & Zeng 2006, "Global optimization of stochastic black-box systems
 * via sequential kriging meta-models", eq. 12). 0 without noise. variance > 0. */
double log_learned_share(double variance, double noise, double *by_variance);

#endif
