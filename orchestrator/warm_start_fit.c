/* What a trial of an earlier study is in this one. */
#include "orchestrator/warm_start.h"

#include <string.h>

static bool same(const struct json *a, const struct json *b)
{
    struct strbuf x = STRBUF_INIT, y = STRBUF_INIT;
    bool equal = a && b && !json_print(a, false, &x) && !json_print(b, false, &y) &&
                 strcmp(strbuf_text(&x), strbuf_text(&y)) == 0;
    strbuf_free(&x);
    strbuf_free(&y);
    return equal;
}

/* A parameter that is fixed here to what it was there is no difference. */
static bool is_fixed_alike(const struct warm_fit *fit, const struct json *value)
{
    return same(json_member(fit->study->trial->settings, json_key(value)), value);
}

/* What the old study fixed, and this one varies. A parameter that exists only under a condition
 * may be none of this trial's. */
static void add_fixed(const struct warm_fit *fit, struct json *params)
{
    const struct json *settings = json_member(json_member(fit->old, "trial"), "settings");
    for (size_t i = 0; i < space_count(fit->study->space); i++) {
        const struct param *param = space_param(fit->study->space, i);
        const struct json *fixed = json_member(settings, param->name);
        if (fixed && param->n_when == 0 && !json_member(params, param->name))
            json_put_value(params, param->name, json_copy(fixed));
    }
}

/* The parameters as this study has them; NULL for one too many, which the example names. */
static struct json *translate(const struct warm_fit *fit, const struct json *old,
                              struct strbuf *example)
{
    const struct space *space = fit->study->space;
    struct json *params = json_object_create();
    for (const struct json *m = json_first(old); m; m = json_next(m)) {
        if (space_find(space, json_key(m)) < space_count(space)) {
            json_put_value(params, json_key(m), json_copy(m));
        } else if (!is_fixed_alike(fit, m)) {
            strbuf_printf(example, "%s", json_key(m));
            json_free(params);
            return NULL;
        }
    }
    add_fixed(fit, params);
    return params;
}

/* The first mistake, without its source and its line's end. */
static void append_first(const struct json_problems *problems, struct strbuf *example)
{
    const char *text = strbuf_text(&problems->text), *colon = strstr(text, ": ");
    text = colon ? colon + 2 : text;
    strbuf_append_bytes(example, text, strcspn(text, "\n"));
}

bool warm_fit_point(const struct warm_fit *fit, const char *text, enum warm_reason *reason,
                    struct strbuf *example)
{
    struct json *old = NULL;
    struct json_problems problems = {.source = "params"};
    struct error err = {0};
    *reason = WARM_NO_POINT;
    if (json_parse(&old, text, strlen(text), "params", &err) || json_kind(old) != JSON_OBJECT) {
        strbuf_append(example, "no parameters");
        json_free(old);
        return false;
    }
    struct json *params = translate(fit, old, example);
    bool fits =
        params && !space_point_from_json(fit->study->space, params, "", fit->point, &problems);
    if (!params)
        *reason = WARM_MORE;
    else if (!fits)
        append_first(&problems, example);
    json_problems_free(&problems);
    json_free(params);
    json_free(old);
    return fits;
}

/* How a trial is run is not what it is. */
static bool is_how(const char *key)
{
    static const char *const keys[] = {"timeout_s", "grace_s",        "retries",
                                       "threads",   "duration_scale", "duration_s"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void append_difference(const struct json *member, const struct json *other,
                              struct strbuf *out)
{
    if (!is_how(json_key(member)) && !same(member, json_member(other, json_key(member))))
        strbuf_printf(out, "%s\"%s\"", out->length ? ", " : "", json_key(member));
}

void warm_fit_differences(const struct warm_fit *fit, struct strbuf *out)
{
    const struct json *here = json_member(fit->study->document, "trial");
    const struct json *there = json_member(fit->old, "trial");
    for (const struct json *m = json_first(here); m; m = json_next(m))
        append_difference(m, there, out);
    for (const struct json *m = json_first(there); m; m = json_next(m))
        if (!json_member(here, json_key(m)))
            append_difference(m, here, out);
}
