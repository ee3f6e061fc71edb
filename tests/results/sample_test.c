/* Figures of samples, worked out by hand. */
#include "results/sample.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

static void figures_follow_from_the_counts(void **state)
{
    (void)state;
    struct sample_record samples[] = {fixture_sample(0), fixture_sample(1), fixture_sample(2)};
    struct sample_series series = {0, samples, 3};
    samples[1].energy_uj = 200000000;
    samples[2].end_us = 4000000; /* over two seconds */
    samples[2].energy_uj = SAMPLE_UNKNOWN;
    samples[2].gpu_permille = 250;
    assert_near(sample_length_s(&series, 2), 2, 1e-12);
    assert_near(sample_figure_at(&series, 0, SAMPLE_POWER), 100, 1e-9);
    assert_near(sample_figure_at(&series, 0, SAMPLE_NODE_POWER), 250, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_NODE_POWER), 125, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_CORES), 0.75, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_MEMORY), 3, 1e-9);
    assert_near(sample_figure_at(&series, 2, SAMPLE_GPU), 0.25, 1e-9);
    assert_true(isnan(sample_figure_at(&series, 2, SAMPLE_POWER)));
    assert_true(isnan(sample_figure_at(&series, 1, SAMPLE_GPU)));

    struct sample_summary power = sample_summarise(&series, SAMPLE_POWER);
    assert_near(power.mean, 150, 1e-9);
    assert_near(power.peak, 200, 1e-9);
    assert_near(power.last, 200, 1e-9);
    struct sample_summary cores = sample_summarise(&series, SAMPLE_CORES);
    assert_near(cores.mean, 4.5 / 4, 1e-9);
    assert_near(sample_summarise(&series, SAMPLE_MEMORY).mean, (1 + 2 + 3 * 2) / 4.0, 1e-9);
    assert_true(isnan(sample_summarise(&series, SAMPLE_GPU_POWER).mean));
    assert_true(isnan(sample_summarise(&series, SAMPLE_GPU_POWER).peak));
}

/* What ends a millisecond after its last sample has no peak of a thousand watts for that. */
static void a_stub_has_no_peak(void **state)
{
    (void)state;
    struct sample_record samples[] = {fixture_sample(0), fixture_sample(1)};
    struct sample_series series = {0, samples, 2};
    samples[1].end_us = samples[0].end_us + 1000;
    assert_near(sample_figure_at(&series, 1, SAMPLE_POWER), 100000, 1e-6);
    struct sample_summary whole = sample_summarise(&series, SAMPLE_POWER);
    assert_near(whole.mean, 200 / 1.001, 1e-9); /* its joules are in it */
    assert_near(whole.peak, whole.mean, 1e-9);  /* no mean is above its peak */
    series.samples++;
    series.n = 1;
    series.begin_us = samples[0].end_us;
    assert_near(sample_summarise(&series, SAMPLE_POWER).peak, 100000, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_follow_from_the_counts),
        cmocka_unit_test(a_stub_has_no_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
