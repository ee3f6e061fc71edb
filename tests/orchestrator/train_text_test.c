#include "orchestrator/shell_word.h"
#include "orchestrator/train_text.h"
#include "orchestrator/train_view.h"
#include "tests/check.h"

#include <string.h>

static const struct train_step in_the_middle = {.phase = "train",
                                                .epoch = 3,
                                                .step = 70,
                                                .steps = 156,
                                                .images = 4480,
                                                .loss = 1.23456,
                                                .time_s = 2};

static void expect_moment(const struct train_moment *moment, size_t width, const char *wanted)
{
    struct strbuf line = STRBUF_INIT;
    train_text_moment(moment, width, &line);
    assert_string_equal(strbuf_text(&line), wanted);
    strbuf_free(&line);
}

static void the_live_line_tells_how_far_a_run_is(void **state)
{
    (void)state;
    struct train_moment moment = {&in_the_middle, 20, 0.1289, 200.4, {1234, ENERGY_ESTIMATED}};
    expect_moment(&moment, 0,
                  "epoch 3/20 | train 70/156 | 12 % | 3 min 21 s left | loss 1.2346 | 2240 "
                  "images/s | 1.23 kJ estimated");
    expect_moment(&moment, 21, "epoch 3/20");
    expect_moment(&moment, 25, "epoch 3/20 | train 70/156");
    expect_moment(&moment, 5, "epoch");
    moment.left_s = 4.2;
    expect_moment(&moment, 44, "epoch 3/20 | train 70/156 | 12 % | 5 s left");
    struct train_step slow = in_the_middle;
    slow.time_s = 1234;
    moment = (struct train_moment){&slow, 20, 1, NAN, {NAN, ENERGY_NONE}};
    expect_moment(&moment, 0,
                  "epoch 3/20 | train 70/156 | 100 % | loss 1.2346 | 3.63 images/s");
    slow.time_s = 0;
    expect_moment(&moment, 0, "epoch 3/20 | train 70/156 | 100 % | loss 1.2346");
}

static const struct train_row rows[] = {
    {.report = {1, 2.25, 0.2, 2.5, 0.25, 800, 0.05, true}, .time_s = NAN, .energy_j = NAN},
    {.report = {2, 1.5, 0.5, 1.25, 0.5, 800, 0.025, true}, .time_s = 12.34, .energy_j = 1234},
    {.report = {3, 1, 0.75, 2, 0.375, 800, 1.5e-5, false}, .time_s = 700, .energy_j = 2.5e6},
};

/* The lines have the widths of their head, whatever is in them. */
static void an_epoch_is_a_line_of_columns(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    train_text_head(&text);
    for (size_t i = 0; i < 3; i++)
        train_text_row(&rows[i], 20, &text);
    assert_string_equal(
        strbuf_text(&text),
        "                     loss          accuracy\n"
        "  epoch    train validate    train validate      rate        time   energy\n"
        "   1/20   2.2500   2.5000   0.2000   0.2500      0.05           -        - best\n"
        "   2/20   1.5000   1.2500   0.5000   0.5000     0.025      12.3 s  1.23 kJ best\n"
        "   3/20   1.0000   2.0000   0.7500   0.3750   1.5e-05 11 min 40 s  2.50 MJ\n");
    strbuf_free(&text);
}

static void the_curve_shows_where_each_figure_went(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    train_text_curve(rows, 1, 0, &text);
    assert_string_equal(strbuf_text(&text), "");
    train_text_curve(rows, 3, 0, &text);
    assert_string_equal(strbuf_text(&text),
                        "  loss, train          █▆▄  2.2500 to 1.0000, best 1.0000\n"
                        "  loss, validate       █▄▇  2.5000 to 2.0000, best 1.2500\n"
                        "  accuracy, train      ▃▆█  0.2000 to 0.7500, best 0.7500\n"
                        "  accuracy, validate   ▄█▆  0.2500 to 0.3750, best 0.5000\n\n");
    strbuf_free(&text);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (; *text; text += *text == '\n') {
        size_t columns = 0;
        for (; *text && *text != '\n'; text++)
            columns += (*text & 0xC0) != 0x80; /* not for the rest of a UTF-8 character */
        longest = columns > longest ? columns : longest;
    }
    return longest;
}

/* Many epochs share the bars that there is room for. */
static void a_long_curve_fits_the_terminal(void **state)
{
    (void)state;
    static struct train_row many[1000];
    for (int i = 0; i < 1000; i++)
        many[i].report = (struct train_report){i + 1, 1, 0.5, 1, 0.5, 1, 0.1, false};
    static const size_t widths[] = {0, 20, 64, 80, 100, 200};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct strbuf text = STRBUF_INIT;
        train_text_curve(many, 1000, widths[i], &text);
        size_t columns = longest_line(strbuf_text(&text));
        assert_true(columns >= 60);
        if (widths[i] >= 64)
            assert_true(columns <= widths[i]);
        strbuf_free(&text);
    }
}

static void expect_summary(const struct train_summary *summary, const char *wanted)
{
    struct strbuf text = STRBUF_INIT;
    train_text_summary(summary, &text);
    if (strcmp(strbuf_text(&text), wanted) != 0)
        fail_msg("expected:\n%sgot:\n%s", wanted, strbuf_text(&text));
    strbuf_free(&text);
}

static void the_summary_tells_what_came_of_it_and_how_to_go_on(void **state)
{
    (void)state;
    struct train_settings settings;
    settings_init(&settings);
    settings.epochs = 20;
    settings.patience = 5;
    struct train_result result = {
        .last = {.epoch = 20, .val_loss = 0.8421, .val_accuracy = 0.71},
        .best_val_accuracy = 0.725,
        .best_epoch = 18,
        .lowest_epoch = 8,
        .test_accuracy = 0.7,
        .params = 78042,
        .end = TRAIN_ALL_EPOCHS};
    struct train_summary summary = {.settings = &settings,
                                    .result = &result,
                                    .folder = "run1",
                                    .has_latest = true,
                                    .has_best = true,
                                    .epochs_now = 20,
                                    .time_s = 250,
                                    .energy = {1234, ENERGY_MODELLED}};
    expect_summary(&summary,
                   "resnet8, 78042 parameters: 20 epochs, in 4 min 10 s, 1.23 kJ modelled (the "
                   "whole machine)\n"
                   "  last epoch    accuracy 0.7100, loss 0.8421 on the validation images\n"
                   "  best epoch    accuracy 0.7250 in epoch 18\n"
                   "  test          accuracy 0.7000 of the last epoch's network\n"
                   "  checkpoints   run1/latest.ckpt (epoch 20), best.ckpt (epoch 18)\n\n"
                   "  wattune predict run1 IMAGE...   # names what is in images\n"
                   "  wattune train --resume run1 --epochs 40   # trains on\n");
    result.end = TRAIN_PATIENCE;
    result.test_accuracy = NAN;
    result.last.epoch = 13;
    summary.epochs_now = 3;
    summary.has_best = false;
    summary.energy = (struct train_energy){NAN, ENERGY_NONE};
    expect_summary(
        &summary, "resnet8, 78042 parameters: 13 epochs, 3 of them now, in 4 min 10 s\n"
                  "  ended         early: no lower validation loss since epoch 8 (patience 5)\n"
                  "  last epoch    accuracy 0.7100, loss 0.8421 on the validation images\n"
                  "  best epoch    accuracy 0.7250 in epoch 18\n"
                  "  checkpoints   run1/latest.ckpt (epoch 13)\n\n"
                  "  wattune predict run1 IMAGE...   # names what is in images\n"
                  "  wattune train --resume run1 --patience 0   # trains on\n");
    summary.folder = NULL;
    result.last.epoch = summary.epochs_now = 1;
    result.end = TRAIN_STOPPED;
    expect_summary(&summary,
                   "resnet8, 78042 parameters: 1 epoch, in 4 min 10 s\n"
                   "  ended         early, as it was asked to\n"
                   "  last epoch    accuracy 0.7100, loss 0.8421 on the validation images\n"
                   "  best epoch    accuracy 0.7250 in epoch 18\n"
                   "  checkpoints   none: --save DIR keeps the network\n");
}

static void a_network_that_was_not_written_is_not_offered(void **state)
{
    (void)state;
    struct train_settings settings;
    settings_init(&settings);
    struct train_result result = {.last = {.epoch = 1}, .best_epoch = 1, .test_accuracy = NAN};
    struct train_summary summary = {.settings = &settings,
                                    .result = &result,
                                    .folder = "my run",
                                    .has_best = true,
                                    .epochs_now = 1,
                                    .energy = {NAN, ENERGY_NONE}};
    expect_summary(&summary, "resnet8, 0 parameters: 1 epoch, in 0 s\n"
                             "  last epoch    accuracy 0.0000, loss 0.0000 on the validation "
                             "images\n"
                             "  best epoch    accuracy 0.0000 in epoch 1\n"
                             "  checkpoints   none of this network in 'my run'\n");
}

static void expect_word(const char *text, const char *wanted)
{
    struct strbuf out = STRBUF_INIT;
    shell_word_append(&out, text);
    assert_string_equal(strbuf_text(&out), wanted);
    strbuf_free(&out);
}

static void a_folder_is_one_word_of_a_command(void **state)
{
    (void)state;
    expect_word("run1/a_b-c.2", "run1/a_b-c.2");
    expect_word("my run", "'my run'");
    expect_word("", "''");
    expect_word("-x", "./-x");
    expect_word("$HOME;`id`\\", "'$HOME;`id`\\'");
    expect_word("it's\\", "$'it\\x27s\\x5c'");
    expect_word("a\033[2J\nb\x7f", "$'a\\x1b[2J\\x0ab\\x7f'");
    expect_word("-\n", "./$'-\\x0a'");
}

/* From 0 to 1 over the passes of all epochs, never back. */
static void the_share_grows_with_every_step(void **state)
{
    (void)state;
    struct train_settings settings = {.epochs = 3};
    struct train_view view = {.settings = &settings, .train_steps = 10, .val_steps = 6};
    double before = 0;
    for (int epoch = 1; epoch <= 3; epoch++) {
        struct train_step step = {.phase = "train", .epoch = epoch, .steps = 10};
        for (step.step = 1; step.step <= 10; step.step++) {
            double share = train_view_share(&view, &step);
            assert_true(share > before);
            before = share;
        }
        step = (struct train_step){.phase = "validate", .epoch = epoch, .steps = 6};
        for (step.step = 1; step.step <= 6; step.step++) {
            double share = train_view_share(&view, &step);
            assert_true(share > before);
            before = share;
        }
        assert_near(before, epoch / 3.0, 1e-12);
    }
    struct train_step test = {.phase = "test", .epoch = 3, .step = 1, .steps = 9};
    assert_near(train_view_share(&view, &test), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_live_line_tells_how_far_a_run_is),
        cmocka_unit_test(an_epoch_is_a_line_of_columns),
        cmocka_unit_test(the_curve_shows_where_each_figure_went),
        cmocka_unit_test(a_long_curve_fits_the_terminal),
        cmocka_unit_test(the_summary_tells_what_came_of_it_and_how_to_go_on),
        cmocka_unit_test(a_network_that_was_not_written_is_not_offered),
        cmocka_unit_test(a_folder_is_one_word_of_a_command),
        cmocka_unit_test(the_share_grows_with_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
