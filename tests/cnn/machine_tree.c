#include "tests/cnn/machine_tree.h"

#include "tests/check.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[256];

const char *machine_tree_create(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/wattune-test-XXXXXX", parent && *parent ? parent : "/tmp");
    assert_non_null(mkdtemp(root));
    return root;
}

void machine_tree_write(const char *path, const char *text)
{
    char full[1024];
    assert_true(snprintf(full, sizeof full, "%s%s", root, path) < (int)sizeof full);
    for (char *end = full + strlen(root) + 1; (end = strchr(end, '/')); end++) {
        *end = '\0';
        assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
        *end = '/';
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

void machine_tree_remove(void)
{
    assert_int_equal(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}
