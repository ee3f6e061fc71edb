/* train_pieces.h - small runs, what they tell, and the folders with their checkpoints, for
 * tests that hold runs in pieces against runs in one. Threading: one test at a time. */
#ifndef TESTS_CNN_TRAIN_PIECES_H
#define TESTS_CNN_TRAIN_PIECES_H

#include "cnn/checkpoint_file.h"
#include "cnn/train.h"

enum { EPOCHS_MAX = 16 };

/* What a run told, and when it is to end. */
struct log {
    struct train_report reports[EPOCHS_MAX];
    int n_reports;
    int stop_at;  /* the epoch to stop after; 0: none */
    int end_in;   /* so many steps; 0: never */
    size_t steps; /* that were told */
    int n_warnings;
    struct error warning; /* the last one */
};

enum status run(const struct train_settings *settings,
                const struct train_checkpoints *checkpoints, struct log *log,
                struct train_result *result, struct error *err);
/* Fails the test when the run fails. */
struct train_result must_run(const struct train_settings *settings,
                             const struct train_checkpoints *checkpoints, struct log *log);

/* The beginning of the settings of a small residual network with dropout. */
#define SMALL "\"model\": \"resnet8\", \"dropout\": 0.2, "
/* Settings of a run of an instant: 4 epochs of 3 steps, and 2 to validate, but for the text. */
struct train_settings settings_of(const char *text);

/* A folder in the scratch folder. */
struct place {
    char path[768];
};

struct place make_place(const char *name); /* a literal */
void remove_place(const struct place *place);

/* The bytes of a checkpoint, for the caller to free; answers how many. */
size_t read_checkpoint(const struct place *place, const char *name, char **bytes);
/* Do the files hold the same trainings, to the bit? */
void must_hold_equal(const struct place *a, const char *name_a, const struct place *b,
                     const char *name_b);
/* The latest ones. */
void must_be_equal(const struct place *a, const struct place *b);
void damage(const struct place *place, const char *name);
void must_tell_the_same(const struct train_report *a, const struct train_report *b);

#endif
