#!/bin/sh
# What ranks cost that wait: tests/bench/idle_cost.sh WATTUNE [RANKS] [SECONDS]
# Runs a study whose only trial sleeps, so that the coordinator and all workers wait, and prints the processor time of
# each rank as a share of one core. The design allows 1 %.
set -eu
program=${1:?usage: tests/bench/idle_cost.sh WATTUNE [RANKS] [SECONDS]}
ranks=${2:-4}
seconds=${3:-10}
folder=$(mktemp -d)
trap 'kill "$job" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT

cat >"$folder/idle.json" <<STUDY
{"name": "idle", "trial": {"kind": "command", "argv": ["sleep", "600"], "grace_s": 0},
 "space": {"x": {"type": "real", "low": 0, "high": 1}}, "objectives": [{"metric": "loss", "goal": "minimize"}],
 "strategies": ["random"], "budget": {"trials": 1}}
STUDY
as_root=
[ "$(id -u)" -ne 0 ] || as_root=--allow-run-as-root
mpirun $as_root --oversubscribe -n "$ranks" "$program" run "$folder/idle.json" --progress none 2>"$folder/log" &
job=$!

# "PID RANK NANOSECONDS" of each rank, all its threads together.
used() {
    for pid in $(pgrep -x "$(basename "$program" | cut -c1-15)"); do
        tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q "$folder" || continue
        rank=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')
        echo "$pid ${rank:-?} $(cat "/proc/$pid"/task/*/schedstat | awk '{ n += $1 } END { printf "%.0f", n }')"
    done
}
sleep 3
used >"$folder/before"
sleep "$seconds"
used >"$folder/after"
awk -v seconds="$seconds" '
    NR == FNR { before[$1] = $3; next }
    $1 in before { printf "rank %s (%s): %.2f %% of a core\n", $2, $2 == 0 ? "coordinator" : "worker",
                   100 * ($3 - before[$1]) / 1e9 / seconds; n++ }
    END { if (!n) { print "no rank was found"; exit 1 } }' "$folder/before" "$folder/after" | sort
