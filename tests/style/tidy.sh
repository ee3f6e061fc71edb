#!/bin/sh
# clang-tidy over the sources, as .clang-tidy has it: tests/style/tidy.sh BUILD [FILE...]. BUILD holds compile_commands.json.
# Versions of clang-tidy differ, so the one of Debian 12 decides.
set -eu
build=$1
shift
if ! command -v clang-tidy-14 >/dev/null; then
    echo "skipped: clang-tidy-14 is not installed"
    exit 0
fi
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- $(find base search cnn worker results orchestrator -name '*.c')
findings=$(printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy-14 -p "$build" --quiet 2>/dev/null || true)
if [ -n "$findings" ]; then
    echo "$findings"
    exit 1
fi
echo "clang-tidy: $# files, ok"
