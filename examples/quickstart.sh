#!/bin/sh
# Wattune's main job in one go: install the packages, build, search with three strategies on two workers, compare them.
set -eu
cd "$(dirname "$0")/.."

sh cmake/install-packages.sh build
mkdir -p build
echo "building (the log is build/quickstart.log)"
{
    cmake --preset release -DWATTUNE_TESTS=OFF -B build/quickstart
    cmake --build build/quickstart
} >build/quickstart.log 2>&1 || { tail -n 40 build/quickstart.log; exit 1; }
wattune=build/quickstart/orchestrator/wattune

# Each run of this script starts afresh; wattune itself never overwrites a study's results.
db=build/quickstart.db
rm -f "$db" "$db-wal" "$db-shm"

# mpirun refuses root, and more ranks than cores, unless it is told that both are meant.
mpirun="mpirun -n 3 --oversubscribe"
[ "$(id -u)" -ne 0 ] || mpirun="$mpirun --allow-run-as-root"
$mpirun "$wattune" run examples/quickstart.json --db "$db"

echo
"$wattune" compare "$db"
echo
"$wattune" pareto "$db"
echo
echo "The results are in $db. Next: $wattune trials $db, and the README."
