#include "tests/orchestrator/simulated_study.h"

#include "base/strbuf.h"
#include "tests/check.h"
#include "tests/orchestrator/study_text.h"

#include <unistd.h>

struct study *simulated_study(const struct recorded *rows, size_t n, const char *trial,
                              const char *more)
{
    struct strbuf table = STRBUF_INIT, text = STRBUF_INIT;
    char path[64];
    strbuf_append(&table, "x,value,duration_s,energy_j,state,reason\n");
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&table, "%zu,%g,%g,%g,%s,\n", i + 1, rows[i].value, rows[i].duration_s,
                      rows[i].energy_j, rows[i].state ? rows[i].state : "complete");
    study_write_temporary(path, strbuf_text(&table), table.length);
    strbuf_printf(&text,
                  "{\"trial\": {\"kind\": \"table\", \"path\": \"%s\"%s},"
                  " \"space\": {\"x\": {\"type\": \"integer\", \"low\": 1, \"high\": %zu}},"
                  " \"objectives\": [{\"metric\": \"value\", \"goal\": \"minimize\"}],"
                  " \"strategies\": [\"grid\"]%s}",
                  path, trial, n, more);
    struct study *study = study_of_text(strbuf_text(&text), "/s/simulated.json");
    unlink(path); /* it was read with the study */
    strbuf_free(&table);
    strbuf_free(&text);
    return study;
}
