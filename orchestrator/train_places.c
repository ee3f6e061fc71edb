#include "orchestrator/train_places.h"

#include "cnn/checkpoint_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The folder itself, or the one that the file is in. */
static enum status folder_of(char folder[PATH_MAX], const char *place, struct error *err)
{
    struct stat st;
    if (snprintf(folder, PATH_MAX, "%s", place) >= PATH_MAX)
        return error_set(err, ST_INVALID, "--resume: the path is too long");
    if (stat(place, &st) || S_ISDIR(st.st_mode))
        return ST_OK;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    else
        snprintf(folder, PATH_MAX, ".");
    return ST_OK;
}

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Nobody's checkpoints are replaced by those of another training. `from`: where this one comes
 * from; NULL: nowhere. */
static enum status make_folder(const char *folder, const char *from, struct error *err)
{
    struct stat st;
    if (mkdir(folder, 0777) && (errno != EEXIST || stat(folder, &st) || !S_ISDIR(st.st_mode)))
        return error_errno(err, errno, "--save: cannot make the folder '%s'", folder);
    if (!checkpoint_exists(folder) || (from && same_folder(folder, from)))
        return ST_OK;
    error_set(err, ST_EXISTS, "--save: '%s' holds checkpoints of an earlier training", folder);
    error_remedy(err, "go on with it: --resume %.160s; or choose another folder", folder);
    return ST_EXISTS;
}

static void choose_for_trial(struct train_checkpoints *checkpoints)
{
    checkpoints->save = checkpoints->resume = getenv("WATTUNE_CHECKPOINT_DIR");
    checkpoints->continue_from = getenv("WATTUNE_CONTINUE_DIR");
}

enum status train_places_choose(struct train_places *places, const char *save,
                                const char *resume, struct error *err)
{
    struct train_checkpoints *checkpoints = &places->checkpoints;
    *checkpoints = (struct train_checkpoints){.save = save, .resume = resume};
    checkpoints->must_resume = resume != NULL;
    checkpoints->keep_best = save || resume; /* nobody asks for a trial's */
    if (!save && !resume)
        choose_for_trial(checkpoints);
    if (resume) {
        enum status status = folder_of(places->folder, resume, err);
        if (status)
            return status;
        checkpoints->save = save ? save : places->folder;
    }
    return save ? make_folder(save, resume ? places->folder : NULL, err) : ST_OK;
}
