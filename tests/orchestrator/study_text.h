/* study_text.h - studies for tests, from texts. */
#ifndef TESTS_ORCHESTRATOR_STUDY_TEXT_H
#define TESTS_ORCHESTRATOR_STUDY_TEXT_H

#include "orchestrator/study.h"

/* A study without a mistake: three arms of branin, twice. */
extern const char *const study_good;

/* Read a text as if it stood in the file `path`; fails the test on a mistake. To study_free().
 */
struct study *study_of_text(const char *text, const char *path);

/* The good study with one more section: "\"monitor\": {}". */
struct study *study_with(const char *section);

/* A file in the temporary folder, with its path in `path`. To unlink(). */
void study_write_temporary(char path[64], const char *text, size_t length);

#endif
