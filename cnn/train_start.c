#include "cnn/train_start.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status no_checkpoint(const char *place, struct error *err)
{
    error_set(err, ST_NOTFOUND, "%s: there is no checkpoint", place);
    error_remedy(err, "name the folder that --save was given, or train from the beginning");
    return ST_NOTFOUND;
}

static bool in_folder(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

enum status train_start_find(char path[PATH_MAX], struct checkpoint_head *head,
                             const char *place, struct error *refused, struct error *err)
{
    struct stat st;
    refused->status = ST_OK;
    bool folder = stat(place, &st) == 0 && S_ISDIR(st.st_mode);
    bool fits = folder ? in_folder(path, place, CHECKPOINT_LATEST)
                       : snprintf(path, PATH_MAX, "%s", place) < PATH_MAX;
    if (!fits)
        return error_set(err, ST_INVALID, "%s: the path is too long", place);
    enum status latest = checkpoint_read_head(path, head, err);
    if (!latest || latest == ST_NOMEM || !folder)
        return latest == ST_NOTFOUND ? no_checkpoint(place, err) : latest;
    if (err)
        *refused = *err;
    refused->status = latest == ST_NOTFOUND ? ST_OK : latest;
    static const char *const earlier[] = {CHECKPOINT_BEFORE, CHECKPOINT_BEST};
    struct error why;
    for (size_t i = 0; i < sizeof earlier / sizeof *earlier; i++)
        if (in_folder(path, place, earlier[i]) &&
            checkpoint_read_head(path, head, &why) == ST_OK)
            return ST_OK;
    return latest == ST_NOTFOUND ? no_checkpoint(place, err) : latest;
}

static void put_value(struct strbuf *text, const struct train_settings *settings,
                      const struct setting *setting)
{
    struct json *object = json_object_create();
    settings_put(settings, setting, object);
    json_print(json_member(object, setting->name), false, text);
    json_free(object);
}

static enum status clash(const char *path, const struct setting *setting,
                         const struct train_settings *there, const struct train_settings *here,
                         struct error *err)
{
    struct strbuf mine = STRBUF_INIT, its = STRBUF_INIT;
    put_value(&mine, here, setting);
    put_value(&its, there, setting);
    if (setting->kind == SETTING_LIST) /* too long to be told */
        error_set(err, ST_INVALID, "%s: was trained with other %s than this run has", path,
                  setting->name);
    else
        error_set(err, ST_INVALID, "%s: was trained with %s %s, this run has %s", path,
                  setting->name, strbuf_text(&its), strbuf_text(&mine));
    error_remedy(err, "give the same settings, or train from the beginning");
    strbuf_free(&mine);
    strbuf_free(&its);
    return ST_INVALID;
}

/* May a run with these settings go on from the file? */
static enum status fits(const char *path, const struct checkpoint_head *head,
                        const struct train_settings *settings, struct error *err)
{
    const struct setting *different = settings_clash(settings, &head->settings);
    if (different)
        return clash(path, different, &head->settings, settings, err);
    if (head->epochs_done <= settings->epochs)
        return ST_OK;
    error_set(err, ST_INVALID, "%s: has %d epochs done, this run is to have %d", path,
              head->epochs_done, (int)settings->epochs);
    error_remedy(err, "raise epochs, or train from the beginning");
    return ST_INVALID;
}

static void warn(const struct train_events *events, const struct error *warning)
{
    if (events && events->on_warning)
        events->on_warning(events->context, warning);
}

/* The latest of that place is of no use. Where this run writes, it must not become the one
 * before in the place of one that is good. */
static void pass_over(const char *place, const struct train_checkpoints *places,
                      const struct train_events *events, struct error *refused)
{
    char latest[PATH_MAX];
    error_remedy(refused, "the checkpoint before it is used");
    warn(events, refused);
    if (refused->status == ST_FORMAT && places->save && strcmp(place, places->save) == 0 &&
        in_folder(latest, place, CHECKPOINT_LATEST))
        unlink(latest);
}

/* Try one place: *start is filled when a run with these settings, or with the seed that it has
 * there if it continues another one, can go on from it. */
static enum status try(struct train_start *start, struct train_settings *settings,
                       const char *place, const struct train_checkpoints *places,
                       const struct train_events *events, struct error *err)
{
    struct checkpoint_head head = {0};
    struct error refused;
    char path[PATH_MAX];
    enum status status = train_start_find(path, &head, place, &refused, err);
    if (status)
        return status;
    if (refused.status)
        pass_over(place, places, events, &refused);
    struct train_settings wanted = *settings;
    if (places->continue_from)
        wanted.seed = head.settings.seed;
    if ((status = fits(path, &head, &wanted, err)))
        return status;
    *settings = wanted;
    snprintf(start->path, sizeof start->path, "%s", path);
    return ST_OK;
}

static enum status resume(struct train_start *start, struct train_settings *settings,
                          const struct train_checkpoints *places,
                          const struct train_events *events, struct error *err)
{
    struct error why;
    enum status status = try(start, settings, places->resume, places, events, &why);
    if (status && places->must_resume && err)
        *err = why;
    if (status && status != ST_NOTFOUND && !places->must_resume)
        warn(events, &why);
    return status;
}

enum status train_start_choose(struct train_start *start, struct train_settings *settings,
                               const struct train_checkpoints *places,
                               const struct train_events *events, struct error *err)
{
    struct error why;
    *start = (struct train_start){.continues = false};
    enum status status = places->resume ? resume(start, settings, places, events, err) : ST_OK;
    if (start->path[0] || (status && places->must_resume))
        return status;
    if (!places->continue_from)
        return ST_OK;
    start->continues =
        try(start, settings, places->continue_from, places, events, &why) == ST_OK;
    if (!start->continues) {
        error_remedy(&why, "the run starts from the beginning");
        warn(events, &why);
    }
    return ST_OK;
}
