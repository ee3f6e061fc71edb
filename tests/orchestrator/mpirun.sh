#!/bin/sh
# mpirun.sh [mpirun option...] -- PROGRAM...: run a test under mpirun, or skip it (77) where there is none.
# Open MPI is not built for the thread sanitizer, which looks at our own code alone.
set -u
command -v mpirun >/dev/null || { echo "skipped: there is no mpirun here"; exit 77; }
TSAN_OPTIONS="ignore_noninstrumented_modules=1:report_bugs=1:${TSAN_OPTIONS:-}"
export TSAN_OPTIONS
as_root=
[ "$(id -u)" -ne 0 ] || as_root=--allow-run-as-root
options=
while [ "$1" != -- ]; do
    options="$options $1"
    shift
done
shift
# shellcheck disable=SC2086
exec mpirun $as_root --oversubscribe $options "$@"
