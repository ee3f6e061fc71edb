#include "orchestrator/shell_word.h"

#include <stdbool.h>
#include <string.h>

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

static bool is_plain(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./,:@%+=-";
    return *text && text[strspn(text, plain)] == '\0';
}

/* In $'...' a byte can be two hexadecimal digits. */
static void append_in_ansi_quotes(struct strbuf *out, const char *text)
{
    strbuf_append(out, "$'");
    for (const char *c = text; *c; c++) {
        if (is_control(*c) || *c == '\'' || *c == '\\')
            strbuf_printf(out, "\\x%02x", (unsigned char)*c);
        else
            strbuf_append_char(out, *c);
    }
    strbuf_append_char(out, '\'');
}

void shell_word_append(struct strbuf *out, const char *text)
{
    bool needs_escapes = strchr(text, '\'') != NULL;
    for (const char *c = text; *c; c++)
        needs_escapes = needs_escapes || is_control(*c);
    if (*text == '-')
        strbuf_append(out, "./");
    if (is_plain(text))
        strbuf_append(out, text);
    else if (needs_escapes)
        append_in_ansi_quotes(out, text);
    else
        strbuf_printf(out, "'%s'", text);
}
