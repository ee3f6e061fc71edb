/* How runs end before their last epoch, and what they leave. */
#include "tests/check.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/cnn/train_pieces.h"

#include <stdio.h>
#include <unistd.h>

/* End after every few steps, wherever that is, and go on from there: the end is that of the run
 * in one piece, the best checkpoint included. */
static void a_run_can_be_interrupted_at_any_step(void **state)
{
    (void)state;
    struct train_settings settings = settings_of(
        "{" SMALL "\"test\": true, \"dataset_options\": \"test_images=40\", \"augment_flip\": "
        "true, \"augment_cutout\": 4, \"schedule\": \"one_cycle\", \"checkpoint_every\": 2}");
    struct place whole = make_place("whole"), pieces = make_place("pieces");
    struct log log = {0};
    struct train_result a = must_run(
        &settings, &(struct train_checkpoints){.save = whole.path, .keep_best = true}, &log);
    assert_int_equal(log.steps, 4 * (3 + 2) + 3);
    struct train_checkpoints on = {
        .save = pieces.path, .keep_best = true, .resume = pieces.path};
    struct train_result b;
    struct error err;
    enum status status = ST_INTERRUPTED;
    int pieces_n = 0;
    for (int n = 4; status == ST_INTERRUPTED; n = n == 5 ? 3 : n + 1, pieces_n++) {
        struct log piece = {.end_in = n};
        status = run(&settings, &on, &piece, &b, &err);
        for (int i = 0; i < piece.n_reports; i++)
            must_tell_the_same(&piece.reports[i], &log.reports[piece.reports[i].epoch - 1]);
        assert_int_equal(piece.n_warnings, 0);
        assert_true(pieces_n < 20);
    }
    assert_ok(status, err);
    assert_true(pieces_n > 4);
    assert_true(a.test_accuracy == b.test_accuracy && a.best_epoch == b.best_epoch);
    must_be_equal(&whole, &pieces);
    must_hold_equal(&whole, CHECKPOINT_BEST, &pieces, CHECKPOINT_BEST);
    remove_place(&whole);
    remove_place(&pieces);
}

static void an_interruption_says_where(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"epochs\": 2}");
    struct train_result result;
    struct error err;
    struct log log = {.end_in = 2};
    assert_int_equal(run(&settings, NULL, &log, &result, &err), ST_INTERRUPTED);
    assert_string_equal(err.what, "interrupted in epoch 1, phase train, after 2 of 3 steps");
}

/* A rate that ruins the network lets the loss rise: patience ends the run, in pieces as in one,
 * and more of it lets the run go on. */
static void a_run_ends_when_patience_does(void **state)
{
    (void)state;
    struct train_settings settings =
        settings_of("{" SMALL "\"epochs\": 12, \"schedule\": \"constant\", \"learning_rate\": "
                    "0.5, \"patience\": 2, \"patience_delta\": 0.2}");
    struct place whole = make_place("whole"), pieces = make_place("pieces");
    struct log log = {0};
    struct train_result a =
        must_run(&settings, &(struct train_checkpoints){.save = whole.path}, &log);
    assert_int_equal(a.end, TRAIN_PATIENCE);
    assert_true(a.last.epoch < 12);
    assert_int_equal(a.last.epoch, a.lowest_epoch + 2);
    for (int i = a.lowest_epoch; i < a.last.epoch; i++)
        assert_true(log.reports[i].val_loss >= a.lowest_val_loss - 0.2);
    struct train_checkpoints on = {.save = pieces.path, .resume = pieces.path};
    struct train_result b = {0};
    for (int epoch = 1; b.end != TRAIN_PATIENCE; epoch++) {
        b = must_run(&settings, &on, &(struct log){.stop_at = epoch});
        assert_true(epoch <= a.last.epoch);
    }
    assert_int_equal(b.last.epoch, a.last.epoch);
    must_be_equal(&whole, &pieces);
    struct log again = {0};
    b = must_run(&settings, &on, &again);
    assert_int_equal(b.end, TRAIN_PATIENCE);
    assert_int_equal(again.n_reports, 1);
    settings.patience = 0;
    b = must_run(&settings, &on, &(struct log){0});
    assert_int_equal(b.end, TRAIN_ALL_EPOCHS);
    assert_int_equal(b.last.epoch, 12);
    remove_place(&whole);
    remove_place(&pieces);
}

static bool is_better(const struct train_report *a, const struct train_report *b)
{
    return a->val_accuracy > b->val_accuracy ||
           (a->val_accuracy == b->val_accuracy && a->val_loss < b->val_loss);
}

/* The best file is that of the epoch with the highest accuracy, of equals the one with the
 * lowest loss, whatever came later. */
static void the_best_epoch_is_kept(void **state)
{
    (void)state;
    struct train_settings settings =
        settings_of("{" SMALL "\"epochs\": 6, \"learning_rate\": 0.3, \"schedule\": "
                    "\"constant\"}");
    struct place all = make_place("all"), best = make_place("best");
    struct log log = {0};
    struct train_result a = must_run(
        &settings, &(struct train_checkpoints){.save = all.path, .keep_best = true}, &log);
    int expected = 0;
    for (int i = 1; i < 6; i++)
        if (is_better(&log.reports[i], &log.reports[expected]))
            expected = i;
    assert_int_equal(a.best_epoch, expected + 1);
    assert_true(log.reports[expected].best);
    assert_true(a.best_val_accuracy == log.reports[expected].val_accuracy);
    must_run(&settings, &(struct train_checkpoints){.save = best.path},
             &(struct log){.stop_at = a.best_epoch});
    must_hold_equal(&all, CHECKPOINT_BEST, &best, CHECKPOINT_LATEST);
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", best.path, CHECKPOINT_BEST);
    assert_int_equal(access(path, F_OK), -1);
    remove_place(&all);
    remove_place(&best);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_run_can_be_interrupted_at_any_step),
        TEST(an_interruption_says_where),
        TEST(a_run_ends_when_patience_does),
        TEST(the_best_epoch_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
