#!/bin/sh
# Trials of a program that go on from the epochs of others, as successive halving wants it: each trains only what is left, its
# joules are its own, its objectives those of the whole way, and a study that was killed comes to the same. No folder is left.
. "$(dirname "$0")/shell.sh"

# It counts epochs of 10 J in a file. As trial asha.0.$HOLD it says so and waits to be killed.
cat >train.sh <<'PROGRAM'
set -eu
x=$1 epochs=$2 from=0
mine=$WATTUNE_CHECKPOINT_DIR/epochs
if [ -e "$mine" ]; then
    from=$(cat "$mine")
elif [ -n "${WATTUNE_CONTINUE_DIR-}" ]; then
    from=$(cat "$WATTUNE_CONTINUE_DIR/epochs")
fi
begun=$from
while [ "$from" -lt "$epochs" ]; do
    from=$((from + 1))
    echo "$from" >"$mine"
    echo "{\"event\": \"report\", \"epoch\": $from, \"value\": $((100 * x / from))}" >&3
done
if [ "$WATTUNE_TRIAL" = "asha.0.${HOLD-}" ]; then
    echo held >sign
    read -r _ <never
fi
echo "{\"event\": \"result\", \"value\": $((100 * x / epochs)), \"trained\": $((epochs - begun)), \"energy_j\": $((10 * (epochs - begun)))}" >&3
PROGRAM

cat >study.json <<'STUDY'
{
  "name": "halving", "seed": 5,
  "trial": { "kind": "command", "argv": ["sh", "train.sh", "{x}", "{epochs}"], "cwd": "." },
  "space": { "x": { "type": "integer", "low": 1, "high": 40 }, "epochs": { "type": "ordinal", "values": [1, 3, 9] } },
  "objectives": [ { "metric": "value", "goal": "minimize" }, { "metric": "energy_j", "goal": "minimize" } ],
  "strategies": [ "asha" ], "budget": { "trials": 30 },
  "energy": { "meters": ["reported"], "idle_window_s": 0 }
}
STUDY

expect 0 "$WATTUNE" run study.json --db whole.db
[ ! -e whole.db-checkpoints ] || fail "checkpoints are left"
expect 0 "$WATTUNE" trials whole.db --format csv
# columns NAME...: those columns of the CSV in the file out.
columns() {
    python3 -c 'import csv, sys
for row in csv.DictReader(open("out", newline="")):
    print(*(row[name] for name in sys.argv[1:]))' "$@"
}
columns trial epochs trained energy_j continues >trials.txt
equal "$(wc -l <trials.txt)" 30 "trials"
expect 0 python3 - <<'CHECK'
rows = {r[0]: r for r in (line.split(" ") for line in open("trials.txt").read().splitlines())}
continued = 0
for trial, epochs, trained, joules, continues in rows.values():
    before = int(rows[continues][1]) if continues else 0
    assert int(trained) == int(epochs) - before, (trial, trained)  # only what was left
    assert float(joules) == 10 * int(trained), (trial, joules)
    continued += bool(continues)
assert continued >= 4 and any(r[4] and rows[r[4]][4] for r in rows.values()), "no chain of three"
CHECK
# The front is that of whole trainings.
expect 0 "$WATTUNE" pareto whole.db --format csv -o front.csv
expect 0 python3 - <<'CHECK'
import csv
rows = list(csv.DictReader(open("front.csv", newline="")))
assert len(rows) >= 2 and all(float(r["energy_j"]) == 10 * int(r["epochs"]) for r in rows), rows
CHECK
# What was spent counts every joule once.
expect 0 "$WATTUNE" compare whole.db --format csv
spent=$(columns trials_j | head -n 1)
equal "$(awk '{ sum += $4 } END { print sum }' trials.txt)" "$spent" "joules of all trials"

# Killed while a trial that continues another one runs, the study comes to the same.
hold=$(awk '$5 != "" { print $1; exit }' trials.txt)
mkfifo sign never
HOLD=$hold "$WATTUNE" run study.json --db part.db >out 2>err &
pid=$!
read -r _ <sign
kill -KILL "$pid"
wait "$pid"
equal "$?" 137 "exit status of what was killed"
[ -e "part.db-checkpoints/asha.0.$hold/epochs" ] || fail "the checkpoint of the trial that was cut off is gone"
expect 0 "$WATTUNE" resume part.db
[ ! -e part.db-checkpoints ] || fail "checkpoints are left after the resume"
expect 0 "$WATTUNE" export part.db -o part.json
expect 0 "$WATTUNE" export whole.db -o whole.json
expect 0 python3 - "$hold" <<'CHECK'
import json, sys
def trials(name):
    rows = [r for r in json.load(open(name))["trials"]["rows"] if r["state"] == "complete"]
    return [(r["trial"], r["x"], r["epochs"], r["value"], r["continues"], r["seed"]) for r in rows]
assert trials("part.json") == trials("whole.json"), (trials("part.json"), trials("whole.json"))
cut = [r for r in json.load(open("part.json"))["trials"]["rows"] if r["trial"] == int(sys.argv[1])]
assert [r["state"] for r in cut] == ["cancelled", "complete"], cut
CHECK

# Without the folder it trains from the beginning, says so and pays for it.
# shellcheck disable=SC2016
sed 's/HOLD-/LOSE-/; s/echo held >sign/rm -r "$(dirname "$WATTUNE_CHECKPOINT_DIR")"/; /never/d' train.sh >lose.sh
sed 's/train.sh/lose.sh/' study.json >lose.json
expect 0 env LOSE=$((hold - 1)) "$WATTUNE" run lose.json --db lose.db
says err "to continue from: it starts from the beginning"

# Replayed from its export, a trial costs what its whole training did; halving pays for it in parts, stopped ones for a part.
expect 0 "$WATTUNE" export whole.db -o recorded.csv
python3 -c 'import csv, json
rows = list(csv.DictReader(open("recorded.csv", newline="")))
xs = sorted({int(r["x"]) for r in rows if r["epochs"] == "9"})
study = json.load(open("study.json"))
study["trial"] = {"kind": "table", "path": "recorded.csv"}
study["energy"] = {"idle_window_s": 0}
study["space"]["x"] = {"type": "ordinal", "values": xs}
study["strategies"] = ["grid", {"name": "asha", "min": 1}]
json.dump(study, open("replay.json", "w"))
study["space"]["epochs"] = {"type": "ordinal", "values": [9]}
study["strategies"] = [{"name": "grid", "order": "shuffled", "prune": {"rule": "median", "after_trials": 1}}]
json.dump(study, open("prune.json", "w"))' || fail "no study of the export"
expect 0 "$WATTUNE" run replay.json --db replay.db
expect 0 "$WATTUNE" trials replay.db --format json -o replayed.json
expect 0 python3 - <<'CHECK'
import json
rows = json.load(open("replayed.json"))["rows"]
for name in ("grid", "asha"):
    arm = {r["trial"]: r for r in rows if r["strategy"] == name}
    for r in arm.values():
        before = arm[r["continues"]]["epochs"] if r["continues"] is not None else 0
        assert r["energy_j"] == 10 * (r["epochs"] - before), r
    assert any(r["continues"] is not None for r in arm.values()) == (name == "asha"), name
CHECK
expect 0 "$WATTUNE" run prune.json --db prune.db
expect 0 "$WATTUNE" trials prune.db --format json -o pruned.json
expect 0 python3 - <<'CHECK'
import json
rows = json.load(open("pruned.json"))["rows"]
stopped = [r for r in rows if r["state"] == "pruned"]
assert stopped and all((r["energy_j"], r["epochs_done"]) in ((10, 1), (30, 3)) for r in stopped), rows
assert any(r["state"] == "complete" and r["energy_j"] == 90 for r in rows), rows
CHECK
done_checking
