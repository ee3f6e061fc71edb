#include "tests/orchestrator/study_text.h"

#include "base/strbuf.h"
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const study_good =
    "{\n"
    " \"name\": \"toy\", \"seed\": 7,\n"
    " \"trial\": {\"kind\": \"function\", \"function\": \"branin\"},\n"
    " \"space\": {\"x\": {\"type\": \"real\", \"low\": -5, \"high\": 10, \"grid\": 4},\n"
    "           \"y\": {\"type\": \"real\", \"low\": 0, \"high\": 15, \"grid\": 4}},\n"
    " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"},\n"
    "                  {\"metric\": \"energy_j\", \"goal\": \"minimize\"}],\n"
    " \"strategies\": [\"grid\", \"random\", {\"name\": \"random\"}],\n"
    " \"budget\": {\"trials\": 12, \"time_s\": 60}, \"repeats\": 2\n"
    "}\n";

struct study *study_of_text(const char *text, const char *path)
{
    struct json_problems problems = {0};
    struct error err = {0};
    struct study *study;
    if (study_read_text(&study, text, path, &problems, &err))
        fail_msg("%s\n%s", err.what, strbuf_text(&problems.text));
    json_problems_free(&problems);
    return study;
}

struct study *study_with(const char *section)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_printf(&text, "{%s, %s", section, study_good + 1);
    struct study *study = study_of_text(strbuf_text(&text), "/s/toy.json");
    strbuf_free(&text);
    return study;
}

void study_write_temporary(char path[64], const char *text, size_t length)
{
    snprintf(path, 64, "/tmp/wattune-study-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    close(fd);
}
