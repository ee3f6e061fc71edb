#!/bin/sh
# Build the fuzzers and run each for some seconds: tests/fuzz/run.sh [SECONDS] [TARGET...]. What they find is kept in
# build/fuzz/corpus; an input that breaks something is build/fuzz/found-..., and its path an argument of the fuzzer.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v clang >/dev/null; then
    echo "skipped: clang is not installed"
    exit 0
fi
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- $(find tests/fuzz -name '*_fuzz.c' -exec basename {} _fuzz.c \; | sort)
mkdir -p build
cmake --preset fuzz >build/fuzz.log
for target; do
    cmake --build --preset fuzz --target "fuzz_$target" "fuzz_${target}_replay" >>build/fuzz.log || { tail -n 60 build/fuzz.log; exit 1; }
    corpus=build/fuzz/corpus/$target
    mkdir -p "$corpus"
    "build/fuzz/tests/fuzz/fuzz_${target}_replay" "$corpus"
    echo "$target: $seconds s"
    "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=16384 -timeout=20 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix=build/fuzz/found- "$corpus" 2>"build/fuzz/$target.out" ||
        { tail -n 60 "build/fuzz/$target.out"; exit 1; }
    grep number_of_executed_units "build/fuzz/$target.out"
done
