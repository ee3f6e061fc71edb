/* Databases that a new study cannot start from. */
#include "orchestrator/warm_start.h"

#include "tests/check.h"
#include "tests/orchestrator/warm_start_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect_mistake(const char *message)
{
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    assert_int_equal(study_read_file(&study, warm_new_path, NULL, &problems, &err), ST_INVALID);
    assert_null(study);
    if (!strstr(strbuf_text(&problems.text), message))
        fail_msg("expected '%s', got:\n%s", message, strbuf_text(&problems.text));
    json_problems_free(&problems);
}

static void a_database_that_cannot_be_read_is_a_mistake(void **state)
{
    (void)state;
    warm_write_study(warm_space_xy, warm_loss_only, "\"old.db\"");
    expect_mistake("new.json:5: warm_start[0]: ");
    expect_mistake("old.db: No such file");
    FILE *file = fopen(warm_old_db, "w");
    assert_non_null(file);
    assert_true(fputs("this is a text, and a long one, which is no database", file) >= 0);
    assert_int_equal(fclose(file), 0);
    expect_mistake("file is not a database; give the database that `wattune run` wrote");
    assert_int_equal(unlink(warm_old_db), 0);
    assert_int_equal(symlink(warm_folder, warm_old_db), 0);
    expect_mistake("old.db: not a file but a folder");
}

/* Its trials would count twice. */
static void a_file_under_two_spellings_is_a_mistake(void **state)
{
    (void)state;
    char link_path[128];
    store_close(warm_create_old());
    warm_write_study(warm_space_xy, warm_loss_only, "\"old.db\", \"./old.db\"");
    expect_mistake("new.json:5: warm_start[1]: ");
    expect_mistake("is the file that 'old.db' names already; remove one of them");
    snprintf(link_path, sizeof link_path, "%s/same.db", warm_folder);
    assert_int_equal(symlink("old.db", link_path), 0);
    warm_write_study(warm_space_xy, warm_loss_only, "\"same.db\", \"old.db\"");
    expect_mistake("is the file that 'same.db' names already");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, warm_set_up, warm_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_database_that_cannot_be_read_is_a_mistake),
        TEST(a_file_under_two_spellings_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
