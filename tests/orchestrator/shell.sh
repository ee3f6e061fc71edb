# What the shell tests share; each begins with `. "$(dirname "$0")/shell.sh"`. WATTUNE names the binary.
# Works in a temporary folder that is removed at the end.
set -u
: "${WATTUNE:?the path of the wattune binary}"
tests=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$tests/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What a site says of its machines is nothing to the tests.
unset WATTUNE_IDLE_W WATTUNE_LOG WATTUNE_METER_COMMAND WATTUNE_MODEL_IDLE_W WATTUNE_MODEL_MAX_W WATTUNE_NVML WATTUNE_SYSROOT
cd "$work" || exit 1
checks=0

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    [ -s out ] && { echo "standard output was:"; head -n 40 out; } >&2
    [ -s err ] && { echo "standard error was:"; head -n 40 err; } >&2
    exit 1
}

# expect STATUS COMMAND...: run it with its output in the files out and err.
expect() {
    wanted=$1
    shift
    "$@" >out 2>err
    got=$?
    [ "$got" -eq "$wanted" ] || fail "'$*' ended with $got, not $wanted"
    checks=$((checks + 1))
}

# says FILE TEXT: the file holds the text.
says() {
    grep -qF -- "$2" "$1" || fail "$1 does not say '$2'"
    checks=$((checks + 1))
}

# equal A B WHAT
equal() {
    [ "$1" = "$2" ] || fail "$3: '$1' is not '$2'"
    checks=$((checks + 1))
}

# program_study N PROGRAM ENERGY: a study "toy" of N trials that differ in x, each a shell program as JSON writes it ({x}
# is its x), with that section "energy".
program_study() {
    cat <<STUDY
{
  "name": "toy", "seed": 3,
  "trial": { "kind": "command",
             "argv": [ "sh", "-c", "$2; echo '{{\"value\": {x}}}'" ] },
  "space": { "x": { "type": "integer", "low": 1, "high": $1 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "grid" ],
  "energy": { $3 }
}
STUDY
}

# A program that uses some processor time.
# shellcheck disable=SC2016,SC2034
burn='i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done'

# mpi N COMMAND...: the command on N ranks of this host, whoever runs it and however many cores there are.
mpi() {
    ranks=$1
    shift
    as_root=
    [ "$(id -u)" -ne 0 ] || as_root=--allow-run-as-root
    # shellcheck disable=SC2086
    mpirun $as_root --oversubscribe -n "$ranks" ${MPI_OPTIONS:-} "$@"
}

# identity DB: what must be the same whenever a study is run again: every trial's arm, number, seed, parameters and
# values, without times and joules.
identity() {
    "$WATTUNE" trials "$1" --format csv | python3 -c '
import csv, sys
skip = {"study", "attempt", "energy_j", "energy_low_j", "energy_high_j", "energy_idle_j", "energy_quality",
        "energy_meters", "duration_s", "cpu_s", "peak_memory_mb", "host", "worker", "started_at", "ended_at",
        "energy_method", "energy_wraps", "energy_gaps", "energy_ambiguous", "energy_skews", "images_per_s", "reason"}
rows = [r for r in csv.DictReader(sys.stdin) if r["state"] == "complete"]
for r in sorted(rows, key=lambda r: (r["arm"], int(r["trial"]))):
    print([(k, v) for k, v in r.items() if k not in skip])'
}

done_checking() {
    echo "$checks checks passed"
}
