#!/bin/sh
# `wattune simulate`: the trials of a real run without its time, more workers, its table, and what it refuses.
. "$(dirname "$0")/shell.sh"

cp "$root/examples/replay.json" "$root/examples/replay.csv" .

# With one worker it is the real run, row by row, but for times and the processor time of the lookup.
cat >rows.py <<'PYTHON'
import csv, sys
skip = {"host", "worker", "started_at", "ended_at", "cpu_s"}
for row in csv.DictReader(open(sys.argv[1])):
    print([(k, v) for k, v in row.items() if k not in skip])
PYTHON
real_and_simulated() {
    expect 0 "$WATTUNE" run "$1" --db real.db --force --progress none --keep-going
    expect 0 "$WATTUNE" simulate "$1" --db simulated.db --force --keep-going
    for db in real simulated; do
        expect 0 "$WATTUNE" trials $db.db --format csv -o $db.csv
        expect 0 python3 rows.py $db.csv
        sort out >$db.txt
    done
    equal "$(wc -l <real.txt)" "$2" "trials of the real run of $1"
    cmp -s real.txt simulated.txt || fail "the simulated run of $1 has other trials: $(diff real.txt simulated.txt | head -n 4)"
    checks=$((checks + 1))
}
real_and_simulated replay.json 240

# A part of the table, so that points are missing, and rows that failed, and a retry.
sed '3,9d; s/^complete,64/failed,64/' replay.csv >part.csv
sed 's/"path": "replay.csv"/"path": "part.csv", "retries": 1/; s/"repeats": 5/"repeats": 2/' replay.json >part.json
sed 's/"bayes"/"bayes", "tpe", "nsga2"/' part.json >parts.json
expect 0 "$WATTUNE" run parts.json --db real.db --force --progress none --keep-going
attempts=$("$WATTUNE" trials real.db --format csv | tail -n +2 | wc -l)
[ "$attempts" -gt 144 ] || fail "no trial was tried again"
real_and_simulated parts.json "$attempts"

# A function, with noise.
cat >branin.json <<'STUDY'
{ "name": "branin", "seed": 3, "repeats": 3,
  "trial": { "kind": "function", "function": "branin", "noise": 0.1, "energy_j": 5 },
  "space": { "x": { "type": "real", "low": -5, "high": 10 }, "y": { "type": "real", "low": 0, "high": 15 } },
  "objectives": [ { "metric": "value", "goal": "minimize" } ],
  "strategies": [ "random", "bayes" ], "budget": { "trials": 15 } }
STUDY
expect 0 "$WATTUNE" run branin.json --db real.db --force --progress none
expect 0 "$WATTUNE" simulate branin.json --db simulated.db --force
identity real.db >real.txt
identity simulated.db >simulated.txt
equal "$(wc -l <real.txt)" 90 "trials of the function"
cmp -s real.txt simulated.txt || fail "the simulated function has other trials"

# Strategies over epochs: trials that go on from others cost the rest, those that are stopped what was used by then.
python3 - <<'PYTHON'
with open("curves.csv", "w") as f:
    print("lr,epochs,accuracy,energy_j,duration_s", file=f)
    for i in range(1, 33):
        for epochs in (1, 3, 9, 27):
            print(i, epochs, (i / 40) * epochs / (epochs + 3), 100 * epochs, 10 * epochs, sep=",", file=f)
PYTHON
cat >curves.json <<'STUDY'
{ "name": "curves", "seed": 6, "repeats": 4,
  "trial": { "kind": "table", "path": "curves.csv" },
  "space": { "lr": { "type": "integer", "low": 1, "high": 32 },
             "epochs": { "type": "ordinal", "values": [1, 3, 9, 27] } },
  "objectives": [ { "metric": "accuracy", "goal": "maximize" } ],
  "strategies": [ "asha", "hyperband" ], "budget": { "trials": 30 } }
STUDY
expect 0 "$WATTUNE" run curves.json --db real.db --force --progress none
real_and_simulated curves.json "$("$WATTUNE" trials real.db --format csv | tail -n +2 | wc -l)"
cat >rest.py <<'PYTHON'
# Whatever the trials of a chain cost, it is in all what was recorded for its last one; they follow one another.
import csv, sys
rows = {(r["arm"], r["trial"]): r for r in csv.DictReader(open(sys.argv[1]))}
chained = 0
for row in rows.values():
    sum_j, link = float(row["energy_j"]), row
    while link["continues"]:
        after, link = link, rows[link["arm"], link["continues"]]
        assert link["ended_at"] <= after["started_at"] and link["lr"] == after["lr"], (link, after)
        sum_j += float(link["energy_j"])
        chained += 1
    if row["state"] == "complete":
        assert abs(sum_j - 100 * float(row["epochs"])) < 1e-6, row
assert chained > int(sys.argv[2]), chained
PYTHON
expect 0 "$WATTUNE" simulate curves.json --db simulated.db --force --workers 4
expect 0 "$WATTUNE" trials simulated.db --format csv -o simulated.csv
expect 0 python3 rest.py simulated.csv 20
sed 's/"asha", "hyperband"/{ "name": "bayes", "fidelity": "epochs" }/' curves.json >frozen.json
expect 0 "$WATTUNE" simulate frozen.json --db simulated.db --force --workers 2
expect 0 "$WATTUNE" trials simulated.db --format csv -o simulated.csv
expect 0 python3 rest.py simulated.csv 4
expect 0 "$WATTUNE" run frozen.json --db real.db --force --progress none
real_and_simulated frozen.json "$("$WATTUNE" trials real.db --format csv | tail -n +2 | wc -l)"
cat >cut.py <<'PYTHON'
# As if the run had been killed when the last arm had so many trials: what came later is not in the database.
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
arm, trials = db.execute("SELECT max(arm) FROM trial").fetchone()[0], int(sys.argv[2])
tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
for table in tables:
    if {"arm", "trial"} <= {column[1] for column in db.execute(f"PRAGMA table_info({table})")}:
        db.execute(f"DELETE FROM {table} WHERE arm = ? AND trial >= ?", (arm, trials))
db.execute("UPDATE study SET state = 'running'")
db.commit()
PYTHON
expect 0 python3 cut.py real.db 4
expect 0 "$WATTUNE" resume real.db --progress none
expect 0 "$WATTUNE" trials real.db --format csv -o resumed.csv
expect 0 python3 rows.py resumed.csv
sort out >resumed.txt
cmp -s real.txt resumed.txt || fail "trials that go on after a resume are others: $(diff real.txt resumed.txt | head -n 4)"
checks=$((checks + 1))
sed 's/"asha", "hyperband"/{ "name": "random", "prune": { "rule": "median" } }/; s/\[1, 3, 9, 27\]/[27]/' curves.json >pruned.json
expect 0 "$WATTUNE" simulate pruned.json --db simulated.db --force --workers 2
expect 0 "$WATTUNE" trials simulated.db --format csv -o simulated.csv
cat >stopped.py <<'PYTHON'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
pruned = [r for r in rows if r["state"] == "pruned"]
assert 10 < len(pruned) < len(rows) / 2 + 10, len(pruned)
for row in pruned:
    epochs = float(row["energy_j"]) / 100
    assert epochs in (1, 3, 9) and abs(float(row["duration_s"]) - 10 * epochs) < 1e-9, row
    assert abs(float(row["accuracy"]) - int(row["lr"]) / 40 * epochs / (epochs + 3)) < 1e-12, row
PYTHON
expect 0 python3 stopped.py simulated.csv
expect 0 "$WATTUNE" run pruned.json --db real.db --force --progress none
real_and_simulated pruned.json "$("$WATTUNE" trials real.db --format csv | tail -n +2 | wc -l)"

# The same study gives the same rows, to the bit; only the study's own row tells when it was made.
cat >dump.py <<'PYTHON'
import sqlite3, sys
for line in sqlite3.connect(sys.argv[1]).iterdump():
    if not line.startswith('INSERT INTO "study"'):
        print(line)
PYTHON
for db in a b; do
    expect 0 "$WATTUNE" simulate replay.json --db $db.db --workers 3,1 --repeats 7
    expect 0 python3 dump.py $db.db
    mv out $db.txt
done
grep -q 'INSERT INTO "attempt" .*simulated' a.txt || fail "no attempt was stored"
cmp -s a.txt b.txt || fail "the same simulation gave two databases: $(diff a.txt b.txt | head -n 4)"
checks=$((checks + 1))

# All that reads databases reads these.
expect 0 "$WATTUNE" compare a.db
says out "bayes@3"
expect 0 "$WATTUNE" status a.db
expect 0 "$WATTUNE" pareto a.db
expect 0 "$WATTUNE" importance a.db
expect 0 "$WATTUNE" ledger a.db
expect 0 "$WATTUNE" resume a.db
expect 0 "$WATTUNE" export a.db -o again.csv
sed 's/replay.csv/again.csv/' replay.json >again.json
expect 0 "$WATTUNE" simulate again.json --workers 2

# The table: strategies by numbers of workers, that many times faster.
expect 2 "$WATTUNE" simulate replay.json --force --target much
says err "--target takes a number, not 'much'"
expect 0 "$WATTUNE" simulate replay.json --force --workers 1,12 --repeats 6 --target 0.4 --format csv -o table.csv
cat >table.py <<'PYTHON'
import csv
rows = {(r["strategy"], r["workers"]): r for r in csv.DictReader(open("table.csv"))}
assert len(rows) == 8, rows.keys()
for (strategy, workers), row in rows.items():
    assert (row["runs"], row["trials"], row["target"], row["study"]) == ("6", "12", "0.4", "replay"), row
    assert float(row["best_low"]) <= float(row["best"]) <= float(row["best_high"]), row
    assert float(row["search_cpu_s"]) >= 0
one, twelve = rows["grid", "1"], rows["grid", "12"]
assert one["energy_j"] == twelve["energy_j"] and one["reached"] == "6", (one, twelve)
assert 4 * float(twelve["time_s"]) < float(one["time_s"]), (one, twelve)
assert float(twelve["target_s"]) <= float(twelve["time_s"])
PYTHON
expect 0 python3 table.py
expect 0 "$WATTUNE" simulate replay.json --force --strategy random,sobol --trials 3 --seed 9
says out "Simulated runs of replay"
says out "Target: val_accuracy >= "
expect 0 "$WATTUNE" trials replay-simulated.db --format csv
equal "$(wc -l <out)" 31 "lines of two strategies with three trials in five repeats"
expect 0 "$WATTUNE" simulate replay.json --force --trials 3 --repeats 2 --format json
python3 -m json.tool <out >/dev/null || fail "the table is no JSON"

# Idle power: four workers run two trials.
sed 's/"strategies"/"energy": { "idle_w": 3 }, "strategies"/' replay.json >idle.json
expect 0 "$WATTUNE" simulate idle.json --db idle.db --workers 4 --trials 2
expect 0 "$WATTUNE" compare idle.db
says out "in waiting workers"

# What it refuses.
expect 1 "$WATTUNE" simulate replay.json
says err "--db"
expect 2 "$WATTUNE" simulate
expect 2 "$WATTUNE" simulate nothing.json
says err "nothing.json"
for workers in "" 0 -1 1.5 two 1, ,1 1,,2 1,1 10001 99999999999999999999 "1 2" 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17; do
    expect 2 "$WATTUNE" simulate replay.json --workers "$workers"
    says err "--workers takes up to 16 different whole numbers from 1 to 10000"
done
expect 2 "$WATTUNE" simulate replay.json --repeats 0
program_study 3 true '"meters": "auto"' >toy.json
expect 2 "$WATTUNE" simulate toy.json
says err "its trials are programs"
says err "wattune export"
[ ! -e toy-simulated.db ] || fail "a study that is refused made a database"
sed 's/, "energy_j": 5//; s/"trials": 15/"trials": 15, "energy_j": 9/' branin.json >unknown.json
expect 2 "$WATTUNE" simulate unknown.json
says err 'give "trial" an "energy_j"'
sed 's/"x,/"/; 1s/val_accuracy/other/' replay.csv >bad.csv
sed 's/replay.csv/bad.csv/' replay.json >bad.json
expect 2 "$WATTUNE" simulate bad.json
says err "bad.csv:1: column 'val_accuracy': is missing"
expect 1 "$WATTUNE" simulate replay.json --db /nowhere/x.db
says err "/nowhere/x.db"
expect 1 "$WATTUNE" simulate replay.json --force --trials 3 -o /nowhere/table
says err "/nowhere/table"

# Trials that all fail.
sed 's/^complete/failed/' replay.csv >failed.csv
sed 's/replay.csv/failed.csv/' replay.json >failed.json
expect 1 "$WATTUNE" simulate failed.json --db failed.db --workers 2
says err "grid with 2 workers: the first five attempts have all failed"
says err "--keep-going"
expect 0 "$WATTUNE" status failed.db
says out "broken"
expect 1 "$WATTUNE" resume failed.db
says err "wattune simulate"
expect 0 "$WATTUNE" simulate failed.json --db failed.db --force --keep-going
says out "No trial is complete"

# Stopped in the middle: the runs that were over are there, and it is not gone on with.
sed 's/"trials": 15/"trials": 200/; s/"repeats": 3/"repeats": 10000/' branin.json >long.json
"$WATTUNE" simulate long.json --strategy random --db long.db >out 2>err &
pid=$!
until [ -s long.db ]; do
    kill -0 $pid || fail "the simulation was over too early"
done
kill -INT $pid
wait $pid
equal $? 3 "exit status after an interrupt"
says err "of 10000 runs; run it again with --force"
expect 1 "$WATTUNE" resume long.db
says err "is not gone on with"
expect 0 "$WATTUNE" status long.db
says out "interrupted after "
says out "(run it again with: wattune simulate --force)"
expect 1 "$WATTUNE" simulate long.json --db long.db
says err "replace its results with --force"
expect 0 "$WATTUNE" simulate long.json --db long.db --force --trials 2 --repeats 2
expect 0 "$WATTUNE" status long.db
says out "done"

done_checking
