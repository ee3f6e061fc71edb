/* Machines as their files show them, and the joules or the refusal that each must give: the
 * scripts in machines/, where README.md has their language. */
#include "tests/check.h"
#include "tests/worker/tree.h"
#include "worker/meter.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER TESTS_DIR "/worker/machines"
#define NOBODY 65534
#define SCRIPTS_MAX 200

struct machine {
    struct tree *tree;
    struct meter_choice choice;
    bool is_open;
    struct meter_reading last[METERS_MAX];
    size_t checks;
    char where[256]; /* file:line of the present command, for messages */
};

/* What a line "after" can tell, in microjoules or numbers. */
enum { PACKAGE, DRAM, GPU, NODE, LOW, HIGH, GAPS, WRAPS, AMBIGUOUS, NEGATIVE, FIGURES };
static const char *const figure_names[FIGURES] = {
    "package", "dram", "gpu", "node", "low", "high", "gaps", "wraps", "ambiguous", "negative"};

/* Meters look as somebody whom file modes bind; the tree belongs to who runs the test. */
static void become(uid_t user)
{
    if (getuid() == 0)
        assert_int_equal(seteuid(user), 0);
}

static void close_meters(struct machine *machine)
{
    if (machine->is_open)
        meter_choice_close(&machine->choice);
    machine->is_open = false;
}

/* "\n" and "\t", and "\c" for no newline at the end. */
static void unescape(char *text)
{
    char *to = text;
    bool newline = true;
    for (const char *from = text; *from; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from == 'c')
            newline = false;
        else
            *to++ = *from == 't' ? '\t' : '\n';
    }
    if (newline)
        *to++ = '\n';
    *to = '\0';
}

static void write_file(struct machine *machine, const char *line)
{
    char path[256], text[4096];
    const char *colon = strstr(line, ": ");
    if (!colon)
        fail_msg("%s: no text for a file", machine->where);
    snprintf(path, sizeof path, "%.*s", (int)(colon - line), line);
    snprintf(text, sizeof text - 1, "%s", colon + 2);
    unescape(text);
    tree_write(machine->tree, path, "%s", text);
}

static void write_link(struct machine *machine, const char *arguments)
{
    char path[256], target[256], full[512];
    assert_int_equal(sscanf(arguments, "%255s %255s", path, target), 2);
    tree_write(machine->tree, path, "%s", "");
    tree_remove(machine->tree, path);
    snprintf(full, sizeof full, "%s%s", machine->tree->root, path);
    assert_int_equal(symlink(target, full), 0);
}

static void read_all(struct machine *machine)
{
    const struct meter_set *set = &machine->choice.booked;
    for (size_t i = 0; i < set->n; i++)
        set->types[i]->read(set->meters[i], &machine->last[i]);
}

/* "auto" must book exactly this. */
static void check_meters(struct machine *machine, const char *expected)
{
    struct error err = {0};
    close_meters(machine);
    memset(machine->last, 0, sizeof machine->last);
    become(NOBODY);
    enum status status =
        meter_choice_open(&machine->choice, machine->tree->root, NULL, 0, &err);
    if (status == ST_OK)
        read_all(machine);
    become(0);
    assert_ok(status, err);
    machine->is_open = true;
    if (strcmp(machine->choice.booked.text, strcmp(expected, "none") ? expected : "") != 0)
        fail_msg("%s: \"%s\" is booked", machine->where, machine->choice.booked.text);
}

static void check_quality(struct machine *machine, const char *expected)
{
    const char *quality = energy_quality_text(machine->choice.booked.quality);
    if (strcmp(quality, expected) != 0)
        fail_msg("%s: the quality is %s", machine->where, quality);
}

static const struct meter_type *find_type(const struct machine *machine, const char *name)
{
    size_t i = 0;
    while (meter_types[i] && strcmp(meter_types[i]->name, name) != 0)
        i++;
    if (!meter_types[i])
        fail_msg("%s: there is no such meter", machine->where);
    return meter_types[i];
}

/* "powercap forbidden mode 0000, owner": what one meter finds. */
static void check_probe(struct machine *machine, const char *arguments)
{
    static const char *const presences[] = {"present", "forbidden", "absent"};
    char name[32], presence[32];
    int at = 0;
    assert_int_equal(sscanf(arguments, "%31s %31s %n", name, presence, &at), 2);
    const struct meter_type *type = find_type(machine, name);
    struct strbuf report = STRBUF_INIT;
    become(NOBODY);
    enum meter_presence found = meter_open(type, machine->tree->root, NULL, &report);
    become(0);
    if (strcmp(presences[found], presence) != 0 ||
        !strstr(strbuf_text(&report), arguments + at))
        fail_msg("%s: %s, and it says: %s", machine->where, presences[found],
                 strbuf_text(&report));
    strbuf_free(&report);
}

/* Read all meters as if time_s had passed: the clock stays, so the last reading is put into the
 * past. */
static void advance(struct machine *machine, double time_s, double figures[FIGURES])
{
    const struct meter_set *set = &machine->choice.booked;
    int64_t time_ns = (int64_t)llround(time_s * 1e9);
    for (size_t i = 0; i < set->n; i++) {
        struct meter_reading *last = &machine->last[i], now;
        struct meter_step step;
        last->time_ns -= time_ns;
        for (size_t j = 0; j < METER_COUNTERS; j++)
            last->changed_ns[j] -= time_ns;
        now = *last;
        set->types[i]->read(set->meters[i], &now);
        last->time_ns = now.time_ns - time_ns;
        set->types[i]->step(set->meters[i], last, &now, &step);
        *last = now;
        for (int scope = 0; scope < SCOPE_COUNT; scope++)
            figures[PACKAGE + scope] += (double)step.energy_uj[scope];
        figures[LOW] += (double)step.low_uj;
        figures[HIGH] += (double)step.high_uj;
        figures[GAPS] += step.gaps;
        figures[WRAPS] += step.wraps;
        figures[AMBIGUOUS] += step.ambiguous;
        figures[NEGATIVE] += step.negative;
    }
}

static size_t find_figure(const struct machine *machine, const char *name)
{
    size_t i = 0;
    while (i < FIGURES && strcmp(figure_names[i], name) != 0)
        i++;
    if (i == FIGURES)
        fail_msg("%s: there is no figure %s", machine->where, name);
    return i;
}

/* "2.5 package=12.5 dram=1 wraps=1": seconds, joules and numbers; what is not named is 0, but
 * for the bounds, which are the sum. */
static void check_after(struct machine *machine, const char *arguments)
{
    double expected[FIGURES] = {0}, figures[FIGURES] = {0}, value;
    char name[32];
    int at = 0, more;
    assert_int_equal(sscanf(arguments, "%lf%n", &value, &at), 1);
    double time_s = value;
    expected[LOW] = expected[HIGH] = NAN;
    while (sscanf(arguments + at, " %31[a-z]=%lf%n", name, &value, &more) == 2) {
        size_t i = find_figure(machine, name);
        expected[i] = i < GAPS ? value * 1e6 : value;
        at += more;
    }
    if (arguments[at + (int)strspn(arguments + at, " ")] != '\0')
        fail_msg("%s: what is \"%s\"?", machine->where, arguments + at);
    double sum = expected[PACKAGE] + expected[DRAM] + expected[GPU] + expected[NODE];
    for (int i = LOW; i <= HIGH; i++)
        expected[i] = isnan(expected[i]) ? sum : expected[i];
    become(NOBODY);
    advance(machine, time_s, figures);
    become(0);
    for (int i = 0; i < FIGURES; i++)
        if (!(fabs(figures[i] - expected[i]) <= (i < GAPS ? 1 : 0)))
            fail_msg("%s: %s is %.6f", machine->where, figure_names[i],
                     i < GAPS ? figures[i] * 1e-6 : figures[i]);
}

/* Nobody writes to it. */
static void make_pipe(struct machine *machine, const char *path)
{
    char full[512];
    tree_write(machine->tree, path, "%s", "");
    tree_remove(machine->tree, path);
    snprintf(full, sizeof full, "%s%s", machine->tree->root, path);
    assert_int_equal(mkfifo(full, 0644), 0);
}

static void hide(struct machine *machine, const char *path)
{
    tree_chmod(machine->tree, path, 0);
}

static void remove_file(struct machine *machine, const char *path)
{
    tree_remove(machine->tree, path);
}

static void fail_file(struct machine *machine, const char *path)
{
    tree_fail(machine->tree, path);
}

static const struct command {
    const char *name;
    void (*run)(struct machine *machine, const char *arguments);
    bool is_check;
} commands[] = {
    {"link ", write_link, false},
    {"pipe ", make_pipe, false},
    {"hide ", hide, false},
    {"remove ", remove_file, false},
    {"fail ", fail_file, false},
    {"meters ", check_meters, true},
    {"quality ", check_quality, true},
    {"probe ", check_probe, true},
    {"after ", check_after, true},
    {"/", write_file, false},
};

static void run_line(struct machine *machine, const char *line)
{
    if (*line == '#' || *line == '\0')
        return;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t length = strlen(commands[i].name);
        if (strncmp(line, commands[i].name, length) != 0)
            continue;
        commands[i].run(machine, *line == '/' ? line : line + length);
        machine->checks += commands[i].is_check;
        return;
    }
    fail_msg("%s: what is \"%s\"?", machine->where, line);
}

static void gives_its_joules_or_its_refusal(void **state)
{
    const char *name = *state;
    struct machine machine = {0};
    void *tree;
    char path[512], *line = NULL;
    size_t size = 0;
    ssize_t length;
    assert_int_equal(tree_setup(&tree), 0);
    machine.tree = tree;
    snprintf(path, sizeof path, FOLDER "/%s", name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (int n = 1; (length = getline(&line, &size, file)) > 0; n++) {
        line[strcspn(line, "\n")] = '\0';
        snprintf(machine.where, sizeof machine.where, "%s:%d", name, n);
        run_line(&machine, line);
    }
    free(line);
    fclose(file);
    close_meters(&machine);
    if (machine.checks == 0)
        fail_msg("%s checks nothing", name);
    assert_int_equal(tree_teardown(&tree), 0);
}

static int is_script(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".machine") == 0;
}

/* A test for each script of the folder. */
static size_t find_scripts(struct CMUnitTest *tests, size_t capacity)
{
    struct dirent **entries;
    int n = scandir(FOLDER, &entries, is_script, alphasort);
    assert_in_range(n, 1, capacity);
    for (int i = 0; i < n; i++) {
        char *name = strdup(entries[i]->d_name);
        tests[i] = (struct CMUnitTest){
            .name = name, .test_func = gives_its_joules_or_its_refusal, .initial_state = name};
        free(entries[i]);
    }
    free(entries);
    return (size_t)n;
}

int main(void)
{
    static const char *const variables[] = {"WATTUNE_METER_COMMAND", "WATTUNE_NVML",
                                            "WATTUNE_MODEL_IDLE_W", "WATTUNE_MODEL_MAX_W",
                                            "WATTUNE_IDLE_W"};
    struct CMUnitTest tests[SCRIPTS_MAX];
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    size_t n = find_scripts(tests, SCRIPTS_MAX);
    int failed = _cmocka_run_group_tests("machines", tests, n, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        free(tests[i].initial_state);
    return failed;
}
