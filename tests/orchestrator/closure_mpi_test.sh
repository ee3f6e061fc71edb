#!/bin/sh
# A study under played RAPL counters, on 1, 2 and 8 workers of this host, with a stranger that burns processor time beside
# them: the books of the host hold what the counters counted, to the microjoule, and everybody pays for what it used.
. "$(dirname "$0")/shell.sh"
: "${PLAYER:?the path of rapl_player}" "${BURNER:?the path of burner}"
command -v mpirun >/dev/null || { echo "skipped: there is no mpirun"; exit 77; }
idle_w=30
busy_w=25

# stranger: burn until killed; stranger.log says how much processor time was used until when.
cat >stranger.py <<'END'
import os, signal, subprocess, time
child = subprocess.Popen([os.environ["BURNER"], "100000"], stdout=subprocess.DEVNULL)
signal.signal(signal.SIGTERM, lambda *_: child.kill())
clock = (~child.pid << 3) | 2 # as clock_getcpuclockid() makes it
with open("stranger.log", "w") as log:
    while child.poll() is None:
        print(time.time_ns() // 1000, time.clock_gettime_ns(clock), file=log)
        time.sleep(0.02)
END

cat >check.py <<'END'
import csv, itertools, json, sys
idle_w, busy_w, n_trials = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
host = json.load(open("ledger.json"))["rows"]
assert len(host) == 1, host
host = host[0]
parts = ["trials_uj", "trials_idle_uj", "waiting_uj", "search_uj", "orchestrator_uj", "other_uj", "unattributed_uj"]
assert sum(host[p] for p in parts) == host["metered_uj"], host
assert host["energy_quality"] == "measured" and host["gaps"] == 0, host
assert host["wraps"] >= 1, host

# The books begin and end with values that the counters showed then, each its last or its next one.
shown = [tuple(map(int, line.split())) for line in open("log") if line.endswith("\n")]
def microseconds(text):
    from datetime import datetime, timezone
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp() * 1e6)
def near(text):
    rows = [row for row in shown if abs(row[0] - microseconds(text)) < 300e3]
    return {sum(values) for a, b in zip(rows, rows[1:]) for values in itertools.product(*zip(a[1:], b[1:]))}
first, last = near(host["from"]), near(host["to"])
assert any(begin + host["metered_uj"] in last for begin in first), (host, shown[0], shown[-1], len(first), len(last))

trials = [r for r in csv.DictReader(open("trials.csv")) if r["state"] == "complete"]
assert len(trials) == n_trials, trials
dynamic = sum(round((float(t["energy_j"]) - float(t["energy_idle_j"])) * 1e6) for t in trials)
assert abs(dynamic - host["trials_uj"]) <= len(trials), (dynamic, host)
idle = sum(round(float(t["energy_idle_j"]) * 1e6) for t in trials)
assert abs(idle - host["trials_idle_uj"]) <= len(trials), (idle, host)

# What is held up by a busy machine moves joules by chance: these may be tried again.
good = True
def share(who, part_uj, cpu_s, tolerance):
    global good
    paid_s = part_uj * 1e-6 / busy_w
    if abs(paid_s - cpu_s) > tolerance * cpu_s:
        print("%s used %.3f s and paid for %.3f s" % (who, cpu_s, paid_s))
        good = False
share("all trials", host["trials_uj"], sum(float(t["cpu_s"]) for t in trials), 0.02)
# The stranger runs before the books are opened and after they are closed.
samples = [tuple(map(int, line.split())) for line in open("stranger.log")]
def stranger_until(text):
    (t0, used0), (t1, used1) = max((a, b) for a, b in zip(samples, samples[1:]) if a[0] <= microseconds(text))
    return 1e-9 * (used0 + (used1 - used0) * (microseconds(text) - t0) / (t1 - t0))
stranger_s = stranger_until(host["to"]) - stranger_until(host["from"])
if host["other_uj"] * 1e-6 / busy_w < stranger_s:  # others are busy here, too
    share("the stranger", host["other_uj"], stranger_s, 0.02)
rest = host["trials_idle_uj"] + host["waiting_uj"] + host["unattributed_uj"]
if abs(rest * 1e-6 - idle_w * host["covered_s"]) > 0.05 * idle_w * host["covered_s"]:
    print("%.3f J of idle energy in %.3f s" % (rest * 1e-6, host["covered_s"]))
    good = False
sys.exit(0 if good else 75)
END

# wait_for_log N: until the player has told of N values.
wait_for_log() {
    for _ in $(seq 600); do
        [ "$(wc -l <log)" -lt "$1" ] || return 0
        sleep 0.05
    done
    fail "the player of counters tells nothing"
}

# try WORKERS SECONDS: a trial of that much processor time for each worker, and one more.
try() {
    trials=$(($1 + 1))
    cat >live.json <<STUDY
{ "name": "live", "seed": 3, "trial": { "kind": "command", "argv": [ "$BURNER", "$2" ] },
  "space": { "x": { "type": "real", "low": 1, "high": 4, "grid": $trials } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ], "strategies": [ "grid" ], "budget": { "trials": $trials },
  "energy": { "idle_w": $idle_w, "meters": [ "powercap" ], "require": "measured" } }
STUDY
    rm -rf tree live.db* log stranger.log
    mkdir tree
    : >log
    "$PLAYER" "$work/tree" $idle_w $busy_w 100000000 "$work/log" &
    player=$!
    wait_for_log 1
    python3 stranger.py &
    stranger=$!
    export WATTUNE_SYSROOT="$work/tree"
    expect 0 mpi $(($1 + 1)) "$WATTUNE" run live.json --db live.db
    unset WATTUNE_SYSROOT
    kill $stranger
    wait $stranger
    wait_for_log $(($(wc -l <log) + 2)) # what was shown before the last cut is told by then
    kill $player
    wait $player 2>/dev/null
    expect 0 "$WATTUNE" ledger live.db --format json --output ledger.json
    expect 0 "$WATTUNE" trials live.db --format csv --output trials.csv
    python3 check.py $idle_w $busy_w $trials >out 2>err
    got=$?
    [ $got -eq 0 ] || [ $got -eq 75 ] || fail "the books of $1 workers do not close"
    return $got
}

for workers in 1 2 8; do
    seconds=$(awk "BEGIN { print ($workers > 2 ? 0.6 : 3 / $workers) }")
    for attempt in 1 2 3 4; do
        ! try "$workers" "$seconds" || break
        cat out
        [ "$attempt" -lt 4 ] || fail "with $workers workers not everybody pays for what it used"
    done
    checks=$((checks + 10))
done
done_checking
