/* Everything that can be wrong with a database or with the place that it is in. */
#include "results/store.h"

#include "tests/check.h"
#include "tests/results/study_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct fixture_folder folder;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    err = (struct error){0};
    fixture_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_folder_remove(&folder);
    return 0;
}

static enum status create(struct store **store)
{
    return store_create(store, folder.database, &fixture_study, fixture_arms, FIXTURE_ARMS,
                        &err);
}

/* The error names the file and says what to do. */
static void assert_told(void)
{
    if (!strstr(err.what, folder.database) || !err.remedy[0])
        fail_msg("what: \"%s\", remedy: \"%s\"", err.what, err.remedy);
}

static void write_file(const char *path, const char *bytes, size_t n, long at)
{
    FILE *file = fopen(path, at ? "r+b" : "wb");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void refuses_to_open(enum status expected, const char *sentence)
{
    for (enum store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
        struct store *store = NULL;
        assert_int_equal(store_open(&store, folder.database, mode, &err), expected);
        assert_null(store);
        assert_told();
        if (!strstr(err.what, sentence))
            fail_msg("\"%s\" does not say \"%s\"", err.what, sentence);
    }
}

static void a_file_that_is_there_is_never_written_over(void **state)
{
    (void)state;
    struct store *store = NULL;
    write_file(folder.database, "precious", 8, 0);
    assert_int_equal(create(&store), ST_EXISTS);
    assert_told();
    assert_non_null(strstr(err.remedy, "wattune resume"));
    char text[16] = "";
    FILE *file = fopen(folder.database, "rb");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof text, file), 8);
    fclose(file);
    assert_string_equal(text, "precious");
}

static void a_missing_file_is_not_found(void **state)
{
    (void)state;
    refuses_to_open(ST_NOTFOUND, "No such file");
    assert_int_not_equal(access(folder.database, F_OK), 0);
}

static void a_missing_folder_is_not_found(void **state)
{
    (void)state;
    struct store *store = NULL;
    char path[160];
    snprintf(path, sizeof path, "%s/none/study.db", folder.path);
    assert_int_equal(store_create(&store, path, &fixture_study, fixture_arms, 1, &err),
                     ST_NOTFOUND);
    assert_non_null(strstr(err.what, path));
    assert_true(err.remedy[0]);
}

static void garbage_is_no_database(void **state)
{
    (void)state;
    static const char garbage[4096] = "this is a letter, not a database";
    write_file(folder.database, garbage, sizeof garbage, 0);
    refuses_to_open(ST_FORMAT, "not a database");
}

static void an_empty_file_is_a_creation_cut_off(void **state)
{
    (void)state;
    struct store *store = NULL;
    write_file(folder.database, "", 0, 0);
    refuses_to_open(ST_NOTFOUND, "empty");
    assert_int_equal(create(&store), ST_OK); /* which can be done again */
    store_close(store);
    assert_int_equal(store_open(&store, folder.database, STORE_READ, &err), ST_OK);
    store_close(store);
}

/* Create the study, killed by the first write beyond so many bytes of a file. */
static int create_up_to(rlim_t bytes)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct rlimit room = {bytes, bytes}, no_core = {0, 0};
        struct store *store;
        signal(SIGXFSZ, SIG_DFL);
        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_FSIZE, &room);
        _exit(create(&store) != ST_OK);
    }
    int how;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    return how;
}

static void a_creation_is_all_or_nothing(void **state)
{
    (void)state;
    int how, cut_off = 0, halves = 0;
    rlim_t bytes = 0;
    struct store *store;
    while ((how = create_up_to(bytes)) != 0) {
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGXFSZ);
        enum status status = store_open(&store, folder.database, STORE_READ, &err);
        halves += status == ST_BUSY && strstr(err.what, "killed in the middle of a commit");
        assert_true(status == ST_NOTFOUND || status == ST_BUSY);
        assert_told();
        assert_int_equal(store_open(&store, folder.database, STORE_WRITE, &err), ST_NOTFOUND);
        cut_off++;
        bytes += 2048;
    }
    assert_true(cut_off > 1);
    assert_true(halves > 0);
    assert_ok(store_open(&store, folder.database, STORE_READ, &err), err);
    store_close(store);
}

static void what_is_no_file_is_no_database(void **state)
{
    (void)state;
    assert_int_equal(mkdir(folder.database, 0700), 0);
    refuses_to_open(ST_FORMAT, "not a file but a folder");
    assert_int_equal(rmdir(folder.database), 0);
    assert_int_equal(mkfifo(folder.database, 0600), 0); /* opening it would wait for ever */
    refuses_to_open(ST_FORMAT, "not a file but a pipe");
    assert_int_equal(unlink(folder.database), 0);
}

static void another_programs_database_is_refused(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    store_close(store);
    write_file(folder.database, "\0\0\0\1", 4, 68); /* the application id */
    refuses_to_open(ST_FORMAT, "none of Wattune's");
}

static void a_newer_version_is_refused(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    store_close(store);
    write_file(folder.database, "\0\0\0\143", 4, 60); /* the user version: 99 */
    refuses_to_open(ST_FORMAT, "format 99");
}

static void a_damaged_database_is_told(void **state)
{
    (void)state;
    struct store *store = NULL;
    char noise[4096];
    memset(noise, 0xA5, sizeof noise);
    assert_ok(create(&store), err);
    store_close(store);
    struct stat file;
    assert_int_equal(stat(folder.database, &file), 0);
    for (long at = 4096; at < file.st_size; at += 4096)
        write_file(folder.database, noise, sizeof noise, at);
    refuses_to_open(ST_FORMAT, "malformed");
}

static void a_second_writer_is_refused_by_name(void **state)
{
    (void)state;
    struct store *first = NULL, *second = NULL, *reader = NULL;
    char name[32];
    snprintf(name, sizeof name, "process %ld on ", (long)getpid());
    assert_ok(create(&first), err);
    assert_int_equal(store_open(&second, folder.database, STORE_WRITE, &err), ST_BUSY);
    assert_told();
    assert_non_null(strstr(err.what, name));
    assert_ok(store_open(&reader, folder.database, STORE_READ, &err), err);
    store_close(reader);
    /* The refusal has not taken anything from the first. */
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(store_add_trial(first, &trial, &err), err);
    assert_int_equal(store_open(&second, folder.database, STORE_WRITE, &err), ST_BUSY);
    store_close(first);
    assert_ok(store_open(&second, folder.database, STORE_WRITE, &err), err);
    store_close(second);
}

static void a_link_leads_to_the_same_lock(void **state)
{
    (void)state;
    struct store *first = NULL, *second = NULL;
    char link[160];
    snprintf(link, sizeof link, "%s/link.db", folder.path);
    assert_ok(create(&first), err);
    assert_int_equal(symlink(folder.database, link), 0);
    assert_int_equal(store_open(&second, link, STORE_WRITE, &err), ST_BUSY);
    store_close(first);
    assert_ok(store_open(&second, link, STORE_WRITE, &err), err);
    store_close(second);
    assert_int_equal(unlink(link), 0);
}

static void a_file_that_is_gone_takes_no_more(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct trial_record trial = fixture_trial(0, 0);
    assert_ok(create(&store), err);
    assert_int_equal(unlink(folder.database), 0);
    assert_int_equal(store_add_trial(store, &trial, &err), ST_IO);
    assert_told();
    assert_non_null(strstr(err.what, "deleted"));
    write_file(folder.database, "another", 7, 0);
    assert_int_equal(store_add_trial(store, &trial, &err), ST_IO);
    store_close(store);
}

static void a_second_process_is_refused(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(store_open(&store, folder.database, STORE_WRITE, NULL) == ST_BUSY ? 42 : 1);
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 42);
    store_close(store);
}

/* Root may write anywhere: these tests act as a user without privileges. */
static void become_nobody(void)
{
    if (geteuid() == 0)
        assert_int_equal(seteuid(65534), 0);
}

static void become_root_again(void)
{
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
}

static void a_read_only_folder_can_be_read_but_not_written(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    store_close(store);
    assert_int_equal(chmod(folder.database, 0444), 0);
    assert_int_equal(chmod(folder.path, 0555), 0);
    become_nobody();
    enum status writing = store_open(&store, folder.database, STORE_WRITE, &err);
    bool told = strstr(err.what, folder.database) && err.remedy[0];
    enum status reading = store_open(&store, folder.database, STORE_READ, &err);
    struct arm_record *arms = NULL;
    size_t n = 0;
    if (!reading && !store_load_arms(store, &arms, &n, &err))
        store_arms_free(arms, n);
    if (!reading)
        store_close(store);
    become_root_again();
    assert_int_equal(chmod(folder.path, 0755), 0);
    assert_int_equal(writing, ST_FORBIDDEN);
    assert_true(told);
    assert_int_equal(reading, ST_OK);
    assert_int_equal(n, FIXTURE_ARMS);
}

static void a_read_only_folder_takes_no_new_study(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_int_equal(chmod(folder.path, 0555), 0);
    become_nobody();
    enum status status = create(&store);
    become_root_again();
    assert_int_equal(chmod(folder.path, 0755), 0);
    assert_int_equal(status, ST_FORBIDDEN);
    assert_told();
}

static void a_read_only_file_is_not_written(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    store_close(store);
    assert_int_equal(chmod(folder.database, 0444), 0);
    assert_int_equal(chmod(folder.path, 0777), 0);
    become_nobody();
    enum status status = store_open(&store, folder.database, STORE_WRITE, &err);
    become_root_again();
    assert_int_equal(status, ST_FORBIDDEN);
    assert_told();
}

static void a_reader_does_not_write(void **state)
{
    (void)state;
    struct store *store = NULL;
    assert_ok(create(&store), err);
    store_close(store);
    assert_ok(store_open(&store, folder.database, STORE_READ, &err), err);
    assert_int_equal(store_set_state(store, STUDY_DONE, NULL, &err), ST_INVALID);
    store_close(store);
}

/* Stands in for a full disk: no file may grow beyond `bytes`. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lift_limit(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void no_room_for_a_new_study_leaves_nothing(void **state)
{
    (void)state;
    struct store *store = NULL;
    limit_files(8192);
    enum status status = create(&store);
    lift_limit();
    assert_int_equal(status, ST_IO);
    assert_told();
    assert_int_not_equal(access(folder.database, F_OK), 0);
}

static void no_room_keeps_what_was_committed(void **state)
{
    (void)state;
    static char big[1 << 20];
    memset(big, 'x', sizeof big - 1);
    struct store *store = NULL;
    struct trial_record first = fixture_trial(0, 0), second = fixture_trial(0, 1);
    assert_ok(create(&store), err);
    assert_ok(store_add_trial(store, &first, &err), err);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    attempt.stderr_tail = big;

    limit_files(500000);
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_add_trial(store, &second, &err), err);
    enum status status = store_finish_attempt(store, &attempt, &err);
    if (!status)
        status = store_commit(store, &err);
    else
        assert_int_equal(store_commit(store, NULL), ST_FAILED);
    lift_limit();
    assert_int_equal(status, ST_IO);
    assert_told();

    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, 0, &trials, &n, &err), err);
    assert_int_equal(n, 1);
    store_trials_free(trials, n);
    assert_ok(store_add_trial(store, &second, &err), err); /* still usable */
    store_close(store);
}

static void an_error_refuses_the_rest_of_its_transaction(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct trial_record first = fixture_trial(0, 0), second = fixture_trial(0, 1);
    assert_ok(create(&store), err);
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_add_trial(store, &first, &err), err);
    assert_int_equal(store_add_trial(store, &first, &err), ST_INVALID);
    assert_told();
    assert_int_equal(store_add_trial(store, &second, &err), ST_FAILED);
    assert_int_equal(store_commit(store, &err), ST_FAILED);
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_add_trial(store, &second, &err), err);
    assert_ok(store_commit(store, &err), err);
    struct trial_record *trials;
    size_t n;
    assert_ok(store_load_trials(store, 0, &trials, &n, &err), err);
    assert_int_equal(n, 1);
    assert_int_equal(trials[0].number, 1);
    store_trials_free(trials, n);
    store_close(store);
}

static void rows_that_hang_in_the_air_are_refused(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct trial_record trial = fixture_trial(77, 0);
    struct attempt_record attempt = fixture_attempt(0, 5, 1, 1, 1);
    struct metric_record metric = {"a", 1};
    assert_ok(create(&store), err);
    assert_int_equal(store_add_trial(store, &trial, &err), ST_INVALID);
    assert_told();
    trial.arm = 0;
    assert_int_equal(store_set_trial(store, &trial, &err), ST_INVALID);
    assert_told();
    assert_int_equal(store_finish_attempt(store, &attempt, &err), ST_INVALID);
    assert_int_equal(store_start_attempt(store, 0, 5, 1, "h", 0, 0, &err), ST_INVALID);
    assert_int_equal(store_add_report(store, 0, 5, 1, 1, &metric, 1, &err), ST_INVALID);
    trial.params = "{not json";
    assert_int_equal(store_add_trial(store, &trial, &err), ST_INVALID);
    assert_int_equal(store_commit(store, &err), ST_INVALID);
    store_close(store);
}

static void arms_that_repeat_leave_no_file(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct arm_record twice[2] = {fixture_arms[0], fixture_arms[0]};
    assert_int_equal(store_create(&store, folder.database, &fixture_study, twice, 2, &err),
                     ST_INVALID);
    assert_int_not_equal(access(folder.database, F_OK), 0);
}

static void too_little_memory_is_told_and_survived(void **state)
{
    (void)state;
    static char big[1 << 20];
    memset(big, 'x', sizeof big - 1);
    struct store *store = NULL;
    struct trial_record trial = fixture_trial(0, 0);
    struct attempt_record attempt = fixture_attempt(0, 0, 1, 1, 1);
    attempt.stderr_tail = big;
    assert_ok(create(&store), err);
    assert_ok(store_begin(store, &err), err);
    assert_ok(store_add_trial(store, &trial, &err), err);
    sqlite3_hard_heap_limit64(sqlite3_memory_used() + (1 << 18));
    enum status status = store_finish_attempt(store, &attempt, &err);
    sqlite3_hard_heap_limit64(0);
    assert_int_equal(status, ST_NOMEM);
    assert_told();
    assert_int_equal(store_commit(store, NULL), ST_FAILED);
    assert_ok(store_add_trial(store, &trial, &err), err);
    assert_ok(store_finish_attempt(store, &attempt, &err), err);
    store_close(store);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_file_that_is_there_is_never_written_over),
        TEST(a_missing_file_is_not_found),
        TEST(a_missing_folder_is_not_found),
        TEST(garbage_is_no_database),
        TEST(an_empty_file_is_a_creation_cut_off),
        TEST(a_creation_is_all_or_nothing),
        TEST(what_is_no_file_is_no_database),
        TEST(another_programs_database_is_refused),
        TEST(a_newer_version_is_refused),
        TEST(a_damaged_database_is_told),
        TEST(a_second_writer_is_refused_by_name),
        TEST(a_link_leads_to_the_same_lock),
        TEST(a_file_that_is_gone_takes_no_more),
        TEST(a_second_process_is_refused),
        TEST(a_read_only_folder_can_be_read_but_not_written),
        TEST(a_read_only_folder_takes_no_new_study),
        TEST(a_read_only_file_is_not_written),
        TEST(a_reader_does_not_write),
        TEST(no_room_for_a_new_study_leaves_nothing),
        TEST(no_room_keeps_what_was_committed),
        TEST(too_little_memory_is_told_and_survived),
        TEST(an_error_refuses_the_rest_of_its_transaction),
        TEST(rows_that_hang_in_the_air_are_refused),
        TEST(arms_that_repeat_leave_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
