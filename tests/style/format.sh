#!/bin/sh
# Every C file is as .clang-format has it. Versions of clang-format differ, so the one of Debian 12 decides.
set -u
cd "$(dirname "$0")/../.."
if ! command -v clang-format-14 >/dev/null; then
    echo "skipped: clang-format-14 is not installed"
    exit 77
fi
find base search cnn worker results orchestrator tests -name '*.[ch]' | xargs clang-format-14 --dry-run -Werror && echo "format: ok"
