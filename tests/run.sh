#!/bin/sh
# Install what the tests need, build, and run every test.
#
#   tests/run.sh           everything: clang-tidy, sanitizers, valgrind, release
#   tests/run.sh --quick   the debug build and its tests only
#   tests/run.sh --long    everything, the long forms of the slow tests, and every fuzzer for some seconds
set -eu
cd "$(dirname "$0")/.."

mode=${1:---all}
case $mode in
--all | --quick) ;;
--long) export WATTUNE_TEST_LONG=1 ;;
*)
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

began=$(date +%s)
step() {
    printf '\n== %s, after %d s\n' "$*" "$(($(date +%s) - began))"
}

# Configure and build one preset. The log is shown when that fails.
build() {
    step "build $1"
    cmake --preset "$1" -DWATTUNE_WERROR=ON >"build/$1.log" 2>&1 || { tail -n 60 "build/$1.log"; return 1; }
    cmake --build --preset "$1" >>"build/$1.log" 2>&1 || { tail -n 60 "build/$1.log"; return 1; }
}

# Run the tests of one preset; further arguments go to ctest.
check() {
    name=$1
    shift
    step "test $name"
    ctest --preset "$name" -j "$(nproc)" "$@"
}

step "install packages"
sh cmake/install-packages.sh test
mkdir -p build

if [ "$mode" = --quick ]; then
    build debug
    check debug
    exit 0
fi

# Everything runs with the address sanitizer. The others run what only they can judge: the presets say which tests.
build asan
step "clang-tidy"
sh tests/style/tidy.sh build/asan
check asan
build tsan
check tsan
build valgrind
check valgrind
if [ "$mode" = --long ]; then
    step "fuzz"
    sh tests/fuzz/run.sh 10
fi
step "sizes (a report, not a gate)"
sh tests/style/sizes.sh
build release
check release -LE style
printf '\nAll is well, after %d s.\n' "$(($(date +%s) - began))"
