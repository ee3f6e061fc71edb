#!/bin/sh
# Install what the tests need, build, and run every test.
#
#   tests/run.sh           everything: style, release, sanitizers, valgrind
#   tests/run.sh --quick   the debug build and its tests only
#   tests/run.sh --long    everything, with the long forms of the slow tests
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

step() {
    printf '\n== %s\n' "$*"
}

# Configure, build and test one preset; further arguments go to ctest.
preset() {
    name=$1
    shift
    step "build $name"
    cmake --preset "$name" -DWATTUNE_WERROR=ON >"build/$name.log" 2>&1 || { cat "build/$name.log"; return 1; }
    cmake --build --preset "$name" >>"build/$name.log" 2>&1 || { tail -n 60 "build/$name.log"; return 1; }
    step "test $name"
    ctest --preset "$name" -j "$(nproc)" "$@"
}

step "packages"
sh cmake/install-packages.sh test
mkdir -p build

if [ "$mode" = --quick ]; then
    preset debug
    exit 0
fi

preset asan
preset tsan -L 'unit|mpi' -LE slow
preset release
preset valgrind
step "sizes (a report, not a gate)"
sh tests/style/sizes.sh
