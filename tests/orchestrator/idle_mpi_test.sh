#!/bin/sh
# The idle power of a host with several ranks: one of them measures it, when all are set up, and all share it.
. "$(dirname "$0")/shell.sh"
command -v mpirun >/dev/null || { echo "skipped: there is no mpirun"; exit 77; }

mkdir -p quiet/proc
printf 'cpu  100 0 100 5000 0 0 0 0 0 0\ncpu0 50 0 50 2500 0 0 0 0 0 0\n' >quiet/proc/stat
export WATTUNE_METER_COMMAND="while echo 90 W; do sleep 0.05; done"
export WATTUNE_SYSROOT="$work/quiet"
program_study 6 "sleep 0.3" '"idle_window_s": 1' >toy.json

# idle_share DB LOW HIGH: one figure is stored for the host, and each of six trials had so many watts of it.
idle_share() {
    python3 - "$@" <<'PY' || fail "the idle power of $1 is not measured once and shared"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = db.execute("SELECT source, power_w, samples, position FROM idle_power").fetchall()
shares = [j / s for j, s in db.execute("SELECT idle_uj / 1e6, duration_s FROM attempt")]
print(rows, shares)
assert len(rows) == 1 and rows[0][0] == "measured" and 70 < rows[0][1] < 110 and rows[0][2] >= 5, rows
assert len(shares) == 6 and all(float(sys.argv[2]) < w < float(sys.argv[3]) for w in shares), shares
PY
    checks=$((checks + 1))
}

# Three workers and a coordinator, which has no part of the idle energy; then four workers.
expect 0 mpi 4 "$WATTUNE" run toy.json --db three.db
idle_share three.db 20 40
expect 0 mpi 4 "$WATTUNE" run toy.json --db four.db --coordinator-works
idle_share four.db 14 31
done_checking
