#!/bin/sh
# Recorded trials: a study is run, exported, and replayed from the table by other strategies.
. "$(dirname "$0")/shell.sh"

space='{ "x": { "type": "ordinal", "values": [-2.5, 0.3333333333333333, 10] },
         "y": { "type": "integer", "low": 0, "high": 6, "step": 3 },
         "mode": { "type": "categorical", "values": ["a, b", "c"] },
         "z": { "type": "ordinal", "values": [1, 2], "when": { "mode": "c" } } }'
objectives='[ { "metric": "value", "goal": "minimize" }, { "metric": "energy_j", "goal": "minimize" } ]'

# What is recorded: two runs of a noisy program that breaks in a corner, with joules of its own.
cat >trial.sh <<'TRIAL'
exec awk -v x="$1" -v y="$2" -v z="$3" 'BEGIN {
    if (x == 10 && y == 6)
        exit 7
    noise = substr(ENVIRON["WATTUNE_SEED"], 1, 4) / 10000
    printf "{\"value\": %.15g, \"half\": %.15g, \"energy_j\": %.9g}\n", \
        (x - 3) ^ 2 + y + z + noise, ((x - 3) ^ 2 + y + z + noise) / 2, 10 + y + noise
}'
TRIAL
cat >record.json <<STUDY
{ "name": "record", "seed": 4, "repeats": 2, "strategies": ["grid"],
  "trial": { "kind": "command", "argv": ["sh", "trial.sh", "{x}", "{y}", "{z}"] },
  "energy": { "meters": ["reported"] }, "space": $space, "objectives": $objectives }
STUDY
expect 0 "$WATTUNE" run record.json --keep-going --progress none
expect 0 "$WATTUNE" export record.db -o trials.csv

replay() {
    cat <<STUDY
{ "name": "$1", "seed": 9, "repeats": 2, "strategies": ["grid", "random", "bayes"], "budget": { "trials": 20 },
  "trial": { "kind": "table", "path": "trials.csv" },
  "space": $space, "objectives": $objectives }
STUDY
}
replay replay >replay.json
expect 0 "$WATTUNE" check replay.json
says out "trials.csv: 54 recorded trials"
says out "it covers 27 of the space's 27 points"
expect 0 "$WATTUNE" run replay.json --keep-going --progress none
expect 0 "$WATTUNE" export replay.db -o again.csv
cat >same.py <<'PYTHON'
# Every row of the second table is one of the first: that of its point, with its values and joules.
import csv, sys
point, figures = ("x", "y", "mode", "z"), ("state", "reason", "value", "half", "energy_j", "duration_s", "cpu_s")
recorded = {}
for row in csv.DictReader(open(sys.argv[1])):
    recorded.setdefault(tuple(row[p] for p in point), []).append([row[f] for f in figures])
replayed = list(csv.DictReader(open(sys.argv[2])))
for row in replayed:
    rows = recorded[tuple(row[p] for p in point)]
    complete = [r for r in rows if r[0] == "complete"]
    assert [row[f] for f in figures] in (complete or rows), row
    known = ("reported", "recorded trials") if row["energy_j"] else ("none", "")
    assert (row["energy_quality"], row["energy_meters"]) == known, row
seen = {(row["state"], row["strategy"]) for row in replayed}
assert len(replayed) == 120 and ("failed", "random") in seen and ("complete", "bayes") in seen, seen
PYTHON
expect 0 python3 same.py trials.csv again.csv

# The table that `wattune trials` writes is the same, and a replay can be replayed.
expect 0 "$WATTUNE" trials record.db --format csv -o trials-2.csv
cmp -s trials.csv trials-2.csv || fail "trials and export write different tables"
identity replay.db >first
cp again.csv kept.csv
expect 0 "$WATTUNE" run replay.json --keep-going --progress none --force
identity replay.db >second
cmp -s first second || fail "the same study replayed otherwise"
replay twice | sed 's/trials.csv/again.csv/' >twice.json
expect 0 "$WATTUNE" check twice.json
expect 0 "$WATTUNE" run twice.json --keep-going --progress none --strategy random
cmp -s again.csv kept.csv || fail "a replay wrote to its table"

# What was not recorded fails and names the nearest; a study of nothing else is broken.
head -n 11 trials.csv >part.csv
replay part | sed 's/trials.csv/part.csv/' >part.json
expect 0 "$WATTUNE" check part.json
says out "of the space's 27 points: trials of the others will fail"
expect 0 "$WATTUNE" run part.json --keep-going --progress none --strategy grid
expect 0 "$WATTUNE" trials part.db --format csv
says out "no trial is recorded at this point: the nearest, "
sed 's/"high": 6/"high": 24/; s/"low": 0/"low": 12/' replay.json >outside.json
expect 1 "$WATTUNE" run outside.json --progress none

# A budget of joules is one of recorded joules.
expect 0 "$WATTUNE" run replay.json --force --progress none --keep-going --strategy random --energy 100
expect 0 "$WATTUNE" trials replay.db --format csv
# Two repeats of at most 10 trials with joules each, and the corner that broke without.
trials=$(($(wc -l <out) - 1))
[ "$trials" -gt 2 ] && [ "$trials" -lt 28 ] || fail "100 J were spent on $trials trials"

# Mistakes of the table are mistakes of the study.
cp replay.db before.db
sed '4s/complete/finished/; 1s/"*value"*/valve/' trials.csv >bad.csv
replay bad | sed 's/trials.csv/bad.csv/' >bad.json
expect 2 "$WATTUNE" run bad.json
says err "bad.json:2: trial.path: "
says err "bad.csv:1: column 'value': is missing: the study's objectives or budget need it; did you mean 'valve'?"
sed '4s/complete/finished/' trials.csv >bad.csv
expect 2 "$WATTUNE" check bad.json
says err "bad.csv:4: column 'state': expected complete, pruned or failed, got 'finished'"
sed 's/energy_j/joules/' trials.csv >bad.csv
sed 's/, { "metric": "energy_j", "goal": "minimize" }//' bad.json >no-joules.json
expect 2 "$WATTUNE" check bad.json
says err "column 'energy_j': is missing"
expect 0 "$WATTUNE" check no-joules.json
expect 2 "$WATTUNE" run no-joules.json --energy 100
[ ! -e bad.db ] || fail "a study with mistakes made a database"

# The example.
cp "$root/examples/replay.json" "$root/examples/replay.csv" .
expect 0 "$WATTUNE" check replay.json
says out "it covers 24 of the space's 24 points"

done_checking
