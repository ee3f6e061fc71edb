#!/bin/sh
# Line coverage of each folder by the tests: tests/coverage.sh [ctest option...], such as -L unit. The lines that no test
# reaches are marked in build/coverage/*.gcov, with '#####'.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset coverage >build/coverage.log
cmake --build --preset coverage >>build/coverage.log || { tail -n 60 build/coverage.log; exit 1; }
find build/coverage -name '*.gcda' -delete
ctest --preset coverage -j "$(nproc)" "$@" >build/coverage.tests.log || { tail -n 60 build/coverage.tests.log; exit 1; }
tail -n 3 build/coverage.tests.log

cd build/coverage
rm -f ./*.gcov
find base search cnn worker results orchestrator -name '*.gcda' -exec gcov --preserve-paths --source-prefix "$(cd ../.. && pwd)" \
    --relative-only {} + >/dev/null 2>&1
awk -F: '
    FNR == 1 { file = substr(FILENAME, 3); sub(/\.gcov$/, "", file); gsub(/#/, "/", file); split(file, part, "/"); folder = part[1] }
    { count = $1; gsub(/ /, "", count) }
    count == "-" || $2 + 0 == 0 { next }
    { lines[folder]++; all++; file_lines[file]++ }
    count !~ /^[#=]/ { reached[folder]++; all_reached++; file_reached[file]++ }
    END {
        for (folder in lines)
            printf "%-14s %6d of %6d lines, %5.1f %%\n", folder, reached[folder], lines[folder], 100 * reached[folder] / lines[folder]
        printf "%-14s %6d of %6d lines, %5.1f %%\n", "total", all_reached, all, 100 * all_reached / all
        for (file in file_lines)
            if (file_reached[file] < 0.8 * file_lines[file])
                printf "under 80 %%: %s, %d of %d\n", file, file_reached[file], file_lines[file]
    }' ./*.c.gcov | sort
