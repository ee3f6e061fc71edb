/* shell_word.h - a text as one word of a command that is shown for typing or pasting. */
#ifndef ORCHESTRATOR_SHELL_WORD_H
#define ORCHESTRATOR_SHELL_WORD_H

#include "base/strbuf.h"

/* The text as it is where a shell takes it for one word, which no option begins like; else in
 * quotes, and with control characters, which a terminal would obey, as bash's $'\x1b'. */
void shell_word_append(struct strbuf *out, const char *text);

#endif
