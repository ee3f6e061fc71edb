#!/bin/sh
# Rewrite the golden files from what the programs print now. Read the diff before you commit it.
set -eu
cd "$(dirname "$0")/.."
cmake --preset debug >/dev/null
cmake --build --preset debug
WATTUNE_UPDATE_GOLDEN=1 ctest --preset debug -L golden
git --no-pager diff --stat -- 'tests/*/golden'
git --no-pager status --short -- 'tests/*/golden'
