#include "tests/worker/meter_session.h"
#include "tests/check.h"

#include <string.h>
#include <unistd.h>

const struct meter_type *find_meter(const char *name)
{
    const struct meter_type *type = meter_type_find(name);
    assert_non_null(type);
    return type;
}

struct meter_session meter_session_open(const struct tree *tree, const char *name)
{
    struct meter_session session = {.type = find_meter(name)};
    struct strbuf report = STRBUF_INIT;
    enum meter_presence presence =
        meter_open(session.type, tree->root, &session.meter, &report);
    if (presence != METER_PRESENT)
        fail_msg("not present: %s", strbuf_text(&report));
    strbuf_free(&report);
    session.type->read(session.meter, &session.last);
    return session;
}

void meter_session_close(struct meter_session *session)
{
    meter_close(session->type, session->meter);
}

static void shift(struct meter_reading *reading, int64_t by_ns)
{
    reading->time_ns += by_ns;
    for (size_t i = 0; i < METER_COUNTERS; i++)
        reading->changed_ns[i] += by_ns;
}

/* The clock cannot be moved, so the last reading is moved into the past instead. */
struct meter_step meter_session_advance(struct meter_session *session, double time_s)
{
    shift(&session->last, (int64_t)(-time_s * 1e9));
    struct meter_reading now = session->last;
    session->type->read(session->meter, &now);
    shift(&session->last, now.time_ns - (int64_t)(time_s * 1e9) - session->last.time_ns);
    struct meter_step step;
    session->type->step(session->meter, &session->last, &now, &step);
    session->last = now;
    return step;
}

void check_meter_text(const struct meter_session *session, const char *expected)
{
    struct strbuf text = STRBUF_INIT;
    session->type->describe(session->meter, &text);
    assert_string_equal(strbuf_text(&text), expected);
    strbuf_free(&text);
}

enum meter_presence meter_says(const struct tree *tree, const char *name, const char *expected)
{
    struct strbuf report = STRBUF_INIT;
    enum meter_presence presence = meter_open(find_meter(name), tree->root, NULL, &report);
    if (!strstr(strbuf_text(&report), expected))
        fail_msg("\"%s\" is not in: %s", expected, strbuf_text(&report));
    strbuf_free(&report);
    return presence;
}

void with_no_privilege(void (*check)(const struct tree *), const struct tree *tree)
{
    uid_t user = geteuid();
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    check(tree);
    if (user == 0)
        assert_int_equal(seteuid(0), 0);
}
