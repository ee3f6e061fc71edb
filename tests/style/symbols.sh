#!/bin/sh
# symbols.sh LIBRARY...: no name is defined by two of the project's libraries. The linker would take the first one without
# a word, and callers of the other would run something else.
set -eu
command -v nm >/dev/null || {
    echo "no nm"
    exit 77
}
defined=$(for library; do
    nm -g --defined-only "$library" | awk -v file="${library##*/}" 'NF == 3 && $3 !~ /^_/ { print $3, file }' | sort -u
done)
[ "$(echo "$defined" | wc -l)" -gt 100 ] || {
    echo "found hardly any names in: $*"
    exit 1
}
twice=$(echo "$defined" | awk '{ files[$1] = files[$1] " " $2; n[$1]++ }
    END { for (name in n) if (n[name] > 1) print name " is defined by" files[name] }' | sort)
[ -z "$twice" ] || {
    echo "$twice"
    exit 1
}
