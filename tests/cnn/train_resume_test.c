/* Runs that go on from checkpoints, against the same runs in one piece. */
#include "tests/check.h"
#include "tests/cnn/need_bf16.h"
#include "tests/cnn/scratch_folder.h"
#include "tests/cnn/train_pieces.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Stop after every epoch, and go on from there: the end is that of the run in one piece. */
static void in_pieces(const char *text)
{
    struct train_settings settings = settings_of(text);
    struct place whole = make_place("whole"), pieces = make_place("pieces");
    struct log log = {0};
    struct train_result a =
        must_run(&settings, &(struct train_checkpoints){.save = whole.path}, &log);
    assert_int_equal(log.n_reports, settings.epochs);
    struct train_checkpoints checkpoints = {
        .save = pieces.path, .resume = pieces.path, .must_resume = false};
    struct train_result b = {0};
    for (int epoch = 1; epoch <= settings.epochs; epoch++) {
        struct log piece = {.stop_at = epoch};
        b = must_run(&settings, &checkpoints, &piece);
        assert_int_equal(b.end, epoch < settings.epochs ? TRAIN_STOPPED : TRAIN_ALL_EPOCHS);
        assert_int_equal(piece.n_reports, epoch == 1 ? 1 : 2);
        for (int i = 0; i < piece.n_reports; i++)
            must_tell_the_same(&piece.reports[i], &log.reports[piece.reports[i].epoch - 1]);
        assert_int_equal(piece.n_warnings, 0);
    }
    must_tell_the_same(&a.last, &b.last);
    assert_true(a.best_val_accuracy == b.best_val_accuracy);
    assert_true(isnan(a.test_accuracy) ? isnan(b.test_accuracy)
                                       : a.test_accuracy == b.test_accuracy);
    must_be_equal(&whole, &pieces);
    remove_place(&whole);
    remove_place(&pieces);
}

static void momentum_and_cosine(void **state)
{
    (void)state;
    in_pieces(
        "{\"model\": \"lenet5\", \"nesterov\": true, \"test\": true, \"dataset_options\": "
        "\"test_images=20\"}");
}

static void adam_batch_norm_dropout_and_augmentation(void **state)
{
    (void)state;
    in_pieces("{\"model\": \"resnet8\", \"optimizer\": \"adam\", \"dropout\": 0.3, "
              "\"augment_flip\": true, \"augment_crop\": 2, \"warmup_epochs\": 1.5}");
}

static void adamw_steps_and_smoothing(void **state)
{
    (void)state;
    in_pieces("{\"model\": \"vgg\", \"vgg_layers\": \"6,M,20,M\", \"optimizer\": \"adamw\", "
              "\"schedule\": \"step\", \"step_epochs\": 2, \"label_smoothing\": 0.1}");
}

/* What is written down are the floats that are trained, not what layers compute with. */
static void bf16_and_its_floats(void **state)
{
    (void)state;
    need_bf16();
    in_pieces("{\"model\": \"resnet8\", \"precision\": \"bf16\", \"dropout\": 0.2, "
              "\"augment_flip\": true}");
}

/* With a schedule that does not look at the end, more epochs are as if they had always been
 * asked for. */
static void a_finished_run_can_be_given_more_epochs(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"schedule\": \"constant\"}");
    struct place whole = make_place("whole"), pieces = make_place("pieces");
    struct log log = {0}, more = {0};
    must_run(&settings, &(struct train_checkpoints){.save = whole.path}, &log);
    settings.epochs = 2;
    must_run(&settings, &(struct train_checkpoints){.save = pieces.path}, &more);
    settings.epochs = 4;
    struct train_checkpoints on = {
        .save = pieces.path, .resume = pieces.path, .must_resume = true};
    must_run(&settings, &on, &more);
    assert_int_equal(more.n_reports, 5);
    assert_int_equal(more.reports[2].epoch, 2); /* told once more */
    must_be_equal(&whole, &pieces);
    struct log again = {0};
    struct train_result result = must_run(&settings, &on, &again);
    assert_int_equal(again.n_reports, 1); /* there is nothing left to train */
    must_tell_the_same(&result.last, &log.reports[3]);
    assert_int_equal(result.end, TRAIN_ALL_EPOCHS);
    remove_place(&whole);
    remove_place(&pieces);
}

/* A trial that continues another one has its own folder and its own seed; the images that are
 * held out must stay those of the first, so it takes over the seed. */
static void a_run_can_continue_another(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"schedule\": \"constant\"}");
    struct place whole = make_place("whole"), first = make_place("first"),
                 second = make_place("second");
    struct log log = {0}, rest = {0};
    must_run(&settings, &(struct train_checkpoints){.save = whole.path}, &log);
    settings.epochs = 2;
    must_run(&settings, &(struct train_checkpoints){.save = first.path}, &(struct log){0});
    settings.epochs = 4;
    settings.seed = 99;
    struct train_checkpoints on = {
        .save = second.path, .resume = second.path, .continue_from = first.path};
    rest.stop_at = 3;
    must_run(&settings, &on, &rest);
    assert_int_equal(rest.n_reports, 1);
    must_tell_the_same(&rest.reports[0], &log.reports[2]);
    rest = (struct log){0};
    must_run(&settings, &on, &rest); /* its own comes first now */
    assert_int_equal(rest.n_reports, 2);
    must_tell_the_same(&rest.reports[0], &log.reports[2]);
    must_tell_the_same(&rest.reports[1], &log.reports[3]);
    assert_int_equal(rest.n_warnings, 0);
    must_be_equal(&whole, &second);
    remove_place(&whole);
    remove_place(&first);
    remove_place(&second);
}

static void what_cannot_be_continued_is_warned_about(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"epochs\": 1}");
    struct place first = make_place("first");
    struct log log = {0}, plain = {0};
    must_run(&settings, NULL, &plain);
    struct train_checkpoints on = {.continue_from = first.path};
    must_run(&settings, &on, &log);
    assert_int_equal(log.n_warnings, 1);
    assert_non_null(strstr(log.warning.what, "there is no checkpoint"));
    assert_non_null(strstr(log.warning.remedy, "starts from the beginning"));
    must_tell_the_same(&log.reports[0], &plain.reports[0]);
    settings.epochs = 2;
    must_run(&settings, &(struct train_checkpoints){.save = first.path}, &(struct log){0});
    settings.epochs = 1;
    log = (struct log){0};
    must_run(&settings, &on, &log);
    assert_non_null(strstr(log.warning.what, "has 2 epochs done, this run is to have 1"));
    must_tell_the_same(&log.reports[0], &plain.reports[0]);
    remove_place(&first);
}

/* The latest is damaged: the epoch after the one before is trained again. */
static void the_checkpoint_before_is_used(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"epochs\": 3}");
    struct place whole = make_place("whole"), bad = make_place("bad");
    struct log log = {0}, again = {0}, anew = {0};
    must_run(&settings, &(struct train_checkpoints){.save = whole.path}, &(struct log){0});
    must_run(&settings, &(struct train_checkpoints){.save = bad.path}, &log);
    damage(&bad, CHECKPOINT_LATEST);
    struct train_checkpoints on = {.save = bad.path, .resume = bad.path};
    must_run(&settings, &on, &again);
    assert_int_equal(again.n_warnings, 1);
    assert_non_null(strstr(again.warning.what, "latest.ckpt: is damaged"));
    assert_non_null(strstr(again.warning.remedy, "before it is used"));
    assert_int_equal(again.n_reports, 2);
    assert_int_equal(again.reports[0].epoch, 2);
    must_be_equal(&whole, &bad);
    damage(&bad, CHECKPOINT_LATEST);
    damage(&bad, CHECKPOINT_BEFORE); /* which was good: the bad one has not replaced it */
    must_run(&settings, &on, &anew);
    assert_int_equal(anew.n_reports, 3);
    assert_int_equal(anew.n_warnings, 1);
    must_be_equal(&whole, &bad);
    remove_place(&whole);
    remove_place(&bad);
}

static void who_must_resume_and_cannot_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *settings;
        enum status status;
        const char *what;
    } cases[] = {
        {"{" SMALL "\"epochs\": 1}", ST_INVALID, "has 2 epochs done, this run is to have 1"},
        {"{" SMALL "\"learning_rate\": 0.5}", ST_INVALID,
         "was trained with learning_rate 0.05, this run has 0.5"},
        {"{" SMALL "\"optimizer\": \"adam\"}", ST_INVALID,
         "was trained with optimizer \"sgd\", this run has \"adam\""},
        {"{" SMALL "\"seed\": 2}", ST_INVALID, "was trained with seed 1, this run has 2"},
    };
    struct train_settings settings = settings_of("{" SMALL "\"epochs\": 2}");
    struct place place = make_place("place");
    struct train_checkpoints on = {.resume = place.path, .must_resume = true};
    struct train_result result;
    struct error err;
    assert_int_equal(run(&settings, &on, &(struct log){0}, &result, &err), ST_NOTFOUND);
    must_run(&settings, &(struct train_checkpoints){.save = place.path}, &(struct log){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        settings = settings_of(cases[i].settings);
        struct log log = {0};
        assert_int_equal(run(&settings, &on, &log, &result, &err), cases[i].status);
        if (!strstr(err.what, cases[i].what))
            fail_msg("expected '%s' in '%s'", cases[i].what, err.what);
        assert_int_equal(log.n_reports, 0);
        on.must_resume = false;
        settings.epochs = 1;
        must_run(&settings, &on, &log); /* from the beginning */
        assert_int_equal(log.n_warnings, 1);
        assert_int_equal(log.reports[0].epoch, 1);
        on.must_resume = true;
    }
    remove_place(&place);
}

static void checkpoints_come_as_often_as_asked(void **state)
{
    (void)state;
    static const struct {
        int64_t every;
        int stop_at;
        bool latest, before;
    } cases[] = {{0, 0, true, false}, {0, 1, true, false}, {2, 3, true, true},
                 {3, 2, true, false}, {9, 0, true, false}, {1, 1, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct train_settings settings = settings_of("{\"model\": \"lenet5\"}");
        struct place place = make_place("place");
        struct log log = {.stop_at = cases[i].stop_at};
        settings.checkpoint_every = cases[i].every;
        must_run(&settings, &(struct train_checkpoints){.save = place.path}, &log);
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", place.path, CHECKPOINT_LATEST);
        assert_int_equal(access(path, F_OK) == 0, cases[i].latest);
        snprintf(path, sizeof path, "%s/%s", place.path, CHECKPOINT_BEFORE);
        assert_int_equal(access(path, F_OK) == 0, cases[i].before);
        remove_place(&place);
    }
}

/* Told once, and again only after one could be written. */
static void a_run_that_cannot_be_written_down_goes_on(void **state)
{
    (void)state;
    struct train_settings settings = settings_of("{" SMALL "\"epochs\": 3}");
    struct log log = {0}, plain = {0};
    scratch_write("file", "", 0);
    must_run(&settings, &(struct train_checkpoints){.save = scratch_path("file")}, &log);
    assert_int_equal(log.n_warnings, 1);
    assert_non_null(strstr(log.warning.what, "file: cannot write a checkpoint"));
    must_run(&settings, NULL, &plain);
    assert_int_equal(log.n_reports, 3);
    for (int i = 0; i < 3; i++)
        must_tell_the_same(&log.reports[i], &plain.reports[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(momentum_and_cosine),
        TEST(adam_batch_norm_dropout_and_augmentation),
        TEST(adamw_steps_and_smoothing),
        TEST(bf16_and_its_floats),
        TEST(a_finished_run_can_be_given_more_epochs),
        TEST(a_run_can_continue_another),
        TEST(what_cannot_be_continued_is_warned_about),
        TEST(the_checkpoint_before_is_used),
        TEST(who_must_resume_and_cannot_is_told),
        TEST(checkpoints_come_as_often_as_asked),
        TEST(a_run_that_cannot_be_written_down_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
